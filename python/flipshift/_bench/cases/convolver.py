"""Convolution block by block, as sound comes."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from .. import peers
from .case import RNG, Case, numbers

#: SciPy has no such stream; this is the usual way to have one.
CARRIED = dedent(
    """
    class Carried:
        def __init__(self, h):
            self.h, self.tail = h, np.zeros(h.size - 1, h.dtype)

        def process(self, block):
            y = scipy.signal.{function}(block, self.h)
            y[: self.tail.size] += self.tail
            self.tail = y[block.size :]
            return y[: block.size]

    carried_{function} = Carried(h)
    """
)

#: Before an output is compared, a stream hears as much as its kernel reaches, or so many blocks
#: that their convolutions with the whole kernel have so many samples.
HEARD = 2**22


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for taps in (480, 4800, 48000, 480000):
        for block in (64, 128, 480, 1024):
            for dtype in ("float32", "float64"):
                times = min(-(-taps // block) + 1, max(2, HEARD // taps))
                item = 4 if dtype == "float32" else 8
                calls = [
                    peers.flipshift(
                        "stream.process(x)",
                        threads,
                        f"stream = flipshift.signal.Convolver(h).stream(block={block})\n",
                    )
                ]
                calls += [
                    peers.scipy(
                        "signal",
                        f"carried_{function}.process(x)",
                        threads,
                        f"scipy {function}, carried tail",
                        CARRIED.format(function=function),
                    )
                    for function in ("fftconvolve", "oaconvolve")
                ]
                yield Case(
                    "convolver",
                    f"stream, {taps} taps",
                    f"{taps} taps, blocks of {block}",
                    dtype,
                    block,
                    f"{RNG}\n{numbers('x', block, dtype)}\n{numbers('h', taps, dtype)}",
                    tuple(calls),
                    operations=2.0 * block * taps,
                    work=f"work.stream({block}, {taps})",
                    # Each tap is needed once in as many samples as there are taps, or in a block.
                    bytes=float((2 * block + min(block, taps)) * item),
                    growth=max(block, 64) ** 1.5,
                    exact=f"exact.stream(x, h, {times})",
                    times=times,
                    axis="samples in a block",
                    quick=(taps, block) in ((4800, 128), (48000, 128), (48000, 1024)),
                )
