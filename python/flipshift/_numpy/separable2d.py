"""Separable convolution of images in NumPy: the primitive `separable2d` of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .convolve2d import convolve2d

__all__ = ["separable2d"]

_Array = npt.NDArray[Any]


def separable2d(
    x: _Array,
    columns: _Array,
    rows: _Array,
    out: _Array,
    start: tuple[int, int],
    boundary: tuple[str, str],
    fillvalue: tuple[Any, Any],
    workers: int,
) -> None:
    """Write the sum of convolutions with ``np.outer(columns[r], rows[r])`` to `out`.

    Each is one convolution along the rows' axis, with ``columns[r]``, and then one along the other.

    Parameters
    ----------
    x : ndarray, shape (outer, rows, columns, inner) or (rows, columns)
        Images, of the dtype of `out` or of integers that it holds exactly.
    columns, rows : ndarray, shapes (r, k) and (r, l)
        The factors, of the dtype of `out`.
    out : ndarray
        In float32, float64, complex64 or complex128, of as many dimensions as `x`, for the result.
    start, boundary, workers
        As in `convolve2d`.
    fillvalue : tuple of scalar
        What `x` continues with above and below, and what the convolutions with `columns` continue
        with to the left and right.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.separable2d import separable2d
    >>> x, out = np.arange(9.0).reshape(3, 3), np.empty((3, 3))
    >>> edge = ("nearest", "nearest")
    >>> separable2d(x, np.array([[1.0, 0, -1]]), np.ones((1, 3)), out, (1, 1), edge, (0, 0), 1)
    >>> out
    array([[ 9.,  9.,  9.],
           [18., 18., 18.],
           [ 9.,  9.,  9.]])
    """
    x = x.astype(out.dtype, copy=False)
    if x.ndim == 2:
        x, out = x[None, :, :, None], out[None, :, :, None]
    down = np.empty((x.shape[0], out.shape[1], *x.shape[2:]), x.dtype)
    part = np.empty_like(out)
    out[...] = 0
    for column, row in zip(columns, rows, strict=True):
        convolve2d(
            x, column[:, None], down, (start[0], 0), boundary, fillvalue[0], "direct", workers
        )
        convolve2d(
            down, row[None, :], part, (0, start[1]), boundary, fillvalue[1], "direct", workers
        )
        with np.errstate(all="ignore"):
            out += part
