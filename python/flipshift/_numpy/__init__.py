"""The NumPy backend: the primitives of `flipshift._backend` in plain NumPy."""

from .convolve import convolve, convolve_method
from .convolve2d import convolve2d
from .fft import c2c, c2r, good_size, line, r2c, transform
from .fft_dct import dct, trigonometric
from .plan import LinePlan, describe, plan_cache_clear, plan_cache_info
from .toeplitz import (
    ToeplitzOperator,
    toeplitz_matmul,
    toeplitz_product,
    toeplitz_solution,
    toeplitz_solve,
)

__all__ = [
    "LinePlan",
    "ToeplitzOperator",
    "c2c",
    "c2r",
    "convolve",
    "convolve2d",
    "convolve_method",
    "dct",
    "describe",
    "good_size",
    "line",
    "plan_cache_clear",
    "plan_cache_info",
    "r2c",
    "toeplitz_matmul",
    "toeplitz_product",
    "toeplitz_solution",
    "toeplitz_solve",
    "transform",
    "trigonometric",
]
