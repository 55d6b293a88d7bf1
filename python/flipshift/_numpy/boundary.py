"""What arrays continue with beyond their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["continued", "index_inside"]

_Array = npt.NDArray[Any]


def index_inside(i: npt.NDArray[np.intp], n: int, boundary: str) -> npt.NDArray[np.intp]:
    """Return the indices in ``0 .. n - 1`` of the samples that stand at `i`, -1 for fill values."""
    if boundary == "wrap":
        return i % n
    if boundary == "nearest":
        return np.clip(i, 0, n - 1)
    if boundary == "symm":
        i = i % (2 * n)
        return np.where(i < n, i, 2 * n - 1 - i)
    if boundary == "mirror":
        i = i % max(2 * n - 2, 1)
        return np.where(i < n, i, 2 * n - 2 - i)
    return np.where((i >= 0) & (i < n), i, -1)


def continued(
    x: _Array,
    axes: Sequence[int],
    first: Sequence[int],
    lengths: Sequence[int],
    boundary: Sequence[str],
    fillvalue: Any,
) -> _Array:
    """Return the samples from `first` on, as many as `lengths`, along each of `axes`.

    Parameters
    ----------
    x : ndarray
        Samples; no length is 0.
    axes, first, lengths, boundary : sequence
        One entry for each axis. `boundary` is 'fill', 'wrap', 'symm', 'mirror' or 'nearest'.
    fillvalue : scalar
        What stands where any of the axes says 'fill'.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.boundary import continued
    >>> continued(np.array([1, 2, 3]), [0], [-2], [7], ["mirror"], 0)
    array([3, 2, 1, 2, 3, 2, 1])
    """
    outside = []
    for axis, a, n, name in zip(axes, first, lengths, boundary, strict=True):
        index = index_inside(np.arange(a, a + n), x.shape[axis], name)
        outside.append((axis, index < 0))
        x = np.take(x, index, axis)
    for axis, where in outside:
        if where.any():
            np.moveaxis(x, axis, 0)[where] = fillvalue
    return x
