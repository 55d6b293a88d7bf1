"""Convolution of two matrices in NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["convolve2d", "convolve2d_plan"]

#: numpy.pad's name for each boundary.
_PAD_MODE = {"fill": "constant", "wrap": "wrap", "symm": "symmetric"}

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
    boundary: str,
    fillvalue: Any,
    method: str,
) -> None:
    """Write a rectangle of the convolution of `x` and `h` into `out`.

    ``out[i, j] = sum_{k, l} h[k, l] x[start[0] + i - k, start[1] + j - l]``

    Parameters
    ----------
    x, h : ndarray
        Matrices of one dtype: float32, float64, complex64, complex128, or integers of 8 to 64 bits,
        which wrap around as NumPy's do.
    out : ndarray
        Matrix of the same dtype for the result.
    start : tuple of int
        Row and column of the full convolution that ``out[0, 0]`` is.
    boundary : {'fill', 'wrap', 'symm'}
        How `x` continues outside: with `fillvalue`, periodically, or mirrored with the edge
        repeated.
    fillvalue : scalar
        A number of the same dtype. The sum includes it: where a tap that is Inf or NaN meets a fill
        value of 0, the result is NaN, as in `scipy.signal.convolve2d`.
    method : {'direct', 'fft', 'auto'}
        The sum over taps, or a product of Fourier transforms (floating dtypes only). 'auto' takes
        the transform for large kernels, and the sum wherever the transform would carry Inf or NaN
        to other outputs.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift._numpy.convolve2d import convolve2d
    >>> out = np.empty((2, 2))
    >>> convolve2d(np.eye(2), np.array([[1.0, 2.0]]), out, (0, 0), "wrap", 0.0, "direct")
    >>> out
    array([[1., 2.],
           [2., 1.]])
    """
    # All samples that the sum meets, so that out is the 'valid' part of the convolution.
    first = [s - (taps - 1) for s, taps in zip(start, h.shape, strict=True)]
    last = [s + n - 1 for s, n in zip(start, out.shape, strict=True)]
    margins = [
        (max(0, -a), max(0, b - (n - 1))) for a, b, n in zip(first, last, x.shape, strict=True)
    ]
    options = {"constant_values": fillvalue} if boundary == "fill" else {}
    padded = np.pad(x, margins, _PAD_MODE[boundary], **options)  # type: ignore[call-overload]
    rows, cols = (
        slice(a + before, b + before + 1)
        for a, b, (before, _) in zip(first, last, margins, strict=True)
    )
    samples = padded[rows, cols]

    with np.errstate(all="ignore"):
        if method == "fft" or (
            method == "auto" and h.size >= _FFT_FROM_TAPS and h.dtype.kind in "fc"
        ):
            _by_transform(samples, h, out)
            if method == "fft" or np.isfinite(out).all():
                return
        _by_taps(samples, h, out)


def convolve2d_plan(
    x_shape: Sequence[int],
    h_shape: Sequence[int],
    out_shape: Sequence[int],
    start: Sequence[int],
    dtype: npt.DTypeLike,
) -> list[tuple[str, tuple[int, int], int, float]]:
    """Return (method, block, blocks, nanoseconds) of both methods, the one that 'auto' takes first.

    Parameters
    ----------
    x_shape, h_shape, out_shape, start : pairs of int
        Shapes and place of the arrays of `convolve2d`.
    dtype : dtype
        That of all of them.

    Examples
    --------
    >>> convolve2d_plan((50, 50), (3, 3), (50, 50), (1, 1), "f8")[0][0]
    'direct'
    """
    taps, outputs = math.prod(h_shape), math.prod(out_shape)
    rows, cols = (n + m - 1 for n, m in zip(out_shape, h_shape, strict=True))
    direct = ("direct", (0, 0), 0, 1.0 * taps * outputs)
    transforms = ("fft", (rows, cols), 1, 1.0 * _FFT_FROM_TAPS * outputs)
    return [direct, transforms] if taps < _FFT_FROM_TAPS else [transforms, direct]


def _by_taps(samples: _Array, h: _Array, out: _Array) -> None:
    rows, cols = out.shape
    product = np.empty_like(out)
    out[...] = 0
    for i, j in np.ndindex(h.shape):
        # The sample at (i, j) from an output's first one meets the tap as far from the last one.
        np.multiply(samples[i : i + rows, j : j + cols], h[-1 - i, -1 - j], out=product)
        out += product


def _by_transform(samples: _Array, h: _Array, out: _Array) -> None:
    # Cyclic in the size of `samples`, where the outputs that are wanted are not wrapped around.
    shape = samples.shape
    full: _Array
    if out.dtype.kind == "c":
        full = np.fft.ifft2(np.fft.fft2(samples) * np.fft.fft2(h, shape))
    else:
        full = np.fft.irfft2(np.fft.rfft2(samples) * np.fft.rfft2(h, shape), shape)
    out[...] = full[h.shape[0] - 1 :, h.shape[1] - 1 :]
