"""Python's collector of circles, told to look rarely."""

import gc


def rarely() -> None:
    """From now on the collector walks what is made anew, and seldom: what is loaded stays until the end, and rows read
    by the thousand hold no circles. A fifth of a reading's processor time otherwise."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
