"""``python -m flipshift bench``: a table of times against the other libraries at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from importlib import metadata
from importlib.util import find_spec
from typing import Any

import numpy as np

from .._config import show_config
from .bench_cases import Case, cases
from .common import extra, processor
from .race import in_words, race

#: What tells the common linear algebra libraries to use one thread.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def machine() -> str:
    """Return the line that a table of times cannot be read without.

    Examples
    --------
    >>> "NumPy" in machine()
    True
    """
    config = show_config("dicts")
    others = "".join(
        f", {name} {metadata.version(name)}" for name in ("ducc0", "mkl_fft") if find_spec(name)
    )
    return (
        f"{processor()}; {date.today().isoformat()}; flipshift {config['version']} "
        f"(backend {config['backend']}, instruction set {config['isa']}, "
        f"compiler {config['compiler']}), NumPy {config['numpy']}, "
        f"SciPy {metadata.version('scipy')}{others}, Python {config['python']}; "
        "one thread, calls interleaved in one process, minimum of the rounds, "
        "garbage collector off"
    )


def difference(case: Case) -> float:
    """Return the largest difference from the first peer over its largest value."""
    ours, theirs = (np.asarray(call()) for call in (case.ours, next(iter(case.peers.values()))))
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def measure(case: Case, quick: bool) -> dict[str, float]:
    """Return the seconds of ours, under '', and of each peer."""
    calls = {"": case.ours, **case.peers}
    if quick:
        return race(calls, rounds=5, sample=5e-4, budget=1.0)
    return race(calls, rounds=25, sample=2e-3, budget=3.0)


def table(results: list[tuple[Case, dict[str, float], float]]) -> Any:
    """Return the table for the screen."""
    shown = extra("rich.table").Table(
        caption="Ratios: the peer's time over flipshift's; more than 1 means that flipshift is "
        "faster. The difference is the largest, over the largest value."
    )
    shown.add_column("case")
    shown.add_column("dtype", no_wrap=True)
    shown.add_column("flipshift", justify="right", no_wrap=True)
    shown.add_column("peers (time, ratio)")
    shown.add_column("least ratio", justify="right")
    shown.add_column("difference", justify="right", no_wrap=True)
    topic = None
    for case, times, gap in results:
        if topic not in (None, case.topic):
            shown.add_section()
        topic = case.topic
        ours = times[""]
        peers = {name: seconds for name, seconds in times.items() if name}
        shown.add_row(
            case.name,
            case.dtype,
            in_words(ours),
            "\n".join(f"{name}: {in_words(t)}, {t / ours:.2f}" for name, t in peers.items()),
            f"{min(peers.values()) / ours:.2f}",
            f"{gap:.0e}",
        )
    return shown


def markdown(results: list[tuple[Case, dict[str, float], float]]) -> str:
    """Return the table in Markdown, with the fastest peer only."""
    lines = [
        "| case | dtype | flipshift | fastest peer | ratio |",
        "| --- | --- | --: | --: | --: |",
    ]
    for case, times, _ in results:
        best = min(case.peers, key=lambda name: times[name])
        lines.append(
            f"| {case.name} | {case.dtype} | {in_words(times[''])} "
            f"| {best}, {in_words(times[best])} | {times[best] / times['']:.1f} |"
        )
    return "\n".join(lines)


def run(quick: bool = False, as_markdown: bool = False) -> int:
    """Measure all cases and print the table.

    The libraries read their number of threads when they are loaded; where the environment does not
    say one thread, the measuring is done by a new process for which it does.

    Parameters
    ----------
    quick : bool
        Fewer cases and rounds.
    as_markdown : bool
        Print the short table for a page of text.

    Returns
    -------
    int
        The exit code.
    """
    for module in ("rich.table", "scipy.signal"):
        extra(module, "bench")
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        command = [sys.executable, "-m", "flipshift", "bench"]
        command += ["--quick"] * quick + ["--markdown"] * as_markdown
        return subprocess.call(command, env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")})
    console = extra("rich.console").Console(highlight=False)
    progress = extra("rich.progress")
    results = []
    with progress.Progress(console=console, transient=True) as bar:
        chosen = cases(quick=quick)
        task = bar.add_task("measuring", total=len(chosen))
        for case in chosen:
            bar.update(task, description=f"{case.name} {case.dtype}")
            results.append((case, measure(case, quick), difference(case)))
            bar.advance(task)
    console.print(machine(), soft_wrap=True, markup=False)
    console.print()
    if as_markdown:
        console.print(markdown(results), soft_wrap=True, markup=False)
    else:
        console.print(table(results))
    return 0
