"""What the arguments of all image filters go through; the exceptions are of SciPy's types."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from .._fft import arguments as args
from .._fft.arguments import Array, DType

__all__ = [
    "BOUNDARIES",
    "axes_of",
    "axis_of",
    "boundary_of",
    "check_fill",
    "complex_dtype",
    "complex_fill_of",
    "contiguous",
    "each",
    "fill_of",
    "image",
    "method_of",
    "result_array",
    "start_of",
]

#: SciPy's modes, and what the primitives call them.
BOUNDARIES = {
    "reflect": "symm",
    "grid-mirror": "symm",
    "constant": "fill",
    "grid-constant": "fill",
    "nearest": "nearest",
    "mirror": "mirror",
    "wrap": "wrap",
    "grid-wrap": "wrap",
}
#: What `separable` means to the primitive `convolve2d`.
_METHODS = {None: "auto", True: "separable", False: "whole"}

_SUPPORTED = frozenset("?bBhHiIlLqQfdFD")


def image(input: Any) -> Array:
    """`input` as a plain array of a dtype that can be filtered."""
    x = np.asarray(input)
    if x.dtype.char in _SUPPORTED:
        return x
    if x.dtype.kind in "SU":
        raise TypeError(f"input must be numeric, not {x.dtype}")
    raise RuntimeError(
        f"array type not supported: input is {x.dtype}; taken are bool, integers, and floating "
        "types of single and double precision"
    )


def contiguous(x: Array) -> Array:
    """`x` in C order, aligned and native; `x` itself if it is so."""
    flags = x.flags
    if flags.c_contiguous and flags.aligned and x.dtype.isnative:
        return x
    return np.array(x, x.dtype.newbyteorder("="), order="C", copy=True)


def boundary_of(mode: Any) -> str:
    """The primitives' name of `mode`."""
    if isinstance(mode, str) and mode in BOUNDARIES:
        return BOUNDARIES[mode]
    raise RuntimeError(
        f"boundary mode not supported: mode must be one of {', '.join(map(repr, BOUNDARIES))}, "
        f"not {mode!r}"
    )


def fill_of(cval: Any) -> float:
    """`cval` of a real image."""
    if isinstance(cval, (str, bytes)):
        raise TypeError(f"cval must be a real number, not {cval!r}")
    try:
        return float(cval)
    except (TypeError, ValueError):
        raise TypeError(f"cval must be a real number, not {cval!r}") from None


def check_fill(cval: Any, x: Array) -> None:
    """Raise if `cval` is complex and `x`, which meets complex weights, is not."""
    if x.dtype.kind != "c" and np.iscomplexobj(cval):
        raise ValueError(f"Cannot provide a complex-valued cval when the input is real: {cval!r}")


def complex_fill_of(cval: Any) -> complex:
    """`cval` of a complex image."""
    if isinstance(cval, (str, bytes)):
        raise TypeError(f"cval must be a number, not {cval!r}")
    try:
        return complex(cval)
    except (TypeError, ValueError):
        raise TypeError(f"cval must be a number, not {cval!r}") from None


def each(value: Any, count: int, name: str) -> list[Any]:
    """`value` for each of `count` axes: itself, or its elements if it is a sequence."""
    if isinstance(value, str) or not np.iterable(value):
        return [value] * count
    values = list(value)
    if len(values) != count:
        raise RuntimeError(
            f"sequence argument must have length equal to input rank: {name} has {len(values)} "
            f"entries for {count} {'axis' if count == 1 else 'axes'}"
        )
    return values


def axis_of(axis: Any, ndim: int) -> int:
    """`axis` from 0 on."""
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer, not {axis!r}") from None
    if not -ndim <= number < ndim:
        raise np.exceptions.AxisError(number, ndim)
    return number + ndim if number < 0 else number


def axes_of(axes: Any, ndim: int) -> tuple[int, ...]:
    """`axes` from 0 on, in the order given; all if it is None."""
    if axes is None:
        return tuple(range(ndim))
    if np.isscalar(axes):
        axes = (axes,)
    elif not isinstance(axes, Iterable):
        raise ValueError(f"axes must be an integer, iterable of integers, or None, not {axes!r}")
    try:
        numbers = [operator.index(a) for a in axes]
    except TypeError:
        raise TypeError(
            f"axes must be integers, but {axes!r} cannot be interpreted as an integer or several"
        ) from None
    for a in numbers:
        if not -ndim <= a < ndim:
            raise ValueError(f"specified axis: {a} is out of range for {ndim} dimensions")
    numbers = [a + ndim if a < 0 else a for a in numbers]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"axes must be unique, not {axes!r}")
    return tuple(numbers)


def start_of(origin: Any, taps: int, flip: bool) -> int:
    """Where in the full convolution the result starts, for a kernel of that many taps.

    `flip` is True for a convolution; for a correlation it is the position in the convolution with
    the reversed weights.
    """
    middle = taps // 2
    start = middle + origin if flip else taps - 1 - middle - origin
    if not 0 <= start < taps:
        raise ValueError(
            f"Invalid origin {origin}: for {taps} weights it must be from {-middle} to "
            f"{(taps - 1) // 2}"
        )
    return operator.index(start)


def method_of(separable: Any) -> str:
    """What `separable` asks the primitives for."""
    if separable is None or isinstance(separable, (bool, np.bool_)):
        return _METHODS[separable if separable is None else bool(separable)]
    raise TypeError(f"separable must be None, True or False, not {separable!r}")


def complex_dtype(dtype: DType) -> DType:
    """The dtype of complex results for an image of `dtype`."""
    return np.promote_types(dtype.newbyteorder("="), args.COMPLEX64)


def result_array(output: Any, x: Array, is_complex: bool, promote: bool = True) -> Array:
    """Where the result for `x` goes: an array of the dtype that `output` is, or `output` itself.

    A real dtype for a complex result is made complex with a warning, or an error unless `promote`.
    """
    if output is None:
        dtype = complex_dtype(x.dtype) if is_complex else x.dtype.newbyteorder("=")
        return args.allocate(np.empty, x.shape, dtype)
    if isinstance(output, (type, np.dtype, str)):
        dtype = np.dtype(output)
        if isinstance(output, str) and dtype.kind not in "iufc":
            raise RuntimeError(f"output must have numeric dtype, not {output!r}")
        if is_complex and dtype.kind != "c":
            if isinstance(output, str) or not promote:
                raise RuntimeError(f"output must have complex dtype, not {output!r}")
            warnings.warn("promoting specified output dtype to complex", stacklevel=4)
            dtype = np.promote_types(dtype, args.COMPLEX64)
        y = args.allocate(np.empty, x.shape, _checked(dtype, is_complex))
    else:
        y = np.asarray(output)
        if y.shape != x.shape:
            raise RuntimeError(
                f"output shape not correct: output has shape {y.shape}, input {x.shape}"
            )
        if is_complex and y.dtype.kind != "c":
            raise RuntimeError(f"output must have complex dtype, not {y.dtype}")
        _checked(y.dtype, is_complex)
        if not y.flags.writeable:
            raise ValueError("output array is read-only.")
    return y


def _checked(dtype: DType, is_complex: bool) -> DType:
    if dtype.char not in _SUPPORTED or (dtype.kind == "c") != is_complex:
        raise RuntimeError(
            f"array type not supported: output is {dtype}; taken are "
            + ("complex64 and complex128" if is_complex else "bool, integers, float32 and float64")
        )
    return dtype
