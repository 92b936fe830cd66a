"""What the mission reads: logs as files or tables of a database, schedulers in their own words, and Vigie itself."""

from core.base import clock
from core.base.i18n import N_
from core.sources.base import Connector, Source
from core.sources.tabular import Tabular
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.sources.airflow import Airflow
from pages.pipelines.sources.alteryx import Alteryx
from pages.pipelines.sources.databricks import Databricks
from pages.pipelines.sources.factory import DataFactory, SavedAnswers
from pages.pipelines.sources.log_analytics import LogAnalytics
from pages.pipelines.sources.run_shaper import RunShaper
from pages.pipelines.sources.runs import RUN_FIELDS, RunMapping, guesses
from pages.pipelines.sources.tws import Tws
from pages.pipelines.sources.vigie import Vigie


def _options(source: Source) -> RunMapping:
    assert isinstance(source.options, RunMapping)
    return source.options


LOG = Tabular(
    kind="file",
    title=N_("Log file (CSV, Excel or JSON)"),
    sql_kind="sql",
    sql_title=N_("Table of a database"),
    address_title=N_("JSON of an address"),
    table=PIPELINE_RUNS,
    fields=RUN_FIELDS,
    mapping=RunMapping,
    guesses=guesses,
    shaper=lambda source: RunShaper(source.name, source.squad, _options(source), clock.now()),
    latest_counts=lambda source: _options(source).complete_until == "last_row",
)

CONNECTORS: tuple[Connector, ...] = (
    *LOG.connectors,
    DataFactory(),
    SavedAnswers(),
    LogAnalytics(),
    Databricks(),
    Airflow(),
    Alteryx(),
    Tws(),
    Vigie(),
)
