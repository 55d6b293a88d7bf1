"""The numbers on the demo's pages about pictures."""

import math
from fractions import Fraction

import numpy as np
import pytest

from flipshift._cli.demo import lowrank, picture, shifts

EPS = 2.0**-52


def test_shifts_are_the_definition():
    x, h = shifts.PICTURE, shifts.KERNEL
    places = shifts.shifts(x, h)
    assert [(s.row, s.column) for s in places] == list(np.ndindex(3, 3))
    for s in places:
        by_definition = sum(
            int(h[k, m]) * int(x[s.row + 2 - k, s.column + 2 - m]) for k, m in np.ndindex(3, 3)
        )
        assert s.total == by_definition
        np.testing.assert_array_equal(s.window, x[s.row : s.row + 3, s.column : s.column + 3])
        assert s.products.sum() == s.total
    # Neither flip alone leaves the kernel as it is, so that the page shows both.
    for flipped in (h[::-1], h[:, ::-1], h[::-1, ::-1]):
        assert (flipped != h).any()


def test_psnr_is_the_definition():
    rng = np.random.default_rng(5)
    exact, near = rng.uniform(size=(7, 9)), rng.uniform(size=(7, 9))
    squares = [(Fraction(a) - Fraction(b)) ** 2 for a, b in zip(exact.flat, near.flat, strict=True)]
    expected = -10 * math.log10(sum(squares) / 63)
    assert lowrank.psnr(exact, near) == pytest.approx(expected, rel=1e-13)
    assert lowrank.psnr(exact, exact) == math.inf


def test_relative_error_is_the_definition():
    exact, near = np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 0.0], [0.5, 4.0]])
    assert lowrank.relative_error(exact, near) == 0.1
    assert lowrank.relative_error(np.zeros((2, 2)), np.zeros((2, 2))) == 0


def test_oriented_kernels():
    kernel = lowrank.oriented()
    assert np.abs(kernel).sum() == pytest.approx(1, rel=1e-14)
    # Odd about its centre: no response to a constant.
    # The coordinates differ in their signs only, which rounding does not see.
    np.testing.assert_array_equal(kernel, -kernel[::-1, ::-1])
    # The cosine of the rounded quarter turn is 6.2e-17, so that coordinates of up to 12 are off by
    # 12 * 6.2e-17. Exponents change by 12 / 3.125^2 as much and the factor in front by itself;
    # weights are at most 3.125 exp(-1 / 2) over the sum of all, before as after. Eight roundings.
    straight = lowrank.oriented(degrees=0.0).T
    off = 12 * 6.2e-17
    sum_before = 3.125 * np.exp(-0.5) / np.abs(straight).max()
    bound = 2 * off * (1 + 3.125 * 12 / 3.125**2) / sum_before + 8 * 2.0**-53 * np.abs(straight)
    error = np.abs(lowrank.oriented(degrees=90.0) - straight)
    assert (error <= bound).all()
    values = np.linalg.svd(lowrank.oriented(degrees=0.0), compute_uv=False)
    assert values[1] < 25 * EPS * values[0]
    assert np.linalg.matrix_rank(kernel) > 10


def test_low_ranks_leave_the_other_singular_values():
    rng = np.random.default_rng(9)
    matrix = rng.uniform(size=(20, 13))
    parts = lowrank.factors(matrix)
    for rank in range(14):
        left = matrix.astype(np.longdouble) - parts.sum(rank)
        expected = np.sqrt(np.sum(parts.values[rank:].astype(np.longdouble) ** 2))
        bound = 20 * 13 * EPS * np.linalg.norm(matrix)
        assert abs(np.sqrt(np.sum(left**2)) - expected) < bound
        assert parts.numbers(rank) == rank * 20 + rank + rank * 13


@pytest.mark.parametrize("shape", [(7, 7), (5, 8), (4, 3)])
def test_terms_are_the_convolution_with_their_sum(shape):
    rng = np.random.default_rng(3)
    image, kernel = rng.uniform(size=(11, 14)), rng.uniform(-1, 1, shape)
    tried = lowrank.approximations(image, kernel, (1, 2))
    assert [one.name for one in tried] == ["whole", "rank 1", "rank 2"]
    above, left = shape[0] // 2, shape[1] // 2
    widths = ((above, shape[0] - 1 - above), (left, shape[1] - 1 - left))
    framed = np.pad(image, widths, "symmetric").astype(np.longdouble)
    results = []
    for one in tried:
        windows = np.lib.stride_tricks.sliding_window_view(framed, shape)
        expected = np.sum(windows * one.kernel[::-1, ::-1], (2, 3))
        # Sums of at most 64 products of numbers below 1 and 1, or of twice as many in two terms.
        assert np.abs(one.filtered - expected).max() < 64 * 64 * EPS
        assert one.seconds > 0
        results.append(expected)
    for one, expected in zip(tried[1:], results[1:], strict=True):
        whole = results[0]
        share = np.sqrt(np.sum((expected - whole) ** 2) / np.sum(whole**2))
        assert one.filtered_error == pytest.approx(float(share), rel=1e-9)
        left_over = np.linalg.norm((kernel - one.kernel).astype(np.longdouble).astype(float))
        assert one.kernel_error == pytest.approx(left_over / np.linalg.norm(kernel), rel=1e-9)
        assert np.linalg.matrix_rank(one.kernel) == int(one.name.split()[1])


def test_compressed_pictures():
    image = picture.drawn(96)
    parts = lowrank.factors(image)
    versions = lowrank.compressed(image, parts)
    assert [one.rank for one in versions] == [2, 5, 10, 20]  # 50 would take more than the pixels
    for one in versions:
        assert one.numbers == one.rank * (96 + 1 + 96)
        assert one.share == one.numbers / 96**2
        mean = np.mean((image.astype(np.longdouble) - one.picture) ** 2)
        assert one.psnr == pytest.approx(float(-10 * np.log10(mean)), rel=1e-10)
        missing = np.sum(parts.values[one.rank :] ** 2) / 96**2
        assert one.psnr == pytest.approx(-10 * math.log10(missing), rel=1e-10)


@pytest.mark.parametrize(("shape", "largest"), [((7, 9), 9), ((30, 40), 20), ((31, 47), 10)])
def test_reduced_pictures_are_means(shape, largest):
    image = np.random.default_rng(2).uniform(size=shape)
    small = lowrank.reduced(image, largest)
    step = math.ceil(max(shape) / largest)
    assert small.shape == (shape[0] // step, shape[1] // step)
    for i, j in np.ndindex(small.shape):
        part = image[i * step : (i + 1) * step, j * step : (j + 1) * step].astype(np.longdouble)
        assert abs(small[i, j] - part.mean()) <= 8 * EPS
