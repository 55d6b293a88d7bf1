"""Charts of results as SVG, each legible alone; the same results give the same bytes.

``speed-<group>``    rate over size, a panel for each dtype, a line for each library
``ratio-<topic>``    time of the fastest peer over ours, a bar for each case
``accuracy-<topic>`` error against extended precision, each case of ours and of the peers
``roofline``         rate over operations per byte, below the roofs of the machine
``summary``          the ratios of all cases in a row for each group
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import log2
from pathlib import Path
from textwrap import fill
from typing import Any

from .._cli.common import CommandError, extra
from .limits import level
from .results import fastest_peer, ratio, where
from .tables import groups, summaries, title

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
WIN, LOSS = "#0b3c8c", "#b2182b"
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
#: Lines of several calls of one library.
DASHES = ("-", "--", ":", "-.")
#: The same for points.
MARKERS = dict(zip(DASHES, "os^v", strict=True))
#: Columns of a legend.
WIDE = 6
#: Bars that one chart has at most; more are another chart.
BARS = 60


def draw(results: dict[str, Any], folder: Path, only: Sequence[str] = ()) -> list[Path]:
    """Write the charts that the results have figures for.

    Parameters
    ----------
    results : dict
    folder : Path
        Made if it is not there.
    only : sequence of str, optional
        The names of charts to write, without '.svg'; all by default.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    CommandError
        If matplotlib is missing or a file cannot be written.
    """
    matplotlib = extra("matplotlib", "bench")
    extra("matplotlib.figure", "bench")
    written = []
    with matplotlib.rc_context(STYLE):
        for name, figure in _figures(results, only):
            path = folder / f"{name}.svg"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                figure.savefig(path, metadata={"Date": None, "Title": name})
            except OSError as error:
                raise CommandError(f"cannot write {str(path)!r}: {error.strerror}") from error
            written.append(path)
    return written


def _figures(results: dict[str, Any], only: Sequence[str]) -> Iterator[tuple[str, Any]]:
    def wanted(name: str) -> bool:
        return not only or name in only

    for group, cases in groups(results).items():
        name = "speed-" + _slug(group)
        if wanted(name) and (panels := _panels(cases)):
            yield name, _speed(results, group, panels)
    topics = dict.fromkeys(case["topic"] for case in results["cases"])
    for topic in topics:
        cases = [case for case in results["cases"] if case["topic"] == topic]
        compared = [case for case in cases if ratio(case) is not None]
        for start in range(0, len(compared), BARS):
            name = f"ratio-{topic}" + (f"-{start // BARS + 1}" if len(compared) > BARS else "")
            if wanted(name):
                yield name, _ratio(results, topic, compared[start : start + BARS])
        judged = [case for case in cases if case["calls"][0]["error"] is not None]
        if wanted(f"accuracy-{topic}") and judged:
            yield f"accuracy-{topic}", _accuracy(results, topic, judged)
    if wanted("roofline") and any(case["share of limit"] for case in results["cases"]):
        yield "roofline", _roofline(results)
    if wanted("summary") and any(ratio(case) is not None for case in results["cases"]):
        yield "summary", _summary(results)


def _slug(group: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")


def _figure(
    width: float, height: float, results: dict[str, Any], heading: str, grid: Any, legends: int = 0
) -> Any:
    """Return a figure with a heading, room for rows of legends, axes, and the machine below."""
    figure = extra("matplotlib.figure", "bench").Figure(figsize=(width, height))
    axes = figure.subplots(*grid, squeeze=False)
    note = fill(where(results), int(width * 17))
    bottom = (0.15 + 0.13 * (note.count("\n") + 1)) / height
    top = (0.36 + 0.2 * legends) / height
    figure.text(0.01, 0.06 / height, note, fontsize=6.5, color="#555555", va="bottom")
    figure.text(0.01, 1 - 0.08 / height, heading, fontsize=11, weight="bold", va="top")
    figure.set_layout_engine(
        "constrained", rect=(0.01, bottom, 0.98, 1 - bottom - top), hspace=0.04, wspace=0.03
    )
    return figure, axes


def _colour(call: dict[str, Any]) -> str:
    return COLOURS.get(call["library"], "#000000")


def _dashes(cases: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return a line style for each name of a call."""
    names: dict[str, dict[str, None]] = {}
    for case in cases:
        for call in case["calls"]:
            names.setdefault(call["library"], {})[call["name"]] = None
    return {name: DASHES[i % len(DASHES)] for some in names.values() for i, name in enumerate(some)}


