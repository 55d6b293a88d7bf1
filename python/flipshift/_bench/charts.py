"""Charts of results as SVG, each legible alone; the same results give the same bytes.

``speed-<group>``    rate over size, a panel for each dtype, a line for each library
``ratio-<topic>``    time of the fastest peer over ours, a bar for each case
``accuracy-<topic>`` error against extended precision, each case of ours and of the peers
``roofline``         rate over operations per byte, below the roofs of the machine
``summary``          the ratios of all cases in a row for each group
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .._cli.common import CommandError, extra
from . import chart_accuracy, chart_roofline, drawing
from .results import fastest_peer, ratio
from .tables import groups, summaries, title

WIN, LOSS = "#0b3c8c", "#b2182b"
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
    with matplotlib.rc_context(drawing.STYLE):
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
        name = "speed-" + slug(group)
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
            yield f"accuracy-{topic}", chart_accuracy.draw(results, topic, judged)
    if wanted("roofline") and any(case["share of limit"] for case in results["cases"]):
        yield "roofline", chart_roofline.draw(results)
    if wanted("summary") and any(ratio(case) is not None for case in results["cases"]):
        yield "summary", _summary(results)


def slug(group: str) -> str:
    """Return the name of a group in the name of its chart."""
    return re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")


def _panels(cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the cases of each dtype that has a curve: three sizes or more, each once."""
    panels: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        panels.setdefault(case["dtype"], []).append(case)
    panels = {k: panels[k] for k in drawing.in_order(panels)}
    return {k: v for k, v in panels.items() if len({case["size"] for case in v}) == len(v) > 2}


def _speed(results: dict[str, Any], group: str, panels: dict[str, list[dict[str, Any]]]) -> Any:
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    every = [case for cases in panels.values() for case in cases]
    figure, axes = drawing.figure(
        9.5 if columns > 1 else 6, 1.1 + 3.1 * rows, results, f"Speed: {group}", (rows, columns),
        drawing.rows(every, drawing.WIDE),
    )  # fmt: skip
    dashes = drawing.dashes(every)
    for axis, (dtype, cases) in zip(axes.flat, panels.items(), strict=False):
        rates = []
        place = drawing.sizes(axis, cases)
        crowded = drawing.crowded(cases)
        for name, points in drawing.lines(cases).items():
            ours = name == "flipshift"
            points = sorted(points, key=lambda p: p[0])
            rate = [case["operations"] / call["seconds"] / 1e9 for _, call, case in points]
            rates += rate
            call = points[0][1]
            axis.plot(
                [place[size] for size, _, _ in points], rate,
                ls="none" if crowded else dashes[name], label=name, color=drawing.colour(call),
                lw=2.4 if ours else 1.2, marker=drawing.marker(call), ms=6 if ours else 4.5,
            )  # fmt: skip
        if max(rates) > 30 * min(rates):
            drawing.log(axis.yaxis, min(rates) / 1.5, max(rates) * 1.5)
        else:
            axis.set_ylim(0)
        axis.set_title(dtype, fontsize=9)
        axis.set_ylabel("Gflop/s by the definition")
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    drawing.legend(figure, axes, drawing.WIDE)
    return figure


def _ratio(results: dict[str, Any], topic: str, cases: list[dict[str, Any]]) -> Any:
    heading = f"{topic}: time of the fastest peer over flipshift's"
    figure, axes = drawing.figure(8.5, 1.3 + 0.19 * len(cases), results, heading, (1, 1))
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
    drawing.plain(axis.xaxis, low / 1.3, high * 2)
    return figure


def _summary(results: dict[str, Any]) -> Any:
    rows = [s for s in summaries(results) if s.name != "all"]
    everything = summaries(results)[-1]
    cases = groups(results)
    heading = f"flipshift against the fastest peer in {everything.count} cases"
    figure, axes = drawing.figure(8.5, 1.75 + 0.22 * len(rows), results, heading, (1, 1))
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
        axis.plot([s.mean], [place], "|", ms=13, mew=2.6, color="black", zorder=2)
        dots = {"mew": 0.4, "mec": "white"}
        won, lost = [r for r in ratios if r >= 1], [r for r in ratios if r < 1]
        axis.plot(won, [place] * len(won), "o", ms=4.5, alpha=0.6, color=WIN, zorder=3, **dots)
        axis.plot(lost, [place] * len(lost), "X", ms=6, color=LOSS, zorder=4, **dots)
    axis.set_yticks(
        range(len(rows)), [f"{s.name} ({s.count}): {s.mean:.1f}×" for s in rows], fontsize=8
    )
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.grid(axis="y", color="#eeeeee")
    drawing.plain(axis.xaxis, low, high)
    axis.set_xlabel(
        "time of the fastest peer over flipshift's\n"
        "a dot: one case (red cross: flipshift is slower); a bar: geometric mean of the group\n"
        f"all cases: geometric mean {everything.mean:.2f}, worst {everything.worst:.2f} "
        f"({everything.worst_case}), slower in {everything.losses or 'none'}"
    )
    return figure
