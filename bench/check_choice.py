"""Whether `convolve` takes a method that is nearly the fastest of its own.

At random lengths, modes and dtypes, times the choice of 'auto' against the direct sum and
transforms of many lengths, one thread, interleaved, and prints the points where the best of them is
faster by more than the limit. ``python bench/check_choice.py --points 200 --limit 15``

With ``--two-dimensions``, the same of images: the direct sum, transforms, and, for kernels of
rank 1 and 2, sums along each axis.

Every call gets several short rounds, in turn forwards and backwards; this only finds the suspects,
as of twenty ways to do the same one is always the luckiest. What comes near the limit is timed anew
beside 'auto' in many rounds, and these times alone decide.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from flipshift._backend import core

Call = Callable[[], Any]


def points(count: int, seed: int, longest: int) -> Iterator[tuple[int, int, str, str]]:
    """Lengths n >= m, log-uniform; a mode; a dtype."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(np.exp(rng.uniform(0, np.log(longest))))
        m = int(np.exp(rng.uniform(0, np.log(n + 1))))
        yield n, m, rng.choice(["full", "same", "valid"]), rng.choice(list("fdFD"))


def race(calls: dict[str, Call], rounds: int, slice_: float) -> dict[str, float]:
    """The shortest time of each call, in seconds."""
    numbers = {}
    for name, call in calls.items():
        call()
        begin = time.perf_counter()
        call()
        numbers[name] = max(1, int(slice_ / max(time.perf_counter() - begin, 1e-7)))
    best = dict.fromkeys(calls, float("inf"))
    for turn in range(rounds):
        for name in list(calls)[:: 1 - 2 * (turn % 2)]:
            call, number = calls[name], numbers[name]
            begin = time.perf_counter()
            for _ in range(number):
                call()
            best[name] = min(best[name], (time.perf_counter() - begin) / number)
    return best


def part(n: int, m: int, mode: str) -> tuple[int, int]:
    """Where the outputs of a mode begin, and how many they are."""
    if mode == "full":
        return 0, n + m - 1
    return ((m - 1) // 2, n) if mode == "same" else (m - 1, n - m + 1)


def candidates(n: int, m: int, mode: str, char: str) -> dict[str, Call]:
    """Calls of 'auto' and of each other way that is not out of the question."""
    rng = np.random.default_rng(n * m)
    x = rng.standard_normal(n).astype(char)
    h = rng.standard_normal(m).astype(char)
    start, n_out = part(n, m, mode)
    out = np.empty(n_out, char)
    calls: dict[str, Call] = {"auto": lambda: core.convolve(x, h, out, (start,), "auto", 1)}
    plan = core.convolve_plan(n, m, n_out, start, x.dtype)
    taken = plan[0]
    if taken[0] != "direct" and n_out * m < 3e8 and m < 3000:
        calls["direct"] = lambda: core.convolve(x, h, out, (start,), "direct", 1)
    sizes = {size for _, size, _, _ in plan if size}
    sizes |= {odd * 2**k for odd in (1, 3, 5, 7, 9, 15) for k in range(1, 23)}
    for size in sorted(sizes):
        if size < max(m + m // 8, 32) or size == taken[1] or size > 4 * (n + m) + 64:
            continue
        if (
            taken[1]
            and not taken[1] / 5 <= size <= taken[1] * 5
            and size not in {p[1] for p in plan}
        ):
            continue
        calls[str(size)] = lambda size=size: core.convolve_blocks(x, h, out, (start,), size, 1)
    return calls


def lines(count: int, seed: int, longest: int) -> Iterator[tuple[str, dict[str, Call]]]:
    """What is computed, and the calls of 'auto' and of each other way."""
    for n, m, mode, char in points(count, seed, longest):
        start, n_out = part(n, m, mode)
        taken = core.convolve_plan(n, m, n_out, start, np.dtype(char))[0]
        what = f"n={n} m={m} {mode} {np.dtype(char)} ({taken[0]} {taken[1]})"
        yield what, candidates(n, m, mode, char)


def images(count: int, seed: int) -> Iterator[tuple[str, dict[str, Call]]]:
    """What is computed, and the calls of 'auto' and of each method."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = tuple(int(np.exp(rng.uniform(np.log(4), np.log(1200)))) for _ in range(2))
        taps = tuple(int(np.exp(rng.uniform(0, np.log(min(n, 64) + 1)))) for n in shape)
        mode, char = rng.choice(["full", "same", "valid"]), rng.choice(list("fdFD"))
        rank = int(rng.choice([0, 0, 1, 2]))
        x = rng.standard_normal(shape).astype(char)
        h = rng.standard_normal(taps).astype(char)
        if rank:
            columns, rows = rng.random((taps[0], rank)), rng.random((rank, taps[1]))
            h = (columns @ rows).astype(char)
        places = [part(n, m, mode) for n, m in zip(shape, taps, strict=True)]
        start, out = tuple(p[0] for p in places), np.empty([p[1] for p in places], char)
        plan = core.convolve2d_plan(shape, h, out.shape, start)
        calls = {}
        for method in ["auto", "direct", "fft", "separable"][: 4 if rank else 3]:
            if method == "direct" and out.size * h.size > 3e8:
                continue
            calls[method] = lambda method=method, x=x, h=h, out=out, start=start: core.convolve2d(
                x, h, out, start, ("fill", "fill"), 0, method, 1
            )
        what = f"{shape} with {taps} of rank {rank or 'full'} {mode} {np.dtype(char)} {plan[0]}"
        yield what, calls


def main() -> None:
    """Print the violations and how 'auto' does as a whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=int, default=10**6)
    parser.add_argument("--limit", type=float, default=15.0, help="per cent")
    parser.add_argument("--two-dimensions", action="store_true")
    arguments = parser.parse_args()
    ratios = []
    if arguments.two_dimensions:
        cases = images(arguments.points, arguments.seed)
    else:
        cases = lines(arguments.points, arguments.seed, arguments.longest)
    for what, calls in cases:
        times = race(calls, 5, 0.0002)
        limit = 1 + arguments.limit / 100
        near = 1 + 0.7 * arguments.limit / 100
        rivals = [name for name in times if near * times[name] < times["auto"]]
        if rivals:
            rounds = int(np.clip(1 / sum(times[name] for name in ("auto", *rivals)), 10, 150))
            times = race({name: calls[name] for name in ("auto", *rivals)}, rounds, 0.0003)
        best = min(times, key=times.__getitem__)
        ratio = times["auto"] / times[best]
        ratios.append(ratio)
        if ratio > limit:
            print(
                f"{what}: auto {1e6 * times['auto']:.4g} us, "
                f"{best} {1e6 * times[best]:.4g} us, ratio {ratio:.2f}",
                flush=True,
            )
    count = sum(r > 1 + arguments.limit / 100 for r in ratios)
    print(
        f"{count} of {len(ratios)} points over {arguments.limit:g} % on {core.isa}; "
        f"mean ratio {np.exp(np.mean(np.log(ratios))):.3f}, largest {max(ratios):.2f}"
    )


if __name__ == "__main__":
    main()
