"""What the pictures say: which share of the data they show, every name, numbers that add up, Mondays."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.periods import Grain
from core.mission.discovery import warehouse
from core.people.person import Scope
from pages.reroutes.figures import flow, matrix, pareto, trend
from pages.reroutes.figures import rows as all_rows
from pages.reroutes.figures.path import THE_PATH
from pages.reroutes.figures.waits import WAITED
from pages.reroutes.shares import most_met, named_share
from pages.reroutes.tests.reading import ALWAYS, LOG, days, declare, log, look, read, values, write

pairs = st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 60)), st.integers(1, 500), min_size=1, max_size=80)


def frame_of(counts: dict[tuple[int, int], int]) -> pd.DataFrame:
    found = [(f"E{one:02}", f"E{two:02}", n, n, 0) for (one, two), n in counts.items()]
    frame = pd.DataFrame(found, columns=["origin", "target", "handovers", "tasks", "pingpong"])
    return frame.sort_values("handovers", ascending=False, ignore_index=True)


@given(pairs)
def test_the_cells_of_a_matrix_and_the_bands_of_a_flow_hold_every_hand_over(counts: dict[tuple[int, int], int]) -> None:
    frame = frame_of(counts)
    cells = most_met(frame)
    assert int(cells["handovers"].sum()) == sum(counts.values())
    assert not cells.duplicated(["origin", "target"]).any()
    named, every = named_share(cells)
    assert 0 <= named <= every == sum(counts.values())
    points = flow.bands(frame)
    assert int(points.drop_duplicates(["origin", "target"])["handovers"].sum()) == every
    assert points["low"].min() >= -1e-9
    assert points.groupby("origin")["color"].nunique().max() == 1
    assert points["color"].nunique() == points["origin"].nunique()


def test_of_many_entities_the_share_shown_is_said_and_a_click_on_the_others_sets_no_limit(data: Any) -> None:
    moves = [(f"E{one:02}", f"E{(one + far) % 60:02}") for one in range(60) for far in (1, 7, 13)]
    log("".join(f"T{n};2026-03-02 09:00;0;{a}\nT{n};2026-03-02 10:00;1;{b}\n" for n, (a, b) in enumerate(moves)))
    found = look(days=days("2026-03-01", "2026-03-31"))
    shown = matrix.MATRIX.frame(found)
    named, every = named_share(most_met(shown))
    assert every == 180
    said = matrix.said_share(most_met(shown)).replace("\u202f", " ")
    assert said.startswith(f"{named} sur 180 ")
    assert flow.FLOW.detail is not None
    assert "sont entre les entités nommées" in flow.FLOW.detail(found, flow.FLOW.frame(found))
    mark = {"origin": "autres", "target": "E01", "other_origin": True, "other_target": False}
    assert matrix.ends_of(found, mark) == {"target": ["E01"]}


def test_each_end_of_a_matrix_is_named_with_all_its_hand_overs_the_others_last() -> None:
    cells = most_met(frame_of({(one, (one + 1) % 30): 31 - one for one in range(30)}))
    down = cells.drop_duplicates("origin_name").sort_values("origin_rank", ascending=False)["origin_name"].tolist()
    assert down == [*(f"E{n:02} · {31 - n}" for n in range(24)), "autres · 27"]
    spec = matrix.specification("fr")
    across, below = (spec["layer"][0]["encoding"][axis]["axis"] for axis in ("x", "y"))
    assert (across["labelOverlap"], across["labelAngle"], below["labelOverlap"]) == (False, -90, False)


def test_an_entity_has_one_colour_whatever_the_period_holds_and_the_others_are_grey() -> None:
    every = [f"E{n:02}" for n in range(30)]
    few = flow.bands(frame_of({(3, 4): 5, (7, 3): 2}), every)
    many = flow.bands(frame_of({(one, (one + 1) % 30): 31 - one for one in range(30)}), every)
    colours = [points.drop_duplicates("origin").set_index("origin")["color"] for points in (few, many)]
    assert colours[0]["E03"] == colours[1]["E03"]
    assert colours[0]["E07"] == colours[1]["E07"]
    assert colours[1]["autres"] == flow.OTHERS


def test_the_ends_of_a_flow_say_all_their_hand_overs_and_the_others_stand_last() -> None:
    counts = {(one, (one + 1) % 30): 31 - one for one in range(30)}
    said = flow.labels(flow.bands(frame_of(counts)))
    left = said[said["x"] == 0].sort_values("middle", ascending=False)["name"].tolist()
    assert left == [*(f"E{n:02} · {31 - n}" for n in range(10)), "autres · 230"]


def test_a_flow_says_above_its_names_which_are_origins_and_which_targets() -> None:
    heads = flow._specification("fr")["layer"][3:]
    assert [(head["encoding"]["x"]["datum"], head["encoding"]["text"]["value"]) for head in heads] == [
        (0, "Origine"),
        (1, "Cible"),
    ]


def test_the_line_of_a_pareto_runs_over_none_of_its_numbers() -> None:
    bars, _line, numbers = pareto._specification("fr")["layer"]
    assert bars["encoding"]["x"]["scale"] == {"rangeMax": {"expr": "width - 44"}}
    assert (numbers["encoding"]["x"], numbers["mark"]["align"]) == ({"value": "width"}, "right")


def test_the_axis_of_weeks_names_mondays() -> None:
    weeks = pd.DataFrame({"start": [date(2026, 3, 2), date(2026, 3, 9)]})
    assert trend.mondays(weeks, Grain.WEEK) == (date(2026, 3, 2), date(2026, 3, 9))
    assert trend.mondays(weeks, Grain.DAY) == ()


def test_waiting_says_its_median_and_what_nine_in_ten_keep(data: Any) -> None:
    log("".join(f"T{n};2026-03-02 00:00;0;A\nT{n};2026-03-02 {n:02}:00;1;B\n" for n in range(1, 12)))
    found = look(days=days("2026-03-01", "2026-03-31"))
    assert WAITED.detail is not None
    said = WAITED.detail(found, WAITED.frame(found)).replace("\u202f", " ").replace("\u00a0", " ")
    assert said.startswith("La moitié en moins de 6 h")
    assert "10 h" in said


def test_an_export_says_who_moved_a_task_in_the_words_of_the_screen(data: Any) -> None:
    write("log.csv", "tache;date;n;entite;qui\nT1;2026-03-02 09:00;0;A;x\nT1;2026-03-02 10:00;1;B;ann\n")
    declare("log", "task_log", path="log.csv", columns={**LOG, "actor": "qui"})
    read("log")
    found = look(days=days("2026-03-01", "2026-03-31"))
    assert all_rows.ROWS.rows is not None
    exported = [row["way"] for batch in all_rows.ROWS.rows(found) for row in batch.to_pylist()]
    assert exported == list(all_rows.ROWS.frame(found)["way"]) == ["à la main"]


@pytest.mark.parametrize("people", [frozenset(), frozenset({"handovers"})])
def test_agents_are_named_to_those_alone_whom_the_register_allows(people: frozenset[str], data: Any) -> None:
    write("log.csv", "tache;date;n;entite;qui\nT1;2026-03-02 09:00;0;A;x\nT1;2026-03-02 10:00;1;B;ann\n")
    declare("log", "task_log", path="log.csv", columns={**LOG, "actor": "qui"})
    read("log")
    reader = warehouse().reader(Scope(None, people))
    named = reader.run(all_rows.rows, **ALWAYS.params(all_rows.rows)).table["actor"].to_pylist()
    assert named == (["ann"] if people else [None])
    assert values(THE_PATH.frame(look(only={"task": "T1"})), ["left_by"]) == [("ann",), (None,)]
