"""Known numbers of public data, and of the team's own workbook, found again as an analyst would ask for them:

    python -m tests.bench.reference FOLDER

The folder holds `flows-checks` (FEBRL, dedupe, Abt-Buy), `quality-dictionary` (hospital), `kpi-history` (PRISM) and
`seed_samples` (the workbook of a migration). A line says what is counted, the number that is known, and ours. Exit
code 1 where one differs. What is landed and kept on the way stands in a folder that is removed.
"""

import csv
import gzip
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from core.base.periods import Grain
from core.declared.select import question
from core.facts.query import Query
from core.facts.tables import TEXT, Column, FactTable
from core.mission.discovery import missions, warehouse
from core.people import accounts
from core.people.person import EVERYTHING, Role
from core.records.importing import imports, plan
from core.run import sync
from core.store.engine import store
from pages.checks.judged import summed
from pages.checks.tests.asked import answer, asked, check
from pages.indicators import looks, taking
from pages.migration.collection import LOTS, kept
from pages.migration.plan import sums
from tests.declaring import declare


class Known(NamedTuple):
    """One number: what it counts, as it is known (None: nobody told), as it is found."""

    what: str
    known: float | None
    found: float | None


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


def counted(query: Query, given: Mapping[FactTable, Rows]) -> dict[str, tuple[int, int]]:
    """How many rows of the left and of the right each outcome holds."""
    return {one.outcome: (one.left, one.right) for one in summed(answer(query, given))}


def febrl(folder: Path) -> Iterator[Known]:
    """Originals beside duplicates, by given name, surname and date of birth; an empty part is a value like others."""
    people = rows(folder / "flows-checks" / "febrl_dataset1.csv")
    every = table("people", people)
    one = check("""
check: febrl
kind: compare
tables: [people]
left: {table: people, where: "rec_id LIKE '%-org'", called: original}
right: {table: people, where: "rec_id NOT LIKE '%-org'", called: copy}
key: ["coalesce(given_name, '-')", "coalesce(surname, '-')", "coalesce(date_of_birth, '-')"]
outcomes:
  - outcome: same
    title: same
    on: both
    when: split_part(original.rec_id, '-', 2) = split_part(copy.rec_id, '-', 2)
  - {outcome: other, title: other, on: both}
  - {outcome: original, title: left, on: left}
  - {outcome: copy, title: copy, on: right}
""")
    found = counted(asked(one, every).counts, {every: people})
    yield Known("FEBRL: originals", 500, sum(left for left, _right in found.values()))
    yield Known("FEBRL: duplicates", 500, sum(right for _left, right in found.values()))
    yield Known("FEBRL: pairs of equal names and birth date", 219, found["same"][0])
    yield Known("FEBRL: pairs of two people", 0, found.get("other", (0, 0))[0])


def dedupe(folder: Path) -> Iterator[Known]:
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
    yield Known("dedupe: rows", 3337, len(sites))
    yield Known("dedupe: entities", 1162, len(found))
    yield Known("dedupe: entities with several rows", 746, sum(row["outcome"] == "several" for row in found))
    yield Known("dedupe: rows of the largest", 18, max(row["sites"] for row in found))


def abt_buy(folder: Path) -> Iterator[Known]:
    """Keys that both have, and those on one side alone; a key that stands twice in Abt is one key here."""
    abt, buy = (rows(folder / "flows-checks" / f"AbtBuy_{name}.csv", "latin-1") for name in ("Abt", "Buy"))
    left, right = table("abt", abt), table("buy", buy)
    one = check("""
check: abt_buy
kind: compare
tables: [abt, buy]
left: {table: abt, called: abt}
right: {table: buy, called: buy}
key: [unique_id]
outcomes:
  - {outcome: common, title: common, on: both}
  - {outcome: only_abt, title: a, on: left}
  - {outcome: only_buy, title: b, on: right}
""")
    found = counted(asked(one, left, right).counts, {left: abt, right: buy})
    yield Known("Abt-Buy: rows of Abt", 1081, sum(one for one, _other in found.values()))
    yield Known("Abt-Buy: rows of Buy", 1092, sum(other for _one, other in found.values()))
    yield Known("Abt-Buy: keys of both", 1076, found["common"][1] + found["doubled_left"][1])
    yield Known("Abt-Buy: keys of Abt alone", 0, found.get("only_abt", (0, 0))[0])
    yield Known("Abt-Buy: keys of Buy alone", 16, found["only_buy"][1])


def hospital(folder: Path) -> Iterator[Known]:
    """Cells that are wrong, and those that rules call so."""
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
    commonest = "mode({0} ORDER BY {0}) OVER (PARTITION BY {1})"
    rules = [
        f'  - {{rule: sql, name: r{n}, fails: "{column} IS DISTINCT FROM {commonest.format(column, by)}"}}\n'
        for n, (by, column) in enumerate(DEPENDS)
    ]
    found = answer(asked(check(HOSPITAL + "".join(rules)), every).whole, {every: dirty})
    called = {
        (str(row["key"]), DEPENDS[int(rule.removeprefix("r"))][1])
        for row in found
        for rule in str(row["reason"]).split(", ")
        if rule
    }
    by_column = Counter(name for _tid, name in wrong)
    yield Known("hospital: cells", 19_000, sum(len(row) - 1 for row in dirty))
    yield Known("hospital: wrong cells", 509, len(wrong))
    yield Known("hospital: rows with one", 407, len({tid for tid, _name in wrong}))
    for name, known in {"CountyName": 39, "MeasureName": 36, "PhoneNumber": 34, "City": 33}.items():
        yield Known(f"hospital: wrong cells of {name}", known, by_column[name])
    yield Known("hospital: wrong cells that our rules call", None, len(called & wrong))
    yield Known("hospital: cells that they call in vain", None, len(called - wrong))


