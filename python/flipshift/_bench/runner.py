"""Timing: several passes over all cases, in each of which the statements of a case take turns.

A statement is timed as `timeit` times it: in a loop within a function, the garbage collector off.
Each pass sets a case up anew, so that no library lives on lucky addresses; the setup of a case is
in memory only while it is timed. A measurement repeats the statement until it lasts `sample`
seconds, after one evaluation for the caches. In every other round the order is reversed. Peers that
are far from being the fastest are not timed again in later passes, if they take long. The figure of
a statement is the minimum of all measurements; its noise is how far the minima of the passes lie
above that, relative to it: the second smallest of them, since one bad pass of three says nothing
about the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from timeit import Timer

from .cases import Call, Case, namespace

__all__ = ["FULL", "QUICK", "Effort", "Measured", "measure"]


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes
    ----------
    passes : int
        Over all cases.
    rounds : int
        In each pass, at most.
    sample : float
        Least seconds of a measurement.
    budget : float
        No further round of a case begins in a pass after so many seconds.
    """

    passes: int
    rounds: int
    sample: float
    budget: float


#: Peers that take so many times as long as the fastest one, and longer than so many seconds, are
#: not timed again in later passes.
HOPELESS, LITTLE = 5.0, 2e-3

#: Measurements of fewer evaluations, each shorter than so many seconds, begin with one that does
#: not count: the caches hold what the others left, which those who repeat do not feel.
FEW, SHORT = 10, 5e-3

QUICK = Effort(passes=3, rounds=4, sample=3e-4, budget=0.12)
FULL = Effort(passes=5, rounds=8, sample=1e-3, budget=1.0)


@dataclass
class Measured:
    """What was measured of one call of a case.

    Attributes
    ----------
    call : Call
    minima : list of float
        The least seconds of one evaluation, for each pass.
    number : int
        Evaluations in a measurement, in the last pass.
    error : float or None
        Relative error in the 2-norm against extended precision.
    """

    call: Call
    minima: list[float] = field(default_factory=list)
    number: int = 0
    error: float | None = None

    @property
    def seconds(self) -> float:
        """The least of all."""
        return min(self.minima)

    @property
    def noise(self) -> float:
        """How far the minima of the passes lie apart, relative to the least.

        Examples
        --------
        >>> Measured(Call("numpy", "0"), [1.25, 1.0, 9.0]).noise
        0.25
        """
        lowest = sorted(self.minima)
        return lowest[1] / lowest[0] - 1 if len(lowest) > 1 else 0.0


def measure(
    cases: Sequence[Case],
    effort: Effort,
    takes_part: Callable[[Call], bool] = lambda call: True,
    advance: Callable[[Case], None] = lambda case: None,
) -> list[tuple[Case, list[Measured]]]:
    """Time the calls of cases against each other.

    Parameters
    ----------
    cases : sequence of Case
    effort : Effort
    takes_part : callable, optional
        Whether a call, which is no case's first, is to be timed.
    advance : callable, optional
        Called with each case before it is timed, in each pass.

    Returns
    -------
    list of (Case, list of Measured)
        Ours first.

    Examples
    --------
    >>> call = Call("numpy", "x + 1")
    >>> case = Case("t", "g", "n", "float64", 9, "x = np.ones(9)", (call,), 9, 144, 1)
    >>> ((_, (found,)),) = measure([case], Effort(2, 2, 1e-4, 1.0))
    >>> len(found.minima), found.seconds > 0
    (2, True)
    """
    results = [
        (case, [Measured(case.ours), *(Measured(peer) for peer in case.peers if takes_part(peer))])
        for case in cases
    ]
    for _ in range(effort.passes):
        for case, measured in results:
            advance(case)
            _pass(case, _hopeful(measured), effort)
    return results


def _pass(case: Case, measured: list[Measured], effort: Effort) -> None:
    names = namespace(case, [m.call for m in measured])
    timers = [Timer(m.call.statement, globals=names) for m in measured]
    least = []
    for m, timer in zip(measured, timers, strict=True):
        m.number, seconds = _number(timer, effort.sample)
        least.append(seconds)
    start = perf_counter()
    for turn in range(effort.rounds):
        if perf_counter() - start > effort.budget:
            break
        for i in list(range(len(timers)))[:: 1 - 2 * (turn % 2)]:
            if least[i] > effort.budget:
                continue  # timed already, and long enough to be steady
            if measured[i].number < FEW and least[i] < SHORT:
                timers[i].timeit(1)
            least[i] = min(least[i], timers[i].timeit(measured[i].number) / measured[i].number)
    for m, seconds in zip(measured, least, strict=True):
        m.minima.append(seconds)


def _hopeful(measured: list[Measured]) -> list[Measured]:
    """Ours, and the peers that could still be the fastest or take little time."""
    peers = measured[1:]
    if not peers or not peers[0].minima:
        return measured
    best = min(peer.seconds for peer in peers)
    return measured[:1] + [p for p in peers if p.seconds < max(HOPELESS * best, LITTLE)]


def _number(timer: Timer, sample: float) -> tuple[int, float]:
    """How many evaluations last about so long, and the seconds of one; at first for trying.

    What only the first evaluation does is over by then.
    """
    number, seconds = 1, timer.timeit(1)
    if seconds < 100 * sample:
        seconds = timer.timeit(1)
    while seconds < sample / 2:
        number *= 4
        seconds = timer.timeit(number)
    return max(1, round(number * sample / seconds)), seconds / number
