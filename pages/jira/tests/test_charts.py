"""Colours of the charts: the types' own, greys for what is none, and the rest told apart by all eyes."""

import json
from datetime import date, timedelta
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.jira.colours import HUES, NONE_HUE, OTHERS, OTHERS_HUE, hues, palette
from pages.jira.figures.ages import AGES
from pages.jira.figures.cumulative import steps
from pages.jira.figures.drift_by_client import DRIFT_BY_CLIENT
from pages.jira.figures.drift_by_type import DRIFT_BY_TYPE
from pages.jira.figures.hours_by_client import HOURS_BY_CLIENT
from pages.jira.figures.hours_by_type import HOURS_BY_TYPE
from pages.jira.figures.stacked import by_month, stacked
from pages.jira.months import Months
from pages.jira.rules import HERE, load

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
MONTHS = Months((JAN, FEB), (JAN,), ())
JIRAS = load(HERE / "rules.yml").colours
JUST_NOTICEABLE = 0.04
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


@pytest.mark.parametrize(("one", "other"), list(combinations((*HUES, NONE_HUE, OTHERS_HUE), 2)))
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


def test_no_client_is_grey_and_the_others_are_apart() -> None:
    codes = ["DEX/", *(f"DEX/{n}" for n in range(7)), OTHERS]
    found = hues(codes, {})
    assert (found[0], found[-1]) == (NONE_HUE, OTHERS_HUE)
    assert set(found[1:-1]) < set(HUES)


@given(st.lists(st.sampled_from([*JIRAS, *"abcdefghi", "", OTHERS]), max_size=len(HUES), unique=True))
def test_no_two_colours_of_a_chart_are_alike(codes: list[str]) -> None:
    found = hues(codes, JIRAS)
    assert all(difference(one, other) > JUST_NOTICEABLE for one, other in combinations(found, 2))


def requests(codes: int) -> pd.DataFrame:
    """Two months; who comes first in the one comes last in the other."""
    rows = [("a", 1, JAN), *((f"{n}", n + 2, JAN) for n in range(codes - 1)), ("a", 100, FEB), ("0", 1, FEB)]
    return pd.DataFrame(rows, columns=["client", "requests", "month"])


def named(codes: int, chosen: tuple[str, ...] = ()) -> dict[str, str]:
    """The colours of clients `a`, `0`, `1`…, of all that there is."""
    return palette(["a", *(f"{n}" for n in range(codes - 1))], chosen=chosen)


@pytest.mark.parametrize(("codes", "drawn"), [(9, 9), (10, 9), (30, 9), (2, 2)])
def test_more_names_than_colours_are_drawn_together_and_each_has_a_colour_of_its_own(codes: int, drawn: int) -> None:
    frame = by_month(requests(codes), "client", {}, MONTHS, "requests", named(codes))
    spec = stacked(frame, named(codes)).spec
    colours = spec["layer"][0]["encoding"]["color"]["scale"]
    assert len(colours["domain"]) == len({*colours["range"]}) == drawn
    assert (OTHERS in set(frame["code"])) is (codes > 9)
    assert frame["n"].sum() == requests(codes)["requests"].sum()


def test_a_client_has_one_colour_and_one_place_in_every_period() -> None:
    every = requests(12)
    drawn = []
    for month in (JAN, FEB):
        frame = by_month(every[every["month"] == month], "client", {}, MONTHS, "requests", named(12))
        scale = stacked(frame, named(12)).spec["layer"][0]["encoding"]["color"]["scale"]
        drawn.append(dict(zip(scale["domain"], scale["range"], strict=True)))
    assert drawn[0]["a"] == drawn[1]["a"]
    assert drawn[0]["0"] == drawn[1]["0"]
    assert list(drawn[1]) == ["a", "0"]
    assert drawn[0]["autres"] == OTHERS_HUE


def test_the_colours_stay_where_clients_change_places() -> None:
    assert palette(["a", "b", "c"]) == palette(["c", "a", "b"])
    assert list(palette(["c", "a", "b"])) == ["c", "a", "b", OTHERS]


def test_a_client_that_is_chosen_is_named_however_rare_and_the_others_keep_their_colours() -> None:
    usual, with_rare = named(12), named(12, chosen=("10",))
    assert "10" not in usual
    assert {code: hue for code, hue in with_rare.items() if code in usual} == {
        code: hue for code, hue in usual.items() if code != "6"
    }
    assert with_rare["10"] == usual["6"]


