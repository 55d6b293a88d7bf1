"""The short ways of `flipshift.ndimage`, which NumPy has none of."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

__all__ = [
    "filter_image",
    "filter_lines",
    "filter_separably",
    "laplace_image",
    "mean_image",
    "mean_lines",
]


def filter_image(*args: object) -> NDArray[Any] | None:
    """Return None: there is no shorter way."""
    return None


filter_lines = filter_separably = laplace_image = mean_image = mean_lines = filter_image
