"""What the operators have in common: products in any dtype and shape, from both sides."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._convolve.methods import prepare
from .._fft.arguments import Array, DType, output, workers_number
from .arguments import FLOATS, floating, validated

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._core import ToeplitzOperator
else:
    ToeplitzOperator = core.ToeplitzOperator

__all__ = ["Operator"]


def floating_dtype(dtype: npt.DTypeLike) -> DType:
    """`dtype` as one of the four that operators have."""
    wanted = np.dtype(dtype)
    if wanted.char not in FLOATS:
        raise TypeError(f"dtype must be float32, float64, complex64 or complex128, not {wanted}")
    return wanted.newbyteorder("=")


class Operator(ToeplitzOperator):
    """One or several Toeplitz matrices by their diagonals; immutable.

    ``diagonals[l, cols - 1 + i - j]`` is element (i, j) of matrix l; of each, every `step`-th row
    is taken.
    """

    _diagonals: Array
    _rows: int
    _step: int
    _others: dict[DType, Self]

    #: By which the backend does ``array @ operator``, once it is made.
    _transpose: Operator | None = None

    #: Rows and columns of the matrix.
    shape: tuple[int, int]
    #: float32, float64, complex64 or complex128.
    dtype: DType
    ndim = 2
    #: So that ``array @ operator`` comes here and not to NumPy.
    __array_ufunc__ = None

    @classmethod
    def _of(cls, diagonals: Array, rows: int, cols: int, step: int) -> Self:
        diagonals.flags.writeable = False
        self = super().__new__(cls, diagonals, rows, cols, step)
        self._diagonals, self._rows, self._step = diagonals, rows, step
        self.shape = (len(diagonals) * -(-rows // step), cols)
        self.dtype = diagonals.dtype
        self._others = {}
        return self

    def astype(self, dtype: npt.DTypeLike) -> Self:
        """Return the operator in another dtype, keeping it for the next time.

        Parameters
        ----------
        dtype : data-type
            float32, float64, complex64 or complex128.

        Returns
        -------
        operator
            `self` if it has that dtype.

        Raises
        ------
        TypeError
            If `dtype` is another one, or real for a complex operator.
        """
        wanted = floating_dtype(dtype)
        if wanted == self.dtype:
            return self
        if wanted.kind == "f" and self.dtype.kind == "c":
            raise TypeError(f"dtype must be complex for a complex operator, not {wanted}")
        other = self._others.get(wanted)
        if other is None:
            other = self._of(self._diagonals.astype(wanted), self._rows, self.shape[1], self._step)
            self._others[wanted] = other
        return other

    def toarray(self) -> Array:
        """Return the matrix as an array, shape `shape`."""
        cols = self.shape[1]
        windows = np.lib.stride_tricks.sliding_window_view(self._diagonals, cols, axis=-1)
        return windows[:, :: self._step, ::-1].reshape(self.shape)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("an operator has no array to share: copy must not be False")
        a = self.toarray()
        return a if dtype is None else a.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of shape {self.shape}, {self.dtype}>"

    def explain(self, k: int = 1) -> str:
        """Say how a product with `k` columns is computed.

        Parameters
        ----------
        k : int
            Number of columns.

        Returns
        -------
        text : str
        """
        return self._describe(k)

    def matvec(self, x: npt.ArrayLike, *, out: Array | None = None) -> Array:
        """Multiply with one vector.

        Parameters
        ----------
        x : array_like, shape (cols,) or (cols, 1)
        out : ndarray, optional
            Receives the result; it has its shape and dtype and may overlap `x`.

        Returns
        -------
        y : ndarray, shape (rows,) or (rows, 1)
        """
        vector = validated("x", x)
        self._check_vector(vector, self.shape[1])
        return self._product(vector, out, 1)

    def rmatvec(self, x: npt.ArrayLike, *, out: Array | None = None) -> Array:
        """Multiply the conjugate transpose with one vector.

        Parameters
        ----------
        x : array_like, shape (rows,) or (rows, 1)
        out : ndarray, optional
            Receives the result; it has its shape and dtype and may overlap `x`.

        Returns
        -------
        y : ndarray, shape (cols,) or (cols, 1)
        """
        vector = validated("x", x)
        self._check_vector(vector, self.shape[0])
        return _given(self._adjoint_product(vector, None), out)

    def matmat(
        self, X: npt.ArrayLike, out: Array | None = None, *, workers: int | None = None
    ) -> Array:
        """Multiply with a matrix.

        Parameters
        ----------
        X : array_like, shape (cols, k)
        out : ndarray, optional
            Receives the result; it has its shape and dtype and may overlap `X`.
        workers : int, optional
            Number of threads that share the columns, as in `flipshift.fft.fft`. The result does
            not depend on it.

        Returns
        -------
        Y : ndarray, shape (rows, k)
        """
        matrix = validated("X", X)
        self._check_matrix(matrix, self.shape[1])
        return self._product(matrix, out, workers)

    def rmatmat(
        self, X: npt.ArrayLike, out: Array | None = None, *, workers: int | None = None
    ) -> Array:
        """Multiply the conjugate transpose with a matrix.

        Parameters
        ----------
        X : array_like, shape (rows, k)
        out : ndarray, optional
            Receives the result; it has its shape and dtype and may overlap `X`.
        workers : int, optional
            As of `matmat`.

        Returns
        -------
        Y : ndarray, shape (cols, k)
        """
        matrix = validated("X", X)
        self._check_matrix(matrix, self.shape[0])
        return _given(self._adjoint_product(matrix, workers), out)

    def dot(self, x: npt.ArrayLike) -> Array:
        """Multiply with a vector or a matrix, as ``@`` does."""
        return self._product(validated("x", x), None, None)

    @abstractmethod
    def _transposed_product(self, x: Array, workers: int | None) -> Array:
        """Return the product of the transpose with `x`."""

    def _adjoint_product(self, x: Array, workers: int | None) -> Array:
        if self.dtype.kind == "c":
            return np.conjugate(self._transposed_product(np.conjugate(x), workers))
        return self._transposed_product(x, workers)

    @staticmethod
    def _check_vector(x: Array, n: int) -> None:
        if x.shape not in ((n,), (n, 1)):
            raise ValueError(f"x must have shape ({n},) or ({n}, 1), not {x.shape}")

    @staticmethod
    def _check_matrix(x: Array, n: int) -> None:
        if x.ndim != 2 or len(x) != n:
            raise ValueError(f"X must have shape ({n}, k), not {x.shape}")

    # What the backend calls for a @ b where it is not done there.
    def _matmul(self, x: Any) -> Any:
        if hasattr(x, "matvec") and not isinstance(x, Operator):
            return NotImplemented
        return self._product(validated("x", x), None, None)

    def _rmatmul(self, x: Any) -> Any:
        array = validated("x", x)
        if array.ndim < 2:
            return self._transposed_product(array, None)
        y = self._transposed_product(np.swapaxes(array, -1, -2), None)
        return np.ascontiguousarray(np.swapaxes(y, -1, -2))

    def _product(self, x: Array, out: Array | None, workers: int | None) -> Array:
        n = self.shape[1]
        number = workers_number(workers)
        if x.ndim == 0:
            raise ValueError("x must have at least one dimension, not 0")
        one = x.ndim == 1
        if x.shape[-1 if one else -2] != n:
            raise ValueError(
                f"Incompatible dimensions: the operator has shape {self.shape}, x has {x.shape}"
            )
        dtype = floating(self.dtype, x.dtype)
        batch, columns = ((), 1) if one else (x.shape[:-2], x.shape[-1])
        shape = (self.shape[0],) if one else (*batch, self.shape[0], columns)
        if out is not None:
            output(out, shape, dtype)
        x = prepare(x, dtype).reshape(*batch, n, columns)
        y = np.empty((*batch, self.shape[0], columns), dtype)
        if y.size:
            of, to = x, y
            if dtype.kind == "c" and self.dtype.kind == "f":
                # Real and imaginary parts are columns of their own.
                real: DType = np.dtype(np.float32 if dtype.itemsize == 8 else np.float64)
                operator, of, to = self.astype(real), x.view(real), y.view(real)
            else:
                operator = self.astype(dtype)
            for i in np.ndindex(batch):
                operator._apply(of[i], to[i], number)
        y = y.reshape(shape)
        return _given(y, out)


def _given(y: Array, out: Array | None) -> Array:
    """`y`, or `out` with its values if that is given."""
    if out is None:
        return y
    output(out, y.shape, y.dtype)[...] = y
    return out
