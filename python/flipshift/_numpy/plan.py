"""Plans without a native backend: nothing is kept, so everything goes the general way."""

from __future__ import annotations

from typing import Any

__all__ = ["LinePlan", "describe", "plan_cache_clear", "plan_cache_info"]


class LinePlan:
    """What `flipshift.fft.Plan` derives from."""

    __slots__ = ()

    def __new__(cls, kind: str, n: int, single: bool, forward: bool, scale: float, /) -> LinePlan:
        """Make a plan, of which only the methods of the subclass count."""
        return super().__new__(cls)

    def __call__(self, x: Any, out: Any = None) -> Any:
        """Transform `x`."""
        return self._general(x, out)

    def _general(self, x: Any, out: Any = None) -> Any:
        raise NotImplementedError


def describe(n: int, lines: int, contiguous: bool, real: bool, single: bool) -> str:
    """Say that NumPy does it."""
    return f"numpy.fft of length {n}"


def plan_cache_info() -> list[tuple[str, int, int, int, int, int]]:
    """List no caches, as there are none."""
    return []


def plan_cache_clear() -> None:
    """Do nothing."""
