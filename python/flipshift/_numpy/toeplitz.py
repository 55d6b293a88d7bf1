"""Toeplitz products and solutions in NumPy: the primitives of `flipshift._backend`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .convolve import convolve

__all__ = [
    "ToeplitzOperator",
    "toeplitz_matmul",
    "toeplitz_product",
    "toeplitz_solution",
    "toeplitz_solve",
]

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


def toeplitz_product(c_or_cr: object, x: object) -> None:
    """Leave every call of `matmul_toeplitz` to the long way."""


def toeplitz_solution(c_or_cr: object, b: object) -> None:
    """Leave every call of `solve_toeplitz` to the long way."""


def toeplitz_solve(c: Array, r: Array, b: Array, x: Array) -> int:
    """Write the solution of ``T x = b`` to ``x``, by Levinson's recursion.

    In step m, ``a`` and ``f`` hold ``T_m a = e e_1`` with ``a[0] = 1`` and ``T_m f = e e_m`` with
    ``f[m - 1] = 1``, and the first m rows of x the solution of that order.

    Parameters
    ----------
    c, r : ndarray, shape (n,)
        First column and first row of T; ``r[0]`` is not looked at.
    b : ndarray, shape (n, k)
        Right-hand sides.
    x : ndarray, shape (n, k)
        Receives the solutions.

    Returns
    -------
    order : int
        0, or the order of the first leading principal minor that is 0 to rounding.

    Examples
    --------
    >>> x = np.empty((2, 1))
    >>> toeplitz_solve(np.array([2.0, 1]), np.array([2.0, 1]), np.array([[3.0], [3]]), x)
    0
    >>> x
    array([[1.],
           [1.]])
    """
    wide = np.complex128 if x.dtype.kind == "c" else np.float64
    c, r, right = c.astype(wide), r.astype(wide), b.astype(wide)
    n = len(c)
    y = np.zeros(right.shape, wide)
    a, f = np.zeros(n, wide), np.zeros(n, wide)
    e = c[0]
    if e == 0:
        return 1
    if not np.isfinite(e):
        x[...] = np.nan
        return 0
    a[0] = f[0] = 1
    with np.errstate(all="ignore"):
        y[0] = right[0] / e
        for m in range(1, n):
            alpha, beta = c[m:0:-1] @ a[:m], r[1 : m + 1] @ f[:m]
            gamma = right[m] - c[m:0:-1] @ y[:m]
            f[1 : m + 1] = f[:m].copy()
            f[0] = 0
            reduced = e - alpha * beta / e
            if abs(reduced) <= 8 * np.finfo(np.float64).eps * abs(e):
                return m + 1
            a[: m + 1], f[: m + 1] = (
                a[: m + 1] - alpha / e * f[: m + 1],
                f[: m + 1] - beta / e * a[: m + 1],
            )
            e = reduced
            y[: m + 1] += f[: m + 1, np.newaxis] * (gamma / e)
        x[...] = y
    return 0


class ToeplitzOperator:
    """What `flipshift.linalg.Toeplitz` and its stacks derive from.

    Parameters
    ----------
    diagonals : ndarray, shape (layers, rows + cols - 1)
        ``diagonals[l, cols - 1 + i - j]`` is element (i, j) of matrix l.
    rows, cols : int
        Shape of each matrix.
    step : int
        Every so many rows of each are taken.

    Examples
    --------
    >>> out = np.empty((1, 1))
    >>> ToeplitzOperator(np.array([[1.0, 2.0, 3.0]]), 2, 2, 2)._apply(np.ones((2, 1)), out, 1)
    >>> out
    array([[3.]])
    """

    def __new__(cls, diagonals: Array, rows: int, cols: int, step: int) -> ToeplitzOperator:
        self = super().__new__(cls)
        self.__given = diagonals, rows, cols, step
        return self

    def _apply(self, x: Array, out: Array, workers: int) -> None:
        diagonals, rows, cols, step = self.__given
        positions = -(-rows // step)
        product = np.empty((rows, x.shape[1]), out.dtype)
        for layer, line in enumerate(diagonals):
            toeplitz_matmul(line[cols - 1 :], line[cols - 1 :: -1], x, product, workers)
            out[layer * positions : (layer + 1) * positions] = product[::step]

    def _describe(self, k: int) -> str:
        return "the convolution of NumPy's backend for each column"

    def _matmul(self, x: Any) -> Any:
        raise NotImplementedError

    def _rmatmul(self, x: Any) -> Any:
        raise NotImplementedError

    def __matmul__(self, x: Any) -> Any:
        return self._matmul(x)

    def __rmatmul__(self, x: Any) -> Any:
        return self._rmatmul(x)
