"""explain_convolve names what is then done, and says it in words."""

import dataclasses
import math

import numpy as np
import pytest

from flipshift import signal
from flipshift._backend import core

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
    assert many.chosen.seconds == pytest.approx(7 * one.chosen.seconds)


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
