"""A form of declared fields (`core.records.fields`): a widget for each answer, rows that are added, moved, taken out.

A widget tells of its change by a callback, before the page runs again: so nothing is lost when somebody types and
clicks elsewhere in one go. What widgets give is not to be trusted: whoever keeps it checks it again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from core.base.i18n import _, language
from core.records.fields import LONG_LENGTH, MOST, TEXT_LENGTH, Asked, Form, Kind, blank
from core.records.lists import Lists
from core.show.columns import NO, YES
from core.ui.filters import DATE_FORMATS

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
MOST_MONTHS = 12_000
WIDE = frozenset({Kind.LONG, Kind.ROWS})
NO_TEXT = frozenset({Kind.TEXT, Kind.LONG, Kind.CHOICE})
SEVERAL = frozenset({Kind.CHOICES, Kind.TAGS, Kind.LINKS, Kind.CODES})
Content = dict[str, Any]
Reshape = Callable[[list[Content]], list[Content]]
OnChange = Callable[[Content], None]
"""Is given the fields as they stand."""


@dataclass(frozen=True)
class Entry:
    """Some fields as they are entered. With another `key` every widget begins with the content anew.

    `missing` are the paths (`purposes[0].name`) to be marked so, `locked` those that are shown and never read, `known`
    texts to choose from while typing, by path.
    """

    key: str
    form: Form
    fields: tuple[Asked, ...]
    content: Mapping[str, Any]
    lists: Lists
    on_change: OnChange
    missing: Collection[str] = ()
    locked: Collection[str] = ()
    known: Mapping[str, Sequence[str] | Mapping[str, str]] = field(default_factory=dict)

    def read(self) -> Content:
        """The fields as the widgets hold them; as the content has them where there is no widget yet."""
        return {asked.name: self._read(asked, self.content.get(asked.name), asked.path) for asked in self.fields}

    def draw(self) -> None:
        """Draw the fields, short ones side by side."""
        self._draw_all(self.fields, self.content, "")

    def place(self, path: str) -> str:
        """The key of the widget that answers a path; of the one that adds the first row, where it has none."""
        asked = next((field for field in self.fields if field.path == path), None)
        return f"{self.key}.{path}.add" if asked and asked.kind is Kind.ROWS else f"{self.key}.{path}"

    def _draw_all(self, fields: Sequence[Asked], content: Mapping[str, Any], row: str) -> None:
        for asked, place in _in_columns(fields):
            with place:
                self._draw(asked, content.get(asked.name), f"{row}.{asked.name}" if row else asked.path)

    def _read(self, asked: Asked, value: Any, path: str) -> Any:
        if asked.path in self.locked:
            return value
        if asked.kind is Kind.ROWS:
            rows = [
                {c.name: self._read(c, row.get(c.name), f"{path}[{number}].{c.name}") for c in asked.columns}
                for number, row in enumerate(value or [])
            ]
            return rows or self._read_none(asked, value, path)
        key = f"{self.key}.{path}"
        if key not in st.session_state:
            return value
        given = st.session_state[key]
        if asked.kind in NO_TEXT:
            return str(given or "").strip()
        if asked.kind is Kind.DAY:
            return given.isoformat() if isinstance(given, date) else None
        if asked.kind in SEVERAL:
            return list(given) or (blank(asked) if asked.kind is Kind.CODES else self._read_none(asked, value, path))
        return given

    def _read_none(self, asked: Asked, value: Any, path: str) -> list[Any] | None:
        """The explicit answer "none", where the form has one; unticked, the question is unanswered."""
        return [] if asked.none and st.session_state.get(f"{self.key}.{path}.none", value == []) else None

    def _changed(self) -> None:
        self.on_change(self.read())

    def _reshaped(self, name: str, change: Reshape) -> None:
        """A button changed the rows of a field."""
        given = self.read()
        self.on_change({**given, name: change(given[name] or []) or None})

    def _draw(self, asked: Asked, value: Any, path: str) -> None:
        if asked.kind is Kind.ROWS:
            self._draw_rows(asked, value, path)
            return
        widgets: Mapping[Kind, Callable[[Asked, Any, str], None]] = {
            Kind.TEXT: self._text,
            Kind.LONG: self._long,
            Kind.NUMBER: self._number,
            Kind.AMOUNT: self._number,
            Kind.DAY: self._day,
            Kind.FLAG: self._flag,
            Kind.CHOICE: self._choice,
        }
        widgets.get(asked.kind, self._several)(asked, value, path)
        if asked.kind in (Kind.CHOICES, Kind.TAGS, Kind.LINKS) and not value:
            self._none(asked, value, path)

    def _label(self, asked: Asked, path: str) -> str:
        """Plain words: a screen reader is told the label as it is written."""
        return f"{_(asked.label)} · {_('missing')}" if path in self.missing else _(asked.label)

    def _help(self, asked: Asked) -> str | None:
        return "\n\n".join(filter(None, [_(asked.help), self.form.asked_by(asked)])) or None

    def _begun(self, asked: Asked, value: Any, path: str) -> dict[str, Any]:
        """What every widget is told; it begins with a value."""
        key = f"{self.key}.{path}"
        st.session_state.setdefault(key, value)
        return {
            "label": self._label(asked, path),
            "help": self._help(asked),
            "disabled": asked.path in self.locked,
            "key": key,
            "on_change": self._changed,
        }

    def _text(self, asked: Asked, value: Any, path: str) -> None:
        known = self.known.get(asked.path)
        if known is None:
            st.text_input(**self._begun(asked, value or "", path), max_chars=TEXT_LENGTH)
            return
        options = list(dict.fromkeys([*known, *([value] if value else [])]))
        placeholder = _("Choose, or type a new one")
        st.selectbox(
            **self._begun(asked, value or None, path), options=options, accept_new_options=True, placeholder=placeholder
        )

    def _long(self, asked: Asked, value: Any, path: str) -> None:
        st.text_area(**self._begun(asked, value or "", path), max_chars=LONG_LENGTH, height="content")

    def _number(self, asked: Asked, value: Any, path: str) -> None:
        most = MOST if asked.kind is Kind.AMOUNT else MOST_MONTHS
        st.number_input(**self._begun(asked, value, path), min_value=0, max_value=most, step=1)

    def _day(self, asked: Asked, value: Any, path: str) -> None:
        begun = self._begun(asked, date.fromisoformat(value) if value else None, path)
        st.date_input(**begun, min_value=FIRST_DAY, max_value=LAST_DAY, format=DATE_FORMATS[language()])

    def _flag(self, asked: Asked, value: Any, path: str) -> None:
        words = {True: _(YES), False: _(NO)}
        st.selectbox(
            **self._begun(asked, value, path), options=[True, False], format_func=words.__getitem__, placeholder="–"
        )

    def _choice(self, asked: Asked, value: Any, path: str) -> None:
        st.selectbox(
            **self._begun(asked, value or None, path),
            options=self.lists.options(asked.choices, {value}),
            format_func=lambda code: self.lists.label(asked.choices, code),
            placeholder=_("Choose"),
        )

    def _several(self, asked: Asked, value: Any, path: str) -> None:
        typed, linked = asked.kind is Kind.TAGS, asked.kind is Kind.LINKS
        chosen, offered = list(value or []), self.known.get(asked.path, ())
        known = list(dict.fromkeys([*offered, *chosen]))

        def word(code: str) -> str:
            if linked:
                return f"{code} · {offered[code]}" if isinstance(offered, Mapping) and code in offered else code
            return code if typed else self.lists.label(asked.choices, code)

        st.multiselect(
            **self._begun(asked, chosen, path),
            options=known if typed or linked else self.lists.options(asked.choices, set(chosen)),
            format_func=word,
            accept_new_options=typed,
            placeholder=_("Choose, or type a new one") if typed else _("Choose"),
            select_all=False,
        )

    def _none(self, asked: Asked, value: Any, path: str) -> None:
        if asked.none:
            key = f"{self.key}.{path}.none"
            st.session_state.setdefault(key, value == [])
            locked = asked.path in self.locked
            st.checkbox(_(asked.none), key=key, disabled=locked, on_change=self._changed)

    def _draw_rows(self, asked: Asked, value: Any, path: str) -> None:
        st.markdown(f"**{self._label(asked, path)}**", help=self._help(asked))
        rows = value or []
        for number, row in enumerate(rows):
            with st.container(border=True, gap="small"):
                self._draw_all(asked.columns, row, f"{path}[{number}]")
                self._row_buttons(asked, number)
        empty = {column.name: blank(column) for column in asked.columns}
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Add: {field}").format(field=_(asked.label)),
                icon=":material/add:",
                key=f"{self.key}.{path}.add",
                on_click=self._reshaped,
                args=(asked.name, lambda all_: [*all_, empty]),
            )
            if not rows:
                self._none(asked, value, path)

    def _row_buttons(self, asked: Asked, number: int) -> None:
        def up(rows: list[Content]) -> list[Content]:
            return [*rows[: number - 1], rows[number], rows[number - 1], *rows[number + 1 :]]

        def out(rows: list[Content]) -> list[Content]:
            return [*rows[:number], *rows[number + 1 :]]

        buttons: list[tuple[str, str, Reshape]] = [(_("Remove"), ":material/delete:", out)]
        if number:
            buttons.insert(0, (_("Move up"), ":material/arrow_upward:", up))
        with st.container(horizontal=True, gap="xsmall"):
            for label, icon, change in buttons:
                key = f"{self.key}.{asked.path}[{number}].{icon}"
                st.button(
                    label, icon=icon, key=key, type="tertiary", on_click=self._reshaped, args=(asked.name, change)
                )


def _in_columns(fields: Sequence[Asked]) -> Iterator[tuple[Asked, Any]]:
    """Where each field is drawn: short ones in a grid, long ones over the whole width."""
    short: list[Asked] = []
    for asked in [*fields, None]:
        if asked is not None and asked.kind not in WIDE:
            short.append(asked)
            continue
        if short:
            grid = st.grid(min(len(short), 3), min_column_width=240, gap="small")
            for field in short:
                yield field, grid.cell()
            short = []
        if asked is not None:
            yield asked, st.container(gap="small")
