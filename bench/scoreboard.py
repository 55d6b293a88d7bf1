"""The chart and the tables of README.md, and the charts in docs/scoreboard/.

python bench/scoreboard.py [--results FILE ...] [--full]

Measures (or takes the results of an earlier run of ``python -m flipshift bench``), draws the
charts, and puts the tables into README.md and the charts into docs/scoreboard.md, between the
markers there. Nothing else changes.
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
#: Around what is written, in README.md and on the page of charts.
MARKERS = {name: (f"<!-- {name} -->", f"<!-- /{name} -->") for name in ("scoreboard", "charts")}
FOLDER = Path("docs/scoreboard")
GALLERY = Path("docs/scoreboard.md")
#: What the page of charts calls the topics.
TITLES = {
    "fft": "Fourier transforms",
    "convolve": "Convolution of lines",
    "correlate": "Correlation",
    "convolver": "Convolution block by block",
    "convolve2d": "Convolution of images",
    "ndimage": "Image filters",
    "template": "Template matching",
    "filter": "Filters along one axis",
    "toeplitz": "Toeplitz matrices",
}


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
            MARKERS["scoreboard"][0],
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
            MARKERS["scoreboard"][1],
        ]
    )


def gallery(found: dict, names: list[str]) -> str:
    """What stands between the markers of the page of charts: those of each topic, the roofline."""
    lines = [MARKERS["charts"][0]]
    for topic in dict.fromkeys(case["topic"] for case in found["cases"]):
        groups = dict.fromkeys(c["group"] for c in found["cases"] if c["topic"] == topic)
        kinds = [
            *((f"speed-{charts.slug(group)}", f"Speed: {group}") for group in groups),
            (f"ratio-{topic}", f"Ratios: {topic}"),
            *((f"ratio-{topic}-{i}", f"Ratios: {topic}, part {i}") for i in range(1, 30)),
            (f"accuracy-{topic}", f"Errors: {topic}"),
        ]
        lines += ["", f"## {TITLES.get(topic, topic)}"]
        for name, text in kinds:
            if name in names:
                lines += ["", f"![{text}]({FOLDER.name}/{name}.svg)"]
    if "roofline" in names:
        lines += [
            "",
            "## The limits of the machine",
            "",
            f"![Roofline]({FOLDER.name}/roofline.svg)",
        ]
    return "\n".join([*lines, "", MARKERS["charts"][1]])


def put(path: Path, name: str, new: str) -> None:
    """Put something in the place of the markers of this name and what stands between them."""
    text = path.read_text("utf-8")
    first, last = MARKERS[name]
    before, begin, rest = text.partition(first)
    _, end, after = rest.partition(last)
    if not (begin and end):
        sys.exit(f"{path.name} has no {first} or no {last} after it")
    path.write_text(before + new + after, "utf-8")


def write(found: dict, root: Path) -> None:
    """Draw the charts and put the sections into README.md and the page of charts."""
    folder = root / FOLDER
    for old in folder.glob("*.svg"):
        old.unlink()
    drawn = charts.draw(found, folder)
    put(root / "README.md", "scoreboard", section(found, f"{FOLDER.as_posix()}/summary.svg"))
    put(root / GALLERY, "charts", gallery(found, [path.stem for path in drawn]))


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
