"""What the README tells an analyst to write works as it is written."""

import re
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa

from core.base.settings import ROOT
from core.facts.lake import lake
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING
from core.run import declare
from pages.checks.acts.scheduled import run_due
from pages.checks.board import seen
from pages.checks.queries import LAST
from pages.checks.standing import standing


def test_the_readme_s_check_is_read_run_and_adds_up(data: Path) -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind, name in (("extracts", "reimbursements"), ("checks", "reimbursed_twice")):
        (text,) = re.findall(rf"`{kind}/{name}\.yml`:\n\n```yaml\n(.*?)```", told, re.S)
        (data / "declarations" / kind).mkdir(parents=True)
        (data / "declarations" / kind / f"{name}.yml").write_text(text, encoding="utf-8")
    assert declare.main(["check"]) == 0
    (table,) = missions()["extracts"].tables
    paid = [
        ("a", "R1", 17, 10.0),
        ("b", "r1 ", 19, 10.0),
        ("a", "R2", 19, None),
        ("a", "R3", 19, 5.0),
        ("a", "R4", 18, 1.0),
    ]
    rows = [
        {"source": source, "number": number, "paid_at": datetime(2026, 11, day, 12, tzinfo=UTC), "amount": amount}
        for source, number, day, amount in paid
    ]
    lake().land(table, pa.Table.from_pylist(rows, table.schema))
    run_due(datetime(2026, 11, 20, 9, tzinfo=UTC))
    asked = partial(warehouse().reader(EVERYTHING).run, day=date(2026, 11, 19))
    (one,) = seen(standing().things, LAST, asked, judging=False)["reimbursed_twice"]
    assert one.verdict == "KO"
    assert {count.outcome: (count.left, count.right) for count in one.counts} == {
        "twice": (1, 1), "no_amount": (1, 0), "new": (1, 0), "earlier": (0, 1),
    }  # fmt: skip
