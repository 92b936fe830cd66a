"""Examples that teach the router: rerouted tasks with what it chose and what was right, and cases that test it.

One row a task, so that none counts twice; split by date, never at random: a router is judged on what came after what
it learned. "Not rerouted" does not mean right, so these are its errors alone.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.base.calendar import start_of
from pages.reroutes.router.mask import masked, masked_sender, own_words
from pages.reroutes.words import recipients

STEP, PREDICTED = "router", "entite_predite"
"""Step of the Melusine pipeline that places a task, and the column that it fills; both can be named otherwise."""

FIELDS = {
    "act_row_id": "task",
    "Reference_extern": "reference",
    "ancienne_entite": "placed",
    "entite_cible": "final",
    "date_routage": "placed_at",
    "date_reroute": "moved_at",
    "n_reroutes": "total",
    "filiere": "line",
    "type_ancienne_entite": "origin_type",
    "type_entite_cible": "target_type",
    "version_routeur": "router",
    "date": "received_at",
    "from": "sender",
    "to": "recipients",
    "header": "header",
    "body": "body",
    "attachments": "attachments",
}
"""The file's columns and those of `queries.examples` that fill them. The last six are the mail as Melusine reads it."""

MASKED = ("from", "to", "header", "body", "attachments")


def rows(
    batches: Iterable[pa.RecordBatch],
    split: date,
    kinds: Mapping[str, str] | None = None,
    *,
    mask: bool = True,
    quoted: bool = True,
) -> Iterator[pa.RecordBatch]:
    """Answers of the examples' question as rows of the file, with `jeu`: "apprentissage" where the task was first
    rerouted before the local day `split`, "test" from it on. A task that several sources tell of counts once, by its
    first row. `kinds`: types of the entities, where the rows do not say them; `quoted`: mails with what they quote."""
    border = pa.scalar(start_of(split), pa.timestamp("us", tz="UTC"))
    seen: set[str] = set()
    for batch in batches:
        fresh = []
        for task in batch.column("task").to_pylist():
            fresh.append(task not in seen)
            seen.add(task)
        kept = pa.Table.from_batches([batch]).filter(pa.array(fresh))
        columns = {name: kept[field].combine_chunks() for name, field in FIELDS.items()}
        for name, place in (("type_ancienne_entite", "ancienne_entite"), ("type_entite_cible", "entite_cible")):
            known = [(kinds or {}).get(code) for code in columns[place].to_pylist()]
            columns[name] = pc.coalesce(columns[name].cast(pa.string()), pa.array(known, pa.string()))
        if not quoted:
            columns["body"] = pa.array([own_words(text) for text in columns["body"].to_pylist()], pa.string())
        if mask:
            columns |= {name: _masked(name, columns[name]) for name in MASKED}
        columns["jeu"] = pc.if_else(pc.less(kept["moved_at"].combine_chunks(), border), "apprentissage", "test")
        yield from pa.table(columns).to_batches()


def _masked(name: str, texts: pa.Array) -> pa.Array:
    mask = masked_sender if name == "from" else masked
    return pa.array([mask(text) for text in texts.to_pylist()], pa.string())


def cases(
    batches: Iterable[pa.RecordBatch], *, step: str = STEP, predicted: str = PREDICTED
) -> Iterator[dict[str, Any]]:
    """Rows of `rows` as test cases of `melusine.testing.assert_pipeline_results`, one a mail that is known and of the
    test part: a test on what was learned proves nothing.

    `step` is the step of the pipeline that places the task, `predicted` the field it fills.
    """
    for batch in batches:
        for row in batch.to_pylist():
            if row["jeu"] != "test" or not ((row["body"] or "").strip() or (row["header"] or "").strip()):
                continue
            yield {
                "test_name": f"{row['act_row_id']} {row['ancienne_entite']} → {row['entite_cible']}",
                "body": row["body"] or "",
                "header": row["header"] or "",
                "from": row["from"] or "",
                "to": ", ".join(listed(row["to"])),
                "date": row["date"].isoformat() if row["date"] else "",
                "attachments": listed(row["attachments"]),
                f"{step}_expected": {predicted: row["entite_cible"]},
            }


def listed(text: str | None) -> list[str]:
    """A list written as text as a list: as JSON, as Python writes it, or else with commas or semicolons between."""
    inner = (text or "").strip()
    for read in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            literal = read(inner)
            if isinstance(literal, list | tuple):
                return [str(part).strip() for part in literal if str(part).strip()]
    return [part.strip() for part in re.split("[;,]", recipients(inner)) if part.strip()]


def as_json(cases: Sequence[dict[str, Any]]) -> bytes:
    """The cases as the file that a test reads: a JSON list, in UTF-8."""
    return (json.dumps(list(cases), ensure_ascii=False, indent=2) + "\n").encode()
