"""Convolution and correlation: the functions of `scipy.signal`, under the same names.

The convolution of x and h is ``y[i] = sum_k x[k] h[i - k]``, the correlation is
``y[i] = sum_k x[k] conj(h[k - i])``. Results have SciPy's shapes and dtypes: float32 and complex64
are computed in single precision, integers are exact and wrap as NumPy's do, longdouble and object
arrays are computed by NumPy.
"""

from __future__ import annotations

import timeit
import warnings
from functools import partial
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from ._convolve import methods
from ._convolve.by_fft import fftconvolve, oaconvolve
from ._convolve.convolver import Convolver
from ._convolve.modes import arrays, check_mode, part, same_dimensions, swap_needed
from ._convolve.nonfinite import any_nonfinite
from ._convolve.two_dimensions import convolve2d, correlate2d
from ._fft.arguments import Array

__all__ = [
    "Convolver",
    "choose_conv_method",
    "convolve",
    "convolve2d",
    "correlate",
    "correlate2d",
    "correlation_lags",
    "fftconvolve",
    "oaconvolve",
]

_METHODS = ("auto", "direct", "fft")


def convolve(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str = "full", method: str = "auto"
) -> Any:
    """Convolve two N-dimensional arrays.

    Parameters
    ----------
    in1, in2 : array_like
        Arrays with the same number of dimensions.
    mode : {'full', 'valid', 'same'}, optional
        Which part of the result: all sums, shape ``n + m - 1`` (the default); those without
        zero-padding, shape ``n - m + 1``, for which one array has to be at least as large as the
        other in every dimension; or the central part, of the shape of `in1`.
    method : {'auto', 'direct', 'fft'}, optional
        'direct' forms the sums, 'fft' multiplies spectra, 'auto' takes what is faster
        (`choose_conv_method`).

    Returns
    -------
    out : ndarray, or a scalar for scalars
        Of the dtype that `in1` and `in2` promote to. Integers are exact by every method.

    Raises
    ------
    ValueError
        If the dimensions differ, `mode` or `method` is unknown, an array is empty, or neither is
        as large as the other in 'valid' mode.

    Notes
    -----
    Sums of floating-point numbers that the FFT computes are accurate relative to the norms of the
    inputs, those of the direct method relative to the sum of their own terms' sizes.

    NaN and infinity reach the outputs that the definition says they reach, with `method` 'auto'
    whichever method it takes; with 'fft' they may spread to others, and a RuntimeWarning says so.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.convolve([1, 2, 3], [0, 1, 2])
    array([0, 1, 4, 7, 6])
    """
    x, h = np.asarray(in1), np.asarray(in2)
    if x.ndim == h.ndim == 0:
        return x * h
    return _convolve(x, h, mode, method)


def correlate(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str = "full", method: str = "auto"
) -> Any:
    """Correlate two N-dimensional arrays; `in2` is conjugated.

    Parameters
    ----------
    in1, in2, mode, method
        As in `convolve`.

    Returns
    -------
    out : ndarray, or a scalar for scalars
        Of the dtype that `in1` and `in2` promote to; `correlation_lags` has the lags.

    Raises
    ------
    ValueError
        As `convolve`.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.correlate([1, 2, 3], [0, 1, 2])
    array([2, 5, 8, 3, 0])
    """
    x, h = arrays(in1, in2)
    if x.ndim == h.ndim == 0:
        return x * (np.conj(h) if h.dtype.kind == "c" else h)
    h = h[(slice(None, None, -1),) * h.ndim]
    if h.dtype.kind == "c":
        h = h.conj()
    return _convolve(x, h, mode, method)


