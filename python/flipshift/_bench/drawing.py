"""What the charts share: colours and shapes, figures, axes, legends."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import floor, log2, log10
from textwrap import fill
from typing import Any

from .._cli.common import extra
from .results import where

#: Colours that remain apart for the colour-blind; of flipshift and of each library.
COLOURS = {
    "flipshift": "#0b3c8c",
    "scipy": "#e08214",
    "numpy": "#7fbf7b",
    "ducc0": "#8073ac",
    "mkl_fft": "#b2182b",
    "pyfftw": "#35978f",
    "cv2": "#c51b7d",
    "skimage": "#a6611a",
    "torch": "#777777",
}
STYLE = {
    "svg.hashsalt": "flipshift",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "legend.frameon": False,
}
#: Shapes, so that nothing is told by its colour alone.
MARKERS = {
    "flipshift": "D",
    "scipy": "o",
    "numpy": "s",
    "ducc0": "^",
    "mkl_fft": "v",
    "pyfftw": "P",
    "cv2": "X",
    "skimage": "p",
    "torch": "<",
}
#: Lines of several calls of one library.
DASHES = ("-", "--", ":", "-.")
#: The same for points.
FILLS = ("full", "none", "left", "bottom")
#: Sizes that fit beside each other with their names.
CATEGORIES = 10
#: Columns of a legend.
WIDE = 6


def figure(
    width: float, height: float, results: dict[str, Any], heading: str, grid: Any, legends: int = 0
) -> Any:
    """Return a figure with a heading, room for rows of legends, axes, and the machine below."""
    new = extra("matplotlib.figure", "bench").Figure(figsize=(width, height))
    axes = new.subplots(*grid, squeeze=False)
    note = fill(where(results), int(width * 17))
    bottom = (0.15 + 0.13 * (note.count("\n") + 1)) / height
    top = (0.36 + 0.2 * legends) / height
    new.text(0.01, 0.06 / height, note, fontsize=6.5, color="#555555", va="bottom")
    new.text(0.01, 1 - 0.08 / height, heading, fontsize=11, weight="bold", va="top")
    new.set_layout_engine(
        "constrained", rect=(0.01, bottom, 0.98, 1 - bottom - top), hspace=0.04, wspace=0.03
    )
    return new, axes


def colour(call: dict[str, Any]) -> str:
    """Return the colour of a library."""
    return COLOURS.get(call["library"], "#000000")


def marker(call: dict[str, Any]) -> str:
    """Return the shape of a library."""
    return MARKERS.get(call["library"], ".")


def dashes(cases: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return a line style for each name of a call."""
    names: dict[str, dict[str, None]] = {}
    for case in cases:
        for call in case["calls"]:
            names.setdefault(call["library"], {})[call["name"]] = None
    return {name: DASHES[i % len(DASHES)] for some in names.values() for i, name in enumerate(some)}


def lines(cases: list[dict[str, Any]]) -> dict[str, list[tuple[int, dict[str, Any], Any]]]:
    """Return the points of each name: size, call, case; ours last, to lie on top."""
    found: dict[str, list[tuple[int, dict[str, Any], Any]]] = {}
    for case in cases:
        for call in [*case["calls"][1:], case["calls"][0]]:
            found.setdefault(call["name"], []).append((case["size"], call, case))
    ours = found.pop("flipshift")
    return {**found, "flipshift": ours}


def in_order(dtypes: Iterable[str]) -> list[str]:
    """Return dtypes as panels show them: real ones first, single precision first."""
    order = ("float32", "float64", "complex64", "complex128")
    return sorted(dtypes, key=lambda d: order.index(d) if d in order else len(order))


def crowded(cases: list[dict[str, Any]]) -> bool:
    """Return whether sizes are too few and too close for a curve over them."""
    seen = sorted({case["size"] for case in cases})
    close = any(b < 1.05 * a for a, b in pairwise(seen))
    return close and len(seen) <= CATEGORIES


def sizes(axis: Any, cases: list[dict[str, Any]]) -> dict[int, float]:
    """Label the axis of sizes, logarithmic or of one place for each, and return the places."""
    seen = sorted({case["size"] for case in cases})
    axis.set_xlabel(cases[0]["axis"])
    if crowded(cases):
        axis.set_xticks(range(len(seen)), [str(size) for size in seen])
        axis.set_xlim(-0.5, len(seen) - 0.5)
        return {size: float(i) for i, size in enumerate(seen)}
    axis.set_xscale("log", base=2)
    if len(seen) > 5 and seen[-1] > 1000 * seen[0]:
        first, last = (round(log2(size)) for size in (seen[0], seen[-1]))
        exponents = range(first, last + 1, -(-(last - first) // 8))
        axis.set_xticks([2.0**e for e in exponents], [f"$2^{{{e}}}$" for e in exponents])
    else:
        kept: list[int] = []
        for size in seen:
            if not kept or size > (seen[-1] / seen[0]) ** 0.09 * kept[-1]:
                kept.append(size)
        axis.set_xticks(kept, [str(size) for size in kept])
    axis.set_xticks([], minor=True)
    return {size: float(size) for size in seen}


def log(axis: Any, low: float, high: float) -> None:
    """Make the x or y axis logarithmic, from low to high, with several ticks that have numbers."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    digits = (1,) if high > 300 * low else (1, 3) if high > 20 * low else (1, 2, 5)
    first, last = floor(log10(low)), floor(log10(high))
    powers = range(first, last + 1, -(-(last + 1 - first) // 7))
    ticks = [(d, e) for e in powers for d in digits if low <= d * 10.0**e <= high]
    axis.set_ticks([d * 10.0**e for d, e in ticks], [_number(d, e) for d, e in ticks])
    axis.set_minor_formatter(extra("matplotlib.ticker", "bench").NullFormatter())


def _number(digit: int, power: int) -> str:
    if -3 <= power <= 3:
        return f"{digit * 10.0**power:g}"
    return f"${digit}\\cdot10^{{{power}}}$" if digit > 1 else f"$10^{{{power}}}$"


def legend(figure: Any, axes: Any, columns: int) -> None:
    """One legend for all axes below the heading, ours first."""
    handles: dict[str, Any] = {}
    for axis in axes.flat:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    order = sorted(handles, key=lambda label: label != "flipshift")
    figure.legend(
        [handles[label] for label in order], order, loc="upper left",
        bbox_to_anchor=(0.008, 1 - 0.28 / figure.get_figheight()), ncols=columns, fontsize=8,
        borderaxespad=0.0, columnspacing=1.4,
    )  # fmt: skip


def rows(cases: Iterable[dict[str, Any]], columns: int, more: int = 0) -> int:
    """Return the rows of a legend of the calls and so many entries more."""
    return -(-(more + len({call["name"] for case in cases for call in case["calls"]})) // columns)


def plain(axis: Any, low: float, high: float) -> None:
    """Ticks of a logarithmic axis as plain numbers."""
    ticks = [
        digit * 10.0**power
        for power in range(-4, 6)
        for digit in ((1, 2, 5) if high / low < 200 else (1,))
    ]
    ticks = [tick for tick in ticks if low <= tick <= high]
    axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_ticks([], minor=True)
