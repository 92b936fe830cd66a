"""The tab of the router: what it gets wrong, the team's extract, the examples to learn from."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.base.i18n import _, language, show_date, show_number
from core.people.rights import require
from core.store.engine import store
from core.ui import download, figure
from core.ui.filters import DATE_FORMATS
from core.ui.screen import Screen
from pages.reroutes import charts, columns, frames, queries, watch
from pages.reroutes.asked import Look
from pages.reroutes.facts import Way
from pages.reroutes.queries import Slice
from pages.reroutes.router import examples
from pages.reroutes.router.evaluate import Judged, judge

OUTSIDE = "outside_complaints"
"""Key of the scope that the team's extract is of."""


def draw(s: Screen, v: Look) -> None:
    """The whole tab."""
    _evaluation(s, v)
    _extract(s, v)
    _examples(s, v)


def _evaluation(s: Screen, v: Look) -> None:
    """Precision and recall by entity, and what was mistaken for what."""
    asked, moved = v.asked, v.ask(queries.confusion)
    routed = v.ask(queries.ROUTED_TO)
    versions = sorted({version for version in moved["router"] if version})
    if versions:
        version = st.selectbox(_("Version of the router"), versions, index=None, placeholder=_("All"), width=240)
        if version:
            moved, routed = moved[moved["router"] == version], routed[routed["router"] == version]
    if asked.targets or asked.lines or asked.only or (asked.scope and asked.scope.centres is not None):
        routed = routed.head(0)
    placed = dict(frames.summed(routed, ["entity"], "routed"))
    counted = frames.summed(moved, ["placed", "final"], "tasks")
    judged = judge({(first, last): count for first, last, count in counted}, placed)
    if asked.origins or asked.scope:
        judged = [one for one in judged if one.lost or one.gained]
    if not placed:
        st.info(
            _(
                "The routed volumes are not known for what is asked: how many tasks were placed right cannot be said, "
                "and neither precision nor recall. What was rerouted is shown."
            ),
            icon=":material/info:",
        )
    if any(one.contradicts for one in judged):
        st.warning(_("For some entities more tasks were rerouted than routed: the sources disagree, no share is made."))
    s.table(
        _judged(judged),
        title=_("Evaluation of the router"),
        columns=columns.router(),
        about=columns.ABOUT_ROUTER,
        name="evaluation",
        height=420,
    )
    wrong = pd.DataFrame(
        [(first, last, count, count) for first, last, count in counted if first != last],
        columns=["origin", "target", "handovers", "tasks"],
    )
    if len(wrong):
        s.chart(
            charts.matrix(frames.matrix(wrong)),
            title=_("Chosen by the router → right in the end"),
            about=columns.ABOUT_CONFUSION,
            frame=wrong,
            columns=columns.confusion(),
            name="confusion",
            on_pick=figure.filtering(s.mission.key, "confusion", charts.PICK, _placed_and_final),
        )


def _placed_and_final(cell: dict[str, Any]) -> dict[str, object]:
    return {"only": {"placed": cell["origin"], "final": cell["target"]}}


def _judged(judged: list[Judged]) -> pd.DataFrame:
    rows = []
    for one in judged:
        row: dict[str, object] = {
            "entity": one.entity,
            "placed": one.placed,
            "lost": one.lost,
            "gained": one.gained,
        }
        for name, share in (("precision", one.precision), ("recall", one.recall)):
            low, high = share.interval if share and share.interval else (None, None)
            row |= {name: share.value if share else None, f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return pd.DataFrame(rows, columns=[column.name for column in columns.router()]).astype(
        {"placed": "Int64", "lost": "Int64", "gained": "Int64"}
    )


def _extract(s: Screen, v: Look) -> None:
    """The reroutes made by hand in the centres outside complaints; of the filters only the period holds for it."""
    scope = watch.resolved(v.said.scope(OUTSIDE), v.there)
    by_hand = (Way.MANUAL.value, Way.UNKNOWN.value)
    outside = replace(v, asked=Slice(v.asked.first, v.asked.last, scope, ways=by_hand, undated=v.asked.undated))
    st.divider()
    st.caption(
        _("{n} reroutes made by hand from {first} to {last}, whatever the other filters; the export holds all.").format(
            n=show_number(outside.count), first=show_date(v.asked.first), last=show_date(v.asked.last)
        )
    )
    s.table(
        outside.first_rows(queries.extract),
        title=_("Extract outside complaints"),
        columns=columns.team(),
        about=columns.ABOUT_EXTRACT,
        name="outside-complaints",
        rows=outside.rows(queries.extract),
        height=280,
    )


def _examples(s: Screen, v: Look) -> None:
    """The data set of examples, and the cases for Melusine's own tests."""
    split = st.date_input(
        _("Test from"),
        v.asked.last - timedelta(days=v.asked.days // 5),
        help=_("Tasks rerouted from this day on are for testing, earlier ones for learning."),
        format=DATE_FORMATS[language()],
        width=220,
        key="reroutes.split",
    )
    border: date = split or v.asked.last
    bare = s.can_act and st.checkbox(_("With personal data"), help=_("Masked otherwise."), key="reroutes.unmasked")
    first, stream = v.first_rows(queries.examples, "tasks"), v.rows(queries.examples)
    if not len(first):
        st.info(_("No task that ended elsewhere than where the router put it: there is no example to learn from."))
        return
    batches = pa.Table.from_pandas(first, preserve_index=False).to_batches()
    shown = pa.Table.from_batches(examples.rows(batches, border, mask=not bare)).to_pandas()
    s.table(
        shown,
        title=_("Examples for the router"),
        columns=columns.examples(),
        about=columns.ABOUT_EXAMPLES,
        name="examples",
        rows=lambda: examples.rows(stream(), border, mask=not bare),
        height=280,
    )

    def cases() -> bytes:
        with store().read() as connection:
            require(connection, s.person.id, s.mission, act=bare)
        return examples.as_json(list(examples.cases(examples.rows(stream(), border, mask=not bare))))

    download.button(
        _("Cases for melusine.testing (JSON)"),
        cases,
        file_name="melusine-cases.json",
        mime="application/json",
        icon=":material/data_object:",
        key="reroutes.cases",
    )
    if not shown["body"].any() and not shown["header"].any():
        st.caption(_("No mail is joined to these tasks: connect a source of mails to get cases."))
