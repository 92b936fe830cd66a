"""Reading yes and no as people and programs write them."""

import pyarrow as pa
import pyarrow.compute as pc

from core.sources.values.moments import trim

_YES = ("oui", "o", "yes", "y", "vrai", "true", "t", "x", "1", "1.0", "on", "✓", "✔", "☑")
_NO = ("non", "n", "no", "faux", "false", "f", "0", "0.0", "off", "☐")
_WORDS = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}


def read_flags(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Whether each cell says yes, and where it said neither; an empty cell is null and readable."""
    words = trim(text).dictionary_encode()
    known = pa.array([_WORDS.get(word.casefold()) for word in words.dictionary.to_pylist()], pa.bool_())
    read = known.take(words.indices)
    return read, pc.and_(pc.is_valid(words), pc.is_null(read))
