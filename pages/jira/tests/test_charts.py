"""Colours of the charts: the types' own, greys for what is none, and the rest told apart by all eyes."""

from itertools import combinations

import numpy as np
import pytest

from pages.jira.colours import HUES, NONE_HUE, OTHERS, OTHERS_HUE, hues
from pages.jira.rules import HERE, load

LEAST = 0.07
"""Difference in OKLab below which two colours look alike (0.02 is just noticeable side by side)."""
SIGHTS = {
    "all colours": np.eye(3),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
"""How linear red, green and blue are seen (Machado, Oliveira, Fernandes 2009)."""
LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
LAB = np.array([[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.808675766]])  # fmt: skip


def seen(colour: str, sight: str) -> np.ndarray:
    share = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return LAB @ np.cbrt(LMS @ np.clip(SIGHTS[sight] @ linear, 0, 1))


def difference(one: str, other: str) -> float:
    return min(float(np.linalg.norm(seen(one, sight) - seen(other, sight))) for sight in SIGHTS)


@pytest.mark.parametrize(("one", "other"), list(combinations((*HUES, NONE_HUE), 2)))
def test_any_two_colours_are_told_apart_without_red_or_green_too(one: str, other: str) -> None:
    assert difference(one, other) > LEAST


def test_types_keep_their_colours_in_jira_and_the_others_look_like_none_of_them() -> None:
    told = load(HERE / "rules.yml").colours
    given = ["Extraction", "Fichier ou courriel", "Ponctuel"]
    codes = [*given, "", "Support", "Conseil", OTHERS]
    found = dict(zip(codes, hues(codes, told), strict=True))
    assert [found[name] for name in given] == [told[name] for name in given]
    assert (found[""], found[OTHERS]) == (NONE_HUE, OTHERS_HUE)
    for free in ("Support", "Conseil"):
        assert (
            min(difference(found[free], colour) for name, colour in found.items() if name not in (free, OTHERS)) > LEAST
        )


def test_no_client_is_grey_and_more_clients_than_colours_have_one_each() -> None:
    codes = ["DEX/", *(f"DEX/{n}" for n in range(12))]
    assert hues(codes, {})[0] == NONE_HUE
    assert set(hues(codes, {})[1:]) <= set(HUES)
    assert len(set(hues(codes[:9], {}))) == 9
