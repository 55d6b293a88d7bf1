"""Image filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from .. import peers
from .case import LARGE, RNG, Case, numbers

SHAPES = ((28, 28), (480, 641), (1000, 1500))


@dataclass(frozen=True)
class _Filter:
    """One filter.

    Attributes
    ----------
    label : str
    call : str
        By the names of scipy.ndimage, which are those of flipshift; ``x`` and ``out`` are there.
    cv2 : str
        The same by OpenCV, or ''.
    terms : int
        Numbers that each result is a sum of, along all axes together.
    kernel : int
        The side of the square that a result depends on.
    exact : str
        The result in extended precision.
    """

    label: str
    call: str
    cv2: str
    terms: int
    kernel: int
    exact: str


#: scipy.ndimage's 'reflect'.
_BORDER = "cv2.BORDER_REFLECT"


def _filters() -> Iterator[_Filter]:
    for m in (3, 7):
        yield _Filter(
            f"convolve {m}x{m}",
            "convolve(x, h, out)",
            f"cv2.filter2D(x, -1, reversed_h, out, borderType={_BORDER})",
            m * m,
            m,
            f"exact.correlated_2d(np.pad(x, {m // 2}, 'symmetric'), h[::-1, ::-1])",
        )
    for sigma, m in ((1, 9), (4, 33)):
        yield _Filter(
            f"gaussian_filter {sigma}",
            f"gaussian_filter(x, {sigma}, output=out)",
            f"cv2.GaussianBlur(x, ({m}, {m}), {sigma}, out, borderType={_BORDER})",
            2 * m,
            m,
            f"exact.gaussian(x, {sigma}, {m // 2})",
        )
    for m in (3, 15):
        yield _Filter(
            f"uniform_filter {m}",
            f"uniform_filter(x, {m}, out)",
            f"cv2.blur(x, ({m}, {m}), out, borderType={_BORDER})",
            4,
            m,
            f"exact.separable(x, [np.ones({m})] * 2) / {m * m}",
        )
    yield _Filter(
        "sobel",
        "sobel(x, 0, out)",
        f"cv2.Sobel(x, -1, 0, 1, out, borderType={_BORDER})",
        5,
        3,
        "exact.separable(x, [[-1, 0, 1], [1, 2, 1]])",
    )
    yield _Filter(
        "laplace",
        "laplace(x, out)",
        f"cv2.Laplacian(x, -1, out, borderType={_BORDER})",
        6,
        3,
        "exact.separable(x, [[1, -2, 1], [1]]) + exact.separable(x, [[1], [1, -2, 1]])",
    )


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for shape in SHAPES:
        for filter_ in _filters():
            for dtype in ("float32", "float64", "uint8"):
                yield _case(filter_, shape, dtype, threads)


def _case(filter_: _Filter, shape: tuple[int, int], dtype: str, threads: int) -> Case:
    floats = dtype != "uint8"
    sides = (filter_.kernel, filter_.kernel)
    calls = [
        peers.flipshift(f"flipshift.ndimage.{filter_.call}", threads, "import flipshift.ndimage\n"),
        peers.scipy("ndimage", f"scipy.ndimage.{filter_.call}"),
        # Of integers OpenCV rounds and saturates what SciPy truncates and wraps: as much work.
        peers.cv2(filter_.cv2, threads, "reversed_h = h[::-1, ::-1].copy()\n"),
    ]
    label = "x".join(map(str, shape))
    return Case(
        "ndimage",
        f"ndimage, {filter_.label}",
        f"{filter_.label}, {label}",
        dtype,
        prod(shape),
        f"{RNG}\n"
        + (numbers("x", shape, dtype) if floats else f"x = rng.integers(0, 256, {shape}, 'uint8')")
        + f"\n{numbers('h', sides, 'float64' if dtype == 'uint8' else dtype)}\n"
        + "out = np.empty_like(x)",
        tuple(calls),
        operations=2.0 * prod(shape) * filter_.terms,
        bytes=float(2 * prod(shape) * np.dtype(dtype).itemsize),
        # SciPy and OpenCV add to and take from a running sum along each line.
        growth=max(filter_.terms, max(shape) if "uniform" in filter_.label else 32) ** 1.5
        if floats
        else 0.0,
        exact=filter_.exact if floats and prod(shape) < LARGE else "",
        axis="pixels",
        quick=shape == (480, 641) or (shape == (28, 28) and dtype == "float32"),
    )
