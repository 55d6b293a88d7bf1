"""Image filters: the functions of `scipy.ndimage`, under the same names, for any dimension.

Results have SciPy's shapes and dtypes. Images of float32, float64, complex64 and complex128 are
filtered in their own precision. Of integers and bool, and wherever the output has another dtype
than the image, every pass along an axis is summed in double precision and ends in the dtype of the
output: integers lose their fractions and wrap around, as in SciPy, and bool is whether anything is
left. So `uniform_filter` of a picture of uint8 rounds down once for each axis; ask for
``output=numpy.float32`` where that matters.

`mode` says what an image continues with beyond its edges, for a row ``a b c d``:

=============================== ======================== =====================
'reflect', 'grid-mirror'        ``d c b a | a b c d``    the edge repeated
'mirror'                        ``d c b | a b c d``      the edge once
'nearest'                       ``a a a | a b c d``
'wrap', 'grid-wrap'             ``a b c d | a b c d``    periodic
'constant', 'grid-constant'     ``k k k | a b c d``      k being `cval`
=============================== ======================== =====================

All weights count, however small; SciPy leaves out those below 2.2e-16, and computes with weights
that are nearly symmetric as if they were.

Memory: filters of several passes (`gaussian_filter` and the like) take scratch as large as the
result in more than two dimensions and for integers, `laplace` and those built on `gaussian_filter`
up to twice that; the others a few MB. Images that do not lie in memory in C order are copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from ._backend import core
from ._fft.arguments import Array, threads
from ._ndimage import correlate as _correlate
from ._ndimage.differences import (
    gaussian_gradient_magnitude,
    gaussian_laplace,
    generic_gradient_magnitude,
    generic_laplace,
    laplace,
    prewitt,
    sobel,
)
from ._ndimage.smoothing import (
    gaussian_filter,
    gaussian_filter1d,
    uniform_filter,
    uniform_filter1d,
)

__all__ = [
    "convolve",
    "convolve1d",
    "correlate",
    "correlate1d",
    "gaussian_filter",
    "gaussian_filter1d",
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "generic_gradient_magnitude",
    "generic_laplace",
    "laplace",
    "prewitt",
    "sobel",
    "uniform_filter",
    "uniform_filter1d",
]

_image, _lines = core.filter_image, core.filter_lines


def convolve(
    input: npt.ArrayLike,
    weights: npt.ArrayLike,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    origin: int | Sequence[int] = 0,
    *,
    axes: int | Sequence[int] | None = None,
    separable: bool | None = None,
    workers: int | None = None,
) -> Array:
    """Convolve an image of any dimension with weights.

    ``y[i] = sum_k weights[k] x[i + m // 2 + origin - k]`` for weights of length m along an axis.

    Parameters
    ----------
    input : array_like
        The image, of any shape.
    weights : array_like
        The kernel, with as many dimensions as `axes`; no length is 0.
    output : ndarray or dtype, optional
        Receives the result, of the shape of `input`; it may overlap `input`. Or the dtype of the
        result, by default that of `input`, or complex if `weights` are.
    mode : str, optional
        What the image continues with: 'reflect' (the default), 'constant', 'nearest', 'mirror' or
        'wrap', or their synonyms 'grid-mirror', 'grid-constant' and 'grid-wrap'.
    cval : scalar, optional
        For `mode` 'constant'; 0 by default.
    origin : int or sequence of int, optional
        Shifts the result by as many elements towards lower indices, along each of `axes`: from
        ``-(m // 2)`` to ``(m - 1) // 2``.
    axes : int or sequence of int, optional
        Along which axes; by default all. The others are batches and channels, wherever they stand.
    separable : bool, optional
        Whether to compute as a sum of products of a column and a row, of which a kernel of two
        dimensions needs as many as it has rank: True and False decide, by default it is done where
        that is faster and no less accurate. Not in SciPy; for floating images.
    workers : int, optional
        The largest number of threads, as in `flipshift.fft`; the result does not depend on it. Not
        in SciPy.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError
        If `weights` has another number of dimensions than `axes`, `mode` or a dtype is not
        supported, or `output` has another shape, or no complex dtype where one is needed.
    ValueError
        If `origin` or `axes` is out of range, or `cval` complex for a real image.
    TypeError
        If `cval` is no number, or `origin`, `axes` or `workers` no integer.

    Notes
    -----
    Large kernels are convolved by FFT. NaN and infinity reach the results that the sum says.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.convolve([[1, 2, 3], [4, 5, 6]], [[1, 0, -1]], mode="nearest")
    array([[1, 2, 1],
           [1, 2, 1]])
    """
    if separable is None:
        y: Array | None = _image(
            input, weights, mode, cval, origin, False, threads(workers), output, axes
        )
        if y is not None:
            return y
    return _correlate.convolve(
        input, weights, output, mode, cval, origin, axes, separable, workers, True
    )


def correlate(
    input: npt.ArrayLike,
    weights: npt.ArrayLike,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    origin: int | Sequence[int] = 0,
    *,
    axes: int | Sequence[int] | None = None,
    separable: bool | None = None,
    workers: int | None = None,
) -> Array:
    """Correlate an image of any dimension with weights, which are conjugated.

    ``y[i] = sum_k conj(weights[k]) x[i + k - m // 2 - origin]`` for m weights along an axis.

    Parameters
    ----------
    input, weights, output, mode, cval, axes, separable, workers
        As in `convolve`.
    origin : int or sequence of int, optional
        Shifts the result by as many elements towards higher indices, along each of `axes`.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `convolve`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.correlate([[1, 2, 3], [4, 5, 6]], [[1, 0, -1]], mode="nearest")
    array([[-1, -2, -1],
           [-1, -2, -1]])
    """
    if separable is None:
        y: Array | None = _image(
            input, weights, mode, cval, origin, True, threads(workers), output, axes
        )
        if y is not None:
            return y
    return _correlate.convolve(
        input, weights, output, mode, cval, origin, axes, separable, workers, False
    )


def convolve1d(
    input: npt.ArrayLike,
    weights: npt.ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    origin: int = 0,
    *,
    workers: int | None = None,
) -> Array:
    """Convolve an image with weights along one axis.

    Parameters
    ----------
    input, output, mode, cval, origin, workers
        As in `convolve`.
    weights : array_like
        The kernel, of one dimension and at least one element.
    axis : int, optional
        Along which axis, by default the last.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `convolve`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.convolve1d([2, 8, 0, 4, 1, 9, 9, 0], [1, 3])
    array([14, 24,  4, 13, 12, 36, 27,  0])
    """
    y: Array | None = _lines(
        input, weights, axis, mode, cval, origin, False, threads(workers), output
    )
    if y is not None:
        return y
    return _correlate.along(input, weights, axis, output, mode, cval, origin, workers, True)


def correlate1d(
    input: npt.ArrayLike,
    weights: npt.ArrayLike,
    axis: int = -1,
    output: Any = None,
    mode: str = "reflect",
    cval: complex = 0.0,
    origin: int = 0,
    *,
    workers: int | None = None,
) -> Array:
    """Correlate an image with weights, which are conjugated, along one axis.

    Parameters
    ----------
    input, output, mode, cval, workers
        As in `convolve`.
    weights, axis
        As in `convolve1d`.
    origin : int, optional
        As in `correlate`.

    Returns
    -------
    y : ndarray
        The result; `output` if that is an array.

    Raises
    ------
    RuntimeError, ValueError, TypeError
        As `convolve`.

    Examples
    --------
    >>> from flipshift import ndimage
    >>> ndimage.correlate1d([2, 8, 0, 4, 1, 9, 9, 0], [1, 3])
    array([ 8, 26,  8, 12,  7, 28, 36,  9])
    """
    y: Array | None = _lines(
        input, weights, axis, mode, cval, origin, True, threads(workers), output
    )
    if y is not None:
        return y
    return _correlate.along(input, weights, axis, output, mode, cval, origin, workers, False)
