"""Exact convolution of integers by FFT, wrapping as NumPy's integers do.

**The bound.** Percival (Math. Comp. 72, 2003, 387-395) bounds every output of a cyclic convolution
of N = 2^k numbers that three transforms compute: it is off by at most

    |x| |h| ((1 + u)^(3k) (1 + sqrt(5) u)^(3k + 1) (1 + u / sqrt(2))^(3k) - 1),

less than 12 u (k + 1) |x| |h|, with the Euclidean norms of x and h, u = eps / 2, and factors that
are rounded once. Untangling the spectra of real numbers is one more level of butterflies on half as
many numbers, and a factor that is a product of two one more multiplication. Butterflies of lengths
that are no power of 2 have more additions than levels of radix 2. So, with room to spare, for every
output

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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from .._backend import core, name
from .._fft.lengths import next_smooth
from . import scratch

__all__ = [
    "Plan",
    "convolve",
    "direct_seconds",
    "least_seconds",
    "least_transforms",
    "magnitude",
    "plan",
    "plans",
    "short_products",
]

_Array = np.ndarray[Any, Any]
_EPS = 2.0**-52
#: 1.5 * 2^52: added to a float64 below 2^51 in size, it leaves the rounded integer in the low bits.
_MAGIC = 1.5 * 2.0**52
_MAGIC_BITS = int(np.array(_MAGIC).view(np.int64))
#: Samples of one group of blocks, so that a group stays in a second-level cache.
_GROUP = 16384


def magnitude(x: _Array) -> int:
    """The largest absolute value of `x`, whose unsigned integers stand for signed ones.

    Rounded up to five bits, so that other data of the same kind have the same plans.
    """
    x = _signed(x).reshape(-1)
    # The methods of an array would take as long again for some thousand samples.
    most = max(int(np.maximum.reduce(x)), -int(np.minimum.reduce(x)))
    shift = max(0, most.bit_length() - 5)
    return -(-most >> shift) << shift


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
    #: Transform length along each axis, and the number of blocks; 0 for one of everything.
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
#: integer, and each of their outputs; a transform of N samples per N log2 N, for each sample and
#: digit all the rest, for each sample the product of two spectra; the calls of NumPy for all,
#: for each digit, and for each digit of a group of blocks. Then factors of a multiply-add and of a
#: transform for other instruction sets and for NumPy.
_DIRECT = {1: 0.0125, 2: 0.0064, 4: 0.0127, 8: 0.0244}
_OUTPUT = 0.09
_TRANSFORM, _SAMPLE, _PRODUCT, _CALL, _DIGIT, _GROUP_DIGIT = 0.014, 0.83, 0.54, 8e3, 3.6e3, 1.9e3
_SLOWER = {"v4": (1.0, 1.0), "v3": (2.0, 1.5), "v2": (4.0, 3.0), "neon": (4.0, 2.5)}
_DIRECT_SLOWER, _FFT_SLOWER = _SLOWER[core.isa] if name == "native" else (20.0, 30.0)


def products(n: int, m: int, start: int, n_out: int) -> float:
    """Multiply-adds of the direct sum along one axis."""
    longer, shorter = max(n, m), min(n, m)
    full = longer + shorter - 1

    def before(p: int) -> float:
        p = min(max(p, 0), full)
        rising, falling = min(p, shorter), max(p - longer, 0)
        level = (p - rising - falling) * shorter
        return rising * (rising + 1) / 2 + level + falling * (2 * shorter - falling - 1) / 2

    return before(start + n_out) - before(start)


@lru_cache(maxsize=1024)
def direct_seconds(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    itemsize: int,
) -> float:
    """Predict the time of the direct sum."""
    count = math.prod(map(products, n, m, start, shape))
    return 1e-9 * (count * _DIRECT[itemsize] * _DIRECT_SLOWER + math.prod(shape) * _OUTPUT)


def short_products(itemsize: int) -> float:
    """So many multiply-adds are always formed directly."""
    return (_CALL + 3 * _DIGIT) / (_DIRECT[itemsize] * _DIRECT_SLOWER)


def least_seconds(n_out: int, m: int, transforms: int = 2) -> float:
    """What any plan for so many outputs, a kernel of `m` and digits takes at least."""
    each = _SAMPLE + _TRANSFORM * _FFT_SLOWER * math.log2(2 * m)
    return 1e-9 * (transforms * n_out * each + _CALL + (transforms + 1) * _DIGIT)


@lru_cache(maxsize=1024)
def least_transforms(most_x: int, most_h: int, m: int, itemsize: int) -> int:
    """Transforms of each block that any plan for these magnitudes takes at least."""
    size = max(2, 2 * m)
    _, count_x, count_h, weights = _cut(most_x, most_h, 2 * _room(size, m, m), 8 * itemsize)
    return min(count_x, count_h) + weights


def _seconds(size: int, blocks: int, counts: tuple[int, int, int, int]) -> float:
    # As in `Plan`, no blocks are one of everything.
    _, count_x, count_h, weights = counts
    every = max(1, blocks)
    transforms = every * (count_x + weights) + count_h
    memory = 1.0 if size < 1 << 17 else 1.6
    ns = transforms * size * math.log2(size + 1) * _TRANSFORM * memory * _FFT_SLOWER
    ns += transforms * size * _SAMPLE * memory
    # Products of spectra of half as many complex numbers.
    ns += every * count_x * count_h * size * _PRODUCT
    groups = -(-blocks // max(1, _GROUP // size))
    ns += groups * (count_x + weights) * _GROUP_DIGIT
    return 1e-9 * (ns + _CALL + _DIGIT * (count_x + count_h + weights))


def plans(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    most_x: int,
    most_h: int,
    itemsize: int,
) -> Iterator[Plan]:
    """All ways for the outputs of `shape` at `start` of arrays of shapes `n`, `m`.

    `most_x` and `most_h` are their magnitudes. The first way is one transform of everything.
    """
    least = [max(i, j, s + k, i + j - 1 - s) for i, j, s, k in zip(n, m, start, shape, strict=True)]
    good = core.good_size if len(n) == 1 else partial(next_smooth, odd_primes=(3, 5))
    lengths = tuple([max(2, good(k)) for k in least])
    size, bits = math.prod(lengths), 8 * itemsize
    counts = _cut(most_x, most_h, _room(size, math.prod(n), math.prod(m)), bits)
    yield Plan(*counts, lengths, 0, _seconds(size, 0, counts))
    if len(n) > 1:
        return
    short = min(n[0], m[0])
    if n[0] < m[0]:
        most_x, most_h = most_h, most_x
    size = max(64, 1 << (2 * short - 1).bit_length())
    while size < lengths[0]:
        counts = _cut(most_x, most_h, _room(size, size, short), bits)
        blocks = -(-shape[0] // (size - short + 1))
        yield Plan(*counts, (size,), blocks, _seconds(size, blocks, counts))
        size *= 2


@lru_cache(maxsize=1024)
def plan(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    most_x: int,
    most_h: int,
    itemsize: int,
) -> Plan:
    """Return that of the `plans` which takes least time."""
    every = plans(n, m, start, shape, most_x, most_h, itemsize)
    best = next(every)
    for other in every:
        if other.seconds < best.seconds:
            best = other
        elif best.blocks and other.seconds > 1.2 * best.seconds:
            break
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
    if plan.blocks:
        if x.size < h.size:
            x, h = h, x
        return _by_blocks(x, h, start[0], shape[0], plan, workers)
    work = _Work(plan, (), max(x.size, h.size), shape)
    of_h = work.spectra(h, work.of_h, workers)
    of_x = work.spectra(x, work.of_x, workers)
    index = tuple([slice(s, s + k) for s, k in zip(start, shape, strict=True)])
    out = np.empty(shape, x.dtype)
    out[...] = work.sum_of_weights(of_x, of_h, index, workers)
    return out


def _by_blocks(x: _Array, h: _Array, start: int, n_out: int, plan: Plan, workers: int) -> _Array:
    """Overlap-save: blocks of `size` samples, the last `size - m + 1` sums of which are outputs."""
    (size,), m, n = plan.lengths, h.size, x.size
    each = size - m + 1
    group = min(plan.blocks, max(1, _GROUP // size) * workers)
    work = _Work(plan, (group,), group * each + m - 1, (group, each))
    of_h = work.spectra(h, work.of_h, workers)
    overlapping = np.lib.stride_tricks.as_strided(
        work.digits, (plan.count_x, group, size), (work.digits.strides[0], 8 * each, 8)
    )
    out = np.empty(n_out, x.dtype)
    samples = np.zeros(group * each + m - 1, x.dtype)
    for done in range(0, n_out, group * each):
        first = start + done - (m - 1)
        low, high = max(first, 0), min(first + samples.size, n)
        samples[: max(low - first, 0)] = 0
        if low < high:
            samples[low - first : high - first] = x[low:high]
        samples[max(high - first, 0) :] = 0
        work.cut(samples, plan.count_x)
        core.r2c(overlapping, work.of_x, (2,), True, 1.0, workers)
        index = (slice(None), slice(m - 1, size))
        total = work.sum_of_weights(work.of_x, of_h, index, workers)
        count = min(group * each, n_out - done)
        out[done : done + count] = total.reshape(-1)[:count]
    return out


class _Work:
    """The scratch of a plan for groups of blocks (`batch`), and what is done in it."""

    def __init__(
        self, plan: Plan, batch: tuple[int, ...], samples: int, shape: tuple[int, ...]
    ) -> None:
        self.plan = plan
        lengths = plan.lengths
        half = (*lengths[:-1], lengths[-1] // 2 + 1)
        f8, c16 = np.float64, np.complex128
        made = scratch.arrays(
            ((plan.count_x, *batch, *half), c16),
            ((plan.count_h, *half), c16),
            ((max(plan.count_x, plan.count_h), samples), f8),
            ((2, samples), np.int64),
            ((2, *batch, *half), c16),
            ((*batch, *lengths), f8),
            ((2, *shape), f8),
        )
        self.of_x, self.of_h, self.digits, self.integers, self.products, self.y, self.sums = made
        self.axes = tuple(range(len(batch), len(batch) + len(lengths)))

    def cut(self, x: _Array, count: int) -> _Array:
        """The lowest `count` signed digits of `x`."""
        digits, width = self.digits[:count, : x.size], self.plan.width
        x = _signed(x).reshape(-1)
        if not width:
            digits[0] = x
            return digits
        # The last digit of a number is what is left, at most 2^(w-1), unless that has bits which
        # drop out: so 2^(w-1) need not carry into one more digit.
        whole = count * width < 8 * x.itemsize
        half, mask = 1 << (width - 1), (1 << width) - 1
        rest, digit = self.integers[:, : x.size]
        # What a sum loses above 2^63 is a multiple of 2^64, and so are all digits that it makes.
        rest[...] = x
        for k in range(count):
            if whole and k + 1 == count:
                digits[k] = rest
                break
            rest += half
            np.bitwise_and(rest, mask, out=digit)
            np.subtract(digit, half, out=digits[k])
            rest >>= width
        return digits

    def spectra(self, x: _Array, out: _Array, workers: int) -> _Array:
        """The spectrum of each digit of `x`, which is padded to one block."""
        padded = self.y.reshape(-1, *self.plan.lengths)[0]
        padded[...] = 0
        inside = tuple([slice(0, n) for n in x.shape])
        axes = tuple(range(x.ndim))
        for digit, spectrum in zip(self.cut(x, len(out)), out, strict=True):
            padded[inside] = digit.reshape(x.shape)
            core.r2c(padded, spectrum, axes, True, 1.0, workers)
        return out

    def sum_of_weights(
        self, of_x: _Array, of_h: _Array, index: tuple[slice, ...], workers: int
    ) -> _Array:
        """Sum over i, j of 2^(w (i + j)) times the convolution of digits i and j, modulo 2^64."""
        plan, y = self.plan, self.y
        spectrum, product = self.products
        part = self.sums[0]
        bits: _Array = part.view(np.int64)
        sums: _Array = self.sums[1].view(np.int64)
        scale = 1.0 / math.prod(plan.lengths)
        for weight in range(plan.weights):
            low, high = max(0, weight - plan.count_h + 1), min(weight, plan.count_x - 1)
            np.multiply(of_x[low], of_h[weight - low], out=spectrum)
            for i in range(low + 1, high + 1):
                np.multiply(of_x[i], of_h[weight - i], out=product)
                spectrum += product
            core.c2r(spectrum, y, self.axes, False, scale, workers)
            np.add(y[index], _MAGIC, out=part)
            if weight == 0:
                np.subtract(bits, _MAGIC_BITS, out=sums)
            else:
                bits -= _MAGIC_BITS
                bits <<= plan.width * weight
                sums += bits
        return sums
