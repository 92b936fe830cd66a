"""What was done in each step of the past, drawn again and again (Monte Carlo): when an amount may be done. Pure."""

from collections.abc import Sequence

import numpy as np

_SEED = 20_261


def paths(history: Sequence[int] | np.ndarray, runs: int, steps: int) -> np.ndarray:
    """What would be done in all by the end of each of so many steps, a row a run, drawn from `history`, which holds
    one number or more; the same for the same history."""
    last = np.asarray(history)
    chosen = np.random.default_rng(_SEED).integers(0, len(last), size=(runs, steps))
    return np.asarray(last[chosen].cumsum(axis=1))


def reached(drawn: np.ndarray, amount: int, shares: Sequence[float]) -> tuple[int | None, ...]:
    """After how many steps these shares of the paths have reached an amount; None where they do not."""
    runs, steps = drawn.shape
    done = drawn >= amount
    first = np.where(done.any(axis=1), done.argmax(axis=1) + 1, steps + 1) if amount > 0 else np.zeros(runs, int)
    ends = (int(np.quantile(first, share, method="higher")) for share in shares)
    return tuple(end if end <= steps else None for end in ends)
