"""Results in extended precision, by the definition, at a bounded cost.

Each function takes arguments of any real precision and computes in longdouble: sums of shifted
copies where the kernel is short, SciPy's transforms of longdouble numbers where it is long.
Nothing here calls flipshift.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .._cli.common import extra

#: Longer kernels go by transforms.
SHORT = 16


def _wide(x: Any) -> Any:
    return np.asarray(x).astype(np.longdouble)


def _fftconvolve(x: Any, h: Any, mode: str = "full", axes: int | None = None) -> Any:
    return extra("scipy.signal", "bench").fftconvolve(x, h, mode, axes)


def correlated(x: Any, weights: Any, axis: int) -> Any:
    """Return the sums of weights and numbers where both overlap in whole, along an axis.

    Examples
    --------
    >>> correlated([1.0, 2.0, 4.0], [1.0, 3.0], 0).astype(float)
    array([ 7., 14.])
    """
    x = np.moveaxis(_wide(x), axis, 0)
    weights = _wide(weights)
    if len(weights) > SHORT:
        h = weights[::-1].reshape(-1, *[1] * (x.ndim - 1))
        return np.moveaxis(_fftconvolve(x, h, "valid", axes=0), 0, axis)
    count = len(x) - len(weights) + 1
    total = weights[0] * x[:count]
    for k in range(1, len(weights)):
        total += weights[k] * x[k : k + count]
    return np.moveaxis(total, 0, axis)


def correlated_2d(x: Any, h: Any) -> Any:
    """Return the same of two images.

    Examples
    --------
    >>> correlated_2d(np.eye(2), np.ones((2, 2))).astype(float)
    array([[2.]])
    """
    x, h = _wide(x), np.asarray(h)
    count = len(x) - len(h) + 1
    return sum(correlated(x[k : k + count], h[k], 1) for k in range(len(h)))


def along(x: Any, h: Any, axis: int, mode: str) -> Any:
    """Return the convolution along an axis, with zeros beyond the ends.

    Parameters
    ----------
    mode : str
        'same', or 'first', the outputs that begin with the first number of ``x``.

    Examples
    --------
    >>> along([1.0, 2.0, 4.0], [1.0, 1.0], 0, "first").astype(float)
    array([1., 3., 6.])
    """
    x, h = np.asarray(x), np.asarray(h)
    before = len(h) - 1 if mode == "first" else len(h) // 2
    width = [(0, 0)] * x.ndim
    width[axis] = (before, len(h) - 1 - before)
    return correlated(np.pad(_wide(x), width), h[::-1], axis)


def separable(x: Any, weights: Iterable[Any]) -> Any:
    """Return an image correlated with odd weights along each axis, mirrored beyond its edges.

    Examples
    --------
    >>> separable([[1.0, 2.0]], [[1.0], [1.0, 1.0, 1.0]]).astype(float)
    array([[4., 5.]])
    """
    x = _wide(x)
    for axis, some in enumerate(weights):
        width = [(0, 0)] * x.ndim
        width[axis] = (len(some) // 2,) * 2
        x = correlated(np.pad(x, width, mode="symmetric"), some, axis)
    return x


def gaussian(x: Any, sigma: float, radius: int) -> Any:
    """Return an image smoothed by a Gaussian, mirrored beyond its edges.

    Examples
    --------
    >>> gaussian(np.ones((3, 3)), 1, 4).astype(float).round(15)
    array([[1., 1., 1.],
           [1., 1., 1.],
           [1., 1., 1.]])
    """
    weights = np.exp(-(np.arange(-radius, radius + 1, dtype=np.longdouble) ** 2) / (2 * sigma**2))
    return separable(x, [weights / weights.sum()] * 2)


def stream(x: Any, h: Any, times: int) -> Any:
    """Return the last block of a signal that has the block x so many times.

    Examples
    --------
    >>> stream([1.0, 2.0], [1.0, 0.0, 1.0], 2).astype(float)
    array([2., 4.])
    """
    n = len(x)
    signal = np.tile(_wide(x), times)
    return _fftconvolve(signal, _wide(h)[: times * n])[(times - 1) * n : times * n]


def toeplitz(c: Any, r: Any, x: Any) -> Any:
    """Return a Toeplitz matrix times the columns of ``x``.

    Examples
    --------
    >>> toeplitz([1.0, 2.0], [1.0, 3.0], [[1.0], [1.0]]).astype(float).round(15)
    array([[4.],
           [3.]])
    """
    x = _wide(x)
    diagonals = np.concatenate([_wide(r)[:0:-1], _wide(c)])
    diagonals = diagonals.reshape(-1, *[1] * (x.ndim - 1))
    return _fftconvolve(diagonals, x, axes=0)[len(r) - 1 : len(r) - 1 + len(c)]


def solved(c: Any, r: Any, b: Any) -> Any:
    """Return the solution of a well-conditioned Toeplitz system, by corrections of SciPy's.

    Each correction gains as many digits as the solution in double precision has.

    Examples
    --------
    >>> solved([2.0, 1.0], [2.0, 1.0], [3.0, 3.0]).astype(float)
    array([1., 1.])
    """
    linalg = extra("scipy.linalg", "bench")
    factors = linalg.lu_factor(linalg.toeplitz(c, r))
    x = _wide(linalg.lu_solve(factors, b))
    for _ in range(3):
        x += linalg.lu_solve(factors, (_wide(b) - toeplitz(c, r, x)).astype(float))
    return x


def matched(image: Any, template: Any) -> Any:
    """Return the correlation coefficients of a template and the windows of an image.

    Examples
    --------
    >>> matched([[1.0, 2.0, 4.0, 3.0]], [[0.0, 1.0]]).astype(float)
    array([[ 1.,  1., -1.]])
    """
    image, template = _wide(image), _wide(template)
    template = template - template.mean()
    ones = [np.ones(n) for n in template.shape]
    sums, squares = (correlated(correlated(a, ones[0], 0), ones[1], 1) for a in (image, image**2))
    energy = squares - sums**2 / template.size
    found = _fftconvolve(image, template[::-1, ::-1], "valid")
    return found / np.sqrt(energy * (template**2).sum())
