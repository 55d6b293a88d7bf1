"""Exact convolution of integers by FFT, wrapping as NumPy's integers do.

In the Euclidean norm the computed product of two spectra is off by at most a few eps log2(N) of
the product of the norms of x and h, and no single output is off by more than the norm. With a
constant that leaves room for any of the algorithms behind the primitives,

    error <= 16 eps log2(N) sqrt(n m) max|x| max|h|,        n = x.size, m = h.size, N = n + m,

so that the rounded result is exact if the right side is below 1/4. Where it is not, the numbers
are cut into signed digits of w bits for which it is, and the convolutions of digits are added up,
each exact, modulo 2^64. The digits of weight 2^64 and above drop out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["Digits", "convolve"]

_Array = np.ndarray[Any, Any]
_EPS = float(np.finfo(np.float64).eps)


def _magnitude(x: _Array) -> int:
    return max(int(x.max()), -int(x.min()))


class Digits:
    """How to cut `x` and `h` so that every convolution of digits is exact."""

    def __init__(self, x: _Array, h: _Array) -> None:
        allowed = 0.25 / (
            16 * _EPS * math.log2(x.size + h.size) * math.sqrt(x.size) * math.sqrt(h.size)
        )
        bits = 8 * x.dtype.itemsize
        largest_x, largest_h = _magnitude(x), _magnitude(h)
        self.width = 0  # whole numbers
        self.pairs = [(0, 0)]
        if largest_x * largest_h < allowed:
            return
        # Signed digits of w bits are at most 2^(w-1). A number of b bits has b // w + 1 of them,
        # because the digits below may carry into the next one.
        self.width = w = max(1, int(math.log2(allowed) // 2 + 1))
        count_x = largest_x.bit_length() // w + 1
        count_h = largest_h.bit_length() // w + 1
        self.pairs = [(i, j) for i in range(count_x) for j in range(count_h) if (i + j) * w < bits]


def _digits(x: _Array, width: int) -> Iterator[_Array]:
    if not width:
        yield x.astype(np.float64)
        return
    # uint64 data are taken modulo 2^64, which changes no digit that counts.
    rest = x.astype(np.int64)
    half = 1 << (width - 1)
    while True:
        digit = ((rest + half) & ((1 << width) - 1)) - half
        yield digit.astype(np.float64)
        rest = (rest - digit) >> width


def convolve(
    x: _Array, h: _Array, digits: Digits, conv: Callable[[_Array, _Array], _Array]
) -> _Array:
    """Convolve integer arrays of one dtype through ``conv``, which convolves float64 arrays."""
    width = digits.width
    most_x = max(i for i, _ in digits.pairs)
    most_h = max(j for _, j in digits.pairs)
    of_x = [d for d, _ in zip(_digits(x, width), range(most_x + 1), strict=False)]
    of_h = [d for d, _ in zip(_digits(h, width), range(most_h + 1), strict=False)]
    total: Any = 0
    for i, j in digits.pairs:
        part = np.rint(conv(of_x[i], of_h[j])).astype(np.int64)
        total = total + (part << (width * (i + j)))
    return total.astype(x.dtype)  # type: ignore[no-any-return]
