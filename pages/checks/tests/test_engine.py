"""Every row is in exactly one outcome, and outcomes add up to what was given; what may not be asked is refused."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.base.i18n import speaking
from core.declared.select import SelectRefused
from pages.checks import judged, reconciled, standing
from pages.checks.compiled import places
from pages.checks.definitions import Check
from pages.checks.figures.outcomes import OUTCOMES
from pages.checks.look import CheckLook
from pages.checks.tests.asked import answer, asked, at, check, outcomes, table

CONTRACTS = table("contracts", "number", moments=("signed_at", "read_at"))
MAILS = table("mails", "number", moments=("sent_at",))
MORNING = check("""
check: mails
kind: compare
tables: [contracts, mails]
left: {table: contracts, where: signed_at >= $start AND signed_at < $end, called: contract}
right: {table: mails, where: sent_at < $until, called: mail}
key: [number]
outcomes:
  - {outcome: needless, title: reçu alors que déjà fait, on: both, when: contract.read_at < mail.sent_at}
  - {outcome: received, title: reçu, on: both}
  - {outcome: silent, title: non reçu et déjà fait, on: left, when: contract.read_at < $until}
  - {outcome: missing, title: non reçu, on: left}
  - {outcome: alone, title: mail sans contrat, on: right}
""")
OWN = "check: c\nkind: sql\ntables: [contracts]\nkey: [number]\n"
EXPECTED = """
check: quality
kind: expect
tables: [contracts]
of: {table: contracts}
key: [number]
expectations:
"""


def compared(contracts: list[dict[str, object]], mails: list[dict[str, object]]) -> list[dict[str, object]]:
    return answer(asked(MORNING, CONTRACTS, MAILS).whole, {CONTRACTS: contracts, MAILS: mails})


def expected(rules: str, *rows: dict[str, object]) -> dict[str, str]:
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules.split(" | "))
    one = check(EXPECTED + lines)
    return {row["key"]: row["reason"] for row in answer(asked(one, CONTRACTS).whole, {CONTRACTS: list(rows)})}


def refused(text: str) -> str:
    with pytest.raises(SelectRefused) as said:
        asked(check(text), CONTRACTS)
    return str(said.value)


def test_the_five_outcomes_of_a_morning_are_told_apart_by_times_not_dates() -> None:
    contracts = [
        {"number": "A", "signed_at": at(9)},
        {"number": "B", "signed_at": at(9), "read_at": at(10)},
        {"number": "C", "signed_at": at(9), "read_at": at(12)},
        {"number": "D", "signed_at": at(9)},
        {"number": "E", "signed_at": at(9), "read_at": at(10)},
        {"number": "F", "signed_at": at(25)},
    ]
    mails = [{"number": one, "sent_at": at(11)} for one in "ABCZ"]
    assert outcomes(compared(contracts, mails)) == {
        "A": "received", "B": "needless", "C": "received", "D": "missing", "E": "silent", "Z": "alone",
    }  # fmt: skip


def test_two_lists_add_up_under_what_the_check_calls_them() -> None:
    counts = [judged.Count("received", 2, 2), judged.Count("missing", 1, 0), judged.Count("alone", 0, 1)]
    assert judged.equation(MORNING, counts) == [
        "contract\u202f: 3 = 2 reçu + 1 non reçu", "mail\u202f: 3 = 2 reçu + 1 mail sans contrat",
    ]  # fmt: skip


def test_what_stands_in_the_right_list_alone_is_a_share_of_that_one() -> None:
    counts = [judged.Count("missing", 5, 0), judged.Count("alone", 0, 419)]
    assert [judged.whole(one, counts) for one in counts] == [5, 419]


def test_the_rows_of_each_list_stand_under_what_the_check_calls_it() -> None:
    def headed(one: Check | None) -> list[str]:
        assert callable(OUTCOMES.columns)
        return [column.header for column in OUTCOMES.columns(cast(CheckLook, SimpleNamespace(check=one)))]

    with speaking("en"):
        assert headed(MORNING) == ["Outcome", "Rows", "Share", "Contract", "Mail", "Limit"]
        assert headed(None) == ["Outcome", "Rows", "Share", "Limit"]


def test_keys_are_compared_without_blanks_and_case_and_keep_their_zeros() -> None:
    contracts = [{"number": one, "signed_at": at(1)} for one in (" a\u00a01 ", "024", "b")]
    mails = [{"number": one, "sent_at": at(2)} for one in ("A 1", "24", "B")]
    assert outcomes(compared(contracts, mails)) == {
        " a\u00a01 ": "received",
        "024": "missing",
        "24": "alone",
        "b": "received",
    }


def test_rows_without_a_key_and_doubled_ones_are_outcomes_of_their_own_and_pair_with_nothing() -> None:
    contracts = [{"number": one, "signed_at": at(1)} for one in (None, " ", "X", "x", "Y")]
    mails = [{"number": one, "sent_at": at(2)} for one in (None, "X", "Y", "Y")]
    found = Counter((row["outcome"], row["side"]) for row in compared(contracts, mails))
    assert found == {
        ("no_key_left", "left"): 2, ("no_key_right", "right"): 1, ("doubled_left", "left"): 2,
        ("doubled_left", "right"): 1, ("doubled_right", "left"): 1, ("doubled_right", "right"): 2,
    }  # fmt: skip


_key = st.sampled_from([None, "", " ", "a", "A ", "b", "c\u202f", "01", "1"])
_moment = st.sampled_from([None, at(1), at(5), at(40)])
_contract = st.fixed_dictionaries(
    {"number": _key, "signed_at": st.just(at(1)), "read_at": _moment, "squad": st.sampled_from([None, "S", "T"])}
)
_mail = st.fixed_dictionaries({"number": _key, "sent_at": st.just(at(3)), "squad": st.sampled_from([None, "S", "T"])})


@settings(max_examples=25)
@given(st.lists(_contract, max_size=8), st.lists(_mail, max_size=8))
def test_outcomes_add_up_to_what_was_given(contracts: list[dict[str, object]], mails: list[dict[str, object]]) -> None:
    counted = answer(asked(MORNING, CONTRACTS, MAILS).counts, {CONTRACTS: contracts, MAILS: mails})
    assert sum(row["left"] for row in counted) == len(contracts)
    assert sum(row["right"] for row in counted) == len(mails)
    assert "other" not in {row["outcome"] for row in counted}


def test_a_pair_of_two_squads_is_the_house_s_alone() -> None:
    (row,) = compared(
        [{"number": "A", "signed_at": at(1), "squad": "S"}], [{"number": "A", "sent_at": at(2), "squad": "T"}]
    )
    assert row["squad"] == "*"


def test_what_decided_stands_beside_each_row() -> None:
    (row,) = compared([{"number": "A", "signed_at": at(1), "read_at": at(2)}], [{"number": "A", "sent_at": at(3)}])
    assert (row["contract_read_at"], row["mail_sent_at"]) == (at(2), at(3))


MATCHED = """
check: reasons
kind: match
tables: [contracts]
of: {table: contracts, empty: ["[Null]", "null"]}
key: [source]
text: number
patterns:
  - {name: refused, pattern: 'Rejet.* N° Soc : (?P<member>[0-9]+)'}
  - {name: paid, pattern: '(?P<how>Paiement) auto.*: (?P<member>[0-9]+)'}
