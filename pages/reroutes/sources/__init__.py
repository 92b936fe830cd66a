"""What the mission reads: task logs, the team's tables of reroutes, volumes and mails, as files or tables."""

from pages.reroutes.sources.reroutes import REROUTES
from pages.reroutes.sources.task_log import TASK_LOG
from pages.reroutes.sources.task_mails import TASK_MAILS
from pages.reroutes.sources.volumes import ROUTED_VOLUMES

CONNECTORS = tuple(
    connector for kind in (TASK_LOG, REROUTES, ROUTED_VOLUMES, TASK_MAILS) for connector in kind.connectors
)
