"""Answers of Jira that lie in files."""

import glob
import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from core.errors import SourceFailed
from core.i18n import _
from core.sources import files

_PIECE = 500


def found(pattern: str) -> list[Path]:
    """Files that match. Raises SourceFailed when there are none."""
    paths = [Path(name) for name in sorted(glob.glob(str(files.resolve(pattern))))]
    if not paths:
        raise SourceFailed(_("No file matches {pattern}.").format(pattern=pattern))
    return paths


def issues(path: Path) -> Iterator[list[Any]]:
    """The issues of a file, some at a time where it holds one a line. Raises SourceFailed."""
    try:
        with _opened(path) as file:
            if ".jsonl" in path.suffixes or ".ndjson" in path.suffixes:
                while lines := list(islice(file, _PIECE)):
                    yield [json.loads(line) for line in lines if line.strip()]
            else:
                yield _issues(json.load(file))
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=reason)
        raise SourceFailed(sentence, detail=repr(error)) from error
    except ValueError as error:
        raise SourceFailed(_("{file} is no JSON, or is cut.").format(file=path.name), detail=repr(error)) from error


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def _issues(content: Any) -> list[Any]:
    """The issues of an answer, of a list of issues or answers, or the one issue."""
    if isinstance(content, list):
        return [issue for one in content for issue in _issues(one)]
    if isinstance(content, dict) and isinstance(content.get("issues"), list):
        return list(content["issues"])
    return [content]
