"""The functions of `flipshift.fft` that transform along several axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from . import transforms
from .arguments import Array
from .plan import Plan

__all__ = [
    "fft2",
    "fftn",
    "hfft2",
    "hfftn",
    "ifft2",
    "ifftn",
    "ihfft2",
    "ihfftn",
    "irfft2",
    "irfftn",
    "rfft2",
    "rfftn",
]


def fft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `fftn` does, by default along the last two axes.

    See `fftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.fft2([[1.0, 0.0], [0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2cn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def fftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real or complex array along several axes.

    Parameters
    ----------
    x : array_like
    s : int or sequence of int, optional
        Lengths along `axes`: `x` is cut or filled up with zeros; -1 keeps a length.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of complex, of the shape of `x` but for `s` along `axes`

    Raises
    ------
    ValueError
        If a length is less than 1, an axis is out of range or comes twice, or `s` and `axes`
        differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.fftn([[1.0, 0.0], [0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2cn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def ifft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `ifftn` does, by default along the last two axes.

    See `ifftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ifft2([[4.0, 0.0], [0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2cn(False, x, s, axes, norm, overwrite_x, workers, plan, out)


def ifftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a spectrum back along several axes: the inverse of `fftn`.

    Parameters
    ----------
    x : array_like
    s : int or sequence of int, optional
        Lengths along `axes`: `x` is cut or filled up with zeros; -1 keeps a length.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of complex, of the shape of `x` but for `s` along `axes`

    Raises
    ------
    ValueError
        If a length is less than 1, an axis is out of range or comes twice, or `s` and `axes`
        differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ifftn([[4.0, 0.0], [0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2cn(False, x, s, axes, norm, overwrite_x, workers, plan, out)


def rfft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `rfftn` does, by default along the last two axes.

    See `rfftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.rfft2([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.r2cn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def rfftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real array along several axes, the last of them to half a spectrum.

    Parameters
    ----------
    x : array_like of real numbers
    s : int or sequence of int, optional
        Lengths along `axes`: `x` is cut or filled up with zeros; -1 keeps a length.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of complex, halved (``// 2 + 1``) along ``axes[-1]``

    Raises
    ------
    TypeError
        If `x` is complex.
    ValueError
        If there is no axis, a length is less than 1, an axis is out of range or comes twice, or
        `s` and `axes` differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.rfftn([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]).real
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.r2cn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def irfft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `irfftn` does, by default along the last two axes.

    See `irfftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.irfft2([[4.0, 0.0], [0.0, 0.0]])
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2rn(False, x, s, axes, norm, overwrite_x, workers, plan, out)


def irfftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform half a spectrum back to a real array: the inverse of `rfftn`.

    Parameters
    ----------
    x : array_like
    s : int or sequence of int, optional
        Lengths of the result along `axes`; -1 keeps a length. By default the last is
        ``2 * (m - 1)``, m being that of `x`.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of real numbers

    Raises
    ------
    ValueError
        If there is no axis, a length is less than 1, an axis is out of range or comes twice, or
        `s` and `axes` differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.irfftn([[4.0, 0.0], [0.0, 0.0]])
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2rn(False, x, s, axes, norm, overwrite_x, workers, plan, out)


def hfft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `hfftn` does, by default along the last two axes.

    See `hfftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.hfft2([[1.0, 0.0], [0.0, 0.0]])
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2rn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def hfftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform half of an array with Hermitian symmetry to its real spectrum.

    Parameters
    ----------
    x : array_like
    s : int or sequence of int, optional
        Lengths of the result along `axes`; -1 keeps a length. By default the last is
        ``2 * (m - 1)``, m being that of `x`.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of real numbers

    Raises
    ------
    ValueError
        If there is no axis, a length is less than 1, an axis is out of range or comes twice, or
        `s` and `axes` differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.hfftn([[1.0, 0.0], [0.0, 0.0]])
    array([[1., 1.],
           [1., 1.]])
    """
    return transforms.c2rn(True, x, s, axes, norm, overwrite_x, workers, plan, out)


def ihfft2(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = (-2, -1),
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Do what `ihfftn` does, by default along the last two axes.

    See `ihfftn` for the parameters, the result and the errors.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ihfft2([[1.0, 1.0], [1.0, 1.0]]).real
    array([[1., 0.],
           [0., 0.]])
    """
    return transforms.r2cn(False, x, s, axes, norm, overwrite_x, workers, plan, out)


def ihfftn(
    x: npt.ArrayLike,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    plan: Plan | None = None,
    out: Array | None = None,
) -> Array:
    """Transform a real spectrum to half of its array: the inverse of `hfftn`.

    Parameters
    ----------
    x : array_like of real numbers
    s : int or sequence of int, optional
        Lengths along `axes`: `x` is cut or filled up with zeros; -1 keeps a length.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, plan, out
        As in `fft`; n is the product of the lengths.

    Returns
    -------
    y : ndarray of complex, halved (``// 2 + 1``) along ``axes[-1]``

    Raises
    ------
    TypeError
        If `x` is complex.
    ValueError
        If there is no axis, a length is less than 1, an axis is out of range or comes twice, or
        `s` and `axes` differ in length.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.ihfftn([[1.0, 1.0], [1.0, 1.0]]).real
    array([[1., 0.],
           [0., 0.]])
    """
    return transforms.r2cn(False, x, s, axes, norm, overwrite_x, workers, plan, out)
