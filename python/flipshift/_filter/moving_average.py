"""`moving_average` of `flipshift.signal`: means over a sliding window."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from .._numpy.running_sum import running_sum as _any_type
from .axis import Layout, normal_axis

__all__ = ["moving_average"]

_NATIVE = "fdFD"
_KEPT = frozenset(map(np.dtype, _NATIVE))
_MODES = ("valid", "same", "full", "causal")


def moving_average(
    x: npt.ArrayLike,
    n: int,
    axis: int = -1,
    mode: str = "valid",
    *,
    out: Array | None = None,
    workers: int | None = None,
) -> Array:
    """Average each `n` neighbouring samples along one axis.

    The convolution of `x` with ``numpy.ones(n) / n``, in a time that does not depend on `n`.

    Parameters
    ----------
    x : array_like
        Samples, of at least one dimension.
    n : int
        Length of the window in samples, at least 1; it may be longer than `x`.
    axis : int, optional
        The axis to average along, by default the last.
    mode : {'valid', 'same', 'full', 'causal'}, optional
        Which windows: those within `x`, ``max(len - n + 1, 0)`` of them (the default); those around
        each sample, from ``n // 2`` before to ``(n - 1) // 2`` after it; all that touch `x`,
        ``len + n - 1``; or those that end with each sample. Samples outside of `x` are zero, and
        the sum is divided by `n` there too.
    out : ndarray, optional
        Receives the result; of its shape and dtype. It may overlap `x`.
    workers : int, optional
        The largest number of threads, as in `flipshift.fft`; the result does not depend on it.

    Returns
    -------
    y : ndarray
        The means, of the dtype that `numpy.mean` gives: floating types are kept, integers and bool
        become float64.

    Raises
    ------
    ValueError
        If `n` is less than 1, `x` is a scalar or empty, `mode` is unknown, `axis` is out of range,
        or `out` has another shape.
    TypeError
        If `n` or `axis` is no integer, `x` is not numeric, or `out` is no array or has another
        dtype.

    Notes
    -----
    A window is the end of one block of samples, whole blocks, and the beginning of another, whose
    sums are shared by many windows (van Herk 1992; Gil and Werman 1993): about three additions for
    each result. Nothing is subtracted, unlike in a running sum that adds the sample that enters and
    subtracts the one that leaves. So the rounding error does not grow along `x`, large samples
    leave no trace in windows without them, and NaN and infinity reach the windows that contain them
    and no others. A constant has exactly itself as its mean where the sum of `n` of it is exact.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.moving_average([1, 2, 6, 3, 3], 3)
    array([3.        , 3.66666667, 4.        ])
    >>> signal.moving_average([4.0, 2.0, 6.0], 2, mode="causal")
    array([2., 3., 4.])
    """
    threads = args.threads(workers)
    y: Array | None = core.moving_average_line(x, n, axis, mode, out, threads)
    if y is not None:
        return y
    x = np.asarray(x)
    if x.ndim in (1, 2) and not x.flags.forc:  # with gaps: lines that only a copy has together
        y = core.moving_average_line(x.copy(), n, axis, mode, out, threads)
    if y is not None:
        return y
    if type(n) is not int:
        n = _window(n)
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    if x.ndim == 0:
        raise ValueError("x must have at least one dimension, not be a scalar")
    at = 0 if type(axis) is int and axis == -1 and x.ndim == 1 else normal_axis(axis, x.ndim)
    if x.size == 0:
        raise ValueError(f"x cannot be empty; its shape is {x.shape}")
    start, length = _part(mode, x.shape[at], n)
    dtype = x.dtype
    if dtype not in _KEPT:  # dtypes of another byte order do not compare equal
        dtype = _dtype(dtype)
    layout = Layout(x, dtype if dtype.char != "e" else args.FLOAT32, at)
    if dtype.char == "e" or length == 0:
        y3 = np.empty((layout.x3.shape[0], length, layout.x3.shape[2]), layout.x3.dtype)
        to_copy = None if out is None else args.output(out, layout.with_length(length), dtype)
    else:
        y3, to_copy = layout.result(out, length, dtype, x)
    if length:
        sums = core.running_sum if y3.dtype.char in _NATIVE else _any_type
        sums(layout.x3, y3, n, start, n, threads)
    if y3.dtype is not dtype:
        with np.errstate(over="ignore"):
            y3 = y3.astype(dtype)
    return layout.finish(y3, to_copy, out)


def _window(n: Any) -> int:
    try:
        return operator.index(n)
    except TypeError:
        raise TypeError(f"n must be an integer, the length of the window, not {n!r}") from None


def _part(mode: str, length: int, n: int) -> tuple[int, int]:
    """Where in the full result of `length` samples `mode` begins, and how long it is."""
    if mode == "valid":
        return n - 1, max(length - n + 1, 0)
    if mode == "same":
        return (n - 1) // 2, length
    if mode == "full":
        return 0, length + n - 1
    if mode == "causal":
        return 0, length
    raise ValueError(f"mode must be one of {', '.join(map(repr, _MODES))}, not {mode!r}")


def _dtype(dtype: DType) -> DType:
    """That of the means."""
    if dtype.kind in "biu":
        return args.FLOAT64
    if dtype.kind not in "fcO":
        raise TypeError(f"x must be numeric, not {dtype}")
    return dtype if dtype.isnative else dtype.newbyteorder("=")
