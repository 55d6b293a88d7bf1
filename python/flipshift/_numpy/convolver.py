"""Kernels that are used again, in NumPy: `PreparedKernel` and `PartitionedStream`.

Nothing is prepared and nothing is partitioned here: every block is convolved together with the
samples before it that the kernel reaches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .convolve import convolve

__all__ = ["PartitionedStream", "PreparedKernel"]

Array = NDArray[Any]


class PreparedKernel:
    """What `flipshift.signal.Convolver` derives from."""

    __slots__ = ("_line",)

    _line: Array

    def __new__(cls, h: Array | None, mode: str, workers: int, /) -> PreparedKernel:
        """Keep the kernel `h`; what `mode` and `workers` are, only the subclass knows."""
        self = super().__new__(cls)
        if h is not None:
            object.__setattr__(self, "_line", h.copy())
        return self

    def __call__(self, x: Any, out: Any = None) -> Any:
        """Convolve `x`."""
        return self._general(x, out)

    def _general(self, x: Any, out: Any = None) -> Any:
        raise NotImplementedError

    def rows(self, x: Array, out: Array, start: int, /) -> None:
        """Convolve each row of `x`; the first output is number `start` of the whole."""
        for row, y in zip(x, out, strict=True):
            convolve(row, self._line, y, (start,), "auto")


class _Voice:
    """A kernel that is heard: since how many samples, and how many its crossfade lasts."""

    def __init__(self, h: Array, fade: int) -> None:
        self.h, self.fade, self.heard = h, fade, 0


class PartitionedStream:
    """What the streams of a `Convolver` derive from."""

    __slots__ = ("_past", "_rows", "_taps", "_voices")

    _past: Array
    _rows: int
    _taps: int
    _voices: list[_Voice]

    def __new__(
        cls,
        kernel: PreparedKernel,
        shape: tuple[int, ...],
        taps: int,
        block: int,
        workers: int,
        /,
    ) -> PartitionedStream:
        """Begin with `kernel`; kernels of up to `taps` taps may take its place."""
        self = super().__new__(cls)
        self._rows, self._taps = int(np.prod(shape, dtype=int)), taps
        self._voices = [_Voice(kernel._line, 0)]
        self.clear()
        return self

    def process(self, x: Any, out: Any = None) -> Any:
        """Convolve the next block `x`."""
        return self._process(x, out)

    def _process(self, x: Any, out: Any = None) -> Any:
        raise NotImplementedError

    def run(self, x: Array, out: Array, /) -> None:
        """Write the outputs that belong to the next samples, a row for each channel, to `out`."""
        if x.size == 0:
            return
        known = np.concatenate([self._past, x], axis=1)
        before = self._past.shape[1]
        self._past = known[:, max(0, known.shape[1] - self._taps + 1) :].copy()
        y = np.empty_like(out)
        for number, voice in enumerate(self._voices):
            heard = np.empty_like(out)
            for row, line in zip(known, heard, strict=True):
                convolve(row, voice.h, line, (before,), "auto")
            passed = voice.heard + np.arange(1, out.shape[1] + 1)
            g = np.minimum(passed / (voice.fade + 1), 1).astype(out.real.dtype)
            old = passed > voice.fade
            if number == 0:
                y[...] = heard
            else:
                with np.errstate(invalid="ignore", over="ignore"):
                    y = np.where(old, heard, (1 - g) * y + g * heard)
            voice.heard += out.shape[1]
        out[...] = y
        last = max(i for i, v in enumerate(self._voices) if i == 0 or v.heard >= v.fade)
        del self._voices[:last]

    def exchange_kernel(self, kernel: PreparedKernel, fade: int, /) -> None:
        """Begin a crossfade to another kernel."""
        if fade == 0:
            self._voices.clear()
        self._voices.append(_Voice(kernel._line, fade))

    def clear(self) -> None:
        """Forget the signal; a crossfade is over."""
        del self._voices[:-1]
        self._past = np.empty((self._rows, 0), self._voices[0].h.dtype)

    def heard_taps(self) -> int:
        """Length of the longest kernel that is heard."""
        return max(voice.h.size for voice in self._voices)

    def partitions(self) -> list[tuple[int, int]]:
        """List no partitions, as there are none."""
        return []
