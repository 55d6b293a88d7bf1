"""match_template against the definition in extended precision."""

import warnings

import numpy as np
import pytest

import flipshift
from flipshift import signal
from flipshift.signal import match_template

RNG = np.random.default_rng(11)
EPS = 2.0**-52


def definition(image, template):
    """Coefficients and energies of all windows, in extended precision."""
    x, t = image.astype(np.longdouble), template.astype(np.longdouble)
    t = t - t.mean()
    axes = tuple(range(-x.ndim, 0))
    windows = np.lib.stride_tricks.sliding_window_view(x, t.shape)
    d = windows - windows.mean(axes, keepdims=True)
    energy = np.sum(d * d, axes)
    norm = np.sum(t * t)
    constant = windows.max(axes) == windows.min(axes)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.sum(d * t, axes) / np.sqrt(energy * norm)
    r[constant] = 0
    return (r if norm > 0 and t.max() > t.min() else np.zeros_like(r)), energy


def padded(image, shape, mode, **more):
    whole = np.pad(image, [(m, m) for m in shape], mode, **more)
    cut = [slice(m - m // 2, m + n + (m - 1) // 2) for m, n in zip(shape, image.shape, strict=True)]
    return whole[tuple(cut)]


def bound(image, energy, single):
    """The documented bound of the error: rounding beside the norm of the image, but at most."""
    spread = np.sqrt(np.sum((image - image.mean(dtype=np.longdouble)) ** 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(energy > 0, 8 * EPS * spread / np.sqrt(energy), 0)
    # The means and energies of windows take a few roundings more.
    return np.minimum(share, 3e-8 if single else 1e-9) + 64 * EPS + (2.0**-24 if single else 0)


def check(image, template, **options):
    r = match_template(image, template, **options)
    expected, energy = definition(image, template)
    single = image.dtype in (np.float32, np.float16)
    assert r.dtype == (np.float32 if single else np.float64)
    assert r.shape == expected.shape
    assert np.abs(r).max() <= 1
    error = np.abs(r - expected)
    limit = bound(image.astype(np.longdouble), energy, single)
    assert (error <= limit).all(), float((error / limit).max())
    return r


SHAPES = [
    ((1, 1), (1, 1)),
    ((5, 7), (5, 7)),
    ((9, 40), (1, 3)),
    ((40, 9), (3, 1)),
    ((7, 7), (1, 1)),
    ((17, 33), (4, 7)),
    ((33, 18), (16, 2)),
    ((40, 41), (13, 31)),
    ((50, 70), (38, 9)),
    ((30, 262), (5, 129)),
    ((150, 21), (140, 8)),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8, np.uint16])
@pytest.mark.parametrize(("n", "m"), SHAPES)
def test_definition(n, m, dtype):
    image = RNG.uniform(0, 255, n)
    image += np.add.outer(np.arange(n[0]), np.arange(n[1]))  # light from one side
    image = image.astype(dtype)
    check(image, RNG.uniform(-3, 5, m).astype(dtype if np.dtype(dtype).kind == "f" else np.int8))
    i, j = (n[0] - m[0]) // 2, (n[1] - m[1]) // 2
    r = check(image, image[i : i + m[0], j : j + m[1]])
    if m != (1, 1):
        assert r[i, j] == pytest.approx(1, abs=1e-7 if dtype is np.float32 else 1e-12)
        assert r.argmax() == i * r.shape[1] + j


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_transforms(dtype):
    """Large enough for numerators by FFT; outputs picked at random."""
    image = RNG.integers(0, 256, (150, 171)).astype(dtype)
    template = RNG.integers(0, 256, (61, 50)).astype(dtype)
    r = match_template(image, template)
    for i, j in zip(RNG.integers(0, 90, 40), RNG.integers(0, 122, 40), strict=True):
        window = image[i : i + 61, j : j + 50]
        expected, energy = definition(window, template)
        limit = bound(image.astype(np.longdouble), energy, dtype is np.float32)
        assert abs(r[i, j] - expected[0, 0]) <= limit[0, 0]


@pytest.mark.parametrize("dtype", ["?", "i1", "i4", "u8", ">f4", ">f8", ">u2", "f2", "g"])
def test_other_dtypes(dtype):
    image = RNG.integers(0, 2 if dtype == "?" else 90, (20, 30)).astype(dtype)
    template = image[3:9, 4:11]
    wide = image.astype(np.float32 if dtype in ("f2", ">f4") else np.float64)
    r = match_template(image, template)
    assert r.dtype == wide.dtype
    assert r.dtype.isnative
    check(wide, template.astype(wide.dtype))
    np.testing.assert_array_equal(r, match_template(wide, template.astype(wide.dtype)))
    assert r[3, 4] == pytest.approx(1, abs=1e-6)


def test_lists_and_objects():
    image = [[1, 2, 3, 5], [0, 1, 0, 2], [4, 4, 1, 0]]
    expected = match_template(np.array(image, float), np.array([[1.0, 0], [0, 1]]))
    np.testing.assert_array_equal(match_template(image, [[1, 0], [0, 1]]), expected)
    objects = np.array(image, object)
    np.testing.assert_array_equal(match_template(objects, [[1, 0], [0, 1]]), expected)


@pytest.mark.parametrize(
    ("dtype", "offset", "noise"),
    [
        (np.float64, 1000.0, 1e-3),
        (np.float64, 1e6, 1e-5),
        (np.float64, -1e12, 1.0),
        (np.float32, 1000.0, 1e-2),
        (np.float32, 1e5, 1.0),
        (np.float64, 0.0, 1e-200),
        (np.float64, 0.0, 1e300),
        (np.float64, 0.0, 1.7e308),
        (np.float32, 0.0, 1e-44),
        (np.float32, 0.0, 3e38),
    ],
)
def test_offsets_and_magnitudes(dtype, offset, noise):
    image = (offset + noise * RNG.uniform(-1, 1, (60, 70))).astype(dtype)
    check(image, image[20:31, 30:43])
    check(image, 3 * offset + noise / 2 * RNG.uniform(-1, 1, (17, 16)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loud", [1e4, 1e8, 1e14, 1e25])
def test_quiet_windows_beside_loud_ones(dtype, loud):
    image = RNG.uniform(-1, 1, (70, 90)).astype(dtype)
    image[50:55, 60:70] *= dtype(loud)
    template = RNG.uniform(-1, 1, (24, 25)).astype(dtype)
    r = match_template(image, template)
    expected, energy = definition(image, template)
    # Where x - mean x is rounded in double precision, numbers are as if they were off by so much.
    pivot = abs(float(image.mean(dtype=np.longdouble)))
    quiet = energy < (1e-6 * loud) ** 2
    limit = bound(image.astype(np.longdouble), energy, dtype is np.float32)
    seen = (energy > (1e6 * EPS * pivot) ** 2) | ~quiet
    assert (np.abs(r - expected) <= limit)[seen].all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("value", [0, 0.1, 77, 255])
def test_constant_windows_are_zero(dtype, value):
    image = np.full((60, 70), value, dtype)
    assert not match_template(image, RNG.uniform(size=(5, 6))).any()
    image[:30] = RNG.integers(0, 200, (30, 70))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        r = check(image, image[5:26, 9:31])
    assert not r[30:].any()
    assert r[:20].all()
    # A constant template, whose mean has to be rounded.
    assert not match_template(image, np.full((3, 7), 0.1)).any()
    assert not match_template(image, np.full((3, 7), 0.1, np.float32)).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_last_places_are_no_variation(dtype):
    image = np.full((40, 50), 0.3, dtype)
    image[::2, 1::3] = np.nextafter(dtype(0.3), dtype(1))
    image[:8, :8] = RNG.uniform(size=(8, 8))
    r = match_template(image, RNG.uniform(size=(7, 9)))
    assert not r[8:, 8:].any()
    assert r[0, 0] != 0


def test_shifted_and_scaled():
    """Coefficients do not change when image or template are shifted or scaled, but in sign."""
    image, template = RNG.uniform(size=(50, 60)), RNG.uniform(size=(7, 8))
    r = match_template(image, template)
    # Powers of two change no rounding.
    np.testing.assert_array_equal(match_template(4 * image, 0.5 * template), r)
    image, template = 3 * image + 7, 9 - 5 * template  # rounded
    expected, energy = definition(image, template)
    limit = bound(image.astype(np.longdouble), energy, False)
    assert (np.abs(match_template(image, template) - expected) <= limit).all()
    # From the first ones these differ by what rounding 10 to 14 and 14 by half a unit makes of
    # numbers that vary by 3 and 5: less than 14 EPS times the number of pixels beside the energy.
    rounding = 14 * EPS * template.size * 9 / energy
    assert (np.abs(expected + r) <= limit + rounding).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_reaches_its_windows_only(dtype, bad):
    clean = RNG.uniform(size=(50, 64)).astype(dtype)
    clean[35:, 40:] = 0.5
    template = clean[4:16, 7:20]
    image = clean.copy()
    places = [(0, 0), (23, 30), (49, 2), (40, 50)]
    hit = np.zeros((39, 52), bool)
    for i, j in places:
        image[i, j] = bad
        hit[max(i - 11, 0) : i + 1, max(j - 12, 0) : j + 1] = True
    expected, energy = definition(clean, template)
    limit = bound(clean.astype(np.longdouble), energy, dtype is np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        r = match_template(image, template)
        assert np.isnan(match_template(image, np.ones((12, 13)))[hit]).all()
        assert not match_template(image, np.ones((12, 13)))[~hit].any()
    assert np.isnan(r[hit]).all()
    assert (np.abs(r - expected) <= limit)[~hit].all()
    template = template.copy()
    template[3, 3] = bad
    assert np.isnan(match_template(image, template)).all()
    assert np.isnan(match_template(np.full((9, 9), bad), np.eye(3))).all()


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap", "mean",
                                  "median", "maximum", "minimum", "linear_ramp"])  # fmt: skip
@pytest.mark.parametrize("m", [(1, 1), (4, 5), (7, 2), (12, 13)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_pad_input(mode, m, dtype):
    image = RNG.integers(0, 256, (12, 13)).astype(dtype)
    template = RNG.integers(0, 256, m).astype(dtype)
    r = match_template(image, template, pad_input=True, mode=mode)
    assert r.shape == image.shape
    wide = image.astype(np.float32 if dtype is np.float32 else np.float64)
    whole = padded(wide, m, mode)
    expected, energy = definition(whole, template)
    limit = bound(whole.astype(np.longdouble), energy, dtype is np.float32)
    assert (np.abs(r - expected) <= limit).all()


@pytest.mark.parametrize("values", [0, 40, -3, 0.5, 1000, [(1, 2), (3, 4)]])
def test_constant_values(values):
    image = RNG.integers(0, 256, (15, 18)).astype(np.uint8)
    template = RNG.integers(0, 256, (6, 5))
    r = match_template(image, template, True, "constant", values)
    whole = padded(image.astype(float), (6, 5), "constant", constant_values=values)
    expected, energy = definition(whole, template)
    assert (np.abs(r - expected) <= bound(whole.astype(np.longdouble), energy, False)).all()


def test_a_function_as_mode():
    def tens(vector, widths, axis, options):
        vector[: widths[0]] = 10
        vector[len(vector) - widths[1] :] = 10

    image, template = RNG.uniform(size=(9, 11)), RNG.uniform(size=(4, 3))
    whole = padded(image, (4, 3), "constant", constant_values=10)
    expected, energy = definition(whole, template)
    r = match_template(image, template, True, tens)
    assert (np.abs(r - expected) <= bound(whole.astype(np.longdouble), energy, False)).all()


def test_three_dimensions():
    image = RNG.uniform(size=(9, 12, 14))
    template = image[2:5, 3:8, 5:9]
    r = check(image, template)
    assert np.unravel_index(r.argmax(), r.shape) == (2, 3, 5)
    r = match_template(image, template, pad_input=True)
    assert r.shape == image.shape
    assert np.unravel_index(r.argmax(), r.shape) == (3, 5, 7)
    assert r.max() == pytest.approx(1, abs=1e-12)
    out = np.empty(image.shape)
    assert match_template(image, template, True, out=out, workers=2) is out
    np.testing.assert_array_equal(out, r)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_strides(dtype):
    base = RNG.integers(0, 256, (60, 80)).astype(dtype)
    model = RNG.integers(0, 256, (20, 22)).astype(dtype)
    for image in (base[::2, ::-1], base.T, base[5:, 3:61], np.asfortranarray(base)):
        for template in (model[::-2, ::3], model.T):
            expected = match_template(image.copy(), template.copy())
            np.testing.assert_array_equal(match_template(image, template), expected)
    image = np.frombuffer(b"\0" + base.tobytes(), np.uint8)[1:].view(dtype).reshape(base.shape)
    np.testing.assert_array_equal(match_template(image, model), match_template(base, model))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out(dtype):
    image, template = RNG.uniform(size=(40, 50)).astype(dtype), RNG.uniform(size=(6, 7))
    expected = match_template(image, template)
    out = np.empty((35, 44), dtype)
    assert match_template(image, template, out=out) is out
    np.testing.assert_array_equal(out, expected)
    wide = np.zeros((70, 44), np.dtype(dtype).newbyteorder())
    assert match_template(image, template, out=wide[::2]).base is wide
    np.testing.assert_array_equal(wide[::2], expected)
    assert not wide[1::2].any()
    whole = match_template(image, template, pad_input=True)
    copy = image.copy()
    assert match_template(copy, template, pad_input=True, out=copy) is copy
    np.testing.assert_array_equal(copy, whole)
    copy = image.copy()
    match_template(copy, template, out=copy[3:38, 2:46])
    np.testing.assert_array_equal(copy[3:38, 2:46], expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("m", [(5, 5), (40, 33)])
def test_workers_bit_for_bit(dtype, m):
    image = RNG.integers(0, 256, (210, 230)).astype(dtype)
    if dtype is not np.uint8:
        image[:90, :90] = 1e-9 * RNG.uniform(size=(90, 90))  # some by the definition
        image[150, 150] = np.nan
    template = RNG.uniform(size=m)
    one = match_template(image, template)
    for workers in (2, 3, -1):
        np.testing.assert_array_equal(match_template(image, template, workers=workers), one)
    with flipshift.fft.set_workers(2):
        np.testing.assert_array_equal(match_template(image, template), one)


def test_inputs_are_left_alone():
    image, template = RNG.uniform(size=(20, 30)), RNG.uniform(size=(4, 5))
    copies = image.copy(), template.copy()
    image.flags.writeable = template.flags.writeable = False
    match_template(image, template)
    match_template(image, template, True)
    np.testing.assert_array_equal(image, copies[0])
    np.testing.assert_array_equal(template, copies[1])


IMAGE = np.ones((6, 7))


@pytest.mark.parametrize(
    ("image", "template", "options", "error", "words"),
    [
        (IMAGE, np.ones((7, 3)), {}, ValueError, "at least as large as template"),
        (IMAGE, np.ones((3, 8)), {}, ValueError, r"shape is \(6, 7\), that of template \(3, 8\)"),
        (IMAGE, np.ones((7, 8)), {"pad_input": True}, ValueError, "at least as large"),
        (IMAGE, np.ones(3), {}, ValueError, "template must have as many dimensions as image"),
        (IMAGE, np.ones((2, 2, 2)), {}, ValueError, "which has 2, not 3"),
        (np.ones((4, 4, 4)), np.ones((2, 2)), {}, ValueError, "which has 3, not 2"),
        (np.ones(9), np.ones(3), {}, ValueError, "image must be a 2- or 3-dimensional"),
        (np.ones((2,) * 4), np.ones((1,) * 4), {}, ValueError, "not 4-dimensional"),
        (np.ones((0, 4)), np.ones((1, 1)), {}, ValueError, "image cannot be an empty"),
        (IMAGE, np.ones((0, 4)), {}, ValueError, "template cannot be an empty"),
        (IMAGE + 1j, np.ones((2, 2)), {}, ValueError, "image must be real, not complex128"),
        (IMAGE, np.ones((2, 2)) + 1j, {}, ValueError, "template must be real"),
        (np.full((3, 3), "a"), np.ones((2, 2)), {}, TypeError, "image must be numeric"),
        (IMAGE, np.full((2, 2), {}), {}, TypeError, "template must be numeric"),
        (
            IMAGE,
            np.ones((2, 2)),
            {"mode": "mirror"},
            ValueError,
            "mode must be a function or one of",
        ),
        (IMAGE, np.ones((2, 2)), {"workers": 0}, ValueError, "workers must not be zero"),
        (IMAGE, np.ones((2, 2)), {"workers": 1.5}, TypeError, "workers must be an integer"),
        (IMAGE, np.ones((2, 2)), {"out": np.ones((6, 7))}, ValueError, "out has shape"),
        (IMAGE, np.ones((2, 2)), {"out": np.ones((5, 6), "f")}, TypeError, "out has dtype"),
        (IMAGE, np.ones((2, 2)), {"out": [1]}, TypeError, "out must be a NumPy array"),
    ],
)
def test_bad_input(image, template, options, error, words):
    with pytest.raises(error, match=words):
        match_template(image, template, **options)


@pytest.mark.parametrize("pad_input", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.uint8])
def test_as_scikit_image(dtype, pad_input):
    feature = pytest.importorskip("skimage.feature")
    image = RNG.integers(0, 256, (80, 90)).astype(dtype)
    for m in ((9, 12), (30, 31)):
        template = image[20 : 20 + m[0], 30 : 30 + m[1]]
        theirs = feature.match_template(image, template, pad_input=pad_input)
        ours = signal.match_template(image, template, pad_input=pad_input)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_strips_of_large_images(dtype):
    """Rows around the seam: the engine takes 32 MiB of centred samples and products at a time."""
    m = (5, 4)
    image = (255 * RNG.random((1500, 1500))).astype(dtype)
    if image.dtype.kind == "f":
        image[1400, 700] = np.nan
    template = image[700 : 700 + m[0], 20 : 20 + m[1]].copy()
    r = match_template(image, template)
    assert r.shape == (1496, 1497)
    assert r[700, 20] >= 1 - 2.0**-24
    seam = 2**25 // (16 * 1500) - m[0] + 1
    for low in (0, seam - 4, 1395, r.shape[0] - 3):
        high = min(low + 8, r.shape[0])
        rows = image[low : high + m[0] - 1]
        expected, energy = definition(rows, template)
        finite = np.isfinite(image)
        whole = np.where(finite, image, 128).astype(np.longdouble)
        limit = bound(whole, energy, dtype is np.float32)
        known = np.isfinite(expected)
        np.testing.assert_array_equal(np.isnan(r[low:high]), ~known)
        error = np.abs(r[low:high] - expected)[known]
        assert (error <= limit[known]).all()
