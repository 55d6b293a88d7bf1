"""Two-dimensional convolution with a choice of boundaries, in `flipshift.signal`."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from . import methods
from .modes import arrays, check_mode, part, swap_needed

__all__ = ["convolve2d", "correlate2d"]

_image = core.convolve2d_image

_BOUNDARIES = {
    "fill": "fill",
    "pad": "fill",
    "wrap": "wrap",
    "circular": "wrap",
    "symm": "symm",
    "symmetric": "symm",
}


def convolve2d(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    boundary: str = "fill",
    fillvalue: Any = 0,
    *,
    axes: Sequence[int] | None = None,
    out: Array | None = None,
    workers: int | None = None,
    separable: bool | None = None,
) -> Array:
    """Convolve two two-dimensional arrays, or many images with one kernel.

    Parameters
    ----------
    in1, in2 : array_like
        Arrays with two dimensions; `in1` may have more if `axes` is given.
    mode : {'full', 'valid', 'same'}, optional
        As in `convolve`.
    boundary : {'fill', 'wrap', 'symm'}, optional
        What `in1` continues with: `fillvalue`, itself, or its mirror image with the edge repeated.
        SciPy's other words 'pad', 'circular' and 'symmetric' are taken too.
    fillvalue : scalar, optional
        For `boundary` 'fill'.
    axes : pair of int, optional
        The axes of `in1` that the rows and the columns of `in2` go along. All the others count
        images (batches, channels), each of which is convolved with `in2`: ``axes=(-2, -1)`` for
        images one after the other, ``axes=(-3, -2)`` for channels last. Two neighbouring axes of a
        C-contiguous array are convolved where they lie, others are copied.
    out : ndarray, optional
        An array of the result's shape and dtype to write it to; it may overlap the inputs.
    workers : int, optional
        Threads to use at most, as in `scipy.fft`: by default those of `flipshift.fft.set_workers`,
        negative values count from the number of processors. The result does not depend on it.
    separable : bool, optional
        Whether `in2` is taken for a sum of few products of a column and a row: True wherever its
        singular values allow it to rounding, False never. By default where that is faster.
        Floating dtypes only: integers are added up as they are.

    Returns
    -------
    out : ndarray
        Of the dtype that `in1` and `in2` promote to. Integers are exact and wrap.

    Raises
    ------
    ValueError
        If an input is not two-dimensional or of bool, float16 or object dtype, `mode` or
        `boundary` is unknown, `fillvalue` is no scalar of the result's dtype, or neither array is
        as large as the other in 'valid' mode; if `axes` are not two different axes of `in1`,
        `out` has another shape or is read-only, or `workers` is out of range.
    TypeError
        If `out` has another dtype or is no array, or `axes`, `workers` or `separable` is of
        another type.

    Notes
    -----
    Large kernels are convolved by FFT. NaN and infinity reach the outputs that the definition says;
    `fillvalue` takes part in the sums as any element does.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import signal
    >>> signal.convolve2d([[1, 2], [3, 4]], [[1, 1]], mode="same", boundary="wrap")
    array([[3, 3],
           [7, 7]])

    A color picture, its channels last:

    >>> picture = np.ones((480, 640, 3), np.float32)
    >>> signal.convolve2d(picture, np.ones((5, 5), np.float32), "valid", axes=(0, 1)).shape
    (476, 636, 3)
    """
    if axes is None:
        threads = args.threads(workers)
        y = _image(in1, in2, mode, boundary, fillvalue, False, threads, out, separable)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return _filter("convolve2d", in1, in2, mode, boundary, fillvalue, axes, out, workers, separable)


def correlate2d(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    boundary: str = "fill",
    fillvalue: Any = 0,
    *,
    axes: Sequence[int] | None = None,
    out: Array | None = None,
    workers: int | None = None,
    separable: bool | None = None,
) -> Array:
    """Correlate two two-dimensional arrays, or many images with one kernel; `in2` is conjugated.

    Parameters
    ----------
    in1, in2, mode, boundary, fillvalue, axes, out, workers, separable
        As in `convolve2d`.

    Returns
    -------
    out : ndarray
        Of the dtype that `in1` and `in2` promote to.

    Raises
    ------
    ValueError, TypeError
        As `convolve2d`.

    Notes
    -----
    In 'valid' mode with the larger array second, the result of complex inputs is by the definition,
    ``sum in1[k] conj(in2[k - i])``; SciPy's is its complex conjugate.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.correlate2d([[1, 2], [3, 4]], [[1, 2]], mode="valid")
    array([[ 5],
           [11]])
    """
    if axes is None:
        threads = args.threads(workers)
        y = _image(in1, in2, mode, boundary, fillvalue, True, threads, out, separable)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return _filter(
        "correlate2d", in1, in2, mode, boundary, fillvalue, axes, out, workers, separable
    )


def _filter(
    name: str,
    in1: Any,
    in2: Any,
    mode: Any,
    boundary: Any,
    fillvalue: Any,
    axes: Any,
    out: Any,
    workers: Any,
    separable: Any,
) -> Array:
    x, h = arrays(in1, in2)
    rows, cols = _axes(name, x, h, axes)
    dtype = methods.result_type(x, h)
    if dtype.char in "?eOm":
        raise ValueError(f"{name} not available for this type: in1 is {x.dtype}, in2 is {h.dtype}")
    check_mode(mode)
    boundary = _boundary(boundary)
    method, threads = _method(separable), args.threads(workers)
    fill = _fill(fillvalue, dtype) if boundary == "fill" else dtype.type(0)
    correlation = name == "correlate2d"
    if correlation:
        h = h[::-1, ::-1]
        if h.dtype.kind == "c":
            h = h.conj()
    if rows > cols:
        rows, cols, h = cols, rows, h.T
    moved = np.moveaxis(x, rows, cols - 1)
    at = cols - 1
    sizes = moved.shape[at : at + 2]
    swap = swap_needed(mode, sizes, h.shape)
    start, two = part(mode, h.shape, sizes) if swap else part(mode, sizes, h.shape)
    if correlation and mode == "same":
        start = (h.shape[0] // 2, h.shape[1] // 2)
    shape = (*moved.shape[:at], *[max(n, 0) for n in two], *moved.shape[at + 2 :])
    y = None
    if out is not None:
        # In the order of axes that the user sees.
        seen = np.moveaxis(np.broadcast_to(np.empty(()), shape), at, rows).shape
        y = methods.target(out, seen, dtype, x, h)
    if rows != at:
        y = None
    if 0 in shape or x.size == 0 or h.size == 0:
        result = np.zeros(shape, dtype)
    elif not swap:
        result = _images(moved, h, at, start, shape, boundary, fill, dtype, method, threads, y)
    elif x.ndim == 2:
        result = _images(h, x, 0, start, shape, boundary, fill, dtype, method, threads, y)
    else:
        # Each image by itself: it is the kernel.
        result = np.empty(shape, dtype)
        for i in np.ndindex(*moved.shape[:at], *moved.shape[at + 2 :]):
            place = (*i[:at], slice(None), slice(None), *i[at:])
            result[place] = _images(
                h, moved[place], 0, start, two, boundary, fill, dtype, method, threads, None
            )
    if result is out:
        return result  # type: ignore[no-any-return]
    result = np.moveaxis(result, at, rows)
    if out is None:
        return np.ascontiguousarray(result)
    out[...] = result
    return out  # type: ignore[no-any-return]


def _axes(name: str, x: Array, h: Array, axes: Any) -> tuple[int, int]:
    """The axes of `x` that the rows and columns of `h` go along, from 0 on."""
    if axes is None:
        if not x.ndim == h.ndim == 2:
            raise ValueError(
                f"{name} inputs must both be 2-D arrays; in1 has {x.ndim} dimensions, in2 has "
                f"{h.ndim} (for many images in in1, give axes)"
            )
        return 0, 1
    try:
        numbers = [operator.index(a) for a in axes]
    except TypeError:
        raise TypeError(f"axes must be a pair of integers or None, not {axes!r}") from None
    if h.ndim != 2:
        raise ValueError(f"in2 must be a 2-D array, not one of {h.ndim} dimensions")
    if len(numbers) != 2 or not all(-x.ndim <= a < x.ndim for a in numbers):
        raise ValueError(
            f"axes must be two axes of in1, which has {x.ndim} dimensions, not {axes!r}"
        )
    rows, cols = (a % x.ndim for a in numbers)
    if rows == cols:
        raise ValueError(f"axes must be two different axes, not {axes!r}")
    return rows, cols


def _method(separable: Any) -> str:
    """The primitive's method for `separable`."""
    if separable is None:
        return "auto"
    if not isinstance(separable, bool | np.bool_):
        raise TypeError(f"separable must be None, True or False, not {separable!r}")
    return "separable" if separable else "whole"


