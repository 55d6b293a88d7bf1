"""What convolutions in three dimensions and more take, directly and by FFT.

The direct kernel (`cpp/engine/convolve_nd.cpp`) runs along the last axis, over blocks of rows that
lie one after the other with gaps between them: each block of rows is copied, and meets each row of
the shorter input in an application of the 1-D kernel. The FFT is that of `blocks`.
"""

from __future__ import annotations

import math

from .._backend import core, name
from .._fft.arguments import Array, DType
from . import blocks
from .integers import products

__all__ = ["direct_nanoseconds", "fft_is_faster", "fft_nanoseconds"]

# Zen 5 with AVX-512, one thread, 1756 random volumes of 3 and 4 dimensions: with these costs nine
# in ten are predicted within a factor of 1.35. All per byte of an element, but for the constants.
_PRODUCT, _COMPLEX_PRODUCT, _COPIED, _APPLICATION, _DIRECT_CALL = 0.0026, 0.0056, 0.04, 20.0, 1500.0
_POINT, _FFT_CALL = 0.03, 42e3
#: What the products of other instruction sets and the transforms take, relative to that.
_SLOWER = {"v4": (1.0, 1.0), "v3": (2.0, 1.4), "v2": (5.0, 2.5), "neon": (4.0, 2.5)}
_PRODUCT_SLOWER, _FFT_SLOWER = _SLOWER[core.isa] if name == "native" else (60.0, 13.0)

#: That take less time than any transform, in rows that are not too short for the kernel.
_FEW_PRODUCTS, _LONG_ROW = 300_000, 16
#: Bytes of a block of rows in the direct kernel.
_ROWS = 16384


def direct_nanoseconds(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], dtype: DType
) -> float:
    """The predicted time of the direct sum of floating arrays."""
    n, m = (x.shape, h.shape) if x.size >= h.size else (h.shape, x.shape)
    # Planes that meet, over the axes before the last two.
    planes = 1.0
    for i, j, s, k in zip(n[:-2], m[:-2], start[:-2], shape[:-2], strict=True):
        planes *= products(i, j, s, k)
    gap = max(m[-1] - 1 - start[-1], start[-1] + shape[-1] - n[-1], 0)
    pitch = n[-1] + gap
    rows = min(max(_ROWS // (pitch * dtype.itemsize), 1), shape[-2])
    parts = -(-shape[-2] // rows)
    taps = planes * shape[-2] * m[-2] * pitch * m[-1]
    copied = planes * (shape[-2] + parts * (m[-2] - 1)) * pitch
    each = _COMPLEX_PRODUCT if dtype.kind == "c" else _PRODUCT
    ns: float = dtype.itemsize * (each * _PRODUCT_SLOWER * taps + _COPIED * copied)
    ns += _APPLICATION * planes * parts * m[-2] + _DIRECT_CALL
    return ns


def fft_nanoseconds(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], dtype: DType
) -> float:
    """The predicted time of the FFT of floating arrays."""
    lengths, count = blocks.plan(x.shape, h.shape, start, shape, dtype.itemsize)
    size = math.prod(lengths)
    points = count * size * math.log2(size + 1)
    return _POINT * _FFT_SLOWER * dtype.itemsize * points + _FFT_CALL


def fft_is_faster(
    x: Array, h: Array, start: tuple[int, ...], shape: tuple[int, ...], dtype: DType
) -> bool:
    """Whether to take the FFT, without a closer look where no transform is as short."""
    if shape[-1] >= _LONG_ROW and math.prod(shape) * min(x.size, h.size) < _FEW_PRODUCTS:
        return False
    direct = direct_nanoseconds(x, h, start, shape, dtype)
    return direct > _FFT_CALL and fft_nanoseconds(x, h, start, shape, dtype) < direct
