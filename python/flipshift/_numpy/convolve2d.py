"""Convolution of two matrices in NumPy, and of many images with one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .boundary import continued

__all__ = ["convolve2d", "convolve2d_image", "convolve2d_pixels", "convolve2d_plan"]

#: From this many taps on, 'auto' takes the transform. The sum costs about 1 ns for each tap
#: and output, the transforms of numpy.fft 60 to 140 ns for each output
#: (512 x 512 float64, Zen 5, one thread, NumPy 2.4, 2026-11).
_FFT_FROM_TAPS = 120

_Array = npt.NDArray[Any]


def convolve2d(
    x: _Array,
    h: _Array,
    out: _Array,
    start: tuple[int, int],
    boundary: tuple[str, str],
    fillvalue: Any,
    method: str,
    workers: int,
) -> None:
    """Write a rectangle of the convolution of `x` and `h` into `out`.

    ``out[o, i, j, c] = sum_{k, l} h[k, l] x[o, start[0] + i - k, start[1] + j - l, c]``

    Parameters
    ----------
    x : ndarray, shape (outer, rows, columns, inner) or (rows, columns)
        Images, in float32, float64, complex64, complex128, or integers of 8 to 64 bits, which wrap
        around as NumPy's do.
    h : ndarray, shape (k, l)
        The kernel, of the same dtype.
    out : ndarray
        Of the same dtype and as many dimensions as `x`, for the result.
    start : tuple of int
        Row and column of the full convolution that ``out[0, 0]`` is.
    boundary : tuple of {'fill', 'wrap', 'symm', 'mirror', 'nearest'}
        How `x` continues above and below, and to the left and right: with `fillvalue`,
        periodically, mirrored with the edge repeated, mirrored without, with the edge.
    fillvalue : scalar
        A number of the same dtype. The sum includes it: where a tap that is Inf or NaN meets a fill
        value of 0, the result is NaN, as in `scipy.signal.convolve2d`.
    method : {'direct', 'fft', 'separable', 'whole', 'auto'}
        The sum over taps, or a product of Fourier transforms (floating dtypes only). 'auto' and
        'whole' take the transform for large kernels, and the sum wherever the transform would carry
        Inf or NaN to other outputs. 'separable' is the sum here.
    workers : int
        Not used.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.convolve2d import convolve2d
    >>> x, h, out = np.eye(2), np.array([[1.0, 2.0]]), np.empty((2, 2))
    >>> convolve2d(x, h, out, (0, 0), ("wrap", "wrap"), 0.0, "direct", 1)
    >>> out
    array([[1., 2.],
           [2., 1.]])
    """
    if x.ndim == 2:
        x, out = x[None, :, :, None], out[None, :, :, None]
    samples = _samples(x, h.shape, out.shape, start, boundary, fillvalue)
    with np.errstate(all="ignore"):
        if method == "fft" or (
            method in ("auto", "whole") and h.size >= _FFT_FROM_TAPS and h.dtype.kind in "fc"
        ):
            _by_transform(samples, h, out)
            if method == "fft" or np.isfinite(out).all():
                return
        _by_taps(samples, h, out)


def convolve2d_image(
    x: object,
    h: object,
    mode: object,
    boundary: object,
    fillvalue: object,
    correlation: bool,
    workers: int,
    out: object,
    separable: object,
    /,
) -> _Array | None:
    """Return None: there is no shorter way."""
    return None


def convolve2d_pixels(
    x: _Array,
    h: _Array,
    out: _Array,
    start: tuple[int, int],
    boundary: tuple[str, str],
    fillvalue: int,
    workers: int,
) -> None:
    """Write the convolution of images of integers with a kernel of float64 numbers into `out`.

    Parameters
    ----------
    x : ndarray, shape (outer, rows, columns, inner) or (rows, columns)
        Images of integers of 8 to 32 bits.
    h : ndarray of float64, shape (k, l)
        The kernel.
    out : ndarray
        Of as many dimensions as `x`: integers of 8 to 64 bits get the sums without their fractions,
        wrapped to their width, float32 and float64 the sums rounded.
    start, boundary, fillvalue, workers
        As in `convolve2d`; `fillvalue` is an integer of the dtype of `x`.

    Notes
    -----
    Weights that are integers over one common integer, to rounding, as those of a mean or of a
    binomial are, count as just that: the sum of integers is exact and is divided once. So the mean
    of equal numbers is that number, where a sum of products with 1 / 49, each rounded, may end just
    below.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.convolve2d import convolve2d_pixels
    >>> x, out = np.array([[1, 2, 250]], np.uint8), np.empty((1, 3), np.uint8)
    >>> convolve2d_pixels(x, np.array([[1.0, 1.5]]), out, (0, 0), ("nearest", "nearest"), 0, 1)
    >>> out
    array([[  2,   3, 253]], dtype=uint8)
    """
    divisor = _denominator(h)
    if divisor > 1:
        h = np.rint(h * divisor)
    sums = np.empty(out.shape, np.float64)
    convolve2d(x.astype(np.float64), h, sums, start, boundary, float(fillvalue), "direct", workers)
    if divisor > 1:
        sums /= divisor
    with np.errstate(over="ignore"):
        out[...] = sums if out.dtype.kind == "f" else wrapped(sums, out.dtype)


def _denominator(h: _Array) -> float:
    """The integer D > 1 for which all ``h * D`` are integers to rounding, else 1."""
    sizes = np.abs(h[h != 0])
    if not sizes.size or not np.isfinite(sizes).all() or (h == np.rint(h)).all():
        return 1
    rounding = 2.0**-51
    # The smallest weight is k / D.
    for k in range(1, 17):
        divisor = np.rint(k / sizes.min())
        whole = np.rint(sizes * divisor)
        if 2 <= divisor <= 2**24 and (np.abs(sizes * divisor - whole) <= rounding * whole).all():
            return float(divisor) if whole.sum() <= 2**21 else 1
    return 1


def wrapped(sums: _Array, dtype: np.dtype[Any]) -> _Array:
    """Return `sums` without their fractions as integers of `dtype`, which wrap around.

    Infinity and NaN, and what does not fit into 64 bits, become 0 or the least 64-bit number.
    """
    whole = np.trunc(sums)
    with np.errstate(invalid="ignore"):
        if dtype == np.uint64:
            # Numbers from 2^63 on fit into no int64.
            large = whole >= 2.0**63
            whole = np.where(large, whole - 2.0**63, whole)
            return np.where(large, np.uint64(2**63), np.uint64(0)) + whole.astype(np.int64).astype(
                np.uint64
            )
        return whole.astype(np.int64).astype(dtype)


def convolve2d_plan(
    x_shape: Sequence[int],
    h: _Array,
    out_shape: Sequence[int],
    start: Sequence[int],
) -> list[tuple[str, tuple[int, int], int, float]]:
    """Return (method, block, blocks, nanoseconds) of both methods, the one that 'auto' takes first.

    Parameters
    ----------
    x_shape, out_shape, start : pairs of int
        Shapes and place of the arrays of `convolve2d`.
    h : ndarray
        The kernel, of a floating dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.convolve2d import convolve2d_plan
    >>> convolve2d_plan((50, 50), np.ones((3, 3)), (50, 50), (1, 1))[0][0]
    'direct'
    """
    taps, outputs = h.size, math.prod(out_shape)
    rows, cols = (n + m - 1 for n, m in zip(out_shape, h.shape, strict=True))
    direct = ("direct", (0, 0), 0, 1.0 * taps * outputs)
    transforms = ("fft", (rows, cols), 1, 1.0 * _FFT_FROM_TAPS * outputs)
    return [direct, transforms] if taps < _FFT_FROM_TAPS else [transforms, direct]


def _samples(
    x: _Array,
    taps: tuple[int, ...],
    shape: tuple[int, ...],
    start: tuple[int, int],
    boundary: tuple[str, str],
    fillvalue: Any,
) -> _Array:
    """All samples that the sums meet, so that they are the 'valid' part of the convolution."""
    first = [s - (n - 1) for s, n in zip(start, taps, strict=True)]
    lengths = [n_out + n - 1 for n_out, n in zip(shape[1:3], taps, strict=True)]
    return continued(x, (1, 2), first, lengths, boundary, fillvalue)


def _by_taps(samples: _Array, h: _Array, out: _Array) -> None:
    _, rows, cols, _ = out.shape
    product = np.empty_like(out)
    out[...] = 0
    for i, j in np.ndindex(h.shape):
        # The sample at (i, j) from an output's first one meets the tap as far from the last one.
        np.multiply(samples[:, i : i + rows, j : j + cols], h[-1 - i, -1 - j], out=product)
        out += product


def _by_transform(samples: _Array, h: _Array, out: _Array) -> None:
    # Cyclic in the size of `samples`, where the outputs that are wanted are not wrapped around.
    shape, axes = samples.shape[1:3], (1, 2)
    h = h[None, :, :, None]
    full: _Array
    if out.dtype.kind == "c":
        spectrum = np.fft.fft2(samples, axes=axes) * np.fft.fft2(h, shape, axes)
        full = np.fft.ifft2(spectrum, axes=axes)
    else:
        spectrum = np.fft.rfft2(samples, axes=axes) * np.fft.rfft2(h, shape, axes)
        full = np.fft.irfft2(spectrum, shape, axes)
    out[...] = full[:, h.shape[1] - 1 :, h.shape[2] - 1 :]
