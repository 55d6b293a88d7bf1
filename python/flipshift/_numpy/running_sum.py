"""Sums over a sliding window in NumPy: the primitive `running_sum` of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .boundary import continued

__all__ = ["moving_average_line", "running_sum"]

Array = NDArray[Any]


def moving_average_line(
    x: object, n: object, axis: object, mode: object, out: object, workers: int, /
) -> Array | None:
    """Return None: there is no shorter way."""
    return None


def running_sum(
    x: Array,
    out: Array,
    n: int,
    start: int,
    divisor: float,
    workers: int,
    boundary: str = "fill",
    fillvalue: Any = 0,
) -> None:
    """Write ``sum_k x[o, start + i - k, c] / divisor``, k < n, to ``out[o, i, c]``.

    The signal is cut into blocks of n samples. A window is the end of one and the beginning of the
    next, and the sums from each sample to the end of its block, and from the beginning to each
    sample, take one addition each (van Herk 1992). Nothing is subtracted, so nothing drifts.

    Parameters
    ----------
    x : ndarray, shape (outer, length, inner) or (length,)
        The samples; any numeric dtype.
    out : ndarray, shape (outer, n_out, inner) or (n_out,)
        Receives the result.
    n : int
        Length of the window.
    start : int
        The sample with which the window of ``out[:, 0]`` ends.
    divisor : float
        What the sums are divided by.
    workers : int
        Not used.
    boundary : {'fill', 'wrap', 'symm', 'mirror', 'nearest'}
        What `x` continues with, as in `convolve2d`.
    fillvalue : scalar
        For 'fill'.

    Examples
    --------
    >>> out = np.empty((1, 4, 1))
    >>> running_sum(np.array([1.0, 2, 6]).reshape(1, 3, 1), out, 2, 0, 2.0, 1)
    >>> out.ravel()
    array([0.5, 1.5, 4. , 3. ])
    """
    if x.ndim == 1:
        x, out = x.reshape(1, -1, 1), out.reshape(1, -1, 1)
    if boundary != "fill" or fillvalue != 0:
        length = out.shape[1] + n - 1
        x = continued(x, [1], [start - (n - 1)], [length], [boundary], fillvalue)
        start = n - 1
    if x.dtype.kind == "c":  # real and imaginary parts as columns: an infinite one spoils no other
        x, out = x.view(x.real.dtype), out.view(x.real.dtype)
    outer, length, inner = x.shape
    n_out = out.shape[1]
    first = start - n + 1  # where the window of out[:, 0] begins
    blocks = -(-n_out // n) + 1
    padded = np.zeros((outer, blocks * n, inner), x.dtype)
    low, high = max(first, 0), min(first + blocks * n, length)
    if low < high:
        padded[:, low - first : high - first] = x[:, low:high]
    cut = padded.reshape(outer, blocks, n, inner)
    with np.errstate(over="ignore", invalid="ignore"):
        to_end = np.flip(np.cumsum(np.flip(cut, 2), 2), 2).reshape(padded.shape)
        from_start = np.cumsum(cut, 2)
        before = np.zeros_like(cut)  # without the sample itself
        before[:, :, 1:] = from_start[:, :, :-1]
        before = before.reshape(padded.shape)
        out[...] = (to_end[:, :n_out] + before[:, n : n + n_out]) / divisor
