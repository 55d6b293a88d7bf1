"""explain_convolve names what is then done, and says it in words."""

import dataclasses
import math

import numpy as np
import pytest

from flipshift import _backend, signal
from flipshift._backend import core
from flipshift._convolve import integers

ONES = np.ones


@pytest.mark.parametrize(
    ("n", "m"), [((12,), (3,)), ((3,), (12,)), ((5000,), (4000,)), ((9, 9), (3, 3))]
)
@pytest.mark.parametrize("dtype", ["f4", "c16", "i4", "?", "f2", "g", "O"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_the_method_is_the_one_that_is_chosen(n, m, dtype, mode):
    x, h = ONES(n, dtype), ONES(m, dtype)
    told = signal.explain_convolve(x, h, mode)
    chosen = signal.choose_conv_method(x, h, mode)
    if dtype != "?":
        assert (told.chosen.method in ("direct", "separable")) == (chosen == "direct")
    assert told.chosen is told.candidates[0]
    for candidate in told.candidates:
        assert candidate.method in ("direct", "overlap-save", "fft", "separable")
        assert (candidate.blocks == 0) == (candidate.method in ("direct", "separable"))
        assert (candidate.terms > 0) == (candidate.method == "separable")
        assert math.isnan(candidate.seconds) or 0 < candidate.seconds < 60
    text = str(told)
    assert text.startswith(told.problem)
    assert text.count("\n  -> ") == 1
    assert text.endswith(told.why)
    assert len(told.why) > 20


def test_one_dimension_has_the_plan_of_the_backend():
    x, h = ONES(100_000), ONES(900)
    plan = core.convolve_plan(100_000, 900, 100_899, 0, x.dtype)
    told = signal.explain_convolve(x, h)
    assert [c.method for c in told.candidates] == [p[0] for p in plan]
    assert [c.blocks for c in told.candidates] == [p[2] for p in plan]
    np.testing.assert_allclose([c.seconds for c in told.candidates], [p[3] * 1e-9 for p in plan])


def test_several_dimensions_and_lines():
    told = signal.explain_convolve(ONES((40, 40, 40)), ONES((20, 20, 20)))
    assert told.chosen.method == "fft"
    assert len(told.chosen.block) == 3
    assert told.problem == (
        "40 x 40 x 40 with 20 x 20 x 20 numbers of float64 to 59 x 59 x 59 outputs"
    )
    full_rank = np.random.default_rng(1).standard_normal((90, 90))
    told = signal.explain_convolve(ONES((300, 300)), full_rank)
    assert told.chosen.method in ("fft", "overlap-save")
    assert "FFT" in str(told)
    one = signal.explain_convolve(ONES(500), ONES(400), axis=0)
    many = signal.explain_convolve(ONES((7, 500)), ONES(400), axis=1)
    assert many.problem.startswith("7 lines, each 500 with 400 numbers")
    # Lines may share the spectrum of the kernel.
    assert one.chosen.seconds < many.chosen.seconds < 7.01 * one.chosen.seconds


def test_integers_are_told_by_their_digits():
    large, small = np.full(9000, 2**40), np.full(9000, 3)
    assert "digits of" in signal.explain_convolve(large, large).why
    assert "whole numbers" in signal.explain_convolve(small, small).why
    assert "bool is counted" in signal.explain_convolve(ONES(9, "?"), ONES(9, "?")).why
    halves = ONES(9, "e")
    assert "float16 is computed in float32" in signal.explain_convolve(halves, halves).why


def test_a_method_that_is_asked_for():
    x = ONES(5000)
    for method in ("direct", "fft"):
        told = signal.explain_convolve(x, x, method=method)
        assert (told.chosen.method == "direct") == (method == "direct")
        assert told.why == f"Method {method!r} was asked for."


def test_it_is_frozen():
    told = signal.explain_convolve([1.0], [2.0])
    with pytest.raises(dataclasses.FrozenInstanceError):
        told.why = ""


def test_bad_input():
    for args, says in [
        (([1.0], [[1.0]]), "same dimensionality"),
        (([], [1.0]), "in1 cannot be empty"),
        (([1.0], [1.0], "some"), "mode flags"),
        (([1.0], [1.0], "full", "some"), "method flags"),
    ]:
        with pytest.raises(ValueError, match=says):
            signal.explain_convolve(*args)
    with pytest.raises(ValueError, match="axis 1 is out of range"):
        signal.explain_convolve([1.0], [1.0], axis=1)


native = pytest.mark.skipif(_backend.name != "native", reason="ways are forced natively only")


def random_arrays(seed, *shapes, dtype="f8"):
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(s) + 1j * rng.standard_normal(s) for s in shapes]
    return [(a if np.dtype(dtype).kind == "c" else a.real).astype(dtype) for a in arrays]


@native
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_signals_are_convolved_as_told(mode, dtype):
    """Other ways round otherwise, so the same bits are the same way."""
    told_of = set()
    for n, m in [
        (300, 17),
        (90, 9),
        (60, 300),
        (2000, 300),
        (30_000, 500),
        (9000, 8000),
        (700, 400),
    ]:
        x, h = random_arrays(n, n, m, dtype=dtype)
        told = signal.explain_convolve(x, h, mode).chosen
        told_of.add(told.method)
        y = signal.convolve(x, h, mode)
        full = {"full": 0, "same": (m - 1) // 2, "valid": min(n, m) - 1}
        way = np.empty_like(y)
        if told.method == "direct":
            core.convolve(x, h, way, (full[mode],), "direct", 1)
        else:
            core.convolve_blocks(x, h, way, (full[mode],), told.block[0], 1)
        np.testing.assert_array_equal(y, way)
    assert "direct" in told_of
    assert len(told_of) > 1


@native
@pytest.mark.parametrize("dtype", ["f4", "c16"])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_batches_are_convolved_as_told(axis, dtype):
    told_of = set()
    for n, m in [(100, 9), (100, 20), (2000, 300), (900, 40), (2500, 2400)]:
        shape = [3, 4, 2]
        shape[axis] = n
        x, h = random_arrays(n, shape, m, dtype=dtype)
        told = signal.explain_convolve(x, h, axis=axis).chosen
        told_of.add(told.method)
        y = signal.convolve(x, h, axis=axis)
        lines = x.reshape(int(np.prod(shape[:axis])), n, -1)
        way = np.empty((lines.shape[0], n + m - 1, lines.shape[2]), dtype)
        size = told.block[0] if told.block else 0
        core.convolve_axis_blocks(lines, h, way, 0, size, 1)
        # Without a short way the same sums are cut otherwise.
        equal = np.testing.assert_array_equal if size else np.testing.assert_allclose
        equal(y.ravel(), way.ravel(), **({} if size else {"rtol": 0, "atol": 1e-3}))
        assert signal.explain_convolve(h, x, axis=axis).chosen == told
        size = told.block[0] if told.block else 0
        blocks = math.prod(shape) // n * math.ceil((n + m - 1) / (size - m + 1)) if size else 0
        assert told.blocks in (blocks, math.prod(shape) // n if size else 0)
    assert len(told_of) > 1


@native
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_images_are_convolved_as_told(dtype):
    told_of = set()
    for n, m in [
        ((30, 40), (3, 3)),
        ((300, 200), (40, 50)),
        ((1, 5000), (1, 700)),
        ((80, 1), (9, 1)),
    ]:
        x, h = random_arrays(1, n, m, dtype=dtype)
        told = signal.explain_convolve(x, h).chosen
        told_of.add(told.method)
        y = signal.convolve(x, h)
        if 1 in n:
            assert told == signal.explain_convolve(x.ravel(), h.ravel()).chosen
            np.testing.assert_array_equal(y.ravel(), signal.convolve(x.ravel(), h.ravel()))
        else:
            way = np.empty_like(y)
            name = "fft" if told.blocks else told.method
            core.convolve2d(x, h, way, (0, 0), ("fill", "fill"), 0, name, 1)
            np.testing.assert_array_equal(y, way)
    assert len(told_of) > 1


@pytest.mark.parametrize("dtype", ["i1", "u2", "i4", "i8"])
def test_integers_are_convolved_as_told(dtype, monkeypatch):
    """Which plan the exact transforms are called with, if they are."""
    taken = []
    convolve = integers.convolve

    def spy(x, h, start, shape, plan, workers=1):
        taken.append(plan)
        return convolve(x, h, start, shape, plan, workers)

    monkeypatch.setattr(integers, "convolve", spy)
    rng = np.random.default_rng(5)
    methods = set()
    for n, m in [(200, 30), (50_000, 7000), (30_000, 25_000)]:
        x, h = (rng.integers(0, 100, k).astype(dtype) for k in (n, m))
        told = signal.explain_convolve(x, h).chosen
        methods.add(told.method)
        taken.clear()
        signal.convolve(x, h)
        assert bool(taken) == (told.method != "direct")
        if taken:
            assert told.block == taken[0].lengths
            assert told.blocks == max(1, taken[0].blocks)
    assert len(methods) > 1
