"""Freeze the figures and send the messages that are due, once:

    python -m core.run.notify [--show | --again RECIPIENT]

`--show` freezes nothing, and only says what would be sent. `--again` lets what was refused for a recipient be tried
once more. Schedule the command as often as something is to be told (cron, a systemd timer); two at once do no harm.
"""

import argparse
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime

from core.base import clock, log
from core.base.errors import VigieError
from core.base.i18n import _, show_number
from core.base.settings import settings
from core.mission.discovery import missions
from core.run.watch import sent_file
from core.store.engine import store
from core.tell import subscribed
from core.tell.mail import Mail
from core.tell.outbox import (
    Channel,
    LetterMaker,
    Notice,
    NoticeMaker,
    Post,
    Reason,
    Recheck,
    TryLater,
    again,
    made,
    send,
    tell_due,
    waiting,
)
from core.tell.teams import Teams

_log = logging.getLogger("vigie.notify")


def makers() -> list[NoticeMaker]:
    """All that may have something to tell: every mission, and the subscriptions."""
    return [*(mission.notices for mission in missions().values() if mission.notices), subscribed.due]


def letters() -> Mapping[str, LetterMaker]:
    """Who makes the letter, or says that there is none to send any more, by the kind of notice."""
    makers: dict[str, LetterMaker] = {subscribed.KIND: subscribed.letter}
    for mission in missions().values():
        makers |= mission.letters
    return makers


def rechecks() -> Mapping[str, Recheck]:
    """Who says at the moment of sending that a notice is not to be sent any more, by its kind."""
    return {kind: recheck for mission in missions().values() for kind, recheck in mission.rechecks.items()}


def post(channel: Channel) -> AbstractContextManager[Post]:
    """A way to send. Raises SettingInvalid where it is not set up."""
    return Mail(settings()) if channel is Channel.MAIL else Teams()


def freeze(now: datetime) -> int:
    """Publish what every mission has to by now; gives how many could not, each told in the log."""
    failed = 0
    for mission in missions().values():
        try:
            if mission.freeze:
                mission.freeze(now)
        except VigieError as error:
            _log.error("%s froze nothing: %s", mission.key, error.detail or error.sentence)
            sys.stdout.write(f"{_(mission.title)}: {error.sentence}\n")
            failed += 1
    return failed


def _line(notice: Notice) -> str:
    return f"{notice.to}: {notice.subject}\n"


def _would_go(now: datetime) -> Iterator[str]:
    """What is waiting and would be sent, with what would be attached."""
    for notice in waiting(store()):
        try:
            letter = made(notice, now, letters())
        except TryLater as failure:
            yield failure.sentence + "\n"
            continue
        if not isinstance(letter, Reason):
            yield _line(letter.notice)
            for attached in (*letter.pictures, *letter.files):
                yield f"  {attached.name} ({show_number(len(attached.data) / 1_000)} kB)\n"


def _sent(channel: Channel) -> Iterator[str]:
    """Send what is due by one way; gives what could not be, a sentence each."""
    try:
        for notice, failure in send(store(), channel, post(channel), letters(), rechecks()):
            if failure:
                _log.warning("%s: %s", notice.what, failure.detail or failure.sentence)
                yield failure.sentence
            else:
                sys.stdout.write(_line(notice))
    except VigieError as error:
        yield error.sentence


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when something could not be sent."""
    parser = argparse.ArgumentParser(prog="python -m core.run.notify", description="Freeze and send what is due, once.")
    parser.add_argument("--show", action="store_true", help="say what would be sent, send nothing")
    parser.add_argument("--again", metavar="RECIPIENT", help="try once more what was refused for a recipient")
    chosen = parser.parse_args(arguments)
    log.setup()
    failed = 0
    try:
        store().upgrade()
        now = clock.now()
        if chosen.again:
            number = again(store(), chosen.again)
            sys.stdout.write(_("Messages that are tried once more: {n}").format(n=show_number(number)) + "\n")
            return 0
        if not chosen.show:
            failed = freeze(now)
        tell_due(store(), makers())
        subscribed.tell_passed(store(), now)
        if chosen.show:
            sys.stdout.writelines(_would_go(now))
            return 0
        for channel in dict.fromkeys(notice.channel for notice in waiting(store())):
            for sentence in _sent(channel):
                sys.stdout.write(sentence + "\n")
                failed += 1
        sent_file().write_text(now.isoformat(), encoding="utf-8")
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    if not failed:
        sys.stdout.write(_("Everything that was due has been sent.") + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
