"""The chart of errors against extended precision, of flipshift and of each peer.

Over size where the cases of a topic differ by it alone, else in a row for each case.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import drawing


def draw(results: dict[str, Any], topic: str, cases: list[dict[str, Any]]) -> Any:
    """Return the figure of a topic, whose cases have errors."""
    dtypes = drawing.in_order(dict.fromkeys(case["dtype"] for case in cases))
    heading = f"{topic}: error against extended precision"
    return (_over_size if _is_curve(cases) else _in_rows)(results, heading, cases, dtypes)


def _is_curve(cases: list[dict[str, Any]]) -> bool:
    places = {(case["group"], case["dtype"], case["size"]) for case in cases}
    sizes = {case["size"] for case in cases}
    return len(places) == len(cases) and len(sizes) > 3 and len({c["axis"] for c in cases}) == 1


def _style(call: dict[str, Any], dashes: str) -> dict[str, Any]:
    """How the points of a call look; several ways of one library are filled otherwise."""
    ours, fill = call["name"] == "flipshift", drawing.FILLS[drawing.DASHES.index(dashes)]
    return {
        "marker": drawing.marker(call),
        "ls": "none",
        "color": drawing.colour(call),
        "ms": 6.5 if ours else 5.0,
        "alpha": 1.0 if ours else 0.8,
        "fillstyle": "none" if ours else fill,
        "mew": 1.6 if ours else 0.4 if fill == "full" else 0.9,
        "zorder": 4 if ours else 3,
    }


def _epsilon(axis: Any, dtype: str, vertical: bool) -> None:
    epsilon = float(np.finfo(dtype).eps)
    (axis.axvline if vertical else axis.axhline)(
        epsilon, color="black", lw=0.9, ls=(0, (4, 3)), zorder=1, label="machine epsilon"
    )


def _bounds(cases: list[dict[str, Any]], dtype: str) -> tuple[float, float]:
    seen = [call["error"] for case in cases for call in case["calls"] if call["error"]]
    seen.append(float(np.finfo(dtype).eps))
    return min(seen) / 2, max(seen) * 2


def _over_size(
    results: dict[str, Any], heading: str, cases: list[dict[str, Any]], dtypes: list[str]
) -> Any:
    columns = min(len(dtypes), 2)
    rows = -(-len(dtypes) // columns)
    figure, axes = drawing.figure(
        9.5 if columns > 1 else 6, 1.1 + 3.1 * rows, results, heading, (rows, columns),
        drawing.rows(cases, drawing.WIDE, 1),
    )  # fmt: skip
    dashes = drawing.dashes(cases)
    for axis, dtype in zip(axes.flat, dtypes, strict=False):
        chosen = [case for case in cases if case["dtype"] == dtype]
        place = drawing.sizes(axis, chosen)
        for name, points in drawing.lines(chosen).items():
            points = [p for p in points if p[1]["error"]]
            if not points:
                continue
            axis.plot(
                [place[size] for size, _, _ in points], [call["error"] for _, call, _ in points],
                label=name, **_style(points[0][1], dashes[name]),
            )  # fmt: skip
        drawing.log(axis.yaxis, *_bounds(chosen, dtype))
        _epsilon(axis, dtype, vertical=False)
        axis.set_title(dtype, fontsize=9)
        axis.set_ylabel("relative error, 2-norm")
    for axis in axes.flat[len(dtypes) :]:
        axis.set_visible(False)
    drawing.legend(figure, axes, drawing.WIDE)
    return figure


def _in_rows(
    results: dict[str, Any], heading: str, cases: list[dict[str, Any]], dtypes: list[str]
) -> Any:
    names = list(dict.fromkeys(case["name"] for case in cases))
    legends = drawing.rows(cases, drawing.WIDE, 1)
    figure, axes = drawing.figure(
        9.5,
        1.2 + 0.2 * legends + 0.23 * max(4, len(names)),
        results,
        heading,
        (1, len(dtypes)),
        legends,
    )
    dashes = drawing.dashes(cases)
    for axis, dtype in zip(axes.flat, dtypes, strict=True):
        chosen = [case for case in cases if case["dtype"] == dtype]
        for name, points in drawing.lines(chosen).items():
            points = [p for p in points if p[1]["error"]]
            if not points:
                continue
            axis.plot(
                [call["error"] for _, call, _ in points],
                [names.index(case["name"]) for _, _, case in points],
                label=name, **_style(points[0][1], dashes[name]),
            )  # fmt: skip
        drawing.log(axis.xaxis, *_bounds(chosen, dtype))
        _epsilon(axis, dtype, vertical=True)
        axis.set_yticks(range(len(names)), names if axis is axes.flat[0] else [""] * len(names))
        axis.tick_params(axis="y", labelsize=7.5)
        axis.set_ylim(len(names) - 0.4, -0.6)
        axis.set_title(dtype, fontsize=9)
        axis.set_xlabel("relative error, 2-norm")
    drawing.legend(figure, axes, drawing.WIDE)
    return figure
