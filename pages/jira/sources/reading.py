"""Reading a Jira that answers: what Cloud and Data Center share beside the way in which they are asked."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Self

import pyarrow as pa
from pydantic import Field as Option
from pydantic import field_validator, model_validator

from core.base import clock
from core.base.i18n import N_, _
from core.facts.tables import FactTable
from core.sources import folders
from core.sources.base import Batch, Cursor, Source
from core.sources.http import JsonClient
from core.sources.reach import Files, Proxy, Secret, Service
from core.sources.secrets import resolve
from pages.jira import asked, rules
from pages.jira.facts import ISSUES
from pages.jira.sources import reconcile, rest, service
from pages.jira.sources.gathered import batches, gathered, landings
from pages.jira.sources.rest import FieldOptions
from pages.jira.sources.service import Issue, Jira, Question

LAG = timedelta(minutes=2)
"""How long a search of Jira may not yet know what happened."""


class JiraOptions(FieldOptions):
    """Which Jira, and which of its issues are the activity."""

    site: Service = Option(title=N_("Address of Jira"), description=N_("E.g. https://jira.example"))
    token: Secret = Option(title=N_("Token"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_JIRA}"))
    label: str = Option(
        default="start_data_explo", title=N_("Label"), description=N_("Of the activity's issues; empty: any")
    )
    projects: list[str] = Option(default_factory=list, title=N_("Projects"), description=N_("Keys; empty: any"))
    jql: str = Option(default="", title=N_("JQL"), description=N_("Delimits the activity further"))
    overlap_hours: float = Option(
        default=24, ge=0, le=1000, title=N_("Overlap (hours)"), description=N_("Read again, for what was told late")
    )
    reconcile_hours: float = Option(
        default=24,
        ge=1,
        le=1000,
        title=N_("Comparison (hours)"),
        description=N_("How often every issue is compared, to find those deleted or moved"),
    )
    page_size: int = Option(default=500, ge=2, le=5000, title=N_("Issues a page"))
    proxy: Proxy = Option(
        default="",
        title=N_("Proxy"),
        description=N_("E.g. http://proxy.example:3128, its password as ${NAME}; empty: as the environment says"),
    )
    authorities: Files = Option(
        default="",
        title=N_("Certificates"),
        description=N_("A PEM file of the company's own authorities, trusted besides the usual ones"),
    )

    @field_validator("jql")
    @classmethod
    def _is_a_condition(cls, value: str) -> str:
        if re.search(r"\border\s+by\b", value, re.IGNORECASE):
            raise ValueError(_("Leave out ORDER BY: Vigie orders by creation."))
        return value.strip()

    @model_validator(mode="after")
    def _delimits(self) -> Self:
        if not (self.label or self.projects or self.jql):
            raise ValueError(_("Give a label, projects or JQL: Jira answers no question without a limit."))
        return self

    @property
    def activity(self) -> str:
        """The activity in Jira's words."""
        parts = [f"labels in ({service.quoted([self.label])})"] if self.label else []
        parts += [f"project in ({service.quoted(self.projects)})"] if self.projects else []
        parts += [f"({self.jql})"] if self.jql else []
        return " AND ".join(parts)

    def may_hold(self, issue: Issue) -> bool:
        """Whether an issue that Jira has may be of the activity, as far as label and projects say."""
        fields = issue.get("fields") or {}
        labels = {str(label).casefold() for label in fields.get("labels") or []}
        project = fields.get("project") or {}
        keys = {str(issue.get("key")).rpartition("-")[0], *(str(project.get(part)) for part in ("key", "id", "name"))}
        wanted = {project_key.casefold() for project_key in self.projects}
        of_project = not wanted or any(key.casefold() in wanted for key in keys)
        return of_project and (not self.label or self.label.casefold() in labels)

    def asking(self, token: str, bearer: Callable[[], str] | None = None) -> JsonClient:
        """What asks this Jira, through the proxy and with the certificates that are said."""
        proxy = resolve(self.proxy)
        hidden = (token, *((proxy,) if proxy else ()))
        return JsonClient(
            service.NAME,
            secrets=hidden,
            bearer=bearer,
            proxy=proxy,
            authorities=str(folders.one(self.authorities)) if self.authorities else "",
        )


