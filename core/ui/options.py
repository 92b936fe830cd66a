"""A form made of a pydantic model: one widget a field, titles and helps translated. The model checks what is given."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.base.i18n import _


def fields(
    model: type[BaseModel],
    values: Mapping[str, Any],
    *,
    key: str,
    without: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Draw the fields of a model, filled with `values` or their defaults, and give what they hold, defaults left out.

    The model's own fields come before those it inherits. A list is picked from `choices`, or typed; a dictionary is
    typed, one `name = value` a line. `json_schema_extra["words"]` of a field tells what its literals mean.
    """
    given: dict[str, Any] = {}
    own = model.__annotations__
    for name, info in sorted(model.model_fields.items(), key=lambda field: field[0] not in own):
        if name in without:
            continue
        default = info.get_default(call_default_factory=True)
        default = None if default is PydanticUndefined else default
        value = _widget(info, values.get(name, default), f"{key}.{name}", (choices or {}).get(name, ()))
        if value != default and not (default is None and value == ""):
            given[name] = value
    return given


def _widget(info: FieldInfo, value: Any, key: str, choices: Sequence[str]) -> Any:
    label = _(info.title) if info.title else ""
    explained = _(info.description) if info.description else None
    kind = get_origin(info.annotation) or info.annotation
    if kind is bool:
        return st.checkbox(label, value=bool(value), help=explained, key=key)
    if kind is Literal:
        offered = list(get_args(info.annotation))
        words = info.json_schema_extra.get("words", {}) if isinstance(info.json_schema_extra, dict) else {}
        return st.selectbox(
            label,
            offered,
            index=offered.index(value),
            format_func=lambda option: _(str(words.get(option, option))),  # type: ignore[union-attr]
            help=explained,
            key=key,
        )
    if kind is int:
        return st.number_input(label, value=int(value), help=explained, key=key, **_bounds(info, int))
    if kind is float:
        return st.number_input(label, value=float(value), help=explained, key=key, **_bounds(info, float))
    if kind is list:
        known = list(dict.fromkeys([*choices, *(value or [])]))
        return st.multiselect(
            label,
            known,
            default=value or [],
            accept_new_options=True,
            placeholder=_("Choose, or type a new one"),
            help=explained,
            key=key,
        )
    if kind is dict:
        text = "\n".join(f"{name} = {part}" for name, part in (value or {}).items())
        return _pairs(st.text_area(label, text, help=explained, key=key))
    return st.text_input(label, value or "", help=explained, key=key).strip()


def _bounds(info: FieldInfo, kind: type) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for bound in info.metadata:
        if hasattr(bound, "ge"):
            bounds["min_value"] = kind(bound.ge)
        if hasattr(bound, "le"):
            bounds["max_value"] = kind(bound.le)
    return bounds


def _pairs(text: str) -> dict[str, str]:
    """`name = value` lines as a dictionary; a line without `=` is a name without a value."""
    parts = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _equals, value in parts}
