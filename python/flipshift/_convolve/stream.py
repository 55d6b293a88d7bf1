"""Convolution of signals that come in blocks: `Stream`."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._backend import core
from .._fft import arguments as args
from .._fft.arguments import Array, DType
from . import methods

if TYPE_CHECKING:
    from .._core import PartitionedStream
    from .convolver import Convolver
else:
    PartitionedStream = core.PartitionedStream

__all__ = ["FLOATS", "Stream", "converted", "floating"]

#: Character codes of the dtypes that are computed in.
FLOATS = frozenset("fdFD")
_SPOKEN = "float32, float64, complex64 or complex128"
_FLOAT32: DType = np.dtype(np.float32)
_FLOAT64: DType = np.dtype(np.float64)
#: Taps or channels above which sizes in bytes might not be computed rightly.
_MOST = 2**40


class Stream(PartitionedStream):
    """A convolution of a signal that comes block by block, as `Convolver.stream` begins it.

    ``process(block, out=None)`` returns the next outputs, as many as `block` has samples along its
    last axis, which may be any number, another one in each call: output i of the signal is
    ``sum_k h[k] x[i - k]`` over all samples since the beginning, without any delay. All outputs
    together, and those of `flush`, are the full convolution. `out` takes them if it is given; it
    may be `block`.

    One thread at a time may use a stream; any number of streams share what their Convolver has made
    of the kernel.

    Attributes
    ----------
    dtype : dtype
        Of blocks and results. Blocks of other dtypes are converted, but complex ones do not become
        real.
    channels : tuple of int
        The shape of a block without its last axis.
    taps : int
        The most taps that a kernel may have.

    Raises
    ------
    ValueError
        By ``process``, if the block has other channels, or `out` another shape or dtype.
    TypeError
        By ``process``, if complex numbers would have to become real ones.
    RuntimeError
        If another thread is in a call of this stream.

    Notes
    -----
    The kernel is cut into partitions of unequal lengths, the first of which takes part at once,
    while later and longer ones are transformed (W. G. Gardner, "Efficient convolution without
    input-output delay", J. Audio Eng. Soc. 43, 1995). Their work is done little by little in the
    calls until it is needed: for 480000 taps and blocks of 128, the longest call lasts about 30 us
    in float32 and 60 us in float64 where the mean is 3 and 6 (Zen 5, AVX-512), which is one
    transform of 32768 samples, the largest piece of work that is not divided. The first call, which
    makes the spectra, lasts longer unless `block` was given.

    The error of each output is of the order of the machine epsilon times the norms of the kernel
    and of the samples that it reaches. One NaN or infinity in the signal spoils exactly the outputs
    whose sums contain it; all later ones are as if it had been 0. (Of more than 1024 infinite
    samples within reach of the kernel, the last count as NaN, and so does all between them.) The
    rounding errors, or the overflow, of a huge finite sample stay with the partitions that have met
    it, twice the length of the longest one beyond the outputs that it reaches.

    Examples
    --------
    >>> import numpy as np
    >>> from flipshift import signal
    >>> stream = signal.Convolver(np.array([1.0, 1.0])).stream()
    >>> stream.process(np.array([1.0, 2.0, 3.0]))
    array([1., 3., 5.])
    >>> stream.exchange(np.array([0.0, 1.0]))
    >>> stream.process(np.array([4.0, 5.0]))
    array([3., 4.])
    >>> stream.flush()
    array([5.])
    """

    __slots__ = ("channels", "dtype", "taps")

    dtype: DType
    channels: tuple[int, ...]
    taps: int

    def __new__(
        cls,
        convolver: Convolver,
        channels: int | Sequence[int] | None,
        dtype: npt.DTypeLike | None,
        block: int | None,
        taps: int | None,
        workers: int | None,
    ) -> Stream:
        if dtype is not None:
            of = floating(dtype)
        elif convolver.dtype is not None:
            of = convolver.dtype
        else:
            own = convolver._h.dtype
            of = _FLOAT64 if own.kind in "biu" else _FLOAT32 if own.char == "e" else floating(own)
        shape = () if channels is None else tuple(args.iterable_of_int(channels, "channels"))
        if min(shape, default=0) < 0:
            raise ValueError(f"channels must not be negative, but is {channels!r}")
        most = convolver.taps if taps is None else _natural(taps, "taps", 1)
        length = 0 if block is None else _natural(block, "block", 1)
        number = convolver._workers if workers is None else args.workers_number(workers)
        kernel = _stream_kernel(convolver, of, most)
        if max(most, math.prod(shape)) > _MOST:
            raise MemoryError(f"no memory for a stream of channels={shape} and taps={most}")
        base = super().__new__(cls, kernel, shape, most, length, number)
        self: Stream = base  # type: ignore[assignment]
        self.dtype, self.channels, self.taps = of, shape, most
        return self

    def _process(self, block: Any, out: Array | None = None) -> Array:
        """Process anything but a contiguous array of the stream's own dtype."""
        x = np.asarray(block)
        if x.ndim == 0 or x.shape[:-1] != self.channels:
            raise ValueError(
                f"block has shape {x.shape}, but the stream takes ({_listed(self.channels)}n)"
            )
        x = converted(x, self.dtype, "block")
        target = None if out is None else args.output(out, x.shape, self.dtype)
        y = np.empty(x.shape, self.dtype)
        if x.size:
            rows = (-1, x.shape[-1])
            self.run(methods.prepare(x, self.dtype).reshape(rows), y.reshape(rows))
        if target is None:
            return y
        target[...] = y
        return target

    def exchange(self, h: npt.ArrayLike | Convolver, fade: int = 0) -> None:
        """Fade to another kernel, from the next sample on.

        Parameters
        ----------
        h : array_like or Convolver
            The new kernel, of at most `taps` taps. As a Convolver, it keeps its spectra for the
            next exchange.
        fade : int, optional
            Length of the crossfade in samples; 0, the default, is none.

        Raises
        ------
        ValueError
            If `h` has not one dimension, no taps, more than `taps`, or some that are not finite, or
            `fade` is negative.
        TypeError
            If `h` is complex and the stream is real.

        Notes
        -----
        Output i from then on, counted from 0, is ``(1 - g) y_old + g y_new`` with
        ``g = (i + 1) / (fade + 1)`` while i < `fade`, afterwards ``y_new``. Both are outputs for
        the whole signal: the new kernel has heard the past too. Another exchange during a crossfade
        takes what is heard then for ``y_old``; each one that lasts costs as much as a stream.

        What the new kernel would have computed since the last blocks of its partitions is computed
        in this call: for 480000 taps in 0.5 ms (float32; Zen 5, AVX-512), and in 8 ms before that
        its spectra, unless `h` is a Convolver that has had a stream of the same `block` and `taps`.

        Examples
        --------
        >>> import numpy as np
        >>> from flipshift import signal
        >>> stream = signal.Convolver(np.array([1.0])).stream()
        >>> stream.exchange(np.array([3.0]), fade=1)
        >>> stream.process(np.array([1.0, 1.0]))
        array([2., 3.])
        """
        from .convolver import Convolver  # which imports this module

        fade = _natural(fade, "fade", 0)
        if not isinstance(h, Convolver):
            h = Convolver(h)
        self.exchange_kernel(_stream_kernel(h, self.dtype, self.taps), fade)

    def reset(self) -> None:
        """Forget the signal, as if the next sample were the first; a crossfade is over.

        Examples
        --------
        >>> import numpy as np
        >>> from flipshift import signal
        >>> stream = signal.Convolver(np.array([1.0, 1.0])).stream()
        >>> stream.process(np.array([1.0]))
        array([1.])
        >>> stream.reset()
        >>> stream.process(np.array([1.0]))
        array([1.])
        """
        self.clear()

    def flush(self) -> Array:
        """Return the outputs after the end of the signal, and reset.

        Returns
        -------
        tail : ndarray
            The last m - 1 samples of the full convolution along the last axis, m being the number
            of taps (of the longest kernel, during a crossfade).

        Examples
        --------
        >>> import numpy as np
        >>> from flipshift import signal
        >>> stream = signal.Convolver(np.array([1.0, 2.0])).stream()
        >>> stream.process(np.array([3.0])), stream.flush()
        (array([3.]), array([6.]))
        """
        tail: Array = self.process(np.zeros((*self.channels, self.heard_taps() - 1), self.dtype))
        self.clear()
        return tail

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Stream cannot be pickled or copied; begin another one")

    def __repr__(self) -> str:
        try:
            found = self.partitions()
        except RuntimeError:  # in use by another thread
            found = []
        stages = " + ".join(f"{count} x {size}" for size, count in found)
        return (
            f"<Stream of up to {self.taps} taps, {self.dtype}, channels={self.channels}"
            f"{': partitions ' if stages else ''}{stages}>"
        )


def floating(dtype: Any) -> DType:
    """`dtype` if it is one of the four that are computed in."""
    found: DType = np.dtype(dtype)
    found = found.newbyteorder("=")
    if found.char not in FLOATS:
        raise TypeError(f"dtype must be {_SPOKEN}, not {found}")
    return found


def converted(x: Array, dtype: DType, name: str) -> Array:
    """`x` in `dtype`, which may be less precise, but not real if `x` is complex."""
    if x.dtype == dtype:
        return x
    if x.dtype.kind not in "biufc":
        raise TypeError(f"{name} must be numeric, not {x.dtype}")
    if x.dtype.kind == "c" and dtype.kind != "c":
        raise TypeError(f"{name} is {x.dtype}, which does not go into {dtype}")
    with np.errstate(over="ignore"):
        return x.astype(dtype)


def _natural(value: Any, name: str, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, not {value!r}") from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {number}")
    return number


def _stream_kernel(convolver: Convolver, dtype: DType, taps: int) -> Any:
    """The kernel for a stream with room for so many taps."""
    if convolver.taps > taps:
        raise ValueError(
            f"h has {convolver.taps} taps, but the stream has room for taps={taps}; "
            "Convolver.stream(taps=...) makes more"
        )
    if not np.isfinite(converted(convolver._h, dtype, "h")).all():
        raise ValueError(f"h must be finite in {dtype} for a stream, but has NaN or infinite taps")
    return convolver._kernel(dtype)


def _listed(shape: tuple[int, ...]) -> str:
    return "".join(f"{n}, " for n in shape)
