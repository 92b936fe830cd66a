"""The files of what a team declares: one YAML file a thing, in a folder a kind, each checked by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import Field

from core.base.declarations import files
from core.base.errors import RulesInvalid
from core.base.i18n import _
from core.rules.document import Document, Where, Written, read, shortened
from core.rules.ruleset import Rule, checked, opened


class Thing(Rule):
    """What a file declares. `NAMED` is the field that holds its name."""

    NAMED: ClassVar[str]
    title: Annotated[str, Field(min_length=1, max_length=120)]

    @property
    def name(self) -> str:
        """What it is called in addresses, in SQL and in the store; no other of its kind is."""
        return str(getattr(self, self.NAMED))


M = TypeVar("M", bound=Thing)


@dataclass(frozen=True)
class Declared(Generic[M]):
    """What is declared rightly of a kind, in the order of titles, and of each file that is not right the name of
    what it declares and one sentence: a broken file hurts nothing but itself."""

    things: tuple[M, ...]
    wrong: tuple[tuple[str, str], ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """The sentences alone."""
        return tuple(sentence for _name, sentence in self.wrong)

    def get(self, name: str | None) -> M | None:
        """The thing of a name."""
        return next((thing for thing in self.things if thing.name == name), None)


def declared(
    model: type[M], kind: str, against: Callable[[M], Iterable[tuple[Where, str]]] = lambda _thing: ()
) -> Declared[M]:
    """What is declared of a kind, as it stands now. `against` gives what speaks against a thing that is right by
    itself: the place of the field, and a sentence without its full stop; the first counts."""
    by_name: dict[str, list[tuple[str, M, Document]]] = {}
    things, wrong = [], []
    for file in files(kind):
        name = file.stem
        try:
            written = opened(file)
            document = _document(written)
            name = str(document.values.get(model.NAMED) or name)
            by_name.setdefault(name, []).append((file.name, _thing(model, written), document))
        except RulesInvalid as error:
            wrong.append((shortened(name), error.sentence))
    for name, several in by_name.items():
        if len(several) > 1:
            pattern = _("{name} is declared in several files, of which none counts: {files}.")
            wrong.append((name, pattern.format(name=name, files=", ".join(file for file, *_rest in several))))
            continue
        for _file, thing, document in several:
            first = next(iter(against(thing)), None)
            if first is None:
                things.append(thing)
            else:
                wrong.append((name, document.wrong(*first).sentence))
    return Declared(tuple(sorted(things, key=lambda thing: thing.title.casefold())), tuple(wrong))


@lru_cache(maxsize=1000)
def _document(file: Written) -> Document:
    return read(file)


@lru_cache(maxsize=1000)
def _thing(model: type[M], file: Written) -> M:
    return checked(model, _document(file))
