"""The rules of a mission: `rules.yml` beside its code, and `<mission>_rules.yml` in the data folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.base.errors import RulesInvalid
from core.base.i18n import _
from core.base.settings import settings
from core.rules.document import Document, Where, Written, read
from core.sources import limits


class Rule(BaseModel):
    """Base of every rule: immutable, and a field that nobody declared is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    @cached_property
    def digest(self) -> str:
        """What tells these rules from others: equal where they say the same."""
        return sha256(self.model_dump_json().encode()).hexdigest()


R = TypeVar("R", bound=BaseModel)


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

    def in_force(self) -> R:
        """The rules of this Vigie as its files now stand. Raises RulesInvalid with file, line and field."""
        demo = self._file.with_name(f"demo_{self._file.name}")
        shipped = (self._file, demo) if settings().demo and demo.exists() else (self._file,)
        own = (_written(self.own),) if self.own.exists() else ()
        return self._kept(tuple(map(_written, shipped)), own)

    def load(self, *files: Path) -> R:
        """The rules of some files, each going on where the one before it ended. Raises RulesInvalid."""
        return self._kept(tuple(map(_written, files)), ())

    def said(self) -> Mapping[str, Any]:
        """What the file of one's own says, plain values; empty where there is none. Raises RulesInvalid."""
        return read(_written(self.own)).values if self.own.exists() else {}

    def _checked(self, shipped: tuple[Written, ...], own: tuple[Written, ...]) -> R:
        document = read(shipped[0])
        for file in shipped[1:]:
            document = document.extended(read(file), self._grow)
        for file in own:
            document = document.replaced(read(file))
        rules = self._model_of(document)
        for where, problem in self._contradictions(rules):
            raise document.wrong(where, problem)
        return rules

    def _model_of(self, document: Document) -> R:
        try:
            return self._model.model_validate(document.values)
        except ValidationError as error:
            first = error.errors()[0]
            raise document.wrong(first["loc"], _problem(first)) from None


def _written(file: Path) -> Written:
    try:
        with file.open("rb") as handle:
            return Written(file.name, handle.read(limits.LARGEST_YAML + 1).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(
            _("The rules file {file} cannot be read.").format(file=file.name), detail=str(error)
        ) from error


def _problem(error: Any) -> str:
    """One sentence about what a field holds, without its full stop."""
    kind = error["type"]
    if kind == "missing":
        return _("is missing")
    if kind == "extra_forbidden":
        return _("there is no such field")
    if kind == "model_type":
        return _("fields and their values are expected here")
    if kind == "value_error":
        return str(error["ctx"]["error"]).removesuffix(".")
    return _("“{value}” cannot be read ({reason})").format(value=error["input"], reason=error["msg"])
