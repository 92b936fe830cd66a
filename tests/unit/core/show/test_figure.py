"""A figure is told once: the same object gives the frame, the chart, the words and the mailed picture."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from core.facts.lake import Lake
from core.facts.query import Query, Reader, Warehouse
from core.people.person import EVERYTHING, Person, Role
from core.show import picture
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure, Number, Numbers, Tab, walk
from core.show.filters import Choices, Filter
from core.show.look import Look
from tests.unit.core.facts.jobs import JOBS, batch, job

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
ANA = Person(1, "ana", "Ana", Role.LEAD, frozenset())
ABOUT = About("d", "s")
J = JOBS.sql
BY_STATE = Query(
    "jobs_by_state",
    sa.select(J.c.state, sa.func.count().label("n"))
    .where(J.c.job.in_(sa.bindparam("names", expanding=True)))
    .group_by(J.c.state)
    .order_by(J.c.state),
    (JOBS,),
    {"names": list},
)
shaped: list[str] = []


def shape(look: Look, counts: pd.DataFrame) -> pd.DataFrame:
    shaped.append(",".join(look.chosen.names))
    return counts.assign(share=counts["n"] / counts["n"].sum())


STATES: Figure[Look] = Figure(
    name="states",
    title="States",
    about=ABOUT,
    query=BY_STATE,
    shape=shape,
    columns=(Column("state", "State"), Column("n", "Jobs", Kind.NUMBER), Column("share", "Share", Kind.PERCENT)),
    chart=lambda frame, _look: Drawing({"mark": "bar"}, frame),
    means=lambda _look, mark: {"names": [mark["state"]]},
)
NEVER: Figure[Look] = Figure(
    name="never", title="Never", about=ABOUT, query=BY_STATE, columns=(), when=lambda _look: False
)
NUMBERS = Numbers(
    (Number(name="all", label="Jobs", about=ABOUT, value=lambda look: int(look.ask(BY_STATE)["n"].sum())),)
)
SCREEN = (NUMBERS, Tab("first", "First", (STATES, NEVER)))


class Opening:
    filters: Mapping[str, Filter[Any]] = {"names": Choices("Job", options={"a": "A", "b": "B", "c": "C"})}

    def __init__(self, reader: Reader, person: Person, now: datetime) -> None:
        self.given = {"reader": reader, "person": person, "now": now}

    def look(self, chosen: Any) -> Look:
        return Look(**self.given, chosen=chosen, params={"names": chosen.names or ["a", "b", "c"], "unasked": 1})


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    lake = Lake(tmp_path)
    lake.land(JOBS, batch(job("a"), job("b"), job("c", state="done")))
    return Warehouse(lake, {"m": (JOBS,)}).reader(EVERYTHING)


def test_a_mailed_view_walks_the_figures_of_the_screen(reader: Reader) -> None:
    told = picture.of(Opening, SCREEN, reader, ANA, {}, NOW)
    assert told.figures == (("Jobs", "3"),)
    assert [one.name for one in told.shown] == ["states"]
    assert told.shown[0].frame.to_dict("list") == {"state": ["done", "running"], "n": [1, 2], "share": [1 / 3, 2 / 3]}
    assert told.shown[0].chart is not None
    assert told.shown[0].told == "States"


def test_filters_of_an_address_reach_every_figure(reader: Reader) -> None:
    told = picture.of(Opening, SCREEN, reader, ANA, {"names": "c"}, NOW)
    assert told.figures == (("Jobs", "1"),)
    assert told.shown[0].frame["state"].tolist() == ["done"]


def test_a_frame_is_shaped_once_for_equal_looks_and_anew_for_others(reader: Reader) -> None:
    shaped.clear()
    for address in ({}, {}, {"names": "a"}, {}):
        picture.of(Opening, SCREEN, reader, ANA, address, NOW)
    assert shaped == ["", "a"]


def test_every_figure_of_a_screen_is_found_in_its_order() -> None:
    assert [figure.name for figure in walk(SCREEN)] == ["states", "never"]
