"""The rules of a mission: `rules.yml` beside its code, and `<mission>_rules.yml` in the data folder."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Generic, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from core.base.errors import RulesInvalid
from core.base.i18n import N_, _
from core.base.settings import settings
from core.rules.document import Document, Where, Written, read
from core.sources import limits
from core.sources.formats.documents import too_large


class Rule(BaseModel):
    """Base of every rule: immutable, and a field that nobody declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    @cached_property
    def digest(self) -> str:
        """What tells these rules from others: equal where they say the same."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's, but what was worked out of the fields, e.g. the digest, is worked out anew of the copy's."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(copied).model_fields:
            del copied.__dict__[name]
        return copied


R = TypeVar("R", bound=Rule)


class RuleSet(Generic[R]):
    """What a mission's rules files say, as one checked model. A mission's `rules.py` names its own `RULES`.

    `file` is the mission's `rules.yml`. The mission's own file in the data folder takes the place of what it repeats at
    the top. With demo data `demo_rules.yml`, where there is one, comes between them: the lists `grow` go on with its
    items. `contradictions` gives what no field says wrongly alone: a place, and a sentence without its full stop.
    """

    def __init__(
        self,
        model: type[R],
        file: Path,
        *,
        grow: Sequence[str] = (),
        contradictions: Callable[[R], Iterable[tuple[Where, str]]] = lambda _rules: (),
    ) -> None:
        self._model, self._file, self._grow, self._contradictions = model, file, grow, contradictions
        self._kept = lru_cache(maxsize=4)(self._checked)

    @property
    def own(self) -> Path:
        """The file by which this Vigie changes the rules; it need not be there."""
        return settings().data / f"{self._file.parent.name}_{self._file.name}"

    @property
    def stamp(self) -> tuple[int, int] | None:
        """What differs once the file of one's own was written anew; None while there is none."""
        try:
            stat = self.own.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_ino

    def in_force(self) -> R:
        """The rules of this Vigie as its files now stand. Raises RulesInvalid with file, line and field."""
        return self._kept(self._shipped, (opened(self.own),) if self.own.exists() else ())

    @property
    def _shipped(self) -> tuple[Written, ...]:
        """The files that come with this version, with those of the demo where it is asked for."""
        demo = self._file.with_name(f"demo_{self._file.name}")
        files = (self._file, demo) if settings().demo and demo.exists() else (self._file,)
        return tuple(_known(file, file.stat().st_mtime_ns) for file in files)

    def meant(self, text: str, name: str = "") -> R:
        """The rules that there would be if the file of one's own said a text. `name`: how the text is called in
        sentences, by default as that file. Raises RulesInvalid with line and field."""
        if len(text.encode()) > limits.LARGEST_YAML:
            raise RulesInvalid(too_large(name or self.own.name).sentence)
        return self._kept(self._shipped, (Written(name or self.own.name, text),))

    def values(self, rules: R) -> dict[str, Any]:
        """Rules as plain values: all of them, without what a field is when nothing is said."""
        short, whole = (rules.model_dump(by_alias=True, exclude_defaults=short) for short in (True, False))
        return {name: _plain(short.get(name, value)) for name, value in whole.items()}

    def text(self, rules: R) -> str:
        """Rules as a file of one's own says them."""
        return written(self.values(rules))

    def keep(self, text: str) -> None:
        """Put a text in the place of the file of one's own; who reads meanwhile reads the one or the other, whole.
        Raises RulesInvalid."""
        self.meant(text)
        try:
            with NamedTemporaryFile("w", dir=self.own.parent, suffix=".tmp", delete=False, encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(file.name, self.own)
        except OSError as error:
            raise RulesInvalid(
                _("The rules file {file} cannot be written.").format(file=self.own.name), detail=str(error)
            ) from error

    def load(self, *files: Path) -> R:
        """The rules of some files, each going on where the one before it ended. Raises RulesInvalid."""
        return self._kept(tuple(map(opened, files)), ())

    def said(self) -> Mapping[str, Any]:
        """What the file of one's own says, plain values; empty where there is none. Raises RulesInvalid."""
        return read(opened(self.own)).values if self.own.exists() else {}

    def _checked(self, shipped: tuple[Written, ...], own: tuple[Written, ...]) -> R:
        document = read(shipped[0])
        for file in shipped[1:]:
            document = document.extended(read(file), self._grow)
        for file in own:
            document = document.replaced(read(file))
        rules = checked(self._model, document)
        for where, problem in self._contradictions(rules):
            raise document.wrong(where, problem)
        return rules


class FieldWrong(ValueError):
    """What a model as a whole says of one of its fields: the field's place below the model, and a sentence."""

    def __init__(self, where: Where, problem: str) -> None:
        super().__init__(problem)
        self.where = where


def checked(model: type[R], document: Document) -> R:
    """What a document says, as a model. Raises RulesInvalid with file, line and field."""
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        first = error.errors()[0]
        cause = first.get("ctx", {}).get("error")
        below = cause.where if isinstance(cause, FieldWrong) else ()
        raise document.wrong((*first["loc"], *below), problem(first)) from None


def opened(file: Path) -> Written:
    """A file of rules as it stands now. Raises RulesInvalid where it cannot be read."""
    try:
        with file.open("rb") as handle:
            return Written(file.name, handle.read(limits.LARGEST_YAML + 1).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(
            _("The rules file {file} cannot be read.").format(file=file.name), detail=str(error)
        ) from error


@lru_cache(maxsize=50)
def _known(file: Path, _written_at: int) -> Written:
    """A file that comes with this version: it changes with the version alone."""
    return opened(file)


def problem(error: Any) -> str:
    """One sentence about what a field holds, as pydantic tells it of a field, without its full stop."""
    kind = error["type"]
    if kind == "missing":
        return _("is missing")
    if kind == "extra_forbidden":
        if not _FIELD.fullmatch(str(error["loc"][-1])):
            return _("there is no such field: between braces, a text that holds a comma stands between quotes")
        return _("there is no such field")
    if kind == "model_type":
        return _("fields and their values are expected here")
    if kind.startswith("string_pattern") and str(error["ctx"]["pattern"]).startswith("^[a-z][a-z0-9_"):
        return _("“{value}” is no name: small letters without accents, digits and _, a letter first").format(
            value=error["input"]
        )
    if kind == "value_error":
        return str(error["ctx"]["error"]).removesuffix(".")
    context = {name: str(part).replace("'", "").replace(" or ", ", ") for name, part in error.get("ctx", {}).items()}
    unknown = N_("“{value}” cannot be read ({reason})")
    sentence = next((sentence for begins, sentence in _PROBLEMS if kind.startswith(begins)), unknown)
    return _(sentence).format(**{**context, "value": error["input"], "reason": error["msg"]})


_FIELD = re.compile(r"[a-zA-Z_]\w*")
_PROBLEMS = (
    ("literal_error", N_("“{value}” is none of these: {expected}")),
    ("enum", N_("“{value}” is none of these: {expected}")),
    ("string_pattern", N_("“{value}” is not written as it has to be, {pattern}")),
    ("string_too_long", N_("it has more than {max_length} signs")),
    ("string_too_short", N_("it is empty")),
    ("too_short", N_("it is empty")),
    ("greater_than_equal", N_("“{value}” is less than {ge}")),
    ("less_than_equal", N_("“{value}” is more than {le}")),
    ("int_", N_("“{value}” is no whole number")),
    ("float_", N_("“{value}” is no number")),
    ("bool_", N_("“{value}” is neither true nor false")),
    ("time_", N_("“{value}” is no hour, as 08:00")),
    ("tuple_type", N_("a list is expected here")),
    ("string_type", N_("a text is expected here")),
)
"""What is wrong with a field, by how pydantic's kinds of errors begin; without the full stop."""


def written(values: Mapping[str, Any]) -> str:
    """Plain values of rules as the text of a file, which nobody checked yet; texts of several lines as they stand."""
    return yaml.dump(dict(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as a block."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def _plain(value: Any) -> Any:
    """A value of rules as YAML writes it and `read` reads it."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, time):
        return value.isoformat("auto" if value.second else "minutes")
    return value.isoformat() if isinstance(value, date | datetime) else value
