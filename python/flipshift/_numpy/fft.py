"""Fourier transforms by `numpy.fft`, in the dtype of the output.

NumPy 1.26 computes in double precision whatever comes in; the result is then rounded once. From
NumPy 2 on single and extended precision are kept, and the public layer sends longdouble arrays
here on either backend.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fft.lengths import next_smooth

__all__ = ["c2c", "c2r", "good_size", "line", "r2c", "transform"]

_Array = np.ndarray[Any, Any]


def _store(y: _Array, scale: float, out: _Array) -> None:
    if scale != 1.0:
        np.multiply(y, scale, out=out, casting="same_kind")
    else:
        np.copyto(out, y, casting="same_kind")


def c2c(
    x: _Array, out: _Array, axes: tuple[int, ...], forward: bool, scale: float, workers: int
) -> None:
    """Complex to complex along each of `axes`."""
    with np.errstate(all="ignore"):
        if forward:
            y = np.fft.fftn(x, axes=axes)
        else:
            y = np.fft.ifftn(x, axes=axes, norm="forward")
        _store(y, scale, out)


def r2c(
    x: _Array, out: _Array, axes: tuple[int, ...], forward: bool, scale: float, workers: int
) -> None:
    """Real to half spectrum along ``axes[-1]``, then complex along the others."""
    with np.errstate(all="ignore"):
        y = np.fft.rfftn(x, axes=axes)
        _store(y if forward else np.conjugate(y), scale, out)


def c2r(
    x: _Array, out: _Array, axes: tuple[int, ...], forward: bool, scale: float, workers: int
) -> None:
    """Complex along ``axes[:-1]``, then half spectrum to real along ``axes[-1]``."""
    shape = [out.shape[axis] for axis in axes]
    with np.errstate(all="ignore"):
        if forward:
            x = np.conjugate(x)
        _store(np.fft.irfftn(x, s=shape, axes=axes, norm="forward"), scale, out)


def line(x: object, kind: int) -> None:
    """Nothing is gained by a short way here."""


def transform(
    kind: int, x: object, lengths: object, axes: object, norm: object, workers: int, out: object
) -> None:
    """Nothing is gained by a short way here."""


def good_size(n: int) -> int:
    """The next length without prime factors above 5: what pocketfft has fast real passes for."""
    return next_smooth(n, (3, 5))
