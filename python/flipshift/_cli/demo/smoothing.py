"""Moving averages, by convolution and by a banded Toeplitz matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ... import linalg, signal

Floats = NDArray[np.float32]


def box(length: int) -> Floats:
    """Return the kernel of the moving average over `length` samples.

    Examples
    --------
    >>> float(box(4).sum())
    1.0
    """
    return np.full(length, 1.0 / length, np.float32)


def lengths(rate: float) -> tuple[int, ...]:
    """Return odd numbers of samples that last about 0.3, 1, 20 and 200 ms.

    Examples
    --------
    >>> lengths(22050)
    (7, 23, 441, 4411)
    """
    return tuple(2 * int(0.0005 * ms * rate) + 1 for ms in (0.3, 1, 20, 200))


def excerpt(x: Floats, rate: float, seconds: float) -> tuple[int, Floats]:
    """Return where the loudest stretch of a signal begins, and that stretch.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
    rate : float
        In Hz.
    seconds : float
        Its length; the whole signal if that is shorter.
    """
    n = min(round(seconds * rate), len(x))
    power = np.concatenate(([0.0], np.cumsum(np.square(x, dtype=np.float64))))
    first = int((power[n:] - power[:-n]).argmax())
    return first, x[first : first + n]


def band(kernel: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the first column and the first row of the matrix that convolves n samples.

    Row i of ``T`` holds the flipped kernel, shifted by i: ``T[i, j] = kernel[i - j]``, and 0 off
    the band. ``T @ x`` is the full convolution.

    Examples
    --------
    >>> column, row = band(np.ones(2, np.float32), 3)
    >>> linalg.toeplitz(column, row)
    array([[1., 0., 0.],
           [1., 1., 0.],
           [0., 1., 1.],
           [0., 0., 1.]], dtype=float32)
    """
    column = np.zeros(n + len(kernel) - 1, np.float32)
    column[: len(kernel)] = kernel
    row = np.zeros(n, np.float32)
    row[0] = kernel[0]
    return column, row


def by_convolution(x: Floats, length: int) -> Floats:
    """Return the moving average of the length of the signal."""
    return np.asarray(signal.convolve(x, box(length), "same"))


def by_toeplitz(x: Floats, length: int) -> Floats:
    """Return the full moving average as a Toeplitz matrix times the signal, never formed."""
    return np.asarray(linalg.matmul_toeplitz(band(box(length), len(x)), x))


def by_matrix(x: Floats, length: int) -> tuple[Floats, Floats]:
    """Return the banded matrix in full, and its product with the signal."""
    matrix = np.asarray(linalg.convolution_matrix(box(length), len(x), "full"))
    return matrix, matrix @ x
