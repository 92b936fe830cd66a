"""Which column of a table goes to which field: guessed from its name, corrected by a person, remembered.

A mapping is {column: path of the field}, "" for a column that is left out. It is kept by the names of the columns, so
that the next file of the same shape is read the same way.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.mission.discovery import missions
from core.people import rights
from core.records import records
from core.records.fields import ANSWERS, Form, Kind
from core.records.lists import Lists
from core.records.records import Summary
from core.sources import kinds
from core.sources.mapping import Field, guess, plain
from pages.register import flat

KIND = "register_mapping"
WORDS = {
    "name": (
        "nom du traitement|intitulé du traitement|nom de l'activité|activité de traitement|traitement|intitulé|libellé|"
        "label|processing activity|treatment|processing|nom|name|titre|title|activité"
    ),
    "ref": "n° / réf|référence|reference|réf|ref|numéro|n°|number|identifiant|id|code",
    "description": "description du traitement|description",
    "created_on": "date de création de la fiche|date de création|datecreation|créé le|created on|creation date",
    "started_on": "date de mise en oeuvre|date de début|mise en service|start date",
    "ended_on": "date de fin|end date",
    "controller": "responsable du traitement|responsable de traitement|data controller|controller",
    "joint_controllers": "responsables conjoints|co-responsables|coresponsable|joint controllers",
    "representative": "représentant|representative",
    "dpo": "délégué à la protection des données|dpo|data protection officer",
    "purposes": "finalité principale|finalité du traitement|finalités|finalité|main purpose|purposes|purpose|objectif",
    "purposes.legal_bases": "base légale|bases légales|base juridique|fondement juridique|legal basis|lawful basis",
    "typologies": "typologie de données personnelles|typologie de données|typologie|typology",
    "data_categories": (
        "catégories de données personnelles|catégories de données|données collectées|données traitées|types de données|"
        "personal data categories|data categories|personal data"
    ),
    "data_categories.retention": (
        "durée de conservation|délai d'effacement|conservation|retention description|retention period|retention"
    ),
    "sensitive_data": "données sensibles|sensitive data|special categories",
    "nir": "numéro de sécurité sociale|nir",
    "sources": "source des données|origine des données|provenance",
    "persons": "catégories de personnes|personnes concernées|data subjects|categories of persons",
    "recipients": "catégories de destinataires|destinataires|destinataire|recipients|recipient",
    "transfers": "transferts hors ue|transfert hors ue|transferts|transfers",
    "measures": "mesures de sécurité|sécurité|security measures|security",
    "storage": "méthode de stockage|mode de stockage|stockage|storage",
    "zones_read": "zones lues|zone lue|zones read",
    "zones_written": "zones écrites|zone écrite|zones written",
    "information": "information des personnes|modalités d'information",
    "aipd_on": "date de l'aipd|date aipd|dpia date",
    "aipd_link": "lien aipd|lien de l'aipd|dpia link",
    "squad": "squad|équipe|service|direction|département|department",
    "pipelines": "pipelines|pipeline",
    "tables": "tables de l'entrepôt|tables|table",
    "jira_component": "composant jira|jira",
    "review_on": "date de revue|prochaine revue|next review",
    "notes": "commentaires|commentaire|remarques|observations|notes|comments",
}
"""Names that columns have in the tables of others, the most telling first, by the path of the field."""
TICKS = {
    "data_categories=identity": "civil status|état civil|identité",
    "data_categories=private_life": "personal life|vie personnelle",
    "data_categories=professional_life": "professional life|vie professionnelle",
    "data_categories=economic": "economic financial data|informations d'ordre économique et financier",
    "data_categories=connection": "connection data|internet data|données de connexion",
    "data_categories=location": "geolocation data|location data|données de localisation",
    "sensitive_data=origin": "racial data|origine raciale ou ethnique",
    "sensitive_data=political": "political opinions|opinions politiques",
    "sensitive_data=religious": "religious beliefs|convictions religieuses",
    "sensitive_data=union": "trade union membership|appartenance syndicale",
    "sensitive_data=genetic": "genetic data|données génétiques",
    "sensitive_data=biometric": "biometric data|données biométriques",
    "sensitive_data=health": "health data|données de santé",
    "sensitive_data=sex_life": "sexual orientations|orientation sexuelle",
    "sensitive_data=offences": "criminal convictions|criminal data|condamnations pénales",
    "nir": "national identification number",
    "rights=access": "right of access|droit d'accès",
    "rights=rectification": "right of rectification|droit de rectification",
    "rights=erasure": "right of erasure|droit à l'effacement",
    "rights=restriction": "right of restriction|droit à la limitation",
    "rights=portability": "right of data portability|droit à la portabilité",
    "rights=objection": "right of opposition|right to object|droit d'opposition",
    "aipd_criteria=scoring": "profiling|profilage",
    "aipd_criteria=automated_decision": "automated|décision automatisée",
    "aipd_criteria=large_scale": "volume important|large scale|grande échelle",
}
"""Names of columns that hold a tick, by what they tick. Several may tick the same; the whole name counts."""


@lru_cache(maxsize=1)
def _fields() -> tuple[Field, ...]:
    return tuple(Field(path, path, kinds.Kind.TEXT, tuple(words.split("|"))) for path, words in WORDS.items())


def known(form: Form, name: str) -> bool:
    """Whether a column's name is one that an import looks for: it helps to find the header row."""
    return plain(name) in _plain_words() or flat.find(form, name) is not None or flat.is_mark(name)


