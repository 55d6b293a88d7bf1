"""The chart and the tables of README.md, and the charts in docs/scoreboard/.

python bench/scoreboard.py [--results FILE ...] [--full]

Measures (or takes the results of an earlier run of ``python -m flipshift bench``), draws the charts
and puts the tables between the markers. Nothing else in README.md changes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from flipshift._bench import charts, results, tables
from flipshift._cli.bench import THREADS

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- scoreboard -->", "<!-- /scoreboard -->"
FOLDER = Path("docs/scoreboard")


def measured(full: bool) -> dict:
    """The results of a run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "flipshift", "bench", "--out", folder]
        environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
        subprocess.run(command + ["--quick"] * (not full), check=True, env=environment)
        return results.load(Path(folder) / "results.json")


def section(found: dict, chart: str) -> str:
    """What stands between the markers."""
    total = tables.summaries(found)[-1]
    lost = f"slower in {total.losses}" if total.losses else "slower in none"
    return "\n".join(
        [
            BEGIN,
            f"![flipshift against the fastest peer, by group]({chart})",
            "",
            f"{total.count} cases: geometric mean {total.mean:.2f}, worst {total.worst:.2f} "
            f"({total.worst_case}), {lost}.",
            "",
            tables.markdown_groups(found),
            "",
            "<details><summary>Every case</summary>",
            "",
            tables.markdown_cases(found),
            "",
            "</details>",
            "",
            "<details><summary>Errors</summary>",
            "",
            tables.ERRORS + "; of a library with several calls, that of the fastest:",
            "",
            tables.markdown_errors(found),
            "",
            "</details>",
            "",
            results.where(found),
            END,
        ]
    )


def write(found: dict, root: Path) -> None:
    """Draw the charts and put the section into README.md."""
    readme = root / "README.md"
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"README.md has no {BEGIN} or no {END} after it")
    folder = root / FOLDER
    for old in folder.glob("*.svg"):
        old.unlink()
    charts.draw(found, folder)
    readme.write_text(before + section(found, f"{FOLDER.as_posix()}/summary.svg") + after, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results", metavar="FILE", nargs="+", help="of earlier runs; default: measure"
    )
    parser.add_argument("--full", action="store_true", help="all cases, which takes much longer")
    options = parser.parse_args()
    if options.results:
        found = results.merge([results.load(path) for path in options.results])
    else:
        found = measured(options.full)
    write(found, ROOT)


if __name__ == "__main__":
    main()
