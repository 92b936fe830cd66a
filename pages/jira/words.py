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
    **dict.fromkeys(("new", "todo", "afaire", "nouveau"), "new"),
    **dict.fromkeys(("indeterminate", "inprogress", "encours"), "indeterminate"),
    **dict.fromkeys(("done", "complete", "termine", "terminee", "fini"), "done"),
}
"""Keys of Jira's status categories, by what exports write (case, accents and blanks do not count)."""

SUBTASKS = frozenset(("subtask", "soustache", "sousticket", "technicaltask"))


@lru_cache(maxsize=10_000)
def spelled(word: str | None) -> str | None:
    """A status as it is spelled, with accents and plain blanks: `A faire` is `À faire`."""
    return None if word is None else _SPELLINGS.get(plain(word), " ".join(word.split()) or None)
