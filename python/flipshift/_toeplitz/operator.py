"""`Toeplitz`: a Toeplitz matrix as an operator that keeps what its products need."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._convolve.methods import prepare
from .._fft.arguments import Array, workers_number
from .arguments import floating, positive_integer, validated
from .base import Operator, floating_dtype
from .solve import solve_circulant, solve_toeplitz

if TYPE_CHECKING:
    from .stack import ToeplitzStack

__all__ = ["Toeplitz"]


def _line(name: str, value: Any) -> Array:
    array = validated(name, value)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a vector of at least one element, not {array.shape}")
    return array


class Toeplitz(Operator):
    """A Toeplitz matrix by its first column and row, used as a matrix without being formed.

    ``T @ x`` and ``x @ T`` take a vector or a matrix and return what the formed matrix would, as
    fast as small, banded, circulant or large matrices allow: what depends on the matrix alone, such
    as the spectrum of its diagonals, is prepared once and kept. It works where SciPy takes a
    LinearOperator (`scipy.sparse.linalg.aslinearoperator`).

    Parameters
    ----------
    c : array_like, shape (m,)
        First column.
    r : array_like, shape (n,), optional
        First row, whose first element is not used. By default ``conj(c)``.
    dtype : data-type, optional
        float32, float64, complex64 or complex128; by default what `c` and `r` promote to, integers
        as float64.

    Attributes
    ----------
    shape : tuple of int
        (m, n).
    dtype : dtype
        A product has the dtype to which this one and that of `x` promote.
    T, H : Toeplitz
        The transpose and the conjugate transpose.
    bandwidth : tuple of int
        Diagonals below and above the main one, as far as they are not all zeros.
    is_symmetric, is_hermitian, is_circulant : bool

    Raises
    ------
    ValueError
        If `c` or `r` is no vector or empty, or is a masked or object array.
    TypeError
        If they are not numeric, or do not fit `dtype`.

    Notes
    -----
    An operator is immutable and may be shared by threads; it can be copied and pickled. Each
    product is a convolution with the diagonals (`flipshift.signal`), of all columns at once where
    there are several; `explain` says which way it takes. As in the sum itself, NaN and infinity in
    a column reach all results of that column, over zeros of the matrix too.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import linalg
    >>> T = linalg.Toeplitz([1, 2, 3], [1, 4, 5])
    >>> T.toarray()
    array([[1., 4., 5.],
           [2., 1., 4.],
           [3., 2., 1.]])
    >>> T @ [1, 0, 1]
    array([6., 6., 4.])
    >>> np.ones(3) @ T
    array([ 6.,  7., 10.])
    >>> np.round(T.solve([6, 6, 4]), 8) + 0.0
    array([1., 0., 1.])
    """

    def __new__(
        cls,
        c: npt.ArrayLike,
        r: npt.ArrayLike | None = None,
        *,
        dtype: npt.DTypeLike | None = None,
    ) -> Toeplitz:
        column = _line("c", c)
        row = np.conjugate(column) if r is None else _line("r", r)
        kind = floating(column.dtype, row.dtype)
        if dtype is not None:
            wanted = floating_dtype(dtype)
            if kind.kind == "c" and wanted.kind == "f":
                raise TypeError(f"dtype must be complex for complex c or r, not {wanted}")
            kind = wanted
        diagonals = np.concatenate((row[:0:-1], column)).astype(kind)
        return cls._of(diagonals[np.newaxis], len(column), len(row), 1)

    @classmethod
    def from_convolution(cls, a: npt.ArrayLike, n: int, mode: str = "full") -> Toeplitz:
        """Make the operator that convolves vectors of length `n` with `a`.

        Parameters
        ----------
        a : array_like, shape (m,)
            The kernel.
        n : int
            Length of the vectors.
        mode : {'full', 'valid', 'same'}, optional
            As of `numpy.convolve`.

        Returns
        -------
        operator : Toeplitz
            Its array is ``convolution_matrix(a, n, mode)``.

        Raises
        ------
        ValueError
            If `n` is less than 1, `a` is no vector or empty, or `mode` is unknown.

        Examples
        --------
        >>> from flipshift import linalg
        >>> linalg.Toeplitz.from_convolution([1, 2], 3, "same").toarray()
        array([[1., 0., 0.],
               [2., 1., 0.],
               [0., 2., 1.]])
        """
        kernel, n = _line("a", a), positive_integer("n", n)
        if not isinstance(mode, str) or mode not in ("full", "valid", "same"):
            raise ValueError(f"mode must be 'full', 'valid' or 'same', not {mode!r}")
        m, short = len(kernel), min(n, len(kernel))
        first = {"full": 0, "same": (short - 1) // 2, "valid": short - 1}[mode]
        rows = {"full": n + m - 1, "same": max(n, m), "valid": n + m + 1 - 2 * short}[mode]
        diagonals = np.zeros(rows + n - 1, floating(kernel.dtype))
        # Element (i, j) is a[first + i - j] and stands in place n - 1 + i - j.
        at = n - 1 - first
        used = kernel[max(-at, 0) : max(rows + n - 1 - at, 0)]
        diagonals[max(at, 0) : max(at, 0) + len(used)] = used
        return cls._of(diagonals[np.newaxis], rows, n, 1)

    @staticmethod
    def stack(operators: Sequence[Toeplitz], *, stride: int = 1) -> ToeplitzStack:
        """Put several Toeplitz matrices of one shape below each other.

        Parameters
        ----------
        operators : sequence of Toeplitz
            At least one, all of the same shape (m, n).
        stride : int, optional
            Take every `stride`-th row of each, from the first one on.

        Returns
        -------
        stack : ToeplitzStack
            An operator of shape (len(operators) * p, n) with p = ceil(m / stride) positions, of the
            dtype to which those of the operators promote.

        Raises
        ------
        ValueError
            If there is no operator, the shapes differ, or `stride` is less than 1.
        TypeError
            If one is not a `Toeplitz`.

        Examples
        --------
        A layer of two kernels that moves in steps of two:

        >>> from flipshift import linalg
        >>> kernels = [[1, -1], [1, 1]]
        >>> each = [linalg.Toeplitz.from_convolution(k, 5, "valid") for k in kernels]
        >>> layer = linalg.Toeplitz.stack(each, stride=2)
        >>> layer.toarray()
        array([[-1.,  1.,  0.,  0.,  0.],
               [ 0.,  0., -1.,  1.,  0.],
               [ 1.,  1.,  0.,  0.,  0.],
               [ 0.,  0.,  1.,  1.,  0.]])
        >>> (layer @ [1, 2, 4, 8, 16]).reshape(layer.channels, layer.positions)
        array([[ 1.,  4.],
               [ 3., 12.]])
        """
        from .stack import make_stack

        return make_stack(operators, stride)

    @property
    def c(self) -> Array:
        """The first column, read-only."""
        return self._diagonals[0, self.shape[1] - 1 :]

    @property
    def r(self) -> Array:
        """The first row, read-only."""
        return self._diagonals[0, self.shape[1] - 1 :: -1]

    @cached_property
    def T(self) -> Toeplitz:
        """The transpose."""
        m, n = self.shape
        return self._of(np.ascontiguousarray(self._diagonals[:, ::-1]), n, m, 1)

    @cached_property
    def H(self) -> Toeplitz:
        """The conjugate transpose."""
        return self.T.conj()

    def conj(self) -> Toeplitz:
        """Return the complex conjugate."""
        if self.dtype.kind == "f":
            return self
        return self._of(np.conjugate(self._diagonals), *self.shape, 1)

    @cached_property
    def bandwidth(self) -> tuple[int, int]:
        """How many diagonals below and above the main one there are that are not all zeros."""
        below, above = (np.flatnonzero(line[1:]) for line in (self.c, self.r))
        return (
            int(below[-1]) + 1 if len(below) else 0,
            int(above[-1]) + 1 if len(above) else 0,
        )

    @cached_property
    def is_symmetric(self) -> bool:
        """Whether the matrix is its own transpose."""
        m, n = self.shape
        return m == n and bool(np.array_equal(self.c, self.r))

    @cached_property
    def is_hermitian(self) -> bool:
        """Whether the matrix is its own conjugate transpose."""
        m, n = self.shape
        return m == n and bool(np.array_equal(self.c, np.conjugate(self.r)))

    @cached_property
    def is_circulant(self) -> bool:
        """Whether each column is the one before it turned by one place."""
        m, n = self.shape
        return m == n and bool(np.array_equal(self.c[1:], self.r[:0:-1]))

    def solve(self, b: npt.ArrayLike, *, check_finite: bool = True) -> Array:
        """Solve ``T x = b``.

        Parameters
        ----------
        b : array_like, shape (n,) or (..., n, k)
            Right-hand sides.
        check_finite : bool, optional
            Whether to raise an error for NaN or infinity.

        Returns
        -------
        x : ndarray, of the shape of `b`
            By `solve_circulant` if the matrix is circulant, otherwise by `solve_toeplitz`.

        Raises
        ------
        numpy.linalg.LinAlgError
            If the matrix is circulant and nearly singular, or a leading principal minor is 0.
        ValueError
            If the matrix is not square or the shapes do not fit, or for NaN and infinity.
        """
        m, n = self.shape
        if m != n:
            raise ValueError(f"the matrix must be square to solve with it, not {(m, n)}")
        if not (self.is_circulant and n > 1):
            return solve_toeplitz((self.c, self.r), b, check_finite)
        c = validated("c", self.c, check_finite)
        right = validated("b", b, check_finite)
        if right.ndim == 0 or right.shape[-2 if right.ndim > 1 else 0] != n:
            raise ValueError(
                f"Incompatible dimensions: the matrix has shape {self.shape}, b has {right.shape}"
            )
        axis = -2 if right.ndim > 1 else 0
        return np.ascontiguousarray(solve_circulant(c, right, baxis=axis, outaxis=axis))

    def _rmatmul(self, x: Any) -> Any:
        array = validated("x", x)
        self._transpose = self.T
        dtype = floating(self.dtype, array.dtype)
        if array.ndim < 2 or dtype.kind != self.dtype.kind or array.shape[-1] != self.shape[0]:
            return super()._rmatmul(array)
        # The rows of an array are what the transpose takes, one after the other.
        y = np.empty((*array.shape[:-1], self.shape[1]), dtype)
        if y.size:
            rows = prepare(array, dtype).reshape(-1, self.shape[0])
            out = y.reshape(-1, self.shape[1])
            self.T.astype(dtype)._apply_rows(rows, out, workers_number(None))
        return y

    def _transposed_product(self, x: Array, workers: int | None) -> Array:
        return self.T._product(x, None, workers)

    def __reduce__(self) -> tuple[Any, ...]:
        return Toeplitz, (np.array(self.c), np.array(self.r))
