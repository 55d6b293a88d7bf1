"""Floating-point operations of the methods that flipshift takes, which the limits are about.

Cases count operations by the definition of the problem, so that the rates of all libraries can be
compared; an algorithm may need far fewer. What a processor can be measured by is what it has to do:
two operations for each product of a sum, 5 n log2(n) for a complex transform of n points, half of
that for a real one, 6 for each product of complex numbers. `explain_convolve` tells the method of a
convolution. Where the library does not tell (Toeplitz products, streams, templates), the lesser
count of direct sums and transforms is taken, a bound for either.
"""

from __future__ import annotations

from math import log2, prod
from typing import Any

import numpy as np


def transform(points: int, real: bool = True) -> float:
    """Return the operations of one transform of so many points in all.

    Examples
    --------
    >>> transform(8), transform(8, real=False)
    (60.0, 120.0)
    """
    return (2.5 if real else 5.0) * points * log2(points)


def product(points: int, real: bool = True) -> float:
    """Return the operations of the product of two spectra of so many points in all.

    Examples
    --------
    >>> product(8)
    24.0
    """
    return 6.0 * points / (2 if real else 1)


def convolution(x: Any, h: Any, mode: str, direct: float, axis: int | None = None) -> float:
    """Return the operations of a convolution by the method that `explain_convolve` tells.

    Parameters
    ----------
    x, h : ndarray
        As for `flipshift.signal.convolve`.
    mode : str
    direct : float
        Those of the direct sums.
    axis : int, optional

    Examples
    --------
    >>> convolution(np.ones(100), np.ones(3), "same", 600.0)
    600.0
    """
    from flipshift.signal import explain_convolve

    chosen = explain_convolve(x, h, mode, axis=axis).chosen
    if chosen.terms:  # sums along the columns, then along the rows
        sides = np.array(np.shape(h))
        return float(min(direct, direct / sides.prod() * chosen.terms * sides.sum()))
    if not chosen.blocks:
        return direct
    real = not (np.iscomplexobj(x) or np.iscomplexobj(h))
    points = prod(chosen.block)
    # The kernel is transformed once, each block there and back.
    return transform(points, real) + chosen.blocks * (
        2 * transform(points, real) + product(points, real)
    )


def _even(points: int) -> int:
    return points + points % 2


def toeplitz(rows: int, columns: int = 1, made: bool = False) -> float:
    """Return the lesser operations of a square Toeplitz matrix times columns.

    Parameters
    ----------
    rows, columns : int
    made : bool
        Whether the spectrum of the matrix was made before.

    Examples
    --------
    >>> toeplitz(16), toeplitz(4096) < 2 * 4096**2
    (512.0, True)
    """
    points = _even(2 * rows - 1)
    fast = (0 if made else transform(points)) + columns * (2 * transform(points) + product(points))
    return min(2.0 * rows * rows * columns, fast)


def stream(block: int, taps: int) -> float:
    """Return the lesser operations of a block of a stream.

    Those by transforms are of overlap-save without regard to the delay: of the length that needs
    fewest for each sample, the kernel transformed before.

    Examples
    --------
    >>> stream(64, 3), stream(64, 48000) < 2 * 64 * 48000 / 100
    (384.0, True)
    """
    lengths = [2**e for e in range(1, 40) if taps < 2**e <= 64 * taps]
    fast = min((2 * transform(n) + product(n)) / (n - taps + 1) for n in lengths)
    return float(block * min(2.0 * taps, fast))


def template(image: tuple[int, int], sides: tuple[int, int]) -> float:
    """Return the lesser operations of a template matched with an image.

    Sums and energies of windows take a few operations for each pixel.

    Examples
    --------
    >>> template((480, 640), (100, 100)) < 2 * 381 * 541 * 100 * 100 / 10
    True
    """
    windows = prod(n - m + 1 for n, m in zip(image, sides, strict=True))
    best = 2.0 * windows * prod(sides)
    for exponent in range(2, 14):
        n = 2**exponent
        if min(n - m for m in sides) < 0 or n >= 2 * max(image):
            continue
        blocks = prod(-(-(i - m + 1) // (n - m + 1)) for i, m in zip(image, sides, strict=True))
        best = min(best, blocks * (2 * transform(n * n) + product(n * n)))
    return best + 10.0 * windows
