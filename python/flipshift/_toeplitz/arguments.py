"""What the arguments of all Toeplitz functions go through."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .._fft.arguments import Array, DType

__all__ = ["batch_shape", "column_and_row", "floating", "positive_integer", "validated"]

FLOATS = frozenset("fdFD")


def positive_integer(name: str, value: Any) -> int:
    """`value` as an integer of at least 1."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a positive integer, not {value!r}") from None
    if number <= 0:
        raise ValueError(f"{name} must be a positive integer, not {number}")
    return number


def batch_shape(
    name1: str, shape1: tuple[int, ...], name2: str, shape2: tuple[int, ...]
) -> tuple[int, ...]:
    """What the leading dimensions of two arguments broadcast to."""
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


def validated(name: str, value: Any, check_finite: bool = False) -> Array:
    """`value` as a numeric array."""
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"masked arrays are not supported, and {name} is one")
    if value is None:
        raise TypeError(f"{name} must be an array, not None")
    array = np.asarray(value)
    kind = array.dtype.kind
    if kind == "O":
        raise ValueError(f"object arrays are not supported, and {name} is one")
    if kind not in "biufc":
        raise TypeError(f"{name} must be numeric, not {array.dtype}")
    if check_finite and kind in "fc" and not np.isfinite(array).all():
        raise ValueError(f"array must not contain infs or NaNs, and {name} does")
    return array


def column_and_row(c_or_cr: Any, check_finite: bool) -> tuple[Array, Array]:
    """The first column and row, of at least one dimension each, of ``c`` or ``(c, r)``."""
    if isinstance(c_or_cr, tuple):
        if len(c_or_cr) != 2:
            raise ValueError(f"c_or_cr must be c or a tuple (c, r), not a tuple of {len(c_or_cr)}")
        c = validated("c", c_or_cr[0], check_finite)
        r = validated("r", c_or_cr[1], check_finite)
    else:
        c = validated("c", c_or_cr, check_finite)
        r = np.conjugate(c)
    for name, array in (("c", c), ("r", r)):
        if array.ndim == 0:
            raise IndexError(f"{name} must have at least one dimension, not 0")
    return c, r


def floating(*dtypes: DType) -> DType:
    """The type of float32, float64, complex64 and complex128 that values of `dtypes` are kept in.

    That to which NumPy promotes them; integers, and all that is longer, become double precision.
    """
    dtype: DType = np.result_type(*dtypes)
    if dtype.char in FLOATS and dtype.isnative:
        return dtype
    if dtype.kind == "c":
        return np.dtype(np.complex64 if dtype.itemsize == 8 else np.complex128)
    return np.dtype(np.float32 if dtype.kind == "f" and dtype.itemsize == 4 else np.float64)
