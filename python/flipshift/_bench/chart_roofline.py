"""The roofline: what flipshift reaches below each limit of the machine."""

from __future__ import annotations

from typing import Any

from . import drawing
from .limits import level

#: A colour and a shape for each topic.
LOOKS = (
    ("#0b3c8c", "o"), ("#e08214", "s"), ("#35978f", "^"), ("#8073ac", "v"), ("#b2182b", "D"),
    ("#4d9221", "P"), ("#c51b7d", "X"), ("#a6611a", "p"), ("#555555", "<"),
)  # fmt: skip
LEVELS = ("L1", "L2", "L3", "memory")


def draw(results: dict[str, Any]) -> Any:
    """Return the figure."""
    limits = results["limits"]
    cases = [case for case in results["cases"] if case["share of limit"] is not None]
    topics = list(dict.fromkeys(case["topic"] for case in cases))
    looks = {topic: LOOKS[i % len(LOOKS)] for i, topic in enumerate(topics)}
    levels = [name for name in LEVELS if any(level(limits, c["bytes"]) == name for c in cases)]
    legends = -(-len(topics) // drawing.WIDE)
    figure, axes = drawing.figure(
        max(6.0, 1.0 + 2.75 * len(levels)), 6.9 + 0.2 * legends, results,
        "Roofline: what flipshift reaches, and what the machine allows", (2, len(levels)), legends,
    )  # fmt: skip
    intensities = [case["work"] / case["bytes"] for case in cases]
    rates = [_rate(case) for case in cases]
    low, high = min(intensities) / 2, max(intensities) * 2
    top = max(limits["operations per second"].values()) / 1e9
    for row, precision in zip(axes, ("float32", "float64"), strict=True):
        dtypes = (precision, {"float32": "complex64", "float64": "complex128"}[precision])
        for axis, name in zip(row, levels, strict=True):
            peak = limits["operations per second"][precision] / 1e9
            copy = limits["copy bandwidth"][name] / 1e9
            ridge = peak / copy
            axis.plot([low, ridge, high], [low * copy, peak, peak], color="black", lw=1.2)
            axis.text(high, peak * 1.1, f"{peak:.0f} Gflop/s", fontsize=7, ha="right")
            axis.text(
                0.03, 0.97, f"{name}: {copy:.0f} GB/s", fontsize=7, va="top",
                transform=axis.transAxes,
            )  # fmt: skip
            for topic in topics:
                colour, marker = looks[topic]
                points = [
                    case for case in cases
                    if case["topic"] == topic and case["dtype"] in dtypes
                    and level(limits, case["bytes"]) == name
                ]  # fmt: skip
                axis.plot(
                    [case["work"] / case["bytes"] for case in points],
                    [_rate(case) for case in points],
                    marker, color=colour, ms=4.5, alpha=0.75, mew=0.3, mec="white", label=topic,
                )  # fmt: skip
            drawing.log(axis.xaxis, low, high)
            drawing.log(axis.yaxis, min(*rates, top) / 2, top * 3)
            where = "in memory" if name == "memory" else f"within {name}"
            axis.set_title(f"{dtypes[0]}, {dtypes[1]}, {where}", fontsize=8)
            if precision == "float64":
                axis.set_xlabel("operations per byte")
            if axis is row[0]:
                axis.set_ylabel("Gflop/s")
    drawing.legend(figure, axes, drawing.WIDE)
    return figure


def _rate(case: dict[str, Any]) -> float:
    return float(case["work"] / case["calls"][0]["seconds"] / 1e9)
