"""Costs from measured times: least squares that a few wild times do not spoil.

The model is that of ``cpp/engine/convolve_cost.cpp``; times are in nanoseconds. A call by
transforms takes::

    call + copied * outputs + filled * samples + block[size] * (blocks + kernel[size])

with the samples of blocks that have to be filled up with zeros, one number ``block`` for each
length of a transform, and ``kernel``, the making of the kernel's spectrum in units of a block, the
same for all lengths between two powers of 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Transform", "TransformCosts", "octave", "robust_fit", "transform_costs"]

_Array = npt.NDArray[np.float64]

#: Relative errors this small are never outliers: timers and frequencies are no better.
_NOISE = 0.02
#: What the spectrum of a kernel takes, in blocks: one transform of two, and a product less.
_KERNEL = (0.3, 1.2)


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
    free = list(range(a.shape[1]))
    v = np.zeros(a.shape[1])
    while free:
        found = np.linalg.lstsq(a[:, free] / scale[free], t, rcond=None)[0]
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
    """Costs in nanoseconds; `kernel` in blocks, by `octave`, `block` by the length."""

    call: float
    copied: float
    filled: float
    kernel: dict[int, float]
    block: dict[int, float]

    def predict(self, t: Transform) -> float:
        """Nanoseconds of a call."""
        work = t.blocks + self.kernel[octave(t.size)]
        fixed = self.call + self.copied * t.outputs + self.filled * t.filled
        return fixed + work * self.block[t.size]


def octave(size: int) -> int:
    """The exponent of the power of 2 at or below `size`."""
    return size.bit_length() - 1


def transform_costs(times: Mapping[Transform, float], rounds: int = 6) -> TransformCosts:
    """Fit the costs of transforms to measured times.

    Parameters
    ----------
    times : mapping of Transform to float
        Nanoseconds, several for each length with different numbers of blocks.
    rounds : int
        Turns of fitting the costs for given ratios, and the ratios for given costs.

    Returns
    -------
    costs : TransformCosts
        For the lengths that were measured.
    """
    calls = list(times)
    t = np.array([times[c] for c in calls])
    sizes = sorted({c.size for c in calls})
    place = {size: i for i, size in enumerate(sizes)}
    column = np.array([place[c.size] for c in calls])
    octaves = np.array([octave(c.size) for c in calls])
    blocks = np.array([float(c.blocks) for c in calls])
    general = np.array([[1.0, c.outputs, c.filled] for c in calls])
    kernel = dict.fromkeys(map(int, sorted(set(octaves))), 0.55)
    found = np.zeros(len(sizes) + 3)
    for _ in range(rounds):
        share = np.array([kernel[int(k)] for k in octaves])
        a = np.zeros((len(calls), len(sizes) + 3))
        a[np.arange(len(calls)), column] = blocks + share
        a[:, -3:] = general
        found = robust_fit(a, t)
        block = found[column]
        rest = t - general @ found[-3:] - blocks * block
        # Of many blocks the kernel is too small a part to tell.
        few = (blocks <= 3) & (block > 0)
        # Octaves know of their neighbours: of one, a few calls only were measured.
        for k in kernel:
            near = few & (abs(octaves - k) <= 1)
            here = few & (octaves == k)
            ratios: Sequence[float] = np.concatenate([rest[i] / block[i] for i in (near, here, here)])
            if len(ratios):
                kernel[k] = float(np.clip(np.median(ratios), *_KERNEL))
    call, copied, filled = (float(v) for v in found[-3:])
    return TransformCosts(
        call, copied, filled, kernel, {s: float(found[i]) for s, i in place.items()}
    )
