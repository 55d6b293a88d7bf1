"""Filters that go along one axis after the other: Gaussian, Sobel, Prewitt."""

from __future__ import annotations

import math
from functools import lru_cache
from numbers import Integral
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import FLOAT32, FLOAT64, Array, DType
from . import arguments as nd
from .correlate import of_complex
from .passes import Step, run

__all__ = [
    "DIFFERENCE",
    "PREWITT",
    "SOBEL",
    "differences",
    "filter_by",
    "gaussian",
    "gaussian_along",
    "gaussian_kernel",
    "gaussian_rows",
    "gradient",
    "row_of",
    "smoothed",
    "steps_along",
]

#: Gaussian kernels of at most so many numbers are kept for the next call, this many of them.
_KEPT_TAPS, _KEPT = 1024, 64

#: Kernels of convolutions: half of a derivative, and what smooths across it.
DIFFERENCE = (1.0, 0.0, -1.0)
PREWITT = (1.0, 1.0, 1.0)
SOBEL = (1.0, 2.0, 1.0)

_REAL = np.ones(1)

#: By dtype what kernels are for; see `_purpose`.
_PURPOSES = {"f": "single", "F": "single", "d": "double", "D": "double"}
_INTEGERS = frozenset("bBhHiI")
_PURPOSES.update(dict.fromkeys(_INTEGERS, "whole"))


def gaussian_kernel(sigma: Any, order: Any, truncate: Any, radius: Any, purpose: str) -> Array:
    """Return the weights of a Gaussian or its derivative, for a convolution; not to be changed.

    Of ``2 * radius + 1`` numbers; `radius` is by default `truncate` times `sigma`, rounded. They
    are for the `purpose` that `_purpose` says.
    """
    width = float(sigma)
    if radius is None:
        radius = int(truncate * width + 0.5)
    if not isinstance(radius, Integral) or int(radius) < 0:
        raise ValueError(f"Radius must be a nonnegative integer, not {radius!r}")
    if order < 0:
        raise ValueError(f"order must be non-negative, not {order!r}")
    if type(order) is not int:
        order = _integer(order)
    make = _kept_kernel if 2 * int(radius) < _KEPT_TAPS else _kernel
    return make(width, order, int(radius), purpose)


def _integer(order: Any) -> int:
    if not isinstance(order, Integral):
        raise TypeError(f"order must be an integer, not {order!r}")
    return int(order)


def _kernel(sigma: float, order: int, radius: int, purpose: str) -> Array:
    variance = sigma * sigma
    if variance == 0.0:
        raise ZeroDivisionError(f"sigma must not be zero (or its square underflow): {sigma!r}")
    x = np.arange(radius + 1, dtype=FLOAT64)
    half = np.exp(-0.5 / variance * x**2)
    half /= math.fsum([*half.tolist(), *half[1:].tolist()])
    if order:
        # The n-th derivative is a polynomial q times the Gaussian: q' - x q / sigma^2 is the next.
        q = np.zeros(order + 1)
        q[0] = 1.0
        for _ in range(order):
            following = np.zeros_like(q)
            following[:-1] = q[1:] * np.arange(1, order + 1)
            following[1:] -= q[:-1] / variance
            q = following
        half *= np.polynomial.polynomial.polyval(x, q)
    sign = -1.0 if order % 2 else 1.0
    kernel = np.concatenate([sign * half[:0:-1], half])
    if purpose == "whole" and not order:
        # By what sums of as many terms may lose in rounding, so that flat images stay as they are.
        kernel *= 1.0 + len(kernel) * 2.0**-53
    if purpose == "single":
        kernel = kernel.astype(FLOAT32)
        if not order:
            # The sum of rounded weights is off by up to 6e-8, which would brighten flat images.
            kernel[radius] += np.float32(1.0 - math.fsum(kernel.tolist()))
    kernel.flags.writeable = False
    return kernel


_kept_kernel = lru_cache(maxsize=_KEPT)(_kernel)


