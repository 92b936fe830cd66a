"""What is known of the tasks: what their log or table says, the hand-overs that follow from it, volumes, mails.

A hand-over is derived, never typed: `pages.reroutes.derive` says how. Derived rows that later events contradict are
not taken away but marked `void`, so that the lake keeps what a screen once showed. What every chart asks (the local
day, the hour, the class of waiting) is derived with them: over 10^7 rows a change of time zone takes five seconds.

A source's squad is every row's; what follows from a log is of the log's squad.
"""

from enum import StrEnum

from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable


class Way(StrEnum):
    """Who moved a task, where the log says it."""

    MANUAL = "MANUAL"
    AUTOMATIC = "AUTOMATIC"
    UNKNOWN = "UNKNOWN"


WAITS = (60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_592_000)
"""Seconds at which the classes of waiting begin: a minute, 5, 15, 30, an hour, 2, 4, 8, a day, 2, 4, 7, 14, 30."""

TASK_EVENTS = FactTable(
    name="task_events",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("task", TEXT, "the application's id of the task", required=True),
        Column("event", TEXT, "moment, counter and entities: what tells the task's events apart", required=True),
        Column("moved_at", MOMENT, "when; for a row without a date, the start of the period it was imported for", True),
        Column("until", MOMENT, "for a row without a date, the end of its period; null where the date is known"),
        Column("counter", INTEGER, "the task's own count of its changes; orders those of one moment"),
        Column("position", INTEGER, "line of the file; orders what moment and counter leave open"),
        Column("previous", TEXT, "management entity before the change, where the log has one row a change"),
        Column("entity", TEXT, "management entity that holds the task; null: the log does not say"),
        Column("previous_type", TEXT, "type of the entity before"),
        Column("entity_type", TEXT, "type of the entity"),
        Column("reference", TEXT, "reference of the case outside"),
        Column("line", TEXT, "filière of the entity: Siège, Sinistre, Distribution…"),
        Column("recipients", TEXT, "addresses that the mail was sent to, as the source writes them", personal=True),
        Column("actor", TEXT, "who made the change", personal=True),
        Column("centre", TEXT, "centre of whoever made the change"),
        Column("way", TEXT, "one of Way", required=True),
        Column("recorded", INTEGER, "the application's own count of the task's hand-overs so far"),
        Column("router", TEXT, "version of the router that first placed the task"),
        Column("file", TEXT, "file that told it last; null of a database"),
        Column("void", FLAG, "a file that was rewritten says it no more"),
        Column("squad", TEXT, "squad whose it is; null: nobody's, everyone sees it"),
    ),
    key=("source", "task", "event"),
    time="moved_at",
    squad="squad",
)

HANDOVERS = FactTable(
    name="handovers",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("task", TEXT, "the application's id of the task", required=True),
        Column("step", TEXT, "tells the hand-overs of one task apart", required=True),
        Column("moved_at", MOMENT, "when; for a row without a date, the start of the period it was imported for", True),
        Column("until", MOMENT, "for a row without a date, the end of its period; null where the date is known"),
        Column("day", DAY, "local day of the moment; null without a date, and where void"),
        Column("hour", INTEGER, "local hour of the moment"),
        Column("origin", TEXT, "entity that gave the task away", required=True),
        Column("target", TEXT, "entity that received it", required=True),
        Column("origin_type", TEXT, "type of the origin"),
        Column("target_type", TEXT, "type of the target"),
        Column("line", TEXT, "filière of the target"),
        Column("reference", TEXT, "reference of the case outside"),
        Column("recipients", TEXT, "addresses that the mail was sent to, as the source writes them", personal=True),
        Column("actor", TEXT, "who made the change", personal=True),
        Column("centre", TEXT, "centre of whoever made the change"),
        Column("way", TEXT, "one of Way", required=True),
        Column("nth", INTEGER, "1 for the task's first hand-over"),
        Column("total", INTEGER, "hand-overs of the task"),
        Column("back", INTEGER, "1 where it is the task's first to undo the one just before (A→B, B→A), 2 its second…"),
        Column("loop", INTEGER, "hand-overs since the target last held the task: 2 where it came straight back"),
        Column("waited_s", NUMBER, "seconds since the task came to the origin"),
        Column("wait", INTEGER, "class of these seconds: how many of WAITS they reach"),
        Column("placed_at", MOMENT, "the task's first known moment"),
        Column("first_at", MOMENT, "the task's first hand-over"),
        Column("placed", TEXT, "entity that first held the task: the router's choice, but in mid-life"),
        Column("final", TEXT, "entity that last held the task"),
        Column("router", TEXT, "version of the router that first placed the task"),
        Column("midway", FLAG, "the log begins in the middle of the task's life"),
        Column("void", FLAG, "later events say that it never was", required=True),
        Column("squad", TEXT, "squad whose it is; null: nobody's, everyone sees it"),
    ),
    key=("source", "task", "step"),
    time="moved_at",
    squad="squad",
    newest_apart=False,
)

TASKS = FactTable(
    name="rerouted_tasks",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("task", TEXT, "the application's id of the task", required=True),
        Column("placed_at", MOMENT, "the task's first known moment", required=True),
        Column("day", DAY, "local day of the first known moment; null without a date, and where void"),
        Column("until", MOMENT, "of a task whose rows have no date, the end of their period"),
        Column("first_at", MOMENT, "its first hand-over; null where it had none"),
        Column("last_at", MOMENT, "its last known moment", required=True),
        Column("placed", TEXT, "entity that first held the task", required=True),
        Column("final", TEXT, "entity that last held the task", required=True),
        Column("handovers", INTEGER, "how many were derived", required=True),
        Column("recorded", INTEGER, "how many the application counted"),
        Column("midway", FLAG, "the log begins in the middle of the task's life", required=True),
        Column("whole", FLAG, "its log holds every task that was routed, rerouted or not"),
        Column("router", TEXT, "version of the router that first placed it"),
        Column("void", FLAG, "later events gave the task another beginning", required=True),
        Column("squad", TEXT, "squad whose it is; null: nobody's, everyone sees it"),
    ),
    key=("source", "task", "placed_at"),
    time="placed_at",
    squad="squad",
    newest_apart=False,
)

VOLUMES = FactTable(
    name="routed_volumes",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("entity", TEXT, "management entity, as the source names it", required=True),
        Column("start", MOMENT, "first moment of the period", required=True),
        Column("until", MOMENT, "first moment after it", required=True),
        Column("router", TEXT, "version of the router; empty where the source does not say", required=True),
        Column("routed", INTEGER, "tasks that the router placed there", required=True),
        Column("squad", TEXT, "squad whose it is; null: nobody's, everyone sees it"),
    ),
    key=("source", "entity", "start", "until", "router"),
    time="start",
    squad="squad",
    newest_apart=False,
)

MAILS = FactTable(
    name="task_mails",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("task", TEXT, "the application's id of the task", required=True),
        Column("received_at", MOMENT, "when the mail came", required=True),
        Column("sender", TEXT, "address it came from", personal=True),
        Column("recipients", TEXT, "addresses it was sent to", personal=True),
        Column("header", TEXT, "its subject", personal=True),
        Column("body", TEXT, "its text", personal=True),
        Column("attachments", TEXT, "names of the attached files, a list as text", personal=True),
        Column("squad", TEXT, "squad whose it is; null: nobody's, everyone sees it"),
    ),
    key=("source", "task"),
    time="received_at",
    squad="squad",
)