@lru_cache(maxsize=1)
def _plain_words() -> frozenset[str]:
    return frozenset(plain(word) for field in _fields() for word in field.words)


def propose(form: Form, columns: Sequence[str]) -> dict[str, str]:
    """A mapping for columns, by their names; each field is filled once."""
    own = {column: slot.path for column in columns if (slot := flat.find(form, column)) is not None}
    taken = set(own.values())
    ticks = _ticks()
    own |= {column: path for column in columns if column not in own and (path := ticks.get(plain(column)))}
    free = [column for column in columns if column not in own]
    fields = [one for one in _fields() if one.name not in taken and flat.at(form, one.name)]
    guessed = {column: path for path, column in guess(free, fields).items()}
    return {column: own.get(column) or guessed.get(column, "") for column in columns}


@lru_cache(maxsize=1)
def _ticks() -> dict[str, str]:
    return {plain(word): path for path, words in TICKS.items() for word in words.split("|")}


def targets(form: Form, lists: Lists) -> dict[str, str]:
    """Every path that a column may go to, with its name in the person's language, in the order of the form."""
    found: dict[str, str] = {}
    for field in form.fields:
        for slot in (flat.Slot(field), *(flat.Slot(field, column) for column in field.columns)):
            found[slot.path] = slot.header
        name = flat.ticked_list(field)
        for code in lists.options(name) if name else ():
            tick = flat.Slot(field, code=code)
            found[tick.path] = _("{label}: {value}").format(label=tick.header, value=lists.label(name, code))
    return found


def check(form: Form, mapping: Mapping[str, str]) -> None:
    """Raise InputInvalid when a mapping names a field that does not exist, or fills one from two columns.

    Long texts and lists may come from several columns.
    """
    filled: set[str] = set()
    for column, path in mapping.items():
        slot = flat.at(form, path) if path else None
        if path and slot is None:
            raise InputInvalid(_("{column}: the field {path} does not exist.").format(column=column, path=path))
        if slot and path in filled and slot.asked.kind not in (*ANSWERS, Kind.CODES, Kind.LONG):
            raise InputInvalid(_("{field} is filled by two columns: choose one.").format(field=slot.header))
        filled.add(path)


def remembered(connection: sa.Connection, form: Form, columns: Sequence[str]) -> dict[str, str] | None:
    """The mapping that somebody kept for columns of these names; None when nobody did."""
    number = records.refs(connection, KIND).get(_signature(form, columns))
    if number is None:
        return None
    kept: dict[str, str] = records.get(connection, KIND, number).data["mapping"]
    return {column: kept.get(plain(column), "") for column in columns}


def remember(connection: sa.Connection, person_id: int, form: Form, mapping: Mapping[str, str]) -> None:
    """Keep a mapping for the next table with these columns. Raises NotAllowed, InputInvalid."""
    person = rights.require(connection, person_id, missions()["register"], act=True)
    check(form, mapping)
    signature = _signature(form, list(mapping))
    data = {"mapping": {plain(column): path for column, path in mapping.items()}}
    summary = Summary(ref=signature, title=", ".join(mapping), completeness=100, search="")
    number = records.refs(connection, KIND).get(signature)
    if number is None:
        records.add(connection, KIND, [(summary, data)], who=person.name, state="kept")
        return
    before = records.get(connection, KIND, number)
    if before.data != data:
        records.save(
            connection,
            before,
            version=before.version,
            who=person.name,
            action="save",
            state="kept",
            keys={},
            data=data,
            summary=summary,
        )


def _signature(form: Form, columns: Sequence[str]) -> str:
    names = "\n".join(sorted(plain(column) for column in columns))
    return sha256(f"{form.kind}\n{names}".encode()).hexdigest()[:40]
