"""Toeplitz matrices: the functions of `scipy.linalg`, under the same names, and operators.

`Toeplitz` holds a matrix by its first column and row, keeps what its products need (the spectrum of
its diagonals, if it comes to that), and is used as a matrix or as SciPy's LinearOperator. Several
of them on one signal are one operator by `Toeplitz.stack`.
"""

from __future__ import annotations

from ._toeplitz.matrices import circulant, convolution_matrix, toeplitz
from ._toeplitz.operator import Toeplitz
from ._toeplitz.product import matmul_toeplitz
from ._toeplitz.solve import solve_circulant, solve_toeplitz
from ._toeplitz.stack import ToeplitzStack

__all__ = [
    "Toeplitz",
    "ToeplitzStack",
    "circulant",
    "convolution_matrix",
    "matmul_toeplitz",
    "solve_circulant",
    "solve_toeplitz",
    "toeplitz",
]
