"""Convolutions along one axis of arrays with several: the ``axis=`` of all the functions.

Signals lie along `axis` of the first operand. The second is one kernel of one dimension for all of
them, or has one for each: as many dimensions, and lengths along the other axes that broadcast. The
operands may change places.
"""

from __future__ import annotations

import operator
from functools import partial
from typing import Any

import numpy as np

from .._backend import core
from .._fft.arguments import Array, DType
from . import methods

__all__ = ["convolve", "line_up"]


def line_up(x: Array, h: Array, axis: Any, names: tuple[str, str]) -> tuple[Array, Array, int]:
    """Both operands with equally many dimensions, and `axis` from 0 on."""
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer or None, not {axis!r}") from None
    ndim = max(x.ndim, h.ndim)
    if not -ndim <= axis < ndim:
        raise ValueError(
            f"axis {axis} is out of range: {names[0]} and {names[1]} have {x.ndim} and {h.ndim} "
            "dimensions"
        )
    axis %= ndim
    if not 1 <= min(x.ndim, h.ndim) or not (x.ndim == h.ndim or 1 in (x.ndim, h.ndim)):
        raise ValueError(
            f"with axis, {names[0]} and {names[1]} must have the same number of dimensions, or one "
            f"of them a single one; they have {x.ndim} and {h.ndim}"
        )
    if x.ndim != h.ndim:
        index = tuple([slice(None) if a == axis else None for a in range(ndim)])
        if x.ndim == 1:
            x = x[index]
        else:
            h = h[index]
    for a, (i, j) in enumerate(zip(x.shape, h.shape, strict=True)):
        if a != axis and i != j and 1 not in (i, j):
            raise ValueError(
                f"with axis, all other lengths of {names[0]} and {names[1]} must be equal or 1; "
                f"the shapes are {x.shape} and {h.shape}, axis is {axis}"
            )
    return x, h, axis


def convolve(
    x: Array,
    h: Array,
    axis: int,
    start: int,
    n_out: int,
    method: str,
    out: Any = None,
    workers: int = 1,
) -> Array:
    """Return outputs `start` to `start + n_out` of the full convolution along `axis`.

    `x` and `h` are what `line_up` returns, and not empty along `axis`. `out` is what the user gave.
    """
    batch = np.broadcast_shapes(_without(x.shape, axis), _without(h.shape, axis))
    shape = (*batch[:axis], n_out, *batch[axis:])
    dtype = methods.result_type(x, h)
    y = None if out is None else methods.target(out, shape, dtype, x, h)
    char = dtype.char
    of_kernels = partial(_of_kernels, x, h, axis, start, shape, method, workers)
    if 0 in shape:
        result = np.empty(shape, dtype)
    elif char == "e":
        with np.errstate(over="ignore"):
            result = of_kernels(None, np.dtype(np.float32)).astype(dtype)
    elif char == "?":
        shorter = min(x.shape[axis], h.shape[axis])
        counts = np.dtype(np.int32 if shorter < 2**31 else np.int64)
        result = of_kernels(None, counts) != 0
    elif char in methods.FLOATS or char in methods.INTEGERS:
        result = of_kernels(y, dtype)
    else:
        result = _one_by_one(x, h, dtype, axis, start, shape, method, workers)
    if out is None or result is out:
        return result
    out[...] = result
    return out  # type: ignore[no-any-return]


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    return shape[:axis] + shape[axis + 1 :]


def _of_kernels(
    x: Array,
    h: Array,
    axis: int,
    start: int,
    shape: tuple[int, ...],
    method: str,
    workers: int,
    out: Array | None,
    dtype: DType,
) -> Array:
    """For a dtype that the primitives know."""
    n, m = x.shape[axis], h.shape[axis]
    if dtype.char in methods.INTEGERS:
        may = method == "auto" and methods.integers_may_transform(n, m, start, shape[axis], dtype)
        if may or method == "fft":
            return _one_by_one(x, h, dtype, axis, start, shape, method, workers)
        method = "direct"
    if x.size == n and h.size > m:
        x, h, n, m = h, x, m, n
    if h.size == m and (method == "auto" or dtype.char in methods.INTEGERS):
        if out is None:
            out = np.empty(shape, dtype)
        x = np.broadcast_to(x, (*shape[:axis], n, *shape[axis + 1 :]))
        outer = int(np.prod(shape[:axis], dtype=np.intp))
        lines = methods.prepare(x, dtype).reshape(outer, n, -1)
        kernel = methods.prepare(h.reshape(m), dtype)
        core.convolve_axis(lines, kernel, out.reshape(outer, shape[axis], -1), start, workers)
        return out
    last = axis == len(shape) - 1
    x, h = _lines(x, axis, shape, dtype), _lines(h, axis, shape, dtype)
    if out is None or not last:
        y = np.empty((*_without(shape, axis), shape[axis]), dtype)
    else:
        y = out
    if y.ndim == 1:
        core.convolve(x, h, y, (start,), method, workers)
    else:
        core.convolve_lines(x, h, y, start, method, workers)
    if last:
        return y
    y = np.moveaxis(y, -1, axis)
    if out is None:
        return np.ascontiguousarray(y)
    out[...] = y
    return out


def _lines(x: Array, axis: int, shape: tuple[int, ...], dtype: DType) -> Array:
    """`x` with contiguous lines along the last axis, and broadcast to the batch of `shape`."""
    x = methods.prepare(np.moveaxis(x, axis, -1), dtype)
    return np.broadcast_to(x, (*_without(shape, axis), x.shape[-1]))


def _one_by_one(
    x: Array,
    h: Array,
    dtype: DType,
    axis: int,
    start: int,
    shape: tuple[int, ...],
    method: str,
    workers: int,
) -> Array:
    """By one call for each line."""
    batch = _without(shape, axis)
    x = np.broadcast_to(np.moveaxis(x, axis, -1), (*batch, x.shape[axis])).astype(dtype, copy=False)
    h = np.broadcast_to(np.moveaxis(h, axis, -1), (*batch, h.shape[axis])).astype(dtype, copy=False)
    y = np.empty((*batch, shape[axis]), dtype)
    for i in np.ndindex(batch):
        y[i] = methods.convolve(x[i], h[i], (start,), (shape[axis],), method, None, workers)
    return np.ascontiguousarray(np.moveaxis(y, -1, axis))
