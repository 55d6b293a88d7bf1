"""Discrete Fourier transforms: the functions of `scipy.fft`, under the same names.

A transform of length n is ``y[k] = f * sum_j x[j] exp(-2 pi i jk/n)``, its inverse has the other
sign; `norm` says where the factor 1/n goes. float32 and complex64 data are transformed in single
precision, float64 and complex128 in double; float16 becomes float32, integers and bool become
float64, longdouble goes through `numpy.fft`.

The axes of a result lie in memory as those of `x` do, as in `numpy.fft`: in Fortran order if `x`
does.

All functions take, beyond the parameters of SciPy's, the keyword-only ``out``: an array of the
result's shape and dtype, with any strides, that the result is written into and that is returned.
"""

from __future__ import annotations

import numpy.typing as npt

from ._backend import core
from ._fft import transforms
from ._fft.arguments import Array, get_workers, set_workers
from ._fft.frequencies import fftfreq, fftshift, ifftshift, next_fast_len, prev_fast_len, rfftfreq
from ._fft.plan import Plan, plan_cache_clear, plan_cache_info
from ._fft.several_axes import (
    fft2,
    fftn,
    hfft2,
    hfftn,
    ifft2,
    ifftn,
    ihfft2,
    ihfftn,
    irfft2,
    irfftn,
    rfft2,
    rfftn,
)
from ._fft.trigonometric import dct, dctn, dst, dstn, idct, idctn, idst, idstn
from ._fft.uarray import __ua_domain__, __ua_function__  # noqa: F401

__all__ = [
    "Plan",
    "dct",
    "dctn",
    "dst",
    "dstn",
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "get_workers",
    "hfft",
    "hfft2",
    "hfftn",
    "idct",
    "idctn",
    "idst",
    "idstn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "irfft",
    "irfft2",
    "irfftn",
    "next_fast_len",
    "plan_cache_clear",
    "plan_cache_info",
    "prev_fast_len",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
    "set_workers",
]


def fft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real or complex signal to its spectrum.

    Parameters
    ----------
    x : array_like
    n : int, optional
        Length of the transform along `axis`: `x` is cut or filled up with zeros at its end.
        By default the length of `x`.
    axis : int, optional
        Axis to transform along, by default the last.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction has the factor: 1/n in the inverse transforms (the default),
        1/sqrt(n) in both, 1/n in the forward ones.
    overwrite_x : bool, optional
        Whether the contents of `x` may be destroyed, which saves memory.
    workers : int, optional
        Number of threads; negative values count from the number of processors. By default
        that of `set_workers`. The result does not depend on it.
    plan : Plan, optional
        A plan of this very transform; one of another is a ValueError. Its threads count, not
        `workers`.
    out : ndarray, optional
        Where the result goes; its shape and dtype have to fit. It may overlap `x`.

    Returns
    -------
    y : ndarray of complex, of the shape of `x` but for length `n` along `axis`

    Raises
    ------
    ValueError
        If `n` or the length of `x` is less than 1, `norm` is unknown or `out` has another shape.
    IndexError
        If `axis` is out of range.

    Notes
    -----
    The native backend computes mixed-radix passes over SIMD registers, and lengths with large
    prime factors by Bluestein's algorithm [1]_. A real `x` is transformed as real, the second
    half of the spectrum is the mirror image of the first.

    Besides the result it takes about as much scratch memory as there are data. Bluestein's
    algorithm convolves at least 2 n - 1 numbers, of a real `x` 3 n / 2: up to 8000 points it takes
    four to seven times the data, at most 0.8 MB, and longer ones in two or three parts that share
    the memory of one, so that scratch is 1.1 to 1.3 times the data. Where each large prime factor
    is convolved by itself, scratch is the data and 0.5 MB, or if that is more two sevenths of the
    data. Input that `out` overwrites is copied first.

    References
    ----------
    .. [1] L. Bluestein, "A linear filtering approach to the computation of discrete Fourier
       transform", IEEE Trans. Audio Electroacoustics 18 (1970), 451-455.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.fft([1.0, 0.0, 0.0, 0.0]).real
    array([1., 1., 1., 1.])
    """
    if (
        n is None
        and axis == -1
        and norm is None
        and workers is None
        and plan is None
        and out is None
    ):
        y = core.line(x, 0)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return transforms.c2c(True, x, n, axis, norm, overwrite_x, workers, plan, out)


def ifft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a spectrum back: the inverse of `fft`.

    Parameters
    ----------
    x : array_like
    n : int, optional
        Length of the transform along `axis`: `x` is cut or filled up with zeros at its end.
        By default the length of `x`.
    axis, norm, overwrite_x, workers, plan, out
        As in `fft`.

    Returns
    -------
    y : ndarray of complex, of the shape of `x` but for length `n` along `axis`

    Raises
    ------
    ValueError
        If `n` or the length of `x` is less than 1, `norm` is unknown or `out` has another shape.
    IndexError
        If `axis` is out of range.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ifft([4.0, 0.0, 0.0, 0.0]).real
    array([1., 1., 1., 1.])
    """
    if (
        n is None
        and axis == -1
        and norm is None
        and workers is None
        and plan is None
        and out is None
    ):
        y = core.line(x, 1)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return transforms.c2c(False, x, n, axis, norm, overwrite_x, workers, plan, out)


