"""Two-dimensional convolution with a choice of boundaries, in `flipshift.signal`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from .._fft.arguments import Array, DType
from . import methods
from .modes import arrays, check_mode, part, swap_needed

__all__ = ["convolve2d", "correlate2d"]

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
) -> Array:
    """Convolve two two-dimensional arrays.

    Parameters
    ----------
    in1, in2 : array_like
        Arrays with two dimensions.
    mode : {'full', 'valid', 'same'}, optional
        As in `convolve`.
    boundary : {'fill', 'wrap', 'symm'}, optional
        What `in1` continues with: `fillvalue`, itself, or its mirror image with the edge repeated.
        SciPy's other words 'pad', 'circular' and 'symmetric' are taken too.
    fillvalue : scalar, optional
        For `boundary` 'fill'.

    Returns
    -------
    out : ndarray
        Of the dtype that `in1` and `in2` promote to. Integers are exact and wrap.

    Raises
    ------
    ValueError
        If an input is not two-dimensional or of bool, float16 or object dtype, `mode` or
        `boundary` is unknown, `fillvalue` is no scalar of the result's dtype, or neither array is
        as large as the other in 'valid' mode.

    Notes
    -----
    Large kernels are convolved by FFT. NaN and infinity reach the outputs that the definition says;
    `fillvalue` takes part in the sums as any element does.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.convolve2d([[1, 2], [3, 4]], [[1, 1]], mode="same", boundary="wrap")
    array([[3, 3],
           [7, 7]])
    """
    x, h, dtype = _two_dimensional("convolve2d", in1, in2)
    check_mode(mode)
    boundary = _boundary(boundary)
    if swap_needed(mode, x.shape, h.shape):
        x, h = h, x
    start, shape = part(mode, x.shape, h.shape)
    return _compute(x, h, start, shape, boundary, fillvalue, dtype)


def correlate2d(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    boundary: str = "fill",
    fillvalue: Any = 0,
) -> Array:
    """Correlate two two-dimensional arrays; `in2` is conjugated.

    Parameters
    ----------
    in1, in2, mode, boundary, fillvalue
        As in `convolve2d`.

    Returns
    -------
    out : ndarray
        Of the dtype that `in1` and `in2` promote to.

    Raises
    ------
    ValueError
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
    x, h, dtype = _two_dimensional("correlate2d", in1, in2)
    check_mode(mode)
    boundary = _boundary(boundary)
    h = h[::-1, ::-1]
    if h.dtype.kind == "c":
        h = h.conj()
    if swap_needed(mode, x.shape, h.shape):
        x, h = h, x
    start, shape = part(mode, x.shape, h.shape)
    if mode == "same":
        start = (h.shape[0] // 2, h.shape[1] // 2)
    return _compute(x, h, start, shape, boundary, fillvalue, dtype)


def _two_dimensional(name: str, in1: Any, in2: Any) -> tuple[Array, Array, DType]:
    x, h = arrays(in1, in2)
    if not x.ndim == h.ndim == 2:
        raise ValueError(
            f"{name} inputs must both be 2-D arrays; in1 has {x.ndim} dimensions, in2 has {h.ndim}"
        )
    dtype = methods.result_type(x, h)
    if dtype.char in "?eOm":
        raise ValueError(f"{name} not available for this type: in1 is {x.dtype}, in2 is {h.dtype}")
    return x, h, dtype


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


def _compute(
    x: Array,
    h: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    boundary: str,
    fillvalue: Any,
    dtype: DType,
) -> Array:
    fill = _fill(fillvalue, dtype) if boundary == "fill" else dtype.type(0)
    if x.size == 0 or h.size == 0:
        return np.zeros([max(n, 0) for n in shape], dtype)
    x, h = methods.prepare(x, dtype), methods.prepare(h, dtype)
    two = (start[0], start[1]), (shape[0], shape[1])
    return methods.convolve2d(x, h, *two, boundary, fill)
