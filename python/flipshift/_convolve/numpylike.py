"""NumPy's own `convolve` and `correlate`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft.arguments import Array
from . import methods

__all__ = ["convolve", "correlate"]

_line = core.convolve_line
_MODES = ("valid", "same", "full")


def convolve(a: npt.ArrayLike, v: npt.ArrayLike, mode: str = "full") -> Array:
    """Convolve two one-dimensional sequences: `numpy.convolve`.

    Parameters
    ----------
    a : array_like, shape (n,)
    v : array_like, shape (m,)
    mode : {'full', 'valid', 'same'}, optional
        All sums, length ``n + m - 1``; those where both overlap completely, length
        ``max(n, m) - min(n, m) + 1``; or the central ``max(n, m)``.

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
    y: Array | None = _line(a, v, mode, "auto", 2)
    if y is not None:
        return y
    x, h = np.asarray(a), np.asarray(v)
    if x.ndim == 0:
        x = x.reshape(1)
    if h.ndim == 0:
        h = h.reshape(1)
    _one_dimensional("a", x)
    _one_dimensional("v", h)
    if not _known(x, h):
        return _numpys("convolve", x, h, mode)
    if h.size > x.size:
        x, h = h, x
    return _part(x, h, mode)


def correlate(a: npt.ArrayLike, v: npt.ArrayLike, mode: str = "valid") -> Array:
    """Correlate two one-dimensional sequences: `numpy.correlate`.

    Parameters
    ----------
    a : array_like, shape (n,)
    v : array_like, shape (m,)
        Conjugated.
    mode : {'valid', 'same', 'full'}, optional
        As in `convolve`; note the default.

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
    y: Array | None = _line(a, v, mode, "auto", 3)
    if y is not None:
        return y
    x, h = np.asarray(a), np.asarray(v)
    for name, array in (("a", x), ("v", h)):
        if array.ndim == 0:
            raise ValueError(f"object of too small depth for desired array: {name} is a scalar")
    _one_dimensional("a", x)
    _one_dimensional("v", h)
    if not _known(x, h):
        return _numpys("correlate", x, h, mode)
    if h.dtype.kind == "c":
        h = h.conj()
    if h.size <= x.size:
        return _part(x, h[::-1], mode)
    # The longer one leads; 'same' is centred on the reversed result, as NumPy does it.
    return _part(h, x[::-1], mode)[::-1].copy()


def _known(x: Array, h: Array) -> bool:
    """Whether these dtypes are computed here; NumPy takes the others, and the errors."""
    return x.dtype.kind in "biufc" and h.dtype.kind in "biufc"


def _numpys(name: str, x: Array, h: Array, mode: str) -> Array:
    result: Array = getattr(np, name)(x, h, mode)
    return result


def _one_dimensional(name: str, x: Array) -> None:
    if x.ndim > 1:
        raise ValueError(
            f"object too deep for desired array: {name} has {x.ndim} dimensions and must have 1"
        )
    if x.size == 0:
        raise ValueError(f"{name} cannot be empty")


def _part(x: Array, h: Array, mode: Any) -> Array:
    """A part of the convolution of `x` with `h`, which is not longer."""
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
    n, m = x.size, h.size
    if mode == "full":
        start, length = 0, n + m - 1
    elif mode == "same":
        start, length = (m - 1) // 2, n
    else:
        start, length = m - 1, n - m + 1
    return methods.convolve(x, h, (start,), (length,), "auto")
