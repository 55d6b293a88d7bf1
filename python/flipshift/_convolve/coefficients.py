"""Correlation coefficients at each lag: `signal.correlate` with ``normalize=True``.

At each lag, over the numbers of both arrays that overlap there, with their means mx and my,

    r = sum (x - mx) conj(y - my) / sqrt(sum |x - mx|^2 sum |y - my|^2).

Means and energies of windows come from those of windows half as long, by the rule of Chan, Golub
and LeVeque, in which nothing cancels: windows of equal numbers have energy 0 exactly. The sum of
products is a convolution of both arrays less their means over everything, less the product of the
local means. Where the error may exceed `_TOLERANCE`, because the FFT spreads the error of loud
passages over quiet ones, or because a local mean is large, the definition is computed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._fft import arguments as args
from .._fft.arguments import Array, DType
from . import linear, lines, methods
from .modes import check_mode, part, same_dimensions, swap_needed

__all__ = ["along_axis", "correlate"]

#: Error of a coefficient beyond which it is computed by the definition.
_TOLERANCE = 1e-9
#: Windows at once, and coefficients of one dimension, whose scratch is some 20 arrays of them.
_STRETCH = 8192
_AT_ONCE = 1 << 16


def correlate(
    x: Array,
    y: Array,
    mode: str,
    method: str,
    axis: Any,
    maxlag: int | None,
    out: Any,
    workers: int | None,
) -> Any:
    """Return the coefficients of the outputs that `mode` and `maxlag` ask for."""
    if axis is None and x.ndim == y.ndim == 0:
        return linear.scalar(_dtype(x, y).type(0), out)
    check_mode(mode)
    linear.check_method(method)
    threads = args.threads(workers)
    if axis is not None:
        x, y, axis = lines.line_up(x, y, axis, ("in1", "in2"))
        n, m = (x.shape[axis],), (y.shape[axis],)
    else:
        same_dimensions(x, y, "in1", "in2")
        n, m = x.shape, y.shape
    if maxlag is not None and len(n) > 1:
        raise ValueError(f"maxlag takes one dimension, or axis, not {len(n)} dimensions")
    if 0 in m or 0 in n:
        raise ValueError(
            f"{'in2' if 0 in m else 'in1'} cannot be empty; the shapes are {x.shape} and {y.shape}"
        )
    start, shape = part(mode, m, n) if swap_needed(mode, n, m) else part(mode, n, m)
    if maxlag is not None:
        start, shape = linear.within(maxlag, start, shape, m[0])
    if axis is not None:
        return along_axis(x, y, axis, start[0], shape[0], method, out, threads)
    dtype = _dtype(x, y)
    wide: DType = np.result_type(dtype, np.float64)
    y = _coefficients(x, y, start, shape, wide, method, threads)
    return _finished(y, dtype, out)


def along_axis(
    x: Array, y: Array, axis: int, start: int, n_out: int, method: str, out: Any, workers: int
) -> Array:
    """Outputs `start` to `start + n_out` of the coefficients along `axis` at all lags."""
    dtype = _dtype(x, y)
    wide: DType = np.result_type(dtype, np.float64)
    x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    batch = np.broadcast_shapes(x.shape[:-1], y.shape[:-1])
    x = np.broadcast_to(x, (*batch, x.shape[-1]))
    y = np.broadcast_to(y, (*batch, y.shape[-1]))
    result = np.empty((*batch, n_out), wide)
    for i in np.ndindex(batch):
        result[i] = _coefficients(x[i], y[i], (start,), (n_out,), wide, method, workers)
    return _finished(np.moveaxis(result, -1, axis), dtype, out)


def _dtype(x: Array, y: Array) -> DType:
    dtype = methods.result_type(x, y)
    if dtype.kind not in "biufc":
        raise TypeError(f"normalize takes numbers, not {x.dtype} and {y.dtype}")
    return dtype if dtype.kind in "fc" else np.dtype(np.float64)


def _finished(y: Array, dtype: DType, out: Any) -> Array:
    y = np.ascontiguousarray(y, dtype)
    if out is None:
        return y
    args.output(out, y.shape, dtype)[...] = y
    return out  # type: ignore[no-any-return]


@np.errstate(invalid="ignore", over="ignore")  # of infinities, whose coefficients are NaN
def _coefficients(
    x: Array,
    y: Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    wide: DType,
    method: str,
    workers: int,
) -> Array:
    if 0 in shape:
        return np.zeros(shape, wide)
    n, m = x.shape, y.shape
    step = max(_AT_ONCE, 4 * min(x.size, y.size))
    if x.ndim == 1 and step < shape[0]:
        r = np.empty(shape, wide)
        for i in range(0, shape[0], step):
            some = r[i : i + step]
            some[...] = _coefficients(
                *_meeting(x, y, start[0] + i, some.size), wide, method, workers
            )
        return r
    x, y = _scaled(x.astype(wide)), _scaled(y.astype(wide))
    x_c, of_x, offset_x = _centred(x)
    y_c, of_y, offset_y = _centred(y)
    # Output s of the full correlation has lag s - (m - 1): x from there on, y up to there.
    first_x = [s - (j - 1) for s, j in zip(start, m, strict=True)]
    first_y = [j - 1 - s - (k - 1) for s, j, k in zip(start, m, shape, strict=True)]
    mean_x, energy_x = _windows(of_x, m, first_x, shape)
    mean_y, energy_y = (
        part[(slice(None, None, -1),) * y.ndim] for part in _windows(of_y, n, first_y, shape)
    )
    count = np.ones(shape)
    for d, (i, j, s, k) in enumerate(zip(n, m, start, shape, strict=True)):
        lag = np.arange(s - (j - 1), s - (j - 1) + k)
        overlap = np.minimum(i, lag + j) - np.maximum(0, lag)
        count *= overlap.reshape([-1 if a == d else 1 for a in range(x.ndim)])
    reversed_y = linear.reversed_kernel(y_c, None)
    products = methods.convolve(x_c, reversed_y, start, shape, method, None, workers)
    with np.errstate(all="ignore"):
        size_x, size_y = abs(mean_x), abs(mean_y)
        mean_x, mean_y = mean_x + offset_x, mean_y + offset_y
        covariance = products - count * mean_x * np.conj(mean_y)
        scale = np.sqrt(energy_x) * np.sqrt(energy_y)
        # The bound of the FFT (see `integers`), and what the rounding of local means leads to.
        eps = float(np.finfo(x.real.dtype).eps)
        norms = math.prod(float(np.linalg.norm(a[np.isfinite(a)])) for a in (x_c, y_c))
        error = 16 * math.log2(x.size + y.size) * norms
        error += 4 * count * (size_x * abs(mean_y) + size_y * abs(mean_x))
        error += 4 * np.sqrt(count) * (size_x * np.sqrt(energy_y) + size_y * np.sqrt(energy_x))
        error *= eps
        defined = scale != 0  # NaN is
        result = np.where(defined, covariance / np.where(defined, scale, 1), 0)
        doubtful = (scale > 0) & (error > _TOLERANCE * scale)
    for index in np.argwhere(doubtful):
        place = [i + s for i, s in zip(index, start, strict=True)]
        result[tuple(index)] = _by_definition(x, y, place)
    return _at_most_one(result)


def _meeting(
    x: Array, y: Array, start: int, count: int
) -> tuple[Array, Array, tuple[int], tuple[int]]:
    """The parts of both that overlap at `count` lags, and where those are in their correlation."""
    lag = start - (y.size - 1)
    low, high = max(0, lag), min(x.size, lag + count - 1 + y.size)
    first, last = max(0, -lag - count + 1), min(y.size, x.size - lag)
    return x[low:high], y[first:last], (lag - low + last - 1,), (count,)


def _by_definition(x: Array, y: Array, place: list[int]) -> Any:
    low = [max(0, p - (j - 1)) for p, j in zip(place, y.shape, strict=True)]
    high = [min(i, p + 1) for p, i in zip(place, x.shape, strict=True)]
    shift = [j - 1 - p for p, j in zip(place, y.shape, strict=True)]
    a = x[tuple([slice(i, j) for i, j in zip(low, high, strict=True)])]
    b = y[tuple([slice(i + s, j + s) for i, j, s in zip(low, high, shift, strict=True)])]
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((abs(a) ** 2).sum()) * np.sqrt((abs(b) ** 2).sum())
    return (a * np.conj(b)).sum() / scale if scale > 0 else 0


def _scaled(x: Array) -> Array:
    """`x` times a power of 2, so that no square overflows or vanishes."""
    size = abs(x).max(where=np.isfinite(x), initial=0)
    return x * x.real.dtype.type(2) ** -int(np.frexp(size)[1]) if size > 0 else x


def _centred(x: Array) -> tuple[Array, Array, Any]:
    """`x` less its mean; the array to take windows of, and what to add to means there.

    That is `x` itself, in which nothing quiet is lost, unless it has an offset so large that local
    means would be.
    """
    finite = np.isfinite(x)
    if not finite.any():
        return x, x, 0
    middle = x.mean(where=finite)
    with np.errstate(invalid="ignore"):
        centred = x - middle
    spread = math.sqrt(float((abs(centred) ** 2).mean(where=finite)))
    return (centred, centred, 0) if abs(middle) > 16 * spread else (centred, x, -middle)


def _at_most_one(r: Array) -> Array:
    """What rounding leaves outside of the unit circle, put on it."""
    if r.dtype.kind != "c":
        return np.clip(r, -1, 1)
    size = abs(r)
    return np.where(size > 1, r / np.where(size > 1, size, 1), r)


def _windows(
    x: Array, window: tuple[int, ...], first: list[int], count: tuple[int, ...]
) -> tuple[Array, Array]:
    """Mean and energy (sum of squares less the mean) of windows of `x`, clipped to its bounds.

    Along each axis there are `count` windows, at `first` and each place after it.
    """
    mean, energy = x, np.zeros(x.shape, x.real.dtype)
    # How many numbers are in the window of each element, along the axes that have been taken.
    sizes: Array = np.ones((1,) * x.ndim)
    for axis, (width, low, places) in enumerate(zip(window, first, count, strict=True)):
        n = x.shape[axis]
        mean, energy = np.moveaxis(mean, axis, 0), np.moveaxis(energy, axis, 0)
        other = np.moveaxis(sizes, axis, 0)
        # Windows as wide as x, or less, hold what any wider ones hold of it.
        begin = np.arange(low, low + places)
        w = min(width, n)
        begin = np.where(begin + width < n, begin + (width - w), np.maximum(begin, 0))
        # Long ones in stretches that stay in the cache.
        step = max(_STRETCH, w) if x.ndim == 1 else places
        stretches = [
            _along_first_axis(mean, energy, other, w, begin[i : i + step])
            for i in range(0, places, step)
        ]
        mean, energy, overlap = (
            stretches[0]
            if len(stretches) == 1
            else (np.concatenate(some) for some in zip(*stretches, strict=True))
        )
        sizes = np.moveaxis(other * overlap.reshape(-1, *[1] * (x.ndim - 1)), 0, axis)
        mean, energy = np.moveaxis(mean, 0, axis), np.moveaxis(energy, 0, axis)
    return mean, energy


def _along_first_axis(
    mean: Array, energy: Array, others: Array, width: int, begin: Array
) -> tuple[Array, Array, Array]:
    """Merge windows of 1, 2, 4, ... rows to windows of `width` rows at the places `begin`.

    `others` is how many numbers each row's window holds already. Rows outside do not count.
    """
    low, high = int(begin.min()), int(begin.max()) + width
    n = len(mean)
    shape = (high - low, *mean.shape[1:])
    inside = slice(max(0, -low), max(0, min(n, high) - low))
    source = slice(max(0, low), min(n, high))
    power = [np.zeros(shape, mean.dtype), np.zeros(shape, energy.dtype), np.zeros(high - low)]
    power[0][inside], power[1][inside], power[2][inside] = mean[source], energy[source], 1
    done: list[Array] | None = None
    taken, bit = 0, 1
    while True:
        if width & bit:
            if done is None:
                done = power
            else:
                done = _merged(done, [p[taken:] for p in power], others)
            taken += bit
        bit *= 2
        if bit > width:
            break
        power = _merged(power, [p[bit // 2 :] for p in power], others)
    assert done is not None
    at = begin - low
    return done[0][at], done[1][at], done[2][at]


def _merged(a: list[Array], b: list[Array], others: Array) -> list[Array]:
    """Mean, energy and rows of each window of `a` together with one of `b`."""
    rows = min(len(a[0]), len(b[0]))
    (mean_a, energy_a, rows_a), (mean_b, energy_b, rows_b) = (
        [part[:rows] for part in c] for c in (a, b)
    )
    both = rows_a + rows_b
    share = rows_b / np.maximum(both, 1)
    column = (-1, *[1] * (mean_a.ndim - 1))
    difference = mean_b - mean_a
    mean = difference * share.reshape(column)
    mean += mean_a
    share *= rows_a
    if difference.dtype.kind == "c":
        energy = difference.real**2 + difference.imag**2
    else:
        energy = np.multiply(difference, difference, out=difference)
    energy *= share.reshape(column) * others
    energy += energy_a
    energy += energy_b
    return [mean, energy, both]
