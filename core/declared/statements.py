"""SQL of others, parsed within bounds: some statements of a few signs keep the parser busy for years."""

import logging
from functools import cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.parser import Parser

STEPS, STEPS_A_TOKEN = 1_000, 20
"""Steps of the parser before it is ended. Usual ones take 1 to 1.3; nested types double them."""

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # its warnings repeat the text, and the passwords in it


def parsed(text: str, dialect: str) -> list[exp.Expr]:
    """The statements of a text. Raises SqlglotError, and RecursionError beyond its bounds."""
    tokens = Dialect.get_or_raise(dialect).tokenize(text)
    reader = _bounded(dialect)(dialect=dialect)
    reader.left = STEPS + STEPS_A_TOKEN * len(tokens)
    return [statement for statement in reader.parse(tokens, text) if statement is not None]


@cache
def _bounded(dialect: str) -> Any:
    usual: type[Parser] = Dialect.get_or_raise(dialect).parser_class

    class Bounded(usual):  # type: ignore[misc, valid-type]
        left: int

        def _advance(self, times: int = 1) -> None:
            self.left -= 1
            if self.left < 0:  # no error of the parser's own: it would try the next way
                raise RecursionError
            super()._advance(times)

    return Bounded
