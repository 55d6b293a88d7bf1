"""Toeplitz products in NumPy: the primitive `toeplitz_matmul` of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .convolve import convolve

__all__ = ["toeplitz_matmul"]

Array = NDArray[Any]


def toeplitz_matmul(c: Array, r: Array, x: Array, out: Array, workers: int) -> None:
    """Write ``T @ x`` for ``T[i, j] = c[i - j] if i >= j else r[j - i]`` to ``out``.

    Each column of the product is the part of the convolution of the diagonals of T with a column of
    x in which all of them meet.

    Parameters
    ----------
    c, r : ndarray
        First column and first row of T; ``r[0]`` is not looked at.
    x : ndarray, shape (len(r), k)
        The columns to multiply.
    out : ndarray, shape (len(c), k)
        Receives the product.
    workers : int
        Not used.

    Examples
    --------
    >>> out = np.empty((2, 1))
    >>> toeplitz_matmul(np.array([1.0, 2]), np.array([1.0, 5]), np.array([[1.0], [1]]), out, 1)
    >>> out
    array([[6.],
           [3.]])
    """
    diagonals = np.concatenate([r[:0:-1], c])
    column = np.empty(len(c), out.dtype)
    for j in range(x.shape[1]):
        convolve(diagonals, np.ascontiguousarray(x[:, j]), column, (len(r) - 1,), "auto")
        out[:, j] = column