def _boundary(boundary: Any) -> str:
    if isinstance(boundary, str) and boundary in _BOUNDARIES:
        return _BOUNDARIES[boundary]
    kind = ValueError if isinstance(boundary, str) else TypeError
    raise kind(
        "Acceptable boundary flags are 'fill', 'circular' (or 'wrap'), and 'symmetric' "
        f"(or 'symm'); boundary is {boundary!r}"
    )


def _fill(fillvalue: Any, dtype: DType) -> Any:
    """`fillvalue` as a scalar of `dtype`."""
    if type(fillvalue) is int and fillvalue == 0:
        return dtype.type(0)
    value = np.asarray(fillvalue)
    if value.size != 1:
        raise ValueError(
            f"`fillvalue` must be scalar or an array with one element, not shape {value.shape}"
        )
    try:
        value = value.reshape(()).astype(np.clongdouble if dtype.char in "gG" else np.complex128)
    except ValueError:
        raise ValueError(f"`fillvalue` must be a number, not {fillvalue!r}") from None
    except TypeError:
        raise TypeError(f"`fillvalue` must be a number, not {fillvalue!r}") from None
    fits = dtype.kind == "c" or value.imag == 0 or np.isnan(value.imag)
    if fits and dtype.kind in "iu":
        info = np.iinfo(dtype)
        fits = bool(info.min <= value.real <= info.max)
    if not fits:
        raise ValueError(
            "could not cast `fillvalue` directly to the output type (it was first converted to "
            f"complex): {fillvalue!r} is no {dtype}"
        )
    if dtype.kind in "iu":
        exact = np.asarray(fillvalue).reshape(())
        # Through complex numbers, integers above 2^53 would be rounded.
        return dtype.type(int(exact) if exact.dtype.kind in "iu" else int(value.real))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (value if dtype.kind == "c" else value.real).astype(dtype)[()]


def _images(
    x: Array,
    h: Array,
    at: int,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    boundary: str,
    fill: Any,
    dtype: DType,
    method: str,
    threads: int,
    out: Array | None,
) -> Array:
    """Convolve the images along axes `at` and ``at + 1`` of `x`; the result has `shape`."""
    x, h = methods.prepare(x, dtype), methods.prepare(h, dtype)
    y = np.empty(shape, dtype) if out is None else out
    images, results = x, y
    if x.ndim > 2:
        outer = math.prod(shape[:at])
        images = x.reshape(outer, *x.shape[at : at + 2], -1)
        results = y.reshape(outer, *shape[at : at + 2], -1)
    methods.convolve2d(images, h, results, (start[0], start[1]), boundary, fill, method, threads)
    return y
