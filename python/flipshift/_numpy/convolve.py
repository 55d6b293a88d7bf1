"""Convolution in NumPy: the primitives `convolve...` of `flipshift._backend`."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = [
    "convolve",
    "convolve_along",
    "convolve_blocks",
    "convolve_line",
    "convolve_lines",
    "convolve_method",
    "convolve_plan",
]

Array = NDArray[Any]


def convolve(
    x: Array, h: Array, out: Array, start: tuple[int, ...], method: str, workers: int = 1
) -> None:
    """Write ``sum_k h[k] x[start + i - k]``, x being zero outside, to ``out[i]``.

    Parameters
    ----------
    x, h : ndarray
        The operands, of equally many dimensions and one dtype (floating, complex or integer).
    out : ndarray
        Receives the result; the same dtype. Integers wrap.
    start : tuple of int
        Position of ``out[0, ...]`` in the full convolution.
    method : {'auto', 'direct', 'fft'}
        'fft' takes one dimension of a floating dtype. Where its result is not finite the sum is
        computed directly, so that NaN and infinity reach only the outputs that contain them.
    workers : int
        Ignored.

    Examples
    --------
    >>> out = np.empty(4)
    >>> convolve(np.array([1.0, 2, 3]), np.array([1.0, 1]), out, (0,), "direct")
    >>> out
    array([1., 3., 5., 3.])
    """
    if x.ndim > 1:
        _sum_of_shifts(x, h, out, start)
        return
    if method == "auto":
        method = convolve_method(x.size, h.size, out.size, x.dtype)
    # Only these samples and these outputs meet; all other outputs are empty sums.
    full = x.size + h.size - 1
    first, last = (min(max(p, 0), full) for p in (start[0], start[0] + out.size))
    out[...] = 0
    if first == last:
        return
    needed = x[max(first - h.size + 1, 0) : last]
    skipped = max(first - h.size + 1, 0)
    if method == "fft":
        result = _by_fft_and_outliers(needed, h)
    else:
        result = _direct(needed, h)
    out[first - start[0] : last - start[0]] = result[first - skipped : last - skipped]


def _direct(x: Array, h: Array) -> Array:
    """Full convolution of two 1-D arrays as a sum."""
    with np.errstate(over="ignore", invalid="ignore"):
        result: Array = np.convolve(x, h)
    if result.dtype.kind == "c" and not np.isfinite(result).all():
        # BLAS may form a complex product so that infinity times a finite number is NaN.
        _sum_of_shifts(x, h, result, (0,))
    return result


def _by_fft(x: Array, h: Array) -> Array:
    """Full convolution of two 1-D arrays through transforms of a padded length."""
    n = x.size + h.size - 1
    size = 1 << (n - 1).bit_length()
    with np.errstate(over="ignore", invalid="ignore"):
        result: Array
        if np.iscomplexobj(x):
            result = np.fft.ifft(np.fft.fft(x, size) * np.fft.fft(h, size))
        else:
            result = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(h, size), size)
        return result[:n].astype(x.dtype, copy=False)


def _by_fft_and_outliers(x: Array, h: Array) -> Array:
    """The same; samples far above the usual ones, which the FFT would round all by, apart."""
    size = np.abs(x)
    with np.errstate(over="ignore", invalid="ignore"):
        limit = 1e3 if size.dtype.itemsize == 4 else 1e6
        usual = size <= limit * np.partition(size, size.size // 2)[size.size // 2]
    outliers = np.flatnonzero(~usual)
    if outliers.size * h.size > 64 * x.size:
        outliers = outliers[:0]
    rest = x.copy()
    rest[outliers] = 0
    result = _by_fft(rest, h)
    with np.errstate(over="ignore", invalid="ignore"):
        for j in outliers:
            result[j : j + h.size] += h * x[j]
    if not np.isfinite(result).all():
        result = _direct(x, h)
    return result


def _sum_of_shifts(x: Array, h: Array, out: Array, start: tuple[int, ...]) -> None:
    """N dimensions: one shifted copy of x for each entry of h."""
    if h.size > x.size:
        x, h = h, x
    out[...] = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for k in product(*map(range, h.shape)):
            # out[i] takes h[k] x[start + i - k] where that index lies in x.
            offset = [s - j for s, j in zip(start, k, strict=True)]
            low = [max(0, -o) for o in offset]
            high = [min(m, n - o) for m, n, o in zip(out.shape, x.shape, offset, strict=True)]
            if any(a >= b for a, b in zip(low, high, strict=True)):
                continue
            there = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
            here = tuple(slice(a + o, b + o) for a, b, o in zip(low, high, offset, strict=True))
            out[there] += h[k] * x[here]


def convolve_line(
    x: object, h: object, mode: object, method: object, kind: int, out: object, workers: int = 0, /
) -> Array | None:
    """Return None: there is no shorter way."""
    return None


def convolve_blocks(
    x: Array, h: Array, out: Array, start: tuple[int, ...], size: int, workers: int = 1
) -> None:
    """Convolve by overlap-save: blocks of `size` samples, less the wrapped ones.

    Parameters
    ----------
    x, h, out : ndarray
        As in `convolve`, of one dimension and a floating dtype.
    start : tuple of one int
        Position of ``out[0]`` in the full convolution.
    size : int
        Of the transforms; at least ``min(x.size, h.size)``.
    workers : int
        Ignored.

    Examples
    --------
    >>> out = np.empty(4)
    >>> convolve_blocks(np.array([1.0, 2, 3]), np.array([1.0, 1]), out, (0,), 2)
    >>> out
    array([1., 3., 5., 3.])
    """
    if x.size < h.size:
        x, h = h, x
    step = size - h.size + 1
    for i in range(0, out.size, step):
        convolve(x, h, out[i : i + step], (start[0] + i,), "fft")


def convolve_along(
    x: object,
    h: object,
    mode: object,
    method: object,
    axis: object,
    kind: int,
    workers: int,
    out: object,
    /,
) -> Array | None:
    """Return None: there is no shorter way."""
    return None


def convolve_lines(x: Array, h: Array, out: Array, start: int, method: str, workers: int) -> None:
    """Convolve each line of `x`, along the last axis, with that of `h`."""
    for index in np.ndindex(out.shape[:-1]):
        convolve(x[index], h[index], out[index], (start,), method)


def convolve_plan(
    n: int, m: int, n_out: int, start: int, dtype: DTypeLike, outer: int = 1, inner: int = 1
) -> list[tuple[str, int, int, float]]:
    """Return (method, block, blocks, nanoseconds) of each method, the one that 'auto' takes first.

    Parameters
    ----------
    n, m, n_out : int
        Lengths of x, h and out.
    start : int
        Position of ``out[0]`` in the full convolution.
    dtype : dtype
        That of all three.
    outer, inner : int
        How many lines `x` has, as in `convolve_axis`.

    Examples
    --------
    >>> [method for method, *_ in convolve_plan(10, 3, 12, 0, np.dtype(np.float64))]
    ['direct', 'fft']
    """
    direct, transforms = _nanoseconds(n, m, n_out)
    size = 1 << (n + m - 2).bit_length()
    lines = outer * inner
    plan = [("direct", 0, 0, lines * direct), ("fft", size, lines, lines * transforms)]
    return plan if convolve_method(n, m, n_out, dtype) == "direct" else plan[::-1]


def _nanoseconds(n: int, m: int, n_out: int) -> tuple[float, float]:
    """What np.convolve, a dot product for each output, and the FFT took on a processor of 2024."""
    size = n + m
    return n_out * (20 + 0.1 * min(n, m)), 20_000 + 2 * size * math.log2(size)


def convolve_method(n: int, m: int, n_out: int, dtype: DTypeLike) -> str:
    """Return what 'auto' takes in one dimension: 'direct' or 'fft'.

    Parameters
    ----------
    n, m, n_out : int
        Lengths of x, h and out.
    dtype : dtype
        That of all three.

    Examples
    --------
    >>> convolve_method(10, 3, 12, np.float64), convolve_method(10**6, 10**5, 10**6, np.float64)
    ('direct', 'fft')
    """
    if np.dtype(dtype).kind not in "fc":
        return "direct"
    direct, transforms = _nanoseconds(n, m, n_out)
    return "fft" if min(n, m) > 64 and transforms < direct else "direct"