def _plain(value: object) -> object:
    return None if value in (None, "", "empty") else value


CLAIMS = """
extract: claims
title: Sinistres
meaning: Un sinistre par ligne.
columns:
  - {name: claim, title: ClaimNo}
  - {name: occurred_at, title: AccidentDate, kind: moment}
  - {name: reported_on, title: ReportDate, kind: day}
  - {name: line, title: Line}
  - {name: paid, title: Paid, kind: amount}
key: [claim]
time: occurred_at
sources:
  - {name: prism, path: %s, day_first: "false"}
"""
REPORTED = """
indicator: reported
title: Sinistres
meaning: Sinistres du mois, déclarés au jour du relevé.
tables: [claims]
select: |
  SELECT date_trunc('month', timezone('Europe/Paris', occurred_at)) AS period, count(*) AS value FROM claims
  WHERE reported_on <= $seen_on AND CAST(timezone('Europe/Paris', occurred_at) AS DATE) BETWEEN $first AND $last
  GROUP BY ALL
"""
SEEN = {
    date(2010, 1, 1): {
        date(2010, 1, 28): 23,
        date(2010, 2, 28): 61,
        date(2010, 12, 31): 189,
        date(2011, 12, 31): 237,
        date(2012, 12, 31): 308,
        date(2017, 12, 31): 308,
    },
    date(2015, 6, 1): {
        date(2015, 6, 28): 49,
        date(2015, 7, 28): 117,
        date(2015, 12, 31): 264,
        date(2016, 12, 31): 299,
        date(2017, 12, 31): 332,
    },
}
"""How many claims of a month were known on a day."""


def prism(folder: Path) -> Iterator[Known]:
    """Claims by month as they were known on days: an extract read from the file, and an indicator over it."""
    data = Path(os.environ["VIGIE_DATA"])
    packed = folder / "kpi-history" / "chainladder_prism.csv.gz"
    (data / "incoming").mkdir()
    (data / "incoming" / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    declare(data, "extracts", "claims", CLAIMS % (data / "incoming" / packed.stem))
    declare(data, "indicators", "reported", REPORTED)
    sync.run()
    reader = warehouse().reader(EVERYTHING)
    (claims,) = missions()["extracts"].tables
    lines = question(
        "lines", "SELECT line, count(*) AS n, sum(paid) AS paid FROM claims GROUP BY ALL", {"claims": claims}, {}
    )
    found = {row["line"]: row for row in reader.run(lines).table.to_pylist()}
    yield Known("PRISM: claims", 34_244, sum(row["n"] for row in found.values()))
    yield Known("PRISM: claims of Auto", 25_302, found["Auto"]["n"])
    yield Known("PRISM: claims of Home", 8_942, found["Home"]["n"])
    yield Known("PRISM: paid", 1_208_755_401.97, round(sum(row["paid"] for row in found.values()), 2))
    indicator = taking.declared_now().get("reported")
    assert indicator is not None
    for month, days in SEEN.items():
        last = Grain.MONTH.last(month)
        for day, known in days.items():
            said = reader.run(taking.asked(indicator), first=month, last=last, seen_on=day).table
            (value,) = looks.values(indicator, said, month, last).values()
            yield Known(f"PRISM: {month:%Y-%m} as known on {day}", known, value["value"])


TOTALS = {"Décembre": (57, 71), "Février": (68, 87), "Mars/Avril": (33, 0)}
"""What the team's workbook writes as the totals of its lots: expected and treated."""


def workbook(folder: Path) -> Iterator[Known]:
    """The plan of a migration: what its days add up to, beside its totals."""
    sheet = Path(os.environ["VIGIE_DATA"]) / "plan.csv"
    head, *days = (folder / "seed_samples" / "migration_pilotage.csv").read_text(encoding="utf-8").splitlines()
    lines = [head]
    for lot, (expected, treated) in TOTALS.items():
        lines += [*(one for one in days if one.startswith(f"{lot};")), f"{lot};;Total;{expected};{treated}"]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    with store().write() as connection:
        lead = accounts.add(connection, who="bench", name="lead", role=Role.LEAD, squads=()).person.id
        lists = LOTS.lists(connection)
        read = imports.rows(imports.look(sheet, LOTS, lists), LOTS, lists)
        plan.carry_out(connection, lead, plan.make(connection, LOTS, lists, read))
        lots = [lot for _ref, _state, lot in kept(connection, None)]
    found = sums(lots)
    yield Known("workbook: expected, day by day", 159, found.expected)
    yield Known("workbook: treated, day by day", 130, found.treated)
    yield Known("workbook: expected, as written", 158, found.written_expected)
    yield Known("workbook: treated, as written", 158, found.written_treated)


def main() -> int:
    """Print each number; 1 where one is not as it is known."""
    folder, differ = Path(sys.argv[1]).resolve(), 0
    with TemporaryDirectory(prefix="vigie-reference-") as data:
        os.environ["VIGIE_DATA"] = data
        store().upgrade()
        for part in (febrl, dedupe, abt_buy, hospital, prism, workbook):
            for what, known, found in part(folder):
                told = "" if known is None else f"{known:>16,.12g}  {'as known' if known == found else 'DIFFERS'}"
                differ += known is not None and known != found
                sys.stdout.write(f"{what:<50} {found or 0:>16,.12g} {told}\n")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
