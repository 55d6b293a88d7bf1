"""`lfilter` of `flipshift.signal`: a filter with finite response and state, along one axis."""

from __future__ import annotations

import functools
import math
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._convolve.methods import prepare
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from .._numpy.convolve_axis import convolve_axis as _any_type
from .axis import Layout, normal_axis

__all__ = ["lfilter"]

_NATIVE = "fdFD"
_REAL_OF: dict[str, DType] = {"F": np.dtype(np.float32), "D": np.dtype(np.float64)}


def lfilter(
    b: npt.ArrayLike,
    a: npt.ArrayLike,
    x: npt.ArrayLike,
    axis: int = -1,
    zi: npt.ArrayLike | None = None,
    *,
    out: Array | None = None,
    workers: int | None = None,
) -> Any:
    """Filter data along one axis.

    ``a[0] y[i] = b[0] x[i] + b[1] x[i - 1] + ... - a[1] y[i - 1] - ...``, starting at rest or from
    the state `zi`. Filters without feedback, ``len(a) == 1``, are computed here, by direct sums or
    by FFT; others are handed to `scipy.signal.lfilter`.

    Parameters
    ----------
    b : array_like, shape (m,)
        Numerator coefficients.
    a : array_like, shape (k,), or a scalar
        Denominator coefficients; `b` and `a` are divided by ``a[0]``.
    x : array_like
        Samples, of at least one dimension.
    axis : int, optional
        The axis to filter along, by default the last.
    zi : array_like, optional
        The state before the first sample: ``max(k, m) - 1`` numbers along `axis`, elsewhere the
        shape of `x` or 1. By default at rest.
    out : ndarray, optional
        Receives `y`; of its shape and dtype. It may overlap the inputs.
    workers : int, optional
        The largest number of threads, as in `flipshift.fft`; the result does not depend on it.

    Returns
    -------
    y : ndarray
        The output, of the shape of `x`, in the dtype that `b`, `a`, `x` and `zi` promote to.
    zf : ndarray
        The state after the last sample, only if `zi` is given: the `zi` of the samples that follow.

    Raises
    ------
    ValueError
        If `b` or `a` is empty or not of one dimension, `x` is a scalar or empty, `axis` is out of
        range, or `zi` or `out` has a wrong shape.
    NotImplementedError
        If the dtype is neither floating nor object, which is so where all inputs are integers; or
        if ``len(a) > 1`` and SciPy is not installed.
    TypeError
        If `out` is no array or has another dtype.

    Notes
    -----
    The state is that of the transposed direct form II: ``zf[j] = sum_k b[j + k + 1] x[n - 1 - k]``
    over the samples so far, which includes what `zi` still contributes. So filtering blocks one
    after the other, each with the `zf` of the one before, is filtering them joined, but for
    rounding.

    Long kernels are computed by FFT; sums are then accurate relative to the norms of `b` and of a
    block of `x`. NaN and infinity reach the outputs whose sum contains them and no others. Real
    coefficients meet a complex signal as two real ones, so that an infinite part makes no NaN of
    the other.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.lfilter([1.0, 1.0], 1.0, [1.0, 2.0, 3.0])
    array([1., 3., 5.])
    >>> y, zf = signal.lfilter([1.0, 1.0], 1.0, [1.0, 2.0], zi=[0.5])
    >>> y, zf
    (array([1.5, 3. ]), array([2.]))
    """
    b, a, x = _coefficients(b, "b"), _coefficients(a, "a"), np.asarray(x)
    if a.size > 1:
        return _with_feedback(b, a, x, axis, zi, out)
    if x.ndim == 0:
        raise ValueError("x must be at least 1-D, not a scalar")
    at = normal_axis(axis, x.ndim)
    dtype: DType
    state = None
    if zi is None:
        dtype = np.result_type(b, a, x)
    else:
        state = _state(np.asarray(zi), x.shape, at, b.size - 1)
        dtype = np.result_type(b, a, x, state)
    if dtype.char not in "fdgFDGO":
        raise NotImplementedError(
            f"Parameter's dtypes produced result type '{dtype}', which is not supported: "
            "one of b, a, x and zi must be of a floating type of at least 32 bits, or objects"
        )
    if x.size == 0:
        raise ValueError(f"x cannot be empty; its shape is {x.shape}")
    if not dtype.isnative:
        dtype = dtype.newbyteorder("=")
    h = _kernel(b, a, dtype)
    if out is None and dtype.char in _NATIVE and (x.ndim == 1 or x.flags.c_contiguous):
        return _contiguous(h, prepare(x, dtype), at, state, args.threads(workers))
    return _fir(h, Layout(x, dtype, at), dtype, state, out, workers)


def _coefficients(values: npt.ArrayLike, name: str) -> Array:
    array = np.asarray(values)
    if array.ndim == 0:
        array = array.reshape(1)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"Parameter {name} is not a non-empty 1d array, since its shape is {array.shape}"
        )
    return array


