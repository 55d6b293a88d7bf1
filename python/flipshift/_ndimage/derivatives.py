"""Sums of second and of squared first derivatives: Laplace filters and gradient magnitudes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._backend import core
from .._convolve.nonfinite import any_nonfinite
from .._fft import arguments as args
from .._fft.arguments import Array
from . import arguments as nd
from .correlate import of_complex
from .passes import convolve_planes, native
from .separable import filter_by, gaussian, gaussian_rows, row_of

__all__ = [
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "generic_gradient_magnitude",
    "generic_laplace",
    "laplace",
]

_FLOATS = frozenset("fdFD")
_PIXELS = frozenset("bBhH")

#: Second differences along one axis, and their sum along two.
_SECOND = (1.0, -2.0, 1.0)
_CROSS = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


def generic_laplace(
    input: Any,
    derivative2: Any,
    output: Any,
    mode: Any,
    cval: Any,
    extra_arguments: Any,
    extra_keywords: Any,
    axes: Any,
) -> Array:
    """The sum of ``derivative2`` along each of `axes`."""
    x = nd.image(input)
    y, temporary = _result(output, x)
    at = nd.axes_of(axes, x.ndim)
    if not at:
        y[...] = x
        return y
    keywords = {} if extra_keywords is None else extra_keywords
    modes = nd.each(mode, len(at), "mode")
    derivative2(x, at[0], temporary, modes[0], cval, *extra_arguments, **keywords)
    for axis, name in zip(at[1:], modes[1:], strict=True):
        part = derivative2(x, axis, y.dtype, name, cval, *extra_arguments, **keywords)
        temporary += part
    if temporary is not y:
        y[...] = temporary
    return y


def generic_gradient_magnitude(
    input: Any,
    derivative: Any,
    output: Any,
    mode: Any,
    cval: Any,
    extra_arguments: Any,
    extra_keywords: Any,
    axes: Any,
) -> Array:
    """The square root of the sum of squares of ``derivative`` along each of `axes`."""
    x = nd.image(input)
    y, temporary = _result(output, x)
    at = nd.axes_of(axes, x.ndim)
    if not at:
        y[...] = x
        return y
    keywords = {} if extra_keywords is None else extra_keywords
    modes = nd.each(mode, len(at), "mode")
    derivative(x, at[0], temporary, modes[0], cval, *extra_arguments, **keywords)
    np.multiply(temporary, temporary, out=temporary)
    for axis, name in zip(at[1:], modes[1:], strict=True):
        part = derivative(x, axis, y.dtype, name, cval, *extra_arguments, **keywords)
        np.multiply(part, part, out=part)
        temporary += part
    if y.dtype.itemsize == 1:
        # What NumPy does in float16, slowly; the whole parts of the roots are the same.
        np.sqrt(temporary, out=y, casting="unsafe", dtype=np.float32)
    else:
        np.sqrt(temporary, out=y, casting="unsafe")
    return y


def _result(output: Any, x: Array) -> tuple[Array, Array]:
    """Where the result goes, and where it is collected while `x` is still needed."""
    y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
    return y, np.empty(y.shape, y.dtype) if np.may_share_memory(x, y) else y


def _crossed(x: Any, output: Any, mode: Any, cval: Any, workers: int) -> Array | None:
    """`laplace` of an image of two dimensions by one kernel, or None."""
    if type(x) is np.ndarray and x.dtype.char in _FLOATS:
        sums: Array | None = core.laplace_image(x, mode, cval, workers, output)
        if sums is not None:
            return sums
    if type(x) is np.ndarray and x.dtype.char in _PIXELS and x.ndim == 2 and type(cval) is float:
        # All sums are exact, up to wrapping around.
        sums = core.filter_image(x, _CROSS, mode, cval, 0, False, workers, output, None)
        if sums is not None:
            return sums
    x = nd.image(x)
    if x.ndim != 2 or x.size == 0 or x.dtype.char not in _FLOATS:
        return None
    y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
    if native(y.dtype) != native(x.dtype):
        return None
    above, left = (nd.boundary_of(m) for m in nd.each(mode, 2, "mode"))
    sums = np.empty(x.shape, native(x.dtype))

    def one(x: Array, w: Array, fill: float, out: Array) -> None:
        four = (1, *x.shape[:2], x[0, 0].size)
        part = np.empty(four, x.dtype)
        convolve_planes(x.reshape(four), w, (1, 1), (above, left), fill, part, "auto", workers)
        out[...] = part.reshape(x.shape)

    if x.dtype.kind == "c":
        of_complex(x, _CROSS, "fill" if "fill" in (above, left) else above, cval, sums, one)
    else:
        one(nd.contiguous(x), _CROSS, nd.fill_of(cval), sums)
    if any_nonfinite(sums):
        return None  # the zeros of the kernel spread it
    y[...] = sums
    return y


def _both(
    order: int, x: Any, sigma: Any, output: Any, mode: Any, cval: Any, workers: int
) -> tuple[Array, Array] | None:
    """Derivatives of a floating image down and across, the first in `output`, or None."""
    rows = gaussian_rows(x, sigma, 4.0, 0, order)
    if rows is None:
        return None
    mean, slope = rows[:1], rows[1:]
    y: Array | None = core.filter_separably(x, slope, mean, mode, cval, workers, output)
    if y is None:
        return None
    part = core.filter_separably(x, mean, slope, mode, cval, workers, None)
    return None if part is None else (y, part)


def laplace(
    input: Any,
    output: Any,
    mode: Any,
    cval: Any,
    axes: Any,
    workers: Any,
) -> Array:
    """`laplace`: second differences."""
    if axes is None:
        y = _crossed(input, output, mode, cval, args.threads(workers))
        if y is not None:
            return y
    second = row_of(_SECOND, "d")[0]

    def derivative2(x: Array, axis: int, output: Any, mode: Any, cval: Any) -> Array:
        y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
        filter_by(x, [(axis, second, 1, nd.boundary_of(mode))], cval, y, workers)
        return y

    return generic_laplace(input, derivative2, output, mode, cval, (), None, axes)


def gaussian_laplace(
    input: Any,
    sigma: Any,
    output: Any,
    mode: Any,
    cval: Any,
    axes: Any,
    workers: Any,
    keywords: dict[str, Any],
) -> Array:
    """`gaussian_laplace`: second derivatives of Gaussians."""
    if axes is None and not keywords:
        parts = _both(2, input, sigma, output, mode, cval, args.threads(workers))
        if parts is not None:
            y, part = parts
            y += part
            return y
    x = nd.image(input)
    at = nd.axes_of(axes, x.ndim)
    sigmas: list[Any] = [0] * x.ndim  # axes that are not filtered
    for axis, s in zip(at, nd.each(sigma, len(at), "sigma"), strict=True):
        sigmas[axis] = s
    return generic_laplace(
        x, _derivative(2, workers), output, mode, cval, (sigmas,), keywords, axes
    )


def gaussian_gradient_magnitude(
    input: Any,
    sigma: Any,
    output: Any,
    mode: Any,
    cval: Any,
    axes: Any,
    workers: Any,
    keywords: dict[str, Any],
) -> Array:
    """`gaussian_gradient_magnitude`: first derivatives of Gaussians."""
    if axes is None and not keywords:
        parts = _both(1, input, sigma, output, mode, cval, args.threads(workers))
        if parts is not None:
            y, part = parts
            np.multiply(y, y, out=y)
            np.multiply(part, part, out=part)
            y += part
            np.sqrt(y, out=y)
            return y
    return generic_gradient_magnitude(
        input, _derivative(1, workers), output, mode, cval, (sigma,), keywords, axes
    )


def _derivative(order: int, workers: Any) -> Any:
    def derivative(
        x: Array,
        axis: int,
        output: Any,
        mode: Any,
        cval: Any,
        sigma: Any,
        truncate: Any = 4.0,
        *,
        radius: Any = None,
        axes: Any = None,
    ) -> Array:
        orders = [0] * x.ndim
        orders[axis] = order
        return gaussian(x, sigma, orders, output, mode, cval, truncate, radius, axes, workers)

    return derivative
