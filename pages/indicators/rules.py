"""What is the same for every indicator: `rules.yml`, and `indicators_rules.yml` in the data folder."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from core.rules.ruleset import Rule, RuleSet


class Template(Rule):
    """The company's deck: a file of the data folder, its layout, and names of placeholders by what goes there."""

    file: str
    layout: str
    places: dict[Literal["title", "chart", "words"], str] = Field(default_factory=dict)


class Rules(Rule):
    """`department`: whose public holidays count for the day on which a month is published."""

    department: str = ""
    template: Template | None = None


RULES = RuleSet(Rules, Path(__file__).with_name("rules.yml"))
