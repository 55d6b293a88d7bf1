"""Toeplitz matrices: the functions of `scipy.linalg`, under the same names."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from ._backend import core
from ._convolve.methods import prepare
from ._fft.arguments import Array, allocate, workers_number

__all__ = ["convolution_matrix", "matmul_toeplitz", "toeplitz"]


def toeplitz(c: npt.ArrayLike, r: npt.ArrayLike | None = None) -> Array:
    """Make a Toeplitz matrix, which has constant diagonals.

    Parameters
    ----------
    c : array_like, shape (..., m)
        First column; leading dimensions are a batch.
    r : array_like, shape (..., n), optional
        First row, whose first element is not used. By default ``conj(c)``.

    Returns
    -------
    a : ndarray, shape (..., m, n)
        ``a[i, j] = c[i - j] if i >= j else r[j - i]``, of the dtype that `c` and `r` promote to.

    Raises
    ------
    ValueError
        If the leading dimensions do not broadcast, or a batch has no elements.

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.toeplitz([1, 2, 3], [1, 4])
    array([[1, 4],
           [2, 1],
           [3, 2]])
    """
    first_column = np.atleast_1d(c)
    first_row = first_column.conjugate() if r is None else np.atleast_1d(r)
    batch = _batch("c", first_column.shape[:-1], "r", first_row.shape[:-1])
    m, n = first_column.shape[-1], first_row.shape[-1]
    column = np.broadcast_to(first_column, (*batch, m))
    row = np.broadcast_to(first_row[..., 1:], (*batch, max(n - 1, 0)))
    # c backwards and then r: row i of the matrix is the window that starts at m - 1 - i.
    line = np.concatenate((column[..., ::-1], row), axis=-1)
    if m == 0 or n == 0:
        return allocate(np.empty, (*batch, m, n), line.dtype)
    windows = np.lib.stride_tricks.sliding_window_view(line, n, axis=-1)
    return windows[..., ::-1, :].copy()


def _batch(
    name1: str, shape1: tuple[int, ...], name2: str, shape2: tuple[int, ...]
) -> tuple[int, ...]:
    try:
        batch = np.broadcast_shapes(shape1, shape2)
    except ValueError:
        raise ValueError(
            f"the leading dimensions of {name1} and {name2} do not broadcast: {shape1} and {shape2}"
        ) from None
    if batch and 0 in batch:
        raise ValueError(
            f"zero-size batches are not supported: the leading dimensions of {name1} and {name2} "
            f"are {shape1} and {shape2}"
        )
    return batch


def convolution_matrix(a: npt.ArrayLike, n: int, mode: str = "full") -> Array:
    """Make the Toeplitz matrix that convolves with `a`.

    ``convolution_matrix(a, n, mode) @ x`` is ``numpy.convolve(a, x, mode)`` for ``len(x) == n``.

    Parameters
    ----------
    a : array_like, shape (..., m)
        The signal or kernel; leading dimensions are a batch.
    n : int
        Number of columns, at least 1.
    mode : {'full', 'valid', 'same'}, optional
        As of `numpy.convolve`: ``n + m - 1``, ``max(n, m) - min(n, m) + 1`` or ``max(n, m)`` rows.

    Returns
    -------
    matrix : ndarray, shape (..., k, n), of the dtype of `a`

    Raises
    ------
    ValueError
        If `n` is less than 1, `a` is empty or `mode` is unknown.

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.convolution_matrix([1, 2], 3, mode="same")
    array([[1, 0, 0],
           [2, 1, 0],
           [0, 2, 1]])
    """
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"n must be a positive integer, not {n!r}") from None
    if n <= 0:
        raise ValueError(f"n must be a positive integer, not {n}")
    signal = np.asarray(a)
    if signal.ndim == 0:
        raise IndexError("a must have at least one dimension, not 0")
    if signal.size == 0:
        raise ValueError(f"len(a) must be at least 1: a has shape {signal.shape}")
    if not isinstance(mode, str) or mode not in ("full", "valid", "same"):
        raise ValueError(f"'mode' argument must be one of ('full', 'valid', 'same'), not {mode!r}")
    m = signal.shape[-1]
    full, short = n + m - 1, min(n, m)
    padded = allocate(np.zeros, (*signal.shape[:-1], full + n - 1), signal.dtype)
    padded[..., n - 1 : n - 1 + m] = signal
    first = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    rows = {"full": full, "same": max(n, m), "valid": full - 2 * (short - 1)}[mode]
    # Row i has a[i - j] in column j: the window of n from i on, backwards.
    windows = np.lib.stride_tricks.sliding_window_view(padded, n, axis=-1)
    part = windows[..., first : first + rows, ::-1]
    matrix = allocate(np.empty, part.shape, signal.dtype)
    matrix[...] = part
    return matrix


def matmul_toeplitz(
    c_or_cr: npt.ArrayLike | tuple[npt.ArrayLike, npt.ArrayLike],
    x: npt.ArrayLike,
    check_finite: bool = False,
    workers: int | None = None,
) -> Array:
    """Multiply a Toeplitz matrix with a vector or a matrix, without making it.

    Parameters
    ----------
    c_or_cr : array_like or tuple of two array_like
        First column, shape (..., m), or a tuple of the first column and the first row, shape
        (..., n), whose first element is not used. Without a row it is ``conj(c)``.
    x : array_like, shape (n,) or (..., n, k)
        What to multiply with.
    check_finite : bool, optional
        Whether to raise an error if an input has NaN or infinity. Without the check they may make
        the whole result NaN.
    workers : int, optional
        Number of threads, as in `flipshift.fft.fft`.

    Returns
    -------
    y : ndarray of float64 or complex128, shape (m,) or (..., m, k)

    Raises
    ------
    ValueError
        If the shapes do not fit, an input is a masked or object array, or `check_finite` finds
        NaN or infinity.

    Notes
    -----
    The product with the circulant matrix that the Toeplitz matrix is embedded in, by FFT of a
    length that is fast [1]_; small and banded matrices are multiplied directly.

    References
    ----------
    .. [1] G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 4.8.2.

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.matmul_toeplitz(([1, 2, 3], [1, 4, 5]), [1.0, 0.0, 0.0])
    array([1., 2., 3.])
    """
    if isinstance(c_or_cr, tuple):
        if len(c_or_cr) != 2:
            raise ValueError(f"c_or_cr must be c or a tuple (c, r), not a tuple of {len(c_or_cr)}")
        c = _validated("c", c_or_cr[0], check_finite)
        r = _validated("r", c_or_cr[1], check_finite)
    else:
        c = _validated("c", c_or_cr, check_finite)
        r = np.conjugate(c)
    vector = _validated("x", x, check_finite)
    number = workers_number(workers)
    for name, array in (("c", c), ("r", r), ("x", vector)):
        if array.ndim == 0:
            raise IndexError(f"{name} must have at least one dimension, not 0")
    columns = vector.shape[-1] if vector.ndim > 1 else 1
    core_x = vector.shape[-2:] if vector.ndim > 1 else vector.shape
    m, n = c.shape[-1], r.shape[-1]
    if core_x[0] != n:
        raise ValueError(
            f"Incompatible dimensions: the Toeplitz matrix has shape ({m}, {n}), x has {core_x}"
        )
    complex_result = any(array.dtype.kind == "c" for array in (c, r, vector))
    dtype = np.dtype(np.complex128 if complex_result else np.float64)
    c, r, vector = (prepare(a, dtype) for a in (c, r, vector))
    batch = _batch("c", c.shape[:-1], "r", r.shape[:-1])
    batch_x = vector.shape[: vector.ndim - len(core_x)]
    batch = _batch("c", batch, "x", batch_x)

    out = allocate(np.empty, (*batch, m, columns), dtype)
    if vector.size == 0:
        out[...] = 0
    elif m == 0:
        raise ValueError("c is empty, but x is not")
    elif not batch:
        core.toeplitz_matmul(c, r, vector.reshape(n, columns), out, number)
    else:
        c, r = np.broadcast_to(c, (*batch, m)), np.broadcast_to(r, (*batch, n))
        vector = np.broadcast_to(vector.reshape(*batch_x, n, columns), (*batch, n, columns))
        for i in np.ndindex(batch):
            row, column = prepare(r[i], dtype), prepare(c[i], dtype)
            core.toeplitz_matmul(column, row, prepare(vector[i], dtype), out[i], number)
    return out.reshape(*batch, m) if len(core_x) == 1 else out


def _validated(name: str, value: Any, check_finite: bool) -> Array:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"masked arrays are not supported, and {name} is one")
    if value is None:
        raise TypeError(f"{name} must be an array, not None")
    array = np.asarray(value)
    if array.dtype.kind == "O":
        raise ValueError(f"object arrays are not supported, and {name} is one")
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must be numeric, not {array.dtype}")
    if check_finite and array.dtype.kind in "fc" and not np.isfinite(array).all():
        raise ValueError(f"array must not contain infs or NaNs, and {name} does")
    return array
