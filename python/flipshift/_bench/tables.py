"""Tables of results: on the screen with rich, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log
from typing import Any

from .._cli.common import extra
from .._cli.race import in_words
from .results import fastest_peer, ratio


@dataclass(frozen=True)
class Summary:
    """How the cases of a group end.

    Attributes
    ----------
    name : str
    count : int
    mean : float
        Geometric mean of the ratios of all cases.
    worst : float
    worst_case : str
    losses : int
        Cases with a ratio below 1.
    """

    name: str
    count: int
    mean: float
    worst: float
    worst_case: str
    losses: int


def title(case: dict[str, Any]) -> str:
    """Return what a row or bar is called."""
    return f"{case['name']} {case['dtype']}"


def summarize(name: str, cases: Iterable[dict[str, Any]]) -> Summary | None:
    """Return how cases end, or None if none of them has a peer.

    Examples
    --------
    >>> calls = [{"seconds": 1.0}, {"seconds": 4.0}]
    >>> case = {"name": "a", "dtype": "f", "calls": calls}
    >>> other = {"name": "b", "dtype": "f", "calls": calls[::-1]}
    >>> summarize("both", [case, other])
    Summary(name='both', count=2, mean=1.0, worst=0.25, worst_case='b f', losses=1)
    """
    ratios = [(r, title(case)) for case in cases if (r := ratio(case)) is not None]
    if not ratios:
        return None
    mean = exp(sum(log(r) for r, _ in ratios) / len(ratios))
    worst, worst_case = min(ratios)
    return Summary(name, len(ratios), mean, worst, worst_case, sum(r < 1 for r, _ in ratios))


def groups(results: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the cases by group, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for case in results["cases"]:
        found.setdefault(case["group"], []).append(case)
    return found


def summaries(results: dict[str, Any]) -> list[Summary]:
    """Return how each group ends, and last all cases together."""
    found = [summarize(name, cases) for name, cases in groups(results).items()]
    return [s for s in (*found, summarize("all", results["cases"])) if s is not None]


@dataclass(frozen=True)
class Accuracy:
    """The largest errors of a group in one precision, in units of the machine epsilon.

    Attributes
    ----------
    name : str
        Of the group.
    precision : str
        'single' or 'double'.
    count : int
        Cases that have errors.
    largest : dict of str to float
        For flipshift and each library; of the fastest of its calls where it has several.
    """

    name: str
    precision: str
    count: int
    largest: dict[str, float]


def accuracies(results: dict[str, Any]) -> list[Accuracy]:
    """Return the errors of each group, which has none where nothing could be compared."""
    found = []
    for name, cases in groups(results).items():
        for precision, dtypes in (
            ("single", ("float32", "complex64")),
            ("double", ("float64", "complex128")),
        ):
            judged = [
                case
                for case in cases
                if case["dtype"] in dtypes and case["calls"][0]["error"] is not None
            ]
            largest: dict[str, float] = {}
            for case in judged:
                fastest: dict[str, dict[str, Any]] = {}
                for call in sorted(case["calls"], key=lambda c: -c["seconds"]):
                    fastest[call["library"]] = call
                for library, call in fastest.items():
                    error = call["error"] / _EPSILON[precision]
                    largest[library] = max(error, largest.get(library, 0.0))
            if judged:
                found.append(Accuracy(name, precision, len(judged), largest))
    return found


_EPSILON = {"single": 2.0**-23, "double": 2.0**-52}
#: What a table of errors says above it.
ERRORS = (
    "Largest relative errors of each group (2-norm, against extended precision), "
    "in units of the machine epsilon"
)


def _libraries(some: Iterable[Accuracy]) -> list[str]:
    return list(dict.fromkeys(["flipshift", *(name for a in some for name in a.largest)]))


def _units(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _style(value: float) -> str:
    return "bold red" if value < 1 else "green" if value >= 1.5 else "yellow"


def _share(case: dict[str, Any]) -> str:
    share = case["share of limit"]
    return "" if share is None else f"{100 * share:.0f} %"


def screen(results: dict[str, Any]) -> list[Any]:
    """Return the tables for the screen: the cases, then the groups."""
    new = extra("rich.table", "bench").Table
    threads = results["settings"]["threads"]
    rows = new(
        title=f"Times of one call, the least of all rounds; {threads} thread{'s' * (threads > 1)}",
        caption="Ratio: the time of the fastest peer over flipshift's; red where flipshift is "
        "slower. Limit: the time that the method's operations or the arguments' bytes need at the "
        "machine's peak, over flipshift's.",
    )
    for name in ("case", "dtype", "flipshift", "limit", "fastest peer", "", "ratio"):
        left = name in ("case", "dtype", "fastest peer")
        folds = name in ("case", "fastest peer")
        rows.add_column(name, justify="left" if left else "right", no_wrap=not folds)
    for name, cases in groups(results).items():
        for case in cases:
            best, found = fastest_peer(case), ratio(case)
            row = [case["name"], case["dtype"], in_words(case["calls"][0]["seconds"]), _share(case)]
            if best is not None and found is not None:
                row += [best["name"], in_words(best["seconds"])]
                row += [f"[{_style(found)}]{found:.2f}[/]"]
            rows.add_row(*row)
        sum_ = summarize(name, cases)
        if sum_ is not None and len(cases) > 1:
            rows.add_row(
                f"[italic]{name}: geometric mean", "", "", "", "", "",
                f"[{_style(sum_.mean)}]{sum_.mean:.2f}[/]",
            )  # fmt: skip
        rows.add_section()
    ends = new(title="Ratios of each group")
    for name in ("group", "cases", "geometric mean", "worst", "worst case", "losses"):
        ends.add_column(name, justify="left" if name in ("group", "worst case") else "right")
    for s in summaries(results):
        if s.name == "all":
            ends.add_section()
        ends.add_row(
            s.name, str(s.count), f"[{_style(s.mean)}]{s.mean:.2f}[/]",
            f"[{_style(s.worst)}]{s.worst:.2f}[/]", s.worst_case,
            f"[bold red]{s.losses}[/]" if s.losses else "0",
        )  # fmt: skip
    errors = new(title=ERRORS)
    some = accuracies(results)
    libraries = _libraries(some)
    for name in ("group", "precision", *libraries):
        errors.add_column(name, justify="left" if name in ("group", "precision") else "right")
    for a in some:
        errors.add_row(a.name, a.precision, *(_units(a.largest.get(name)) for name in libraries))
    return [rows, ends, *([errors] if some else [])]


def markdown_cases(results: dict[str, Any]) -> str:
    """Return the table of all cases in Markdown; slower ones are in bold."""
    lines = [
        "| case | dtype | flipshift | of the limit | fastest peer | ratio |",
        "| --- | --- | --: | --: | --: | --: |",
    ]
    for case in results["cases"]:
        best, found = fastest_peer(case), ratio(case)
        if best is None or found is None:
            continue
        shown = f"**{found:.2f}**" if found < 1 else f"{found:.1f}"
        lines.append(
            f"| {case['name']} | {case['dtype']} | {in_words(case['calls'][0]['seconds'])} "
            f"| {_share(case)} | {best['name']}, {in_words(best['seconds'])} | {shown} |"
        )
    return "\n".join(lines)


def markdown_errors(results: dict[str, Any]) -> str:
    """Return the table of errors in Markdown, or '' if there are none."""
    some = accuracies(results)
    if not some:
        return ""
    libraries = _libraries(some)
    lines = [
        f"| group | precision | {' | '.join(libraries)} |",
        f"| --- | --- |{' --: |' * len(libraries)}",
    ]
    for a in some:
        figures = " | ".join(_units(a.largest.get(name)) for name in libraries)
        lines.append(f"| {a.name} | {a.precision} | {figures} |")
    return "\n".join(lines)


def markdown_groups(results: dict[str, Any]) -> str:
    """Return the table of the groups in Markdown; groups with losses show their number in bold."""
    lines = [
        "| group | cases | geometric mean | worst | worst case | slower in |",
        "| --- | --: | --: | --: | --- | --: |",
    ]
    for s in summaries(results):
        losses = f"**{s.losses}**" if s.losses else "0"
        lines.append(
            f"| {s.name} | {s.count} | {s.mean:.2f} | {s.worst:.2f} | {s.worst_case} | {losses} |"
        )
    return "\n".join(lines)
