"""The product with a Toeplitz matrix that is used once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._convolve.methods import prepare
from .._fft.arguments import Array, DType, allocate, output, workers_number
from .arguments import batch_shape, column_and_row, validated

__all__ = ["matmul_toeplitz"]


def matmul_toeplitz(
    c_or_cr: npt.ArrayLike | tuple[npt.ArrayLike, npt.ArrayLike],
    x: npt.ArrayLike,
    check_finite: bool = False,
    workers: int | None = None,
    *,
    out: Array | None = None,
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
        Number of threads that share the columns, as in `flipshift.fft.fft`. The result does not
        depend on it.
    out : ndarray, optional
        Receives the result; it has its shape and dtype and may overlap the inputs.

    Returns
    -------
    y : ndarray of float64 or complex128, shape (m,) or (..., m, k)
        `out` if it is given.

    Raises
    ------
    ValueError
        If the shapes do not fit, an input is a masked or object array, `check_finite` finds NaN or
        infinity, or `out` has another shape.
    TypeError
        If an input is not numeric, or `out` has another dtype.

    See Also
    --------
    Toeplitz : the same for several products with one matrix, in single precision too.

    Notes
    -----
    The product with the circulant matrix that the Toeplitz matrix is embedded in, by FFT of a
    length that is fast [1]_; small and banded matrices are multiplied directly. By FFT, scratch
    memory is up to ten times the result of one column.

    References
    ----------
    .. [1] G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed. (2013), section 4.8.2.

    Examples
    --------
    >>> from flipshift import linalg
    >>> linalg.matmul_toeplitz(([1, 2, 3], [1, 4, 5]), [1.0, 0.0, 0.0])
    array([1., 2., 3.])
    """
    if out is None and workers is None and not check_finite:
        y = core.toeplitz_product(c_or_cr, x)
        if y is not None:
            return y  # type: ignore[no-any-return]
    c, r = column_and_row(c_or_cr, check_finite)
    vector = validated("x", x, check_finite)
    number = workers_number(workers)
    if vector.ndim == 0:
        raise IndexError("x must have at least one dimension, not 0")
    columns = vector.shape[-1] if vector.ndim > 1 else 1
    core_x = vector.shape[-2:] if vector.ndim > 1 else vector.shape
    m, n = c.shape[-1], r.shape[-1]
    if core_x[0] != n:
        raise ValueError(
            f"Incompatible dimensions: the Toeplitz matrix has shape ({m}, {n}), x has {core_x}"
        )
    complex_result = any(array.dtype.kind == "c" for array in (c, r, vector))
    dtype: DType = np.dtype(np.complex128 if complex_result else np.float64)
    c, r, vector = (prepare(a, dtype) for a in (c, r, vector))
    batch = batch_shape("c", c.shape[:-1], "r", r.shape[:-1])
    batch_x = vector.shape[: vector.ndim - len(core_x)]
    batch = batch_shape("c", batch, "x", batch_x)
    shape = (*batch, m) if len(core_x) == 1 else (*batch, m, columns)
    if out is not None:
        output(out, shape, dtype)

    y = allocate(np.empty, (*batch, m, columns), dtype)
    if vector.size == 0:
        y[...] = 0
    elif m == 0:
        raise ValueError("c is empty, but x is not")
    elif not batch:
        core.toeplitz_matmul(c, r, vector.reshape(n, columns), y, number)
    else:
        c, r = np.broadcast_to(c, (*batch, m)), np.broadcast_to(r, (*batch, n))
        vector = np.broadcast_to(vector.reshape(*batch_x, n, columns), (*batch, n, columns))
        for i in np.ndindex(batch):
            row, column = prepare(r[i], dtype), prepare(c[i], dtype)
            core.toeplitz_matmul(column, row, prepare(vector[i], dtype), y[i], number)
    y = y.reshape(shape)
    if out is None:
        return y
    out[...] = y
    return out
