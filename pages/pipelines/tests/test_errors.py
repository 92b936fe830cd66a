"""Errors of one kind are one kind, whatever they name and in whatever order they come; secrets are not shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.pipelines.errors import LONGEST, Kinds, kind, masked, shown
from pages.pipelines.figures.kinds import by_kind

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Fichier 'ventes_2026.csv' absent", "Fichier <…> absent"),
        ("Fichier « l'export du soir » absent", "Fichier <…> absent"),
        ("GET https://api.exemple.fr/v1?x=1 : 503", "GET <url> : <n>"),
        ("Cannot open /data/in/a-1.csv at line 12", "Cannot open <path> at line <n>"),
        (r"Accès refusé à C:\données\entrants", "Accès refusé à <path>"),
        ("run 0f8fad5b-d9cb-469f-a165-70867728950e failed", "run <guid> failed"),
        ("commit deadbeef01 lost", "commit <hex> lost"),
        ("run 20261120 lost after 1234567 s", "run <hex> lost after <n> s"),
        ("12345678@exemple.fr waits for 12345678.5 s", "<mail> waits for <n> s"),
        ("at 2026-11-20T07:02:11.123+01:00 or 20/11/2026 07:02, 07:02:11", "at <time> or <time>, <time>"),
        ("mail to ana.b@exemple.fr bounced", "mail to <mail> bounced"),
        ("no route to 10.0.0.12:5432", "no route to <ip>"),
        ("12,5 of  1 000\n rows", "<n> of <n> rows"),
    ],
)
def test_what_varies_is_masked(text: str, told: str) -> None:
    assert masked(text) == told


def test_two_occurrences_are_one_kind_and_another_code_is_another() -> None:
    first, second = "Délai de 30 s dépassé sur 10.0.0.1", "Délai de 45 s dépassé sur 10.0.0.7"
    assert kind(first, "2108") == kind(second, "2108")
    assert kind(first, "2108") != kind(first, "2011")
    assert kind(None, "2108") == kind("", "2108") == "2108"
    assert kind(None, None) == ""


FAILURES = [
    ("a", AT, "2108", "Fichier '/in/a.csv' absent"),
    ("b", AT - timedelta(days=1), "2108", "Fichier '/in/b.csv' absent"),
    ("c", AT, "2108", "Fichier '/in/c.csv' absent"),
    ("a", AT - timedelta(days=2), None, "Délai de 30 s dépassé"),
    ("b", AT - timedelta(days=3), None, "Délai de 45 s dépassé"),
    ("a", AT - timedelta(days=4), None, None),
]


@settings(max_examples=10)
@given(st.permutations(FAILURES))
def test_kinds_and_what_is_told_of_them_do_not_hang_on_the_order_of_arrival(arrived: list[tuple[Any, ...]]) -> None:
    frame = by_kind(pd.DataFrame(arrived, columns=["pipeline", "at", "error_code", "error_message"]))
    assert frame[["kind", "failures", "pipelines", "sample"]].values.tolist() == [
        ["2108 · Fichier <…> absent", 3, 3, "Fichier '/in/a.csv' absent"],
        ["Délai de <n> s dépassé", 2, 2, "Délai de 30 s dépassé"],
        ["–", 1, 1, ""],
    ]


DISK, QUOTA, FULL = "E42 · no space on <path>", "no quota", "disk full"


def test_a_kind_is_asked_for_by_its_code_whole_by_what_it_counts_as_or_by_its_name() -> None:
    told = Kinds({FULL: "Disque plein"}, {DISK: FULL})
    wanted = ("E42", DISK, FULL, "Disque plein", "E4", "no space on <path>")
    assert [told.is_of(DISK, one) for one in wanted] == [True, True, True, True, False, False]


def test_merged_kinds_are_counted_and_named_as_one_and_a_circle_ends() -> None:
    told = Kinds({FULL: "Disque plein"}, {DISK: QUOTA, QUOTA: FULL})
    rows = [("a", AT, "E42", "no space on /a"), ("b", AT, None, "no quota"), ("c", AT, None, "disk full")]
    frame = by_kind(pd.DataFrame(rows, columns=["pipeline", "at", "error_code", "error_message"]), told)
    assert frame[["counted", "kind", "failures"]].values.tolist() == [[FULL, "Disque plein", 3]]
    assert Kinds({}, {DISK: QUOTA, QUOTA: DISK}).of(DISK) == QUOTA


def test_a_kind_that_was_merged_into_another_says_what_the_failures_seen_say_until_it_has_a_name() -> None:
    """The other may be of rows that the person does not see."""
    frame = pd.DataFrame([("b", AT, None, QUOTA)], columns=["pipeline", "at", "error_code", "error_message"])
    assert by_kind(frame, Kinds({}, {QUOTA: FULL}))[["counted", "kind"]].values.tolist() == [[FULL, QUOTA]]
    assert by_kind(frame, Kinds({FULL: "Plein"}, {QUOTA: FULL}))["kind"].tolist() == ["Plein"]
    assert Kinds({}, {QUOTA: FULL}).words(QUOTA) == QUOTA


@given(st.integers(0, 10**7 - 1), st.integers(0, 10**7 - 1))
def test_numbers_never_make_a_kind(one: int, other: int) -> None:
    assert kind(f"{one} rows refused", None) == kind(f"{other} rows refused", None)


@pytest.mark.parametrize("looked_at", [masked, shown, partial(kind, code=None)])
@pytest.mark.parametrize(
    "part", ["a.", "/a", "'", "1.", "@a", "a@a.", "f" * 7 + "-", "token=", "://a:", "\\", "bearer a"]
)
def test_a_hostile_text_is_looked_at_as_far_as_its_first_signs(looked_at: Callable[[str], str], part: str) -> None:
    assert len(looked_at(part * 100_000)) <= 2 * LONGEST


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://x/?sv=1&sig=AbC%2F=&se=2", "https://x/?sv=1&sig=…&se=2"),
        ("password: hunter2; next", "password: …; next"),
        ("Authorization: Bearer eyJhbGciOi.x.y", "Authorization: Bearer …"),
        ("postgresql://ana:secret@host/db", "postgresql://ana:…@host/db"),
        ("mail to ana.b@exemple.fr", "mail to …@…"),
        ('password="hunter2"', "password=…"),
        ('{"password": "hunter 2", "user": "ana"}', '{"password": …, "user": "ana"}'),
        (r"{\"token\": \"hunter2\"}", None),
        ("token='hunter2' refused", "token=… refused"),
        ("client_secret=hunter2", "client_secret=…"),
        ("AccountKey=hunter2==;x=1", "AccountKey=…;x=1"),
        ("Authorization: ApiKey hunter2", "Authorization: ApiKey …"),
        ("mot de passe: hunter2", "mot de passe: …"),
        ("run 0f8fad5b-d9cb-469f-a165-70867728950e", "run …"),
        ("Fichier 2026-11-20.csv absent (404)", "Fichier 2026-11-20.csv absent (404)"),
    ],
)
def test_secrets_ids_and_people_s_addresses_are_not_shown(text: str, told: str | None) -> None:
    assert told is None or shown(text) == told
    assert "hunter" not in shown(text) + masked(text)


def test_an_apostrophe_is_no_quote_and_thousands_are_one_number() -> None:
    assert kind("l'étape A n'a pas fini", None) != kind("l'étape B n'a pas fini", None)
    assert kind("999 rows", None) == kind("1\u202f000 rows", None) == kind("12 345 rows", None)
