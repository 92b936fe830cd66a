"""The lists of values of the register: those of `lists.yml`, with what compliance officers made of them."""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from core.base.i18n import LANGUAGES
from core.records.lists import Lists, Value, value
from core.records.records import fold
from core.sources.formats import documents

FILE = Path(__file__).with_name("lists.yml")
COUNTRIES, WORLD = "countries", "world"
"""Where a transfer may lead; where a processor may be: the European Economic Area as well."""
OUTSIDE = "outside"
"""The fact of a country that it is outside of the European Economic Area."""
REGISTERS = "registers"
NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Codes of Babel's that name no country: unions, reserved codes, islands that belong to one."""
OTHER_KEYS = frozenset({"inside", "adequate", "organisations", "country_words"})


@lru_cache(maxsize=1)
def shipped() -> Lists:
    """The lists as they come with Vigie. Countries carry the facts `adequate`, `since` and `until`; values
    that belong to another field of a record carry `elsewhere`, its name."""
    declared: dict[str, Any] = documents.yaml_file(FILE)
    plain = {
        name: {str(code): value(str(code), words) for code, words in values.items()}
        for name, values in declared.items()
        if name not in OTHER_KEYS
    }
    countries = _countries(declared)
    world = {
        code: replace(country, retired=False, facts={OUTSIDE: not country.retired})
        for code, country in countries.items()
    }
    return Lists({**plain, COUNTRIES: countries, WORLD: world})


def _countries(declared: dict[str, Any]) -> dict[str, Value]:
    """Every country in the order of its French name, then organisations. Those of the European Economic Area are not
    offered, for no transfer leads there; an import reads them and says so."""
    names = {tongue: {str(k): v for k, v in Locale.parse(tongue).territories.items()} for tongue in LANGUAGES}
    codes = [code for code in names["fr"] if re.fullmatch("[A-Z]{2}", code) and code not in NOT_COUNTRIES]
    labels = {code: {tongue: str(names[tongue][code]) for tongue in LANGUAGES} for code in codes}
    labels = dict(sorted(labels.items(), key=lambda item: fold(item[1]["fr"])))
    words = {code: tuple(declared["country_words"].get(code, ())) for code in codes}
    for code, organisation in declared["organisations"].items():
        labels[code] = {tongue: organisation[tongue] for tongue in LANGUAGES}
        words[code] = tuple(organisation["also"])
    return {
        code: Value(
            code,
            both,
            also=words[code],
            notes=declared["adequate"].get(code, {}).get("only", {}),
            facts=_facts(declared, code),
            retired=code in declared["inside"],
        )
        for code, both in labels.items()
    }


def _facts(declared: dict[str, Any], code: str) -> dict[str, Any]:
    decision = declared["adequate"].get(code, {})
    elsewhere = {"elsewhere": "recipients"} if code in declared["inside"] else {}
    dates = {name: decision.get(name) for name in ("since", "until")}
    return {"adequate": bool(decision), **dates, **elsewhere}
