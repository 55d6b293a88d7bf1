"""NaN and infinity in convolutions by FFT, put back to where the definition has them.

A Fourier transform spreads one NaN or infinity over its whole block. `repair` computes what the
sums of the definition give instead. The finite parts of the data, with 0 in place of the rest, are
convolved as before. Every output that a non-finite product reaches is then found by convolving
indicators (arrays of 0 and 1), whose sums are counts and therefore exact after rounding:

- NaN products: NaN times anything, and infinity times 0;
- +Inf and -Inf products: infinity times anything else, by the signs of both.

A sum is NaN if it has a NaN product or infinities of both signs, else infinite if it has an
infinite product. Complex data are taken apart into the four real products of
(a + ib)(c + id) = (ac - bd) + i(ad + bc), which is the product that the direct sum forms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["any_nonfinite", "repair"]

_Array = np.ndarray[Any, Any]
#: Convolves two finite arrays; the third is the value that the first has outside of its bounds,
#: which is ignored where nothing outside takes part in the sums.
Convolve = Callable[[_Array, _Array, Any], _Array]


def any_nonfinite(x: _Array) -> bool:
    """Whether `x` may hold NaN or infinity: True for all arrays that do, and if the sum overflows.

    One pass without temporaries.
    """
    with np.errstate(all="ignore"):
        return not np.isfinite(x.sum())


class _Classes:
    """Indicators of the classes of real numbers that products are told apart by."""

    def __init__(self, v: _Array) -> None:
        self.nan = np.isnan(v)
        self.infinite = np.isinf(v)
        self.zero = v == 0
        self.positive = v > 0  # infinity included
        self.negative = v < 0
        self.plus_inf = self.infinite & self.positive
        self.minus_inf = self.infinite & self.negative
        self.not_nan = ~self.nan


def _reached(
    conv: Convolve, x: _Classes, fill: _Classes, h: _Classes, pairs: list[tuple[str, str]]
) -> _Array | bool:
    """Which outputs have a product of an x and an h of one of the `pairs` of classes."""
    found: _Array | bool = False
    for of_x, of_h in pairs:
        a, b, outside = getattr(x, of_x), getattr(h, of_h), getattr(fill, of_x)
        if (a.any() or outside.any()) and b.any():
            count = conv(a.astype(np.float64), b.astype(np.float64), float(outside[0]))
            found = found | (count > 0.5)
    return found


_NAN = [("nan", "not_nan"), ("not_nan", "nan"), ("nan", "nan"), ("infinite", "zero")]
_NAN += [("zero", "infinite")]
_PLUS = [("plus_inf", "positive"), ("minus_inf", "negative")]
_PLUS += [("positive", "plus_inf"), ("negative", "minus_inf")]
_MINUS = [("plus_inf", "negative"), ("minus_inf", "positive")]
_MINUS += [("negative", "plus_inf"), ("positive", "minus_inf")]


def _mark(
    out: _Array,
    conv: Convolve,
    products: list[tuple[_Array, _Array, _Array, bool]],
) -> None:
    """Set the non-finite outputs of the sum of `products`: (x, its outside, h, subtracted)."""
    nan: _Array | bool = False
    plus: _Array | bool = False
    minus: _Array | bool = False
    for x, outside, h, subtracted in products:
        classes = _Classes(x), _Classes(outside), _Classes(h)
        nan = nan | _reached(conv, *classes, _NAN)
        more = _reached(conv, *classes, _PLUS)
        less = _reached(conv, *classes, _MINUS)
        if subtracted:
            more, less = less, more
        plus = plus | more
        minus = minus | less
    np.copyto(out, np.inf, where=plus)
    np.copyto(out, -np.inf, where=minus)
    np.copyto(out, np.nan, where=nan | (plus & minus))


def _finite_part(v: _Array) -> tuple[_Array, int]:
    """`v` with 0 for all that is not finite, scaled by a power of 2 to below 1, and the power."""
    if v.dtype.kind == "c":
        v = v.copy()
        parts = v.view(v.real.dtype)
        parts[~np.isfinite(parts)] = 0
    else:
        parts = v = np.where(np.isfinite(v), v, v.dtype.type(0))
    largest = max(float(parts.max()), -float(parts.min())) if parts.size else 0.0
    exponent = int(np.frexp(largest)[1])
    np.ldexp(parts, -exponent, out=parts)
    return v, exponent


def repair(x: _Array, h: _Array, out: _Array, conv: Convolve, fill: Any = 0) -> None:
    """Write the convolution of `x` and `h` into `out`, with non-finite values where they belong.

    Parameters
    ----------
    x, h : ndarray
        Contiguous, of one floating or complex dtype.
    out : ndarray
        Of the dtype of `x`; overwritten.
    conv : callable
        ``conv(x, h, fill)`` convolves finite arrays, of the dtype of `x` or of float64.
    fill : scalar
        What `x` continues with outside of its bounds, where that takes part in the sums.
    """
    outside = np.full(1, fill, x.dtype)
    with np.errstate(all="ignore"):
        # Scaled to below 1, the transforms overflow nowhere; what overflows in the product with
        # the scale would overflow in the sums of the definition as well.
        finite_x, power = _finite_part(np.concatenate((x.ravel(), outside)))
        finite_h, power_h = _finite_part(h)
        finite = conv(finite_x[:-1].reshape(x.shape), finite_h, finite_x[-1])
        out[...] = finite
        parts = out.view(out.real.dtype) if out.dtype.kind == "c" else out
        np.ldexp(parts, power + power_h, out=parts)
        if np.isfinite(x).all() and np.isfinite(h).all() and np.isfinite(outside).all():
            return
        if x.dtype.kind != "c":
            _mark(out, conv, [(x, outside, h, False)])
            return
        a, b, c, d = x.real, x.imag, h.real, h.imag
        e, f = outside.real, outside.imag
        _mark(out.real, conv, [(a, e, c, False), (b, f, d, True)])
        _mark(out.imag, conv, [(a, e, d, False), (b, f, c, False)])
