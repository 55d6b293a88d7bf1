"""What the discrete cosine and sine transforms do with their arguments."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .._backend import core
from .._numpy import fft_dct as _numpy_dct
from . import arguments as args
from .arguments import Array, DType
from .transforms import _may_overwrite, _targets

__all__ = ["along_axes", "along_axis", "task"]

#: By the code of a function for the backend, to which those along several axes add 4.
_KINDS = (("cos", True), ("sin", True), ("cos", False), ("sin", False))
#: Type of the inverse, and what makes the even or odd period of n points 2 (n + this) long.
_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}
_PERIOD = {("cos", 1): -1, ("sin", 1): 1}


def _check_type(kind: str, type: Any) -> int:
    name = "DCT" if kind == "cos" else "DST"
    try:
        number = operator.index(type)
    except TypeError:
        raise TypeError(f"type must be an integer from 1 to 4, not {type!r}") from None
    if not 1 <= number <= 4:
        raise ValueError(f"invalid {name} type {number}: type must be 1, 2, 3 or 4")
    return number


def task(
    code: int,
    type: Any,
    lengths: Sequence[int],
    norm: str | None,
    orthogonalize: Any,
    dtype: DType,
) -> tuple[str, int, float, bool]:
    """Kind and type of the transform that does it, scale, whether it is orthogonalized."""
    kind, forward = _KINDS[code % 4]
    type = _check_type(kind, type)
    if not forward:
        type = _INVERSE[type]
    scale = 1.0
    if norm is not None or not forward:
        period = _PERIOD.get((kind, type), 0)
        size = prod([2 * (n + period) for n in lengths]) or 1
        scale = args.normalization(norm, forward, size, dtype)
    return kind, type, scale, norm == "ortho" if orthogonalize is None else bool(orthogonalize)


def _transform(
    code: int,
    a: Array,
    fresh: bool,
    type: Any,
    axes: tuple[int, ...],
    norm: str | None,
    workers: int | None,
    orthogonalize: Any,
    out: Any,
) -> Array:
    """Transform `a`, which is of the length asked for, along `axes`."""
    shape, dtype = a.shape, a.dtype
    lengths = [shape[axis] for axis in axes]
    kind, type, scale, orthogonalize = task(code, type, lengths, norm, orthogonalize, dtype)
    number = args.workers_number(workers)
    if out is not None:
        a, y, result = _targets(a, out, shape, dtype)
    else:
        y = result = a if fresh else np.empty(shape, dtype)
    if a.size:
        if type == 1 and kind == "cos" and min(lengths) < 2:
            raise RuntimeError(
                f"x has length {min(lengths)} along an axis to transform, but the DCT of type 1 "
                "takes at least 2"
            )
        dct = core.dct if dtype.char in "fdFD" else _numpy_dct.dct
        if dtype.kind == "c":
            dct(a.real, y.real, axes, kind, type, scale, orthogonalize, number)
            dct(a.imag, y.imag, axes, kind, type, scale, orthogonalize, number)
        else:
            dct(a, y, axes, kind, type, scale, orthogonalize, number)
    if result is not y:
        result[...] = y
    return result


def _shortly(
    code: int,
    x: Any,
    type: Any,
    lengths: Any,
    axes: Any,
    norm: str | None,
    workers: int | None,
    orthogonalize: Any,
    out: Any,
) -> Array | None:
    """What the backend returns for a call with plain arguments and a number of threads."""
    number = args.workers_number(workers)
    y = core.trigonometric(code, x, type, lengths, axes, norm, number, orthogonalize, out)
    return y  # type: ignore[no-any-return]


def along_axis(
    code: int,
    x: Any,
    type: Any,
    n: Any,
    axis: int,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    orthogonalize: Any,
    out: Any,
) -> Array:
    if not overwrite_x:
        y = _shortly(code, x, type, n, axis, norm, workers, orthogonalize, out)
        if y is not None:
            return y
    a = args.as_floating(x)
    length = args.length_along(a, axis)
    if axis < 0:
        axis += a.ndim
    fresh = _may_overwrite(a, x, overwrite_x) if overwrite_x or a is not x else False
    if n is not None:
        n = args.check_length(n)
        if n != length:
            a, fresh = args.fit(a, (n,), (axis,))
    elif length < 1:
        raise ValueError(f"invalid number of data points ({length}) specified: x is empty")
    return _transform(code, a, fresh, type, (axis,), norm, workers, orthogonalize, out)


def along_axes(
    code: int,
    x: Any,
    type: Any,
    s: Any,
    axes: Any,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    orthogonalize: Any,
    out: Any,
) -> Array:
    if not overwrite_x:
        y = _shortly(code, x, type, s, axes, norm, workers, orthogonalize, out)
        if y is not None:
            return y
    a = args.as_floating(x)
    shape, axes = args.shape_and_axes(a, s, axes)
    if not axes:
        x = np.asarray(x)
        if out is None:
            return x  # type: ignore[no-any-return]
        out = args.output(out, x.shape, x.dtype)
        out[...] = x
        return out  # type: ignore[no-any-return]
    fresh = _may_overwrite(a, x, overwrite_x) if overwrite_x or a is not x else False
    if s is not None:
        a, padded = args.fit(a, shape, axes)
        fresh = fresh or padded
    return _transform(code, a, fresh, type, tuple(axes), norm, workers, orthogonalize, out)
