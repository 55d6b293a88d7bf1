"""Linear convolution of arrays of any dtype: which primitive, by which method.

`convolve` is what `flipshift.convolve`, `flipshift.signal.convolve` and the correlations share. It
computes ``out[i] = sum_k h[k] x[start + i - k]`` in the dtype that `x` and `h` promote to:

- floating types by the primitives, in one dimension ``convolve``, in two ``convolve2d``, and beyond
  that by FFT where `costs` says that it is faster;
- integers exactly, by FFT only as `integers` proves it; bool as counts that are not 0;
- float16 in float32, rounded once; longdouble and objects by NumPy.

With method 'auto' what the FFT does to NaN and infinity is repaired (`nonfinite`).
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from .._numpy.convolve2d import convolve2d as _numpy_convolve2d
from . import blocks, costs, integers, nonfinite

__all__ = [
    "FLOATS",
    "INTEGERS",
    "choose",
    "convolve",
    "convolve2d",
    "fft_convolve",
    "integers_may_transform",
    "prepare",
    "result_type",
    "target",
]

#: The dtypes that the primitives know, by the promoted type's `char`.
FLOATS = frozenset("fdFD")
INTEGERS = frozenset("bBhHiIlLqQ")
_FLOAT32: DType = np.dtype(np.float32)
_FLOAT64: DType = np.dtype(np.float64)


def result_type(x: Array, h: Array) -> DType:
    """The dtype that `x` and `h` promote to, native."""
    dtype: DType = x.dtype
    if dtype is not h.dtype:
        dtype = np.result_type(dtype, h.dtype)
    if not dtype.isnative:
        dtype = dtype.newbyteorder("=")
    if dtype.kind not in "biufcOm":
        raise ValueError(f"the inputs must be numeric, not {x.dtype} and {h.dtype}")
    return dtype


def prepare(x: Array, dtype: DType) -> Array:
    """`x` in `dtype`, C-contiguous and aligned; `x` itself if it is so."""
    flags = x.flags
    if x.dtype is dtype and flags.carray:  # C-contiguous, aligned and writeable in one question
        return x
    if flags.aligned:
        return np.ascontiguousarray(x, dtype)
    return np.array(x, dtype, order="C", copy=True)


def choose(x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], dtype: DType) -> str:
    """What method 'auto' takes for a result of this shape and dtype: 'direct' or 'fft'."""
    char = dtype.char
    if char == "e":
        char, dtype = "f", _FLOAT32
    if char in FLOATS:
        if len(shape) == 1:
            return _method(x.size, h.size, shape[0], start[0], dtype)
        if len(shape) == 2:
            n, m = (x, h) if x.size >= h.size else (h, x)
            plan = core.convolve2d_plan(n.shape, prepare(m, dtype), shape, start)
            return "fft" if plan[0][0] == "fft" else "direct"
        return "fft" if costs.fft_is_faster(x, h, start, shape, dtype) else "direct"
    if char in INTEGERS:
        if x.dtype is not dtype or h.dtype is not dtype:
            x, h = x.astype(dtype), h.astype(dtype)
        return "direct" if _plan_of_integers(x, h, start, shape) is None else "fft"
    return "direct"


def _method(n: int, m: int, n_out: int, start: int, dtype: DType) -> str:
    """The faster method in one dimension, for floating types."""
    return "direct" if core.convolve_plan(n, m, n_out, start, dtype)[0][0] == "direct" else "fft"


def integers_may_transform(n: int, m: int, start: int, n_out: int, dtype: DType) -> bool:
    """Whether a convolution of such lengths may be faster by FFT than directly."""
    direct = integers.direct_seconds((n,), (m,), (start,), (n_out,), dtype.itemsize)
    return direct > integers.least_seconds(n_out, min(n, m))


def _plan_of_integers(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...]
) -> integers.Plan | None:
    """How to convolve integers of one dtype by FFT, or None if the direct sum is faster."""
    outputs, short = math.prod(shape), min(x.size, h.size)
    # Mostly there is no need to look at all the plans, or even at the numbers.
    if outputs * short < integers.short_products(x.itemsize):
        return None
    direct = integers.direct_seconds(x.shape, h.shape, start, shape, x.itemsize)
    if direct < integers.least_seconds(outputs, short):
        return None
    sizes = integers.magnitude(x), integers.magnitude(h)
    least = integers.least_transforms(*sizes, short, x.itemsize)
    if direct < integers.least_seconds(outputs, short, least):
        return None
    plan = integers.plan(x.shape, h.shape, start, shape, *sizes, x.itemsize)
    return plan if plan.seconds < direct else None


def convolve(
    x: Array,
    h: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    method: str,
    out: Any = None,
    workers: int = 1,
) -> Array:
    """Return the part of `shape` at `start` of the full convolution; no input is empty.

    `out` is what the user gave: checked here, and taken also where it overlaps the inputs.
    """
    dtype = result_type(x, h)
    y = None if out is None else target(out, shape, dtype, x, h)
    char = dtype.char
    if 0 in shape:
        result = np.empty(shape, dtype)
    elif char in FLOATS:
        result = _floats(prepare(x, dtype), prepare(h, dtype), start, shape, method, y, workers)
    elif char in INTEGERS:
        result = _exact(prepare(x, dtype), prepare(h, dtype), start, shape, method, y, workers)
    elif char == "?":
        counts = np.dtype(np.int32 if min(x.size, h.size) < 2**31 else np.int64)
        x, h = prepare(x, counts), prepare(h, counts)
        result = _exact(x, h, start, shape, method, None, workers) != 0
    elif char == "e":
        x, h = prepare(x, _FLOAT32), prepare(h, _FLOAT32)
        with np.errstate(over="ignore"):
            result = _floats(x, h, start, shape, method, None, workers).astype(dtype)
    elif method == "fft":
        wide = _FLOAT64 if dtype.kind not in "fc" else dtype
        axes = tuple(range(x.ndim))
        y = fft_convolve(x.astype(wide), h.astype(wide), axes, start, shape, None, workers)
        result = y.astype(dtype)
    else:
        result = _any_type(x.astype(dtype), h.astype(dtype), start, shape)
    if out is None or result is out:
        return result
    out[...] = result
    return out  # type: ignore[no-any-return]


def target(out: Any, shape: tuple[int, ...], dtype: DType, *inputs: Array) -> Array | None:
    """`out` if a primitive can write a result there, None if it has to be copied; else an error."""
    y = args.output(out, shape, dtype)
    if not y.dtype.isnative or not y.flags.carray:
        return None
    return None if any(np.may_share_memory(y, x) for x in inputs) else y


def _run(
    x: Array,
    h: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    method: str,
    out: Array | None = None,
    workers: int = 1,
) -> Array:
    """By a given method, or 'auto' in one and two dimensions, for dtypes of the primitives.

    In one and two dimensions the primitives keep NaN and infinity where the definition has them.
    """
    if x.ndim > 2 and method != "direct":
        return fft_convolve(x, h, tuple(range(x.ndim)), start, shape, out, workers)
    if out is None:
        out = np.empty(shape, x.dtype)
    if x.ndim == 2:
        if x.size < h.size:
            x, h = h, x
        core.convolve2d(x, h, out, start, ("fill", "fill"), 0, method, workers)
    else:
        core.convolve(x, h, out, start, method, workers)
    return out


def _floats(
    x: Array,
    h: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    method: str,
    out: Array | None,
    workers: int,
) -> Array:
    # The zeros outside of x take part in sums of `convolve2d`, and 0 times infinity is NaN.
    repair = x.ndim == 2
    if method == "auto" and x.ndim > 2:
        method = choose(x, h, start, shape, x.dtype)
        repair = method == "fft"
    y = _run(x, h, start, shape, method, out, workers)
    if repair and nonfinite.any_nonfinite(y):
        nonfinite.repair(x, h, y, lambda a, b, _: _run(a, b, start, shape, method, None, workers))
    return y


def _exact(
    x: Array,
    h: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    method: str,
    out: Array | None,
    workers: int,
) -> Array:
    plan: integers.Plan | None = None
    if method == "auto":
        plan = _plan_of_integers(x, h, start, shape)
    elif method == "fft":
        sizes = integers.magnitude(x), integers.magnitude(h)
        plan = integers.plan(x.shape, h.shape, start, shape, *sizes, x.itemsize)
    if plan is None:
        return _run(x, h, start, shape, "direct", out, workers)
    return integers.convolve(x, h, start, shape, plan, workers)


def _any_type(x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    """By the definition, with the operations that the elements themselves have."""
    if x.ndim == 1:
        full = np.convolve(x, h)
    else:
        if h.size > x.size:
            x, h = h, x
        full = np.zeros([n + m - 1 for n, m in zip(x.shape, h.shape, strict=True)], x.dtype)
        for k in itertools.product(*map(range, h.shape)):
            full[tuple(slice(i, i + n) for i, n in zip(k, x.shape, strict=True))] += h[k] * x
    return full[tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))].copy()


def fft_convolve(
    x: Array,
    h: Array,
    axes: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    out: Array | None = None,
    workers: int = 1,
) -> Array:
    """Convolve along `axes` by FFT and multiply, with broadcasting, along the others.

    By the primitives in one and two dimensions, else as `blocks.convolve`, whose parameters these
    are.
    """
    if len(axes) == 1 and x.ndim == 1 and x.dtype == h.dtype and x.dtype.char in FLOATS:
        if out is None:
            out = np.empty(shape, x.dtype)
        core.convolve(prepare(x, x.dtype), prepare(h, x.dtype), out, start, "fft", workers)
        return out
    if len(axes) == x.ndim == 2 and x.dtype == h.dtype and x.dtype.char in FLOATS:
        return _run(prepare(x, x.dtype), prepare(h, x.dtype), start, shape, "fft", out, workers)
    return blocks.convolve(x, h, axes, start, shape, out, workers)


def convolve2d(
    x: Array,
    h: Array,
    out: Array,
    start: tuple[int, int],
    boundary: str,
    fillvalue: Any,
    method: str,
    workers: int,
) -> None:
    """The primitive `convolve2d` for any dtype, with one `boundary` for both axes."""
    primitive, char = core.convolve2d, x.dtype.char
    if char not in FLOATS:
        method = "direct"
        if char not in INTEGERS:
            primitive = _numpy_convolve2d
    primitive(x, h, out, start, (boundary, boundary), fillvalue, method, workers)
