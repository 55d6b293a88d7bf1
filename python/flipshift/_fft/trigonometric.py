"""The discrete cosine and sine transforms of `flipshift.fft`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from .._backend import core
from .arguments import Array
from .real_to_real import along_axes, along_axis

__all__ = ["dct", "dctn", "dst", "dstn", "idct", "idctn", "idst", "idstn"]


def dct(
    x: npt.ArrayLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    r"""Discrete cosine transform.

    Parameters
    ----------
    x : array_like
        Real, or complex: then the real and the imaginary parts are transformed separately.
    type : {1, 2, 3, 4}, optional
        Which transform, see the notes.
    n : int, optional
        Length of the transform along `axis`: `x` is cut or filled up with zeros at its end.
        By default the length of `x`.
    axis : int, optional
        Axis to transform along, by default the last.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by N: the inverse (the default), both by its root, or the
        forward one. N is 2n, but 2(n - 1) for type 1.
    overwrite_x : bool, optional
        Whether the contents of `x` may be destroyed, which saves memory.
    workers : int, optional
        Number of threads; negative values count from the number of processors. By default
        that of `set_workers`. The result does not depend on it.
    orthogonalize : bool, optional
        Whether to scale the numbers that the notes name, which makes the matrix of the
        transform orthogonal up to a factor. By default so if `norm` is 'ortho'.
    out : ndarray, optional
        Where the result goes; its shape and dtype have to fit. It may overlap `x`.

    Returns
    -------
    y : ndarray of the shape of `x` but for length `n` along `axis`
        Of the dtype of `x` if that is floating (float16 becomes float32), else float64.

    Raises
    ------
    ValueError
        If `type` or `norm` is unknown, `n` or the length of `x` is less than 1, or `out` has
        another shape.
    RuntimeError
        If the length is 1 and `type` is 1.
    IndexError
        If `axis` is out of range.

    Notes
    -----
    Without `norm` and `orthogonalize`, for 0 <= k < n:

    ==== ==========================================================================
    type definition
    ==== ==========================================================================
    1    ``y[k] = x[0] + (-1)**k x[n-1] + 2 sum_{j=1}^{n-2} x[j] cos(pi j k / (n-1))``
    2    ``y[k] = 2 sum_{j=0}^{n-1} x[j] cos(pi (2j+1) k / 2n)``
    3    ``y[k] = x[0] + 2 sum_{j=1}^{n-1} x[j] cos(pi j (2k+1) / 2n)``
    4    ``y[k] = 2 sum_{j=0}^{n-1} x[j] cos(pi (2j+1) (2k+1) / 4n)``
    ==== ==========================================================================

    `orthogonalize` multiplies x[0] and x[n-1] by sqrt(2) and divides y[0] and y[n-1] by it in type
    1, divides y[0] in type 2 and multiplies x[0] in type 3. Types 1 and 4 are their own inverses,
    2 and 3 those of each other, up to the factor N.

    Types 2 and 3 take one real transform of n points [1]_, type 4 a complex one of n / 2 points or
    for odd n a real one of n points [2]_, type 1 a complex one of n - 1 points, if that is even and
    long types 3 and 1 of half the length.
    Scratch memory is twice the data; for type 1 as much as the data if n is odd and large, else
    about four times. For primes and twice primes above 8000 it is 1.1 to 1.35 times the data (input
    that the result overwrites is copied first), for odd multiples of them two to four times; below
    8000 points, where those are transformed, up to eight times, at most 0.5 MB.

    References
    ----------
    .. [1] J. Makhoul, "A fast cosine transform in one and two dimensions", IEEE Trans. ASSP 28
       (1980), 27-34.
    .. [2] S. C. Chan, K. L. Ho, "Direct methods for computing discrete sinusoidal transforms",
       IEE Proc. F 137 (1990), 433-442.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.dct([1.0, 2.0, 3.0], type=1)
    array([ 8., -2.,  0.])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(0, x, type, n, axis, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axis(0, x, type, n, axis, norm, overwrite_x, workers, orthogonalize, out)


def idct(
    x: npt.ArrayLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """Inverse discrete cosine transform.

    Parameters
    ----------
    x : array_like
    type : {1, 2, 3, 4}, optional
        The type of `dct` that is undone: the sums are those of types 1, 3, 2 and 4, divided by N.
    n, axis, norm, overwrite_x, workers, orthogonalize, out
        As in `dct`, which also has the definitions.

    Returns
    -------
    y : ndarray of the shape of `x` but for length `n` along `axis`

    Raises
    ------
    ValueError, RuntimeError, IndexError
        As in `dct`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.idct([8.0, -2.0, 0.0], type=1)
    array([1., 2., 3.])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(2, x, type, n, axis, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axis(2, x, type, n, axis, norm, overwrite_x, workers, orthogonalize, out)


def dst(
    x: npt.ArrayLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    r"""Discrete sine transform.

    Parameters
    ----------
    x : array_like
        Real, or complex: then the real and the imaginary parts are transformed separately.
    type : {1, 2, 3, 4}, optional
        Which transform, see the notes.
    n, axis, overwrite_x, workers, out
        As in `dct`.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by N: the inverse (the default), both by its root, or the
        forward one. N is 2n, but 2(n + 1) for type 1.
    orthogonalize : bool, optional
        Whether to scale the numbers that the notes name, which makes the matrix of the
        transform orthogonal up to a factor. By default so if `norm` is 'ortho'.

    Returns
    -------
    y : ndarray of the shape of `x` but for length `n` along `axis`
        Of the dtype of `x` if that is floating (float16 becomes float32), else float64.

    Raises
    ------
    ValueError
        If `type` or `norm` is unknown, `n` or the length of `x` is less than 1, or `out` has
        another shape.
    IndexError
        If `axis` is out of range.

    Notes
    -----
    Without `norm` and `orthogonalize`, for 0 <= k < n:

    ==== ==========================================================================
    type definition
    ==== ==========================================================================
    1    ``y[k] = 2 sum_{j=0}^{n-1} x[j] sin(pi (j+1) (k+1) / (n+1))``
    2    ``y[k] = 2 sum_{j=0}^{n-1} x[j] sin(pi (2j+1) (k+1) / 2n)``
    3    ``y[k] = (-1)**k x[n-1] + 2 sum_{j=0}^{n-2} x[j] sin(pi (j+1) (2k+1) / 2n)``
    4    ``y[k] = 2 sum_{j=0}^{n-1} x[j] sin(pi (2j+1) (2k+1) / 4n)``
    ==== ==========================================================================

    `orthogonalize` divides y[n-1] by sqrt(2) in type 2 and multiplies x[n-1] by it in type 3.
    Types 1 and 4 are their own inverses, 2 and 3 those of each other, up to the factor N. The
    methods are those of `dct`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.dst([1.0], type=1)
    array([2.])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(1, x, type, n, axis, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axis(1, x, type, n, axis, norm, overwrite_x, workers, orthogonalize, out)


def idst(
    x: npt.ArrayLike,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """Inverse discrete sine transform.

    Parameters
    ----------
    x : array_like
    type : {1, 2, 3, 4}, optional
        The type of `dst` that is undone: the sums are those of types 1, 3, 2 and 4, divided by N.
    n, axis, norm, overwrite_x, workers, orthogonalize, out
        As in `dst`, which also has the definitions.

    Returns
    -------
    y : ndarray of the shape of `x` but for length `n` along `axis`

    Raises
    ------
    ValueError, IndexError
        As in `dst`.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.idst([2.0], type=1)
    array([1.])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(3, x, type, n, axis, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axis(3, x, type, n, axis, norm, overwrite_x, workers, orthogonalize, out)


def dctn(
    x: npt.ArrayLike,
    type: int = 2,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    *,
    orthogonalize: bool | None = None,
    out: Array | None = None,
) -> Array:
    """Discrete cosine transform along several axes.

    Parameters
    ----------
    x : array_like
    type : {1, 2, 3, 4}, optional
        Which transform, the same along all axes; `dct` has the definitions.
    s : int or sequence of int, optional
        Lengths along `axes`: `x` is cut or filled up with zeros; -1 keeps a length.
    axes : int or sequence of int, optional
        Axes to transform along; by default the last ``len(s)``, or all of them.
    norm, overwrite_x, workers, orthogonalize, out
        As in `dct`; N is the product over the axes.

    Returns
    -------
    y : ndarray of the shape of `x` but for `s` along `axes`

    Raises
    ------
    ValueError
        If `type` or `norm` is unknown, a length is less than 1, an axis is out of range or comes
        twice, or `s` and `axes` differ in length.
    RuntimeError
        If a length is 1 and `type` is 1.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.dctn([[1.0, 2.0], [3.0, 4.0]], type=1)
    array([[10., -2.],
           [-4.,  0.]])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(4, x, type, s, axes, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axes(4, x, type, s, axes, norm, overwrite_x, workers, orthogonalize, out)


def idctn(
    x: npt.ArrayLike,
    type: int = 2,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """Inverse discrete cosine transform along several axes.

    See `dctn` for the parameters, the result and the errors, and `idct` for the types.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.idctn([[10.0, -2.0], [-4.0, 0.0]], type=1)
    array([[1., 2.],
           [3., 4.]])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(6, x, type, s, axes, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axes(6, x, type, s, axes, norm, overwrite_x, workers, orthogonalize, out)


def dstn(
    x: npt.ArrayLike,
    type: int = 2,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """Discrete sine transform along several axes.

    See `dctn` for the parameters, the result and the errors, and `dst` for the definitions.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.dstn([[1.0]], type=1)
    array([[4.]])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(5, x, type, s, axes, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axes(5, x, type, s, axes, norm, overwrite_x, workers, orthogonalize, out)


def idstn(
    x: npt.ArrayLike,
    type: int = 2,
    s: int | Sequence[int] | None = None,
    axes: int | Sequence[int] | None = None,
    norm: str | None = None,
    overwrite_x: bool = False,
    workers: int | None = None,
    orthogonalize: bool | None = None,
    *,
    out: Array | None = None,
) -> Array:
    """Inverse discrete sine transform along several axes.

    See `dctn` for the parameters, the result and the errors, and `idst` for the types.

    Examples
    --------
    >>> import flipshift.fft
    >>> flipshift.fft.idstn([[4.0]], type=1)
    array([[1.]])
    """
    if workers is None and not overwrite_x:
        y = core.trigonometric(7, x, type, s, axes, norm, None, orthogonalize, out)
        if y is not None:
            return y  # type: ignore[no-any-return]
    return along_axes(7, x, type, s, axes, norm, overwrite_x, workers, orthogonalize, out)
