"""Fourier and cosine transforms."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2, prod

from ..peers import prepared_transforms, transforms
from .case import RNG, Call, Case, numbers

COMPLEX: tuple[str, ...] = ("complex64", "complex128")
REAL: tuple[str, ...] = ("float32", "float64")


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for name, dtypes in (("fft", COMPLEX), ("rfft", REAL), ("irfft", COMPLEX)):
        for exponent in range(4, 21):
            n = 2**exponent
            for dtype in dtypes:
                quick = name != "irfft" and exponent in (4, 6, 8, 10, 12, 14, 16, 18)
                yield _case(
                    name, (n,), dtype, f"{name}, powers of two", f"2^{exponent}", threads, quick
                )
    for n in (100, 243, 1000, 1009, 2310, 10007, 44100, 48000, 96000, 10**6):
        for name, dtypes in (("fft", COMPLEX), ("rfft", REAL)):
            for dtype in dtypes:
                quick = n in (1000, 1009, 44100)
                yield _case(name, (n,), dtype, f"{name}, other lengths", str(n), threads, quick)
    several: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...] = (
        ("fft", (1000, 64), COMPLEX),
        ("fft", (1000, 1024), COMPLEX),
        ("rfft", (1000, 1024), REAL),
        ("fft2", (64, 64), COMPLEX),
        ("fft2", (512, 512), COMPLEX),
        ("rfft2", (512, 512), REAL),
        ("rfft2", (1000, 1500), REAL),
    )
    for name, shape, dtypes in several:
        for dtype in dtypes:
            label = "x".join(map(str, shape))
            quick = shape in ((1000, 1024), (512, 512))
            yield _case(name, shape, dtype, "fft, several lines or axes", label, threads, quick)
    for shape in ((64,), (1000,), (4096,), (1000, 512)):
        for dtype in REAL:
            label = "x".join(map(str, shape))
            yield _case("dct", shape, dtype, "dct", label, threads, shape == (4096,))
    for name, dtypes in (("fft", COMPLEX), ("rfft", REAL)):
        for exponent in range(4, 21):
            for dtype in dtypes:
                yield _prepared(
                    name, 2**exponent, dtype, f"2^{exponent}", threads, exponent in (4, 10, 14)
                )


def _work(name: str, shape: tuple[int, ...], dtype: str) -> tuple[int, float, float]:
    """Length of all that a transform mixes, operations, and bytes."""
    if name == "irfft":
        shape = (*shape[:-1], 2 * (shape[-1] - 1))
    total = prod(shape)
    length = total if name.endswith("2") else shape[-1]
    real = name not in ("fft", "fft2")
    operations = (2.5 if real else 5.0) * total * log2(length)
    item = 4 if dtype in ("float32", "complex64") else 8
    # n real numbers have a half spectrum of n numbers, but for the one in the middle.
    return length, operations, 2.0 * total * item * (1 if real else 2)


def _case(
    name: str,
    shape: tuple[int, ...],
    dtype: str,
    group: str,
    label: str,
    threads: int,
    quick: bool,
    calls: tuple[Call, ...] = (),
    setup: str = "",
) -> Case:
    if name == "irfft":
        shape = (shape[0] // 2 + 1,)
    length, operations, bytes_ = _work(name, shape, dtype)
    wide = "np.clongdouble" if dtype.startswith("complex") else "np.longdouble"
    return Case(
        "fft",
        group,
        f"{name} {label}",
        dtype,
        length,
        f"{RNG}\n{numbers('x', shape[0] if len(shape) == 1 else shape, dtype)}\n{setup}",
        calls or transforms(name, shape, threads),
        operations,
        bytes_,
        # The bound of a transform with exact factors is below 4 log2(n) epsilon.
        growth=4 * log2(length) + 4,
        exact=f"scipy.fft.{name}(x.astype({wide}))",
        quick=quick,
    )


def _prepared(name: str, n: int, dtype: str, label: str, threads: int, quick: bool) -> Case:
    spectrum = "complex64" if dtype in ("float32", "complex64") else "complex128"
    size = n if name == "fft" else n // 2 + 1
    return _case(
        name,
        (n,),
        dtype,
        f"{name}, prepared plans",
        f"{label} planned",
        threads,
        quick,
        prepared_transforms(name, threads),
        f"out = np.empty({size}, {spectrum!r})",
    )
