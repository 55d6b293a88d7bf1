"""Means over boxes in NumPy: the primitive `box2d` of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .running_sum import running_sum

__all__ = ["box2d"]

_Array = NDArray[Any]


def box2d(
    x: _Array,
    out: _Array,
    sizes: tuple[int, int],
    start: tuple[int, int],
    divisors: tuple[float, float],
    boundary: tuple[str, str],
    fillvalue: tuple[Any, Any],
    workers: int,
) -> None:
    """Write sums over windows down the rows of images, and then along them, to `out`.

    Parameters
    ----------
    x : ndarray, shape (outer, rows, columns, inner) or (rows, columns)
        Images, in float32, float64, complex64, complex128, or integers of 8 to 32 bits.
    out : ndarray
        Of as many dimensions; for integers of their dtype, where the results of both passes lose
        their fractions, or of a floating dtype.
    sizes : tuple of int
        Lengths of the windows.
    start : tuple of int
        Where in `x` the windows of ``out[:, 0, 0]`` end.
    divisors : tuple of float
        What the sums of each pass are divided by.
    boundary : tuple of {'fill', 'wrap', 'symm', 'mirror', 'nearest'}
        What `x` continues with above and below, and the first pass to the left and right.
    fillvalue : tuple of scalar
        For 'fill'.
    workers : int
        Not used.

    Examples
    --------
    >>> x, out = np.eye(3, dtype=np.uint8) * 9, np.empty((3, 3), np.uint8)
    >>> edges = ("nearest", "nearest")
    >>> box2d(x, out, (2, 2), (1, 1), (2, 2), edges, (0, 0), 1)
    >>> out
    array([[4, 2, 0],
           [2, 4, 4],
           [0, 4, 9]], dtype=uint8)
    """
    if x.ndim == 2:
        x, out = x[None, :, :, None], out[None, :, :, None]
    outer, _, cols, inner = x.shape
    rows_out = out.shape[1]
    wide = x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    down = np.empty((outer, rows_out, cols, inner), wide)
    running_sum(
        x.reshape(outer, -1, cols * inner).astype(wide),
        down.reshape(outer, rows_out, -1),
        sizes[0],
        start[0],
        divisors[0],
        workers,
        boundary[0],
        fillvalue[0],
    )
    whole = out.dtype.kind in "iu"
    if whole:
        down = np.trunc(down)
    across = np.empty(out.shape, wide)
    running_sum(
        down.reshape(outer * rows_out, cols, inner),
        across.reshape(outer * rows_out, -1, inner),
        sizes[1],
        start[1],
        divisors[1],
        workers,
        boundary[1],
        fillvalue[1],
    )
    out[...] = np.trunc(across) if whole else across
