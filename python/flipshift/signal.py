"""Convolution and correlation: the functions of `scipy.signal`, under the same names.

The convolution of x and h is ``y[i] = sum_k x[k] h[i - k]``, the correlation is
``y[i] = sum_k x[k] conj(h[k - i])``. Results have SciPy's shapes and dtypes: float32 and complex64
are computed in single precision, integers are exact and wrap as NumPy's do, longdouble and object
arrays are computed by NumPy.

Memory: besides the result and a few MB of scratch, inputs of another dtype than that of the
computation, or that do not lie in memory in C order, are copied. What takes more says so.
"""

from __future__ import annotations

import timeit
from functools import partial
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from ._backend import core
from ._convolve import coefficients, linear, methods
from ._convolve.by_fft import fftconvolve, oaconvolve
from ._convolve.convolver import Convolver
from ._convolve.explain import explain_convolve
from ._convolve.modes import arrays, check_mode, part, swap_needed
from ._convolve.template import match_template
from ._convolve.two_dimensions import convolve2d, correlate2d
from ._fft import arguments as args
from ._fft.arguments import Array
from ._filter.lfilter import lfilter
from ._filter.moving_average import moving_average

__all__ = [
    "Convolver",
    "choose_conv_method",
    "convolve",
    "convolve2d",
    "correlate",
    "correlate2d",
    "correlation_lags",
    "explain_convolve",
    "fftconvolve",
    "lfilter",
    "match_template",
    "moving_average",
    "oaconvolve",
]

_line, _along = core.convolve_line, core.convolve_along


def convolve(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    method: str = "auto",
    *,
    axis: int | None = None,
    out: Array | None = None,
    workers: int | None = None,
) -> Any:
    """Convolve two N-dimensional arrays, or lines along one axis.

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
        (`choose_conv_method`, `explain_convolve`).
    axis : int, optional
        Convolve in one dimension, along this axis of the result. One of the arrays may then have a
        single dimension, being the kernel for all lines of the other; otherwise the lengths along
        the other axes are equal or 1, as NumPy broadcasts them. Not in SciPy.
    out : ndarray, optional
        Receives the result, whose shape and dtype it has. It may overlap the inputs. Not in SciPy.
    workers : int, optional
        Threads to use at most, as in `scipy.fft`: by default those of `flipshift.fft.set_workers`,
        which is 1; negative numbers count from the number of processors. The result does not depend
        on it. Not in SciPy.

    Returns
    -------
    out : ndarray, or a scalar for scalars
        Of the dtype that `in1` and `in2` promote to. Integers are exact by every method.

    Raises
    ------
    ValueError
        If the dimensions differ or do not broadcast, `mode` or `method` is unknown, an array is
        empty, neither is as large as the other in 'valid' mode, `axis` or `workers` is out of
        range, or `out` has another shape.
    TypeError
        If `out` has another dtype or is no array, or `axis` or `workers` is no integer.

    Notes
    -----
    Sums of floating-point numbers that the FFT computes are accurate relative to the norms of the
    inputs, those of the direct method relative to the sum of their own terms' sizes.

    NaN and infinity reach the outputs that the definition says they reach, with `method` 'auto'
    whichever method it takes; with 'fft' they may spread to others, and a RuntimeWarning says so.

    Inputs of similar lengths that are transformed as a whole take scratch of about three times the
    full result; with a much shorter `in2`, or by direct sums, it is a few MB.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.convolve([1, 2, 3], [0, 1, 2])
    array([0, 1, 4, 7, 6])
    >>> signal.convolve([[1, 2, 3], [4, 5, 6]], [1, -1], "valid", axis=1)
    array([[1, 1],
           [1, 1]])
    """
    if axis is not None:
        y = _along(in1, in2, mode, method, axis, 0, args.threads(workers), out)
    else:
        y = _line(in1, in2, mode, method, 0, out) if workers is None else None
        if y is None:
            y = _line(in1, in2, mode, method, 0, out, args.threads(workers))
        if y is None and workers is None and out is None and method == "auto":
            y = linear.image(in1, in2, mode, False)
    if y is not None:
        return y
    x, h = arrays(in1, in2)
    return linear.convolve(x, h, mode, method, axis, out, workers)


