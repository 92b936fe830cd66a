"""The facts of the activity: issues as Jira has them, what changed in them and when, and the time logged on them."""

from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable, NamingRows

PEOPLE_FIELDS = ("assignee", "reporter", "creator", "watchers", "approvers", "request participants")
"""Fields whose changes name people, as Jira calls them in a history."""
OTHER_FIELDS = (
    "status", "resolution", "resolutiondate", "priority", "issuetype", "summary", "description", "environment",
    "component", "labels", "version", "fix version", "project", "key", "parent", "issueparentassociation",
    "parent link", "link", "remoteissuelink", "epic link", "epic child", "epic name", "epic status", "epic colour",
    "epic color", "sprint", "rank", "rank (obsolete)", "story points", "story point estimate", "flagged", "security",
    "workflow", "attachment", "comment", "duedate", "due date", "start date", "target start", "target end", "severity",
    "timeestimate", "timeoriginalestimate", "timespent", "worklogid", "worklogtimespent", "request type",
    "customer request type", "organizations", "request language", "satisfaction", "type de demande",
)  # fmt: skip
"""Fields whose changes name nobody. Of any other field, a custom one of a team's own, it is not known, so what it held
is told to those alone who may be told names."""
ABOUT_PEOPLE = NamingRows("field", OTHER_FIELDS, others=True)

ISSUES = FactTable(
    name="issues",
    columns=(
        Column("source", TEXT, "name of the source that reported the issue", True),
        Column("issue_id", TEXT, "Jira's id of the issue, which a move keeps; its key in an export without ids", True),
        Column("key", TEXT, "e.g. DATA-12; changes when the issue moves", True),
        Column("project", TEXT, "key of the project", True),
        Column("url", TEXT, "address of the issue"),
        Column("summary", TEXT, "its name"),
        Column("issue_type", TEXT, "Jira's issue type"),
        Column("request_type", TEXT, "the type that people chose; the issue type where no field is set for it"),
        Column("subtask", FLAG, "whether it is part of another issue", True),
        Column("level", INTEGER, "Jira's hierarchy level: 0 ordinary, above 0 epics and the like; null: not told"),
        Column("parent", TEXT, "key of the issue it is part of"),
        Column("status", TEXT, "name of its status"),
        Column("category", TEXT, "new, indeterminate or done; null: not told"),
        Column("priority", TEXT, "name of its priority"),
        Column("resolution", TEXT, "how it was resolved"),
        Column("components", TEXT, "names of its components, one a line; null: none"),
        Column("labels", TEXT, "its labels, one a line; null: none"),
        Column("links", TEXT, "linked issues as “relation key”, one a line; null: none"),
        Column("assignee_id", TEXT, "who works on it, by Jira's id", personal=True),
        Column("assignee", TEXT, "their name", personal=True),
        Column("assignee_mail", TEXT, "their address, where Jira tells", personal=True),
        Column("reporter", TEXT, "who asked", personal=True),
        Column("created_at", MOMENT, "when it was created", True),
        Column("updated_at", MOMENT, "when it last changed; its creation where that is not told", True),
        Column("resolved_at", MOMENT, "when it was resolved, by Jira or else by its history; null: not, or not known"),
        Column("ended_at", MOMENT, "when it was over at the latest: resolved, else last changed; null: it is open"),
        Column("due_on", DAY, "when it is due"),
        Column("estimate_s", NUMBER, "original estimate in seconds; 0 is an estimate, null is none"),
        Column("remaining_s", NUMBER, "remaining estimate in seconds"),
        Column("spent_s", NUMBER, "time spent in seconds; null: none logged"),
        Column("all_estimate_s", NUMBER, "original estimate with that of its sub-tasks; null: not told"),
        Column("all_remaining_s", NUMBER, "remaining estimate with that of its sub-tasks; null: not told"),
        Column("all_spent_s", NUMBER, "time spent with that of its sub-tasks; null: none logged, or not told"),
        Column("progress_total_s", NUMBER, "Jira's progress: spent + remaining in seconds, not the estimate"),
        Column("progress_percent", NUMBER, "Jira's progress: spent in hundredths of that total; null: no total"),
        Column("assigned", FLAG, "whether somebody works on it, also once they are forgotten; null: not told"),
        Column("history", FLAG, "whether all of its changes were told; null: they come apart, or not at all"),
        Column("filled", TEXT, "other fields that the rules ask for and that hold something, one a line"),
        Column("blank", TEXT, "those that hold nothing; a field in neither is not told by the source"),
        Column("squad", TEXT, "squad whose activity it is; null: nobody's"),
        Column("gone_at", MOMENT, "when it was found deleted, or moved out of the activity; null: it is there"),
    ),
    key=("source", "issue_id"),
    time="created_at",
    squad="squad",
    ends=("ended_at", "resolved_at", "gone_at"),
    newest_apart=False,
    changed="updated_at",
)

CHANGES = FactTable(
    name="issue_changes",
    columns=(
        Column("source", TEXT, "name of the source", True),
        Column("issue_id", TEXT, "the issue", True),
        Column("change_id", TEXT, "Jira's id of the change", True),
        Column("position", INTEGER, "number of the field within the change, from 0", True),
        Column("at", MOMENT, "when", True),
        Column("author", TEXT, "who", personal=True),
        Column("field", TEXT, "the field's name", True),
        Column("before", TEXT, "its text before; null for long texts, which are not kept", personal=ABOUT_PEOPLE),
        Column("after", TEXT, "its text after; likewise", personal=ABOUT_PEOPLE),
        Column("squad", TEXT, "squad whose activity it is; null: nobody's"),
    ),
    key=("source", "issue_id", "change_id", "position"),
    time="at",
    squad="squad",
    part_of=ISSUES,
    newest_apart=False,
)

WORKLOGS = FactTable(
    name="worklogs",
    columns=(
        Column("source", TEXT, "name of the source", True),
        Column("issue_id", TEXT, "the issue", True),
        Column("worklog_id", TEXT, "Jira's id of the entry", True),
        Column("created_at", MOMENT, "when it was entered", True),
        Column("started_at", MOMENT, "when the work began", True),
        Column("author_id", TEXT, "who worked, by Jira's id", personal=True),
        Column("author", TEXT, "their name", personal=True),
        Column("spent_s", NUMBER, "seconds", True),
        Column(
            "issue_updated_at",
            MOMENT,
            "state of the issue it was read with; an older one than its issue's: deleted; null: read apart from it",
        ),
        Column("squad", TEXT, "squad whose activity it is; null: nobody's"),
    ),
    key=("source", "issue_id", "worklog_id"),
    time="created_at",
    squad="squad",
    part_of=ISSUES,
    newest_apart=False,
    changed="issue_updated_at",
)
