"""Templates sought in images by normalised correlation."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2, prod

import numpy as np

from .. import peers
from .case import LARGE, RNG, Call, Case, numbers


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for shape in ((120, 161), (480, 641), (1000, 1500)):
        for m in (8, 32, 101):
            for dtype in ("float32", "float64"):
                yield _case(shape, m, dtype, threads)


def _case(shape: tuple[int, int], m: int, dtype: str, threads: int) -> Case:
    calls = [
        peers.flipshift("flipshift.signal.match_template(x, t)", threads),
        Call(
            "skimage",
            "skimage.feature.match_template(x, t)",
            "import skimage.feature\n",
        ),
    ]
    if dtype == "float32":  # OpenCV has no other floating type here
        calls.append(peers.cv2("cv2.matchTemplate(x, t, cv2.TM_CCOEFF_NORMED)", threads))
    outputs = prod(n - m + 1 for n in shape)
    item = np.dtype(dtype).itemsize
    return Case(
        "template",
        f"match_template, {shape[0]}x{shape[1]}",
        f"match_template {m}x{m}, {shape[0]}x{shape[1]}",
        dtype,
        m,
        f"{RNG}\n{numbers('x', shape, dtype)}\nt = x[7 : {7 + m}, 11 : {11 + m}].copy()",
        tuple(calls),
        operations=2.0 * outputs * m * m,
        bytes=float((prod(shape) + m * m + outputs) * item),
        # Sums over windows are differences of sums over the image, and results are about 1 / m.
        growth=m * 8 * log2(prod(shape)),
        work=f"work.template({shape}, {(m, m)})",
        exact="exact.matched(x, t)" if prod(shape) < LARGE else "",
        axis="side of the template",
        quick=shape == (480, 641) and m == 32,
    )