def correlate(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    method: str = "auto",
    *,
    axis: int | None = None,
    maxlag: int | None = None,
    normalize: bool = False,
    out: Array | None = None,
    workers: int | None = None,
) -> Any:
    """Correlate two N-dimensional arrays, or lines along one axis; `in2` is conjugated.

    Parameters
    ----------
    in1, in2, mode, method, axis, out, workers
        As in `convolve`.
    maxlag : int, optional
        Return only those outputs of `mode` whose lag is from ``-maxlag`` to ``maxlag``, for the
        time that these take. For one dimension, or with `axis`. Not in SciPy.
    normalize : bool, optional
        Return correlation coefficients: at each lag the correlation of what overlaps there, less
        its means, over the square root of the product of the energies that are left. Not in SciPy.

    Returns
    -------
    out : ndarray, or a scalar for scalars
        Of the dtype that `in1` and `in2` promote to; `correlation_lags` has the lags. Coefficients
        are floating, float64 for integers, and from -1 to 1 (complex ones at most 1 in size). Where
        one of the arrays is constant, or only one number overlaps, the coefficient is 0.

    Raises
    ------
    ValueError, TypeError
        As `convolve`; also if `maxlag` is negative, no integer, or given for several dimensions, or
        if `normalize` is asked for arrays of objects.

    Notes
    -----
    Coefficients are computed in double precision, to which 64-bit integers are rounded, from means
    and energies that are merged pairwise (Chan, Golub and LeVeque, 1983), so that an offset or a
    loud passage elsewhere spoils none. The few sums that the FFT leaves less accurate than 1e-9 of
    the coefficient are computed again by the definition. Scratch memory is that of the
    result in double precision and some twenty times that of the shorter input, or, in several
    dimensions, of the result.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.correlate([1, 2, 3], [0, 1, 2])
    array([2, 5, 8, 3, 0])
    >>> signal.correlate([1, 2, 3], [0, 1, 2], maxlag=1)
    array([5, 8, 3])
    >>> signal.correlate([5, 1, 2, 3, 5], [10, 20, 30], "valid", normalize=True).round(3)
    array([-0.721,  1.   ,  0.982])
    """
    if maxlag is None and not normalize:
        if axis is not None:
            y = _along(in1, in2, mode, method, axis, 1, args.threads(workers), out)
        else:
            y = _line(in1, in2, mode, method, 1, out) if workers is None else None
            if y is None:
                y = _line(in1, in2, mode, method, 1, out, args.threads(workers))
            if y is None and workers is None and out is None and method == "auto":
                y = linear.image(in1, in2, mode, True)
        if y is not None:
            return y
    x, h = arrays(in1, in2)
    if maxlag is not None:
        maxlag = linear.check_maxlag(maxlag)
    if normalize:
        return coefficients.correlate(x, h, mode, method, axis, maxlag, out, workers)
    h = linear.reversed_kernel(h, axis)
    return linear.convolve(x, h, mode, method, axis, out, workers, maxlag)


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
    In one and two dimensions the backend compares the measured costs of its direct and FFT kernels.
    In more it is N log2 N for transforms of N points, against the products, copies and calls of the
    direct kernel. `explain_convolve` tells more.
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
    return methods.choose(x, h, *part(mode, x.shape, h.shape), dtype)


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


def correlation_lags(
    in1_len: int, in2_len: int, mode: str = "full", *, maxlag: int | None = None
) -> Array:
    """Return the lags that the outputs of a one-dimensional `correlate` belong to.

    Parameters
    ----------
    in1_len, in2_len : int
        Lengths of the two signals.
    mode : {'full', 'valid', 'same'}, optional
        As given to `correlate`.
    maxlag : int, optional
        As given to `correlate`. Not in SciPy.

    Returns
    -------
    lags : ndarray of int, in samples

    Raises
    ------
    ValueError
        If `mode` is unknown or `maxlag` negative.

    Notes
    -----
    In 'same' mode SciPy's lags, which are those returned without `maxlag`, are 1 too large where
    `in1_len` is odd and `in2_len` even. With `maxlag` the lags are those of the outputs.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.correlation_lags(3, 2)
    array([-1,  0,  1,  2])
    >>> signal.correlation_lags(300, 200, maxlag=2)
    array([-2, -1,  0,  1,  2])
    """
    if maxlag is not None:
        check_mode(mode)
        (start,), shape = part(mode, (in1_len,), (in2_len,))
        if mode == "valid" and in1_len < in2_len:
            (start,), shape = part(mode, (in2_len,), (in1_len,))
        (start,), shape = linear.within(linear.check_maxlag(maxlag), (start,), shape, in2_len)
        return np.arange(start - in2_len + 1, start - in2_len + 1 + shape[0])
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
