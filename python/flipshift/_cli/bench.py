"""``python -m flipshift bench``: times against the other libraries at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .._bench import TOPICS, Call, Case, cases, peers
from .._bench.runner import FULL, QUICK, Measured, measure
from .common import CommandError, extra, need

#: What tells the common numerical libraries how many threads to use; they read it when loaded.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: Columns that the table fits into without folding names.
WIDTH = 116


def run(
    topics: Sequence[str] = (),
    quick: bool = False,
    threads: int = 1,
    libraries: str | None = None,
    out: str = "flipshift-bench",
    earlier: str | None = None,
    as_markdown: bool = False,
) -> int:
    """Measure cases, print their tables, and write the results and charts of them.

    Libraries read their number of threads when they are loaded; where the environment says another
    than is asked for, the measuring is done by a new process for which it does.

    Parameters
    ----------
    topics : sequence of str, optional
        Of `flipshift._bench.TOPICS`; none means all.
    quick : bool, optional
        Fewer cases and rounds.
    threads : int, optional
        Of each library.
    libraries : str, optional
        The peers, separated by commas; by default all that are installed.
    out : str, optional
        The folder for ``results.json`` and the charts.
    earlier : str, optional
        A file of earlier results to compare with.
    as_markdown : bool, optional
        Print the tables for a page of text.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If a topic or peer is unknown, a package is missing, or a file cannot be read or written.
    """
    from .._bench import charts, compare, results, tables

    chosen_peers = _check(topics, threads, libraries)
    before = None if earlier is None else results.load(earlier)
    need(("rich.table", "rich.progress", "matplotlib.figure", "scipy.signal"), "bench")
    if any(os.environ.get(name) != str(threads) for name in THREADS):
        environment = {**os.environ, **dict.fromkeys(THREADS, str(threads))}
        command = [sys.executable, "-m", "flipshift", "bench", *topics, "--out", out]
        command += ["--threads", str(threads), "--peers", ",".join(chosen_peers)]
        command += ["--quick"] * quick + ["--markdown"] * as_markdown
        command += [] if earlier is None else ["--compare", earlier]
        return subprocess.call(command, env=environment)

    found = collect(topics, quick, threads, chosen_peers)
    folder = Path(out)
    results.save(found, folder / "results.json")
    new = extra("rich.console", "bench").Console
    console = new(highlight=False)
    if not console.is_terminal:  # then nothing limits the width
        console = new(highlight=False, width=max(console.width, WIDTH))
    if as_markdown:
        for text in (
            tables.markdown_cases(found),
            tables.markdown_groups(found),
            tables.markdown_errors(found),
        ):
            console.print(text + "\n", soft_wrap=True, markup=False)
    else:
        for table in tables.screen(found):
            console.print(table)
            console.print()
    console.print(results.where(found), soft_wrap=True, markup=False)
    drawn = charts.draw(found, folder)
    console.print(f"{folder / 'results.json'} and {len(drawn)} charts (SVG) are in {folder}",
                  soft_wrap=True, markup=False)  # fmt: skip
    if before is not None:
        console.print()
        for line in compare.in_text(compare.compare(before, found)):
            console.print(line, soft_wrap=True, markup=False)
    return 0


def _check(topics: Sequence[str], threads: int, libraries: str | None) -> list[str]:
    """Return the peers that take part, and refuse what there is not."""
    for topic in topics:
        if topic not in TOPICS:
            raise CommandError(f"there is no topic {topic!r}; topics are {', '.join(TOPICS)}")
    if threads < 1:
        raise CommandError(f"--threads is {threads}; it takes a positive number")
    installed = peers.installed()
    if libraries is None:
        return installed
    wanted = [name.strip() for name in libraries.split(",") if name.strip()]
    for name in wanted:
        if name not in peers.LIBRARIES:
            known = ", ".join(peers.LIBRARIES)
            raise CommandError(f"--peers has {name!r}, which is none of {known}")
        if name not in installed:
            raise CommandError(f"--peers has {name!r}, which is not installed")
    return wanted


def collect(
    topics: Sequence[str] = (),
    quick: bool = False,
    threads: int = 1,
    libraries: Sequence[str] = ("numpy", "scipy"),
) -> dict[str, Any]:
    """Measure limits, times and errors, with a progress bar, and return the results."""
    from .._bench import accuracy, limits, results

    effort = QUICK if quick else FULL
    chosen = cases(*topics, quick=quick, threads=threads)
    progress = extra("rich.progress", "bench")
    with progress.Progress(
        progress.TextColumn("{task.description}"), progress.BarColumn(),
        progress.MofNCompleteColumn(), progress.TimeRemainingColumn(),
        console=extra("rich.console", "bench").Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("limits", total=len(chosen) * (effort.passes + 1))
        machine = limits.Limits(threads)
        machine.measure()
        measured = measure(
            chosen, effort, lambda call: call.library in libraries, _advance(bar, task)
        )
        machine.measure()
        _judge(measured, _advance(bar, task), accuracy.errors)
    settings = {
        "quick": quick,
        "threads": threads,
        "topics": list(topics or TOPICS),
        "peers": list(libraries),
    }
    return results.collect(measured, machine.as_json(), settings)


def _advance(bar: Any, task: Any) -> Callable[[Case], None]:
    def advance(case: Case) -> None:
        bar.update(task, advance=1, description=f"{case.name} {case.dtype}"[:40].ljust(40))

    return advance


def _judge(
    measured: list[tuple[Case, list[Measured]]],
    advance: Callable[[Case], None],
    errors: Callable[[Case, list[Call]], list[float] | None],
) -> None:
    for case, calls in measured:
        advance(case)
        for m, error in zip(calls, errors(case, [m.call for m in calls]) or (), strict=False):
            m.error = error
