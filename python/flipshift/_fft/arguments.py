"""What the arguments of all transforms go through: input, shape and axes, norm, workers, out.

A function here returns what the transform needs or raises the one sentence that the caller reads.
Types of exceptions are those of `scipy.fft`.
"""

from __future__ import annotations

import contextlib
import math
import operator
import os
import threading
from collections.abc import Iterator, Sequence
from numbers import Number
from typing import Any

import numpy as np

__all__ = ["get_workers", "set_workers"]

Array = np.ndarray[Any, Any]

DType = np.dtype[Any]

FLOAT32: DType = np.dtype(np.float32)
FLOAT64: DType = np.dtype(np.float64)
LONGDOUBLE: DType = np.dtype(np.longdouble)
COMPLEX64: DType = np.dtype(np.complex64)
COMPLEX128: DType = np.dtype(np.complex128)
CLONGDOUBLE: DType = np.dtype(np.clongdouble)

#: Dtypes that are transformed as they are, to the dtype of their spectrum.
SPECTRUM: dict[DType, DType] = {
    FLOAT32: COMPLEX64,
    FLOAT64: COMPLEX128,
    LONGDOUBLE: CLONGDOUBLE,
    COMPLEX64: COMPLEX64,
    COMPLEX128: COMPLEX128,
    CLONGDOUBLE: CLONGDOUBLE,
}
#: Dtype of a half spectrum to that of its signal.
SIGNAL: dict[DType, DType] = {COMPLEX64: FLOAT32, COMPLEX128: FLOAT64, CLONGDOUBLE: LONGDOUBLE}


def as_floating(x: Any) -> Array:
    """`x` as an array of a dtype of `SPECTRUM`, native and aligned; `x` itself if it is one.

    float16 becomes float32; integers, bool and whatever NumPy can convert become float64.
    """
    if type(x) is not np.ndarray:
        x = np.asarray(x)
    dtype = x.dtype
    if dtype in SPECTRUM and reachable(x):  # dtypes of another byte order do not compare equal
        return x  # type: ignore[no-any-return]
    if dtype.kind not in "fc":
        wanted: DType = FLOAT64
    elif dtype.itemsize == 2:
        wanted = FLOAT32
    else:
        wanted = dtype.newbyteorder("=")
    try:
        return np.array(x, dtype=wanted, order="C", copy=True)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"x must be numeric, not {x.dtype}: {error}") from None


def reachable(x: Array) -> bool:
    """Whether a kernel can step through `x`: aligned, and by whole elements."""
    flags = x.flags
    if flags.carray:  # C-contiguous, aligned and writeable in one question
        return True
    return flags.aligned and (
        flags.c_contiguous or not any(stride % x.itemsize for stride in x.strides)
    )


def length_along(x: Array, axis: Any) -> int:
    """The length of `x` along `axis`, which may be negative."""
    try:
        return x.shape[axis]  # type: ignore[no-any-return]
    except IndexError:
        raise IndexError(
            f"axis {axis} is out of range: x has {x.ndim} dimension{'s' * (x.ndim != 1)}"
        ) from None
    except TypeError:
        raise TypeError(f"axis must be an integer, not {axis!r}") from None


def check_length(n: Any) -> int:
    """`n` as a positive integer."""
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"n must be an integer or None, not {n!r}") from None
    if n < 1:
        raise ValueError(f"invalid number of data points ({n}) specified: n must be at least 1")
    return n  # type: ignore[no-any-return]


def iterable_of_int(value: Any, name: str) -> list[int]:
    """A scalar or a sequence of integers as a list of them."""
    if type(value) is not tuple and isinstance(value, Number):
        value = (value,)
    try:
        return [operator.index(v) for v in value]
    except TypeError:
        raise ValueError(
            f"{name} must be a scalar or iterable of integers, not {value!r}"
        ) from None


def shape_and_axes(x: Array, shape: Any, axes: Any) -> tuple[list[int], list[int]]:
    """The lengths along the axes that an N-D transform works on, and these axes, from 0 on."""
    ndim = x.ndim
    if axes is not None:
        axes = [a + ndim if a < 0 else a for a in iterable_of_int(axes, "axes")]
        if axes and (min(axes) < 0 or max(axes) >= ndim):
            raise ValueError(f"axes exceeds dimensionality of input, which is {ndim}")
        if len(set(axes)) != len(axes):
            raise ValueError("all axes must be unique")
    if shape is not None:
        shape = iterable_of_int(shape, "shape")
        if axes is None:
            if len(shape) > ndim:
                raise ValueError(
                    f"shape requires more axes than are present: {len(shape)}, not {ndim}"
                )
            axes = list(range(ndim - len(shape), ndim))
        elif len(axes) != len(shape):
            raise ValueError(
                "when given, axes and shape arguments have to be of the same length, "
                f"not {len(axes)} and {len(shape)}"
            )
        shape = [x.shape[a] if s == -1 else s for s, a in zip(shape, axes, strict=True)]
    else:
        if axes is None:
            axes = list(range(ndim))
        shape = [x.shape[a] for a in axes]
    if min(shape, default=1) < 1:
        raise ValueError(
            f"invalid number of data points ({shape}) specified: "
            "the shape must be at least 1 along every axis that is transformed"
        )
    return shape, axes


