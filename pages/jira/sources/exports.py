"""Jira's CSV and Excel exports, English and French, of Cloud and of servers, made rows of the issues.

What Jira calls an Excel file is a page with a table; workbooks proper come from a CSV that somebody saved as one.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option
from pydantic import field_validator

from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import files
from core.sources.base import Batch, Cursor, Options, Source
from core.sources.cells import REFUSED_ROW, Cells
from core.sources.files import FileOptions, Shaped
from core.sources.mapping import (
    UNIT_WORDS,
    ColumnMapping,
    Field,
    KnownNames,
    Reasons,
    convert,
    guess,
    known_names,
    plain,
)
from core.sources.values.kinds import Kind
from core.sources.values.moments import DATED, read_moments, tell_order, trim
from core.sources.values.patterns import groups
from pages.jira import asked, rules
from pages.jira.facts import ISSUES
from pages.jira.sources.durations import last, likely_unit, read_durations, told_unit, unit_of
from pages.jira.words import CATEGORIES, SUBTASKS, category_of, spelled

ISSUE_FIELDS = (
    Field("key", N_("Key"), Kind.TEXT, (
        "issue key", "work item key", "clé de ticket", "clé de la demande", "clé d'élément de travail",
        "clé de l'élément de travail", "issuekey", "clé", "key", "number", "n° demande", "n° de demande",
        "n° de ticket", "numéro de ticket", "numéro", "n°", "id", "identifiant", "référence", "réf",
        "vorgangsschlüssel", "schlüssel", "ticket id", "task id", "bug id", "item id", "card id",
    )),
    Field("issue_id", N_("Issue id"), Kind.TEXT, (
        "issue id", "work item id", "id de ticket", "id de la demande", "id d'élément de travail",
        "id de l'élément de travail", "issueid", "vorgangs-id",
    )),
    Field("project", N_("Project"), Kind.TEXT, (
        "project key", "clé de projet", "clé du projet", "project", "projet", "projektschlüssel", "projekt",
    )),
    Field("summary", N_("Name"), Kind.TEXT, (
        "summary", "résumé", "récapitulatif", "short description", "intitulé", "titre", "title", "objet", "sujet",
        "subject", "libellé", "demande", "zusammenfassung", "task name", "card name", "name", "nom",
    ), prose=True),
    Field("issue_type", N_("Issue type"), Kind.TEXT, (
        "issue type", "work type", "work item type", "type de ticket", "type d'élément de travail", "type de travail",
        "issuetype", "type de demande jira", "type", "tracker", "vorgangstyp",
    )),
    Field("request_type", N_("Request type"), Kind.TEXT, (
        "custom field (request type)", "champs personnalisés (type de demande)", "champ personnalisé (type de demande)",
        "type de demande", "request type", "anfragetyp",
    )),
    Field("status", N_("Status"), Kind.TEXT, (
        "status", "état", "statut", "current state", "current status", "état actuel", "statut actuel", "state",
        "progress", "section/column", "list name",
    )),
    Field("category", N_("Status category"), Kind.TEXT, (
        "status category", "catégorie d'état", "catégorie de statut", "statuskategorie",
    )),
    Field("category_at", N_("Status category changed"), Kind.MOMENT, (
        "status category changed", "catégorie d'état modifiée", "catégorie de statut modifiée",
        "statuscategorychangedate",
    )),
    Field("priority", N_("Priority"), Kind.TEXT, ("priority", "priorité", "priorität")),
    Field("resolution", N_("Resolution"), Kind.TEXT, ("resolution", "résolution", "lösung")),
    Field("components", N_("Client"), Kind.TEXT, (
        "client", "clients", "components", "component/s", "composants", "composant", "component", "komponenten",
    )),
    Field("labels", N_("Labels"), Kind.TEXT, ("labels", "étiquettes", "stichwörter", "tags")),
    Field("assignee", N_("Assignee"), Kind.TEXT, (
        "assignee", "personne assignée", "assigné à", "assigned to", "assigné", "attribué à", "affecté à",
        "intervenant", "responsable", "zugewiesene person", "bearbeiter", "assignees", "agent", "person", "case owner",
    )),
    Field("assignee_id", N_("Assignee id"), Kind.TEXT, ("assignee id", "id de la personne assignée")),
    Field("reporter", N_("Reporter"), Kind.TEXT, (
        "reporter", "rapporteur", "demandeur", "author", "auteur", "autor", "requester", "created by", "creator",
        "opened by", "caller",
    )),
    Field("parent", N_("Parent"), Kind.TEXT, ("parent key", "clé parente", "parent", "tâche parente")),
    Field("created_at", N_("Created"), Kind.MOMENT, (
        "created", "création", "créée", "créé", "date de création", "created at", "created date", "créé le",
        "opened at", "opened", "ouvert le", "date de demande", "date demande", "date d'ouverture", "created on",
        "date submitted", "date de soumission", "reçu le", "date de réception", "demandé le", "erstellt", "erstellt am",
        "created time", "date created", "date logged",
    )),
    Field("updated_at", N_("Updated"), Kind.MOMENT, (
        "updated", "mise à jour", "mis à jour", "changed date", "sys_updated_on", "date de modification",
        "dernière modification", "modifié le", "aktualisiert", "last update time", "last edited time", "last modified",
        "last updated", "last activity date", "changed",
    )),
    Field("resolved_at", N_("Resolved"), Kind.MOMENT, (
        "resolved", "résolu", "résolue", "resolutiondate", "resolution date", "date de résolution", "résolution le",
        "date de clôture", "closed at", "closed date", "closed", "clos le", "fermé le", "fermé", "date de fermeture",
        "date de livraison", "date livraison", "livré le", "gelöst", "erledigt am", "resolved time", "solved at",
        "completed at", "completed date", "date done", "completed",
    )),
    Field("due_on", N_("Due date"), Kind.MOMENT, (
        "due date", "date d'échéance", "échéance", "duedate", "date limite",
        "date souhaitée", "date cible", "livraison prévue", "livraison souhaitée", "souhaité le", "souhaité pour le",
        "finish date", "fälligkeitsdatum", "fällig am", "due by time", "due",
    )),
    Field("estimate_s", N_("Original estimate"), Kind.DURATION, (
        "original estimate", "estimation originale", "timeoriginalestimate", "estimation initiale",
        "estimation d'origine", "estimation du temps", "estimated time", "estimated hours",
        "estimation", "temps estimé", "charge estimée", "charge prévue", "estimé", "estimate", "charge", "work",
        "travail", "ursprüngliche schätzung", "time estimate", "time estimated",
    )),
    Field("remaining_s", N_("Remaining estimate"), Kind.DURATION, (
        "remaining estimate", "estimation restante", "timeestimate", "remaining work", "remaining time",
        "travail restant", "temps restant", "reste à faire", "verbleibende schätzung",
    )),
    Field("spent_s", N_("Time spent"), Kind.DURATION, (
        "time spent", "temps consacré", "temps passé", "timespent", "spent time", "completed work",
        "travail effectué", "charge réelle", "charge consommée", "temps réel", "consommé", "réalisé",
        "benötigte zeit", "aufgewendete zeit", "time tracked", "logged (h)", "hours logged",
    )),
    Field("all_estimate_s", N_("Original estimate, sub-tasks included"), Kind.DURATION, (
        "σ original estimate", "σ estimation originale", "σ estimation initiale", "aggregatetimeoriginalestimate",
        "total estimated time", "temps estimé total",
    )),
    Field("all_remaining_s", N_("Remaining estimate, sub-tasks included"), Kind.DURATION, (
        "σ remaining estimate", "σ estimation restante", "aggregatetimeestimate", "total remaining work",
    )),
    Field("all_spent_s", N_("Time spent, sub-tasks included"), Kind.DURATION, (
        "σ time spent", "σ temps consacré", "σ temps passé", "aggregatetimespent", "total spent time",
        "temps passé total",
    )),
)  # fmt: skip
"""What an export may say of an issue."""

_LASTING = tuple(field for field in ISSUE_FIELDS if field.kind == Kind.DURATION)
_DURATIONS = tuple(field.name for field in _LASTING)
_DAY_US = 86_400_000_000
_MAILED = r"^(?P<name>[^<>]*[^<>\s])\s*<(?P<mail>[^<>\s]+@[^<>\s]+)>$"
"""Somebody with their address behind the name."""
_AS_TEXT = tuple(replace(field, kind=Kind.TEXT) if field.name in _DURATIONS else field for field in ISSUE_FIELDS)
"""The fields with durations as they are written: Jira's days are working days."""
_KEY = r"^(?:[^\s-]\S*-\d+|#?\d+|[A-Z]{2,5}\d{4,}|[a-z]*\d[a-z0-9]{4,31})$"
"""A key: of a project and a number, or in another tracker a number alone or behind letters (`REQ0010001`), or figures
and small letters (`86abc1x`)."""
_PARTED_KEY = r"^(\d{1,3}) (\d{3})(?: (\d{3}))?$"
"""A number for a key as an export parts it by thousands."""
_BARE_KEY = "#"
"""A column of numbers that is called by this sign alone holds keys."""
_FLAGS = frozenset({"true", "false", "yes", "no", "oui", "non", "vrai", "faux"})
_NUMBERED = r"^(?:[34]\d{4}[.,]\d+|1\d{9}(?:\d{3})?)$"
"""A moment as a spreadsheet or a program numbers it."""
_DATED = rf"{DATED}|^\d{{8}}[T ]\d"
_EMPTY = {
    "assignee": ("unassigned", "nonassigne", "nonassignee", "nonattribue", "nonattribuee"),
    "resolution": ("unresolved", "nonresolu", "nonresolue"),
    "parent": ("null",),
}
"""Words by which an export says that a field is empty."""
_SEVERAL = ("components", "labels")
_PAGE = "!issuetable"
"""Where the rows of what Jira calls an Excel export stand: it is a page with this table, where one cell holds several
values. Elsewhere a comma is part of a name, since several values stand in several columns."""
_APART = "\x1f"
"""Between values until the cells are trimmed, which would make a blank of a line's end."""