def rfft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real signal to the non-negative half of its spectrum.

    Parameters
    ----------
    x : array_like of real numbers
    n : int, optional
        Length of the transform along `axis`: `x` is cut or filled up with zeros at its end.
        By default the length of `x`.
    axis, norm, overwrite_x, workers, plan, out
        As in `fft`.

    Returns
    -------
    y : ndarray of complex, of length ``n // 2 + 1`` along `axis`

    Raises
    ------
    TypeError
        If `x` is complex.
    ValueError, IndexError
        As in `fft`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.rfft([1.0, 0.0, 0.0, 0.0]).real
    array([1., 1., 1.])
    """
    if (
        n is None
        and axis == -1
        and norm is None
        and workers is None
        and plan is None
        and out is None
    ):
        y = core.line(x, 2)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return transforms.r2c(True, x, n, axis, norm, overwrite_x, workers, plan, out)


def irfft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform half a spectrum back to a real signal: the inverse of `rfft`.

    Parameters
    ----------
    x : array_like
    n : int, optional
        Length of the result along `axis`; `x` is cut or filled up with zeros to ``n // 2 + 1``
        there. By default ``2 * (m - 1)``, m being the length of `x`.
    axis, norm, overwrite_x, workers, plan, out
        As in `fft`.

    Returns
    -------
    y : ndarray of real numbers, of length `n` along `axis`

    Raises
    ------
    ValueError, IndexError
        As in `fft`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.irfft([4.0, 0.0, 0.0])
    array([1., 1., 1., 1.])
    """
    if (
        n is None
        and axis == -1
        and norm is None
        and workers is None
        and plan is None
        and out is None
    ):
        y = core.line(x, 3)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return transforms.c2r(False, x, n, axis, norm, overwrite_x, workers, plan, out)


def hfft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform half of a signal with Hermitian symmetry to its real spectrum.

    Parameters
    ----------
    x : array_like
    n : int, optional
        Length of the result along `axis`; `x` is cut or filled up with zeros to ``n // 2 + 1``
        there. By default ``2 * (m - 1)``, m being the length of `x`.
    axis, norm, overwrite_x, workers, plan, out
        As in `fft`.

    Returns
    -------
    y : ndarray of real numbers, of length `n` along `axis`

    Raises
    ------
    ValueError, IndexError
        As in `fft`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.hfft([1.0, 0.0, 0.0])
    array([1., 1., 1., 1.])
    """
    return transforms.c2r(True, x, n, axis, norm, overwrite_x, workers, plan, out)


def ihfft(
    x: npt.ArrayLike,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real spectrum to half of its signal: the inverse of `hfft`.

    Parameters
    ----------
    x : array_like of real numbers
    n : int, optional
        Length of the transform along `axis`: `x` is cut or filled up with zeros at its end.
        By default the length of `x`.
    axis, norm, overwrite_x, workers, plan, out
        As in `fft`.

    Returns
    -------
    y : ndarray of complex, of length ``n // 2 + 1`` along `axis`

    Raises
    ------
    TypeError
        If `x` is complex.
    ValueError, IndexError
        As in `fft`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ihfft([1.0, 1.0, 1.0, 1.0]).real
    array([1., 0., 0.])
    """
    return transforms.r2c(False, x, n, axis, norm, overwrite_x, workers, plan, out)