def fit(x: Array, shape: Sequence[int], axes: Sequence[int]) -> tuple[Array, bool]:
    """`x` cut or filled up with zeros to `shape` along `axes`, and whether it is a fresh array."""
    index = [slice(None)] * x.ndim
    full = list(x.shape)
    grows = False
    for n, axis in zip(shape, axes, strict=True):
        grows = grows or n > full[axis]
        index[axis] = slice(0, min(n, full[axis]))
        full[axis] = n
    part = x[tuple(index)]
    if not grows:
        return part, False
    padded = like(x, full, x.dtype)
    padded[...] = 0
    padded[tuple(index)] = part
    return padded, True


def like(x: Array, shape: Sequence[int], dtype: DType) -> Array:
    """An empty array whose axes lie in memory as those of `x` do, in C order for a broadcast one.

    NumPy's transforms do the same; lines are neighbours on both sides then, or contiguous.
    """
    if x.flags.c_contiguous or 0 in x.strides:
        return allocate(np.empty, shape, dtype)
    return allocate(
        lambda shape, dtype: np.empty_like(x, dtype, order="K", subok=False, shape=shape),
        shape,
        dtype,
    )


def allocate(make: Any, shape: Sequence[int], dtype: DType) -> Array:
    """``make(shape, dtype)``, where an impossible size is an error that says which."""
    try:
        return make(tuple(shape), dtype)  # type: ignore[no-any-return]
    except MemoryError:
        raise MemoryError(f"no memory for an array of shape {tuple(shape)}, {dtype}") from None
    except ValueError:
        raise ValueError(
            f"the length asked for is too large: no array can have shape {tuple(shape)}, {dtype}"
        ) from None


#: What `norm` divides by, forward and backward: 0 nothing, 1 the root of the size, 2 the size.
_NORM = {None: (0, 2), "backward": (0, 2), "ortho": (1, 1), "forward": (2, 0)}


def normalization(norm: str | None, forward: bool, size: int, dtype: DType) -> float:
    """The factor of the sum over `size` points, for data of `dtype`."""
    try:
        power = _NORM[norm][0 if forward else 1]
    except (KeyError, TypeError) as error:
        kind = ValueError if isinstance(error, KeyError) else TypeError
        raise kind(
            f"Invalid norm value {norm!r}, should be 'backward', 'ortho' or 'forward'"
        ) from None
    if power == 0:
        return 1.0
    if dtype.char in "gG":
        n = np.longdouble(size)
        return 1 / (n if power == 2 else np.sqrt(n))  # type: ignore[return-value]
    return 1.0 / (size if power == 2 else math.sqrt(size))


def output(out: Any, shape: tuple[int, ...], dtype: DType) -> Array:
    """`out`, if it can take a result of this shape and dtype."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array or None, not {type(out).__name__}")
    if out.shape != shape:
        raise ValueError(f"out has shape {out.shape}, but the result has shape {shape}")
    if out.dtype.newbyteorder("=") != dtype:
        raise TypeError(f"out has dtype {out.dtype}, but the result is {dtype}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    return out


def same_memory(x: Array, y: Array) -> bool:
    """Whether `x` and `y` of one shape and dtype are the same elements at the same places."""
    return x.__array_interface__["data"] == y.__array_interface__["data"] and x.strides == y.strides


class _Config(threading.local):
    default_workers = 1  # of the class: a missing attribute would cost half a microsecond a call


_config = _Config()


def threads(workers: int | None) -> int:
    """What `workers_number` returns, without a further call in the usual case."""
    return _config.default_workers if workers is None else workers_number(workers)


def workers_number(workers: int | None) -> int:
    """How many threads `workers` means; None is the default of this thread."""
    if workers is None:
        return _config.default_workers
    try:
        workers = operator.index(workers)
    except TypeError:
        raise TypeError(f"workers must be an integer or None, not {workers!r}") from None
    if workers == 0:
        raise ValueError("workers must not be zero")
    if workers < 0:
        cpus = os.cpu_count() or 1
        if workers < -cpus:
            raise ValueError(
                f"workers value out of range; got {workers}, must not be less than {-cpus}"
            )
        workers += 1 + cpus
    return workers


@contextlib.contextmanager
def set_workers(workers: int) -> Iterator[None]:
    """Set the number of threads that transforms of this thread use by default.

    Parameters
    ----------
    workers : int
        The default for `workers`; negative values count from the number of processors, -1 being
        all of them.

    Examples
    --------
    >>> import flipshift.fft
    >>> with flipshift.fft.set_workers(2):
    ...     flipshift.fft.get_workers()
    2
    """
    old = vars(_config).get("default_workers")
    _config.default_workers = workers_number(operator.index(workers))
    try:
        yield
    finally:
        if old is None:
            del _config.default_workers
        else:
            _config.default_workers = old


def workers_are_set() -> bool:
    """Whether `set_workers` is in effect in this thread."""
    return "default_workers" in vars(_config)


def get_workers() -> int:
    """Return the number of threads that transforms of this thread use by default.

    Returns
    -------
    workers : int
        1 unless `set_workers` is in effect.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.get_workers()
    1
    """
    return _config.default_workers
