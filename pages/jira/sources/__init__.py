"""What the mission reads: Jira Cloud, Jira Data Center, exports of both in CSV or Excel, saved answers of both."""

from core.sources.base import Connector
from pages.jira.sources.cloud import JiraCloud
from pages.jira.sources.data_center import JiraDataCenter
from pages.jira.sources.exports import Export
from pages.jira.sources.saved import SavedAnswers

CONNECTORS: tuple[Connector, ...] = (JiraCloud(), JiraDataCenter(), Export(), SavedAnswers())
