"""The results of a run as JSON; ``schema.json`` beside this file says what is in it."""

from __future__ import annotations

import copy
import json
import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._cli.common import CommandError, processor
from .._config import show_config
from . import peers
from .cases import Case, operations_done
from .limits import share
from .runner import Measured

#: Changes with every change that a reader of older results could stumble over.
SCHEMA = "flipshift-bench 2"


def machine() -> dict[str, Any]:
    """Return what the figures cannot be read without.

    Examples
    --------
    >>> machine()["processors"] > 0
    True
    """
    return {
        "processor": processor(),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "processors": os.cpu_count() or 1,
    }


def versions(libraries: Sequence[str]) -> dict[str, str]:
    """Return the versions of Python, flipshift and peers."""
    found = {"python": platform.python_version(), "flipshift": show_config("dicts")["version"]}
    found.update((name, peers.version(name) or "unknown version") for name in libraries)
    return found


def collect(
    measured: Sequence[tuple[Case, list[Measured]]],
    limits: dict[str, Any],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Return the results of a run.

    Parameters
    ----------
    measured : sequence of (Case, list of Measured)
        What `runner.measure` returned.
    limits : dict
        What `Limits.as_json` returned.
    settings : dict
        'quick', 'threads', 'topics', 'peers'.
    """
    config = show_config("dicts")
    return {
        "schema": SCHEMA,
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine(),
        "flipshift": {name: config[name] for name in ("backend", "isa", "compiler")},
        "versions": versions(settings["peers"]),
        "settings": settings,
        "limits": limits,
        "cases": [_case(case, calls, limits) for case, calls in measured],
    }


def _case(case: Case, calls: list[Measured], limits: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "topic": case.topic,
        "group": case.group,
        "name": case.name,
        "dtype": case.dtype,
        "size": case.size,
        "axis": case.axis,
        "operations": case.operations,
        "work": operations_done(case),
        "bytes": case.bytes,
        "setup": case.setup,
        "calls": [
            {
                "name": m.call.name,
                "library": m.call.library,
                "setup": m.call.setup,
                "statement": m.call.statement,
                "seconds": m.seconds,
                "minima": m.minima,
                "number": m.number,
                "noise": m.noise,
                "error": m.error,
            }
            for m in calls
        ],
    }
    found["share of limit"] = share(limits, found)
    return found


def save(results: dict[str, Any], path: Path) -> None:
    """Write results to a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {str(path)!r}: {error.strerror}") from error


def load(path: str | Path) -> dict[str, Any]:
    """Read results from a file.

    Raises
    ------
    CommandError
        If there is no such file, or it has something else.
    """
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except ValueError:
        raise CommandError(f"{str(path)!r} is no JSON; a results.json of bench is taken") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA or not isinstance(found.get("cases"), list):
        raise CommandError(
            f"{str(path)!r} has the schema {schema!r}; results of {SCHEMA!r} are taken"
        )
    return dict(found)


def merge(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the results of several runs, of other topics on the same machine, as one.

    The limits are the best of all runs, the date is that of the last.

    Raises
    ------
    CommandError
        If the runs differ in more than date, topics, limits and cases, or have a case in common.
    """
    one = copy.deepcopy(runs[-1])
    one["cases"] = [copy.deepcopy(case) for run in runs for case in run["cases"]]
    one["settings"]["topics"] = [topic for run in runs for topic in run["settings"]["topics"]]
    if len({(c["topic"], c["name"], c["dtype"]) for c in one["cases"]}) < len(one["cases"]):
        raise CommandError("the results to be merged have cases in common; other topics are taken")
    for run in runs[:-1]:
        for name in ("machine", "flipshift", "versions"):
            if run[name] != one[name]:
                raise CommandError(f"the results to be merged differ in {name!r}")
        for name in ("quick", "threads", "peers"):
            if run["settings"][name] != one["settings"][name]:
                raise CommandError(f"the results to be merged differ in {name!r}")
        for name in ("operations per second", "copy bandwidth"):
            best = one["limits"][name]
            best.update({key: max(run["limits"][name][key], best[key]) for key in best})
    for case in one["cases"]:
        case["share of limit"] = share(one["limits"], case)
    return one


def fastest_peer(case: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fastest of the peers' calls in a case of results, if there is any."""
    return min(case["calls"][1:], key=lambda call: float(call["seconds"]), default=None)


def ratio(case: dict[str, Any]) -> float | None:
    """Return the time of the fastest peer over ours: below 1 we lose.

    Examples
    --------
    >>> ratio({"calls": [{"seconds": 2.0}, {"seconds": 3.0}, {"seconds": 8.0}]})
    1.5
    """
    best = fastest_peer(case)
    return None if best is None else float(best["seconds"]) / float(case["calls"][0]["seconds"])


def where(results: dict[str, Any]) -> str:
    """Return the line that says where figures are from."""
    config, version = results["flipshift"], results["versions"]
    names = ", ".join(f"{k} {v}" for k, v in version.items() if k not in ("python", "flipshift"))
    threads = results["settings"]["threads"]
    return (
        f"{results['machine']['processor']}; {results['date'][:10]}; "
        f"flipshift {version['flipshift']} (backend {config['backend']}, "
        f"instruction set {config['isa']}, compiler {config['compiler']}), {names}, "
        f"Python {version['python']}; {threads} thread{'s' * (threads != 1)}"
    )
