"""Convolution of two lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .. import peers
from .case import RNG, Call, Case, numbers

LENGTHS = {
    64: (3, 16),
    1000: (7, 16, 100),
    48000: (3, 7, 31, 101, 301, 1001, 4801),
    1 << 20: (7, 101, 1001, 4097, 65537),
}


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for n, kernels in LENGTHS.items():
        for m in kernels:
            for mode in ("full", "valid") if n == 1000 else ("same",) if n == 48000 else ("full",):
                for dtype in ("float32", "float64", "complex64", "complex128"):
                    if n > 1000 and dtype.startswith("complex") and m != 101:
                        continue
                    quick = (n, m) in ((64, 3), (1000, 16)) or (n == 48000 and m < 1001)
                    yield _case(n, m, mode, dtype, threads, quick and not dtype.startswith("c"))


def _case(n: int, m: int, mode: str, dtype: str, threads: int, quick: bool) -> Case:
    n_out = {"full": n + m - 1, "same": n, "valid": n - m + 1}[mode]
    more = f", {mode!r}"
    calls = [
        peers.flipshift(f"flipshift.signal.convolve(x, h{more})", threads),
        peers.scipy("signal", f"scipy.signal.convolve(x, h{more})", threads),
        peers.scipy("signal", f"scipy.signal.oaconvolve(x, h{more})", threads, "scipy oaconvolve"),
        peers.scipy(
            "signal", f"scipy.signal.fftconvolve(x, h{more})", threads, "scipy fftconvolve"
        ),
    ]
    if n * m < 1e8:
        calls.append(Call("numpy", f"np.convolve(x, h{more})"))
    if mode != "full" and not dtype.startswith("complex") and n * m < 1e8:
        pad = (m - 1) // 2 if mode == "same" else 0
        calls.append(
            peers.torch(
                f"torch.nn.functional.conv1d(t, w, padding={pad})",
                threads,
                "t = torch.from_numpy(x)[None, None]\n"
                "w = torch.from_numpy(h[::-1].copy())[None, None]\n",
            )
        )
    item = np.dtype(dtype).itemsize
    wide = "'G'" if dtype.startswith("complex") else "'g'"
    # Products: each of full has one, one end of valid to the other has m.
    products = n * m if mode == "full" else n_out * m
    # A complex product and sum are eight operations.
    operations = products * (8.0 if dtype.startswith("complex") else 2.0)
    return Case(
        "convolve",
        f"convolve, {n} samples, {mode}",
        f"{n} * {m} {mode}",
        dtype,
        m,
        f"{RNG}\n{numbers('x', n, dtype)}\n{numbers('h', m, dtype)}",
        tuple(calls),
        operations=operations,
        bytes=float((n + m + n_out) * item),
        growth=max(m, 32) ** 1.5,
        work=f"work.convolution(x, h, {mode!r}, {operations})",
        exact=f"scipy.signal.fftconvolve(x.astype({wide}), h.astype({wide}){more})",
        axis="taps of the kernel",
        quick=quick,
    )
