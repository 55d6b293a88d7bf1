"""Solutions of linear systems with Toeplitz and circulant matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.linalg import LinAlgError

from .. import fft
from .._backend import core
from .._convolve.methods import prepare
from .._fft.arguments import Array, DType
from .arguments import batch_shape, column_and_row, floating, validated

__all__ = ["solve_circulant", "solve_toeplitz"]


def solve_toeplitz(
    c_or_cr: npt.ArrayLike | tuple[npt.ArrayLike, npt.ArrayLike],
    b: npt.ArrayLike,
    check_finite: bool = True,
) -> Array:
    """Solve ``T x = b`` for a Toeplitz matrix T, in O(n^2) for all columns of `b` together.

    Parameters
    ----------
    c_or_cr : array_like or tuple of two array_like
        First column, shape (..., n), or a tuple of the first column and the first row, shape
        (..., n), whose first element is not used. Without a row it is ``conj(c)``.
    b : array_like, shape (n,) or (..., n, k)
        Right-hand sides.
    check_finite : bool, optional
        Whether to raise an error if an input has NaN or infinity; without the check they make the
        result NaN.

    Returns
    -------
    x : ndarray, shape (n,) or (..., n, k)
        Of the dtype that the inputs promote to, integers as float64: float32 and complex64 are
        kept. The computation is done in double precision.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a leading principal minor of T is 0 as far as rounding lets one tell.
    ValueError
        If the shapes do not fit, T is not square, an input is a masked or object array, or
        `check_finite` finds NaN or infinity.

    See Also
    --------
    Toeplitz.solve, solve_circulant

    Notes
    -----
    Levinson's recursion [1]_ solves the systems of order 1 to n one after the other. Where one of
    them is badly conditioned it loses digits; the result is therefore checked by its residual and,
    where that is more than rounding errors, corrected by the inverse in the form of Gohberg and
    Semencul [2]_. If a leading block is singular the recursion cannot go on:
    ``numpy.linalg.solve(toeplitz(c, r), b)`` pivots, and takes O(n^3).

    References
    ----------
    .. [1] G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 4.7.
    .. [2] G. Heinig, K. Rost, "Algebraic Methods for Toeplitz-like Matrices and Operators" (1984).

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import linalg
    >>> x = linalg.solve_toeplitz(([1, 3, 6, 10], [1, -1, -2, -3]), [1, 2, 2, 5])
    >>> np.round(x, 8)
    array([ 1.66666667, -1.        , -2.66666667,  2.33333333])
    """
    x = core.toeplitz_solution(c_or_cr, b)
    if x is not None:
        return x  # type: ignore[no-any-return]
    c, r = column_and_row(c_or_cr, check_finite)
    if b is None:
        raise ValueError("b must be an array, not None")
    right = validated("b", b, check_finite)
    if right.ndim == 0:
        raise IndexError("b must have at least one dimension, not 0")
    n = c.shape[-1]
    core_b = right.shape[-2:] if right.ndim > 1 else right.shape
    if r.shape[-1] != n or core_b[0] != n:
        raise ValueError(
            f"Incompatible dimensions: c has {n} elements, r has {r.shape[-1]}, and b has "
            f"{core_b[0]} rows; all must be equal"
        )
    dtype = floating(c.dtype, r.dtype, right.dtype)
    batch = batch_shape("c", c.shape[:-1], "r", r.shape[:-1])
    batch_b = right.shape[: right.ndim - len(core_b)]
    batch = batch_shape("c", batch, "b", batch_b)
    columns = core_b[1] if len(core_b) == 2 else 1
    y = np.empty((*batch, n, columns), dtype)
    if y.size:
        c, r = np.broadcast_to(c, (*batch, n)), np.broadcast_to(r, (*batch, n))
        right = np.broadcast_to(right.reshape(*batch_b, n, columns), (*batch, n, columns))
        for i in np.ndindex(batch):
            args = (prepare(a[i], dtype) for a in (c, r, right))
            order = core.toeplitz_solve(*args, y[i])
            if order:
                raise LinAlgError(
                    f"Singular principal minor: the leading block of order {order} of the matrix "
                    "is singular to rounding, and Levinson's recursion cannot pass it; "
                    "numpy.linalg.solve(toeplitz(c, r), b) may"
                )
    return y.reshape(*batch, *core_b)


def _length(name: str, array: Array, axis: int) -> int:
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(
            f"'{name}axis' entry is out of bounds: {axis}, and {name} has {array.ndim} dimensions"
        )
    return int(array.shape[axis])


def solve_circulant(
    c: npt.ArrayLike,
    b: npt.ArrayLike,
    singular: str = "raise",
    tol: Any = None,
    caxis: int = -1,
    baxis: int = 0,
    outaxis: int = 0,
) -> Array:
    """Solve ``C x = b`` for a circulant matrix C, by division of spectra.

    Parameters
    ----------
    c : array_like
        First column of the matrix, or several along `caxis`.
    b : array_like
        Right-hand sides along `baxis`. The other dimensions of `c` and `b` are broadcast.
    singular : {'raise', 'lstsq'}, optional
        What to do if the matrix is nearly singular: raise an error, or return the least squares
        solution of least norm.
    tol : float, optional
        Eigenvalues of this absolute value or below make a matrix nearly singular. By default
        ``abs(eigenvalues).max() * n * eps``, eps being that of float64.
    caxis, baxis : int, optional
        The axes of `c` and `b` along which columns and right-hand sides lie.
    outaxis : int, optional
        The axis of the result along which solutions lie.

    Returns
    -------
    x : ndarray
        The broadcast of the other dimensions, with the solutions along `outaxis`. Of the dtype that
        the inputs promote to, integers as float64: float32, complex64 and longdouble are kept.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is nearly singular and `singular` is 'raise'.
    ValueError
        If the lengths differ, an axis is out of bounds, or `singular` is unknown.

    See Also
    --------
    circulant, solve_toeplitz

    Notes
    -----
    The eigenvalues of C are ``fft(c)``, and its eigenvectors those of the transform [1]_. The
    computation is done in double precision, that of longdouble in its own.

    References
    ----------
    .. [1] G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 4.8.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import linalg
    >>> linalg.solve_circulant([2, 2, 4], [1, 2, 3])
    array([ 0.75, -0.25,  0.25])
    >>> np.round(linalg.solve_circulant([1, 1, 0, 0], [1, 2, 3, 4], singular="lstsq"), 8)
    array([0.25, 1.25, 2.25, 1.25])
    """
    if singular not in ("raise", "lstsq"):
        raise ValueError(f"singular must be 'raise' or 'lstsq', not {singular!r}")
    columns, right = (np.atleast_1d(validated(*x)) for x in (("c", c), ("b", b)))
    n = _length("c", columns, caxis)
    if _length("b", right, baxis) != n:
        raise ValueError(f"Shapes of c {columns.shape} and b {right.shape} are incompatible")
    promoted: DType = np.result_type(columns, right)
    extended = promoted.char in "gG"
    dtype = promoted.newbyteorder("=") if extended else floating(promoted)
    if right.size == 0:
        return np.empty(right.shape, dtype)
    double: DType = np.dtype(np.complex128 if dtype.kind == "c" else np.float64)
    wide = dtype if extended else double
    columns = np.moveaxis(columns, caxis, -1).astype(wide)
    right = np.moveaxis(right, baxis, -1).astype(wide)
    forward = fft.fft if dtype.kind == "c" else fft.rfft
    eigenvalues = forward(columns)
    size = abs(eigenvalues)
    if tol is None:
        tol = size.max(axis=-1, keepdims=True) * n * np.finfo(np.float64).eps
    vanishing = size <= tol
    quotient = forward(right)
    if vanishing.any():
        if singular == "raise":
            raise LinAlgError(
                "near singular circulant matrix: an eigenvalue is as small as rounding errors; "
                "singular='lstsq' gives the least squares solution"
            )
        quotient = np.where(vanishing, 0, quotient / np.where(vanishing, 1, eigenvalues))
    else:
        quotient = quotient / eigenvalues
    x = fft.ifft(quotient) if dtype.kind == "c" else fft.irfft(quotient, n)
    return np.moveaxis(x.astype(dtype, copy=False), -1, outaxis)