def test_each_month_is_stacked_in_the_order_of_the_legend_with_the_others_last() -> None:
    frame = by_month(requests(12), "client", {}, MONTHS, "requests", named(12))
    drawing = stacked(frame, named(12))
    encoding = drawing.spec["layer"][0]["encoding"]
    assert encoding["order"]["field"] == "place"
    places = frame.drop_duplicates("code").set_index("name")["place"]
    assert [places[name] for name in encoding["color"]["scale"]["domain"]] == list(range(9))
    assert frame.loc[frame["code"] == OTHERS, "place"].unique().tolist() == [8]
    assert frame.groupby("name")["place"].nunique().max() == 1


def test_shares_of_a_month_add_up_to_it() -> None:
    frame = by_month(requests(12), "client", {}, MONTHS, "requests", named(12))
    assert frame.groupby("month")["share"].sum().round(9).tolist() == [1.0, 1.0]


STATUSES: Any = SimpleNamespace(status_colours=palette([f"S{n}" for n in range(14)]))
"""A look that knows fourteen statuses."""


def test_the_flow_of_many_statuses_has_a_colour_each_and_loses_none() -> None:
    weeks = [date(2026, 3, 2), date(2026, 3, 9)]
    counts = [(week, week + timedelta(days=7), f"S{n}", n + 1.0, n == 3) for n in range(14) for week in weeks]
    frame = pd.DataFrame(counts, columns=["week", "until", "status", "requests", "rests"])
    drawing = steps(frame, STATUSES)
    scale = drawing.spec["layer"][0]["encoding"]["color"]["scale"]
    assert len(scale["domain"]) == len({*scale["range"]}) == 9
    assert drawing.frame.groupby("week")["top"].max().tolist() == [105.0, 105.0]
    assert scale["domain"][-1] == "autres"


def test_open_requests_of_many_statuses_have_a_colour_each_and_none_is_lost() -> None:
    rows = pd.DataFrame(
        [(band, f"S{n}", n + 1) for n in range(14) for band in (0, 4)], columns=["band", "status", "requests"]
    )
    frame = AGES.shape(STATUSES, rows)
    assert AGES.chart is not None
    scale = AGES.chart(frame, STATUSES).spec["layer"][0]["encoding"]["color"]["scale"]
    assert len(scale["domain"]) == len({*scale["range"]}) == 9
    assert frame["requests"].sum() == rows["requests"].sum()


def test_clients_and_types_stand_in_one_order_on_every_chart_of_times() -> None:
    look: Any = SimpleNamespace(key="", clients={"B": "Santé", "A": "Auto"}, types=("Support", ""))
    measures = {"drift": [0.9, 0.1], "estimate_s": [3600, 7200], "spent_s": [36_000, 3600], "measured": [3, 2]}
    for drift, hours, codes, names in (
        (DRIFT_BY_CLIENT, HOURS_BY_CLIENT, ["A", "B"], ["Santé", "Auto"]),
        (DRIFT_BY_TYPE, HOURS_BY_TYPE, ["", "Support"], ["Support", "(aucun)"]),
    ):
        for one in (drift, hours):
            rows = pd.DataFrame({"name": codes, **measures})
            drawing = one.drawing(look, one.shape(look, rows))
            assert f'"sort": {json.dumps(names)}' in json.dumps(drawing.spec)


def test_each_stacked_month_says_its_total_and_one_of_shares_none() -> None:
    frame = by_month(requests(12), "client", {}, MONTHS, "requests", named(12))
    _bars, total = stacked(frame, named(12)).spec["layer"]
    assert total["transform"] == [{"aggregate": [{"op": "sum", "field": "n", "as": "total"}], "groupby": ["month"]}]
    assert total["encoding"]["text"]["field"] == total["encoding"]["y"]["field"] == "total"
    assert len(stacked(frame, named(12), "share").spec["layer"]) == 1


def test_each_age_of_open_requests_says_how_many_there_are_beside_its_bar() -> None:
    frame = AGES.shape(STATUSES, pd.DataFrame({"band": [0, 0], "status": ["S0", "S1"], "requests": [2, 3]}))
    assert AGES.chart is not None
    bars, said = AGES.chart(frame, STATUSES).spec["layer"]
    assert {key: said["encoding"]["text"][key] for key in ("aggregate", "field")} == {
        "aggregate": "sum",
        "field": "requests",
    }
    assert bars["encoding"]["x"]["scale"] == {"rangeMax": {"expr": "width - 44"}}
