"""`match_template` of `flipshift.signal`: normalised cross-correlation."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from .._numpy.match_template import coefficients
from . import methods
from .by_fft import fftconvolve

__all__ = ["match_template"]

#: Of images that are taken as they are. All others but float16 become float64.
_NATIVE = frozenset(map(np.dtype, ("f4", "f8", "u1", "u2")))
#: Of `numpy.pad`, and those that leave values as they are.
_COPYING = ("edge", "maximum", "minimum", "reflect", "symmetric", "wrap")
_MODES = ("constant", "empty", "linear_ramp", "mean", "median", *_COPYING)


def match_template(
    image: npt.ArrayLike,
    template: npt.ArrayLike,
    pad_input: bool = False,
    mode: Any = "constant",
    constant_values: Any = 0,
    *,
    out: Array | None = None,
    workers: int | None = None,
) -> Array:
    """Match a template to a 2-D or 3-D image by normalised correlation.

    The counterpart of `skimage.feature.match_template`.

    Parameters
    ----------
    image : array_like, shape (M, N) or (M, N, P)
        The image.
    template : array_like, shape (m, n) or (m, n, p)
        What to look for; no larger than `image`.
    pad_input : bool, optional
        If True, continue `image` beyond its edges, so that the result has its shape, and matches
        are where the centre of the template is, element ``(m // 2, n // 2)``. By default matches
        are where the first element of the template is.
    mode : str or function, optional
        How `image` continues, as in `numpy.pad`; with `pad_input` only.
    constant_values : scalar or sequence, optional
        For `mode` 'constant', as in `numpy.pad`.
    out : ndarray, optional
        Receives the result, whose shape and dtype it has. It may overlap the inputs. Not in
        scikit-image.
    workers : int, optional
        Threads to use at most, as in `scipy.fft`: by default those of `flipshift.fft.set_workers`,
        which is 1; negative numbers count from the number of processors. The result does not depend
        on it. Not in scikit-image.

    Returns
    -------
    response : ndarray, shape (M - m + 1, N - n + 1), or that of `image`
        Correlation coefficients, from -1 to 1. float32 for an image of float32 or float16, else
        float64.

    Raises
    ------
    ValueError
        If `image` is empty, complex or not of two or three dimensions, `template` is empty,
        complex, larger than `image` or of another number of dimensions, `mode` is unknown,
        `workers` is out of range, or `out` has another shape.
    TypeError
        If an input is not numeric, `out` is no array or has another dtype, or `workers` is no
        integer.

    Notes
    -----
    With the means over the window and over the template, a coefficient is

        sum (x - mean x)(t - mean t) / sqrt(sum (x - mean x)^2 sum (t - mean t)^2),

    0 where the window is constant or the template is (Lewis 1995, "Fast normalized
    cross-correlation"). All is computed in double precision: numerators by a convolution, energies
    of windows by unions of smaller ones (Chan, Golub and LeVeque 1983), in which nothing cancels,
    however large the offset of the image. Where FFT rounding could show in windows that are much
    quieter than the image, by more than 1e-9 (3e-8 in float32), they are computed by the
    definition. Windows that differ from a constant by less than half a unit in the last place count
    as constant.

    Where the window holds NaN or infinity the coefficient is NaN, and nowhere else. Images are
    taken in strips: scratch memory is 32 MiB, or for large templates 16 bytes for each number of
    eight times the template's rows of the image. Volumes are transformed as a whole.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import signal
    >>> image = np.zeros((6, 6))
    >>> image[1, 1] = 1
    >>> image[4, 4] = -1
    >>> template = np.zeros((3, 3))
    >>> template[1, 1] = 1
    >>> signal.match_template(image, template).round(3)
    array([[ 1.   , -0.125,  0.   ,  0.   ],
           [-0.125, -0.125,  0.   ,  0.   ],
           [ 0.   ,  0.   ,  0.125,  0.125],
           [ 0.   ,  0.   ,  0.125, -1.   ]])
    """
    x, t = np.asarray(image), np.asarray(template)
    _check(x, t, mode)
    if x.dtype not in _NATIVE:  # dtypes of another byte order do not compare equal
        x = _numbers(x, args.FLOAT32 if x.dtype.char in "ef" else args.FLOAT64, "image")
    t = methods.prepare(_numbers(t, args.FLOAT64, "template"), args.FLOAT64)
    if pad_input:
        x = _padded(x, t.shape, mode, constant_values)
    x = methods.prepare(x, x.dtype)
    dtype = x.dtype if x.dtype.kind == "f" else args.FLOAT64
    shape = tuple([n - m + 1 for n, m in zip(x.shape, t.shape, strict=True)])
    y = None if out is None else methods.target(out, shape, dtype, x, t)
    threads = args.threads(workers)
    if y is None:
        y = args.allocate(np.empty, shape, dtype)
    if x.ndim == 2:
        core.match_template(x, t, y, threads)
    else:
        coefficients(x, t, y, partial(fftconvolve, mode="valid", workers=threads))
    if out is None or y is out:
        return y
    out[...] = y
    return out


def _check(x: Array, t: Array, mode: Any) -> None:
    for a, name in ((x, "image"), (t, "template")):
        if a.size == 0:
            raise ValueError(f"{name} cannot be an empty array; its shape is {a.shape}")
        if a.dtype.kind == "c":
            raise ValueError(f"{name} must be real, not {a.dtype}")
    if x.ndim not in (2, 3):
        raise ValueError(f"image must be a 2- or 3-dimensional array, not {x.ndim}-dimensional")
    if t.ndim != x.ndim:
        raise ValueError(
            f"template must have as many dimensions as image, which has {x.ndim}, not {t.ndim}"
        )
    if any(n < m for n, m in zip(x.shape, t.shape, strict=True)):
        raise ValueError(
            f"image must be at least as large as template: its shape is {x.shape}, that of "
            f"template {t.shape}"
        )
    if not callable(mode) and mode not in _MODES:
        raise ValueError(
            f"mode must be a function or one of {', '.join(map(repr, sorted(_MODES)))}, "
            f"not {mode!r}"
        )


def _numbers(x: Array, dtype: DType, name: str) -> Array:
    if x.dtype.kind not in "biufO":
        raise TypeError(f"{name} must be numeric, not {x.dtype}")
    try:
        with np.errstate(over="ignore"):
            return x.astype(dtype, copy=False)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} must be numeric: {error}") from None


def _padded(x: Array, shape: tuple[int, ...], mode: Any, constant_values: Any) -> Array:
    """`x` and what the windows around all its elements meet beyond its edges."""
    if mode == "constant":
        if x.dtype.kind == "u" and not _fits(constant_values, x.dtype):
            x = x.astype(args.FLOAT64)
        widths = [(m // 2, (m - 1) // 2) for m in shape]
        return np.pad(x, widths, mode, constant_values=constant_values)
    if mode in _COPYING:
        return np.pad(x, [(m // 2, (m - 1) // 2) for m in shape], mode)
    # Values that depend on how many there are: scikit-image takes as many as the template has.
    x = x.astype(args.FLOAT64) if x.dtype.kind == "u" else x
    whole = np.pad(x, [(m, m) for m in shape], mode)
    return whole[
        tuple(
            [slice(m - m // 2, m + n + (m - 1) // 2) for m, n in zip(shape, x.shape, strict=True)]
        )
    ]


def _fits(values: Any, dtype: DType) -> bool:
    """Whether these are numbers of an unsigned type."""
    v = np.asarray(values)
    return v.dtype.kind in "biu" and bool(v.min() >= 0 and v.max() <= np.iinfo(dtype).max)
