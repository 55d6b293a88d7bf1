"""The command line: ``python -m flipshift info | demo | bench | calibrate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ._cli.common import CommandError


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="flipshift", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    commands.add_parser("info", help="version, backend, instruction set, compiler, peers found")

    demo = commands.add_parser(
        "demo", help="find the notes of a recording, smooth it, filter a picture; draws PNGs"
    )
    demo.add_argument(
        "--audio", metavar="FILE", help="a recording (WAV, FLAC, OGG, ...); default: a melody"
    )
    demo.add_argument(
        "--image",
        metavar="FILE",
        nargs="?",
        const="",
        help="a picture (PNG, JPEG, ...); default: a drawn one",
    )
    demo.add_argument("--out", metavar="DIR", default="flipshift-demo", help="default: %(default)s")

    bench = commands.add_parser("bench", help="times against the other libraries at hand")
    bench.add_argument("topics", nargs="*", metavar="topic", help="default: all of them")
    bench.add_argument("--quick", action="store_true", help="fewer cases and rounds: two minutes")
    bench.add_argument("--threads", type=int, default=1, metavar="N", help="default: %(default)s")
    bench.add_argument(
        "--peers", metavar="NAME,...", help="libraries to compare with; default: those installed"
    )
    bench.add_argument(
        "--out", metavar="DIR", default="flipshift-bench", help="default: %(default)s"
    )
    bench.add_argument("--compare", metavar="FILE", help="results.json of an earlier run")
    bench.add_argument("--markdown", action="store_true", help="print the tables in Markdown")

    calibrate = commands.add_parser(
        "calibrate", help="measure what the choice of a convolution's method rests on"
    )
    calibrate.add_argument("--out", metavar="FILE", help="write it there, for FLIPSHIFT_COSTS")
    calibrate.add_argument("--quick", action="store_true", help="less exactly")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; default ``sys.argv[1:]``.

    Returns
    -------
    int
        The exit code: 0, or 2 after one sentence on standard error.

    Examples
    --------
    >>> main(["info"])  # doctest: +ELLIPSIS
    flipshift...
    0
    """
    arguments = parser().parse_args(argv)
    try:
        if arguments.command == "info":
            from ._cli import info

            return info.run()
        if arguments.command == "demo":
            from ._cli import demo

            return demo.run(arguments.audio, arguments.image, arguments.out)
        if arguments.command == "calibrate":
            from ._cli import calibrate

            return calibrate.run(arguments.out, arguments.quick)
        from ._cli import bench

        return bench.run(
            arguments.topics,
            arguments.quick,
            arguments.threads,
            arguments.peers,
            arguments.out,
            arguments.compare,
            arguments.markdown,
        )
    except CommandError as error:
        print(f"flipshift {arguments.command}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
