"""The three transforms that all functions of `flipshift.fft` are made of, for one axis and for N.

Each goes the same way: bring the input into form (`arguments`), fit it to the length asked for,
find or make the output, call the primitive of the backend. Arrays that the kernels do not know
(longdouble) go to the NumPy backend.
"""

from __future__ import annotations

from itertools import product
from math import prod
from types import ModuleType
from typing import Any

import numpy as np

from .._backend import core
from .._numpy import fft as _numpy_fft
from . import arguments as args
from .arguments import CLONGDOUBLE, SIGNAL, SPECTRUM, Array, DType

__all__ = ["c2c", "c2cn", "c2r", "c2rn", "r2c", "r2cn"]


def _module(spectrum: DType) -> ModuleType:
    return _numpy_fft if spectrum == CLONGDOUBLE else core


def _targets(x: Array, out: Any, shape: tuple[int, ...], dtype: DType) -> tuple[Array, ...]:
    """The input to read, the array to compute into, and the array to return, for a given `out`."""
    out = args.output(out, shape, dtype)
    if not out.dtype.isnative or not args.reachable(out):
        return x, np.empty(shape, dtype), out
    if np.may_share_memory(x, out) and not (
        x.dtype == out.dtype and x.shape == shape and args.same_memory(x, out)
    ):
        x = x.copy()
    return x, out, out


def _half_index(ndim: int, axis: int, stop: int) -> tuple[slice, ...]:
    if ndim == 1:
        return (slice(stop),)
    index = [slice(None)] * ndim
    index[axis] = slice(0, stop)
    return tuple(index)


