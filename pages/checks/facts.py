"""What checks said: every run is kept, what it counted and the rows behind it, so that a day can be seen as it was
known, and what a later run changed."""

from core.facts.tables import DAY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Column, FactTable

_OWN = (
    Column("source", TEXT, "who ran it: the calendar, a person, or the story of the demo", required=True),
    Column("check", TEXT, "name of the check", required=True),
    Column("day", DAY, "the day that was checked", required=True),
    Column("seen_at", MOMENT, "moment of the run", required=True),
)
CHECK_RUNS = FactTable(
    name="check_runs",
    columns=(
        *_OWN,
        Column("after", INTEGER, "so many days after the day", required=True),
        Column("take", INTEGER, "1, or more where a person ran it again", required=True),
        Column("until", MOMENT, "up to when the run counted", required=True),
        Column("version", INTEGER, "version of the definition", required=True),
        Column("definition", TEXT, "digest of what the check said", required=True),
        Column("decides", TEXT, "digest of what decides in it; null of older runs, and where it could not be checked"),
        Column("tables", TEXT, "digest of its tables as they were then declared; null as that of what decides"),
        Column("verdict", TEXT, "OK, WARNING, KO; UNKNOWN where it could not be checked; NOT DUE without a row", True),
        Column("error", TEXT, "why it could not be checked, one sentence"),
        Column("file", TEXT, "name of the file that was written for a robot"),
        Column("checksum", TEXT, "SHA-256 of that file"),
        Column("squad", TEXT, "null: everybody sees that a check was made; its counts are by squad"),
    ),
    key=("check", "day", "after", "take"),
    time="seen_at",
    squad="squad",
)
CHECK_COUNTS = FactTable(
    name="check_counts",
    columns=(
        *_OWN,
        Column("outcome", TEXT, "name of the outcome", required=True),
        Column("slice", TEXT, "the squad, or empty text", required=True),
        Column("left", INTEGER, "rows of the left or only list", required=True),
        Column("right", INTEGER, "rows of the right list", required=True),
        Column("squad", TEXT, "whose rows were counted; null: everybody's"),
    ),
    key=("check", "day", "seen_at", "outcome", "slice"),
    time="seen_at",
    squad="squad",
)
CHECK_ROWS = FactTable(
    name="check_rows",
    columns=(
        *_OWN,
        Column("row", TEXT, "what tells the row from others of the day, at every run", required=True),
        Column("outcome", TEXT, "name of its outcome", required=True),
        Column("side", TEXT, "left, right, both or row", required=True),
        Column("key", TEXT, "its key as it is written; null where the check reads people"),
        Column("reason", TEXT, "the rules that it fails, the pattern that matches, or the masked shape of its text"),
        Column("decided", TEXT, "JSON object: the columns that decided; null where the check reads people"),
        Column("people", TEXT, "JSON object: key and columns of a check that reads people", personal=True),
        Column("squad", TEXT, "whose row it is; null: everybody's"),
    ),
    key=("check", "day", "seen_at", "row"),
    time="seen_at",
    squad="squad",
)
CHECK_SCORES = FactTable(
    name="check_scores",
    columns=(
        *_OWN,
        Column("expectation", TEXT, "name of the rule", required=True),
        Column("dimension", TEXT, "the dimension that it measures", required=True),
        Column("table", TEXT, "the table that is checked", required=True),
        Column("checked", INTEGER, "rows that the rule is about", required=True),
        Column("passed", INTEGER, "rows that satisfy it", required=True),
        Column("squad", TEXT, "the house's, for all rows are counted", required=True),
    ),
    key=("check", "day", "seen_at", "expectation"),
    time="seen_at",
    squad="squad",
)
CHECK_LEVELS = FactTable(
    name="check_levels",
    columns=(
        *_OWN,
        Column("level", TEXT, "schema, columns or months", required=True),
        Column("field", TEXT, "name of the column", required=True),
        Column("how", TEXT, "schema: the type; columns: value or empty; months: the month, empty text for none", True),
        Column("checked", INTEGER, "values or pairs that were looked at", required=True),
        Column("failed", INTEGER, "values that the type does not take, pairs that differ; of a sum 1 or 0", True),
        Column("left", NUMBER, "the sum on the left"),
        Column("right", NUMBER, "the sum on the right"),
        Column("squad", TEXT, "the house's, for all rows are counted", required=True),
    ),
    key=("check", "day", "seen_at", "level", "field", "how"),
    time="seen_at",
    squad="squad",
)
TABLE_USES = FactTable(
    name="table_uses",
    columns=(
        Column("source", TEXT, "name of the source", required=True),
        Column("workflow", TEXT, "name of the workflow's file", required=True),
        Column("tool", TEXT, "number of the tool; empty text of the row that says that the workflow was read", True),
        Column("used_table", TEXT, "the table, in small letters; empty text where its name could not be read", True),
        Column("direction", TEXT, "in or out; empty text of the row that says that the workflow was read", True),
        Column("evidence", TEXT, "table, sql, dynamic, partial; read", required=True),
        Column("connection", TEXT, "name of the connection, and nothing else of it"),
        Column("enabled", FLAG, "whether the tool runs: no container around it is disabled"),
        Column("changed_at", MOMENT, "when the file was last written", required=True),
        Column("since", MOMENT, "the same of all rows: a use has no moment of its own", required=True),
        Column("squad", TEXT, "whose row it is; null: everybody's"),
    ),
    key=("source", "workflow", "tool", "used_table", "direction"),
    time="since",
    squad="squad",
)
"""Which tables workflows read and write, for checks that ask which are used."""
TABLES = (CHECK_RUNS, CHECK_COUNTS, CHECK_ROWS, CHECK_SCORES, CHECK_LEVELS)
