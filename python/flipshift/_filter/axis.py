"""Arrays as the primitives along one axis take them: of shape (outer, n, inner), C-contiguous."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .._fft import arguments as args
from .._fft.arguments import Array, DType

__all__ = ["Layout", "normal_axis"]


def normal_axis(axis: Any, ndim: int) -> int:
    """`axis` from 0 on."""
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer, not {axis!r}") from None
    if not -ndim <= number < ndim:
        raise np.exceptions.AxisError(number, ndim)
    return number + ndim if number < 0 else number


class Layout:
    """`x` in `dtype` and three dimensions, and the way back for results along the same axis.

    A transposed array is taken in the order in which it lies in memory, and so are its results.
    """

    __slots__ = ("axis", "order", "shape", "x3")

    def __init__(self, x: Array, dtype: DType, axis: int) -> None:
        self.order: list[int] | None = None
        flags = x.flags
        if not flags.c_contiguous and x.ndim > 1:
            strides = x.strides
            order = sorted(range(x.ndim), key=lambda d: -abs(strides[d]))
            if x.transpose(order).flags.c_contiguous:
                self.order = order
                x = x.transpose(order)
                axis = order.index(axis)
        if x.dtype is not dtype or not x.flags.carray:
            x = np.array(x, dtype, order="C", copy=not x.flags.aligned or None)
        self.axis = axis
        self.shape = shape = x.shape
        if len(shape) == 1:
            self.x3 = x.reshape(1, -1, 1)
        else:
            self.x3 = x.reshape(math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))

    def with_length(self, n: int) -> tuple[int, ...]:
        """The shape of `x`, as the user sees it, with `n` along the axis."""
        shape = (*self.shape[: self.axis], n, *self.shape[self.axis + 1 :])
        return shape if self.order is None else tuple(shape[i] for i in np.argsort(self.order))

    def back(self, y3: Array) -> Array:
        """A result of three dimensions as the user sees it."""
        shape = self.shape
        n = y3.shape[1]
        if n != shape[self.axis]:
            shape = (*shape[: self.axis], n, *shape[self.axis + 1 :])
        y = y3.reshape(shape)
        return y if self.order is None else y.transpose(np.argsort(self.order))

    def three(self, y: Array) -> Array | None:
        """An array as `back` would give it in three dimensions, if that needs no copy."""
        if self.order is not None:
            y = y.transpose(self.order)
        if not y.flags.carray:
            return None
        return y.reshape(self.x3.shape[0], y.shape[self.axis], self.x3.shape[2])

    def result(self, out: Any, n: int, dtype: DType, *inputs: Array) -> tuple[Array, Array | None]:
        """Where a result of length `n` goes, in three dimensions, and `out` if it is to be copied.

        That is `out` itself where a primitive can write to it and it shares no memory with
        `inputs`.
        """
        if out is not None:
            out = args.output(out, self.with_length(n), dtype)
            if out.dtype is dtype and not any(np.may_share_memory(out, x) for x in inputs):
                y3 = self.three(out)
                if y3 is not None:
                    return y3, None
        outer, _, inner = self.x3.shape
        return args.allocate(np.empty, (outer, n, inner), dtype), out

    def finish(self, y3: Array, to_copy: Array | None, out: Any) -> Array:
        """What the user gets for a result: `out` if there is one."""
        if out is None:
            return self.back(y3)
        if to_copy is not None:
            to_copy[...] = self.back(y3)
        return out  # type: ignore[no-any-return]
