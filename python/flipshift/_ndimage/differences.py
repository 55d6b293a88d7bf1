"""Filters that differentiate, in `flipshift.ndimage`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy.typing as npt

from .._fft.arguments import Array, threads
from . import derivatives, separable

__all__ = [
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "generic_gradient_magnitude",
    "generic_laplace",
    "laplace",
    "prewitt",
    "sobel",
]


def sobel(
    input: npt.ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    *,
    workers: int | None = None,
) -> Array:
    """Differentiate along one axis by ``[-1, 0, 1]``, and smooth along the others by ``[1, 2, 1]``.

    Parameters
    ----------
    input, output, cval, workers
        As in `convolve`.
    axis : int, optional
        The axis of the difference, by default the last.
    mode : str or sequence of str, optional
        As in `convolve`, for each axis or for all.

    Returns
    -------
    y : ndarray
        Eight times the derivative in two dimensions; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.sobel([[0.0, 1, 2], [0, 1, 2], [0, 1, 2]])
    array([[4., 8., 4.],
           [4., 8., 4.],
           [4., 8., 4.]])
    """
    smooth = separable.SOBEL
    y = separable.differences(input, axis, output, mode, cval, threads(workers), smooth)
    if y is not None:
        return y
    return separable.gradient(input, axis, output, mode, cval, workers, smooth)


def prewitt(
    input: npt.ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    *,
    workers: int | None = None,
) -> Array:
    """Differentiate along one axis by ``[-1, 0, 1]``, and sum along the others by ``[1, 1, 1]``.

    Parameters
    ----------
    input, axis, output, mode, cval, workers
        As in `sobel`.

    Returns
    -------
    y : ndarray
        Six times the derivative in two dimensions; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.prewitt([[0.0, 1, 2], [0, 1, 2], [0, 1, 2]])
    array([[3., 6., 3.],
           [3., 6., 3.],
           [3., 6., 3.]])
    """
    smooth = separable.PREWITT
    y = separable.differences(input, axis, output, mode, cval, threads(workers), smooth)
    if y is not None:
        return y
    return separable.gradient(input, axis, output, mode, cval, workers, smooth)


def laplace(
    input: npt.ArrayLike,
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    *,
    axes: int | Sequence[int] | None = None,
    workers: int | None = None,
) -> Array:
    """Sum the second differences, by ``[1, -2, 1]``, along each axis.

    Parameters
    ----------
    input, output, cval, axes, workers
        As in `convolve`.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.laplace([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    array([[ 0,  1,  0],
           [ 1, -4,  1],
           [ 0,  1,  0]])
    """
    return derivatives.laplace(input, output, mode, cval, axes, workers)


def gaussian_laplace(
    input: npt.ArrayLike,
    sigma: float | Sequence[float],
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    *,
    axes: int | Sequence[int] | None = None,
    workers: int | None = None,
    **kwargs: Any,
) -> Array:
    """Sum the second derivatives of a smoothed image along each axis.

    Parameters
    ----------
    input, output, cval, workers
        As in `convolve`.
    sigma : float or sequence of float
        Standard deviation of the Gaussian, along each of `axes`.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.
    axes : int or sequence of int, optional
        Along which axes; by default all.
    **kwargs
        `truncate` and `radius` of `gaussian_filter`.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.gaussian_laplace([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]], 1, mode="constant").round(3)
    array([[ 0.   , -0.097,  0.   ],
           [-0.097, -0.318, -0.097],
           [ 0.   , -0.097,  0.   ]])
    """
    return derivatives.gaussian_laplace(input, sigma, output, mode, cval, axes, workers, kwargs)


def gaussian_gradient_magnitude(
    input: npt.ArrayLike,
    sigma: float | Sequence[float],
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    *,
    axes: int | Sequence[int] | None = None,
    workers: int | None = None,
    **kwargs: Any,
) -> Array:
    """Return the length of the gradient of a smoothed image.

    Parameters
    ----------
    input, output, cval, workers
        As in `convolve`.
    sigma : float or sequence of float
        Standard deviation of the Gaussian, along each axis of `input`.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.
    axes : int or sequence of int, optional
        Along which axes to differentiate; by default all. The image is smoothed along all axes.
    **kwargs
        `truncate` and `radius` of `gaussian_filter`.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.gaussian_gradient_magnitude([[0.0, 0, 0], [3, 3, 3], [6, 6, 6]], 0.5).round(2)
    array([[1.28, 1.28, 1.28],
           [2.57, 2.57, 2.57],
           [1.28, 1.28, 1.28]])
    """
    return derivatives.gaussian_gradient_magnitude(
        input, sigma, output, mode, cval, axes, workers, kwargs
    )


def generic_laplace(
    input: npt.ArrayLike,
    derivative2: Callable[..., Array],
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    extra_arguments: Sequence[Any] = (),
    extra_keywords: dict[str, Any] | None = None,
    *,
    axes: int | Sequence[int] | None = None,
) -> Array:
    """Sum what a function of second derivatives returns for each axis.

    Parameters
    ----------
    input, output, cval, axes
        As in `convolve`.
    derivative2 : callable
        ``derivative2(input, axis, output, mode, cval, *extra_arguments, **extra_keywords)``
        filters along `axis` into `output`, an array, or returns a new one of the dtype `output`.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.
    extra_arguments, extra_keywords
        What `derivative2` gets besides.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> def second(x, axis, output, mode, cval):
    ...     return ndimage.correlate1d(x, [1, -2, 1], axis, output, mode, cval)
    >>> ndimage.generic_laplace([[0, 0, 0], [0, 1, 0], [0, 0, 0]], second)
    array([[ 0,  1,  0],
           [ 1, -4,  1],
           [ 0,  1,  0]])
    """
    return derivatives.generic_laplace(
        input, derivative2, output, mode, cval, extra_arguments, extra_keywords, axes
    )


def generic_gradient_magnitude(
    input: npt.ArrayLike,
    derivative: Callable[..., Array],
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    extra_arguments: Sequence[Any] = (),
    extra_keywords: dict[str, Any] | None = None,
    *,
    axes: int | Sequence[int] | None = None,
) -> Array:
    """Return the root of the summed squares of what a function of derivatives returns.

    Parameters
    ----------
    input, output, mode, cval, extra_arguments, extra_keywords, axes
        As in `generic_laplace`.
    derivative : callable
        As `derivative2` there; what it returns is overwritten.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.generic_gradient_magnitude([[0.0, 0], [3, 3]], ndimage.sobel)
    array([[12., 12.],
           [12., 12.]])
    """
    return derivatives.generic_gradient_magnitude(
        input, derivative, output, mode, cval, extra_arguments, extra_keywords, axes
    )
