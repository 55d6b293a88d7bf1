"""`uniform_filter` and `uniform_filter1d` of `flipshift.ndimage`: means over boxes."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import FLOAT32, FLOAT64, Array, DType
from . import arguments as nd
from .correlate import of_complex
from .passes import exact_in, store, writable

__all__ = ["uniform", "uniform_along"]

#: A mean along an axis: the axis, the size of the window, the place of the first one's end, and
#: what the image continues with.
Mean = tuple[int, int, int, str]

_ONE = np.ones(1)


def uniform(
    input: Any,
    size: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    axes: Any,
    workers: Any,
) -> Array:
    """`uniform_filter`."""
    x = nd.image(input)
    y = nd.result_array(output, x, x.dtype.kind == "c")
    at = nd.axes_of(axes, x.ndim)
    count = len(at)
    sizes = nd.each(size, count, "size")
    origins = nd.each(origin, count, "origin")
    modes = nd.each(mode, count, "mode")
    means = [
        _mean(axis, int(n), o, name)
        for axis, n, o, name in zip(at, sizes, origins, modes, strict=True)
        if n > 1
    ]
    _filter(x, means, cval, y, workers)
    return y


def uniform_along(
    input: Any,
    size: Any,
    axis: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    workers: Any,
) -> Array:
    """`uniform_filter1d`."""
    x = nd.image(input)
    at = nd.axis_of(axis, x.ndim)
    if size < 1:
        raise RuntimeError(f"incorrect filter size: size must be at least 1, not {size!r}")
    y = nd.result_array(output, x, x.dtype.kind == "c")
    _filter(x, [_mean(at, size, origin, mode)], cval, y, workers)
    return y


def _mean(axis: int, size: Any, origin: Any, mode: Any) -> Mean:
    try:
        n = operator.index(size)
    except TypeError:
        raise TypeError(f"size must be an integer, not {size!r}") from None
    end = n - 1 - n // 2 - origin
    if not 0 <= end < n:
        raise ValueError(
            f"invalid origin {origin}: for size {n} it must be from {-(n // 2)} to {(n - 1) // 2}"
        )
    return axis, n, operator.index(end), nd.boundary_of(mode)


def _filter(x: Array, means: list[Mean], cval: Any, out: Array, workers: Any) -> None:
    threads = args.threads(workers)
    if x.dtype.kind != "c":
        _real(nd.contiguous(x), means, nd.fill_of(cval), out, threads)
        return
    boundary = "fill" if any(mean[3] == "fill" for mean in means) else "nearest"

    def one(x: Array, _: Array, fill: float, out: Array) -> None:
        _real(x, means, fill, out, threads)

    of_complex(x, _ONE, boundary, cval, out, one)


def _real(x: Array, means: list[Mean], fill: float, out: Array, workers: int) -> None:
    if x.size == 0:
        return
    if not means:
        out[...] = x
        return
    y = writable(out, x)
    work = _working_dtype(x.dtype, y.dtype, means, fill)
    if work is not None:
        x = x.astype(work, copy=False)
        _of_one_dtype(x, means, fill, y, workers)
    else:
        for mean in means:
            wide = x.astype(FLOAT64)
            sums = np.empty_like(wide)
            _pass(wide, mean, fill, sums, workers)
            store(sums, y)
            x = y
    if y is not out:
        out[...] = y


def _working_dtype(dtype: DType, result: DType, means: list[Mean], fill: float) -> DType | None:
    """In what all the passes can be computed, or None.

    Integers stay in the range of their dtype. Their sums are exact in it, and quotients that are
    no integers are not rounded to one, if a sum and the size fit into its mantissa together.
    """
    if result.kind == "f":
        return result if np.can_cast(dtype, result) else None
    if dtype.kind not in "iu" or not np.can_cast(dtype, result):
        return None
    if any(mean[3] == "fill" for mean in means) and not exact_in(fill, dtype):
        return None
    info = np.iinfo(dtype)
    largest = (max(-info.min, info.max) + 1) * max(mean[1] for mean in means)
    if largest < 2**24:
        return FLOAT32
    return FLOAT64 if largest < 2**53 else None


def _of_one_dtype(x: Array, means: list[Mean], fill: float, out: Array, workers: int) -> None:
    """In the dtype of `x`, for integer results without the fractions after each pass."""
    whole = out.dtype.kind in "iu"
    results = [np.empty(x.shape, x.dtype) for _ in range(min(len(means) - 1 + whole, 2))]
    for i, mean in enumerate(means):
        last = i + 1 == len(means)
        target = out if last and not whole else results[i % 2]
        _pass(x, mean, fill, target, workers)
        if whole and not last:
            np.trunc(target, out=target)
        x = target
    if whole:
        np.copyto(out, x, casting="unsafe")


def _pass(x: Array, mean: Mean, fill: float, out: Array, workers: int) -> None:
    axis, n, start, boundary = mean
    shape = x.shape
    three = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
    core.running_sum(x.reshape(three), out.reshape(three), n, start, n, workers, boundary, fill)
