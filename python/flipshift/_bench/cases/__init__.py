"""The one source of cases: a module for each topic, with a function ``cases(threads)``."""

from __future__ import annotations

from importlib import import_module

from .case import Call, Case, evaluate, namespace, operations_done

__all__ = ["TOPICS", "Call", "Case", "cases", "evaluate", "namespace", "operations_done"]

#: The modules here, in the order of the tables.
TOPICS = (
    "fft",
    "convolve",
    "correlate",
    "convolver",
    "convolve2d",
    "ndimage",
    "template",
    "filter",
    "toeplitz",
)


def cases(*topics: str, quick: bool = False, threads: int = 1) -> list[Case]:
    """Return the cases of some topics.

    Parameters
    ----------
    *topics : str
        Of `TOPICS`; none means all.
    quick : bool
        Only those of a quick run.
    threads : int
        What each library is told.

    Examples
    --------
    >>> [case.name for case in cases("toeplitz", quick=True)][:2]
    ['matmul_toeplitz 128', 'matmul_toeplitz 128']
    """
    return [
        case
        for topic in topics or TOPICS
        for case in import_module(f"{__name__}.{topic}").cases(threads)
        if case.quick or not quick
    ]
