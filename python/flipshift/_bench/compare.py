"""What differs between two results by more than the noise.

A machine is not equally fast on two days. So a case counts as changed only if flipshift's time
changed and its time relative to the peers of both results changed with it, both by more than the
noise of the figures; the change of the peers is the median of theirs. Peers of another version are
no measure and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import median
from typing import Any

#: Changes below are never reported; the noise that few passes show may be too small by chance.
LEAST = 0.05
#: Noises are multiplied by this.
CAUTION = 2.0


@dataclass(frozen=True)
class Change:
    """A case that became faster or slower.

    Attributes
    ----------
    name, dtype : str
    before, after : float
        Seconds of flipshift.
    relative : float
        The change against the peers, 1.2 if flipshift takes 1.2 times as long as before; against
        the clock if there is no peer to compare with.
    noise : float
        What could be chance, in the same terms.
    """

    name: str
    dtype: str
    before: float
    after: float
    relative: float
    noise: float


@dataclass(frozen=True)
class Comparison:
    """What `compare` found.

    Attributes
    ----------
    slower, faster : list of Change
        The largest changes first.
    same : int
        How many did not change beyond the noise.
    missing, new : list of str
        Cases that only the earlier or only the later results have.
    notes : list of str
        What else differs: processor, versions, threads.
    """

    slower: list[Change]
    faster: list[Change]
    same: int
    missing: list[str]
    new: list[str]
    notes: list[str]


def compare(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """Compare two results, each as `results.load` returns them."""
    notes, libraries = _notes(before, after)
    old, new = ({_key(case): case for case in r["cases"]} for r in (before, after))
    slower: list[Change] = []
    faster: list[Change] = []
    same = 0
    for key, case in new.items():
        if key not in old:
            continue
        change = _change(old[key], case, libraries)
        if change is None:
            same += 1
        else:
            (slower if change.relative > 1 else faster).append(change)
    return Comparison(
        sorted(slower, key=lambda c: -c.relative),
        sorted(faster, key=lambda c: c.relative),
        same,
        [" ".join(key[1:]) for key in old if key not in new],
        [" ".join(key[1:]) for key in new if key not in old],
        notes,
    )


def _key(case: dict[str, Any]) -> tuple[str, str, str]:
    return case["topic"], case["name"], case["dtype"]


def _notes(before: dict[str, Any], after: dict[str, Any]) -> tuple[list[str], set[str]]:
    """What differs beside the times, and the libraries that do not."""
    notes = []
    for where, names in (
        ("machine", ("processor",)),
        ("flipshift", ("backend", "isa", "compiler")),
        ("settings", ("threads",)),
    ):
        for name in names:
            old, new = before[where][name], after[where][name]
            if old != new:
                notes.append(f"{name}: {old} before, {new} now")
    old, new = before["versions"], after["versions"]
    notes += [f"{k}: {old[k]} before, {new[k]} now" for k in new if k in old and old[k] != new[k]]
    return notes, {k for k in new if old.get(k) == new[k]}


def _change(old: dict[str, Any], new: dict[str, Any], libraries: set[str]) -> Change | None:
    ours_old, ours_new = old["calls"][0], new["calls"][0]
    clock = ours_new["seconds"] / ours_old["seconds"]
    noises = [ours_old["noise"], ours_new["noise"]]
    known = {call["name"]: call for call in old["calls"][1:] if call["library"] in libraries}
    pairs = [
        (known[call["name"]], call)
        for call in new["calls"][1:]
        if call["name"] in known and call["statement"] == known[call["name"]]["statement"]
    ]
    relative, peers_noise = clock, 0.0
    if pairs:
        # Medians: one peer that was disturbed says nothing about the machine.
        relative = clock / median(b["seconds"] / a["seconds"] for a, b in pairs)
        peers_noise = median(max(a["noise"], b["noise"]) for a, b in pairs)
    noise = max(LEAST, CAUTION * (max(noises) + peers_noise))
    for factor, limit in ((clock, max(LEAST, CAUTION * max(noises))), (relative, noise)):
        if abs(log(factor)) <= log(1 + limit):
            return None
    if (clock > 1) != (relative > 1):
        return None
    return Change(
        new["name"], new["dtype"], ours_old["seconds"], ours_new["seconds"], relative, noise
    )


def in_text(found: Comparison) -> list[str]:
    """Return the comparison as lines."""
    from .._cli.race import in_words

    lines = [f"Other than before: {note}" for note in found.notes]
    for word, changes in (("slower", found.slower), ("faster", found.faster)):
        for c in changes:
            factor = c.relative if word == "slower" else 1 / c.relative
            lines.append(
                f"{word}: {c.name} {c.dtype}, {in_words(c.before)} before, {in_words(c.after)} "
                f"now; {factor:.2f} times {word} against the peers, the noise being "
                f"{100 * c.noise:.0f} %"
            )
    lines.append(
        f"{len(found.slower)} slower, {len(found.faster)} faster, {found.same} as before within "
        f"the noise, {len(found.new)} new, {len(found.missing)} not measured now"
    )
    return lines
