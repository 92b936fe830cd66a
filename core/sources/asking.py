"""What services are asked for alike, whatever they tell: access tokens, and pages that may shift meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.sources.http import JsonClient

MOST_PAGES = 20_000


def token(client: JsonClient, url: str, service: str, **request: Any) -> str:
    """The access token that a service answers with. `request`: what to post (`data`, `json`), and `auth` where that is
    how the service knows who asks. Raises SourceFailed."""
    answer = client.ask("POST", url, **request)
    if not isinstance(answer.get("access_token"), str):
        raise SourceFailed(_("{service} gave no access token.").format(service=service))
    return str(answer["access_token"])


@contextmanager
def signed_in(service: str, secret: str, fetch: Callable[[JsonClient], str]) -> Iterator[JsonClient]:
    """A client that asks with an access token. `fetch` gives it, and gives another one once it has expired."""
    with (
        JsonClient(service, secrets=(secret,)) as login,
        JsonClient(service, secrets=(secret,), bearer=lambda: fetch(login)) as client,
    ):
        yield client


def listed(answer: dict[str, Any], name: str, service: str) -> list[Any]:
    """The list that an answer holds under a name. Raises SourceFailed where it is none."""
    records = answer.get(name)
    if not isinstance(records, list):
        raise SourceFailed(_("{service} answered JSON of an unknown form.").format(service=service))
    return records


def by_token(ask: Callable[[str], tuple[list[Any], str]], service: str) -> Iterator[list[Any]]:
    """Pages until none tells where the next one is; an empty one ends nothing. `ask` gives the page of a token (empty:
    the first), and the token of the next. Raises SourceFailed where a token comes again."""
    seen: set[str] = set()
    following = ""
    for _page in range(MOST_PAGES):
        records, following = ask(following)
        yield records
        if not following:
            return
        if following in seen:
            break
        seen.add(following)
    raise same_page(service)


def by_offset(ask: Callable[[int], list[Any]], name: Callable[[Any], str], service: str) -> Iterator[list[Any]]:
    """Pages from an offset on until one brings nothing, each record once, none left out though the list shifts.

    Each page overlaps the one before by one record: where that is another one, records went from before it, and the
    page before is asked again. `name` tells records apart. Raises SourceFailed where one page comes again and again.
    """
    seen: set[str] = set()
    at, before = 0, list[str]()
    for _page in range(MOST_PAGES):
        records = ask(at)
        names = [name(record) for record in records]
        if at and (not names or names[0] not in seen):
            at, before = max(0, at - max(len(before), 1)), []
            continue
        if names == before and len(names) > 1:
            break
        if news := [record for record, key in zip(records, names, strict=True) if key not in seen]:
            yield news
        seen.update(names)
        if len(names) < 2:
            return
        at, before = at + len(names) - 1, names
    raise same_page(service)


def same_page(service: str) -> SourceFailed:
    """What is raised where one page comes again and again."""
    return SourceFailed(_("{service} gives the same page again and again.").format(service=service))
