"""Convolution by FFT along chosen axes: `fftconvolve` and `oaconvolve` of `flipshift.signal`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._fft import arguments as args
from .._fft.arguments import Array
from . import lines, methods
from .linear import scalar
from .modes import arrays, check_mode, part, same_dimensions, swap_needed

__all__ = ["fftconvolve", "oaconvolve"]


def fftconvolve(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    axes: int | Sequence[int] | None = None,
    *,
    axis: int | None = None,
    out: Array | None = None,
    workers: int | None = None,
) -> Any:
    """Convolve two arrays by FFT, along some or all axes.

    Parameters
    ----------
    in1, in2 : array_like
        Arrays with the same number of dimensions, whose lengths along axes that are not
        convolved are equal or 1.
    mode : {'full', 'valid', 'same'}, optional
        As in `convolve`.
    axes : int or sequence of int, optional
        Axes to convolve along, by default all.
    axis : int, optional
        Convolve along this one, as in `convolve`: one of the arrays may have a single dimension.
        Instead of `axes`; not in SciPy.
    out, workers : optional
        As in `convolve`; not in SciPy.

    Returns
    -------
    out : ndarray, or a scalar for scalars
        Floating: integers and bool are computed as float64, float16 as float32. Empty if an input
        is empty. Where no axis is longer than 1 in both, the plain product.

    Raises
    ------
    ValueError
        If the dimensions differ, shapes do not fit, `mode` is unknown, or `axes` is empty, out of
        range or not unique.

    Notes
    -----
    One NaN or infinity in an input may make any output NaN, as in SciPy; `convolve` keeps it where
    it belongs. Where one input is much longer than the other it is convolved block by block
    (overlap-save), and scratch memory is that of a few blocks. Two inputs of similar lengths are
    transformed as a whole, which takes about three times the full result.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.fftconvolve([1.0, 2.0, 3.0], [0.0, 1.0]).round(6) + 0.0
    array([0., 1., 2., 3.])
    """
    return _by_fft(in1, in2, mode, axes, axis, out, workers)


def oaconvolve(
    in1: npt.ArrayLike,
    in2: npt.ArrayLike,
    mode: str = "full",
    axes: int | Sequence[int] | None = None,
    *,
    axis: int | None = None,
    out: Array | None = None,
    workers: int | None = None,
) -> Any:
    """Convolve two arrays by FFT, meant for inputs of very different lengths.

    Parameters
    ----------
    in1, in2, mode, axes, axis, out, workers
        As in `fftconvolve`.

    Returns
    -------
    out : ndarray, or a scalar for scalars
        As `fftconvolve` gives.

    Raises
    ------
    ValueError
        As `fftconvolve`.

    Notes
    -----
    SciPy adds up overlapping blocks here and not in `fftconvolve`; these two functions are the same
    one, which takes blocks where they pay. NaN and infinity may spread.

    Examples
    --------
    >>> from flipshift import signal
    >>> signal.oaconvolve([1.0, 2.0, 3.0], [0.0, 1.0]).round(6) + 0.0
    array([0., 1., 2., 3.])
    """
    return _by_fft(in1, in2, mode, axes, axis, out, workers)


def _by_fft(
    in1: Any, in2: Any, mode: str, axes: Any, axis: Any, out: Any, workers: int | None
) -> Any:
    x, h = arrays(in1, in2)
    threads = args.threads(workers)
    if axis is not None:
        if axes is not None:
            raise ValueError("axis and axes cannot both be given")
        return _along_axis(x, h, mode, axis, out, threads)
    if x.ndim == h.ndim == 0:
        return scalar(x * h, out)
    same_dimensions(x, h, "in1", "in2")
    if x.size == 0 or h.size == 0:
        y = np.array([])
        return y if out is None else args.output(out, y.shape, y.dtype)
    x, h, convolved = _axes(x, h, mode, axes)
    check_mode(mode)
    n, m = x.shape, h.shape
    start, shape = [0] * x.ndim, []
    for axis in range(x.ndim):
        is_convolved = axis in convolved
        full = n[axis] + m[axis] - 1 if is_convolved else max(n[axis], m[axis])
        if mode == "full" or (mode == "valid" and not is_convolved):
            shape.append(full)
        else:
            shape.append(n[axis] if mode == "same" else n[axis] - m[axis] + 1)
            start[axis] = (full - shape[axis]) // 2
    if not convolved:
        y = (x * h)[tuple(slice(s, s + k) for s, k in zip(start, shape, strict=True))]
        if out is None:
            return y
        args.output(out, y.shape, y.dtype)[...] = y
        return out
    x, h = _floating(x, h)
    # 'same' may take part of the lines of a longer kernel too.
    lines_of = [
        slice(None) if a in convolved else slice(s, s + k)
        for a, (s, k) in enumerate(zip(start, shape, strict=True))
    ]
    x, h = (
        v[tuple([slice(None) if n == 1 else s for n, s in zip(v.shape, lines_of, strict=True)])]
        for v in (x, h)
    )
    start = [s if a in convolved else 0 for a, s in enumerate(start)]
    if len(convolved) == 1:
        (a,) = convolved
        return lines.convolve(x, h, a, start[a], shape[a], "auto", out, threads)
    target = None
    if out is not None:
        target = methods.target(out, tuple(shape), x.dtype, x, h)
    y = methods.fft_convolve(x, h, convolved, tuple(start), tuple(shape), target, threads)
    if out is None or y is out:
        return y
    out[...] = y
    return out


def _floating(x: Array, h: Array) -> tuple[Array, Array]:
    x, h = args.as_floating(x), args.as_floating(h)
    if x.dtype is not h.dtype:
        dtype = np.result_type(x, h)
        x, h = x.astype(dtype, copy=False), h.astype(dtype, copy=False)
    return x, h


def _along_axis(x: Array, h: Array, mode: str, axis: Any, out: Any, workers: int) -> Array:
    check_mode(mode)
    x, h, axis = lines.line_up(x, h, axis, ("in1", "in2"))
    n, m = (x.shape[axis],), (h.shape[axis],)
    if 0 in n or 0 in m:
        raise ValueError(
            f"{'in2' if 0 in m else 'in1'} cannot be empty; the shapes are {x.shape} and {h.shape}"
        )
    start, shape = part(mode, m, n) if swap_needed(mode, n, m) else part(mode, n, m)
    x, h = _floating(x, h)
    return lines.convolve(x, h, axis, start[0], shape[0], "auto", out, workers)


def _axes(x: Array, h: Array, mode: str, axes: Any) -> tuple[Array, Array, tuple[int, ...]]:
    """The inputs, swapped if 'valid' mode asks for it, and the axes along which both are > 1."""
    if axes is None:
        wanted = list(range(x.ndim))
    else:
        _, wanted = args.shape_and_axes(x, None, axes)
        if not wanted:
            raise ValueError("when provided, axes cannot be empty")
    n, m = x.shape, h.shape
    convolved = sorted(a for a in wanted if n[a] != 1 and m[a] != 1)
    if not all(n[a] == m[a] or n[a] == 1 or m[a] == 1 for a in range(x.ndim) if a not in convolved):
        raise ValueError(f"incompatible shapes for in1 and in2: {n} and {m}")
    if swap_needed(mode, n, m, axes=convolved):
        x, h = h, x
    return x, h, tuple(convolved)
