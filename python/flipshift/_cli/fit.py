"""Costs from measured times: least squares that a few wild times do not spoil.

The model is that of ``cpp/engine/convolve_cost.cpp``; times are in nanoseconds. A call by
transforms takes::

    call + copied * outputs + filled * samples + kernel[size] + block[size] * blocks

with the samples of blocks that have to be filled up with zeros, and, for each length of a
transform, the making of the kernel's spectrum and a block: there, a product, and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Transform", "TransformCosts", "robust_fit", "transform_costs"]

_Array = npt.NDArray[np.float64]

#: Relative errors this small are never outliers: timers and frequencies are no better.
_NOISE = 0.02


def robust_fit(a: Any, t: Any, rounds: int = 25) -> _Array:
    """Find numbers v >= 0 for which a @ v is near t, by relative error.

    Least squares, again and again with less weight for what is far off (Cauchy's weights).

    Parameters
    ----------
    a : ndarray, shape (k, n)
        What each measurement has of each cost, not negative.
    t : ndarray, shape (k,)
        Times, positive.
    rounds : int
        How often the weights are taken anew.

    Returns
    -------
    v : ndarray, shape (n,)
        The costs; 0 where the fit would have them negative.
    """
    a, t = np.asarray(a, float), np.asarray(t, float)
    relative = a / t[:, None]
    weights = np.ones(len(t))
    v = np.zeros(a.shape[1])
    for _ in range(rounds):
        v = _not_negative(relative * weights[:, None], weights)
        error = relative @ v - 1
        spread = max(2 * 1.4826 * float(np.median(np.abs(error))), _NOISE)
        weights = 1 / np.sqrt(1 + (error / spread) ** 2)
    return v


def _not_negative(a: _Array, t: _Array) -> _Array:
    """Least squares, columns whose number would be negative being left out one by one."""
    scale = np.maximum(np.sqrt((a * a).sum(axis=0)), 1e-300)
    a = a / scale
    # Normal equations: columns of unit length are far enough from each other for that.
    square, right = a.T @ a, a.T @ t
    free = list(range(a.shape[1]))
    v = np.zeros(a.shape[1])
    while free:
        found = np.linalg.lstsq(square[np.ix_(free, free)], right[free], rcond=None)[0]
        if (found >= 0).all():
            v[free] = found / scale[free]
            break
        del free[int(np.argmin(found))]
    return v


@dataclass(frozen=True)
class Transform:
    """A measured call by transforms of `size` samples."""

    size: int
    blocks: int
    outputs: int
    filled: int


@dataclass(frozen=True)
class TransformCosts:
    """Costs in nanoseconds, `kernel` and `block` by the length of a transform."""

    call: float
    copied: float
    filled: float
    kernel: dict[int, float]
    block: dict[int, float]

    def predict(self, t: Transform) -> float:
        """Nanoseconds of a call."""
        fixed = self.call + self.copied * t.outputs + self.filled * t.filled
        return fixed + self.kernel[t.size] + t.blocks * self.block[t.size]


def transform_costs(times: Mapping[Transform, float]) -> TransformCosts:
    """Fit the costs of transforms to measured times.

    Parameters
    ----------
    times : mapping of Transform to float
        Nanoseconds, several for each length with different numbers of blocks.

    Returns
    -------
    costs : TransformCosts
        For the lengths that were measured.
    """
    sizes = sorted({c.size for c in times})
    place = {size: 2 * i for i, size in enumerate(sizes)}
    a = np.zeros((len(times), 2 * len(sizes) + 3))
    for row, c in zip(a, times, strict=True):
        row[place[c.size]] = 1
        row[place[c.size] + 1] = c.blocks
        row[-3:] = 1, c.outputs, c.filled
    found = [float(v) for v in robust_fit(a, list(times.values()))]
    kernel = {s: found[i] for s, i in place.items()}
    block = {s: found[i + 1] for s, i in place.items()}
    # Each time has a call and a kernel; of short ones, the latter is about half a block.
    short = sizes[: len(sizes) // 8 + 1]
    more = float(np.median([kernel[s] - 0.5 * block[s] for s in short]))
    more = max(min(more, *kernel.values()), -found[-3])
    kernel = {s: v - more for s, v in kernel.items()}
    return TransformCosts(found[-3] + more, found[-2], found[-1], kernel, block)
