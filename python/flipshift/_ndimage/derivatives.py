"""Sums of second and of squared first derivatives: Laplace filters and gradient magnitudes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fft.arguments import Array
from . import arguments as nd
from .separable import filter_by, gaussian

__all__ = [
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "generic_gradient_magnitude",
    "generic_laplace",
    "laplace",
]

SECOND_DIFFERENCE = np.array([1.0, -2.0, 1.0])


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
    np.sqrt(temporary, out=y, casting="unsafe")
    return y


def _result(output: Any, x: Array) -> tuple[Array, Array]:
    """Where the result goes, and where it is collected while `x` is still needed."""
    y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
    return y, np.empty(y.shape, y.dtype) if np.may_share_memory(x, y) else y


def laplace(
    input: Any,
    output: Any,
    mode: Any,
    cval: Any,
    axes: Any,
    workers: Any,
) -> Array:
    """`laplace`: second differences."""

    def derivative2(x: Array, axis: int, output: Any, mode: Any, cval: Any) -> Array:
        y = nd.result_array(output, x, x.dtype.kind == "c", promote=False)
        filter_by(x, [(axis, SECOND_DIFFERENCE, 1, nd.boundary_of(mode))], cval, y, workers)
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
