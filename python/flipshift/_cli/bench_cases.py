"""The benchmark cases: one call of ours, the same calls of the peers.

``python -m flipshift bench`` prints their table; the suites in ``bench/`` run them under
pytest-benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from operator import matmul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import fft, linalg, signal
from .common import extra

Call = Callable[[], Any]
TOPICS = ("fft", "convolve", "correlate", "convolver", "convolve2d", "filter", "toeplitz")


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


def _optional(name: str) -> Any:
    """Return a module, or None if it is not installed."""
    return import_module(name) if find_spec(name) else None


def _ducc0_call(name: str, x: NDArray[Any], n: int) -> Call | None:
    """Return ducc0's call for the transform that SciPy calls `name`, if there is one."""
    ducc0 = _optional("ducc0")
    if ducc0 is None:
        return None
    calls: dict[str, Call] = {
        "fft": partial(ducc0.fft.c2c, x, axes=(-1,)),
        "ifft": partial(ducc0.fft.c2c, x, axes=(-1,), forward=False, inorm=2),
        "rfft": partial(ducc0.fft.r2c, x, axes=(-1,)),
        "irfft": partial(ducc0.fft.c2r, x, axes=(-1,), lastsize=n, forward=False, inorm=2),
        "fft2": partial(ducc0.fft.c2c, x),
        "rfft2": partial(ducc0.fft.r2c, x),
        "dct": partial(ducc0.fft.dct, x, 2, axes=(-1,)),
    }
    return calls[name]


def _fft_case(name: str, x: NDArray[Any], label: str, quick: bool = False) -> Case:
    """Return the case of one transform against every library at hand that has it."""
    modules = {"numpy.fft": np.fft, "scipy.fft": extra("scipy.fft", "bench")}
    modules["mkl_fft"] = _optional("mkl_fft")
    peers: dict[str, Call] = {}
    for library, module in modules.items():
        function = getattr(module, name, None)
        if function is not None:
            peers[library] = partial(function, x, **{"workers": 1} if "scipy" in library else {})
    n = 2 * (x.shape[-1] - 1) if name == "irfft" else x.shape[-1]
    ducc0 = _ducc0_call(name, x, n)
    if ducc0 is not None:
        peers["ducc0"] = ducc0
    return Case(
        "fft", f"{name} {label}", x.dtype.name, partial(getattr(fft, name), x), peers, quick
    )


def _fft_cases() -> Iterator[Case]:
    complexes, reals = ("complex64", "complex128"), ("float32", "float64")
    for log2 in (4, 6, 8, 10, 12, 14, 16, 18, 20):
        for name, dtypes in (("fft", complexes), ("rfft", reals)):
            for dtype in dtypes:
                x = _numbers(1 << log2, dtype)
                yield _fft_case(name, x, f"2^{log2}", log2 in (4, 10, 16))
    for n in (100, 1000, 1009, 44100, 10**6):
        for name, dtype in (("fft", "complex128"), ("rfft", "float64"), ("rfft", "float32")):
            yield _fft_case(name, _numbers(n, dtype), str(n), n == 1000 and dtype == "float64")
    for name, shape, dtype in (
        ("fft", (1000, 1024), "complex64"),
        ("rfft", (1000, 1024), "float32"),
        ("fft2", (64, 64), "complex128"),
        ("fft2", (512, 512), "complex128"),
        ("rfft2", (512, 512), "float32"),
        ("dct", (4096,), "float64"),
        ("dct", (1000, 512), "float32"),
    ):
        label = "x".join(map(str, shape))
        yield _fft_case(name, _numbers(shape, dtype), label, shape in ((512, 512), (4096,)))


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


def _correlate_cases() -> Iterator[Case]:
    theirs, ndimage = extra("scipy.signal", "bench"), extra("scipy.ndimage", "bench")
    for n, m, dtype in ((12, 3, "float64"), (1000, 50, "int32"), (30000, 1000, "int64")):
        x, h = ((100 * _numbers(size, "float64")).astype(dtype) for size in (n, m))
        yield Case(
            "correlate",
            f"{n} * {m}",
            dtype,
            partial(signal.correlate, x, h),
            {
                "scipy correlate": partial(theirs.correlate, x, h),
                "numpy correlate": partial(np.correlate, x, h, "full"),
            },
            n == 1000,
        )
    for rows, cols in ((1000, 300), (8, 12)):
        for axis in (0, 1):
            x, h = _numbers((rows, cols), "float64"), _numbers(7, "float64")
            yield Case(
                "correlate",
                f"{rows}x{cols} * 7 along {axis}",
                "float64",
                partial(signal.correlate, x, h, "same", axis=axis),
                {"scipy ndimage": partial(ndimage.correlate1d, x, h, axis=axis, mode="constant")},
                rows == 1000,
            )
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]]
    shapes = [((8, 8), (3, 3)), ((5, 6, 7), (2, 2, 2)), ((20, 20, 20), (3, 3, 3))]
    for shape, kernel in shapes:
        x, h = _numbers(shape, "float64"), _numbers(kernel, "float64")
        yield Case(
            "correlate",
            f"{'x'.join(map(str, shape))} * {'x'.join(map(str, kernel))}",
            "float64",
            partial(signal.correlate, x, h, "same"),
            {
                "scipy correlate": partial(theirs.correlate, x, h, "same"),
                "scipy ndimage": partial(ndimage.correlate, x, h, mode="constant"),
            },
        )