def _convolve(x: Array, h: Array, mode: str, method: str) -> Array:
    same_dimensions(x, h, "in1", "in2")
    check_mode(mode)
    if not isinstance(method, str) or method not in _METHODS:
        raise ValueError(
            f"Acceptable method flags are 'auto', 'direct', or 'fft'; method is {method!r}"
        )
    if mode == "valid" and swap_needed(mode, x.shape, h.shape):
        x, h = h, x
    if x.size == 0 or h.size == 0:
        if mode == "same" and x.size == 0 and h.size:
            return np.empty(x.shape, methods.result_type(x, h))
        raise ValueError(
            f"{'in1' if x.size == 0 else 'in2'} cannot be empty; the shapes are "
            f"{x.shape} and {h.shape}"
        )
    start, shape = part(mode, x.shape, h.shape)
    out = methods.convolve(x, h, start, shape, method)
    if method == "fft" and out.dtype.kind in "fc" and any_nonfinite(out):
        warnings.warn(
            "Use of fft convolution on input with NAN or inf results in NAN or inf output. "
            "Consider using method='auto' or 'direct' instead.",
            category=RuntimeWarning,
            stacklevel=3,
        )
    return out


@overload
def choose_conv_method(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str = ..., measure: Literal[False] = ...
) -> str: ...
@overload
def choose_conv_method(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str = ..., *, measure: Literal[True]
) -> tuple[str, dict[str, float]]: ...
@overload
def choose_conv_method(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str, measure: Literal[True]
) -> tuple[str, dict[str, float]]: ...


def choose_conv_method(
    in1: npt.ArrayLike, in2: npt.ArrayLike, mode: str = "full", measure: bool = False
) -> str | tuple[str, dict[str, float]]:
    """Tell which method `convolve` and `correlate` take with method 'auto'.

    Parameters
    ----------
    in1, in2, mode
        As in `convolve`.
    measure : bool, optional
        Whether to time both methods instead of asking the cost model.

    Returns
    -------
    method : {'direct', 'fft'}
    times : dict
        Only if `measure`: seconds by method.

    Notes
    -----
    In one dimension the backend compares the measured costs of its direct and FFT kernels. In more
    it is c N log2 N, N being the size of the full result, against the number of multiply-adds, c
    being 10 in two dimensions and 6 beyond. In two dimensions the backend may transform block by
    block, and this is an estimate of what it takes.
    Integers take the FFT only in so many pieces that the result is exact; bool as integers;
    longdouble and objects never.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.choose_conv_method([1.0, 2.0, 3.0], [1.0, 1.0])
    'direct'
    """
    x, h = arrays(in1, in2)
    if measure:
        times = {
            method: _seconds(partial(convolve, x, h, mode, method)) for method in ("fft", "direct")
        }
        return ("fft" if times["fft"] < times["direct"] else "direct"), times
    check_mode(mode)
    dtype = methods.result_type(x, h)
    if x.ndim != h.ndim or x.size == 0 or h.size == 0 or x.ndim == 0 or dtype.char == "?":
        return "direct"
    if swap_needed(mode, x.shape, h.shape):
        x, h = h, x
    return methods.choose(x, h, part(mode, x.shape, h.shape)[1], dtype)


def _seconds(call: Any) -> float:
    timer = timeit.Timer(call)
    number = 1
    while True:
        seconds = timer.timeit(number)
        if seconds >= 0.0005:
            break
        number *= 10
    if seconds < 1:
        seconds = min(seconds, *timer.repeat(3, number))
    return seconds / number


def correlation_lags(in1_len: int, in2_len: int, mode: str = "full") -> Array:
    """Return the lags that the outputs of a one-dimensional `correlate` belong to.

    Parameters
    ----------
    in1_len, in2_len : int
        Lengths of the two signals.
    mode : {'full', 'valid', 'same'}, optional
        As given to `correlate`.

    Returns
    -------
    lags : ndarray of int, in samples

    Raises
    ------
    ValueError
        If `mode` is unknown.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.correlation_lags(3, 2)
    array([-1,  0,  1,  2])
    """
    if mode == "valid":
        bound = in1_len - in2_len
        return np.arange(bound + 1) if bound >= 0 else np.arange(bound, 1)
    if mode not in ("full", "same"):
        raise ValueError(f"Mode {mode} is invalid: mode must be 'full', 'valid' or 'same'")
    lags = np.arange(-in2_len + 1, in1_len)
    if mode == "full":
        return lags
    middle, bound = lags.size // 2, in1_len // 2
    return lags[middle - bound : middle + bound + in1_len % 2]
