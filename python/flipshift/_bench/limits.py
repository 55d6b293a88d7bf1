"""The limits of the machine, and the share of them that a case reaches.

A limit is a time: operations of the method that is taken (``work.py``) over the peak rate of
multiply-adds, or bytes by the definition over the bandwidth of a copy in the smallest cache that
holds them, whichever is longer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from .._backend import core

#: Assumed where the system does not say.
TYPICAL = {"L1": 32 * 2**10, "L2": 2**19, "L3": 2**24}
_SYSTEM = Path("/sys/devices/system/cpu/cpu0/cache")


def cache_sizes(folder: Path = _SYSTEM) -> dict[str, int]:
    """Return the bytes of the data caches of the first processor.

    Examples
    --------
    >>> sorted(cache_sizes())
    ['L1', 'L2', 'L3']
    """
    sizes = dict(TYPICAL)
    for index in sorted(folder.glob("index*")):
        try:
            kind, level, size = (
                (index / name).read_text("ascii").strip() for name in ("type", "level", "size")
            )
        except OSError:
            continue
        match = re.fullmatch(r"(\d+)([KM]?)", size)
        if kind != "Instruction" and match and f"L{level}" in sizes:
            unit = {"": 1, "K": 2**10, "M": 2**20}[match[2]]
            sizes[f"L{level}"] = int(match[1]) * unit
    return sizes


class Limits:
    """Measures the limits, and keeps the best of several measurements.

    Parameters
    ----------
    threads : int
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self.caches = cache_sizes()
        self.operations: dict[str, float] = {}
        self.bandwidth: dict[str, dict[str, float]] = {}

    def measure(self, seconds: float = 0.05) -> None:
        """Measure all of them, each for so many seconds."""
        for dtype in ("float32", "float64"):
            rate = core.peak_operations(np.dtype(dtype), seconds, self.threads)
            self.operations[dtype] = max(rate, self.operations.get(dtype, 0.0))
        # A copy that fills half of a cache, beside whatever else is there.
        memory = min(max(4 * self.caches["L3"], 2**27), 2**28)
        for level, size in (*self.caches.items(), ("memory", 2 * memory)):
            each = size // 2 // (self.threads if level in ("L3", "memory") else 1)
            rate = core.copy_bandwidth(each, seconds, self.threads)
            known = self.bandwidth.setdefault(level, {"bytes": float(size // 2), "rate": 0.0})
            known["rate"] = max(rate, known["rate"])

    def as_json(self) -> dict[str, Any]:
        """Return what the results keep."""
        return {
            "threads": self.threads,
            "caches": self.caches,
            "operations per second": self.operations,
            "copy bandwidth": {level: known["rate"] for level, known in self.bandwidth.items()},
        }


def level(limits: dict[str, Any], bytes_: float) -> str:
    """Return the smallest cache that holds so many bytes, or 'memory'.

    Examples
    --------
    >>> level({"caches": {"L1": 100, "L2": 1000}}, 200)
    'L2'
    """
    for name, size in sorted(limits["caches"].items()):
        if bytes_ <= size:
            return str(name)
    return "memory"


def share(limits: dict[str, Any], case: dict[str, Any]) -> float | None:
    """Return the part of the limit that flipshift reaches in a case of the results.

    Parameters
    ----------
    limits : dict
        As `Limits.as_json` returns it.
    case : dict
        As in the results.

    Returns
    -------
    float or None
        1 at the limit; None for integers.
    """
    precision = {"f": "float32", "F": "float32", "d": "float64", "D": "float64"}.get(
        np.dtype(case["dtype"]).char
    )
    if precision is None or not limits["operations per second"]:
        return None
    needed = max(
        case["work"] / limits["operations per second"][precision],
        case["bytes"] / limits["copy bandwidth"][level(limits, case["bytes"])],
    )
    return float(needed / case["calls"][0]["seconds"])