@lru_cache(maxsize=_KEPT)
def row_of(weights: tuple[float, ...], char: str) -> Array:
    """`weights` of shape (1, n) for images of such a dtype; not to be changed."""
    row = np.array([weights], FLOAT32 if char in "fF" else FLOAT64)
    row.flags.writeable = False
    return row


@lru_cache(maxsize=_KEPT)
def _gradient_kernel(smooth: tuple[float, ...], axis: int) -> Array:
    """Differences along `axis`, smoothed along the other one; not to be changed."""
    kernel = np.outer(DIFFERENCE, smooth)
    kernel = np.ascontiguousarray(kernel if axis == 0 else kernel.T)
    kernel.flags.writeable = False
    return kernel


@lru_cache(maxsize=_KEPT)
def _kept_rows(sigma: float, truncate: float, orders: tuple[int, ...], char: str) -> Array | None:
    """Kernels of these orders for images of such a dtype, or None for what takes the long way."""
    radius = truncate * sigma + 0.5
    if not (sigma > 1e-15 and min(orders) >= 0 and 0 <= radius < _KEPT_TAPS / 2):
        return None
    purpose = _PURPOSES.get(char)
    if purpose is None:
        return None
    kernels = [_kernel(float(sigma), order, int(radius), purpose) for order in orders]
    return np.array(kernels)


def gaussian_rows(x: Any, sigma: Any, truncate: Any, *orders: int) -> Array | None:
    """Gaussian kernels for floating images by `core.filter_separably`, of all `orders`, or None."""
    if type(x) is not np.ndarray or x.ndim != 2 or type(truncate) is not float:
        return None
    if x.dtype.char not in "fdFD":
        return None
    if type(sigma) is not float and type(sigma) is not int:
        return None
    return _kept_rows(sigma, truncate, orders, x.dtype.char)


def smoothed(
    x: Any,
    sigma: Any,
    order: Any,
    output: Any,
    mode: Any,
    cval: Any,
    truncate: Any,
    workers: int,
) -> Array | None:
    """A short way of `gaussian` for images of two dimensions, or None."""
    if type(order) is not int or type(x) is not np.ndarray or x.ndim != 2:
        return None
    if type(truncate) is not float or (type(sigma) is not float and type(sigma) is not int):
        return None
    char = x.dtype.char
    if char in _INTEGERS and output is not None:
        # The dtype of the result decides.
        if type(output) is np.ndarray:
            to = output.dtype
        elif isinstance(output, (type, np.dtype)):
            to = np.dtype(output)
        else:
            return None
        if to.char == "f" and not np.can_cast(x.dtype, to):
            return None
        char = to.char if to.char not in "FD" else ""
    row = _kept_rows(sigma, truncate, (order,), char)
    if row is None:
        return None
    y: Array | None = core.filter_separably(x, row, row, mode, cval, workers, output)
    return y


def differences(
    x: Any,
    axis: Any,
    output: Any,
    mode: Any,
    cval: Any,
    workers: int,
    smooth: tuple[float, ...],
) -> Array | None:
    """A short way of `gradient` for images of two dimensions, or None."""
    if type(x) is not np.ndarray or x.ndim != 2 or type(axis) is not int:
        return None
    char = x.dtype.char
    if axis not in (0, 1, -1, -2):
        return None
    if char in "bBhH":
        # All sums are exact, up to wrapping around, so one pass has the results of two.
        if type(mode) is not str or type(cval) is not float or cval != 0.0:
            return None
        kernel = _gradient_kernel(smooth, axis % 2)
        y: Array | None
        y = core.filter_image(x, kernel, mode, cval, 0, False, workers, output, None)
        return y
    if char not in "fdFD":
        return None
    across, along = row_of(smooth, char), row_of(DIFFERENCE, char)
    if axis in (0, -2):
        columns, rows = along, across
    elif type(cval) is float and cval == 0.0:
        columns, rows = across, along
    else:
        return None  # the difference comes first, which can be told by what is outside
    y = core.filter_separably(x, columns, rows, mode, cval, workers, output)
    return y


