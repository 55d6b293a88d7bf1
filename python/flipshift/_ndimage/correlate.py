"""`convolve` and `correlate` of `flipshift.ndimage`, in one to any number of dimensions."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import COMPLEX64, COMPLEX128, FLOAT32, FLOAT64, Array
from .._numpy.boundary import index_inside
from . import arguments as nd
from .passes import along_axis, as_planes, convolve_planes, exact_in, native, store, writable

__all__ = ["along", "convolve", "of_complex"]

#: Elements of a slab of planes that sums are collected for: as much as stays in the cache.
_SLAB = 1 << 15

Boundaries = tuple[str, ...]


def convolve(
    input: Any,
    weights: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    axes: Any,
    separable: Any,
    workers: Any,
    flip: bool,
) -> Array:
    """Convolve, or correlate if not `flip`."""
    x = nd.image(input)
    w = np.asarray(weights)
    is_complex = x.dtype.kind == "c" or w.dtype.kind == "c"
    y = nd.result_array(output, x, is_complex) if is_complex else None
    if w.dtype.kind == "c":
        nd.check_fill(cval, x)
    axes = nd.axes_of(axes, x.ndim)
    if w.dtype.kind != "c":
        w = w.astype(FLOAT64, copy=False)
    if w.ndim != len(axes) or 0 in w.shape:
        raise RuntimeError(
            f"weights.ndim ({w.ndim}) must match len(axes) ({len(axes)}), and no length be 0; "
            f"weights has shape {w.shape}"
        )
    origins = nd.each(origin, len(axes), "origin")
    if len(axes) < x.ndim:
        # The weights' axes are in the order of the image, the origins in that of `axes`.
        origins = [o for _, o in sorted(zip(axes, origins, strict=True), key=lambda pair: pair[0])]
    start = [nd.start_of(o, n, flip) for o, n in zip(origins, w.shape, strict=True)]
    if not flip:
        w = w[(slice(None, None, -1),) * w.ndim].conj()
    if not isinstance(mode, str) and np.iterable(mode):
        raise RuntimeError(f"A sequence of modes is not supported: {mode!r}")
    boundary = nd.boundary_of(mode)
    method = nd.method_of(separable)
    threads = args.threads(workers)
    where = tuple(sorted(axes))
    if y is not None:

        def one(x: Array, w: Array, fill: Any, out: Array) -> None:
            _convolve(x, w, where, start, boundary, fill, out, method, threads)

        of_complex(x, w, boundary, cval, y, one)
        return y
    y = nd.result_array(output, x, False)
    _convolve(nd.contiguous(x), w, where, start, boundary, nd.fill_of(cval), y, method, threads)
    return y


def along(
    input: Any,
    weights: Any,
    axis: Any,
    output: Any,
    mode: Any,
    cval: Any,
    origin: Any,
    workers: Any,
    flip: bool,
) -> Array:
    """`convolve1d`, or `correlate1d` if not `flip`."""
    x = nd.image(input)
    w = np.asarray(weights)
    is_complex = x.dtype.kind == "c" or w.dtype.kind == "c"
    y = nd.result_array(output, x, is_complex)
    if w.dtype.kind == "c":
        nd.check_fill(cval, x)
    if w.ndim != 1 or w.size < 1:
        raise RuntimeError(f"no filter weights given: weights has shape {w.shape}, not (n,)")
    if w.dtype.kind != "c":
        w = w.astype(FLOAT64, copy=False)
    at = nd.axis_of(axis, x.ndim)
    start = nd.start_of(origin, w.size, flip)
    if not flip:
        w = w[::-1].conj()
    boundary = nd.boundary_of(mode)
    threads = args.threads(workers)

    def one(x: Array, w: Array, fill: Any, out: Array) -> None:
        _convolve(x, w, (at,), [start], boundary, fill, out, "auto", threads)

    if is_complex:
        of_complex(x, w, boundary, cval, y, one)
    else:
        one(nd.contiguous(x), w, nd.fill_of(cval), y)
    return y


def of_complex(x: Array, w: Array, boundary: str, cval: Any, out: Array, one: Any) -> None:
    """Write a linear filter of a complex image, or with complex weights, to `out`.

    ``one(x, w, fill, out)`` filters an image of a real dtype with real weights, or one of complex
    numbers with weights of the same dtype, where it is contiguous.
    """
    if w.dtype.kind != "c":
        fill = nd.complex_fill_of(cval)
        x = nd.contiguous(x)
        y = writable(out, x)
        parts, results = _as_channels(x), _as_channels(y)
        if boundary != "fill" or fill.real == fill.imag:
            one(parts, w, fill.real, results)
        else:
            one(np.ascontiguousarray(parts[..., 0]), w, fill.real, results[..., 0])
            one(np.ascontiguousarray(parts[..., 1]), w, fill.imag, results[..., 1])
        if y is not out:
            out[...] = y
        return
    if x.dtype.kind != "c":
        fill = nd.fill_of(cval)
        x = nd.contiguous(x)
        y = writable(out, x)
        results = _as_channels(y)
        one(x, np.ascontiguousarray(w.real, FLOAT64), fill, results[..., 0])
        one(x, np.ascontiguousarray(w.imag, FLOAT64), fill, results[..., 1])
        if y is not out:
            out[...] = y
        return
    single = x.dtype.itemsize == 8 and out.dtype.itemsize == 8
    dtype = COMPLEX64 if single else COMPLEX128
    x = nd.contiguous(x).astype(dtype, copy=False)
    fill = nd.complex_fill_of(cval)
    if native(out.dtype) == dtype:
        one(x, w.astype(dtype, copy=False), fill, out)
        return
    wide = np.empty(x.shape, dtype)
    one(x, w.astype(dtype, copy=False), fill, wide)
    with np.errstate(over="ignore"):
        out[...] = wide


def _as_channels(x: Array) -> Array:
    """Contiguous complex numbers as real ones with one more axis, of length 2."""
    real = FLOAT32 if x.dtype.itemsize == 8 else FLOAT64
    return x.reshape(-1).view(real).reshape(*x.shape, 2)


def _convolve(
    x: Array,
    w: Array,
    axes: tuple[int, ...],
    start: list[int],
    boundary: str,
    fill: Any,
    out: Array,
    method: str,
    workers: int,
) -> None:
    """Convolve contiguous `x` along `axes`, which ascend, to any `out` of its shape."""
    if x.size == 0:
        return
    # A kernel of length 1 along an axis is none along it.
    kept = [i for i, n in enumerate(w.shape) if n > 1]
    h = np.ascontiguousarray(w.reshape([w.shape[i] for i in kept]))
    axes, start = tuple([axes[i] for i in kept]), [start[i] for i in kept]
    if not axes:
        y = writable(out, x)
        line = (x.size,)
        _along(x.reshape(line), h.reshape(1), 0, 0, "nearest", fill, y.reshape(line), workers)
        if y is not out:
            out[...] = y
        return
    first, last = axes[0], axes[-1]
    if last - first + 1 != len(axes):
        # Not side by side: the others go to the front.
        order = [i for i in range(x.ndim) if i not in axes] + list(axes)
        moved = np.ascontiguousarray(x.transpose(order))
        y = np.empty(moved.shape, native(out.dtype))
        last = x.ndim - 1
        first = x.ndim - len(axes)
    else:
        order = None
        moved = x
        y = writable(out, x)
    _neighbours(moved, h, first, start, boundary, fill, y, method, workers)
    if order is not None:
        out.transpose(order)[...] = y
    elif y is not out:
        out[...] = y


def _neighbours(
    x: Array,
    h: Array,
    first: int,
    start: list[int],
    boundary: str,
    fill: Any,
    out: Array,
    method: str,
    workers: int,
) -> None:
    """Along `first` and as many axes after it as `h` has; `out` is contiguous."""
    if h.ndim == 1:
        _along(x, h, first, start[0], boundary, fill, out, workers)
        return
    if h.ndim == 2:
        four = as_planes(x.shape, first)
        pair = boundary, boundary
        place = start[0], start[1]
        _planes(x.reshape(four), h, place, pair, fill, out.reshape(four), method, workers)
        return
    shape = x.shape
    outer, n, rest = math.prod(shape[:first]), shape[first], shape[first + 1 :]
    x, out = x.reshape(outer, n, *rest), out.reshape(outer, n, *rest)
    size = max(_SLAB // math.prod(rest), 1)
    floating = x.dtype == out.dtype and x.dtype.kind in "fc"
    dtype = x.dtype if floating else FLOAT64
    room = np.empty((min(size, n), *rest), dtype)
    for o, i in itertools.product(range(outer), range(0, n, size)):
        slab = out[o, i : i + size]
        sums = slab if floating else np.empty(slab.shape, dtype)
        part = room[: len(slab)]
        for k, plane in enumerate(h):
            source = _planes_at(x[o], i + start[0] - k, len(slab), boundary, fill)
            target = part if k else sums
            _neighbours(source, plane, 1, start[1:], boundary, fill, target, method, workers)
            if k:
                with np.errstate(all="ignore"):
                    sums += part
        if sums is not slab:
            store(sums, slab)


def _planes_at(x: Array, first: int, count: int, boundary: str, fill: Any) -> Array:
    """So many planes of `x` from `first` on, which may be outside; a view if they are inside."""
    if first >= 0 and first + count <= len(x):
        return x[first : first + count]
    index = index_inside(np.arange(first, first + count), len(x), boundary)
    planes = x[index]
    outside = index < 0
    if outside.any():
        if x.dtype.kind == "b" or (x.dtype.kind in "iu" and not exact_in(fill, x.dtype)):
            planes = planes.astype(FLOAT64)
        planes[outside] = fill
    return planes


def _along(
    x: Array, h: Array, axis: int, start: int, boundary: str, fill: Any, out: Array, workers: int
) -> None:
    if x.dtype.kind != "c":
        along_axis(x, h, axis, start, boundary, fill, out, workers)
        return
    shape = x.shape
    three = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
    x, out = x.reshape(three), out.reshape(three)
    core.convolve_axis(x, h, out, start, workers, boundary, fill)


def _planes(
    x: Array,
    h: Array,
    start: tuple[int, int],
    boundaries: tuple[str, str],
    fill: Any,
    out: Array,
    method: str,
    workers: int,
) -> None:
    if x.dtype.kind == "c":
        core.convolve2d(x, h, out, start, boundaries, fill, method, workers)
    else:
        convolve_planes(x, h, start, boundaries, fill, out, method, workers)
