"""A rules file as it is written: plain values, and the file and line of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

from core.base.errors import RulesInvalid, SourceFailed
from core.base.i18n import N_, _
from core.sources.formats import documents
from core.sources.formats.documents import NoYaml

_MERGE = "tag:yaml.org,2002:merge"
Where = tuple[int | str, ...]
"""The place of a field, e.g. ("families", 0, "window", "to")."""


class Written(NamedTuple):
    """A rules file: its name, and what it holds."""

    name: str
    text: str


class Said(NamedTuple):
    """Which file and line said a field, and where it stands in that file."""

    file: str
    line: int
    where: Where


@dataclass(frozen=True)
class Document:
    """Values of rules (mappings, lists, text, None), and who said each."""

    values: dict[str, Any]
    lines: dict[Where, Said]

    def wrong(self, where: Where, problem: str) -> RulesInvalid:
        """The error to raise about a field; `problem` is a sentence without its full stop."""
        known = where
        while known not in self.lines:
            known = known[:-1]
        line = self.lines[known]
        field = shortened(_field((*line.where, *where[len(known) :])))
        return RulesInvalid(
            _("{file}, line {line}, {field}: {problem}.").format(
                file=line.file, line=line.line, field=field, problem=shortened(problem, 1_000)
            )
        )

    def replaced(self, other: "Document") -> "Document":
        """These rules, where those of another file take the place of what they repeat at the top."""
        kept = {where: line for where, line in self.lines.items() if not where or where[0] not in other.values}
        theirs = {where: line for where, line in other.lines.items() if where}
        return Document({**self.values, **other.values}, {**kept, **theirs})

    def extended(self, other: "Document", lists: Sequence[str]) -> "Document":
        """These rules with those of another file: some lists go on with its items, the rest is replaced."""
        document = self.replaced(other)
        values, lines = dict(document.values), dict(document.lines)
        for name in lists:
            before, after = self.values.get(name), other.values.get(name)
            if isinstance(before, list) and isinstance(after, list):
                values[name] = [*before, *after]
                lines = {where: line for where, line in lines.items() if where[:1] != (name,)}
                lines |= {where: line for where, line in self.lines.items() if where[:1] == (name,)}
                lines |= {
                    (name, int(where[1]) + len(before), *where[2:]): line
                    for where, line in other.lines.items()
                    if where[:1] == (name,) and len(where) > 1
                }
        return Document(values, lines)


_HINTS = (
    (
        "unknown escape",
        N_("between double quotes a backslash (\\) begins a sign: write this text between single quotes, '…'."),
    ),
    ("mapping values are not allowed", N_("a text that holds “: ” stands between quotes, '…'.")),
    (
        "cannot start any token",
        N_(
            "a text that begins with a sign such as @ or % stands between quotes, and lines begin with blanks, no tabs."
        ),
    ),
    ("did not find expected", N_("a quote or a bracket is not closed here, or the line begins too far left or right.")),
)
"""What to do, by what libyaml says."""


def read(file: Written) -> Document:
    """What a rules file says. Scalars stay text: YAML would read 01:30 as ninety. Raises RulesInvalid."""
    document = Document({}, {(): Said(file.name, 1, ())})
    try:
        node = documents.yaml_node(file.text.encode(), file.name)
    except NoYaml as error:
        why = next((_(hint) for words, hint in _HINTS if words in error.said), _("this is not YAML."))
        sentence = _("{file}, line {line}: {why}").format(file=file.name, line=error.line or 1, why=why)
        raise RulesInvalid(sentence) from None
    except SourceFailed as error:
        raise RulesInvalid(error.sentence) from None
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise document.wrong((), _("fields and their values are expected here"))
    if node is not None:
        _Reader(file.name, document).mapping(node, (), document.values)
    return document


class _Reader:
    """Puts the values of a file's nodes into a document, and notes their lines."""

    def __init__(self, file: str, document: Document) -> None:
        self._file, self._document = file, document

    def mapping(self, node: yaml.MappingNode, where: Where, values: dict[str, Any]) -> dict[str, Any]:
        keys: set[str] = set()
        for key, value, merged in self._pairs(node, where):
            there = (*where, key.value)
            if key.value in keys:
                if merged:
                    continue
                raise self._document.wrong(there, _("written twice"))
            keys.add(key.value)
            values[key.value] = self._plain(value, there)
            self._document.lines[there] = Said(self._file, key.start_mark.line + 1, there)
        return values

    def _pairs(self, node: yaml.MappingNode, where: Where) -> Iterator[tuple[yaml.ScalarNode, yaml.Node, bool]]:
        """The node's own fields, then those that it merges (`<<: *name`), which its own go before."""
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._document.wrong(where, _("a field's name is expected here"))
            if key.tag == _MERGE:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            else:
                yield key, value, False
        for mapping in merged:
            if not isinstance(mapping, yaml.MappingNode):
                raise self._document.wrong((*where, "<<"), _("fields and their values are expected here"))
            yield from ((key, value, True) for key, value, _merged in self._pairs(mapping, where))

    def _plain(self, node: yaml.Node, where: Where) -> Any:
        self._document.lines[where] = Said(self._file, node.start_mark.line + 1, where)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, where, {})
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*where, index)) for index, item in enumerate(node.value)]
        return None if node.tag == "tag:yaml.org,2002:null" else node.value


def shortened(text: str, longest: int = 200) -> str:
    """A text for a sentence, without its middle where it is longer: a file may quote itself by the megabyte."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def _field(where: Where) -> str:
    """E.g. `families[0].window.to`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where)
    return text.removeprefix(".") or "file"
