"""Normalised cross-correlation of an image with a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .convolve2d import convolve2d

__all__ = ["coefficients", "match_template"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

#: What an error of the numerators, 8 epsilon of the image's norm, may make of a coefficient.
_TOLERANCE = {"f": 2.0**-25, "d": 1e-9}


def match_template(image: Array, template: Floats, out: Array, workers: int) -> None:
    """Write the correlation coefficient of `template` with each part of `image` to `out`.

    Parameters
    ----------
    image : ndarray, shape (rows, columns)
        Of float32, float64, uint8 or uint16.
    template : ndarray of float64, shape (m, n)
        No larger than `image`.
    out : ndarray, shape (rows - m + 1, columns - n + 1)
        Receives the result, of float32 if the image is, else of float64.
    workers : int
        Not used.

    Examples
    --------
    >>> out = np.empty((1, 3))
    >>> match_template(np.array([[1.0, 1, 2, 3]]), np.array([[1.0, 2]]), out, 1)
    >>> out
    array([[0., 1., 1.]])
    """

    def convolve(x: Floats, h: Floats) -> Floats:
        y = np.empty(out.shape)
        start = (h.shape[0] - 1, h.shape[1] - 1)
        convolve2d(x, h, y, start, ("fill", "fill"), 0.0, "auto", 1)
        return y

    coefficients(image, template, out, convolve)


def coefficients(
    image: Array, template: Floats, out: Array, convolve: Callable[[Floats, Floats], Floats]
) -> None:
    """`match_template` in any number of dimensions.

    Numerators come from ``convolve(x, h)``, the valid part of a convolution, of image and template
    less their means; the energies of all windows from unions of disjoint windows, in which nothing
    cancels. Windows so quiet beside the whole image that rounding in the numerator would show are
    computed by the definition.
    """
    if not np.isfinite(template).all():
        out[...] = np.nan
        return
    kernel, _, _ = _centred(template, np.full(template.shape, True))
    kernel -= kernel.mean()
    norm = np.sqrt(np.sum(kernel**2))
    if norm > 0:
        kernel /= norm
    finite = np.isfinite(image)
    samples, pivot, scale = _centred(image, finite)
    products = convolve(samples, np.ascontiguousarray(np.flip(kernel)))
    quiet = np.sum(samples**2) * (8 * 2.0**-52 / _TOLERANCE[out.dtype.char]) ** 2
    samples[~finite] = np.nan
    mean, energy = _windows(samples, template.shape)

    # Differences in the last place only are no differences.
    eps = np.finfo(image.dtype).eps if image.dtype.kind == "f" else 0.0
    energy[energy <= template.size * (0.5 * eps * np.abs(mean + pivot * scale)) ** 2] = 0
    for at in map(tuple, np.argwhere((energy > 0) & (energy < quiet))):
        window = tuple(slice(i, i + n) for i, n in zip(at, template.shape, strict=True))
        part = image[window] * np.float64(scale)
        part -= part.flat[0]
        part -= part.mean()
        energy[at], products[at] = np.sum(part**2), np.sum(part * kernel)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip(products / np.sqrt(energy), -1, 1)
    out[...] = np.where(energy == 0, 0, r)


def _centred(x: Array, finite: NDArray[np.bool_]) -> tuple[Floats, float, float]:
    """`x` less its mean, to some rounding, times a power of two, and these; 0 if not finite."""
    numbers = x[finite].astype(np.float64)
    if numbers.size == 0:
        return np.zeros(x.shape), 0.0, 1.0
    low, high = float(numbers.min()), float(numbers.max())
    mean = float(np.sum(numbers / numbers.size))
    pivot = float(np.rint(mean)) if x.dtype.kind in "iu" else float(x.dtype.type(mean))
    pivot = min(max(pivot, low), high)
    most = max(high / 4 - pivot / 4, pivot / 4 - low / 4)
    scale = 2.0 ** -min(max(int(np.frexp(most)[1]) + 1, -1000), 1000) if most > 0 else 1.0
    samples = np.zeros(x.shape)
    samples[finite] = numbers * scale - pivot * scale
    return samples, pivot, scale


def _windows(x: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Mean and energy, the sum of squared deviations from it, of all windows of `shape` in `x`.

    Those of two disjoint windows give those of their union (Chan, Golub and LeVeque 1983).
    """
    mean, energy = x, np.zeros_like(x)
    size = 1  # of the windows so far, along the axes before
    for axis, n in enumerate(shape):
        mean, energy = np.moveaxis(mean, axis, 0), np.moveaxis(energy, axis, 0)
        one = mean, energy
        width = 1
        for bit in bin(n)[3:]:
            mean, energy = _unite((mean, energy), (mean, energy), width, width, size)
            width *= 2
            if bit == "1":
                mean, energy = _unite((mean, energy), one, width, 1, size)
                width += 1
        mean, energy = np.moveaxis(mean, 0, axis), np.moveaxis(energy, 0, axis)
        size *= n
    return mean, energy


def _unite(
    a: tuple[Floats, Floats], b: tuple[Floats, Floats], of_a: int, of_b: int, size: int
) -> tuple[Floats, Floats]:
    """Windows of length `of_a`, each with that of length `of_b` that follows it."""
    count = min(len(a[0]), len(b[0]) - of_a)
    mean_a, energy_a = a[0][:count], a[1][:count]
    mean_b, energy_b = b[0][of_a : of_a + count], b[1][of_a : of_a + count]
    delta, both = mean_b - mean_a, of_a + of_b
    mean = mean_a + delta * (of_b / both)
    return mean, energy_a + energy_b + delta**2 * (size * of_a * of_b / both)
