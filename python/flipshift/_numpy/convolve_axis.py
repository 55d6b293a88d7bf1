"""Convolution along one axis in NumPy: the primitive `convolve_axis` of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .boundary import continued
from .convolve import convolve

__all__ = ["convolve_axis"]

Array = NDArray[Any]


def convolve_axis(
    x: Array,
    h: Array,
    out: Array,
    start: int,
    workers: int,
    boundary: str = "fill",
    fillvalue: Any = 0,
) -> None:
    """Write ``sum_k h[k] x[o, start + i - k, c]`` to ``out[o, i, c]``.

    Parameters
    ----------
    x : ndarray, shape (outer, n, inner) or (n,)
        The signals.
    h : ndarray, shape (m,)
        The kernel; the same dtype (floating, complex or integer).
    out : ndarray, shape (outer, n_out, inner) or (n_out,)
        Receives the result; the same dtype. Integers wrap.
    start : int
        Position of ``out[:, 0]`` in the full convolution.
    workers : int
        Not used.
    boundary : {'fill', 'wrap', 'symm', 'mirror', 'nearest'}
        What `x` continues with, as in `convolve2d`.
    fillvalue : scalar
        For 'fill'. 0 takes no part in the sums: where it meets a tap that is Inf or NaN, there is
        no product.

    Examples
    --------
    >>> x, out = np.array([[[1.0, 10], [2, 20], [3, 30]]]), np.empty((1, 4, 2))
    >>> convolve_axis(x, np.array([1.0, 1]), out, 0, 1)
    >>> out[0].T
    array([[ 1.,  3.,  5.,  3.],
           [10., 30., 50., 30.]])
    """
    if x.ndim == 1:
        x, out = x.reshape(1, -1, 1), out.reshape(1, -1, 1)
    if boundary != "fill" or fillvalue != 0:
        length = out.shape[1] + h.size - 1
        x = continued(x, [1], [start - (h.size - 1)], [length], [boundary], fillvalue)
        start = h.size - 1
    outer, n, inner = x.shape
    n_out = out.shape[1]
    lines = outer * inner
    if h.size > 64 or lines * n < 4096 or lines < 8:
        # A few lines, or many products each: one by one, by the method that suits their length.
        line = np.empty(n_out, out.dtype)
        for o in range(outer):
            for c in range(inner):
                convolve(np.ascontiguousarray(x[o, :, c]), h, line, (start,), "auto")
                out[o, :, c] = line
        return
    out[...] = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for k, tap in enumerate(h):
            offset = start - k  # out[i] takes tap x[i + offset] where that exists
            low, high = max(0, -offset), min(n_out, n - offset)
            if low < high:
                out[:, low:high] += tap * x[:, low + offset : high + offset]
