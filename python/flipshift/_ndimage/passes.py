"""Single convolutions of real images, from any dtype to any other.

The dtypes of SciPy's filters: everything is summed in double precision, and every pass ends in the
dtype of the output, integers by dropping fractions and wrapping around. Here floating images are
summed in their own precision if the output has it too.

All arrays are C-contiguous and native, and ``out`` overlaps no input.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from .._backend import core
from .._fft.arguments import FLOAT64, Array, DType

__all__ = [
    "FEW",
    "Step",
    "along_axis",
    "as_planes",
    "convolve_planes",
    "exact_in",
    "in_pairs",
    "native",
    "run",
    "store",
    "writable",
]

_FLOATS = frozenset("fd")
_PIXELS = frozenset("bBhHiI")
_RESULTS_OF_PIXELS = _PIXELS | frozenset("lLqQfd")
_WIDENED_BY_ROWS = frozenset("bBhHi")

#: Lines that lie side by side, if they are this many, are the columns of images whose rows are
#: along the axis; else lines are the rows of one image, and those side by side channels.
FEW = 16

#: A convolution along one axis: the axis, the kernel in float64, the first result's place in the
#: full convolution, and what the image continues with.
Step = tuple[int, Array, int, str]

_Step = TypeVar("_Step", bound=tuple[Any, ...])


def native(dtype: DType) -> DType:
    """`dtype` in the byte order of this machine."""
    return dtype if dtype.isnative else dtype.newbyteorder("=")


def writable(out: Array, *inputs: Array) -> Array:
    """`out` if primitives can write a result there, else a new array, which is to be copied."""
    if out.dtype.isnative and out.flags.carray:
        if not any(np.may_share_memory(out, x) for x in inputs):
            return out
    return np.empty(out.shape, native(out.dtype))


def store(sums: Array, out: Array) -> None:
    """Write floating `sums` to `out`, integers without their fractions and wrapped around.

    bool is whether the sum without its fraction is not 0. Infinity and NaN, and what does not fit
    into 64 bits, become 0 or the least 64-bit number.
    """
    kind = out.dtype.kind
    with np.errstate(over="ignore", invalid="ignore"):
        if kind in "fc":
            out[...] = sums
        elif kind == "b":
            np.not_equal(np.trunc(sums), 0, out=out)
        elif out.dtype.char in "LQ":
            # Numbers from 2^63 on fit into no int64.
            large = sums >= 2.0**63
            whole = np.where(large, sums - 2.0**63, sums).astype(np.int64).astype(np.uint64)
            out[...] = np.where(large, np.uint64(2**63), np.uint64(0)) + whole
        else:
            out[...] = sums.astype(np.int64)


def exact_in(fill: float, dtype: DType) -> bool:
    """Whether integers of `dtype` can continue with `fill`."""
    info = np.iinfo(dtype)
    return info.min <= fill <= info.max and fill == math.floor(fill)


def pixels_of(x: Array, boundaries: tuple[str, ...], fill: float, out: Array) -> Array | None:
    """`x` as `convolve2d_pixels` takes it for a result like `out`, or None."""
    if x.dtype.char == "?":
        x = x.view(np.uint8)
    if x.dtype.char not in _PIXELS or out.dtype.char not in _RESULTS_OF_PIXELS:
        return None
    return x if "fill" not in boundaries or exact_in(fill, x.dtype) else None


def along_axis(
    x: Array, h: Array, axis: int, start: int, boundary: str, fill: float, out: Array, workers: int
) -> None:
    """Convolve `x` along one axis with `h` of float64 into `out`."""
    shape = x.shape
    outer, n, inner = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
    char = x.dtype.char
    if char == out.dtype.char and char in _FLOATS:
        h = h.astype(x.dtype, copy=False)
        x, out = x.reshape(outer, n, inner), out.reshape(outer, n, inner)
        core.convolve_axis(x, h, out, start, workers, boundary, fill)
        return
    pixels = pixels_of(x, (boundary,), fill, out)
    if pixels is None:
        wide = x.astype(FLOAT64).reshape(outer, n, inner)
        sums = np.empty_like(wide)
        core.convolve_axis(wide, h, sums, start, workers, boundary, fill)
        store(sums.reshape(shape), out)
        return
    value = int(fill) if boundary == "fill" else 0
    if inner < FEW:
        four, kernel, place = (1, outer, n, inner), h[None, :], (0, start)
        pair = ("nearest", boundary)
    else:
        four, kernel, place = (outer, n, inner, 1), h[:, None], (start, 0)
        pair = (boundary, "nearest")
    core.convolve2d_pixels(
        pixels.reshape(four), kernel, out.reshape(four), place, pair, value, workers
    )


def convolve_planes(
    x: Array,
    h: Array,
    start: tuple[int, int],
    boundaries: tuple[str, str],
    fill: float,
    out: Array,
    method: str,
    workers: int,
) -> None:
    """Convolve `x` of shape (outer, rows, columns, inner) with `h` of float64 into `out`."""
    char = x.dtype.char
    if char == out.dtype.char and char in _FLOATS:
        h = h.astype(x.dtype, copy=False)
        core.convolve2d(x, h, out, start, boundaries, fill, method, workers)
        return
    pixels = pixels_of(x, boundaries, fill, out)
    if pixels is not None:
        value = int(fill) if "fill" in boundaries else 0
        core.convolve2d_pixels(pixels, h, out, start, boundaries, value, workers)
        return
    sums = np.empty(x.shape, FLOAT64)
    core.convolve2d(x.astype(FLOAT64), h, sums, start, boundaries, fill, method, workers)
    store(sums, out)


def run(x: Array, steps: list[Step], fill: float, out: Array, workers: int) -> None:
    """Convolve `x` along one axis after the other; `out` may be any array of the same shape."""
    if x.size == 0:
        return
    if not steps:
        out[...] = x
        return
    y = writable(out, x)
    dtype = y.dtype
    exact = dtype.kind == "f" and np.can_cast(x.dtype, dtype)
    # What has to be rounded to another type after the first pass cannot be joined with the next.
    groups = in_pairs(steps) if exact else [[s] for s in steps]
    if exact and x.dtype != dtype:
        if len(groups[0]) == 1 or x.dtype.char not in _WIDENED_BY_ROWS:
            x = x.astype(dtype)
    scratch = np.empty(x.shape, dtype) if len(groups) > 1 else y
    for left, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
        target = y if left % 2 == 0 else scratch
        if len(group) == 1:
            axis, h, start, boundary = group[0]
            along_axis(x, h, axis, start, boundary, fill, target, workers)
        else:
            _along_two(x, group, fill, target, workers)
        x = target
    if y is not out:
        out[...] = y


def in_pairs(steps: list[_Step]) -> list[list[_Step]]:
    """Steps of neighbouring axes together, in the same order; from the end, as rows are longer."""
    groups: list[list[_Step]] = []
    i = len(steps)
    while i > 0:
        size = 2 if i > 1 and steps[i - 2][0] + 1 == steps[i - 1][0] else 1
        groups.insert(0, steps[i - size : i])
        i -= size
    return groups


def _along_two(x: Array, pair: list[Step], fill: float, out: Array, workers: int) -> None:
    (axis, column, down, above), (_, row, across, left) = pair
    four = as_planes(x.shape, axis)
    core.separable2d(
        x.reshape(four),
        column[None, :].astype(out.dtype, copy=False),
        row[None, :].astype(out.dtype, copy=False),
        out.reshape(four),
        (down, across),
        (above, left),
        (fill, fill),
        workers,
    )


def as_planes(shape: tuple[int, ...], axis: int) -> tuple[int, int, int, int]:
    """`shape` as (outer, rows, columns, inner), with the rows along `axis`."""
    return math.prod(shape[:axis]), shape[axis], shape[axis + 1], math.prod(shape[axis + 2 :])