"""


def test_patterns_are_tried_in_order_and_their_groups_are_taken_out() -> None:
    texts = ["Rejet paiement - N° Soc : 024", "Paiement auto : 31", "Appel 06 12", "[NULL]", None]
    rows = answer(asked(check(MATCHED), CONTRACTS).whole, {CONTRACTS: [{"number": one} for one in texts]})
    found = [(row["outcome"], row["reason"], row["member"], row["how"]) for row in rows]
    assert found == [
        ("ok", "refused", "024", None),
        ("ok", "paid", "31", "Paiement"),
        ("unmatched", "A 9 9", None, None),
        ("unmatched", None, None, None),
        ("unmatched", None, None, None),
    ]
    assert [row["texte"] for row in rows[:3]] == [
        "‹Rejet paiement - N° Soc : 024›",
        "‹Paiement auto : 31›",
        "Appel 06 12",
    ]


def test_an_invoice_with_a_reason_is_rejected_whether_its_description_is_read_or_not() -> None:
    shipped = Path(judged.__file__).with_name("declarations") / "checks" / "factures_rejetees.yml"
    invoices = table(
        "factures_imh", "facture", "description", "motif", "operation", moments=("cree_le",), numbers=("montant",)
    )
    payments = table("paiements_imh", "facture", "paiement", moments=("paye_le",))
    invoices_told = {
        "a": ("Rejet paiement, N° Soc : 12", "Solde"),
        "b": (None, "Solde"),
        "c": ("Illisible", "Solde"),
        "d": ("Paiement auto, N° Soc : 12", "Solde"),
        "e": ("Paiement auto", "Solde"),
        "i": ("Paiement auto, N° Soc : 12", "Rejet paiement"),
        "j": ("Paiement auto,\nN° Soc : 12", "Motif :\nsolde"),
        "k": ("Illisible", "Paiement auto"),
        "f": ("Rejet paiement", "[Null]"),
        "g": ("Illisible", "null"),
        "h": (None, " "),
    }
    rows = [
        {"facture": number, "cree_le": at(1), "description": text, "motif": why}
        for number, (text, why) in invoices_told.items()
    ]
    declared = check(shipped.read_text(encoding="utf-8"))
    assert outcomes(answer(asked(declared, invoices, payments).whole, {invoices: rows, payments: []})) == {
        **dict.fromkeys("abck", "rejetee"),
        **dict.fromkeys("deij", "motif_en_trop"),
        "f": "motif_absent",
        **dict.fromkeys("gh", "unmatched"),
    }


def test_a_pattern_that_would_hang_ends_at_once_and_one_that_re2_cannot_is_refused() -> None:
    hanging = MATCHED.replace("(?P<how>Paiement) auto.*", "(a+)+$")
    rows = answer(asked(check(hanging), CONTRACTS).whole, {CONTRACTS: [{"number": "a" * 5000 + "b"}]})
    assert rows[0]["outcome"] == "unmatched"
    assert "(?!" in refused(MATCHED.replace("Rejet", "(?!a)Rejet"))


def test_groups_are_numbered_beside_those_without_a_name() -> None:
    assert places(r"\((a)[(](?:b)(?P<x>c)(?i)(?P<y>d)") == {"x": 2, "y": 3}


@pytest.mark.parametrize(
    ("rule", "number", "fails"),
    [
        ("rule: not_null, name: r, columns: [number]", " ", True),
        ("rule: not_null, name: r, columns: [number]", "a", False),
        ("rule: in_set, name: r, columns: [number], values: [a, b]", "c", True),
        ("rule: in_set, name: r, columns: [number], values: [a, b]", None, False),
        ("rule: regex, name: r, columns: [number], pattern: '[0-9]{2}'", "123", True),
        ("rule: regex, name: r, columns: [number], pattern: '[0-9]{2}'", "12", False),
        ("rule: sql, name: r, fails: length(number) > 2", "123", True),
        ("rule: sql, name: r, fails: length(number) > 2", None, False),
    ],
)
def test_a_row_that_fails_a_rule_names_it(rule: str, number: str | None, fails: bool) -> None:
    assert expected(rule, {"number": number}) == {number or "": "r" if fails else ""}


def test_rules_about_several_rows_and_columns() -> None:
    rules = (
        "rule: unique, name: u, columns: [number] | rule: date_order, name: o, columns: [signed_at, read_at] | "
        "rule: foreign_key, name: k, columns: [number], table: contracts, other: squad"
    )
    rows = [
        {"number": "S", "squad": "S", "signed_at": at(1), "read_at": at(2)},
        {"number": "T", "squad": "S", "signed_at": at(3), "read_at": at(2)},
        {"number": "T", "squad": "S"},
    ]
    one = check(EXPECTED + "".join(f"  - {{{rule}}}\n" for rule in rules.split(" | ")))
    found = answer(asked(one, CONTRACTS).whole, {CONTRACTS: rows})
    assert sorted(row["reason"] for row in found) == ["", "u, k", "u, o, k"]
    query = asked(one, CONTRACTS).scores
    assert query is not None
    scores = {row["expectation"]: (row["checked"], row["passed"]) for row in answer(query, {CONTRACTS: rows})}
    assert scores == {"u": (3, 1), "o": (2, 1), "k": (3, 1)}


def test_rules_about_all_rows_are_one_verdict_each() -> None:
    rules = (
        "  - {rule: row_count_between, name: n, least: 2}\n  - {rule: freshness, name: f, columns: [at], hours: 24}\n"
    )
    query = asked(check(EXPECTED + rules), CONTRACTS).scores
    assert query is not None
    told = {row["expectation"]: (row["checked"], row["passed"]) for row in answer(query, {CONTRACTS: [{}]}, at(20))}
    assert told == {"n": (1, 0), "f": (1, 1)}


def test_a_select_that_names_another_table_or_writes_is_refused() -> None:
    own = OWN + "outcomes: [{outcome: a, title: A}]\nof: {select: '%s'}"
    assert "people" in refused(own % "SELECT * FROM people")
    assert "un seul SELECT" in refused(own % "DELETE FROM contracts RETURNING *")
    assert "read_text" in refused(own % 'SELECT * FROM read_text("/etc/passwd")')


def test_a_condition_is_one_expression_and_nothing_more() -> None:
    text = OWN + "of: {table: contracts}\noutcomes: [{outcome: a, title: A, when: '%s'}]"
    assert "expression" in refused(text % "true; DROP TABLE contracts")
    assert refused(text % "true) FROM people -- ")


def test_a_column_that_is_not_there_is_told_when_the_check_is_declared() -> None:
    assert "vanished" in refused(EXPECTED + "  - {rule: not_null, name: r, columns: [vanished]}\n")
    said = OWN + "outcomes: [{outcome: a, title: A}]\nof: {select: 'SELECT numbr FROM contracts'}"
    assert "«\u202fnumbr\u202f»\u202f: ligne 1, colonne 8 de «\u202fSELECT numbr FROM contracts\u202f»" in refused(said)


def test_a_select_without_squad_is_the_house_s_alone() -> None:
    text = OWN + "outcomes: [{outcome: a, title: A}]\nof: {select: SELECT number FROM contracts}"
    (row,) = answer(asked(check(text), CONTRACTS).counts, {CONTRACTS: [{"number": "A", "squad": "S"}]})
    assert (row["squad"], row["left"], row["right"]) == ("*", 1, 0)


def test_what_a_kind_wants_is_said() -> None:
    with pytest.raises(ValidationError, match=r"il manque .*match.* patterns"):
        check("check: c\nkind: match\ntables: [t]\nof: {table: t}\nkey: [number]\ntext: number")


def test_a_range_that_nothing_lies_in_is_refused() -> None:
    with pytest.raises(ValidationError, match="least est plus grand que most"):
        expected("rule: range, name: r, columns: [number], least: 3, most: 2", {})


def test_a_foreign_key_to_a_column_that_is_not_there_is_told_at_its_field() -> None:
    one = check(
        "check: c\nkind: expect\ntables: [contracts, mails]\nof: {table: contracts}\nkey: [number]\nexpectations:\n"
        "  - {rule: foreign_key, name: r, columns: [number], table: mails, other: nombre}"
    )
    with pytest.raises(SelectRefused, match=r"la table mails n’a pas de colonne nombre.* number") as refused:
        asked(one, CONTRACTS, MAILS)
    assert refused.value.where == ("expectations", 0, "other")


def test_a_key_is_tidied_whatever_kind_of_blank_it_holds() -> None:
    written = ["A 1", "A\t1", "A\u00a01", "A\u202f1", " A 1", "A\r1", "A\n1"]
    for one in written:
        rows = compared([{"number": one, "signed_at": at(1)}], [{"number": "a 1", "sent_at": at(2)}])
        assert [row["outcome"] for row in rows] == ["received"], repr(one)


HIVE = table("hive", "number", "day", "amount", "code")
GREEN = table("green", "number", "day", "code", numbers=("amount",))
MOVED = """
check: moved
kind: reconcile
tables: [hive, green]
left: {table: hive, called: old, empty: ["NULL"]}
right: {table: green, called: new}
key: [number]
fields:
  - {name: day, type: date}
  - {name: amount, type: decimal, within: 0.01}
  - {name: code}