class ExportMapping(ColumnMapping):
    """How an export's columns become issues. Repeated columns (`Components`) count as one with several values."""

    duration_unit: Literal["s", "ms", "min", "h", "d"] = Option(  # type: ignore[assignment]  # days of work too
        default="s",
        title=N_("Unit of durations"),
        json_schema_extra={
            "kinds": [Kind.DURATION],
            "words": {**UNIT_WORDS, "d": N_("days of work")},
        },
    )
    site: str = Option(
        default="", title=N_("Address of Jira"), description=N_("For links to the issues, e.g. https://jira.example")
    )

    @field_validator("columns", "constants")
    @classmethod
    def _names_fields(cls, value: dict[str, str]) -> dict[str, str]:
        names = [field.name for field in ISSUE_FIELDS]
        for name in value:
            if name not in names:
                raise ValueError(
                    _("{name} is no field; the fields are {fields}.").format(name=name, fields=", ".join(names))
                )
        return value

    @field_validator("site")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError(_("An address begins with https:// or http://."))
        return value.rstrip("/")


class ExportShaper:
    """Makes issues of the rows of one export."""

    needs_all = False
    table = ISSUES

    def __init__(self, source: str, squad: str | None, mapping: ExportMapping) -> None:
        self._source, self._squad, self._mapping = source, squad, mapping

    def shape(self, cells: Cells, observed_at: datetime) -> Shaped:
        """Rows of `issues`; see `core.sources.files.Shaper`."""
        reasons = Reasons(cells)
        columns = convert(self._prepared(cells), _AS_TEXT, self._mapping, reasons).columns
        columns["key"] = pc.replace_substring_regex(columns["key"], _PARTED_KEY, r"\1\2\3")
        reasons.add(pc.is_null(columns["key"]), lambda _row: _("The row names no issue."))
        wrong_key = pc.invert(pc.match_substring_regex(columns["key"], _KEY))
        reasons.add(wrong_key, lambda row: _("“{key}” is no key of an issue.").format(key=columns["key"][row].as_py()))
        reasons.add(pc.is_null(columns["created_at"]), lambda _row: _("The row has no date of creation."))
        reasons.add(
            _two_of_one_name(columns),
            lambda row: _(
                "“{key}” stands in rows that were created at other times: two requests of one name; read the exports "
                "of two sites as two sources."
            ).format(key=columns["key"][row].as_py()),
        )
        fresh = pa.array(np.arange(len(cells.lines)) >= cells.replayed)
        keep = pc.and_(reasons.good(), fresh)
        times, unread = self._times(columns)
        columns |= times
        columns |= {name: _emptied(columns[name], words) for name, words in _EMPTY.items()}
        rows = pa.table({**columns, **self._derived(columns, observed_at), **_told(cells)}).filter(keep)
        corrected = REFUSED_ROW in cells.table.column_names
        return Shaped(
            rows=rows.select([name for name in ISSUES.schema.names if name in rows.column_names]),
            refused=reasons.refused(cells.replayed, {}),
            notes=self._left_empty(columns, unread, keep),
            settles=tuple(filter(None, cells.table[REFUSED_ROW].combine_chunks().filter(keep).to_pylist()))
            if corrected
            else (),
            latest=pc.max(rows["updated_at"]).as_py() if len(rows) else None,
        )

    def _prepared(self, cells: Cells) -> Cells:
        """The cells with repeated columns joined."""
        table = cells.table
        for field in ISSUE_FIELDS:
            column = self._mapping.columns.get(field.name)
            if column is None or column not in table.column_names:
                continue
            place = table.column_names.index(column)
            if field.name in _SEVERAL:
                repeats = [name for name in table.column_names if _repeats(name, column)]
                values = [trim(table[name].combine_chunks()) for name in repeats]
                apart = cells.where.endswith(_PAGE) or (field.name == "labels" and len(repeats) == 1)
                table = table.set_column(place, column, _joined(values, apart=apart))
        return replace(cells, table=table)

    def _times(self, columns: dict[str, pa.Array]) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
        """The durations, and where there was text that is none: it costs its cell, not its row."""
        day_s = rules.in_force().day_s
        mapping = self._mapping
        units = {name: unit_of(mapping.columns.get(name, ""), mapping.duration_unit) for name in _DURATIONS}
        read = {name: read_durations(columns[name], units[name], day_s) for name in _DURATIONS}
        return {name: values for name, (values, _) in read.items()}, {
            name: pc.if_else(wrong, columns[name], None) for name, (_, wrong) in read.items()
        }

    def _left_empty(self, columns: dict[str, pa.Array], unread: dict[str, pa.Array], keep: pa.Array) -> dict[str, int]:
        """What is to be said of cells that could not be read as durations."""
        notes: dict[str, int] = {}
        for name, cells in unread.items():
            wrong = cells.filter(keep).drop_null()
            if len(wrong):
                sentence = _("{column}: “{value}” and the like are no clear durations, so these cells are left empty.")
                column = self._mapping.columns.get(name, name)
                if not unit_of(column, self._mapping.duration_unit):
                    sentence = _(
                        "{column}: “{value}” and the like may be hours or days: say which, as the unit of durations; "
                        "until then these cells are left empty."
                    )
                notes[sentence.format(column=column, value=wrong[0].as_py()[:80])] = len(wrong)
        return notes

    def _told(self, name: str) -> bool:
        """Whether the export says a field at all."""
        mapping = self._mapping
        mapped = {*mapping.columns, *mapping.constants}
        return name in mapped or any(name in groups(pattern) for pattern in mapping.patterns.values())

    def _derived(self, columns: dict[str, pa.Array], observed_at: datetime) -> dict[str, pa.Array]:
        count = len(columns["key"])
        keys = pc.replace_substring_regex(columns["key"], r"^#(\d+)$", r"\1")
        kinds = [plain(kind or "") in SUBTASKS for kind in columns["issue_type"].to_pylist()]
        local = columns["due_on"].cast(pa.timestamp("us", tz=self._mapping.timezone))
        statuses = [spelled(word) for word in columns["status"].to_pylist()]
        read_categories = (CATEGORIES.get(plain(word or "")) for word in columns["category"].to_pylist())
        categories = pa.array(
            [category or category_of(status) for category, status in zip(read_categories, statuses, strict=True)],
            pa.string(),
        )
        done = pc.fill_null(pc.equal(categories, "done"), False)
        resolved = pc.coalesce(columns["resolved_at"], pc.if_else(done, columns["category_at"], None))
        over = pc.or_(done, pc.and_(pc.is_null(categories), pc.is_valid(resolved)))
        updated = pc.coalesce(columns["updated_at"], columns["created_at"])
        site = self._mapping.site
        prefixes = pc.replace_substring_regex(keys, r"-\d+$", "")
        numbers = pc.fill_null(pc.invert(pc.match_substring(keys, "-")), False)
        projects = pc.fill_null(columns["project"], self._source)
        return {
            **{name: pc.replace_substring(columns[name], _APART, "\n") for name in _SEVERAL},
            **_people(columns),
            "source": pa.array([self._source] * count, pa.string()),
            "squad": pa.array([self._squad] * count, pa.string()),
            "key": keys,
            "issue_id": pc.coalesce(columns["issue_id"], keys),
            "project": pc.if_else(numbers, projects, prefixes),
            "url": pc.binary_join_element_wise(f"{site}/browse/", keys, "") if site else pa.nulls(count, pa.string()),
            "request_type": columns["request_type" if self._told("request_type") else "issue_type"],
            "status": pa.array(statuses, pa.string()),
            "category": categories,
            "subtask": pa.array(kinds, pa.bool_()),
            "updated_at": updated,
            "resolved_at": resolved,
            "ended_at": pc.if_else(over, pc.coalesce(resolved, columns["updated_at"], observed_at), None),
            "due_on": pc.local_timestamp(local).cast(pa.date32(), safe=False),
            "assigned": pc.or_(pc.is_valid(columns["assignee"]), pc.is_valid(columns["assignee_id"])),
            "history": pa.array([False] * count, pa.bool_()),
        }


