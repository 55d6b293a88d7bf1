"""The fit of `calibrate` finds the costs that noisy times were made of."""

from __future__ import annotations

import numpy as np
import pytest

from flipshift._cli.calibrate import ALL_LENGTHS, Measurement, direct_calls, transform_calls
from flipshift._cli.fit import TransformCosts, robust_fit, transform_costs


def disturbed(times, rng, noise, wild):
    """Times with relative noise, and a part of them 1.5 to 4 times as long."""
    times = np.asarray(times) * (1 + noise * rng.standard_normal(len(times)))
    slow = rng.random(len(times)) < wild
    return np.where(slow, times * rng.uniform(1.5, 4, len(times)), times)


@pytest.fixture(scope="module")
def costs():
    """Costs that are no smooth function of the length, as measured ones."""
    rng = np.random.default_rng(7)
    lengths = [s for s in ALL_LENGTHS if s <= 2**13]
    block = {s: 0.3 * s * np.log2(s) * rng.uniform(0.8, 1.25) for s in lengths}
    kernel = {s: block[s] * rng.uniform(0.4, 1.1) for s in lengths}
    return TransformCosts(120.0, 0.05, 0.03, kernel, block)


def test_exact_times_give_the_costs(costs):
    calls = [t for t, _ in transform_calls(2**13)]
    found = transform_costs({c: costs.predict(c) for c in calls})
    assert found.copied == pytest.approx(costs.copied, rel=1e-3)
    assert found.filled == pytest.approx(costs.filled, rel=1e-3)
    for size, ns in costs.block.items():
        assert found.block[size] == pytest.approx(ns, rel=1e-4)
        # Each call has both, so that no times tell them apart.
        fixed = costs.call + costs.kernel[size]
        assert found.call + found.kernel[size] == pytest.approx(fixed, rel=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_wild_times(costs, seed):
    """With 2% of noise and one time of 20 wild, calls are predicted within 5% (95 of 100)."""
    rng = np.random.default_rng(seed)
    calls = [t for t, _ in transform_calls(2**13)]
    exact = np.array([costs.predict(c) for c in calls])
    times = disturbed(exact, rng, 0.02, 0.05)
    found = transform_costs(dict(zip(calls, map(float, times), strict=True)))
    error = np.abs([found.predict(c) for c in calls] / exact - 1)
    assert np.quantile(error, 0.95) < 0.05
    blocks = np.abs([found.block[s] / ns - 1 for s, ns in costs.block.items()])
    assert np.median(blocks) < 0.03
    assert np.quantile(blocks, 0.9) < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_direct_sums(seed):
    """The costs of a few parts from 150 times, one of ten of them wild.

    Least squares predict call i with a standard error of noise * sqrt(h_i), h_i being its leverage,
    the diagonal of the projection onto the columns of parts / exact. Of 150 such errors the largest
    is below 4.1 standard errors in 99.4% of all draws. The weights are those of Cauchy with a width
    of two deviations, whose variance is below 1.2 of least squares'; and a tenth of the calls is
    lost: together, sqrt(1.2 / 0.9) times as much.
    """
    rng = np.random.default_rng(seed)
    true = np.array([130, 0.02, 0.5, 0.015, 0.25])
    parts = np.array(
        [(1, c.outputs, c.m, c.m * c.outputs, c.m * (c.outputs // 100 + 1)) for c in direct_calls()]
    )
    exact = parts @ true
    leverage = (np.linalg.qr(parts / exact[:, None])[0] ** 2).sum(axis=1)
    bound = 4.1 * np.sqrt(1.2 / 0.9) * 0.02 * np.sqrt(leverage)
    times = disturbed(exact, rng, 0.02, 0.1)
    found = robust_fit(parts, times)
    assert (np.abs(parts @ found / exact - 1) < bound).all()
    plain = np.linalg.lstsq(parts, times, rcond=None)[0]
    assert (np.abs(parts @ plain / exact - 1) > bound).any()  # the weights are what does it


def test_costs_are_not_negative():
    """A part that times do not show has the cost 0; one that nothing has, too."""
    rng = np.random.default_rng(0)
    parts = np.column_stack([np.ones(50), rng.random(50), rng.random(50), np.zeros(50)])
    times = parts @ [100, 30, 0, 0] - 2 * parts[:, 2]
    found = robust_fit(parts, times)
    assert (found >= 0).all()
    assert found[2] == found[3] == 0
    np.testing.assert_allclose(found[:2], [100, 30], rtol=0.05)


def test_unmeasured_lengths_are_extrapolated(costs):
    measurement = Measurement("float32", 2**13)
    measurement.transforms = {t: costs.predict(t) for t, _ in transform_calls(2**13)}
    measurement.direct_costs = lambda: [1.0] * 8
    lines = {" ".join(line.split()[:2]): line.split()[2:] for line in measurement.lines()}
    longest = [float(v) for v in lines["float32 block-1"]]
    assert longest[8] == pytest.approx(costs.block[2**13], rel=1e-3)
    assert longest[9] == pytest.approx(2.2 * longest[8], rel=1e-3)
    assert len(lines) == 14
