"""Words that Jira says in several ways: statuses with and without accents, categories in two languages."""

from functools import lru_cache

from core.sources.mapping import plain

_WELL_SPELLED = (
    "À faire", "À valider", "À qualifier", "À compléter", "Créé", "Créée", "Terminé", "Terminée", "Terminé(e)",
    "Résolu", "Résolue", "Fermé", "Fermée", "Réouvert", "Réouverte", "Rouvert", "Annulé", "Annulée", "Bloqué",
    "Sélectionné", "Prêt",
)  # fmt: skip
_SPELLINGS = {plain(word): word for word in _WELL_SPELLED}

CATEGORIES = {
    **dict.fromkeys(("new", "todo", "afaire", "nouveau", "zuerledigen"), "new"),
    **dict.fromkeys(("indeterminate", "inprogress", "encours", "inarbeit"), "indeterminate"),
    **dict.fromkeys(("done", "complete", "termine", "terminee", "fini", "fertig"), "done"),
}
"""Keys of Jira's status categories, by what exports write (case, accents and blanks do not count)."""

_BROUGHT = {
    "new": (
        "To Do", "Open", "Reopened", "Backlog", "À faire", "Ouvert", "Ouverte", "Rouvert", "Réouvert", "New", "Nouveau",
        "Nouvelle", "Submitted", "Opened", "Zu erledigen", "Offen", "Not started",
    ),
    "indeterminate": (
        "In Progress", "En cours", "Work in Progress", "Active", "Actif", "En cours (Attribué)", "En cours (Planifié)",
        "Processing (assigned)", "Processing (planned)", "In Arbeit",
    ),
    "done": (
        "Done", "Closed", "Resolved", "Terminé", "Terminée", "Terminé(e)", "Fermé", "Fermée", "Résolu", "Résolue",
        "Clos", "Close", "Clôturé", "Clôturée", "Annulé", "Annulée", "Abandonné", "Abandonnée", "Rejeté", "Rejetée",
        "Cancelled", "Canceled", "Rejected", "Declined", "Won't Do", "Closed Complete", "Closed Incomplete",
        "Closed Skipped", "Fixed", "Verified", "Duplicate", "Doublon", "Obsolete", "Obsolète", "Won't fix", "Removed",
        "Supprimé", "Supprimée", "Solved", "Complete", "Completed", "Fertig", "Erledigt", "Geschlossen",
    ),
}  # fmt: skip
_STATUSES = {plain(word): category for category, words in _BROUGHT.items() for word in words}
"""Categories of the statuses that Jira brings along, or whose word says that nothing more is to come."""
SUBTASKS = frozenset(("subtask", "soustache", "sousticket", "technicaltask"))


@lru_cache(maxsize=10_000)
def spelled(word: str | None) -> str | None:
    """A status as it is spelled, with accents and plain blanks: `A faire` is `À faire`."""
    return None if word is None else _SPELLINGS.get(plain(word), " ".join(word.split()) or None)


def brought(category: str) -> frozenset[str]:
    """The statuses of a category that Jira brings along, in lower case."""
    return frozenset(word.casefold() for word in _BROUGHT[category])


def category_of(status: str | None) -> str | None:
    """The category of a status that Jira brings along; None for the others, which may mean anything."""
    return None if status is None else _STATUSES.get(plain(status))
