"""Reading JSON and YAML that others wrote: whole, within the limits of size, number and depth.

What is beyond the limits raises SourceFailed with a sentence; what is none of it, NoJson or NoYaml, which the caller
says in its own words. No error repeats what was read.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources import limits


class NoJson(Exception):
    """What was read is no JSON, or is cut."""


class Written(float):
    """A number with a fraction, and how it was written: a text that is made of it loses no figure."""

    __slots__ = ("said",)
    said: str

    def __new__(cls, said: str) -> "Written":
        made = super().__new__(cls, said)
        made.said = said
        return made


class NoYaml(Exception):
    """What was read is no YAML. `line`, from 1; 0 where it is not known. `said`: what the parser says, in its words."""

    def __init__(self, line: int, said: str = "") -> None:
        super().__init__(f"line {line}")
        self.line, self.said = line, said


def json_value(raw: bytes, name: str) -> Any:
    """What a JSON text holds; numbers with a fraction are `Written`. `name`: how it is called in sentences. Raises
    NoJson, SourceFailed."""
    signs = sum(map(raw.count, (b",", b"[", b"{")))
    if len(raw) > limits.LARGEST_JSON or signs > limits.MOST_VALUES:
        raise too_large(name)
    try:
        value = json.loads(raw, parse_float=Written)
    except RecursionError:
        raise _too_deep(name) from None
    except ValueError:
        raise NoJson from None
    if signs > limits.DEEPEST and _is_deep(value):
        raise _too_deep(name)
    return _whole_characters(value) if rb"\ud" in raw.lower() else value


def json_file(path: Path) -> Any:
    """What a file of JSON holds. Raises SourceFailed with a sentence."""
    try:
        with path.open("rb") as handle:
            return json_value(handle.read(limits.LARGEST_JSON + 1), path.name)
    except OSError as error:
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)
        raise SourceFailed(sentence, detail=repr(error)) from error
    except NoJson:
        raise SourceFailed(_("{file} is no JSON, or is cut.").format(file=path.name)) from None


def yaml_value(raw: bytes, name: str) -> Any:
    """What a YAML text holds, of its plain kinds only. `name`: as above. Raises NoYaml, SourceFailed."""
    with _composed(raw, name) as (loader, node):
        return None if node is None else loader.construct_document(node)


def yaml_node(raw: bytes, name: str) -> yaml.Node | None:
    """A YAML text as its nodes, for whoever tells the line of a mistake. Raises NoYaml, SourceFailed."""
    with _composed(raw, name) as (_loader, node):
        return node


def yaml_file(path: Path) -> Any:
    """What a YAML file that comes with Vigie holds. Raises NoYaml, SourceFailed."""
    return yaml_value(path.read_bytes(), path.name)


@contextmanager
def _composed(raw: bytes, name: str) -> Iterator[tuple[yaml.CSafeLoader, yaml.Node | None]]:
    if len(raw) > limits.LARGEST_YAML:
        raise too_large(name)
    loader = None
    try:
        text = raw.decode("utf-8-sig")
        _check_depth(text, name)
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        _check_nodes(node, name)
        yield loader, node
    except RecursionError:
        raise _too_deep(name) from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError) as error:
        mark = getattr(error, "problem_mark", None)
        raise NoYaml(mark.line + 1 if mark else 0, getattr(error, "problem", None) or "") from None
    finally:
        if loader:
            loader.dispose()


def _whole_characters(value: Any) -> Any:
    """A value whose texts hold no half of a character, which no file and no lake could take."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


_NESTING = frozenset({dict, list})


def _is_deep(value: Any) -> bool:
    """Whether a value is nested beyond the limit; level by level, without recursion."""
    level = [value] if type(value) in _NESTING else []
    for _depth in range(limits.DEEPEST + 1):
        inner = (inner_value.values() if type(inner_value) is dict else inner_value for inner_value in level)
        level = [part for parts in inner for part in parts if type(part) in _NESTING]
        if not level:
            return False
    return True


def _check_depth(text: str, name: str) -> None:
    """Raise SourceFailed where YAML is nested too deeply, before anything is made of it: libyaml's own composer ends
    the whole process there."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.DEEPEST:
            raise _too_deep(name)


_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})


def _check_nodes(root: yaml.Node | None, name: str) -> None:
    """Raise SourceFailed where aliases, each counted as what it stands for, make too much, or a circle; YAMLError
    where a number is longer than any, `1:1:1:…` above all, which takes hours."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node, depth: int) -> int:
        if depth > limits.DEEPEST or sizes.get(id(node)) == 0:
            raise _too_deep(name)
        if isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS and len(node.value) > limits.LONGEST_NUMBER:
            raise yaml.MarkedYAMLError(problem_mark=node.start_mark)
        if id(node) not in sizes:
            sizes[id(node)] = 0  # being counted: who meets it again stands in a circle
            inner = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
            parts = inner if isinstance(node, yaml.CollectionNode) else ()
            sizes[id(node)] = 1 + sum(size(part, depth + 1) for part in parts)
        if sizes[id(node)] > limits.MOST_NODES:
            raise too_large(name)
        return sizes[id(node)]

    if root is not None:
        size(root, 0)


def too_large(name: str) -> SourceFailed:
    """What is refused because it holds more than may be read whole."""
    return SourceFailed(_("{file} holds too much to be read whole: split it.").format(file=name))


def _too_deep(name: str) -> SourceFailed:
    return SourceFailed(_("{file} is nested too deeply.").format(file=name))