month: day
"""
OLD_ROWS: list[dict[str, object]] = [
    {"number": "A", "day": "2026-01-31", "amount": "10.50", "code": "024"},
    {"number": "B", "day": "29/05/2025", "amount": "10,50", "code": "024"},
    {"number": "C", "day": "2026-02-01", "amount": "NULL", "code": "024"},
    {"number": "D", "day": "2026-02-02", "amount": "1", "code": "7"},
]
NEW_ROWS: list[dict[str, object]] = [
    {"number": "A", "day": "2026-01-31", "amount": 10.505, "code": "24"},
    {"number": "B", "day": None, "amount": None, "code": "024"},
    {"number": "C", "day": "2026-02-01", "amount": None, "code": "024"},
    {"number": "E", "day": "2026-02-02", "amount": 1.0, "code": "7"},
]


def test_two_stores_are_reconciled_row_by_row_and_what_differs_is_named() -> None:
    rows = answer(asked(check(MOVED), HIVE, GREEN).whole, {HIVE: OLD_ROWS, GREEN: NEW_ROWS})
    assert {row["key"]: (row["outcome"], row["reason"]) for row in rows} == {
        "A": ("differing", "code"), "B": ("differing", "day, amount"), "C": ("ok", ""),
        "D": ("only_left", ""), "E": ("only_right", ""),
    }  # fmt: skip


def test_types_are_tried_columns_compared_and_sums_made_by_month() -> None:
    one = check(MOVED)
    question = asked(one, HIVE, GREEN).levels
    assert question is not None
    levels = reconciled.kept(one, answer(question, {HIVE: OLD_ROWS, GREEN: NEW_ROWS}))
    failed = {(row["level"], row["field"], row["how"]): row["failed"] for row in levels}
    assert [failed["schema", "code", kind] for kind in ("integer", "decimal", "date")] == [3, 0, 4]
    assert [failed["schema", "day", kind] for kind in ("date", "timestamp")] == [1, 4]
    assert failed["schema", "amount", "decimal"] == 1
    assert [failed["columns", "amount", how] for how in ("value", "empty")] == [1, 1]
    sums = {(row["how"], row["left"], row["right"], row["failed"]) for row in levels if row["level"] == "months"}
    assert sums == {("", 0.0, 0.0, 0), ("2026-01", 10.5, 10.505, 0), ("2026-02", 1.0, 1.0, 0)}


@pytest.mark.parametrize(
    ("kind", "text", "reads"),
    [
        ("integer", "12", True), ("integer", "012", False), ("integer", "1.0", False), ("integer", "-3", True),
        ("decimal", "012.5", True), ("decimal", "1,5", False), ("decimal", "nan", False),
        ("date", "2026-02-28", True), ("date", "0000-00-00", False), ("date", "2026-02-30", False),
        ("date", "2025-05-29 01:08:57.0", False), ("timestamp", "2025-05-29 01:08:57.0", True),
    ],
)  # fmt: skip
def test_a_type_takes_a_text_only_where_nothing_of_it_is_lost(kind: str, text: str, reads: bool) -> None:
    with duckdb.connect() as connection:
        (value,) = connection.execute(f"SELECT {reconciled.read(kind, '$1')}", [text]).fetchone() or (None,)
    assert (value is not None) is reads


def test_an_expectation_is_said_in_words_not_by_its_code() -> None:
    lines = (
        "  - {rule: not_null, name: canal_renseigne, columns: [canal]}\n"
        "  - {rule: row_count_between, name: some, least: 2, most: 9}\n"
    )
    one = check(EXPECTED + lines)
    said = [standing.expected(one, name) for name in ("canal_renseigne", "some", "gone_since")]
    assert said == ["Canal\u202f: jamais vide", "Nombre de lignes", "Gone since"]
