"""How complete a record is: what is missing, named by its field and what asks for it.

Each required field counts one. Unanswered, it counts nothing; answered, a half, and the other half by the share of
what its rows and the answers it calls for still lack. So filling whatever is missing never lowers the percentage, and
a record without anything missing has 100.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from core.records.fields import Asked, Form, Kind, Part


@dataclass(frozen=True)
class Missing:
    """Something that a record lacks. `path` names it as `purposes[0].legal_bases`; `field` says what it is."""

    path: str
    field: Asked

    @property
    def basis(self) -> str:
        """What asks for it."""
        return self.field.basis


@dataclass(frozen=True)
class Completeness:
    """A whole percentage, 100 exactly when nothing is missing."""

    percent: int
    missing: tuple[Missing, ...]

    @property
    def whole(self) -> bool:
        return not self.missing


def judge(form: Form, record: Part) -> Completeness:
    """What a record lacks, in the order of the form."""
    scores: list[float] = []
    missing: list[Missing] = []
    for field in form.fields:
        if field.under:
            continue  # counted with the field that calls for it
        required = field.required(record, None)
        if not field.filled(getattr(record, field.name)):
            if required:
                missing.append(Missing(field.path, field))
                scores.append(0.0)
            continue
        parts = [*_in_rows(field, record), *_called_for(form, field, record)]
        missing += [part for part, filled in parts if not filled]
        if required:
            scores.append((1 + _share(parts)) / 2)
        elif parts:
            scores.append(_share(parts))
    percent = int(100 * sum(scores) / len(scores) + 1e-9) if scores else 100
    return Completeness(100 if not missing else min(percent, 99), tuple(missing))


Wanted = tuple[Missing, bool]
"""Something that is asked for, and whether it is there."""


def _in_rows(field: Asked, record: Part) -> list[Wanted]:
    """What the rows of a field must hold."""
    return list(_columns(field, record)) if field.kind is Kind.ROWS else []


def _columns(field: Asked, record: Part) -> Iterator[Wanted]:
    for number, row in enumerate(getattr(record, field.name).values):
        for column in field.columns:
            if column.required(record, row):
                place = Missing(f"{field.path}[{number}].{column.name}", column)
                yield place, column.filled(getattr(row, column.name))


def _called_for(form: Form, field: Asked, record: Part) -> list[Wanted]:
    """The fields that the answer to this one calls for."""
    under = [column for column in form.called_for.get(field.path, ()) if column.required(record, None)]
    return [(Missing(field.path, field), field.filled(getattr(record, field.name))) for field in under]


def _share(parts: list[Wanted]) -> float:
    return sum(filled for _missing, filled in parts) / len(parts) if parts else 1.0
