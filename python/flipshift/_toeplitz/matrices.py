"""Toeplitz, circulant and convolution matrices, formed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .._fft.arguments import Array, allocate
from .arguments import batch_shape, positive_integer

__all__ = ["circulant", "convolution_matrix", "toeplitz"]


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
    batch = batch_shape("c", first_column.shape[:-1], "r", first_row.shape[:-1])
    m, n = first_column.shape[-1], first_row.shape[-1]
    column = np.broadcast_to(first_column, (*batch, m))
    row = np.broadcast_to(first_row[..., 1:], (*batch, max(n - 1, 0)))
    # c backwards and then r: row i of the matrix is the window that starts at m - 1 - i.
    line = np.concatenate((column[..., ::-1], row), axis=-1)
    if m == 0 or n == 0:
        return allocate(np.empty, (*batch, m, n), line.dtype)
    windows = np.lib.stride_tricks.sliding_window_view(line, n, axis=-1)
    return windows[..., ::-1, :].copy()


def circulant(c: npt.ArrayLike) -> Array:
    """Make a circulant matrix, each column of which is the one before it turned by one place.

    Parameters
    ----------
    c : array_like, shape (..., n)
        First column; leading dimensions are a batch.

    Returns
    -------
    a : ndarray, shape (..., n, n)
        ``a[i, j] = c[(i - j) % n]``, of the dtype of `c`.

    See Also
    --------
    solve_circulant

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.circulant([1, 2, 3])
    array([[1, 3, 2],
           [2, 1, 3],
           [3, 2, 1]])
    """
    column = np.atleast_1d(c)
    n = column.shape[-1]
    if column.size == 0:
        return np.empty((*column.shape, n), column.dtype.newbyteorder("="))
    # c backwards, and all but its last element again: row i is the window that starts at n - 1 - i.
    line = np.concatenate((column[..., ::-1], column[..., :0:-1]), axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(line, n, axis=-1)
    return windows[..., ::-1, :].copy()


def convolution_matrix(a: npt.ArrayLike, n: int, mode: str = "full", *, stride: int = 1) -> Array:
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
    stride : int, optional
        Take every `stride`-th row, from the first one on: what a strided layer computes.

    Returns
    -------
    matrix : ndarray, shape (..., ceil(k / stride), n), of the dtype of `a`
        k is the number of rows without `stride`.

    Raises
    ------
    ValueError
        If `n` or `stride` is less than 1, `a` is empty or `mode` is unknown.

    See Also
    --------
    Toeplitz.stack : the same for several kernels, as an operator that never forms the matrix.

    Notes
    -----
    A convolution layer with kernels `a` of shape (channels, m) on one signal is the product with
    ``convolution_matrix(a[:, ::-1], n, "valid", stride=s).reshape(-1, n)``: its channels one below
    the other. (Layers of neural networks correlate, hence the reversal.)

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.convolution_matrix([1, 2], 3, mode="same")
    array([[1, 0, 0],
           [2, 1, 0],
           [0, 2, 1]])
    >>> linalg.convolution_matrix([1, 2], 5, mode="valid", stride=2)
    array([[2, 1, 0, 0, 0],
           [0, 0, 2, 1, 0]])
    """
    n = positive_integer("n", n)
    stride = positive_integer("stride", stride)
    signal = np.asarray(a)
    dtype = signal.dtype.newbyteorder("=")
    if signal.ndim == 0:
        raise IndexError("a must have at least one dimension, not 0")
    if signal.size == 0:
        raise ValueError(f"len(a) must be at least 1: a has shape {signal.shape}")
    if not isinstance(mode, str) or mode not in ("full", "valid", "same"):
        raise ValueError(f"'mode' argument must be one of ('full', 'valid', 'same'), not {mode!r}")
    m = signal.shape[-1]
    full, short = n + m - 1, min(n, m)
    padded = allocate(np.zeros, (*signal.shape[:-1], full + n - 1), dtype)
    padded[..., n - 1 : n - 1 + m] = signal
    first = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
    rows = {"full": full, "same": max(n, m), "valid": full - 2 * (short - 1)}[mode]
    # Row i has a[i - j] in column j: the window of n from i on, backwards.
    windows = np.lib.stride_tricks.sliding_window_view(padded, n, axis=-1)
    part = windows[..., first : first + rows : stride, ::-1]
    matrix = allocate(np.empty, part.shape, dtype)
    matrix[...] = part
    return matrix
