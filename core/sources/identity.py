"""Telling rows apart where a source gives them no identifier.

Rows that look alike (same key cells) are numbered in the order of their file: two equal rows are two facts, and the
same file, or a longer export that holds the same rows, numbers them alike. The limits:
- look-alikes in two files are taken for the same rows; two distinct ones, each alone in its file, become one;
- when a source drops older look-alikes, those that stay move up: their number names another row than before.
"""

import numpy as np
import pyarrow as pa


class Ordinals:
    """Numbers look-alike rows of one file, piece by piece. Needs some 16 bytes for each distinct key."""

    def __init__(self) -> None:
        self._keys = np.empty(0, np.uint64)
        self._counts = np.empty(0, np.int64)

    def number(self, keys: pa.Array) -> pa.Array:
        """For each text key, how often it came so far, itself included (1 for the first)."""
        import pandas as pd  # a source with identifiers is read without it

        hashes = pd.util.hash_array(keys.to_numpy(zero_copy_only=False))
        order = np.argsort(hashes, kind="stable")
        distinct, starts, counts = np.unique(hashes[order], return_index=True, return_counts=True)
        at = np.searchsorted(self._keys, distinct)
        known = at < len(self._keys)
        known[known] = self._keys[at[known]] == distinct[known]
        before = np.zeros(len(distinct), np.int64)
        before[known] = self._counts[at[known]]
        numbers = np.empty(len(hashes), np.int64)
        numbers[order] = np.arange(1, len(hashes) + 1) - np.repeat(starts - before, counts)
        self._counts[at[known]] += counts[known]
        self._keys = np.insert(self._keys, at[~known], distinct[~known])
        self._counts = np.insert(self._counts, at[~known], counts[~known])
        return pa.array(numbers)
