"""Linear convolution of arrays of any dtype: which primitive, by which method.

`convolve` is what `flipshift.convolve`, `flipshift.signal.convolve` and the correlations share. It
computes ``out[i] = sum_k h[k] x[start + i - k]`` in the dtype that `x` and `h` promote to:

- floating types by the primitives, in one dimension ``convolve``, in two ``convolve2d``, and beyond
  that by FFT where `_fft_is_faster` says so;
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
from .._fft import transforms
from .._fft.arguments import Array, DType
from .._numpy.convolve2d import convolve2d as _numpy_convolve2d
from . import integers, nonfinite

__all__ = ["choose", "convolve", "convolve2d", "fft_convolve", "prepare", "result_type"]

#: The dtypes that the primitives know, by the promoted type's `char`.
_FLOATS = frozenset("fdFD")
_INTEGERS = frozenset("bBhHiIlLqQ")
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


def _fft_is_faster(x: Array, h: Array, shape: tuple[int, ...], transforms: int = 1) -> bool:
    """Whether c N log2 N, N being the full size, is less than the number of multiply-adds.

    c, the time per N log2 N of three real transforms and a product in units of the time of a
    multiply-add of the direct kernels, is 10 in two dimensions and 6 in more: measured between 4
    and 18 by dtype and size (Zen 5, AVX-512), and not far from it with NumPy.
    """
    full = math.prod(n + m - 1 for n, m in zip(x.shape, h.shape, strict=True))
    direct = math.prod(shape) * min(x.size, h.size)
    c = 10 if len(shape) == 2 else 6
    return bool(c * transforms * full * math.log2(full + 1) < direct)


def choose(x: Array, h: Array, shape: tuple[int, ...], dtype: DType) -> str:
    """What method 'auto' takes for a result of this shape and dtype: 'direct' or 'fft'."""
    char = dtype.char
    if char == "e":
        char, dtype = "f", _FLOAT32
    if char in _FLOATS:
        if len(shape) == 1:
            return core.convolve_method(x.size, h.size, shape[0], dtype)  # type: ignore[no-any-return]
        return "fft" if _fft_is_faster(x, h, shape) else "direct"
    if char in _INTEGERS and min(x.size, h.size) >= 32:
        pairs = len(integers.Digits(x.astype(dtype), h.astype(dtype)).pairs)
        if len(shape) == 1:
            # Taking `pairs` transforms pays where one would pay for as much shorter a kernel.
            n, m = x.size, h.size
            if n < m:
                n, m = m, n
            return core.convolve_method(n, max(1, m // pairs), shape[0], _FLOAT64)  # type: ignore[no-any-return]
        return "fft" if _fft_is_faster(x, h, shape, pairs) else "direct"
    return "direct"


def convolve(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], method: str
) -> Array:
    """Return the part of `shape` at `start` of the full convolution; nothing is empty."""
    dtype = result_type(x, h)
    char = dtype.char
    if char in _FLOATS:
        x, h = prepare(x, dtype), prepare(h, dtype)
        if x.ndim == 1:
            out = np.empty(shape, dtype)
            core.convolve(x, h, out, start, method, 1)
            return out
        return _floats(x, h, start, shape, method)
    if char in _INTEGERS:
        return _exact(prepare(x, dtype), prepare(h, dtype), start, shape, method)
    if char == "?":
        counts = np.dtype(np.int32 if min(x.size, h.size) < 2**31 else np.int64)
        y = _exact(prepare(x, counts), prepare(h, counts), start, shape, method)
        return y != 0  # type: ignore[no-any-return]
    if char == "e":
        wide = _FLOAT32
        with np.errstate(over="ignore"):
            return _floats(prepare(x, wide), prepare(h, wide), start, shape, method).astype(dtype)
    if method == "fft":
        wide = _FLOAT64 if dtype.kind not in "fc" else dtype
        y = fft_convolve(x.astype(wide), h.astype(wide), tuple(range(x.ndim)), start, shape)
        return y.astype(dtype)
    return _any_type(x.astype(dtype), h.astype(dtype), start, shape)


def _run(x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], method: str) -> Array:
    """By a given method, or 'auto' in one and two dimensions, for dtypes of the primitives.

    In one and two dimensions the primitives keep NaN and infinity where the definition has them.
    """
    if x.ndim == 2:
        out = np.empty(shape, x.dtype)
        core.convolve2d(x, h, out, start, "fill", 0, method)
        return out
    if x.ndim == 1 or method == "direct":
        out = np.empty(shape, x.dtype)
        core.convolve(x, h, out, start, method, 1)
        return out
    return fft_convolve(x, h, tuple(range(x.ndim)), start, shape)


def _floats(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], method: str
) -> Array:
    if method == "auto" and x.ndim != 2:
        method = choose(x, h, shape, x.dtype)
        repair = method == "fft" and x.ndim > 2
    else:
        # The zeros outside of x take part in sums of `convolve2d`, and 0 times infinity is NaN.
        repair = x.ndim == 2
    out = _run(x, h, start, shape, method)
    if repair and nonfinite.any_nonfinite(out):
        nonfinite.repair(x, h, out, lambda a, b, _: _run(a, b, start, shape, method))
    return out


def _exact(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], method: str
) -> Array:
    if method == "auto":
        method = choose(x, h, shape, x.dtype)
    if method == "direct":
        return _run(x, h, start, shape, "direct")
    digits = integers.Digits(x, h)
    return integers.convolve(x, h, digits, lambda a, b: _run(a, b, start, shape, "fft"))


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
    x: Array, h: Array, axes: tuple[int, ...], start: tuple[int, ...], shape: tuple[int, ...]
) -> Array:
    """Convolve along `axes` by FFT and multiply, with broadcasting, along the others.

    `x` and `h` are floating or complex; the result has the type of their spectra's product. `start`
    and `shape` select the part of the full result that is returned, along all axes.
    """
    if len(axes) == 1 and x.ndim == 1 and x.dtype == h.dtype and x.dtype.char in _FLOATS:
        out = np.empty(shape, x.dtype)
        core.convolve(prepare(x, x.dtype), prepare(h, x.dtype), out, start, "fft", 1)
        return out
    lengths = []
    for axis in axes:
        n, m, s = x.shape[axis], h.shape[axis], start[axis]
        # A cyclic convolution may wrap around wherever no output is taken from.
        least = max(n, m, s + shape[axis], n + m - 1 - s)
        lengths.append(core.good_size(least))
    is_complex = x.dtype.kind == "c" or h.dtype.kind == "c"
    forward = transforms.c2cn if is_complex else transforms.r2cn
    backward = transforms.c2cn if is_complex else transforms.c2rn
    of_x = forward(True, x, lengths, axes, None, False, None, None, None)
    of_h = forward(True, h, lengths, axes, None, False, None, None, None)
    with np.errstate(all="ignore"):
        product = np.multiply(of_x, of_h, out=of_x if of_x.shape == of_h.shape else None)
        y = backward(False, product, lengths, axes, None, True, None, None, None)
    return y[tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))].copy()


def convolve2d(
    x: Array,
    h: Array,
    start: tuple[int, int],
    shape: tuple[int, int],
    boundary: str,
    fillvalue: Any,
) -> Array:
    """Two-dimensional convolution of one dtype with `x` continued by `boundary`."""
    out = np.empty(shape, x.dtype)
    if x.dtype.char not in _FLOATS:
        by_taps = core.convolve2d if x.dtype.char in _INTEGERS else _numpy_convolve2d
        by_taps(x, h, out, start, boundary, fillvalue, "direct")
        return out

    # 'auto' of this primitive keeps NaN and infinity where the definition has them.
    core.convolve2d(x, h, out, start, boundary, fillvalue, "auto")
    return out
