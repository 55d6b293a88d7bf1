"""Exact convolution of integers by FFT, wrapping as NumPy's integers do.

**The bound.** Percival (Math. Comp. 72, 2003, 387-395) bounds every output of a cyclic convolution
of N = 2^k numbers that three transforms compute: it is off by at most

    |x| |h| ((1 + u)^(3k) (1 + sqrt(5) u)^(3k + 1) (1 + u / sqrt(2))^(3k) - 1)  <  12 u (k + 1) |x| |h|

with the Euclidean norms of x and h, u = eps / 2, and factors that are rounded once. Untangling the
spectra of real numbers is one more level of butterflies on half as many numbers, and a factor that
is a product of two one more multiplication. Lengths that are no power of 2 have butterflies with
more additions than levels of radix 2. So, with room to spare, for every output

    error <= 8 eps (log2 N + 1) |x| |h|    if N is a power of 2, and twice that for other lengths.

A result that is known to be an integer is exact after rounding if the right side is below 1/4: the
sum of up to K products of spectra, K times as large, is transformed back at once.

**Digits.** Where it is not, the numbers are cut into signed digits of w bits, at most 2^(w-1) in
size, of which |x| <= sqrt(n) 2^(w-1); w is taken so that the bound holds for all data. The
convolutions of digits of one weight i + j are added up as spectra, those of different weights as
integers modulo 2^64, of which the result keeps the low bits. Weights of 2^64 (or the width of the
dtype) and above drop out. Each digit is transformed once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._backend import core, name

__all__ = ["Plan", "convolve", "direct_seconds", "magnitude", "plan"]

_Array = np.ndarray[Any, Any]
_EPS = 2.0**-52
#: 1.5 * 2^52: added to a float64 below 2^51 in size, it leaves the rounded integer in the low bits.
_MAGIC = 1.5 * 2.0**52
_MAGIC_BITS = int(np.array(_MAGIC).view(np.int64))
#: Samples of one group of blocks, so that a group stays in a second-level cache.
_GROUP = 32768


def magnitude(x: _Array) -> int:
    """The largest absolute value of `x`, whose unsigned integers stand for signed ones."""
    x = _signed(x)
    return max(int(x.max()), -int(x.min()))


def _signed(x: _Array) -> _Array:
    """The same numbers modulo 2 to the width of their dtype, smaller in size."""
    return x.view(f"i{x.itemsize}") if x.dtype.kind == "u" else x


@dataclass(frozen=True)
class Plan:
    """How to cut numbers into digits, and outputs into blocks."""

    #: Bits of a digit; 0 for whole numbers.
    width: int
    #: Digits of `x` and of `h`.
    count_x: int
    count_h: int
    #: Convolutions of different weights.
    weights: int
    #: Transform length along each axis, and the number of blocks (1: everything at once).
    lengths: tuple[int, ...]
    blocks: int
    #: Predicted time.
    seconds: float


def _cut(most_x: int, most_h: int, room: float, bits: int) -> tuple[int, int, int, int]:
    """Width, digits of x and of h, weights, for products of digits that may add up to `room`."""
    bits_x, bits_h = most_x.bit_length(), most_h.bit_length()
    if most_x * most_h <= room:
        return 0, 1, 1, 1
    largest = max(bits_x, bits_h)
    # Numbers of b bits have b // w + 1 signed digits: those below may carry into the last one. No
    # more than ceil(bits / w) count.
    for digits in range(1, 33):
        width = max(2, min(largest // digits + 1, -(-bits // digits)))
        top = -(-bits // width)
        count_x = min(bits_x // width + 1, top)
        count_h = min(bits_h // width + 1, top)
        size_x = most_x if bits_x < width else 1 << (width - 1)
        size_h = most_h if bits_h < width else 1 << (width - 1)
        if min(count_x, count_h) * size_x * size_h <= room:
            return width, count_x, count_h, min(count_x + count_h - 1, top)
    raise MemoryError("in1 and in2 are too long for an exact convolution by FFT")


def _room(length: int, n: int, m: int) -> float:
    """How large sums of products of digits may be for transforms of `length` to be exact."""
    constant = 8 if length & (length - 1) == 0 else 16
    return 0.25 / (constant * _EPS * (math.log2(length) + 1) * math.sqrt(n) * math.sqrt(m))


#: Nanoseconds, on a Zen 5 with AVX-512: a multiply-add of the direct kernels by the bytes of an
#: integer, a transform of N samples per N log2 N, and for each sample and digit all the rest. The
#: second and third row are factors of the first two for other instruction sets and for NumPy.
_DIRECT = {1: 0.0137, 2: 0.0070, 4: 0.0133, 8: 0.0255}
_TRANSFORM, _SAMPLE, _CALL = 0.055, 1.2, 3000.0
_SLOWER = {"v4": (1.0, 1.0), "v3": (2.0, 1.5), "v2": (4.0, 3.0), "neon": (4.0, 2.5)}
_DIRECT_SLOWER, _FFT_SLOWER = _SLOWER[core.isa] if name == "native" else (20.0, 8.0)


def direct_seconds(products: float, itemsize: int) -> float:
    """Predict the time of that many multiply-adds of integers."""
    return 1e-9 * products * _DIRECT[itemsize] * _DIRECT_SLOWER


def _seconds(size: int, blocks: int, counts: tuple[int, int, int, int]) -> float:
    _, count_x, count_h, weights = counts
    transforms = blocks * (count_x + weights) + count_h
    memory = 1.0 if size < 1 << 17 else 1.6
    ns = transforms * size * math.log2(size + 1) * _TRANSFORM * memory * _FFT_SLOWER
    ns += (blocks * (count_x + weights) + count_h) * size * _SAMPLE * memory
    # Products of spectra of half as many complex numbers.
    ns += blocks * count_x * count_h * size * 0.5
    return 1e-9 * (ns + _CALL * (count_x + count_h + weights))


def plan(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    most_x: int,
    most_h: int,
    itemsize: int,
) -> Plan:
    """Plan the outputs of `shape` at `start` of arrays of shapes `n`, `m` and these magnitudes."""
    least = [
        max(i, j, s + k, i + j - 1 - s) for i, j, s, k in zip(n, m, start, shape, strict=True)
    ]
    lengths = tuple([max(2, core.good_size(k)) for k in least])
    size, bits = math.prod(lengths), 8 * itemsize
    counts = _cut(most_x, most_h, _room(size, math.prod(n), math.prod(m)), bits)
    best = Plan(*counts, lengths, 1, _seconds(size, 1, counts))
    if len(n) > 1:
        return best
    short = min(n[0], m[0])
    if n[0] < m[0]:
        most_x, most_h = most_h, most_x
    size = max(64, 1 << (2 * short - 1).bit_length())
    while size < lengths[0]:
        counts = _cut(most_x, most_h, _room(size, size, short), bits)
        blocks = -(-shape[0] // (size - short + 1))
        seconds = _seconds(size, blocks, counts)
        if seconds < best.seconds:
            best = Plan(*counts, (size,), blocks, seconds)
        size *= 2
    return best


def convolve(
    x: _Array,
    h: _Array,
    start: tuple[int, ...],
    shape: tuple[int, ...],
    plan: Plan,
    workers: int = 1,
) -> _Array:
    """Convolve integer arrays of one dtype as planned."""
    if plan.blocks > 1:
        if x.size < h.size:
            x, h = h, x
        return _by_blocks(x, h, start[0], shape[0], plan, workers)
    spectra_x = _spectra(x, plan.count_x, plan, workers)
    spectra_h = _spectra(h, plan.count_h, plan, workers)
    index = tuple([slice(s, s + k) for s, k in zip(start, shape, strict=True)])
    total = _sum_of_weights(spectra_x, spectra_h, index, plan, workers)
    return total.astype(x.dtype)


def _digits(x: _Array, count: int, width: int) -> _Array:
    """The lowest `count` signed digits of `x` as float64, along a new first axis."""
    out = np.empty((count, *x.shape))
    rest = _signed(x)
    # The last digit of a number is what is left, at most 2^(w-1), unless that has bits which drop
    # out: so 2^(w-1) need not carry into one more digit.
    whole = count * width < 8 * x.itemsize
    if not width:
        out[0] = rest
        return out
    half, mask = 1 << (width - 1), (1 << width) - 1
    # What a sum loses above 2^63 is a multiple of 2^64, and so are all digits that it would make.
    rest = rest.astype(np.int64)
    digit = np.empty_like(rest)
    for k in range(count):
        if whole and k + 1 == count:
            out[k] = rest
            break
        rest += half
        np.bitwise_and(rest, mask, out=digit)
        np.subtract(digit, half, out=out[k])
        rest >>= width
    return out


def _spectra(x: _Array, count: int, plan: Plan, workers: int) -> list[_Array]:
    lengths = plan.lengths
    padded = np.zeros(lengths)
    inside = tuple([slice(0, n) for n in x.shape])
    half = (*lengths[:-1], lengths[-1] // 2 + 1)
    axes = tuple(range(x.ndim))
    spectra = []
    for digit in _digits(x, count, plan.width):
        padded[inside] = digit
        spectra.append(np.empty(half, np.complex128))
        core.r2c(padded, spectra[-1], axes, True, 1.0, workers)
    return spectra


def _sum_of_weights(
    of_x: Any, of_h: Any, index: tuple[slice, ...], plan: Plan, workers: int
) -> _Array:
    """The sum over i, j of 2^(w (i + j)) times the convolution of digits i and j, modulo 2^64."""
    # A group of blocks has its axis of blocks first, which is not transformed.
    shape = (*of_x[0].shape[: of_x[0].ndim - len(plan.lengths)], *plan.lengths)
    axes = tuple(range(len(shape) - len(plan.lengths), len(shape)))
    y = np.empty(shape)
    spectrum = np.empty(of_x[0].shape, np.complex128)
    product = np.empty_like(spectrum) if plan.count_x > 1 < plan.count_h else None
    scale = 1.0 / math.prod(plan.lengths)
    total: _Array | None = None
    for weight in range(plan.weights):
        low, high = max(0, weight - plan.count_h + 1), min(weight, plan.count_x - 1)
        np.multiply(of_x[low], of_h[weight - low], out=spectrum)
        for i in range(low + 1, high + 1):
            spectrum += np.multiply(of_x[i], of_h[weight - i], out=product)
        core.c2r(spectrum, y, axes, False, scale, workers)
        part = (y[index] + _MAGIC).view(np.int64)
        part -= _MAGIC_BITS
        if total is None:
            total = part
        else:
            part <<= plan.width * weight
            total += part
    assert total is not None
    return total


def _by_blocks(x: _Array, h: _Array, start: int, n_out: int, plan: Plan, workers: int) -> _Array:
    """Overlap-save: blocks of `size` samples, the last `size - m + 1` sums of which are outputs."""
    (size,), m, n = plan.lengths, h.size, x.size
    of_h = _spectra(h, plan.count_h, plan, workers)
    each = size - m + 1
    out = np.empty(n_out, x.dtype)
    group = max(1, _GROUP // size) * max(1, workers)
    for done in range(0, n_out, group * each):
        blocks = min(group, -(-(n_out - done) // each))
        samples = np.zeros(blocks * each + m - 1, x.dtype)
        first = start + done - (m - 1)
        low, high = max(first, 0), min(first + samples.size, n)
        if low < high:
            samples[low - first : high - first] = x[low:high]
        of_x = np.empty((plan.count_x, blocks, size // 2 + 1), np.complex128)
        for digit, spectrum in zip(_digits(samples, plan.count_x, plan.width), of_x, strict=True):
            overlapping = np.lib.stride_tricks.as_strided(
                digit, (blocks, size), (each * digit.itemsize, digit.itemsize)
            )
            core.r2c(overlapping, spectrum, (1,), True, 1.0, workers)
        total = _sum_of_weights(of_x, of_h, (slice(None), slice(m - 1, size)), plan, workers)
        count = min(blocks * each, n_out - done)
        out[done : done + count] = total.reshape(-1)[:count]
    return out