class ExportOptions(ExportMapping, FileOptions):
    """An export, or several of one form."""


class Export:
    """Exports of Jira: CSV in any dialect, workbooks."""

    kind: ClassVar[str] = "jira_export"
    title: ClassVar[str] = N_("Jira export (CSV or Excel)")
    table: ClassVar[FactTable] = ISSUES
    options: ClassVar[type[Options]] = ExportOptions
    fields: ClassVar[tuple[Field, ...]] = ISSUE_FIELDS

    def mapping(self, source: Source) -> ExportMapping:
        """How the export's cells become issues."""
        assert isinstance(source.options, ExportMapping)
        return source.options

    def shaper(self, source: Source) -> ExportShaper:
        """Makes the issues."""
        return ExportShaper(source.name, source.squad, self.mapping(source))

    def propose(self, cells: Cells) -> dict[str, Any]:
        """Options that fit a first look at a file: the columns by name, as far as what they hold may be the field; the
        order of its dates; and the unit of durations whose column does not say it: hours or minutes, where they are no
        seconds of whole minutes."""
        moments, others = _apart(cells.table, known_names(field for field in self.fields if field.kind == Kind.MOMENT))
        of_moments = [field for field in self.fields if field.kind == Kind.MOMENT]
        rest = [field for field in self.fields if field.kind not in (Kind.MOMENT, Kind.DURATION)]
        called = known_names(_LASTING)
        lasting = [name for name in others if called(name) or last(cells.text(name))]
        columns = guess(moments, of_moments) | guess(lasting, _LASTING)
        columns |= guess([name for name in others if name not in columns.values()], rest)
        key = columns.get("key", "")
        if key and not known_names(ISSUE_FIELDS[:1])(key) and len(cells.text(key).unique()) < len(cells.lines):
            del columns["key"]  # a number of something else
        if "key" not in columns and "issue_id" in columns:
            columns["key"] = columns.pop("issue_id")
        if "key" not in columns and _BARE_KEY in others:
            columns["key"] = _BARE_KEY
        left = columns.get("remaining_s", "")
        if " " in left and plain(left).startswith("timeestimate"):  # Jira's own name of what remains is in one word
            columns.setdefault("estimate_s", columns.pop("remaining_s"))
        dates = [cells.text(columns[field.name]) for field in of_moments if field.name in columns]
        order = {"day_first": False} if tell_order(dates) is False else {}
        numbers = [cells.text(columns[name]) for name in _DURATIONS if name in columns and not told_unit(columns[name])]
        unit = {"duration_unit": likely} if (likely := likely_unit(numbers)) else {}
        return {"columns": columns, **order, **unit}

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What is new in the files since the cursor."""
        options = source.options
        assert isinstance(options, ExportOptions)
        return files.pull(
            options.path,
            source.name,
            cursor,
            known=known_names(self.fields, options),
            shaper=lambda: self.shaper(source),
            part=options.part,
        )


def _apart(table: pa.Table, of_moments: KnownNames) -> tuple[list[str], list[str]]:
    """The columns that may hold moments, and those that may hold something else, by what they hold: numbers are moments
    where their column is called so. What is empty may be either; what holds yes and no alone is neither, whatever it is
    called."""
    moments, others = [], []
    for name in table.column_names:
        text = pc.unique(trim(table[name].combine_chunks())).drop_null()
        if len(text) and {word.casefold() for word in text.to_pylist()} <= _FLAGS:
            continue
        dated = text.filter(pc.match_substring_regex(text, f"{_DATED}|{_NUMBERED}" if of_moments(name) else _DATED))
        read = max(
            pc.sum(pc.is_valid(read_moments(dated, "UTC", day_first=day_first).first)).as_py() or 0
            for day_first in (True, False)
        )
        if read or not len(text):
            moments.append(name)
        if 2 * read <= len(text):
            others.append(name)
    return moments, others


def _two_of_one_name(columns: dict[str, pa.Array]) -> pa.Array:
    """Which rows name a request that another row says was created more than a day before or after."""
    ids, created = pc.coalesce(columns["issue_id"], columns["key"]), columns["created_at"].cast(pa.int64())
    spans = pa.table({"id": ids, "at": created}).group_by("id").aggregate([("at", "min"), ("at", "max")])
    apart = spans.filter(pc.greater(pc.subtract(spans["at_max"], spans["at_min"]), _DAY_US))["id"]
    return pc.is_in(ids, apart.combine_chunks())


def _people(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """People without the address behind their name, which is the assignee's own column."""
    address = pc.struct_field(pc.extract_regex(columns["assignee"], _MAILED), "mail")
    names = {name: pc.replace_substring_regex(columns[name], _MAILED, r"\1") for name in ("assignee", "reporter")}
    return {**names, "assignee_mail": address}


