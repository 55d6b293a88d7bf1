"""Whether `convolve` takes a method that is nearly the fastest of its own.

At random lengths, modes and dtypes, times the choice of 'auto' against the direct sum and
transforms of many lengths, one thread, interleaved, and prints the points where the best of them is
faster by more than the limit. ``python bench/check_choice.py --points 200 --limit 15``

With ``--kind images`` the same of images: the direct sum, transforms, and, for kernels of rank 1
and 2, sums along each axis; with ``--kind lines`` of many signals with one kernel, along either
axis; with ``--kind integers`` of integers by exact transforms of each length; with ``--kind
volumes`` of three dimensions.

Every call gets several short rounds, in turn forwards and backwards; this only finds the suspects,
as of twenty ways to do the same one is always the luckiest. What comes near the limit is timed anew
beside 'auto' in many rounds, and these times alone decide.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from flipshift import signal
from flipshift._backend import core
from flipshift._convolve import integers

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


def signals(count: int, seed: int, longest: int) -> Iterator[tuple[str, dict[str, Call]]]:
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


def batches(count: int, seed: int, longest: int) -> Iterator[tuple[str, dict[str, Call]]]:
    """Many signals with one kernel: directly, and by transforms of each length."""
    rng = np.random.default_rng(seed)
    for n, m, mode, char in points(count, seed, longest // 50):
        number = int(np.exp(rng.uniform(np.log(2), np.log(100))))
        outer, inner = [(number, 1), (1, number), (number // 8 + 1, 8)][rng.integers(3)]
        start, n_out = part(n, m, mode)
        x = rng.standard_normal((outer, n, inner)).astype(char)
        h = rng.standard_normal(m).astype(char)
        out = np.empty((outer, n_out, inner), char)
        plan = core.convolve_plan(n, m, n_out, start, x.dtype, outer, inner)
        calls: dict[str, Call] = {"auto": partial(core.convolve_axis, x, h, out, start, 1)}
        blocks = partial(core.convolve_axis_blocks, x, h, out, start)
        if out.size * m < 3e8:
            calls["direct"] = partial(blocks, 0, 1)
        expected = next(size for _, size, _, _ in plan if size)
        for size in {odd * 2**k for odd in (1, 3, 5, 9) for k in range(1, 19)} | {expected}:
            if max(m + m // 8, 32) <= size <= 2 * (n + m) and expected / 4 <= size <= expected * 4:
                calls[str(size)] = partial(blocks, size, 1)
        yield f"({outer}, {n}, {inner}) m={m} {mode} {x.dtype} {plan[0][:2]}", calls


def integer_signals(count: int, seed: int, longest: int) -> Iterator[tuple[str, dict[str, Call]]]:
    """Integers of random sizes, directly and by exact transforms of each length."""
    rng = np.random.default_rng(seed)
    for n, m, mode, _ in points(count, seed, longest // 5):
        dtype = np.dtype(rng.choice(["i1", "i2", "i4", "i8"]))
        bits = rng.integers(1, 8 * dtype.itemsize, 2)
        x, h = (
            rng.integers(-(2 ** int(b) - 1), 2 ** int(b), k, np.int64).astype(dtype)
            for b, k in zip(bits, (n, m), strict=True)
        )
        start, n_out = part(n, m, mode)
        calls: dict[str, Call] = {"auto": partial(signal.convolve, x, h, mode)}
        if n_out * m < 3e9:
            calls["direct"] = partial(signal.convolve, x, h, mode, "direct")
        shape = ((n,), (m,), (start,), (n_out,))
        if n_out * m > 1e5:
            sizes = integers.magnitude(x), integers.magnitude(h)
            for plan in integers.plans(*shape, *sizes, x.itemsize):
                calls[str(plan.lengths[0])] = partial(
                    integers.convolve, x, h, (start,), (n_out,), plan
                )
        chosen = signal.explain_convolve(x, h, mode).chosen
        what = f"n={n} m={m} {mode} {dtype} of {bits} bits ({chosen.method} {chosen.block})"
        yield what, calls


def volumes(count: int, seed: int) -> Iterator[tuple[str, dict[str, Call]]]:
    """Three dimensions, directly and by one transform."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = tuple(int(np.exp(rng.uniform(np.log(4), np.log(80)))) for _ in range(3))
        taps = tuple(int(np.exp(rng.uniform(0, np.log(n + 1)))) for n in shape)
        mode, char = rng.choice(["full", "same", "valid"]), rng.choice(list("fdFD"))
        x = rng.standard_normal(shape).astype(char)
        h = rng.standard_normal(taps).astype(char)
        calls: dict[str, Call] = {
            method: partial(signal.convolve, x, h, mode, method)
            for method in ("auto", "direct", "fft")
            if method != "direct" or x.size * h.size < 3e8
        }
        chosen = signal.explain_convolve(x, h, mode).chosen.method
        yield f"{shape} with {taps} {mode} {x.dtype} ({chosen})", calls


KINDS: dict[str, Callable[[int, int, int], Iterator[tuple[str, dict[str, Call]]]]] = {
    "signals": signals,
    "lines": batches,
    "integers": integer_signals,
    "images": lambda count, seed, _: images(count, seed),
    "volumes": lambda count, seed, _: volumes(count, seed),
}


def main() -> None:
    """Print the violations and how 'auto' does as a whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=int, default=10**6)
    parser.add_argument("--limit", type=float, default=15.0, help="per cent")
    parser.add_argument("--kind", choices=list(KINDS), default="signals")
    arguments = parser.parse_args()
    ratios = []
    cases = KINDS[arguments.kind](arguments.points, arguments.seed, arguments.longest)
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
