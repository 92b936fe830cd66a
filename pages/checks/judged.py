"""What a run counted, as a verdict, a sentence and an equation: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.base.i18n import _, ngettext, show_number, show_percent
from core.base.status import LOOKS, Verdict
from pages.checks.definitions import Check, Outcome


@dataclass(frozen=True)
class Count:
    """Rows of an outcome: of the left or only list, and of the right one."""

    outcome: str
    left: int
    right: int

    @property
    def rows(self) -> int:
        """Rows of the outcome; a pair is one."""
        return max(self.left, self.right) if self.outcome not in _APART else self.left + self.right


_APART = frozenset({"doubled_left", "doubled_right"})


def summed(rows: Sequence[Mapping[str, object]]) -> tuple[Count, ...]:
    """Counts by squad as counts by outcome."""
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        left, right = sums.get(str(row["outcome"]), (0, 0))
        sums[str(row["outcome"])] = left + int(str(row["left"])), right + int(str(row["right"]))
    return tuple(Count(name, left, right) for name, (left, right) in sums.items())


def checked(counts: Sequence[Count]) -> tuple[int, int]:
    """How many rows of each list were given."""
    return sum(count.left for count in counts), sum(count.right for count in counts)


def whole(count: Count, counts: Sequence[Count]) -> int:
    """How many rows an outcome is a share of: those of the left or only list, of the right one where it has rows of
    that alone."""
    left, right = checked(counts)
    return right if count.right and not count.left else left or right


def exceeded(limit: str | None, count: int, of: int) -> bool:
    """Whether there are more rows than a limit allows."""
    if limit is None:
        return False
    number = float(limit.rstrip("% ").replace(",", "."))
    return 100 * count > number * of if limit.rstrip().endswith("%") else count > number


def verdict(check: Check, counts: Sequence[Count]) -> Verdict:
    """The gravest of what its outcomes say: NOT DUE without a row, UNKNOWN where no key of a side is filled."""
    left, right = checked(counts)
    if not left and not right:
        return Verdict.NOT_DUE
    by_name = {count.outcome: count for count in counts}
    if keyless(counts):
        return Verdict.UNKNOWN
    verdicts = [Verdict.OK]
    for outcome in check.outcomes:
        count = by_name.get(outcome.outcome, Count(outcome.outcome, 0, 0))
        verdicts.append(_of_outcome(outcome, count.rows, whole(count, counts)))
    doubtful = check.usual.keys() - {"ok"} - {outcome.outcome for outcome in check.outcomes}
    if any(name in doubtful for name in by_name):
        verdicts.append(Verdict.WARNING)
    return max(verdicts, key=lambda verdict: LOOKS[verdict].severity)


def _of_outcome(outcome: Outcome, count: int, of: int) -> Verdict:
    if exceeded(outcome.ko_above, count, of):
        return Verdict.KO
    return Verdict.WARNING if exceeded(outcome.warn_above, count, of) else Verdict.OK


def keyless(counts: Sequence[Count]) -> bool:
    """Whether no row of a side that has any bears a key."""
    by_name = {count.outcome: count for count in counts}
    left, right = checked(counts)
    none = Count("", 0, 0)
    return bool(
        (left and by_name.get("no_key_left", none).left == left)
        or (right and by_name.get("no_key_right", none).right == right)
    )


def sentence(check: Check, counts: Sequence[Count]) -> str:
    """The run in a sentence: every outcome that has rows, those beyond their limits first."""
    left, right = checked(counts)
    if not left and not right:
        return _("no row to check.")
    if keyless(counts):
        return _("the key is empty in every row of a list: nothing could be compared.")
    words, limits = check.words, {outcome.outcome: outcome for outcome in check.outcomes}

    def grave(count: Count) -> int:
        limit = limits.get(count.outcome)
        return LOOKS[_of_outcome(limit, count.rows, whole(count, counts)) if limit else Verdict.OK].severity

    gravest = sorted(ordered(check, counts), key=grave, reverse=True)
    parts = [
        f"{words.get(count.outcome, count.outcome)}\u202f: {show_number(count.rows)}" for count in gravest if count.rows
    ]
    said = ngettext("{n} row checked", "{n} rows checked", left or right).format(n=show_number(left or right))
    return f"{said}\u202f; {', '.join(parts)}."


def ordered(check: Check, counts: Sequence[Count]) -> list[Count]:
    """Counts in the order of the check's outcomes."""
    order = list(check.words)
    return sorted(counts, key=lambda count: order.index(count.outcome) if count.outcome in order else len(order))


def equation(check: Check, counts: Sequence[Count]) -> list[str]:
    """Each list's rows as the sum of its outcomes; two lists go by what the check calls them."""
    words, equations = check.words, []
    lists = check.called or {_("rows"): "left"}
    for title, side in lists.items():
        sides = [
            (words.get(count.outcome, count.outcome), int(getattr(count, side))) for count in ordered(check, counts)
        ]
        rows = {word: count for word, count in sides if count}
        if rows:
            parts = " + ".join(f"{show_number(count)} {word}" for word, count in rows.items())
            equations.append(f"{title}\u202f: {show_number(sum(rows.values()))} = {parts}")
    return equations


def share(count: int, of: int) -> str:
    """A share with what it is a share of; nothing where that is none."""
    return _("{share} of {n}").format(share=show_percent(count / of, 1), n=show_number(of)) if of else ""
