"""Convolution of images."""

from __future__ import annotations

from collections.abc import Iterator

from .. import peers
from .case import RNG, Case, numbers

#: Images, and the sides of their kernels: sizes on powers of two and off them, odd widths.
SIZES = {
    (28, 28): (3, 5),
    (64, 64): (3, 7),
    (480, 641): (3, 5, 7, 9, 11, 15, 21, 31),
    (512, 512): (3, 7, 15),
    (1000, 1500): (3, 7, 31),
}
QUICK = {((28, 28), 3), ((480, 641), 3), ((480, 641), 7), ((480, 641), 15), ((480, 641), 31)}


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for shape, sides in SIZES.items():
        for m in sides:
            for dtype in ("float32", "float64"):
                yield _case(shape, m, dtype, threads, (shape, m) in QUICK)


def _case(shape: tuple[int, int], m: int, dtype: str, threads: int, quick: bool) -> Case:
    rows, columns = shape
    calls = [
        peers.flipshift("flipshift.signal.convolve2d(x, h, 'same', out=out)", threads),
        peers.scipy(
            "ndimage",
            "scipy.ndimage.convolve(x, h, out, 'constant')",
            name="scipy ndimage",
        ),
        peers.scipy(
            "signal", "scipy.signal.fftconvolve(x, h, 'same')", threads, "scipy fftconvolve"
        ),
        # OpenCV and PyTorch correlate: they get the kernel reversed.
        peers.cv2(
            "cv2.filter2D(x, -1, reversed_h, out, borderType=cv2.BORDER_CONSTANT)",
            threads,
            "reversed_h = h[::-1, ::-1].copy()\n",
        ),
    ]
    if m < 15 or dtype == "float32":  # double precision takes seconds
        calls.append(
            peers.torch(
                f"torch.nn.functional.conv2d(t, w, padding={m // 2})",
                threads,
                "t = torch.from_numpy(x)[None, None]\n"
                "w = torch.from_numpy(h[::-1, ::-1].copy())[None, None]\n",
            )
        )
    if m < 15:
        calls.append(
            peers.scipy("signal", "scipy.signal.convolve2d(x, h, 'same')", name="scipy convolve2d")
        )
    operations = 2.0 * rows * columns * m * m
    item = 4 if dtype == "float32" else 8
    return Case(
        "convolve2d",
        f"convolve2d, {rows}x{columns}",
        f"{rows}x{columns} * {m}x{m}",
        dtype,
        m,
        f"{RNG}\n{numbers('x', shape, dtype)}\n{numbers('h', (m, m), dtype)}\n"
        "out = np.empty_like(x)",
        tuple(calls),
        operations=operations,
        work=f"work.convolution(x, h, 'same', {operations})",
        bytes=float((2 * rows * columns + m * m) * item),
        growth=max(m * m, 32) ** 1.5,
        exact="scipy.signal.fftconvolve(x.astype('g'), h.astype('g'), 'same')",
        axis="side of the kernel",
        quick=quick,
    )