def _panels(cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the cases of each dtype that has a curve: three sizes or more, each once."""
    panels: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        panels.setdefault(case["dtype"], []).append(case)
    return {k: v for k, v in panels.items() if len({case["size"] for case in v}) == len(v) > 2}


def _lines(cases: list[dict[str, Any]]) -> dict[str, list[tuple[int, dict[str, Any], Any]]]:
    """Return the points of each name: size, call, case; ours last, to lie on top."""
    lines: dict[str, list[tuple[int, dict[str, Any], Any]]] = {}
    for case in cases:
        for call in [*case["calls"][1:], case["calls"][0]]:
            lines.setdefault(call["name"], []).append((case["size"], call, case))
    ours = lines.pop("flipshift")
    return {**lines, "flipshift": ours}


def _sizes(axis: Any, cases: list[dict[str, Any]]) -> None:
    """Label the axis of sizes, which is logarithmic."""
    sizes = sorted({case["size"] for case in cases})
    axis.set_xscale("log", base=2)
    if len(sizes) > 5 and sizes[-1] > 1000 * sizes[0]:
        first, last = (round(log2(size)) for size in (sizes[0], sizes[-1]))
        exponents = range(first, last + 1, -(-(last - first) // 8))
        axis.set_xticks([2.0**e for e in exponents], [f"$2^{{{e}}}$" for e in exponents])
    else:
        kept: list[int] = []
        for size in sizes:
            if not kept or size > (sizes[-1] / sizes[0]) ** 0.09 * kept[-1]:
                kept.append(size)
        axis.set_xticks(kept, [str(size) for size in kept])
    axis.set_xticks([], minor=True)
    axis.set_xlabel(cases[0]["axis"])


def _log(axis: Any) -> None:
    """Make the x or y axis logarithmic, with labels at powers of ten."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_minor_formatter(extra("matplotlib.ticker", "bench").NullFormatter())


def _speed(results: dict[str, Any], group: str, panels: dict[str, list[dict[str, Any]]]) -> Any:
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    every = [case for cases in panels.values() for case in cases]
    figure, axes = _figure(
        9.5 if columns > 1 else 6, 1.1 + 3.1 * rows, results, f"Speed: {group}", (rows, columns),
        _rows(every, WIDE),
    )  # fmt: skip
    dashes = _dashes(every)
    for axis, (dtype, cases) in zip(axes.flat, panels.items(), strict=False):
        rates = []
        for name, points in _lines(cases).items():
            ours = name == "flipshift"
            points = sorted(points, key=lambda p: p[0])
            rate = [case["operations"] / call["seconds"] / 1e9 for _, call, case in points]
            rates += rate
            axis.plot(
                [size for size, _, _ in points], rate, dashes[name], label=name,
                color=_colour(points[0][1]), lw=2.4 if ours else 1.2, marker="o",
                ms=4.5 if ours else 3,
            )  # fmt: skip
        if max(rates) > 30 * min(rates):
            _log(axis.yaxis)
        else:
            axis.set_ylim(0)
        axis.set_title(dtype, fontsize=9)
        axis.set_ylabel("Gflop/s by the definition")
        _sizes(axis, cases)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    _legend(figure, axes, WIDE)
    return figure


def _legend(figure: Any, axes: Any, columns: int) -> None:
    """One legend for all axes below the heading, ours first."""
    handles: dict[str, Any] = {}
    for axis in axes.flat:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    order = sorted(handles, key=lambda label: label != "flipshift")
    figure.legend(
        [handles[label] for label in order], order, loc="upper left",
        bbox_to_anchor=(0.0, 1 - 0.28 / figure.get_figheight()), ncols=columns, fontsize=8,
        borderaxespad=0.0, columnspacing=1.4,
    )  # fmt: skip


def _rows(cases: Iterable[dict[str, Any]], columns: int) -> int:
    """Rows of a legend of the calls."""
    return -(-len({call["name"] for case in cases for call in case["calls"]}) // columns)


def _ratio(results: dict[str, Any], topic: str, cases: list[dict[str, Any]]) -> Any:
    heading = f"{topic}: time of the fastest peer over flipshift's"
    figure, axes = _figure(8.5, 1.3 + 0.19 * len(cases), results, heading, (1, 1))
    axis = axes[0, 0]
    found = [ratio(case) or 1.0 for case in cases]
    places = range(len(cases))
    axis.barh(
        places, [r - 1 for r in found], left=1, height=0.7,
        color=[WIN if r >= 1 else LOSS for r in found],
    )  # fmt: skip
    axis.set_xscale("log")
    low, high = min(0.7, *found), max(2.0, *found)
    axis.set_xlim(low / 1.3, high * (high / low) ** 0.35)
    for place, case, r in zip(places, cases, found, strict=True):
        best = fastest_peer(case) or {}
        axis.text(
            max(r, 1) * (high / low) ** 0.01, place, f"{r:.2f} {best['name']}", va="center",
            fontsize=7, color="#333333" if r >= 1 else LOSS,
        )  # fmt: skip
    axis.axvline(1, color="black", lw=0.8)
    axis.set_yticks(places, [title(case) for case in cases], fontsize=7)
    axis.set_ylim(len(cases) - 0.4, -0.6)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel("ratio (right of 1: flipshift is faster); beside it, the fastest peer")
    _plain(axis.xaxis, low / 1.3, high * 2)
    return figure


def _plain(axis: Any, low: float, high: float) -> None:
    """Ticks of a logarithmic axis as plain numbers."""
    ticks = [
        digit * 10.0**power
        for power in range(-4, 6)
        for digit in ((1, 2, 5) if high / low < 200 else (1,))
    ]
    ticks = [tick for tick in ticks if low <= tick <= high]
    axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_ticks([], minor=True)


def _accuracy(results: dict[str, Any], topic: str, cases: list[dict[str, Any]]) -> Any:
    dtypes = list(dict.fromkeys(case["dtype"] for case in cases))
    columns = min(len(dtypes), 2)
    rows = -(-len(dtypes) // columns)
    figure, axes = _figure(
        9.5 if columns > 1 else 6, 1.1 + 3.1 * rows, results,
        f"{topic}: error against extended precision", (rows, columns), _rows(cases, WIDE),
    )  # fmt: skip
    dashes = _dashes(cases)
    for axis, dtype in zip(axes.flat, dtypes, strict=False):
        chosen = [case for case in cases if case["dtype"] == dtype]
        for name, points in _lines(chosen).items():
            ours = name == "flipshift"
            axis.plot(
                [size for size, _, _ in points], [call["error"] or 0 for _, call, _ in points],
                "D" if ours else MARKERS[dashes[name]], label=name, color=_colour(points[0][1]),
                ms=5.5 if ours else 3.5, alpha=1.0 if ours else 0.75,
                mfc="none" if ours else None, mew=1.4 if ours else 0.5,
            )  # fmt: skip
        seen = [call["error"] for case in chosen for call in case["calls"] if call["error"]]
        _log(axis.yaxis)
        axis.set_ylim(min(seen) / 2.5, max(seen) * 2.5)
        axis.set_title(dtype, fontsize=9)
        axis.set_ylabel("relative error, 2-norm")
        _sizes(axis, chosen)
    for axis in axes.flat[len(dtypes) :]:
        axis.set_visible(False)
    _legend(figure, axes, WIDE)
    return figure


def _roofline(results: dict[str, Any]) -> Any:
    limits = results["limits"]
    figure, axes = _figure(
        10.5,
        5.4,
        results,
        "Roofline: what flipshift reaches, and what the machine allows",
        (1, 2),
        4,
    )
    cases = [case for case in results["cases"] if case["share of limit"] is not None]
    topics = list(dict.fromkeys(case["topic"] for case in cases))
    palette = dict(zip(topics, [*COLOURS.values(), "#000000"], strict=False))
    levels = {"L1": "o", "L2": "s", "L3": "^", "memory": "D"}
    intensities = [case["operations"] / case["bytes"] for case in cases]
    low, high = min(intensities) / 2, max(intensities) * 2
    for axis, precision in zip(axes.flat, ("float32", "float64"), strict=True):
        peak = limits["operations per second"][precision] / 1e9
        axis.axhline(peak, color="black", lw=1.2)
        axis.text(high, peak * 1.08, f"multiply-adds: {peak:.0f} Gflop/s", fontsize=7, ha="right")
        for name, style in zip(levels, DASHES, strict=True):
            rate = limits["copy bandwidth"][name] / 1e9
            axis.plot([low, peak / rate], [low * rate, peak], style, color="#555555", lw=1,
                      label=f"{name}: {rate:.0f} GB/s")  # fmt: skip
        for topic in topics:
            for name, marker in levels.items():
                points = [
                    case for case in cases
                    if case["topic"] == topic and level(limits, case["bytes"]) == name
                    and case["dtype"] in (precision, _complex(precision))
                ]  # fmt: skip
                axis.plot(
                    [case["operations"] / case["bytes"] for case in points],
                    [case["operations"] / case["calls"][0]["seconds"] / 1e9 for case in points],
                    marker, color=palette[topic], ms=4, alpha=0.8, mew=0.3, mec="white",
                )  # fmt: skip
            if any(case["topic"] == topic for case in cases):
                axis.plot([], [], "o", color=palette[topic], ms=4, label=topic)
        _log(axis.xaxis)
        _log(axis.yaxis)
        axis.set_xlim(low, high)
        axis.set_title(f"{precision} and {_complex(precision)}", fontsize=9)
        axis.set_xlabel("operations per byte, by the definition")
        axis.set_ylabel("Gflop/s by the definition")
    _legend(figure, axes, WIDE)
    figure.text(
        0.01, 1 - 0.86 / 5.4, "circles: arguments and result fit into L1; squares: L2; triangles: "
        "L3; diamonds: memory. Above the roof: by fewer operations than the definition's.",
        fontsize=7, va="top", color="#555555",
    )  # fmt: skip
    return figure


def _complex(precision: str) -> str:
    return {"float32": "complex64", "float64": "complex128"}[precision]


def _summary(results: dict[str, Any]) -> Any:
    rows = [s for s in summaries(results) if s.name != "all"]
    everything = summaries(results)[-1]
    cases = groups(results)
    heading = f"flipshift against the fastest peer in {everything.count} cases"
    figure, axes = _figure(8.5, 1.75 + 0.22 * len(rows), results, heading, (1, 1))
    axis = axes[0, 0]
    found = {s.name: [r for c in cases[s.name] if (r := ratio(c)) is not None] for s in rows}
    every = [r for some in found.values() for r in some]
    low, high = min(0.7, *every) / 1.2, max(2.0, *every) * 1.3
    axis.set_xscale("log")
    axis.set_xlim(low, high)
    axis.axvspan(low, 1, color="#b2182b", alpha=0.07, lw=0)
    axis.axvline(1, color="black", lw=0.9)
    for place, s in enumerate(rows):
        ratios = found[s.name]
        axis.plot(ratios, [place] * len(ratios), "o", ms=4, alpha=0.45, mew=0, color=WIN, zorder=2)
        lost = [r for r in ratios if r < 1]
        axis.plot(lost, [place] * len(lost), "o", ms=4.5, mew=0, color=LOSS, zorder=3)
        axis.plot([s.mean], [place], "|", ms=13, mew=2.6, color="black", zorder=4)
    axis.set_yticks(
        range(len(rows)), [f"{s.name} ({s.count}): {s.mean:.1f}×" for s in rows], fontsize=8
    )
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.grid(axis="y", color="#eeeeee")
    _plain(axis.xaxis, low, high)
    axis.set_xlabel(
        "time of the fastest peer over flipshift's\n"
        "a dot: one case (red: flipshift is slower); a bar: geometric mean of the group\n"
        f"all cases: geometric mean {everything.mean:.2f}, worst {everything.worst:.2f} "
        f"({everything.worst_case}), slower in {everything.losses}"
    )
    return figure
