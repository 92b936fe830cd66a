"""Tables of the store. Every change of this file comes with an Alembic migration (a test compares the two).

Moments are UTC. JSON columns hold plain JSON.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[datetime]):
    """A UTC-aware moment in and out; SQLite, which forgets time zones, holds it as UTC. Raises ValueError if naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


people = sa.Table(
    "people",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("display_name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(300)),
    sa.Column("password_hash", sa.String(100)),
    sa.Column("password_until", Moment),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("squads", sa.JSON, nullable=False),
    sa.Column("language", sa.String(5)),
    sa.Column("expires_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("demo", sa.Boolean, nullable=False, default=False),
    sa.Column("oidc_subject", sa.String(300), unique=True),
    sa.Column("seen_at", Moment),
    sa.Column("previous_visit_at", Moment),
    sa.Column("tour_closed_at", Moment),
    sa.Column("columns", sa.JSON(none_as_null=True)),
    sa.Column("version", sa.Integer, nullable=False, default=1),
)

"""`password_until`: end of a password that its person did not choose; None once they did."""

sessions = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("oidc", sa.Boolean, nullable=False, default=False),
)

sign_ins = sa.Table(
    "sign_ins",
    METADATA,
    sa.Column("browser_hash", sa.String(64), primary_key=True),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("ticket_hash", sa.String(64)),
    sa.Column("person_id", sa.ForeignKey("people.id")),
    sa.Column("oidc", sa.Boolean, nullable=False, default=False),
    sa.Column("expires_at", Moment, nullable=False),
)

attempts = sa.Table(
    "attempts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name_hash", sa.String(64), nullable=False, index=True),
    sa.Column("address", sa.String(64), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("entity", sa.String(50), nullable=False, index=True),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("action", sa.String(50), nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""Who changed what. Written through `core.store.audit.append` alone: each entry's hash holds the one before it."""

sources = sa.Table(
    "sources",
    METADATA,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("mission", sa.String(50), nullable=False),
    sa.Column("kind", sa.String(50), nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("squad", sa.String(100)),
    sa.Column("enabled", sa.Boolean, nullable=False, default=True),
    sa.Column("cursor", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, default=1),
)

refused_rows = sa.Table(
    "refused_rows",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.String(100), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("position", sa.String(100), nullable=False),
    sa.Column("reading", sa.Text, nullable=False, server_default=""),
    sa.Column("row", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("refused_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.UniqueConstraint("source", "digest"),
)

records = sa.Table(
    "records",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("ref", sa.String(60), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("title", sa.String(500), nullable=False),
    sa.Column("squad", sa.String(100)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("published", sa.Integer),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("review_on", sa.Date),
    sa.Column("completeness", sa.Integer, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.UniqueConstraint("kind", "ref"),
    sa.Index("ix_records_listed", "kind", "state", "changed_at"),
)
"""What a list of records shows and searches. The content lies in `record_versions`, at (id, version).

`published` is the frozen version that counts while a newer draft is worked on. `author` wrote the content last.
"""

record_versions = sa.Table(
    "record_versions",
    METADATA,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("action", sa.String(50), nullable=False),
    sa.Column("why", sa.Text),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("frozen", sa.Boolean, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)
"""Every state that a record ever had, also those that only its workflow changed. Triggers refuse any change of it."""

record_facets = sa.Table(
    "record_facets",
    METADATA,
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("facet", sa.String(30), primary_key=True),
    sa.Column("value", sa.String(300), primary_key=True),
    sa.Index("ix_record_facets_value", "facet", "value", "record_id"),
)
"""What records are filtered and counted by, where one record has several values: typology, recipient, pipeline…"""

drafts = sa.Table(
    "drafts",
    METADATA,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("record_id", sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)
"""What a person has entered and not saved yet, over the `version` that they read. Nobody else sees it."""

list_values = sa.Table(
    "list_values",
    METADATA,
    sa.Column("list", sa.String(50), primary_key=True),
    sa.Column("code", sa.String(100), primary_key=True),
    sa.Column("labels", sa.JSON, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, default=1),
)
"""What people changed in the lists of values that come with Vigie: values added, renamed, retired."""

grants = sa.Table(
    "grants",
    METADATA,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("right", sa.String(50), primary_key=True),
)
"""Rights that a person holds beside the role, e.g. to validate treatments."""

outbox = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("what", sa.String(200), nullable=False),
    sa.Column("step", sa.String(100), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("recipient", sa.String(300), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(20)),
    sa.Column("claimed_at", Moment),
    sa.Column("message", sa.Integer),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("unsure", sa.Integer, nullable=False, default=0),
    sa.Column("sent_at", Moment),
    sa.Column("last_error", sa.Text),
    sa.UniqueConstraint("what", "step", "channel", "recipient"),
    sa.Index("ix_outbox_state", "state", "channel", "due_at"),
)
"""What people are told, and how far that is (`core.tell.outbox`). `message`: the row whose message carries this one,
itself included. `unsure`: how often the message may have arrived without anybody knowing."""

saved_views = sa.Table(
    "saved_views",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mission", sa.String(50), nullable=False),
    sa.Column("owner_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.UniqueConstraint("mission", "owner_id", "name"),
)
"""Screens that people named: the filters of an address, kept under a name, for oneself or for all."""

subscriptions = sa.Table(
    "subscriptions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("mission", sa.String(50), nullable=False),
    sa.Column("view_id", sa.ForeignKey("saved_views.id"), index=True),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("part", sa.String(100), nullable=False),
    sa.Column("title", sa.String(300), nullable=False),
    sa.Column("every", sa.String(10), nullable=False),
    sa.Column("at_least", sa.Boolean),
    sa.Column("bound", sa.Float),
    sa.Column("since", Moment, nullable=False),
    sa.Column("told", sa.String(40)),
    sa.Column("lost_at", Moment),
    sqlite_autoincrement=True,
)
"""What people have sent to them (`core.notes.subscriptions`): a screen, a view of it or a figure (`part`), on working
days (`every`: day, week, month), or when a number passes a bound. `told`: the last period told, or since when the
number is past its bound. `lost_at`: since when its person may see it no more. The outbox tells them
apart by their number, which is never given twice."""

marks = sa.Table(
    "marks",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mission", sa.String(50), nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("squad", sa.String(100)),
    sa.Column("removed", sa.Boolean, nullable=False, default=False),
    sa.Column("version", sa.Integer, nullable=False, default=1),
)
"""Events that people mark on the charts of a mission: a new version, an incident. Of a squad, or everybody's."""

rule_versions = sa.Table(
    "rule_versions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("mission", sa.String(50), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("base", sa.String(64), nullable=False),
    sa.Column("author_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("why", sa.Text, nullable=False, default=""),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("decided_by", sa.String(200)),
    sa.Column("since", sa.Date),
    sa.Column("digest", sa.String(64)),
    sa.Column("version", sa.Integer, nullable=False, default=1),
)
"""Rules of missions as people proposed them: what is in force lies in the data folder (`core.rules.versions`).

`base` is the digest of the rules that the text was made from. Of one that was put in force, `since` is the first day on
which it holds (null: always) and `digest` that of the rules as they then stood in the file.
"""

incidents = sa.Table(
    "incidents",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("scope", sa.String(300), nullable=False),
    sa.Column("kind", sa.String(200), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Index("ix_incidents_scope", "scope", "kind"),
    sa.Index(
        "uq_incidents_open",
        "scope",
        "kind",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)
"""What went wrong, once while it lasts: one open of a kind of error in a scope (a family, or `family/pipeline`)."""

incident_steps = sa.Table(
    "incident_steps",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incidents.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("night", sa.Date),
    sa.Column("verdict", sa.String(10)),
    sa.Column("owner", sa.String(200)),
    sa.Column("until", Moment),
    sa.Column("note", sa.Text, nullable=False, default=""),
)
"""Everything that happened to an incident, only ever added to: how it stood at any moment follows from it."""

silences = sa.Table(
    "silences",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("scope", sa.String(300), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("ended_at", Moment),
)
"""Scopes of which nobody is told for a while; always with an end."""

alert_choices = sa.Table(
    "alert_choices",
    METADATA,
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("families", sa.JSON, nullable=False),
    sa.Column("failures", sa.Boolean, nullable=False),
    sa.Column("unknown", sa.Boolean, nullable=False),
    sa.Column("working_hours", sa.Boolean, nullable=False),
    sa.Column("place", sa.String(200), nullable=False, server_default=""),
)
"""What a person wants to be told of the night: of which families (none: of all that they see), what, and in which place
of their group ("": by mail)."""

night_decisions = sa.Table(
    "night_decisions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("value", sa.String(300), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Index("ix_night_decisions_subject", "what", "subject"),
)
"""What people decided of the night beside its rules, e.g. that a duration is normal from a day on. Only ever added to:
the last one of a subject counts."""

morning_messages = sa.Table(
    "morning_messages",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("night", sa.Date, nullable=False),
    sa.Column("audience", sa.String(300), nullable=False),
    sa.Column("subject", sa.String(300), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("as_of", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("picture", sa.LargeBinary),
    sa.UniqueConstraint("night", "audience"),
)
"""What is, or was, told of a night in the morning, as it went. `audience`: keys of the families that it is about,
separated by commas; "" for all. `as_of`: when its text was written; `picture`: the board then, as a PNG."""