def _emptied(text: pa.Array, words: tuple[str, ...]) -> pa.Array:
    """A column without the words that say that there is nothing."""
    return pa.array([None if word is None or plain(word) in words else word for word in text.to_pylist()], pa.string())


def _told(cells: Cells) -> dict[str, pa.Array]:
    """Which of the fields that the rules ask for, beside those with a column of their own, are filled and blank."""
    in_force = rules.in_force()
    by_field = asked.headers(in_force, cells.table.column_names)
    values = {field: [cells.table[name].to_pylist() for name in names] for field, names in by_field.items()}
    rows = [
        asked.told({field: [column[row] for column in columns] for field, columns in values.items()}, in_force.nothing)
        for row in range(len(cells.table) if by_field else 0)
    ]
    nulls = [None] * len(cells.table)
    return {name: pa.array([row[name] for row in rows] or nulls, pa.string()) for name in ("filled", "blank")}


def _repeats(name: str, column: str) -> bool:
    """Whether a column is `column`, or what `unique_names` called a repeat of it."""
    return name == column or (name.startswith(f"{column} (") and name[len(column) + 2 : -1].isdigit())


def _joined(several: list[pa.Array], *, apart: bool) -> pa.Array:
    """Values of some columns, each once; null where there is none. `apart`: a comma stands between values."""
    rows = zip(*(column.to_pylist() for column in several), strict=True)
    values = ([part for text in filter(None, row) for part in (text.split(",") if apart else [text])] for row in rows)
    return pa.array(
        [_APART.join(dict.fromkeys(filter(None, map(str.strip, row)))) or None for row in values], pa.string()
    )
