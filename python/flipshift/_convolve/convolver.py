"""Prepared kernels for whole signals: `Convolver`."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from . import methods
from .modes import check_mode, part
from .stream import FLOATS, Stream, converted, floating

if TYPE_CHECKING:
    from .._core import PreparedKernel
else:
    PreparedKernel = core.PreparedKernel

__all__ = ["Convolver"]


class Convolver(PreparedKernel):
    """A kernel that many signals are convolved with.

    ``conv(x)`` is what ``flipshift.signal.convolve(x, h, mode)`` is for a 1-D `x`, with everything
    that depends on the kernel alone kept from call to call: its spectra, made when a signal first
    needs them, and the choice of the method for the lengths that came last. `stream` convolves a
    signal that comes block by block.

    A Convolver is immutable, can be used by any number of threads at once, and can be pickled (it
    is made anew).

    Parameters
    ----------
    h : array_like
        The kernel, of one dimension.
    mode : {'full', 'same', 'valid'}, optional
        Which part of the result, as in `flipshift.signal.convolve`.
    dtype : dtype, optional
        What to compute in: float32, float64, complex64 or complex128, to which `h` and every signal
        are converted. By default the dtype that the signal and `h` promote to.
    axis : int, optional
        The axis of the signals in arrays of several dimensions, the last one by default. Its length
        is that of the mode in the result.
    workers : int, optional
        Number of threads that share long or many signals, as in `flipshift.fft.fft`; by default
        that of `flipshift.fft.set_workers` when this is made.

    Attributes
    ----------
    taps : int
        The length of the kernel.
    mode : str
    dtype : dtype or None
    axis : int

    Raises
    ------
    ValueError
        If `h` is empty or has not one dimension, or `mode` is unknown. In a call, if the signal is
        empty (unless `mode` is 'same') or has no dimension, or `out` has another shape than the
        result.
    TypeError
        If `dtype` is none of the four, or complex numbers would have to become real ones.

    Notes
    -----
    ``conv(x, out=None)`` writes to `out`, of the shape and dtype of the result, if it is given; it
    may overlap `x`. Values, dtypes and the treatment of NaN and infinity are those of
    `flipshift.signal.convolve`; integers are exact and gain nothing from preparation. At most 64 MB
    of spectra are kept (or one, if that is larger).

    Examples
    --------
    >>> from flipshift import signal
    >>> conv = signal.Convolver([0.5, 0.5], mode="same")
    >>> conv([1.0, 3.0, 5.0])
    array([0.5, 2. , 4. ])
    >>> conv([[2.0, 4.0], [6.0, 8.0]])
    array([[1., 3.],
           [3., 7.]])
    """

    __slots__ = ("_h", "_kernels", "_own", "_workers", "axis", "dtype", "mode", "taps")

    taps: int
    mode: str
    dtype: DType | None
    axis: int
    _h: Array
    _own: DType | None
    _kernels: dict[DType, Any]
    _workers: int

    def __new__(
        cls,
        h: npt.ArrayLike,
        *,
        mode: str = "full",
        dtype: npt.DTypeLike | None = None,
        axis: int = -1,
        workers: int | None = None,
    ) -> Convolver:
        line = np.array(h, order="C")  # a copy, so that nobody changes it
        if line.ndim != 1:
            raise ValueError(f"h must have one dimension, but has the shape {line.shape}")
        if line.size == 0:
            raise ValueError("h cannot be empty")
        check_mode(mode)
        given = None if dtype is None else floating(dtype)
        if given is not None:
            line = converted(line, given, "h")
        else:
            line = line.astype(methods.result_type(line, line), copy=False)
        try:
            axis = operator.index(axis)
        except TypeError:
            raise TypeError(f"axis must be an integer, not {axis!r}") from None
        line.flags.writeable = False
        own = line.dtype if line.dtype.char in FLOATS and axis in (-1, 0) else None
        # The base class takes single contiguous lines of this type; all else goes to `_general`.
        number = args.workers_number(workers)
        base = super().__new__(cls, None if own is None else line, mode, number)
        self: Convolver = base  # type: ignore[assignment]
        for attribute, value in {
            "taps": line.size,
            "mode": mode,
            "dtype": given,
            "axis": axis,
            "_h": line,
            "_own": own,
            "_kernels": {},
            "_workers": number,
        }.items():
            object.__setattr__(self, attribute, value)
        return self

    def _kernel(self, dtype: DType) -> Any:
        """The kernel in a dtype of the primitives."""
        if self._own is not None and dtype == self._own:  # None equals float64
            return self
        kernel = self._kernels.get(dtype)
        if kernel is None:
            line = converted(self._h, dtype, "h")
            # Of two threads that come here at once, both get the same.
            kernel = self._kernels.setdefault(dtype, PreparedKernel(line, self.mode, self._workers))
        return kernel

    def _general(self, x: Any, out: Array | None = None) -> Array:
        """Convolve anything but one contiguous line of the kernel's dtype."""
        x = np.asarray(x)
        if x.ndim == 0:
            raise ValueError("x must have at least one dimension")
        n = args.length_along(x, self.axis)
        if self.dtype is None:
            dtype = methods.result_type(x, self._h)
        else:
            dtype = self.dtype
            x = converted(x, dtype, "x")
        if n == 0 and self.mode != "same":
            raise ValueError(f"x cannot be empty along axis {self.axis}; its shape is {x.shape}")
        (start,), (length,) = part(self.mode, (n,), (self.taps,))
        if self.mode == "valid" and n < self.taps:
            start, length = n - 1, self.taps - n + 1
        lines = np.moveaxis(x, self.axis, -1)
        shape = (*lines.shape[:-1], length)
        result = np.moveaxis(np.empty(shape, dtype), -1, self.axis) if out is None else None
        target = args.output(out, _moved(shape, self.axis), dtype) if result is None else result
        if target.size:
            self._fill(lines, np.moveaxis(target, self.axis, -1), start, dtype, out is None)
        return target

    def _fill(self, lines: Array, target: Array, start: int, dtype: DType, fresh: bool) -> None:
        """Write the convolutions of `lines` along their last axis to `target`."""
        length = target.shape[-1]
        if dtype.char not in FLOATS:
            # All of them before the first is written, as the target may overlap the signals.
            rows = [
                methods.convolve(row, self._h, (start,), (length,), "auto")
                for row in lines.reshape(-1, lines.shape[-1])
            ]
            target[...] = np.reshape(rows, target.shape)
            return
        x = methods.prepare(lines, dtype).reshape(-1, lines.shape[-1])
        direct = target.flags.carray and target.dtype.isnative
        direct = direct and (fresh or not np.may_share_memory(x, target))
        y = target if direct else np.empty(target.shape, dtype)
        self._kernel(dtype).rows(x, y.reshape(-1, length), start)
        if y is not target:
            target[...] = y

    def stream(
        self,
        channels: int | Sequence[int] | None = None,
        *,
        dtype: npt.DTypeLike | None = None,
        block: int | None = None,
        taps: int | None = None,
        workers: int | None = None,
    ) -> Stream:
        """Begin to convolve a signal that comes block by block.

        Parameters
        ----------
        channels : int or sequence of int, optional
            The shape of a block without its last axis, which is time: 2 for blocks of shape
            ``(2, n)``. By default blocks have one dimension.
        dtype : dtype, optional
            Of the signal and of the result: float32, float64, complex64 or complex128. By default
            that of this Convolver or its kernel; float64 if that is of integers.
        block : int, optional
            How many samples most blocks will have; by default as many as the first one. All lengths
            are right, this one is the fastest. If it is given, the spectra are made now.
        taps : int, optional
            The most taps of a kernel that `Stream.exchange` will bring; by default those of this.
        workers : int, optional
            Number of threads among which the channels are shared out; by default as here.

        Returns
        -------
        stream : Stream
            Its method ``process(block, out=None)`` returns as many samples as it is given.

        Raises
        ------
        ValueError
            If the kernel has taps that are not finite, or a parameter is out of range.
        TypeError
            If the kernel's dtype does not go into `dtype`.

        Examples
        --------
        >>> import numpy as np
        >>> from flipshift import signal
        >>> stream = signal.Convolver([1.0, 2.0, 3.0]).stream()
        >>> stream.process(np.array([1.0, 0.0]))
        array([1., 2.])
        >>> stream.process(np.array([0.0]))
        array([3.])
        """
        return Stream(self, channels, dtype, block, taps, workers)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Convolver is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Convolver is immutable: {name} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (np.array(self._h), self.mode, self.dtype, self.axis, self._workers)

    def __repr__(self) -> str:
        dtype = "" if self.dtype is None else f", dtype={str(self.dtype)!r}"
        return (
            f"<Convolver of {self.taps} taps, {self._h.dtype}: "
            f"mode={self.mode!r}{dtype}, axis={self.axis}>"
        )


def _moved(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """`shape` with its last length moved to `axis`."""
    lengths = list(shape[:-1])
    lengths.insert(axis % len(shape), shape[-1])
    return tuple(lengths)


def _rebuild(h: Array, mode: str, dtype: DType | None, axis: int, workers: int) -> Convolver:
    return Convolver(h, mode=mode, dtype=dtype, axis=axis, workers=workers)
