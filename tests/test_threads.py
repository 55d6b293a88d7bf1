"""Many threads at once get the bits that one thread gets; so does the child of a fork."""

import os
import threading
import warnings

import numpy as np
import pytest

from flipshift import fft

# Lengths of each algorithm: direct, mixed radix, several sweeps, primes.
LENGTHS = [
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    12,
    15,
    16,
    27,
    31,
    32,
    60,
    64,
    97,
    100,
    127,
    128,
    210,
    256,
    509,
    1000,
]
LINES = [("fft", "D"), ("fft", "F"), ("rfft", "d"), ("rfft", "f"), ("dct", "d"), ("dct", "f")]
# Arrays large enough to be split, along axes that are contiguous or not.
ARRAYS = [
    ("fft2", (160, 320), "D"),
    ("fft2", (300, 200), "d"),
    ("fftn", (48, 50, 45), "F"),
    ("rfftn", (150, 660), "d"),
    ("irfftn", (30, 41, 45), "D"),
    ("dctn", (360, 372), "f"),
    ("fft", (100, 1009), "F"),
    ("fft", (131101,), "D"),
    ("rfft", (200000,), "d"),
    ("irfft", (2**18 + 1,), "F"),
]


def data(shape, dtype):
    rng = np.random.default_rng(np.prod(shape))
    x = rng.standard_normal((2, *np.atleast_1d(shape)))
    return (x[0] + 1j * x[1] if dtype in "FD" else x[0]).astype(dtype)


def transforms():
    """Functions and plans, each with its arguments."""
    for n in LENGTHS:
        for name, dtype in LINES:
            x = data(n, dtype)
            yield getattr(fft, name), (x,)
            yield fft.Plan(name, n, dtype), (x,)
        for dtype in "FD":
            yield fft.irfft, (data(n // 2 + 1, dtype), n)


def in_threads(count, work):
    """Run ``work(number)`` in `count` threads at once, and raise what any of them raised."""
    start, errors = threading.Barrier(count), []

    def guarded(number):
        start.wait()
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for error in errors:
        raise error


def test_100_000_transforms_from_8_threads():
    """Also while the cache of plans is emptied and arrays are split over more threads."""
    lines = list(transforms())
    arrays = [(getattr(fft, name), data(shape, dtype)) for name, shape, dtype in ARRAYS]
    expected = [f(*args).tobytes() for f, args in lines]
    expected_arrays = [f(x).tobytes() for f, x in arrays]
    done, wrong = [0] * 8, []

    def work(number):
        rng = np.random.default_rng(number)
        while done[number] < 12_500:
            for i in rng.permutation(len(lines)):
                f, args = lines[i]
                if f(*args).tobytes() != expected[i]:
                    wrong.append((f, len(args[0])))
            i = rng.integers(len(arrays))
            f, x = arrays[i]
            if f(x, workers=2).tobytes() != expected_arrays[i]:
                wrong.append((f, x.shape))
            done[number] += len(lines) + 1
            if rng.integers(4) == 0:
                fft.plan_cache_clear()
                fft.plan_cache_info()

    in_threads(8, work)
    assert not wrong
    assert sum(done) >= 10**5


@pytest.mark.parametrize(("name", "shape", "dtype"), ARRAYS)
def test_the_number_of_workers_changes_nothing(name, shape, dtype):
    x = data(shape, dtype)
    one = getattr(fft, name)(x, workers=1)
    for workers in (2, 3, 7, -1):
        np.testing.assert_array_equal(getattr(fft, name)(x, workers=workers), one)


def fork():
    """``os.fork``, which warns from Python 3.12 on if there are other threads, as is meant here."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"This process .* is multi-threaded, use of fork", DeprecationWarning
        )
        return os.fork()


def child_computes(work):
    """Whether ``work()`` is true in the child of a fork."""
    child = fork()
    if child == 0:
        right = False
        try:
            right = work()
        finally:
            os._exit(0 if right else 1)
    return os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("busy", [False, True])
def test_the_child_of_a_fork_computes(busy):
    """It has none of the threads of its parent, and finds no lock that they held."""
    cases = [(getattr(fft, name), data(shape, dtype)) for name, shape, dtype in ARRAYS]
    cases += [(fft.fft, data(n, "D")) for n in (16, 1000, 4096)]
    expected = [f(x, workers=2) for f, x in cases]
    plans = [fft.Plan(name, shape, dtype, workers=2) for name, shape, dtype in ARRAYS]
    stop = threading.Event()

    def right():
        return all(
            np.array_equal(f(x, workers=workers), y)
            for (f, x), y in zip(cases, expected, strict=True)
            for workers in (1, 2)
        ) and all(
            np.array_equal(plan(x), y)
            for plan, (_, x), y in zip(plans, cases, expected, strict=False)
        )

    def work(number):
        if number == 0:
            try:
                for _ in range(6):
                    assert child_computes(right)
                    assert child_computes(lambda: child_computes(right))
            finally:
                stop.set()
            return
        while busy and not stop.is_set():
            for f, x in cases:
                f(x, workers=2)
            fft.plan_cache_clear()

    in_threads(4, work)
    assert right()