def _kernel(b: Array, a: Array, dtype: DType) -> Array:
    """The impulse response, in `dtype` or, if that is complex and the response is not, real."""
    if dtype.char in "FD" and b.dtype.kind != "c" and a.dtype.kind != "c":
        dtype = _REAL_OF[dtype.char]
    first = a[0] if a.dtype is dtype else a.astype(dtype)[0]
    return prepare(b if first == 1 else b.astype(dtype) / first, dtype)


def _contiguous(h: Array, x: Array, at: int, state: Array | None, threads: int) -> Any:
    """The usual case, which may be over sooner than the others are told apart."""
    shape, dtype, memory = x.shape, x.dtype, h.size - 1
    n = shape[at]
    y = args.allocate(np.empty, shape, dtype)
    lines = (math.prod(shape[:at]), math.prod(shape[at + 1 :])) if len(shape) > 1 else None
    x3 = _in_three(x, n, lines, h.dtype)
    core.convolve_axis(x3, h, _in_three(y, n, lines, h.dtype), 0, threads)
    if state is None:
        return y
    zf = np.empty((*shape[:at], memory, *shape[at + 1 :]), dtype)
    if memory:
        core.convolve_axis(x3, h, _in_three(zf, memory, lines, h.dtype), n, threads)
        every = (slice(None),) * at
        now = (*every, slice(n))
        y[(*every, slice(memory))] += state[now]
        if n < memory:
            zf[(*every, slice(memory - n))] += state[(*every, slice(n, None))]
    return y, zf


def _in_three(x: Array, n: int, lines: tuple[int, int] | None, dtype: DType) -> Array:
    """`x` as the primitive takes it: a line as it is, complex samples as two columns of `dtype`."""
    if x.dtype.kind != dtype.kind:
        x = x.reshape(-1).view(dtype)
        outer, inner = lines or (1, 1)
        return x.reshape(outer, n, 2 * inner)
    return x if lines is None else x.reshape(lines[0], n, lines[1])


def _fir(
    h: Array,
    layout: Layout,
    dtype: DType,
    state: Array | None,
    out: Array | None,
    workers: int | None,
) -> Any:
    n, memory = layout.x3.shape[1], h.size - 1
    inputs = (layout.x3,) if state is None else (layout.x3, state)
    y3, to_copy = layout.result(out, n, dtype, *inputs)
    threads = args.threads(workers)
    _convolve(layout.x3, h, y3, 0, threads)
    if state is None:
        return layout.finish(y3, to_copy, out)
    zf3 = np.empty((y3.shape[0], memory, y3.shape[2]), dtype)
    if memory:
        zi3 = _three(state, layout, memory)
        _convolve(layout.x3, h, zf3, n, threads)
        now = min(n, memory)
        y3[:, :now] += zi3[:, :now]
        zf3[:, : memory - now] += zi3[:, now:]
    return layout.finish(y3, to_copy, out), layout.back(zf3)


def _convolve(x3: Array, h: Array, y3: Array, start: int, threads: int) -> None:
    char = y3.dtype.char
    if char not in _NATIVE:
        _any_type(x3, h, y3, start, 1)
    elif h.dtype.kind == y3.dtype.kind:
        core.convolve_axis(x3, h, y3, start, threads)
    else:  # complex samples, real taps: real and imaginary parts as neighbouring columns
        core.convolve_axis(x3.view(h.dtype), h, y3.view(h.dtype), start, threads)


def _state(zi: Array, shape: tuple[int, ...], axis: int, memory: int) -> Array:
    """`zi`, if its shape is that of `x` with `memory` along `axis`, or 1 along other axes."""
    if zi.ndim != len(shape):
        raise ValueError(
            f"Dimensions of parameters x and zi must match, but x has {len(shape)} and zi {zi.ndim}"
        )
    expected = (*shape[:axis], memory, *shape[axis + 1 :])
    if zi.shape != expected:
        for d, (given, wanted) in enumerate(zip(zi.shape, expected, strict=True)):
            if given != wanted and (d == axis or given != 1):
                raise ValueError(
                    f"Unexpected shape for parameter zi: expected {expected}, found {zi.shape}."
                )
    return zi


def _three(zi: Array, layout: Layout, memory: int) -> Array:
    """The state in the three dimensions of the samples."""
    shape = layout.with_length(memory)
    if zi.shape != shape:
        zi = np.broadcast_to(zi, shape)
    if layout.order is not None:
        zi = zi.transpose(layout.order)
    return zi.reshape(layout.x3.shape[0], memory, layout.x3.shape[2])


@functools.cache
def scipys() -> Any:
    """`scipy.signal.lfilter`, or None without SciPy."""
    try:
        return import_module("scipy.signal").lfilter
    except ImportError:
        return None


def _with_feedback(b: Array, a: Array, x: Array, axis: int, zi: Any, out: Array | None) -> Any:
    function = scipys()
    if function is None:
        raise NotImplementedError(
            f"a has {a.size} elements, but only filters with one, that is without feedback, are "
            "computed here; others need SciPy: pip install scipy"
        )
    result = function(b, a, x, axis, zi)
    if out is None:
        return result
    y = result if zi is None else result[0]
    args.output(out, y.shape, y.dtype)[...] = y
    return out if zi is None else (out, result[1])
