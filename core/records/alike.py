"""Values of a collection that look like one written in several ways."""

from collections import defaultdict
from collections.abc import Mapping

from core.sources.mapping import plain

_SHORT = 3
"""So few letters say too little: «Ile» begins no other name."""


def alike(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Values that are equal but for case, accents, blanks and punctuation, and one that the words of another begin
    with where no third begins with them too («Alpha» and «Alpha France»; «Direction» begins many a name).

    `counts`: value → how many records have it. Each value is in one group at most; groups have two values or more, the
    most frequent first, and stand in the order of their first.
    """
    spelled: dict[str, list[str]] = defaultdict(list)
    for value in counts:
        spelled[plain(value)].append(value)
    longer: dict[str, list[str]] = defaultdict(list)
    for key, values in spelled.items():
        words = values[0].split()
        begins = {plain(" ".join(words[:n])) for n in range(1, len(words))} - {key}
        for begin in begins & spelled.keys():
            if len(begin) > _SHORT:
                longer[begin].append(key)
    groups: list[list[str]] = []
    taken: set[str] = set()
    for key in spelled:
        further = longer[key] if len(longer.get(key, ())) == 1 else []
        keys = [spelling for spelling in (key, *further) if spelling not in taken]
        values = [value for spelling in keys for value in spelled[spelling]]
        if len(values) > 1:
            taken.update(keys)
            groups.append(sorted(values, key=lambda value: (-counts[value], value)))
    return sorted(tuple(group) for group in groups)
