"""The financial impact of a use case, in euros: cases won × gain of a case − checks made × cost of a check."""

from typing import Any

from core.base.i18n import _, show_number


def has_checks(card: Any, _row: Any = None) -> bool:
    """Whether checks are made, so that their cost is asked."""
    return bool(card.checks)


def net(card: Any, cases: int | None) -> int | None:
    """The net impact for so many cases won; None where the card does not say enough."""
    if cases is None or card.gain is None or (card.checks and card.check_cost is None):
        return None
    return int(cases * card.gain - (card.checks or 0) * (card.check_cost or 0))


def formula(card: Any) -> tuple[str, ...]:
    """The net impact with its formula, then from low to high, in words; nothing where the card does not say enough."""
    expected = net(card, card.cases)
    if expected is None:
        return ()
    gross = f"{show_number(card.cases)} × {show_number(card.gain)} €"
    cost = f" − {show_number(card.checks)} × {show_number(card.check_cost)} €" if card.checks else ""
    told = _("Net impact: {formula} = {net} €").format(formula=gross + cost, net=show_number(expected))
    low, high = net(card, card.cases_low), net(card, card.cases_high)
    if low is not None and high is not None:
        told = _("{told} (from {low} € to {high} €)").format(told=told, low=show_number(low), high=show_number(high))
    return (told,)
