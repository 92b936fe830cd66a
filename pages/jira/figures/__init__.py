"""What the screen of the activity shows, in its order."""

from typing import Any

from core.base.i18n import N_
from core.show.figure import Part, Tab
from pages.jira.figures import review
from pages.jira.figures.ageing import AGEING
from pages.jira.figures.ages import AGES
from pages.jira.figures.blocked import BLOCKED
from pages.jira.figures.burn_up import BURN_UP
from pages.jira.figures.by_client import BY_CLIENT
from pages.jira.figures.by_type import BY_TYPE
from pages.jira.figures.client_types import TYPES_OF_CLIENTS
from pages.jira.figures.contradictions import CONTRADICTIONS, UNTOLD
from pages.jira.figures.cumulative import CUMULATIVE, DONE
from pages.jira.figures.cycle_histogram import CYCLE_HISTOGRAM
from pages.jira.figures.cycles import CYCLES, LEFT_OUT
from pages.jira.figures.doubts import DOUBTS, HIDDEN
from pages.jira.figures.drift_by_client import DRIFT_BY_CLIENT
from pages.jira.figures.drift_by_month import DRIFT_BY_MONTH
from pages.jira.figures.drift_by_type import DRIFT_BY_TYPE
from pages.jira.figures.drifts import DRIFTS
from pages.jira.figures.due import DUE
from pages.jira.figures.flow_efficiency import FLOW_EFFICIENCY
from pages.jira.figures.forecast import DEADLINE, FORECAST, FORECASTS, NO_FORECAST, RANGES
from pages.jira.figures.history import HISTORY
from pages.jira.figures.hours_by_client import HOURS_BY_CLIENT
from pages.jira.figures.hours_by_month import HOURS_BY_MONTH
from pages.jira.figures.hours_by_type import HOURS_BY_TYPE
from pages.jira.figures.issue import ISSUE, SEARCH, UNKNOWN
from pages.jira.figures.lead_times import LEAD_TIMES_BY_MONTH
from pages.jira.figures.net_flow import NET_FLOW
from pages.jira.figures.not_ready import NEEDS, NOT_READY
from pages.jira.figures.notes import COUNTED, COUNTED_EACH, PARTIAL, PICK_A_CELL, UNKNOWN_BEFORE
from pages.jira.figures.overview import OVERVIEW
from pages.jira.figures.people import ASSUMED, NOT_YET, PEOPLE
from pages.jira.figures.people_by_month import PEOPLE_BY_MONTH
from pages.jira.figures.people_hours import PEOPLE_HOURS
from pages.jira.figures.quality import DOUBTFUL_REQUESTS, QUALITY
from pages.jira.figures.ranking import RANKING
from pages.jira.figures.reminders import REMINDERS
from pages.jira.figures.requests import REQUESTS
from pages.jira.figures.status_times import STATUS_TIMES
from pages.jira.figures.throughput import THROUGHPUT
from pages.jira.figures.times import PROGRESS, TIMES
from pages.jira.figures.to_fill import TO_FILL
from pages.jira.figures.type_shares import TYPE_SHARES
from pages.jira.figures.type_shares_by_month import TYPE_SHARES_BY_MONTH
from pages.jira.figures.unfilled import UNFILLED, UNTOLD_FIELDS
from pages.jira.figures.unfilled_by_client import UNFILLED_BY_CLIENT
from pages.jira.figures.unfilled_by_month import UNFILLED_BY_MONTH
from pages.jira.figures.unfilled_by_person import UNFILLED_BY_PERSON
from pages.jira.figures.unfilled_trend import UNFILLED_TREND
from pages.jira.figures.weeks import WEEKS
from pages.jira.figures.worklogs import LOGGED

REVIEW = (review.FREEZE, review.NOT_WHOLE, review.NONE_YET, review.MONTH, review.SQUAD, review.REVIEW,
          review.FROZEN_AT, review.OTHER_RULES, review.COMMENT, review.COMMENTED, review.PDF, review.FIGURE,
          *review.GROWTH)  # fmt: skip
SCREEN: tuple[Part[Any] | Tab[Any], ...] = (
    DOUBTS,
    HIDDEN,
    NOT_YET,
    OVERVIEW,
    Tab("clients", N_("Clients"), (BY_CLIENT, COUNTED, RANKING, PARTIAL, UNKNOWN_BEFORE)),
    Tab("types", N_("Types"), (TYPE_SHARES, TYPE_SHARES_BY_MONTH, BY_TYPE, TYPES_OF_CLIENTS, COUNTED, PARTIAL)),
    Tab(
        "time",
        N_("Time"),
        (
            HOURS_BY_MONTH,
            TIMES,
            HOURS_BY_TYPE,
            HOURS_BY_CLIENT,
            DRIFT_BY_TYPE,
            DRIFT_BY_CLIENT,
            COUNTED_EACH,
            DRIFT_BY_MONTH,
            DUE,
            DRIFTS,
            PROGRESS,
            PARTIAL,
        ),
    ),
    Tab(
        "unfilled",
        N_("Not filled"),
        (
            UNFILLED,
            UNTOLD_FIELDS,
            UNFILLED_TREND,
            PICK_A_CELL,
            UNFILLED_BY_CLIENT,
            COUNTED_EACH,
            UNFILLED_BY_MONTH,
            UNFILLED_BY_PERSON,
            REMINDERS,
            TO_FILL,
            NOT_READY,
            NEEDS,
        ),
    ),
    Tab("flow", N_("Flow"), (WEEKS, THROUGHPUT, NET_FLOW, AGES, DONE, CUMULATIVE, UNTOLD)),
    Tab(
        "durations",
        N_("Durations"),
        (CYCLES, LEFT_OUT, CYCLE_HISTOGRAM, LEAD_TIMES_BY_MONTH, AGEING, BLOCKED, FLOW_EFFICIENCY, STATUS_TIMES),
    ),
    Tab("forecast", N_("Forecast"), (BURN_UP, FORECAST, RANGES, DEADLINE, FORECASTS, NO_FORECAST)),
    Tab("quality", N_("Quality of the data"), (QUALITY, UNTOLD, CONTRADICTIONS, DOUBTFUL_REQUESTS)),
    Tab(
        "people",
        N_("People"),
        (PEOPLE, ASSUMED, PICK_A_CELL, PEOPLE_BY_MONTH, PEOPLE_HOURS),
        when=lambda look: look.named,
    ),
    Tab("review", N_("Monthly review"), REVIEW, alone=True),
    Tab("one", N_("One request"), (SEARCH,)),
    REQUESTS,
    UNKNOWN,
    ISSUE,
    HISTORY,
    LOGGED,
)


def screen() -> tuple[Part[Any] | Tab[Any], ...]:
    """For the mission's declaration."""
    return SCREEN
