"""Discrete cosine and sine transforms by `numpy.fft` of the sequence that a definition stands for.

On a circle of L points the sequence that has x[j] at p[j] and at -p[j] is real and even; its
spectrum at f[k] is sum_j 2 x[j] cos(2 pi p[j] f[k] / L), where points with p = -p count once. With
-x[j] at -p[j] the negative imaginary part is the same sum of sines.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["dct", "trigonometric"]

_Array = np.ndarray[Any, Any]


def _circle(kind: str, type: int, n: int) -> tuple[int, _Array, _Array]:
    """Length of the circle, places of the input and frequencies of the output on it."""
    from_0 = np.arange(n)
    integers = from_0 if kind == "cos" else from_0 + 1
    odd = 2 * from_0 + 1
    if type == 1:
        return 2 * (n - 1 if kind == "cos" else n + 1), integers, integers
    if type == 2:
        return 4 * n, odd, integers
    if type == 3:
        return 4 * n, integers, odd
    return 8 * n, odd, odd


def _along(x: _Array, kind: str, type: int, orthogonalize: bool) -> _Array:
    """Transform `x` along its last axis."""
    n = x.shape[-1]
    length, places, frequencies = _circle(kind, type, n)
    root = np.sqrt(x.dtype.type(2))
    ends = [0, n - 1] if type == 1 else [0] if kind == "cos" else [n - 1]
    orthogonalize = orthogonalize and type < 4 and (kind, type) != ("sin", 1)
    x = x.copy()
    if orthogonalize and type != 2:
        x[..., ends] *= root
    if (kind, type) == ("sin", 3):
        x[..., -1] /= 2  # counts once by definition
    circle = np.zeros((*x.shape[:-1], length), x.dtype)
    circle[..., -places] = x if kind == "cos" else -x
    circle[..., places] = x
    spectrum = np.fft.rfft(circle)[..., frequencies]
    y: _Array = spectrum.real if kind == "cos" else -spectrum.imag
    if orthogonalize and type != 3:
        y[..., ends] /= root
    return y


def dct(
    x: _Array,
    out: _Array,
    axes: tuple[int, ...],
    kind: str,
    type: int,
    scale: float,
    orthogonalize: bool,
    workers: int,
) -> None:
    """Discrete cosine or sine transform of type 1 to 4 along each of `axes`."""
    with np.errstate(all="ignore"):
        for axis in axes:
            y = _along(np.moveaxis(x, axis, -1), kind, type, orthogonalize)
            # NumPy 1.26 computes in double precision whatever comes in.
            x = np.moveaxis(y.astype(out.dtype, copy=False), -1, axis)
        np.multiply(x, scale, out=out, casting="same_kind")


def trigonometric(
    kind: int,
    x: object,
    type: object,
    lengths: object,
    axes: object,
    norm: object,
    workers: int | None,
    orthogonalize: object,
    out: object,
) -> None:
    """Nothing is gained by a short way here."""
