"""Convolution by FFT in several dimensions, block by block (overlap-save in each of them).

A block of outputs takes the input that reaches it, one transform of that, a product with the
spectrum of the kernel, and the way back; what the cyclic convolution wraps around is not among the
outputs. Where a transform of everything is larger than the cache, blocks that fit into it are
faster, and scratch is three of them; larger blocks are taken if that costs less because the kernel
is large.
"""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import NamedTuple

import numpy as np

from .._backend import core
from .._fft import transforms
from .._fft.arguments import Array, DType
from .._fft.lengths import next_smooth
from . import scratch

__all__ = ["convolve", "plan", "transform_lengths"]

#: Bytes of a transform of everything up to which it is one block.
_WHOLE = 1 << 24
#: Bytes of a block that stays in the cache, and how much longer larger ones take for their size.
#: Zen 5, 200x250x240 float32 with 9x9x9: 41 ms, in one block 71; 150 and 235 ms in complex128.
_BLOCK = 1 << 21
_THROUGH_MEMORY = 2.0
#: Lengths of blocks that are looked at for each axis.
_CANDIDATES = 6


class _Axis(NamedTuple):
    """How the outputs along an axis are cut: `step` of them to a transform of `length`."""

    length: int
    step: int


def transform_lengths(
    n: tuple[int, ...], m: tuple[int, ...], start: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Fast lengths that a cyclic convolution wraps around only where no output is taken from."""
    # In several dimensions a power of 2 is too far.
    fast = core.good_size if len(n) == 1 else _fast
    return tuple(
        [
            fast(max(i, j, s + k, i + j - 1 - s))
            for i, j, s, k in zip(n, m, start, shape, strict=True)
        ]
    )


_fast = partial(next_smooth, odd_primes=(3, 5))


def convolve(
    x: Array,
    h: Array,
    axes: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    out: Array | None = None,
    workers: int = 1,
) -> Array:
    """Convolve along `axes`, and multiply with broadcasting along the others.

    `x` and `h` are floating or complex; the result has the type of their spectra's product. `start`
    and `shape` select the part of the full result that is returned, in `out` if that is given,
    which overlaps neither input; along axes that are not convolved it is everything.
    """
    dtype: DType = np.result_type(x, h)
    y = np.empty(shape, dtype) if out is None else out
    if 0 in shape:
        return y
    if h.size > x.size:  # the spectrum of the smaller one is kept
        x, h = h, x
    n, m, first, places = (tuple([v[a] for a in axes]) for v in (x.shape, h.shape, start, shape))
    lines = math.prod(shape) // math.prod(places)
    cuts = _cuts(n, m, first, places, dtype.itemsize)
    size = math.prod(c.length for c in cuts) * dtype.itemsize
    at_once = lines if size * lines <= _WHOLE else max(1, _BLOCK // size)
    lengths = tuple([c.length for c in cuts])
    cyclic: _Cyclic | None = None
    for a, b, to in _batches(x, h, y, axes, at_once):
        if cyclic is None or not cyclic.serves(a, b):
            cyclic = _Cyclic(a, b, axes, lengths, dtype, workers)
        _blocks(a, to, cyclic, axes, b.shape, start, cuts)
    return y


def plan(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    size: int,
) -> tuple[tuple[int, ...], int]:
    """The lengths of a block, and the number of blocks, where `size` is that of an element."""
    if math.prod(m) > math.prod(n):
        n, m = m, n
    cuts = _cuts(n, m, start, shape, size)
    count = math.prod(-(-k // c.step) for c, k in zip(cuts, shape, strict=True))
    return tuple([c.length for c in cuts]), count


def _cuts(
    n: tuple[int, ...],
    m: tuple[int, ...],
    start: tuple[int, ...],
    shape: tuple[int, ...],
    size: int,
) -> tuple[_Axis, ...]:
    """The cheapest way to cut."""
    whole = transform_lengths(n, m, start, shape)
    if math.prod(whole) * size <= _WHOLE:
        return tuple([_Axis(*of) for of in zip(whole, shape, strict=True)])
    choices = []
    for most, k, places in zip(whole, m, shape, strict=True):
        found = [_Axis(most, places)]
        parts = 2
        while len(found) < _CANDIDATES and parts <= places:
            length = _fast(-(-places // parts) + k - 1)
            if length < found[-1].length:
                found.append(_Axis(length, length - k + 1))
            parts += max(1, parts // 2)
        choices.append(found)

    def cost(cuts: tuple[_Axis, ...]) -> float:
        points = math.prod(c.length for c in cuts)
        blocks = math.prod(-(-k // c.step) for c, k in zip(cuts, shape, strict=True))
        slower = 1.0 if points * size <= _BLOCK else _THROUGH_MEMORY
        return blocks * points * math.log2(points + 1) * slower

    return min(itertools.product(*choices), key=cost)


def _batches(
    x: Array, h: Array, y: Array, axes: tuple[int, ...], count: int
) -> list[tuple[Array, ...]]:
    """Parts of the axes that are not convolved, about `count` lines to each."""
    parts: list[tuple[Array, ...]] = [(x, h, y)]
    for a in reversed([a for a in range(y.ndim) if a not in axes]):
        step, count = min(count, y.shape[a]), max(1, count // y.shape[a])
        index = (slice(None),) * a
        parts = [
            tuple([v if v.shape[a] == 1 else v[(*index, slice(i, i + step))] for v in part])
            for part in parts
            for i in range(0, y.shape[a], step)
        ]
    return parts


def _blocks(
    x: Array,
    y: Array,
    cyclic: _Cyclic,
    axes: tuple[int, ...],
    taps: tuple[int, ...],
    start: tuple[int, ...],
    cuts: tuple[_Axis, ...],
) -> None:
    ranges = [range(0, y.shape[a], c.step) for a, c in zip(axes, cuts, strict=True)]
    for corner in itertools.product(*ranges):
        samples, results, first = [slice(None)] * x.ndim, [slice(None)] * x.ndim, list(start)
        for a, i, cut in zip(axes, corner, cuts, strict=True):
            end = min(i + cut.step, y.shape[a])
            # Outputs i to end take the samples that lie up to a kernel's length before them.
            low = max(0, start[a] + i - (taps[a] - 1))
            samples[a] = slice(low, min(x.shape[a], start[a] + end))
            results[a] = slice(i, end)
            first[a] = start[a] + i - low
        cyclic.convolve(x[tuple(samples)], tuple(first), y[tuple(results)])


class _Cyclic:
    """Cyclic convolution of `lengths` along `axes` with one kernel, in scratch that it keeps."""

    def __init__(
        self,
        x: Array,
        h: Array,
        axes: tuple[int, ...],
        lengths: tuple[int, ...],
        dtype: DType,
        workers: int,
    ) -> None:
        self._axes, self._lengths, self._workers = axes, lengths, workers
        self._is_complex = dtype.kind == "c"
        self._forward = transforms.c2cn if self._is_complex else transforms.r2cn
        self._backward = transforms.c2cn if self._is_complex else transforms.c2rn
        self._h = h
        of_x, of_h = (self._shape_of_spectrum(a) for a in (x, h))
        # A product with broadcasting has spectra of its own.
        product = np.broadcast_shapes(of_x, of_h)
        result = list(product)
        for a, n in zip(axes, lengths, strict=True):
            result[a] = n
        spectrum = np.result_type(dtype, np.complex64)
        self._of_x, self._of_h, self._product, self._result = scratch.arrays(
            (of_x, spectrum),
            (of_h, spectrum),
            (product if product != of_x else (0,), spectrum),
            ((0,) if self._is_complex else tuple(result), dtype),
        )
        if product == of_x:
            self._product = self._of_x
        if self._is_complex:
            self._result = self._product
        self._forward(True, h, lengths, axes, None, False, workers, None, self._of_h)

    def serves(self, x: Array, h: Array) -> bool:
        """Whether this is for signals of the shape of `x`, and of the same kernel."""
        return h is self._h and self._shape_of_spectrum(x) == self._of_x.shape

    def _shape_of_spectrum(self, x: Array) -> tuple[int, ...]:
        shape = list(x.shape)
        for a, n in zip(self._axes, self._lengths, strict=True):
            shape[a] = n
        if not self._is_complex:
            shape[self._axes[-1]] = self._lengths[-1] // 2 + 1
        return tuple(shape)

    def convolve(self, x: Array, start: tuple[int, ...], y: Array) -> None:
        """Write to `y` what lies at `start` of the convolution of `x` with the kernel."""
        if x.size == 0:  # beyond the last sample
            y[...] = 0
            return
        lengths, axes, workers = self._lengths, self._axes, self._workers
        product, result = self._product, self._result
        self._forward(True, x, lengths, axes, None, False, workers, None, self._of_x)
        with np.errstate(all="ignore"):
            np.multiply(self._of_x, self._of_h, out=product)
            self._backward(False, product, lengths, axes, None, True, workers, None, result)
        y[...] = result[tuple([slice(s, s + k) for s, k in zip(start, y.shape, strict=True)])]
