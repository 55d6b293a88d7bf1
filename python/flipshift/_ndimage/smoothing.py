"""Filters that smooth, in `flipshift.ndimage`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from .._backend import core
from .._fft.arguments import Array, threads
from . import separable, uniform

__all__ = ["gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d"]

_mean_image, _mean_lines = core.mean_image, core.mean_lines


def uniform_filter(
    input: npt.ArrayLike,
    size: int | Sequence[int] = 3,
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    origin: int | Sequence[int] = 0,
    *,
    axes: int | Sequence[int] | None = None,
    workers: int | None = None,
) -> Array:
    """Average an image over boxes, in a time that does not depend on their size.

    Parameters
    ----------
    input, output, cval, workers
        As in `convolve`.
    size : int or sequence of int, optional
        Of the boxes, along each of `axes`; by default 3. Along an axis where it is less than 2,
        nothing is done.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.
    origin : int or sequence of int, optional
        As in `correlate`.
    axes : int or sequence of int, optional
        Along which axes; by default all.

    Returns
    -------
    y : ndarray
        The means; `output` if that is an array.

    Raises
    ------
    RuntimeError
        If a sequence has another length than `axes`, `mode` or a dtype is not supported, or
        `output` has another shape.
    ValueError, TypeError
        As `convolve`.

    Notes
    -----
    Nothing is subtracted, unlike in a running sum that adds the element that enters and subtracts
    the one that leaves: rounding errors do not grow along a line, and NaN and infinity reach the
    boxes that contain them and no others. Means of integers are exact before their fractions are
    dropped (in 64 bits, where double precision can be).

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.uniform_filter([[9.0, 0, 0], [0, 0, 0], [0, 0, 0]], mode="constant")
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 0.]])
    """
    if axes is None:
        y: Array | None = _mean_image(input, size, mode, cval, origin, threads(workers), output)
        if y is not None:
            return y
    return uniform.uniform(input, size, output, mode, cval, origin, axes, workers)


def uniform_filter1d(
    input: npt.ArrayLike,
    size: int,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    origin: int = 0,
    *,
    workers: int | None = None,
) -> Array:
    """Average each `size` neighbours along one axis.

    Parameters
    ----------
    input, output, mode, cval, workers
        As in `convolve`.
    size : int
        Length of the windows, at least 1.
    axis : int, optional
        Along which axis, by default the last.
    origin : int, optional
        As in `correlate`.

    Returns
    -------
    y : ndarray
        The means; `output` if that is an array.

    Raises
    ------
    RuntimeError
        If `size` is less than 1, and as `uniform_filter`.
    ValueError, TypeError
        As `convolve`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.uniform_filter1d([2, 8, 0, 4, 1, 9, 9, 0], 3)
    array([4, 3, 4, 1, 4, 6, 6, 3])
    """
    y: Array | None = _mean_lines(input, size, axis, mode, cval, origin, threads(workers), output)
    if y is not None:
        return y
    return uniform.uniform_along(input, size, axis, output, mode, cval, origin, workers)


def gaussian_filter(
    input: npt.ArrayLike,
    sigma: float | Sequence[float],
    order: int | Sequence[int] = 0,
    output: Any = None,
    mode: str | Sequence[str] = "reflect",
    cval: complex = 0.0,
    truncate: float = 4.0,
    *,
    radius: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    workers: int | None = None,
) -> Array:
    """Smooth an image by a Gaussian, or convolve it with derivatives of one.

    Parameters
    ----------
    input, output, cval, workers
        As in `convolve`.
    sigma : float or sequence of float
        Standard deviation in elements, along each of `axes`; where it is not above 1e-15, nothing
        is done along that axis.
    order : int or sequence of int, optional
        Which derivative of the Gaussian, along each of `axes`; by default 0, the Gaussian itself.
    mode : str or sequence of str, optional
        As in `convolve`, for each of `axes` or for all.
    truncate : float, optional
        Where the Gaussian ends, in standard deviations; by default 4.
    radius : int or sequence of int, optional
        Where it ends in elements, by default ``int(truncate * sigma + 0.5)``: the kernel has
        ``2 * radius + 1`` of them.
    axes : int or sequence of int, optional
        Along which axes; by default all.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError
        If a sequence has another length than `axes`, `mode` or a dtype is not supported, or
        `output` has another shape, or a real dtype for a complex image.
    ValueError
        If `order` or `radius` is negative, `radius` no integer, or `axes` out of range.
    TypeError
        If `sigma`, `truncate` or `cval` is no number, or `order`, `axes` or `workers` no integer.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.gaussian_filter([[0, 0, 0], [0, 100, 0], [0, 0, 0]], 1, output=float).round(2)
    array([[ 8.77, 12.08,  8.77],
           [12.08, 16.63, 12.08],
           [ 8.77, 12.08,  8.77]])
    """
    if axes is None and radius is None:
        y = separable.smoothed(input, sigma, order, output, mode, cval, truncate, threads(workers))
        if y is not None:
            return y
    return separable.gaussian(
        input, sigma, order, output, mode, cval, truncate, radius, axes, workers
    )


def gaussian_filter1d(
    input: npt.ArrayLike,
    sigma: float,
    axis: int = -1,
    order: int = 0,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    truncate: float = 4.0,
    *,
    radius: int | None = None,
    workers: int | None = None,
) -> Array:
    """Smooth an image by a Gaussian along one axis, or convolve it with a derivative of one.

    Parameters
    ----------
    input, output, mode, cval, workers
        As in `convolve`.
    sigma : float
        Standard deviation in elements; not 0.
    axis : int, optional
        Along which axis, by default the last.
    order, truncate, radius
        As in `gaussian_filter`.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    ZeroDivisionError
        If `sigma` is 0.
    RuntimeError, ValueError, TypeError
        As `gaussian_filter`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.gaussian_filter1d([1.0, 2.0, 3.0, 4.0, 5.0], 1)
    array([1.42704095, 2.06782203, 3.        , 3.93217797, 4.57295905])
    """
    return separable.gaussian_along(
        input, sigma, axis, order, output, mode, cval, truncate, radius, workers
    )
