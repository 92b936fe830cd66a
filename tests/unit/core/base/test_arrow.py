"""Commands work with Arrow without pandas, and whoever needs a frame still gets one."""

import subprocess
import sys

from core.base.settings import ROOT

COMMAND = """
import sys
import pyarrow as pa
from core.base.arrow import without_pandas
without_pandas()
table = pa.Table.from_pylist([{"n": 1}, {"n": None}])
print("pandas" in sys.modules)
import pandas as pd
print(pa.array(pd.Series([1, None], dtype="Int64").array, pa.int64()).to_pylist(), table.to_pandas()["n"].sum())
"""


def test_lists_become_tables_without_pandas_and_who_asks_for_a_frame_has_it() -> None:
    told = subprocess.run([sys.executable, "-c", COMMAND], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["False", "[1, None] 1.0"]
