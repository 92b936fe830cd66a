"""Known numbers of public data found again by checks as an analyst would declare them:

    python -m tests.bench.checks_reference FOLDER

The folder holds `flows-checks` (FEBRL, dedupe, Abt-Buy) and `quality-dictionary` (hospital). Nothing is written.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core.facts.tables import TEXT, Column, FactTable
from pages.checks.judged import summed
from pages.checks.tests.asked import answer, asked, check

Rows = list[dict[str, object]]
HOSPITAL = """
check: hospital
kind: expect
tables: [hospital]
of: {table: hospital}
key: [tid]
expectations:
"""
DEPENDS = (
    *(("HospitalName", column) for column in ("Address1", "City", "ZipCode", "CountyName", "PhoneNumber")),
    *(("HospitalName", column) for column in ("HospitalType", "HospitalOwner", "State", "EmergencyService")),
    *(("HospitalName", "ProviderNumber"), ("ProviderNumber", "HospitalName")),
    *(("MeasureCode", column) for column in ("MeasureName", "Condition", "Stateavg")),
    *(("MeasureName", "MeasureCode"),),
)
"""Column → column that hangs on it: the value of a cell is the commonest one of its group."""


def rows(file: Path, encoding: str = "utf-8") -> Rows:
    """A file's rows, as texts without blanks around them; an empty one is None."""
    with file.open(encoding=encoding, newline="") as handle:
        return [
            {name.strip().replace(" ", "_"): (value or "").strip() or None for name, value in row.items() if name}
            for row in csv.DictReader(handle)
        ]


def table(called: str, some: Rows) -> FactTable:
    """A table of texts, with the columns of its rows."""
    columns = [Column(name, TEXT, name) for name in some[0]]
    return FactTable(called, tuple(columns), (columns[0].name,), columns[0].name)


def febrl(folder: Path) -> Iterable[str]:
    """Originals beside duplicates, by given name, surname and date of birth."""
    people = rows(folder / "flows-checks" / "febrl_dataset1.csv")
    every = table("people", people)
    yield from (_febrl(people, every, key) for key in (KEY, [f"coalesce({part}, '-')" for part in KEY]))


KEY = ["given_name", "surname", "date_of_birth"]


def _febrl(people: Rows, every: FactTable, key: list[str]) -> str:
    one = check(f"""
check: febrl
kind: compare
tables: [people]
left: {{table: people, where: "rec_id LIKE '%-org'", called: original}}
right: {{table: people, where: "rec_id NOT LIKE '%-org'", called: copy}}
key: {json.dumps(key)}
outcomes:
  - outcome: right
    title: same
    on: both
    when: split_part(original.rec_id, '-', 2) = split_part(copy.rec_id, '-', 2)
  - {{outcome: wrong, title: other, on: both}}
  - {{outcome: left, title: left, on: left}}
  - {{outcome: copy, title: copy, on: right}}
""")  # fmt: skip
    found = {
        each.outcome: (each.left, each.right) for each in summed(answer(asked(one, every).counts, {every: people}))
    }
    keyed = "empty parts are values" if "coalesce" in key[0] else "no key where a part is empty"
    return f"FEBRL, {keyed}: {found}, {sum(a for a, _b in found.values())} + {sum(b for _a, b in found.values())} rows"


def dedupe(folder: Path) -> Iterable[str]:
    """Entities, those with several rows, the largest."""
    sites = rows(folder / "flows-checks" / "dedupe_messy_with_true_ids.csv")
    every = table("sites", sites)
    one = check("""
check: dedupe
kind: sql
tables: [sites]
of:
  select: SELECT True_Id AS entity, count(*) AS sites FROM sites GROUP BY True_Id
key: [entity]
outcomes:
  - {outcome: several, title: several, when: sites > 1}
  - {outcome: single, title: single}
""")
    found = answer(asked(one, every).whole, {every: sites})
    counts = Counter(row["outcome"] for row in found)
    yield f"dedupe: {len(sites)} rows, {len(found)} entities, {counts['several']} with several, largest {max(row['sites'] for row in found)}"  # noqa: E501


def abt_buy(folder: Path) -> Iterable[str]:
    """Common keys, and those on one side alone."""
    abt, buy = (rows(folder / "flows-checks" / f"AbtBuy_{name}.csv", "latin-1") for name in ("Abt", "Buy"))
    left, right = table("abt", abt), table("buy", buy)
    one = check("""
check: abt_buy
kind: compare
tables: [abt, buy]
left: {table: abt, called: abt}
right: {table: buy, called: buy}
key: [unique_id]
outcomes: [{outcome: common, title: common, on: both}, {outcome: only_abt, title: a, on: left}, {outcome: only_buy, title: b, on: right}]
""")  # noqa: E501
    found = {
        each.outcome: (each.left, each.right)
        for each in summed(answer(asked(one, left, right).counts, {left: abt, right: buy}))
    }
    yield f"Abt-Buy: {len(abt)} and {len(buy)} rows, {found}"


def hospital(folder: Path) -> Iterable[str]:
    """Cells called wrong beside those that are."""
    place = folder / "quality-dictionary"
    dirty = [{"tid": str(n), **row} for n, row in enumerate(rows(place / "holoclean_hospital_dirty.csv"))]
    truth = {
        (str(row["tid"]), str(row["attribute"])): row["correct_val"]
        for row in rows(place / "holoclean_hospital_truth_long.csv")
    }
    wrong = {
        (str(row["tid"]), name)
        for row in dirty
        for name, value in row.items()
        if name != "tid" and _plain(truth.get((str(row["tid"]), name))) != _plain(value)
    }
    every = table("hospital", dirty)
    rules = [
        f'  - {{rule: sql, name: r{n}, fails: "{column} IS DISTINCT FROM mode({column}) OVER (PARTITION BY {by})"}}\n'
        for n, (by, column) in enumerate(DEPENDS)
    ]
    found = answer(asked(check(HOSPITAL + "".join(rules)), every).whole, {every: dirty})
    called = {
        (str(row["key"]), DEPENDS[int(rule.removeprefix("r"))][1])
        for row in found
        for rule in str(row["reason"]).split(", ")
        if rule
    }
    cells = sum(len(row) - 1 for row in dirty)
    yield (
        f"hospital: {cells} cells, {len(wrong)} wrong in {len({tid for tid, _name in wrong})} rows; "
        f"{len(called)} called, {len(called & wrong)} of them wrong, {len(called - wrong)} in vain"
    )


def _plain(value: object) -> object:
    return None if value in (None, "", "empty") else value


def main() -> None:
    """Print what is found."""
    folder = Path(sys.argv[1])
    for known in (febrl, dedupe, abt_buy, hospital):
        for line in known(folder):
            sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