def _mirror(y: Array, axes: tuple[int, ...]) -> None:
    """Fill the second half of `y` along ``axes[-1]`` by y[-k] = conj(y[k]), k along all `axes`."""
    n = y.shape[axes[-1]]
    target: list[Any] = [slice(None)] * y.ndim
    source = list(target)
    target[axes[-1]] = slice(n // 2 + 1, None)
    source[axes[-1]] = slice((n - 1) // 2, 0, -1)
    zero, rest, mirrored = slice(0, 1), slice(1, None), slice(None, 0, -1)
    # Along the other axes index 0 is its own mirror image and the rest is reversed.
    for choice in product((True, False), repeat=len(axes) - 1):
        for axis, at_zero in zip(axes, choice, strict=False):
            target[axis] = zero if at_zero else rest
            source[axis] = zero if at_zero else mirrored
        np.conjugate(y[tuple(source)], out=y[tuple(target)])


def _c2c(
    x: Array,
    fresh: bool,
    axes: tuple[int, ...],
    forward: bool,
    scale: float,
    workers: int,
    out: Any,
) -> Array:
    dtype = x.dtype
    spectrum = SPECTRUM[dtype]
    if out is not None:
        x, y, result = _targets(x, out, x.shape, spectrum)
    else:
        y = x if fresh and dtype is spectrum else args.like(x, x.shape, spectrum)
        result = y
    if x.size:
        module = core if spectrum is not CLONGDOUBLE else _numpy_fft
        if dtype is spectrum or dtype.kind == "c":
            module.c2c(x, y, axes, forward, scale, workers)
        else:
            n = x.shape[axes[-1]]
            half = y[_half_index(y.ndim, axes[-1], n // 2 + 1)]
            module.r2c(x, half, axes, forward, scale, workers)
            if y.ndim == 1:
                np.conjugate(y[(n - 1) // 2 : 0 : -1], out=y[n // 2 + 1 :])
            elif n > 2:
                _mirror(y, axes)
    if result is not y:
        result[...] = y
    return result


def _r2c(
    x: Array, axes: tuple[int, ...], forward: bool, scale: float, workers: int, out: Any
) -> Array:
    spectrum = SPECTRUM[x.dtype]
    shape = list(x.shape)
    shape[axes[-1]] = shape[axes[-1]] // 2 + 1
    if out is None:
        y = result = args.like(x, shape, spectrum)
    else:
        x, y, result = _targets(x, out, tuple(shape), spectrum)
    if x.size:
        _module(spectrum).r2c(x, y, axes, forward, scale, workers)
    if result is not y:
        result[...] = y
    return result


def _c2r(
    x: Array, n: int, axes: tuple[int, ...], forward: bool, scale: float, workers: int, out: Any
) -> Array:
    dtype = SIGNAL[x.dtype]
    shape = list(x.shape)
    shape[axes[-1]] = n
    if out is None:
        y = result = args.like(x, shape, dtype)
    else:
        x, y, result = _targets(x, out, tuple(shape), dtype)
    if y.size:
        _module(x.dtype).c2r(x, y, axes, forward, scale, workers)
    if result is not y:
        result[...] = y
    return result


def _may_overwrite(x: Array, given: object, overwrite_x: bool) -> bool:
    """Whether `x`, made from the argument `given`, can be the output of its own transform."""
    if x is given:
        flags = x.flags
        return overwrite_x and flags.writeable and flags.forc
    return isinstance(given, np.ndarray | list | tuple) and x.base is None


def _by_plan(plan: object, *arguments: Any) -> Array:
    from .plan import apply

    return apply(plan, *arguments)


def c2c(
    forward: bool,
    x: Any,
    n: Any,
    axis: int,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform real or complex `x` along one axis to a full spectrum, or back."""
    if plan is not None:
        return _by_plan(plan, "c2c", forward, False, x, n, axis, norm, workers, out)
    y = core.transform(0 if forward else 1, x, n, axis, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    length = args.length_along(a, axis)
    if axis < 0:
        axis += a.ndim
    fresh = _may_overwrite(a, x, overwrite_x) if overwrite_x or a is not x else False
    if n is not None:
        n = args.check_length(n)
        if n != length:
            a, fresh = args.fit(a, (n,), (axis,))
            length = n
    elif length < 1:
        raise ValueError(f"invalid number of data points ({length}) specified: x is empty")
    scale = 1.0 if forward and norm is None else args.normalization(norm, forward, length, a.dtype)
    return _c2c(a, fresh, (axis,), forward, scale, args.workers_number(workers), out)


def r2c(
    forward: bool,
    x: Any,
    n: Any,
    axis: int,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform real `x` along one axis to half a spectrum."""
    if plan is not None:
        return _by_plan(plan, "r2c", forward, False, x, n, axis, norm, workers, out)
    y = core.transform(2 if forward else 5, x, n, axis, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    if a.dtype.kind == "c":
        raise TypeError(f"x must be a real sequence, not {a.dtype}")
    length = args.length_along(a, axis)
    if axis < 0:
        axis += a.ndim
    if n is not None:
        n = args.check_length(n)
        if n != length:
            a, _ = args.fit(a, (n,), (axis,))
            length = n
    elif length < 1:
        raise ValueError(f"invalid number of data points ({length}) specified: x is empty")
    scale = 1.0 if forward and norm is None else args.normalization(norm, forward, length, a.dtype)
    return _r2c(a, (axis,), forward, scale, args.workers_number(workers), out)


def c2r(
    forward: bool,
    x: Any,
    n: Any,
    axis: int,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform half a spectrum along one axis to `n` real numbers."""
    if plan is not None:
        return _by_plan(plan, "c2r", forward, False, x, n, axis, norm, workers, out)
    y = core.transform(4 if forward else 3, x, n, axis, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    if a.dtype.kind != "c":
        a = a.astype(SPECTRUM[a.dtype])
    length = args.length_along(a, axis)
    if axis < 0:
        axis += a.ndim
    if n is None:
        n = 2 * (length - 1)
        if n < 1:
            raise ValueError(
                f"Invalid number of data points ({n}) specified: "
                f"without n, the length {length} of x stands for n = {n}"
            )
    else:
        n = args.check_length(n)
        if n // 2 + 1 != length:
            a, _ = args.fit(a, (n // 2 + 1,), (axis,))
    scale = args.normalization(norm, forward, n, a.dtype)
    return _c2r(a, n, (axis,), forward, scale, args.workers_number(workers), out)


def c2cn(
    forward: bool,
    x: Any,
    s: Any,
    axes: Any,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform real or complex `x` along several axes to a full spectrum, or back."""
    if plan is not None:
        return _by_plan(plan, "c2c", forward, True, x, s, axes, norm, workers, out)
    y = core.transform(8 if forward else 9, x, s, axes, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    shape, axes = args.shape_and_axes(a, s, axes)
    number = args.workers_number(workers)
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
    scale = args.normalization(norm, forward, prod(shape), a.dtype)
    return _c2c(a, fresh, tuple(axes), forward, scale, number, out)


def r2cn(
    forward: bool,
    x: Any,
    s: Any,
    axes: Any,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform real `x` along several axes to half a spectrum."""
    if plan is not None:
        return _by_plan(plan, "r2c", forward, True, x, s, axes, norm, workers, out)
    y = core.transform(10 if forward else 13, x, s, axes, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    if a.dtype.kind == "c":
        raise TypeError(f"x must be a real sequence, not {a.dtype}")
    shape, axes = args.shape_and_axes(a, s, axes)
    if not axes:
        raise ValueError("at least 1 axis must be transformed: axes is empty")
    if s is not None:
        a, _ = args.fit(a, shape, axes)
    scale = args.normalization(norm, forward, prod(shape), a.dtype)
    return _r2c(a, tuple(axes), forward, scale, args.workers_number(workers), out)


def c2rn(
    forward: bool,
    x: Any,
    s: Any,
    axes: Any,
    norm: str | None,
    overwrite_x: bool,
    workers: int | None,
    plan: object,
    out: Any,
) -> Array:
    """Transform half a spectrum along several axes to real numbers."""
    if plan is not None:
        return _by_plan(plan, "c2r", forward, True, x, s, axes, norm, workers, out)
    y = core.transform(12 if forward else 11, x, s, axes, norm, args.threads(workers), out)
    if y is not None:
        return y  # type: ignore[no-any-return]
    a = args.as_floating(x)
    if a.dtype.kind != "c":
        a = a.astype(SPECTRUM[a.dtype])
    shape, axes = args.shape_and_axes(a, s, axes)
    if not axes:
        raise ValueError("at least 1 axis must be transformed: axes is empty")
    n = shape[-1]
    if s is None:
        n = max(1, 2 * (a.shape[axes[-1]] - 1))  # 1 and not 0, as in SciPy
    else:
        a, _ = args.fit(a, [*shape[:-1], n // 2 + 1], axes)
    scale = args.normalization(norm, forward, prod([*shape[:-1], n]), a.dtype)
    return _c2r(a, n, tuple(axes), forward, scale, args.workers_number(workers), out)
