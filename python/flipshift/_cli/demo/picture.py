"""The picture: read or drawn; filters by 2-D convolution; one patch worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import signal
from ..common import CommandError, extra

Image = NDArray[np.float64]

SHARPEN: Image = np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]])
SOBEL: Image = np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])


def gaussian(sigma: float) -> Image:
    """Return a square Gaussian kernel that reaches three sigma and sums to 1.

    Examples
    --------
    >>> gaussian(2.0).shape
    (13, 13)
    """
    reach = int(np.ceil(3 * sigma))
    line = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    square = np.outer(line, line)
    return np.asarray(square / square.sum())


def drawn(size: int = 512) -> Image:
    """Return a test picture, from 0 to 1.

    It holds what filters change: rings of rising frequency, edges in many directions, a disc, a
    checkerboard, thin lines, and faint noise.

    Examples
    --------
    >>> drawn(64).shape
    (64, 64)
    """
    y, x = np.mgrid[0:size, 0:size] / size
    picture = 0.25 + 0.35 * x
    rings = 0.5 + 0.45 * np.cos(0.28 * np.pi * size * ((x - 0.25) ** 2 + (y - 0.25) ** 2) * 2)
    picture = np.where((x < 0.5) & (y < 0.5), rings, picture)
    picture = np.where(np.hypot(x - 0.75, y - 0.25) < 0.17, 0.95, picture)
    picture = np.where(np.hypot(x - 0.79, y - 0.21) < 0.06, 0.1, picture)
    checks = ((x * 24).astype(int) + (y * 24).astype(int)) % 2 * 0.8 + 0.1
    picture = np.where((abs(x - 0.25) < 0.17) & (abs(y - 0.75) < 0.17), checks, picture)
    spokes = np.cos(24 * np.arctan2(y - 0.75, x - 0.75)) > 0.0
    picture = np.where((np.hypot(x - 0.75, y - 0.75) < 0.2) & spokes, 0.05, picture)
    for line in (0.492, 0.5, 0.508):
        picture[round(line * size)] = 1.0
        picture[:, round(line * size)] = 0.0
    noise = np.random.default_rng(7).normal(0.0, 0.015, picture.shape)
    return np.asarray(np.clip(picture + noise, 0.0, 1.0))


def read(path: str) -> tuple[Image, tuple[str, ...]]:
    """Return a picture in grey from 0 to 1, and what was done to it.

    Parameters
    ----------
    path : str
        Any format that Pillow, which comes with matplotlib, reads.

    Returns
    -------
    picture : ndarray of float64, shape (height, width)
    remarks : tuple of str

    Raises
    ------
    CommandError
        If it cannot be read or is smaller than 16 by 16 pixels.
    """
    pillow = extra("PIL.Image")
    if not Path(path).is_file():
        raise CommandError(f"--image {path}: there is no such file")
    remarks = []
    try:
        with pillow.open(path) as opened:
            if opened.mode not in ("L", "1", "I", "I;16", "F"):
                remarks.append("colours were turned to grey (0.299 R + 0.587 G + 0.114 B)")
                opened = opened.convert("RGB").convert("L")
            elif opened.mode == "1":
                opened = opened.convert("L")
            picture = np.asarray(opened, np.float64)
    except (OSError, ValueError, SyntaxError, pillow.DecompressionBombError) as error:
        raise CommandError(f"--image {path}: Pillow cannot read it ({error})") from None
    if min(picture.shape) < 16:
        height, width = picture.shape
        raise CommandError(
            f"--image {path}: {width} x {height} pixels are too few; 16 x 16 are needed"
        )
    if not np.isfinite(picture).all():
        raise CommandError(f"--image {path}: it has pixels that are not finite")
    top = 255.0 if 1.0 < picture.max() <= 255.0 else max(float(picture.max()), 1.0)
    return picture / top, tuple(remarks)


def filtered(picture: Image, kernel: Image) -> Image:
    """Return the picture convolved with a kernel, mirrored at its borders."""
    return np.asarray(signal.convolve2d(picture, kernel, "same", "symm"))


def edges(picture: Image) -> Image:
    """Return the magnitude of the gradient by the operator of Sobel and Feldman."""
    return np.hypot(filtered(picture, SOBEL), filtered(picture, SOBEL.T))


def by_hand(patch: Image, kernel: Image) -> Image:
    """Return the valid convolution from the definition: flip, shift, multiply, add.

    ``y[i, j] = sum_k sum_l kernel[k, l] patch[i + K - 1 - k, j + L - 1 - l]``

    Examples
    --------
    >>> by_hand(np.arange(9.0).reshape(3, 3), np.array([[1.0, 0.0], [0.0, -1.0]]))
    array([[4., 4.],
           [4., 4.]])
    """
    rows, columns = kernel.shape
    flipped = kernel[::-1, ::-1]
    result = np.empty((patch.shape[0] - rows + 1, patch.shape[1] - columns + 1))
    for i in range(result.shape[0]):  # shift down
        for j in range(result.shape[1]):  # shift right
            total = 0.0
            for k in range(rows):
                for m in range(columns):
                    total += flipped[k, m] * patch[i + k, j + m]
            result[i, j] = total
    return result


def sample_patch(picture: Image, size: int = 6) -> tuple[int, int, NDArray[np.int64]]:
    """Return row, column and values, rounded to 0 to 9, of the patch of strongest edges."""
    strength = edges(picture)
    strength[-size:], strength[:, -size:] = -1.0, -1.0
    row, column = divmod(int(strength.argmax()), strength.shape[1])
    row = min(max(row - size // 2, 0), picture.shape[0] - size)
    column = min(max(column - size // 2, 0), picture.shape[1] - size)
    patch = picture[row : row + size, column : column + size]
    return row, column, np.rint(9 * np.clip(patch, 0.0, 1.0)).astype(np.int64)
