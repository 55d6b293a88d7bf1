"""What goes with transforms: sample frequencies, shifts, and lengths that are fast."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .lengths import next_smooth, prev_smooth

__all__ = ["fftfreq", "fftshift", "ifftshift", "next_fast_len", "prev_fast_len", "rfftfreq"]

_Array = np.ndarray[Any, Any]
_Float64 = np.ndarray[Any, np.dtype[np.float64]]


def fftfreq(n: int, d: float = 1.0, *, xp: Any = None, device: Any = None) -> _Float64:
    """Return the frequencies of the `n` numbers that `fft` gives.

    Parameters
    ----------
    n : int
        Length of the transform.
    d : float, optional
        Time between two samples; the frequencies are in cycles per its unit.
    xp, device : optional
        Taken because SciPy's function has them: another array namespace than NumPy, or a device,
        is a TypeError.

    Returns
    -------
    f : ndarray of float64, shape (n,)
        ``[0, 1, ..., (n-1)//2, -(n//2), ..., -1] / (d*n)``

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.fftfreq(4, 0.25)
    array([ 0.,  1., -2., -1.])
    """
    _numpy_only(xp, device)
    frequencies: _Float64 = _checked("fftfreq", n, d)
    return frequencies


def rfftfreq(n: int, d: float = 1.0, *, xp: Any = None, device: Any = None) -> _Float64:
    """Return the frequencies of the ``n // 2 + 1`` numbers that `rfft` gives.

    Parameters
    ----------
    n, d, xp, device
        As in `fftfreq`.

    Returns
    -------
    f : ndarray of float64, shape (n // 2 + 1,)
        ``[0, 1, ..., n//2] / (d*n)``

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.rfftfreq(4, 0.25)
    array([0., 1., 2.])
    """
    _numpy_only(xp, device)
    frequencies: _Float64 = _checked("rfftfreq", n, d)
    return frequencies


def _checked(name: str, n: Any, d: Any) -> Any:
    if not isinstance(n, int | np.integer):
        raise ValueError(f"n should be an integer, not {n!r}")
    if n < 0:
        raise ValueError(f"n must be at least 1, not {n}")
    try:
        return getattr(np.fft, name)(n, d)
    except ZeroDivisionError:
        raise ZeroDivisionError(f"neither n nor d can be 0: n is {n}, d is {d}") from None
    except ValueError:
        raise ValueError(f"n is too large for an array: {n}") from None


def _numpy_only(xp: Any, device: Any) -> None:
    if xp is not None and getattr(xp, "ndarray", None) is not np.ndarray:
        raise TypeError(f"xp must be None or NumPy, not {xp!r}")
    if device not in (None, "cpu"):
        raise TypeError(f"device must be None or 'cpu', not {device!r}")


def fftshift(x: npt.ArrayLike, axes: int | Sequence[int] | None = None) -> _Array:
    """Move the zero frequency to the middle of a spectrum.

    Parameters
    ----------
    x : array_like
    axes : int or sequence of int, optional
        Axes to shift along, by default all.

    Returns
    -------
    y : ndarray of the shape and dtype of `x`

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.fftshift([0, 1, 2, -2, -1])
    array([-2, -1,  0,  1,  2])
    """
    return np.fft.fftshift(x, axes=axes)


def ifftshift(x: npt.ArrayLike, axes: int | Sequence[int] | None = None) -> _Array:
    """Undo `fftshift`.

    Parameters
    ----------
    x, axes
        As in `fftshift`.

    Returns
    -------
    y : ndarray of the shape and dtype of `x`

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ifftshift([-2, -1, 0, 1, 2])
    array([ 0,  1,  2, -2, -1])
    """
    return np.fft.ifftshift(x, axes=axes)


# A complex transform has fast passes for 11, a real one for primes up to 5: pocketfft's choice,
# kept so that a padded length is the same as SciPy's.
_COMPLEX_PRIMES, _REAL_PRIMES = (3, 5, 7, 11), (3, 5)
_LARGEST = 2**63 - 1


def _target(target: Any) -> int:
    try:
        n = operator.index(target)
    except TypeError:
        raise TypeError(f"target must be an integer, not {target!r}") from None
    if n < 0:
        raise ValueError(f"Target length must be positive: target is {n}")
    if n > _LARGEST:
        raise OverflowError(f"target {n} is too large for a length")
    if n > _LARGEST // 11:
        raise ValueError(f"Target length is too large to perform an FFT: {n}")
    return n


def next_fast_len(target: int, real: bool = False) -> int:
    """Return the next length that a transform is fast for.

    Parameters
    ----------
    target : int
        Length to start from.
    real : bool, optional
        Whether the transform is one of real data.

    Returns
    -------
    n : int
        The smallest length from `target` on without prime factors above 11, or above 5 for real
        data: the value of `scipy.fft.next_fast_len`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.next_fast_len(93059, real=True)
    93312
    """
    return next_smooth(_target(target), _REAL_PRIMES if real else _COMPLEX_PRIMES)


def prev_fast_len(target: int, real: bool = False) -> int:
    """Return the last length up to `target` that a transform is fast for.

    Parameters
    ----------
    target, real
        As in `next_fast_len`.

    Returns
    -------
    n : int
        The value of `scipy.fft.prev_fast_len`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.prev_fast_len(93059, real=True)
    92160
    """
    return prev_smooth(_target(target), _REAL_PRIMES if real else _COMPLEX_PRIMES)