class Reading:
    """What both kinds of Jira share: a first full reading, then what changed, and now and then a comparison.

    The cursor holds `since` (all is known up to there), and while a reading is under way `began` and `floor`: the
    creation of the last issue that landed, from where a reading that broke off goes on.
    """

    table: ClassVar[FactTable] = ISSUES

    def _asking(self, options: JiraOptions) -> AbstractContextManager[Jira]:
        raise NotImplementedError

    def pull(self, source: Source, cursor: Cursor) -> Iterator[Batch]:
        """What changed since the cursor, less the overlap; then what a comparison with every issue finds."""
        options = source.options
        assert isinstance(options, JiraOptions)
        with self._asking(options) as jira:
            known = jira.fields()
            chosen = (options.request_type, options.client, options.estimate, options.due)
            of_team = [name if name in rest.FIELDS else service.field_id(name, known) for name in chosen]
            request_type, client, estimate, due = of_team
            in_force = rules.in_force()
            others = asked.ids(in_force, known)
            reader = rest.Reader(
                source.name,
                source.squad,
                request_type=request_type,
                client=client,
                estimate=estimate,
                unit_s=options.unit_s(in_force),
                due=due,
                others=others,
                nothing=in_force.nothing,
                site=options.site,
                over=jira.over(),
            )
            fields = list(dict.fromkeys([*rest.FIELDS, *of_team, *others.values()]))
            zone = jira.zone()
            began = datetime.fromisoformat(cursor["began"]) if "began" in cursor else clock.now()
            yield from self._changed(jira, options, reader, fields, zone, {**cursor, "began": began.isoformat()})
            cursor = {"since": began.isoformat(), "reconciled": cursor.get("reconciled")}
            yield Batch(pa.table({}), cursor=cursor, covers_until=began - LAG)
            every, before = timedelta(hours=options.reconcile_hours), cursor["reconciled"]
            if not before or clock.now() - datetime.fromisoformat(before) >= every:
                now = clock.now()
                everything = Question(options.activity, zone)
                compared = reconcile.Compared(jira, everything, reader, fields, of_team, source.name)
                yield from compared.batches(partial(_belonging, jira, options, zone), now)
                yield Batch(pa.table({}), cursor={**cursor, "reconciled": now.isoformat()})

    def _changed(
        self, jira: Jira, options: JiraOptions, reader: rest.Reader, fields: list[str], zone: str, cursor: Cursor
    ) -> Iterator[Batch]:
        since, floor = (datetime.fromisoformat(at) if (at := cursor.get(name)) else None for name in ("since", "floor"))
        question = Question(options.activity, zone, since and since - timedelta(hours=options.overlap_hours), floor)
        done = 0
        for some in gathered(jira.pages(question, fields)):
            jira.complete(some)
            for issues in landings(some):
                done += len(issues)
                cursor = {**cursor, "floor": service.created(issues[-1]).isoformat()}
                yield from batches(reader.read(issues, service.NAME, done - len(issues)), cursor, done)


def _belonging(jira: Jira, options: JiraOptions, zone: str, issues: list[Issue]) -> set[str]:
    """Ids of those of some issues, as Jira has them, that are of the activity: its own words are asked where there are
    some, of these issues alone."""
    held = {str(issue["id"]) for issue in issues if options.may_hold(issue)}
    if not (options.jql and held):
        return held
    asked = Question(f"({options.activity}) AND id in ({', '.join(sorted(held))})", zone)
    return {str(issue["id"]) for page in jira.pages(asked, ["created"]) for issue in page}
