"""What `signal.convolve` and `signal.correlate` do with their arguments once they are arrays."""

from __future__ import annotations

import math
import operator
import warnings
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array
from . import lines, methods
from .modes import check_mode, part, same_dimensions, swap_needed
from .nonfinite import any_nonfinite

__all__ = [
    "check_maxlag",
    "check_method",
    "convolve",
    "image",
    "reversed_kernel",
    "scalar",
    "within",
]

_METHODS = ("auto", "direct", "fft")


def convolve(
    x: Array,
    h: Array,
    mode: str,
    method: str,
    axis: Any,
    out: Any,
    workers: int | None,
    maxlag: int | None = None,
) -> Any:
    """Convolve two arrays; with `maxlag` only what a correlation has at lags up to that.

    For a correlation `h` is what `reversed_kernel` returns.
    """
    if axis is None and x.ndim == h.ndim == 0:
        return scalar(x * h, out)
    check_mode(mode)
    check_method(method)
    threads = args.threads(workers)
    if axis is not None:
        x, h, axis = lines.line_up(x, h, axis, ("in1", "in2"))
        n, m = (x.shape[axis],), (h.shape[axis],)
    else:
        same_dimensions(x, h, "in1", "in2")
        n, m = x.shape, h.shape
    if maxlag is not None and len(n) > 1:
        raise ValueError(f"maxlag takes one dimension, or axis, not {len(n)} dimensions")
    if 0 in m or (0 in n and mode != "same"):
        raise ValueError(
            f"{'in2' if 0 in m else 'in1'} cannot be empty; the shapes are {x.shape} and {h.shape}"
        )
    start, shape = part(mode, m, n) if swap_needed(mode, n, m) else part(mode, n, m)
    if maxlag is not None:
        start, shape = within(maxlag, start, shape, m[0])
    if axis is not None:
        y = lines.convolve(x, h, axis, start[0], shape[0], method, out, threads)
    else:
        y = methods.convolve(x, h, start, shape, method, out, threads)
    if method == "fft" and y.dtype.kind in "fc" and any_nonfinite(y):
        warnings.warn(
            "Use of fft convolution on input with NAN or inf results in NAN or inf output. "
            "Consider using method='auto' or 'direct' instead.",
            category=RuntimeWarning,
            stacklevel=3,
        )
    return y


def image(in1: Any, in2: Any, mode: Any, correlation: bool) -> Array | None:
    """A convolution, or correlation, of two plain matrices of a floating type; None for the rest.

    A short way: small ones are through before their arguments have been looked at otherwise.
    """
    if type(in1) is not np.ndarray or in1.ndim != 2 or in1.dtype.char not in methods.FLOATS:
        return None
    if correlation and mode == "same" and not all(n % 2 for n in np.shape(in2)):
        if type(in2) is not np.ndarray or in2.ndim != 2:
            return None
        # The middle of `correlate2d` is another one.
        in2, correlation = np.ascontiguousarray(reversed_kernel(in2, None)), False
    y: Array | None = core.convolve2d_image(in1, in2, mode, "fill", 0, correlation, 1, None, None)
    # The zeros outside take part in those sums. No warnings come from vdot, whatever there is.
    if y is None or not math.isfinite(abs(np.vdot(y, y))):
        return None
    return y


def check_method(method: Any) -> None:
    """Raise unless `method` is one of 'auto', 'direct' and 'fft'."""
    if not isinstance(method, str) or method not in _METHODS:
        raise ValueError(
            f"Acceptable method flags are 'auto', 'direct', or 'fft'; method is {method!r}"
        )


def reversed_kernel(h: Array, axis: Any) -> Array:
    """`h` reversed and conjugated: a correlation is the convolution with that."""
    if axis is None:
        h = h[(slice(None, None, -1),) * h.ndim]
    elif h.ndim:
        try:
            h = np.flip(h, axis if h.ndim > 1 else 0)
        except (TypeError, ValueError):
            pass  # `line_up` says what is wrong with axis
    return h.conj() if h.dtype.kind == "c" else h


def check_maxlag(maxlag: Any) -> int:
    """`maxlag` as an integer that is not negative."""
    try:
        value = operator.index(maxlag)
    except TypeError:
        raise TypeError(f"maxlag must be an integer or None, not {maxlag!r}") from None
    if value < 0:
        raise ValueError(f"maxlag must not be negative; it is {value}")
    return value


def within(
    maxlag: int, start: tuple[int, ...], shape: tuple[int, ...], m: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The part of the outputs at lags from -maxlag to maxlag; lag 0 is output m - 1 of all."""
    low = max(start[0], m - 1 - maxlag)
    high = min(start[0] + shape[0], m + maxlag)
    return (low,), (max(0, high - low),)


def scalar(y: Any, out: Any) -> Any:
    """The result `y` for inputs without dimensions."""
    if out is None:
        return y
    y = np.asarray(y)
    out = args.output(out, (), y.dtype)
    out[...] = y
    return out
