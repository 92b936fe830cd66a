"""Jira's CSV and Excel exports, English and French, of Cloud and of servers, made rows of the issues.

What Jira calls an Excel file is a page with a table; workbooks proper come from a CSV that somebody saved as one.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

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
from core.sources.kinds import Kind
from core.sources.mapping import ColumnMapping, Field, Reasons, convert, guess, known_names, plain
from core.sources.moments import trim
from pages.jira.facts import ISSUES
from pages.jira.words import CATEGORIES, SUBTASKS, spelled

ISSUE_FIELDS = (
    Field("key", N_("Key"), Kind.TEXT, ("issue key", "clé de ticket", "clé de la demande", "clé", "key")),
    Field("issue_id", N_("Issue id"), Kind.TEXT, ("issue id", "id de ticket", "id de la demande")),
    Field("summary", N_("Name"), Kind.TEXT, ("summary", "résumé", "récapitulatif", "demande"), prose=True),
    Field("issue_type", N_("Issue type"), Kind.TEXT, ("issue type", "type de ticket", "type de demande jira", "type")),
    Field("request_type", N_("Request type"), Kind.TEXT, (
        "custom field (request type)", "champs personnalisés (type de demande)", "champ personnalisé (type de demande)",
        "type de demande", "request type",
    )),
    Field("status", N_("Status"), Kind.TEXT, ("status", "état", "statut")),
    Field("category", N_("Status category"), Kind.TEXT, ("status category", "catégorie d'état", "catégorie de statut")),
    Field("priority", N_("Priority"), Kind.TEXT, ("priority", "priorité")),
    Field("resolution", N_("Resolution"), Kind.TEXT, ("resolution", "résolution")),
    Field("components", N_("Client"), Kind.TEXT, ("components", "component/s", "composants", "composant")),
    Field("labels", N_("Labels"), Kind.TEXT, ("labels", "étiquettes")),
    Field("assignee", N_("Assignee"), Kind.TEXT, ("assignee", "personne assignée", "intervenant", "responsable")),
    Field("assignee_id", N_("Assignee id"), Kind.TEXT, ("assignee id", "id de la personne assignée")),
    Field("reporter", N_("Reporter"), Kind.TEXT, ("reporter", "rapporteur", "demandeur")),
    Field("parent", N_("Parent"), Kind.TEXT, ("parent key", "parent", "clé parente")),
    Field("created_at", N_("Created"), Kind.MOMENT, ("created", "création", "créée", "créé", "date de création")),
    Field("updated_at", N_("Updated"), Kind.MOMENT, ("updated", "mise à jour", "mis à jour")),
    Field("resolved_at", N_("Resolved"), Kind.MOMENT, ("resolved", "résolu", "résolue")),
    Field("due_on", N_("Due date"), Kind.MOMENT, ("due date", "date d'échéance", "échéance")),
    Field("estimate_s", N_("Original estimate"), Kind.DURATION, ("original estimate", "estimation originale")),
    Field("remaining_s", N_("Remaining estimate"), Kind.DURATION, ("remaining estimate", "estimation restante")),
    Field("spent_s", N_("Time spent"), Kind.DURATION, ("time spent", "temps consacré", "temps passé")),
)  # fmt: skip
"""What an export may say of an issue."""

_SEVERAL = ("components", "labels")
_PAGE = "!issuetable"
"""Where the rows of what Jira calls an Excel export stand: it is a page with this table, where one cell holds several
values. Elsewhere a comma is part of a name, since several values stand in several columns."""
_APART = "\x1f"
"""Between values until the cells are trimmed, which would make a blank of a line's end."""


class ExportMapping(ColumnMapping):
    """How an export's columns become issues. Repeated columns (`Components`) count as one with several values."""

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
        columns = convert(self._prepared(cells), ISSUE_FIELDS, self._mapping, reasons).columns
        reasons.add(pc.is_null(columns["key"]), lambda _row: _("The row names no issue."))
        wrong_key = pc.invert(pc.match_substring_regex(columns["key"], r"^[^\s-][^\s]*-\d+$"))
        reasons.add(wrong_key, lambda row: _("“{key}” is no key of an issue.").format(key=columns["key"][row].as_py()))
        reasons.add(pc.is_null(columns["created_at"]), lambda _row: _("The row has no date of creation."))
        fresh = pa.array(np.arange(len(cells.lines)) >= cells.replayed)
        keep = pc.and_(reasons.good(), fresh)
        rows = pa.table({**columns, **self._derived(columns)}).filter(keep)
        corrected = REFUSED_ROW in cells.table.column_names
        return Shaped(
            rows=rows.select([name for name in ISSUES.schema.names if name in rows.column_names]),
            refused=reasons.refused(cells.replayed, {}),
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
                table = table.set_column(place, column, _joined(values, apart=cells.where.endswith(_PAGE)))
        return replace(cells, table=table)

    def _derived(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        count = len(columns["key"])
        keys = columns["key"]
        kinds = [plain(kind or "") in SUBTASKS for kind in columns["issue_type"].to_pylist()]
        local = columns["due_on"].cast(pa.timestamp("us", tz=self._mapping.timezone))
        categories = [CATEGORIES.get(plain(word or "")) for word in columns["category"].to_pylist()]
        site = self._mapping.site
        return {
            **{name: pc.replace_substring(columns[name], _APART, "\n") for name in _SEVERAL},
            "source": pa.array([self._source] * count, pa.string()),
            "squad": pa.array([self._squad] * count, pa.string()),
            "issue_id": pc.coalesce(columns["issue_id"], keys),
            "project": pc.replace_substring_regex(keys, r"-\d+$", ""),
            "url": pc.binary_join_element_wise(f"{site}/browse/", keys, "") if site else pa.nulls(count, pa.string()),
            "request_type": pc.coalesce(columns["request_type"], columns["issue_type"]),
            "status": pa.array([spelled(word) for word in columns["status"].to_pylist()], pa.string()),
            "category": pa.array(categories, pa.string()),
            "subtask": pa.array(kinds, pa.bool_()),
            "updated_at": pc.coalesce(columns["updated_at"], columns["created_at"]),
            "due_on": pc.local_timestamp(local).cast(pa.date32(), safe=False),
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
        """Options that fit a first look at a file: the columns by name."""
        return {"columns": guess(cells.table.column_names, self.fields)}

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
            sheet=options.sheet,
        )


def _repeats(name: str, column: str) -> bool:
    """Whether a column is `column`, or what `unique_names` called a repeat of it."""
    return name == column or (name.startswith(f"{column} (") and name[len(column) + 2 : -1].isdigit())


def _joined(several: list[pa.Array], *, apart: bool) -> pa.Array:
    """Values of some columns, each once; null where there is none. `apart`: a comma stands between values."""
    rows = zip(*(one.to_pylist() for one in several), strict=True)
    values = ([one for text in filter(None, row) for one in (text.split(",") if apart else [text])] for row in rows)
    return pa.array(
        [_APART.join(dict.fromkeys(filter(None, map(str.strip, row)))) or None for row in values], pa.string()
    )
