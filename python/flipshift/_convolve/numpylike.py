"""NumPy's own `convolve` and `correlate`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array
from . import coefficients, linear, lines

__all__ = ["convolve", "correlate"]

_line, _along = core.convolve_line, core.convolve_along
_MODES = ("valid", "same", "full")


def convolve(
    a: npt.ArrayLike,
    v: npt.ArrayLike,
    mode: str = "full",
    *,
    axis: int | None = None,
    out: Array | None = None,
    workers: int | None = None,
) -> Array:
    """Convolve two one-dimensional sequences: `numpy.convolve`.

    Parameters
    ----------
    a : array_like, shape (n,)
    v : array_like, shape (m,)
    mode : {'full', 'valid', 'same'}, optional
        All sums, length ``n + m - 1``; those where both overlap completely, length
        ``max(n, m) - min(n, m) + 1``; or the central ``max(n, m)``.
    axis, out, workers : optional
        As in `flipshift.signal.convolve`; not in NumPy. With `axis` the inputs may have several
        dimensions.

    Returns
    -------
    out : ndarray
        ``out[i] = sum_k a[k] v[i - k]``, of the dtype that `a` and `v` promote to.

    Raises
    ------
    ValueError
        If an input is empty or has more than one dimension, or `mode` is unknown.

    See Also
    --------
    flipshift.signal.convolve : N dimensions, a choice of methods, and notes on accuracy.

    Examples
    --------
    >>> import flipshift
    >>> flipshift.convolve([1, 2, 3], [0, 1, 0.5])
    array([0. , 1. , 2.5, 4. , 1.5])
    """
    y: Array | None
    if axis is not None:
        y = _along(a, v, mode, "auto", axis, 2, args.threads(workers), out)
    else:
        y = _line(a, v, mode, "auto", 2, out) if workers is None else None
        if y is None:
            y = _line(a, v, mode, "auto", 2, out, args.threads(workers))
    if y is not None:
        return y
    x, h = np.asarray(a), np.asarray(v)
    if axis is None:
        x, h = np.atleast_1d(x, h)
        _one_dimensional("a", x)
        _one_dimensional("v", h)
        if not _known(x, h):
            return _numpys("convolve", x, h, mode, out)
        axis = 0
    x, h, axis = lines.line_up(x, h, axis, ("a", "v"))
    n, m = _lengths(x, h, axis)
    start, length = _part(mode, n, m)
    return lines.convolve(x, h, axis, start, length, "auto", out, args.threads(workers))


def correlate(
    a: npt.ArrayLike,
    v: npt.ArrayLike,
    mode: str = "valid",
    *,
    axis: int | None = None,
    maxlag: int | None = None,
    normalize: bool = False,
    out: Array | None = None,
    workers: int | None = None,
) -> Array:
    """Correlate two one-dimensional sequences: `numpy.correlate`.

    Parameters
    ----------
    a : array_like, shape (n,)
    v : array_like, shape (m,)
        Conjugated.
    mode : {'valid', 'same', 'full'}, optional
        As in `convolve`; note the default.
    axis, maxlag, normalize, out, workers : optional
        As in `flipshift.signal.correlate`; not in NumPy. With `axis` the inputs may have several
        dimensions.

    Returns
    -------
    out : ndarray
        ``out[i] = sum_k a[i + k] conj(v[k])``, of the dtype that `a` and `v` promote to.

    Raises
    ------
    ValueError
        If an input is empty or does not have one dimension, or `mode` is unknown.

    Examples
    --------
    >>> import flipshift
    >>> flipshift.correlate([1, 2, 3], [0, 1, 0.5], "full")
    array([0.5, 2. , 3.5, 3. , 0. ])
    """
    y: Array | None
    if maxlag is None and not normalize:
        if axis is not None:
            y = _along(a, v, mode, "auto", axis, 3, args.threads(workers), out)
        else:
            y = _line(a, v, mode, "auto", 3, out) if workers is None else None
            if y is None:
                y = _line(a, v, mode, "auto", 3, out, args.threads(workers))
        if y is not None:
            return y
    x, h = np.asarray(a), np.asarray(v)
    if axis is None:
        for name, array in (("a", x), ("v", h)):
            if array.ndim == 0:
                raise ValueError(f"object of too small depth for desired array: {name} is a scalar")
        _one_dimensional("a", x)
        _one_dimensional("v", h)
        if not _known(x, h) and maxlag is None and not normalize:
            return _numpys("correlate", x, h, mode, out)
        axis = 0
    x, h, axis = lines.line_up(x, h, axis, ("a", "v"))
    n, m = _lengths(x, h, axis)
    start, length = _part(mode, n, m)
    if n < m and length == m:
        # The longer one leads; 'same' is centred on the reversed result, as NumPy does it.
        start = n // 2
    if maxlag is not None:
        (start,), (length,) = linear.within(linear.check_maxlag(maxlag), (start,), (length,), m)
    threads = args.threads(workers)
    if normalize:
        return coefficients.along_axis(x, h, axis, start, length, "auto", out, threads)
    h = linear.reversed_kernel(h, axis)
    return lines.convolve(x, h, axis, start, length, "auto", out, threads)


def _known(x: Array, h: Array) -> bool:
    """Whether these dtypes are computed here; NumPy takes the others, and the errors."""
    return x.dtype.kind in "biufc" and h.dtype.kind in "biufc"


def _numpys(name: str, x: Array, h: Array, mode: str, out: Any) -> Array:
    result: Array = getattr(np, name)(x, h, mode)
    if out is None:
        return result
    args.output(out, result.shape, result.dtype)[...] = result
    return out  # type: ignore[no-any-return]


def _one_dimensional(name: str, x: Array) -> None:
    if x.ndim > 1:
        raise ValueError(
            f"object too deep for desired array: {name} has {x.ndim} dimensions and must have 1"
        )
    if x.size == 0:
        raise ValueError(f"{name} cannot be empty")


def _lengths(x: Array, h: Array, axis: int) -> tuple[int, int]:
    n, m = x.shape[axis], h.shape[axis]
    for name, length in (("a", n), ("v", m)):
        if length == 0:
            raise ValueError(f"{name} cannot be empty; its length along axis {axis} is 0")
    return n, m


def _part(mode: Any, n: int, m: int) -> tuple[int, int]:
    """Where in the full convolution of lengths n and m the result starts, and its length."""
    if isinstance(mode, str):
        if mode not in _MODES:
            raise ValueError(
                "Use one of 'valid', 'same', or 'full' for convolve/correlate mode; "
                f"mode is {mode!r}"
            )
    elif isinstance(mode, int | np.integer):
        if not 0 <= mode < 3:
            raise ValueError(f"integer convolve/correlate mode must be 0, 1, or 2; mode is {mode}")
        mode = _MODES[mode]
    else:
        raise TypeError(f"mode must be 'valid', 'same' or 'full', not {mode!r}")
    if n < m:
        n, m = m, n
    if mode == "full":
        return 0, n + m - 1
    if mode == "same":
        return (m - 1) // 2, n
    return m - 1, n - m + 1
