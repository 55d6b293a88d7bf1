"""The benchmark cases: one call of ours, the same calls of the peers.

``python -m flipshift bench`` prints their table; the suites in ``bench/`` run them under
pytest-benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import fft, linalg, signal
from .common import extra

Call = Callable[[], Any]
TOPICS = ("fft", "convolve", "convolve2d", "toeplitz")


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes
    ----------
    topic, name, dtype : str
        What is called, on what size, in which precision.
    ours : callable
    peers : dict of str to callable
        The same result by the peers, each in the best way that it has.
    quick : bool
        Whether a quick run includes it.
    """

    topic: str
    name: str
    dtype: str
    ours: Call
    peers: dict[str, Call]
    quick: bool = False

    def __str__(self) -> str:
        """Return an identifier for test reports."""
        return f"{self.topic}-{self.name}-{self.dtype}".replace(" ", "_")


def _numbers(shape: int | tuple[int, ...], dtype: str) -> NDArray[Any]:
    """Return random numbers, the same in every run."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal(shape)
    if dtype.startswith("complex"):
        return np.asarray((x + 1j * rng.standard_normal(shape)).astype(dtype))
    return np.asarray(x.astype(dtype))


def _fft_cases() -> Iterator[Case]:
    theirs = extra("scipy.fft", "bench")

    def case(name: str, x: NDArray[Any], log2: int) -> Case:
        ours, numpys, scipys = getattr(fft, name), getattr(np.fft, name), getattr(theirs, name)
        return Case(
            "fft",
            f"{name} 2^{log2}",
            x.dtype.name,
            partial(ours, x),
            {"numpy.fft": partial(numpys, x), "scipy.fft": partial(scipys, x, workers=1)},
            log2 in (10, 16),
        )

    for log2 in (6, 8, 10, 12, 14, 16, 18, 20):
        for dtype in ("complex64", "complex128"):
            yield case("fft", _numbers(1 << log2, dtype), log2)
        for dtype in ("float32", "float64"):
            yield case("rfft", _numbers(1 << log2, dtype), log2)


def _convolve_cases() -> Iterator[Case]:
    theirs = extra("scipy.signal", "bench")
    for n, m in ((1000, 16), (48000, 7), (48000, 101), (48000, 1001), (1 << 20, 4097)):
        for dtype in ("float32", "float64"):
            x, h = _numbers(n, dtype), _numbers(m, dtype)
            peers: dict[str, Call] = {
                "scipy convolve": partial(theirs.convolve, x, h),
                "scipy oaconvolve": partial(theirs.oaconvolve, x, h),
            }
            if n * m < 1e8:
                peers["numpy convolve"] = partial(np.convolve, x, h)
            yield Case(
                "convolve",
                f"{n} * {m}",
                dtype,
                partial(signal.convolve, x, h),
                peers,
                (n, m) == (48000, 101),
            )


def _convolve2d_cases() -> Iterator[Case]:
    theirs, ndimage = extra("scipy.signal", "bench"), extra("scipy.ndimage", "bench")
    for n, m in ((64, 3), (512, 3), (512, 7), (512, 15), (512, 31)):
        for dtype in ("float32", "float64"):
            x, h = _numbers((n, n), dtype), _numbers((m, m), dtype)
            peers: dict[str, Call] = {
                "scipy ndimage": partial(ndimage.convolve, x, h, mode="constant"),
                "scipy fftconvolve": partial(theirs.fftconvolve, x, h, "same"),
            }
            if m < 15:
                peers["scipy convolve2d"] = partial(theirs.convolve2d, x, h, "same")
            yield Case(
                "convolve2d",
                f"{n}x{n} * {m}x{m}",
                dtype,
                partial(signal.convolve2d, x, h, "same"),
                peers,
                (n, m) == (512, 7),
            )


def _toeplitz_cases() -> Iterator[Case]:
    theirs = extra("scipy.linalg", "bench")
    for n in (128, 4096, 1 << 16):
        for dtype in ("float32", "float64"):
            c, r, x = (_numbers(n, dtype) for _ in range(3))
            yield Case(
                "toeplitz",
                f"matmul_toeplitz {n}",
                dtype,
                partial(linalg.matmul_toeplitz, (c, r), x),
                {
                    "scipy.linalg": partial(
                        theirs.matmul_toeplitz, (c, r), x, check_finite=False, workers=1
                    )
                },
                n == 4096,
            )


def cases(*topics: str, quick: bool = False) -> list[Case]:
    """Return the cases of some topics.

    Parameters
    ----------
    *topics : str
        Of `TOPICS`; none means all.
    quick : bool
        Only the few of a quick run.

    Examples
    --------
    >>> [case.name for case in cases("toeplitz", quick=True)]
    ['matmul_toeplitz 4096', 'matmul_toeplitz 4096']
    """
    makers = {
        "fft": _fft_cases,
        "convolve": _convolve_cases,
        "convolve2d": _convolve2d_cases,
        "toeplitz": _toeplitz_cases,
    }
    return [
        case for topic in topics or TOPICS for case in makers[topic]() if case.quick or not quick
    ]
