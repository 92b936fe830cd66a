"""Arrow without pandas, for commands that draw nothing."""

import sys

import pyarrow as pa


class _NoPandas:
    """A finder of modules for which pandas is not installed."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def without_pandas() -> None:
    """Let pyarrow turn lists into arrays without loading pandas first, which costs a command 0.2 s. For the start of a
    process.

    What asks for a frame still gets one: pyarrow then loads pandas. But a pandas Series is no array to it until then:
    pass its `array`.
    """
    sys.meta_path.insert(0, _NoPandas)
    try:
        pa.array([0])  # pyarrow looks for pandas once, at its first list
    finally:
        sys.meta_path.remove(_NoPandas)
