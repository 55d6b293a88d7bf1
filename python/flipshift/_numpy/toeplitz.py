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
    ``f[m - 1] = 1``, and the first m rows of the solution that of order m. At the end it is
    corrected by its residual, where that is more than rounding errors.

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
    y: Array = np.zeros(right.shape, wide)
    a, f = np.zeros(n, wide), np.zeros(n, wide)
    r[0] = e = c[0]
    if e == 0:
        return 1
    if not np.isfinite(e):
        x[...] = np.nan
        return 0
    a[0] = f[0] = 1
    vanishing = 8 * np.finfo(np.float64).eps
    with np.errstate(all="ignore"):
        y[0] = right[0] / e
        for m in range(1, n):
            alpha, beta = c[m:0:-1] @ a[:m], r[1 : m + 1] @ f[:m]
            f[1 : m + 1] = f[:m].copy()
            f[0] = 0
            a[: m + 1], f[: m + 1] = (
                a[: m + 1] - alpha / e * f[: m + 1],
                f[: m + 1] - beta / e * a[: m + 1],
            )
            expected, last, e = e - alpha * (beta / e), e, r[: m + 1] @ a[: m + 1]
            if min(abs(expected), abs(e)) <= vanishing * abs(last):
                return m + 1
            # Column by column: the order of a sum is not to depend on the other columns.
            for j in range(y.shape[1]):
                gamma = right[m, j] - c[m:0:-1] @ y[:m, j]
                y[: m + 1, j] += f[: m + 1] * (gamma / e)
        precise = 4 * float(np.finfo(x.dtype).eps)
        for j in range(y.shape[1]):
            _correct(c, r, right[:, j : j + 1], y[:, j : j + 1], (a, f, e), precise)
        x[...] = y
    return 0


def _correct(c: Array, r: Array, b: Array, x: Array, inverse: Any, precise: float) -> None:
    """Add ``T^-1 (b - T x)`` to ``x``, of one column, while that makes the residual smaller.

    ``e T^-1 = L(a) U(f) - L(0, f) U(0, a)`` with triangular Toeplitz matrices L and U.
    """
    a, f, e = inverse
    norm = abs(c).sum() + abs(r[1:]).sum()
    zeros = np.zeros_like(a)
    shifted_f, backwards_a = np.roll(f, 1), np.roll(a[::-1], 1)
    shifted_f[0] = backwards_a[0] = 0

    def times(column: Array, row: Array, v: Array) -> Array:
        y = np.empty_like(x)
        toeplitz_matmul(column, row, np.ascontiguousarray(v), y, 1)
        return y

    def lower(line: Array, v: Array) -> Array:
        return times(line, zeros, v)

    def upper(line: Array, v: Array) -> Array:
        column = zeros.copy()
        column[0] = line[0]
        return times(column, line, v)

    def residual(x: Array) -> tuple[Array, float]:
        rest = b - times(c, r, x)
        size = norm * abs(x).max()
        return rest, float(abs(rest).max() / size) if size > 0 else 0.0

    rest, error = residual(x)
    for _ in range(3):
        if not precise < error < 0.5:
            return
        more = lower(a, upper(f[::-1], rest)) - lower(shifted_f, upper(backwards_a, rest))
        after, smaller = residual(x + more / e)
        if not smaller < error / 2:
            return
        x += more / e
        rest, error = after, smaller


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

    _given: tuple[Array, int, int, int]

    def __new__(cls, diagonals: Array, rows: int, cols: int, step: int) -> ToeplitzOperator:
        self = super().__new__(cls)
        self._given = diagonals, rows, cols, step
        return self

    def _apply(self, x: Array, out: Array, workers: int) -> None:
        diagonals, rows, cols, step = self._given
        positions = -(-rows // step)
        product = np.empty((rows, x.shape[1]), out.dtype)
        for layer, line in enumerate(diagonals):
            toeplitz_matmul(line[cols - 1 :], line[cols - 1 :: -1], x, product, workers)
            out[layer * positions : (layer + 1) * positions] = product[::step]

    def _apply_rows(self, x: Array, out: Array, workers: int) -> None:
        product = np.empty(out.shape[::-1], out.dtype)
        self._apply(np.ascontiguousarray(x.T), product, workers)
        out[...] = product.T

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
