"""Kernels and pictures as sums of a few products of a column and a row, by their SVD."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from ... import signal
from ..._backend import core
from ..race import race
from .picture import Image

#: A side at most, in pixels, of a picture whose SVD is taken: its time goes with the cube.
LARGEST = 768
RANKS = (2, 5, 10, 20, 50, 100)


def oriented(size: int = 25, degrees: float = 30.0) -> Image:
    """Return a kernel for edges of one direction: a long Gaussian, differentiated across.

    Its sigma is a quarter of `size` along the edge and an eighth across, in pixels. The absolute
    values sum to 1.

    Parameters
    ----------
    size : int
        Rows and columns; odd.
    degrees : float
        Of the edge, from the horizontal.

    Examples
    --------
    >>> oriented().shape, int(np.linalg.matrix_rank(oriented(degrees=0.0)))
    ((25, 25), 1)
    """
    reach, angle = size // 2, math.radians(degrees)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along = x * math.cos(angle) - y * math.sin(angle)
    across = x * math.sin(angle) + y * math.cos(angle)
    kernel = across * np.exp(-0.5 * ((along / (size / 4)) ** 2 + (across / (size / 8)) ** 2))
    return np.asarray(kernel / np.abs(kernel).sum())


@dataclass(frozen=True)
class Factors:
    """The singular value decomposition of a matrix: columns, values from the largest on, rows."""

    columns: Image
    values: Image
    rows: Image

    def sum(self, rank: int) -> Image:
        """Return the sum of the first `rank` products, the nearest matrix of that rank."""
        return np.asarray((self.columns[:, :rank] * self.values[:rank]) @ self.rows[:rank])

    def numbers(self, rank: int) -> int:
        """Return how many numbers these products are: columns, rows and singular values."""
        return rank * (len(self.columns) + len(self.rows[0]) + 1)


def factors(matrix: Image) -> Factors:
    """Return the singular value decomposition.

    Examples
    --------
    >>> two = factors(np.array([[3.0, 0.0], [0.0, 1.0]]))
    >>> two.values.tolist(), two.sum(1).round(12).tolist()
    ([3.0, 1.0], [[3.0, 0.0], [0.0, 0.0]])
    """
    return Factors(*np.linalg.svd(matrix, full_matrices=False))


def relative_error(exact: Image, near: Image) -> float:
    """Return the norm of the difference over that of `exact`; 0 if both are 0."""
    norm = float(np.linalg.norm(exact))
    return float(np.linalg.norm(near - exact)) / norm if norm > 0 else 0.0


def psnr(exact: Image, near: Image) -> float:
    """Return the peak signal-to-noise ratio in dB, for a peak of 1; infinite without an error.

    Examples
    --------
    >>> round(psnr(np.zeros((2, 2)), np.full((2, 2), 0.1)), 9)
    20.0
    """
    error = float(np.mean((near - exact) ** 2))
    return -10 * math.log10(error) if error > 0 else math.inf


@dataclass(frozen=True)
class Approximation:
    """A kernel, or one of lower rank in its place, on a picture.

    Attributes
    ----------
    name : str
    kernel, filtered : ndarray
        Itself, and what it makes of the picture.
    kernel_error, filtered_error : float
        Norm of the difference over the norm of the whole.
    seconds : float
        Of the convolution.
    """

    name: str
    kernel: Image
    filtered: Image
    kernel_error: float
    filtered_error: float
    seconds: float


def by_terms(picture: Image, parts: Factors, rank: int) -> Image:
    """Return the picture, mirrored at its borders, convolved with the first products of a kernel.

    Down the columns with each column, then along the rows with its row; results are added.
    """
    root = np.sqrt(parts.values[:rank, None])
    columns = np.ascontiguousarray(parts.columns[:, :rank].T) * root
    rows = parts.rows[:rank] * root
    start = (columns.shape[1] - 1) // 2, (rows.shape[1] - 1) // 2
    result = np.empty_like(picture)
    core.separable2d(
        np.ascontiguousarray(picture), columns, rows, result, start, ("symm",) * 2, (0.0, 0.0), 1
    )
    return result


def approximations(picture: Image, kernel: Image, ranks: tuple[int, ...]) -> list[Approximation]:
    """Filter a picture, mirrored at its borders, with a kernel and with nearest ones of low rank.

    The whole kernel goes as it is, the others by columns and rows.

    Parameters
    ----------
    picture, kernel : ndarray of float64
    ranks : tuple of int

    Returns
    -------
    list of Approximation
        The whole kernel first.
    """
    parts = factors(kernel)
    kernels, names = [kernel], ["whole"]
    calls = {"whole": partial(signal.convolve2d, picture, kernel, "same", "symm", separable=False)}
    for rank in ranks:
        kernels.append(parts.sum(rank))
        names.append(f"rank {rank}")
        calls[names[-1]] = partial(by_terms, picture, parts, rank)
    seconds = race(calls, rounds=7, budget=0.5)
    filtered = [calls[name]() for name in names]
    return [
        Approximation(
            name,
            k,
            y,
            relative_error(kernel, k),
            relative_error(filtered[0], y),
            seconds[name],
        )
        for name, k, y in zip(names, kernels, filtered, strict=True)
    ]


def reduced(picture: Image, largest: int = LARGEST) -> Image:
    """Return the picture, or means of squares of it, so that no side is above `largest`.

    Examples
    --------
    >>> reduced(np.arange(12.0).reshape(2, 6), 3)
    array([[3.5, 5.5, 7.5]])
    """
    step = min(-(-max(picture.shape) // largest), *picture.shape)
    height, width = (n // step * step for n in picture.shape)
    squares = picture[:height, :width].reshape(height // step, step, width // step, step)
    return np.asarray(squares.mean((1, 3)))


@dataclass(frozen=True)
class Compressed:
    """A picture as the sum of `rank` products: how many numbers that takes, and how near it is."""

    rank: int
    picture: Image
    numbers: int
    share: float
    psnr: float


def compressed(picture: Image, parts: Factors, ranks: tuple[int, ...] = RANKS) -> list[Compressed]:
    """Return the picture at those of the ranks that take fewer numbers than its pixels.

    `parts` are its factors; `share` is the part of the pixels' number.
    """
    results = []
    for rank in ranks:
        numbers = parts.numbers(rank)
        if numbers < picture.size:
            near = parts.sum(rank)
            results.append(
                Compressed(rank, near, numbers, numbers / picture.size, psnr(picture, near))
            )
    return results