class _CarriedTail:
    """A stream by SciPy: the full convolution of each block, its tail added to the next ones."""

    def __init__(self, h: NDArray[Any]) -> None:
        self.h, self.tail = h, np.zeros(h.size - 1, h.dtype)

    def process(self, block: NDArray[Any]) -> NDArray[Any]:
        y: NDArray[Any] = extra("scipy.signal", "bench").fftconvolve(block, self.h)
        y[: self.tail.size] += self.tail
        self.tail = y[block.size :]
        return y[: block.size]


def _convolver_cases() -> Iterator[Case]:
    for taps in (4800, 48000, 480000):
        for block in (64, 128, 480, 1024):
            for dtype in ("float32", "float64"):
                x, h = _numbers(block, dtype), _numbers(taps, dtype)
                stream = signal.Convolver(h).stream(block=block)
                yield Case(
                    "convolver",
                    f"stream {taps} taps, blocks of {block}",
                    dtype,
                    partial(stream.process, x),
                    {"scipy fftconvolve, carried tail": partial(_CarriedTail(h).process, x)},
                    (taps, block) == (48000, 128),
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


def _filter_cases() -> Iterator[Case]:
    theirs, ndimage = extra("scipy.signal", "bench"), extra("scipy.ndimage", "bench")
    for shape, axis, m in (((48000,), 0, 31), ((1000, 300), 0, 31), ((300, 1000), 1, 31)):
        for dtype in ("float32", "float64"):
            label = "x".join(map(str, shape)) + f" axis {axis}"
            x, b, a = _numbers(shape, dtype), _numbers(m, dtype), np.ones(1, dtype)
            yield Case(
                "filter",
                f"lfilter {m}, {label}",
                dtype,
                partial(signal.lfilter, b, a, x, axis),
                {
                    "scipy lfilter": partial(theirs.lfilter, b, a, x, axis),
                    "scipy ndimage": partial(ndimage.convolve1d, x, b, axis, mode="constant"),
                },
                len(shape) == 1,
            )
            yield Case(
                "filter",
                f"moving_average {m}, {label}",
                dtype,
                partial(signal.moving_average, x, m, axis, "same"),
                {
                    "scipy ndimage": partial(ndimage.uniform_filter1d, x, m, axis, mode="constant"),
                    "scipy lfilter": partial(theirs.lfilter, np.full(m, 1 / m, dtype), a, x, axis),
                },
                axis == 0 and len(shape) == 2,
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
            operator = linalg.Toeplitz(c, r)
            peers: dict[str, Call] = {
                "scipy.linalg": partial(
                    theirs.matmul_toeplitz, (c, r), x, check_finite=False, workers=1
                )
            }
            if n <= 4096:
                peers["numpy, dense"] = partial(np.matmul, operator.toarray(), x)
            yield Case("toeplitz", f"Toeplitz @ x {n}", dtype, partial(matmul, operator, x), peers)
    for n, k in ((50, 1), (300, 10), (2000, 1)):
        c, r, b = _numbers(n, "float64"), _numbers(n, "float64"), _numbers((n, k), "float64")
        c[0] += n
        yield Case(
            "toeplitz",
            f"solve_toeplitz {n}, {k} right",
            "float64",
            partial(linalg.solve_toeplitz, (c, r), b),
            {"scipy.linalg": partial(theirs.solve_toeplitz, (c, r), b)},
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
        "correlate": _correlate_cases,
        "convolver": _convolver_cases,
        "convolve2d": _convolve2d_cases,
        "filter": _filter_cases,
        "toeplitz": _toeplitz_cases,
    }
    return [
        case for topic in topics or TOPICS for case in makers[topic]() if case.quick or not quick
    ]