def steps_along(
    x: Array,
    result: DType,
    axes: Any,
    sigma: Any,
    order: Any,
    mode: Any,
    radius: Any,
    truncate: Any,
) -> list[Step]:
    """The passes of `gaussian_filter` of `x` to an array of dtype `result`."""
    purpose = _purpose(x.dtype, result)
    at = nd.axes_of(axes, x.ndim)
    count = len(at)
    orders = nd.each(order, count, "order")
    sigmas = nd.each(sigma, count, "sigma")
    modes = nd.each(mode, count, "mode")
    radii = nd.each(radius, count, "radius")
    steps = []
    for axis, width, n, name, r in zip(at, sigmas, orders, modes, radii, strict=True):
        if not width > 1e-15:
            continue
        kernel = gaussian_kernel(width, n, truncate, r, purpose)
        steps.append((axis, kernel, len(kernel) // 2, nd.boundary_of(name)))
    return steps


def _purpose(dtype: DType, result: DType) -> str:
    """What kernels for images of `dtype` and a result of this dtype are for.

    'whole' numbers, sums in 'single' precision, or in 'double' precision.
    """
    if result.kind in "biu":
        return "whole"
    return "single" if result.char in "fF" and np.can_cast(dtype, result) else "double"


def gaussian(
    input: Any,
    sigma: Any,
    order: Any,
    output: Any,
    mode: Any,
    cval: Any,
    truncate: Any,
    radius: Any,
    axes: Any,
    workers: Any,
) -> Array:
    """`gaussian_filter`."""
    x = nd.image(input)
    y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
    steps = steps_along(x, y.dtype, axes, sigma, order, mode, radius, truncate)
    filter_by(x, steps, cval, y, workers)
    return y


def gaussian_along(
    input: Any,
    sigma: Any,
    axis: Any,
    order: Any,
    output: Any,
    mode: Any,
    cval: Any,
    truncate: Any,
    radius: Any,
    workers: Any,
) -> Array:
    """`gaussian_filter1d`."""
    x = nd.image(input)
    y = nd.result_array(output, x, x.dtype.kind == "c")
    purpose = _purpose(x.dtype, y.dtype)
    kernel = gaussian_kernel(sigma, order, truncate, radius, purpose)
    at = nd.axis_of(axis, x.ndim)
    filter_by(x, [(at, kernel, len(kernel) // 2, nd.boundary_of(mode))], cval, y, workers)
    return y


def gradient(
    input: Any,
    axis: Any,
    output: Any,
    mode: Any,
    cval: Any,
    workers: Any,
    smooth: tuple[float, ...],
) -> Array:
    """Differences of neighbours along `axis`, smoothed along all others."""
    x = nd.image(input)
    at = nd.axis_of(axis, x.ndim)
    y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
    boundaries = [nd.boundary_of(m) for m in nd.each(mode, x.ndim, "mode")]
    difference, sums = row_of(DIFFERENCE, "d")[0], row_of(smooth, "d")[0]
    steps = [(at, difference, 1, boundaries[at])]
    steps += [(i, sums, 1, boundaries[i]) for i in range(x.ndim) if i != at]
    if x.dtype.kind in "fc" and ("fill" not in boundaries or (np.isscalar(cval) and cval == 0)):
        steps.sort(key=lambda step: step[0])  # the order is only one of rounding
    filter_by(x, steps, cval, y, workers)
    return y


def filter_by(x: Array, steps: list[Step], cval: Any, out: Array, workers: Any) -> None:
    """Run `steps` on `x`, of which parts may be complex, to any `out`."""
    threads = args.threads(workers)
    if x.dtype.kind != "c":
        run(nd.contiguous(x), steps, nd.fill_of(cval), out, threads)
        return
    boundary = "fill" if any(step[3] == "fill" for step in steps) else "nearest"

    def one(x: Array, _: Array, fill: float, out: Array) -> None:
        run(x, steps, fill, out, threads)

    of_complex(x, _REAL, boundary, cval, out, one)
