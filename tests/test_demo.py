"""The demo: notes that were played are the notes that are found, pictures are pictures."""

import csv
import os
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from flipshift.__main__ import main
from flipshift._cli.demo import key, noteimage, notes, picture, pitch, smoothing, sound, spectrum

soundfile = pytest.importorskip("soundfile")
image_module = pytest.importorskip("PIL.Image")
pytest.importorskip("matplotlib")
pytest.importorskip("rich")

PICTURES = {
    "01-waveform-spectrogram.png",
    "02-notes.png",
    "03-key.png",
    "04-moving-averages.png",
    "05-toeplitz.png",
    "06-picture-filters.png",
    "07-flip-and-shift.png",
    "08-step-by-step.png",
    "09-low-rank-kernel.png",
    "10-compressed.png",
}
THEME = "F#4 F#4 G4 A4 A4 G4 F#4 E4 D4 D4 E4 F#4 E4 D4 D4".split()


def listed(folder):
    with (folder / "notes.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check_pictures(folder):
    """Each picture is a PNG of a legible size in which something was drawn."""
    assert {path.name for path in folder.glob("*.png")} == PICTURES
    for name in PICTURES:
        data = (folder / name).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", data[16:24])
        assert width >= 1000
        assert height >= 500
        with image_module.open(folder / name) as opened:
            assert np.asarray(opened.convert("L")).std() > 10


def tone(midi, rate, kind, seconds=1.0, a4=440.0):
    """A tone from 0.1 s to 0.1 s before the end, by its partials below half the rate."""
    t = np.arange(round(seconds * rate)) / rate
    x = np.zeros_like(t)
    f = a4 * 2 ** ((midi - 69) / 12)
    for h in range(1, int(0.5 * rate / f) + 1):
        amplitude = {"sine": h == 1, "sawtooth": 1 / h, "square": h % 2 / h}[kind]
        x += amplitude * np.sin(2 * np.pi * h * f * t + h * h)
    x[: round(0.1 * rate)] = 0.0
    x[-round(0.1 * rate) :] = 0.0
    return (0.3 * x).astype(np.float32)


def found(x, rate, a4=440.0):
    return notes.note_list(noteimage.note_image(x, rate, a4))


@pytest.fixture(scope="module")
def default_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "made" / "here"
    assert main(["demo", "--image", "--out", str(folder)]) == 0
    return folder


def test_default_finds_what_was_played(default_run):
    rows = listed(default_run)
    assert [row["note"] for row in rows] == THEME
    for row, (midi, start, end) in zip(rows, sound.melody().played, strict=True):
        assert int(row["midi"]) == midi
        assert float(row["start_s"]) == pytest.approx(start, abs=0.06)
        assert float(row["end_s"]) == pytest.approx(end, abs=0.06)
        assert float(row["frequency_hz"]) == pytest.approx(pitch.frequency(midi), rel=0.003)


def test_default_draws_its_pictures(default_run):
    check_pictures(default_run)


def test_files_are_used_and_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    rate, played = 44100, [57, 61, 64, 69]  # A major, 30 cents high, in two channels
    part = np.concatenate([tone(m, rate, "sawtooth", 0.6, 440 * 2**0.025) for m in played])
    soundfile.write(tmp_path / "chord.flac", np.stack([part, 0.5 * part], axis=1), rate)
    colours = np.zeros((60, 90, 3), np.uint8)
    colours[20:40, 30:60] = (250, 120, 10)
    image_module.fromarray(colours).save(tmp_path / "colours.png")
    out = tmp_path / "out"
    files = ["--audio", str(tmp_path / "chord.flac"), "--image", str(tmp_path / "colours.png")]
    assert main(["demo", *files, "--out", str(out)]) == 0
    assert [int(row["midi"]) for row in listed(out)] == played
    check_pictures(out)
    printed = capsys.readouterr().out
    assert "2 channels were averaged to one" in printed
    assert "turned to grey" in printed
    assert "90 x 60 pixels" in printed
    cents = float(re.search(r"Tuning: ([+-]\d+) cents", printed)[1])
    assert cents == pytest.approx(30, abs=3)
    assert "A major" in printed
    assert "by hand equals convolve2d" in printed


def test_silence_is_no_failure(tmp_path, capsys):
    soundfile.write(tmp_path / "silence.wav", np.zeros(8000), 8000)
    image_module.fromarray(np.zeros((20, 16), np.uint8)).save(tmp_path / "black.png")
    out = tmp_path / "out"
    files = ["--audio", str(tmp_path / "silence.wav"), "--image", str(tmp_path / "black.png")]
    assert main(["demo", *files, "--out", str(out)]) == 0
    assert listed(out) == []
    assert "no notes found" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["sine", "sawtooth", "square"])
@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_every_note_is_itself_and_no_overtone(kind, rate):
    for midi in range(noteimage.LOWEST, noteimage.HIGHEST + 1, 5):
        if 2 * pitch.frequency(midi) < 0.45 * rate:
            names = [pitch.note_name(note.midi) for note in found(tone(midi, rate, kind), rate)]
            assert names == [pitch.note_name(midi)]


def test_a_weak_fundamental_is_enough():
    rate, t = 22050, np.arange(22050) / 22050
    partials = {1: 0.05, 2: 0.3, 3: 0.3, 4: 0.2, 5: 0.1}
    x = sum(a * np.sin(2 * np.pi * 220 * h * t) for h, a in partials.items())
    assert {note.midi for note in found(x.astype(np.float32), rate)} == {57}


def test_two_notes_at_once():
    x = tone(60, 22050, "sawtooth") + tone(67, 22050, "sawtooth")
    assert {note.midi for note in found(x, 22050)} == {60, 67}


def test_random_melodies():
    """Of 100 plucked notes at most 3 are missed, and at most 5 wrong ones are found."""
    right = wrong = played = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        rate, start = int(rng.choice([16000, 22050, 44100])), 0.1
        x, score = np.zeros(rate * 6), []
        while start < 5.0:
            seconds, midi = rng.choice([0.2, 0.3, 0.5]), int(rng.integers(50, 80))
            string = sound.pluck(pitch.frequency(midi), seconds, rate, rng)
            string[-rate // 50 :] *= np.linspace(1.0, 0.0, rate // 50)
            x[round(start * rate) :][: len(string)] += string
            score.append((midi, start))
            start += seconds
        left = [(note.midi, note.start) for note in found(x.astype(np.float32), rate)]
        played += len(score)
        for midi, begin in score:
            match = [n for n in left if n[0] == midi and abs(n[1] - begin) < 0.08]
            right += len(match) > 0
            left = [n for n in left if n not in match[:1]]
        wrong += len(left)
    assert right >= 0.97 * played
    assert wrong <= 0.05 * played


def test_kernel_measures_amplitude():
    rate, t = 22050.0, np.arange(-3000, 3001) / 22050.0
    for midi in (48, 69, 90):
        f = pitch.frequency(midi)
        wave = noteimage.kernel(f, rate)
        half = len(wave) // 2
        part = 0.7 * np.cos(2 * np.pi * f * t + 1.0)[3000 - half : 3001 + half]
        assert abs(np.dot(part, wave)) == pytest.approx(0.7, rel=1e-3)


def test_strikes():
    level = np.array([0, -1, -2, -3, -4, 0, -1, -2, -2.5, -1.5, -3, -4, -5], np.float32)
    assert notes.strikes(level, 4) == [4]
    assert notes.strikes(level[5:], 4) == []


@pytest.mark.parametrize("cents", [-40, -8, 0, 25])
def test_tuning(cents):
    x = np.concatenate(
        [tone(m, 22050, "sawtooth", 0.5, 440 * 2 ** (cents / 1200)) for m in (55, 62, 71)]
    )
    assert spectrum.tuning(x, 22050) == pytest.approx(cents, abs=2)


def test_spectrogram_peak_and_units():
    shown = spectrum.spectrogram(tone(81, 22050, "sine"), 22050)  # 880 Hz
    loudest = np.unravel_index(shown.level.argmax(), shown.level.shape)
    assert shown.frequencies[loudest[0]] == pytest.approx(880, abs=6)
    assert shown.level.max() == pytest.approx(0, abs=1e-4)
    assert 0.1 < shown.times[loudest[1]] < 0.9


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("C major", "C D E F G A B"),
        ("F minor", "F G Ab Bb C Db Eb"),
        ("E major", "E F# G# A B C# D#"),
    ],
)
def test_key_of_a_scale_with_its_chord(name, scale):
    spelling = key.spelling(name)
    seconds = np.zeros(12)
    for degree, tone_name in enumerate(scale.split()):
        seconds[spelling.index(tone_name)] = 3.0 if degree in (0, 2, 4) else 1.0
    assert key.key(seconds) == name
    assert key.correlations(seconds).max() <= 1.0


def test_no_key_of_nothing():
    assert key.key(np.zeros(12)) is None
    assert key.key(np.ones(12)) is None


def test_toeplitz_band_is_the_convolution():
    x = np.random.default_rng(3).standard_normal(400).astype(np.float32)
    by_definition = np.zeros(400 + 8, np.longdouble)
    for shift in range(9):
        by_definition[shift : shift + 400] += np.longdouble(x) / 9
    # Nine rounded products and sums, the largest of which is bounded by the largest |x|.
    bound = 10 * 2.0**-24 * np.abs(x).max()
    matrix, product = smoothing.by_matrix(x, 9)
    assert matrix.shape == (408, 400)
    assert np.abs(product - by_definition).max() < bound
    assert np.abs(smoothing.by_convolution(x, 9) - by_definition[4:-4]).max() < bound
    # The transforms behind the matrix-free product spread the error of the whole signal.
    whole = 2.0**-24 * np.log2(1024) * np.linalg.norm(x)
    assert np.abs(smoothing.by_toeplitz(x, 9) - by_definition).max() < whole


def test_patch_by_hand_is_the_definition():
    patch = np.arange(20.0).reshape(4, 5) ** 2
    kernel = np.array([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]])
    expected = np.empty((2, 4))
    for i, j in np.ndindex(2, 4):
        expected[i, j] = sum(
            kernel[k, m] * patch[i + 2 - k, j + 1 - m] for k, m in np.ndindex(3, 2)
        )
    np.testing.assert_array_equal(picture.by_hand(patch, kernel), expected)
    np.testing.assert_array_equal(picture.signal.convolve2d(patch, kernel, "valid"), expected)


def test_filters_of_plain_pictures():
    flat = np.full((40, 50), 0.25)
    for kernel in (picture.gaussian(2.0), picture.SHARPEN):
        np.testing.assert_allclose(picture.filtered(flat, kernel), flat, rtol=1e-13)
    assert np.abs(picture.edges(flat)).max() < 1e-13
    ramp = np.add.outer(3.0 * np.arange(40), 4.0 * np.arange(50))
    # Each Sobel kernel weighs a slope by 8.
    np.testing.assert_allclose(picture.edges(ramp)[1:-1, 1:-1], 40.0, rtol=1e-13)


def test_pictures_of_any_mode(tmp_path):
    grey = (np.arange(32 * 20).reshape(20, 32) % 256).astype(np.uint8)
    image_module.fromarray(grey).save(tmp_path / "grey.png")
    image_module.fromarray(grey).convert("RGBA").save(tmp_path / "rgba.png")
    image_module.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    plain, remarks = picture.read(str(tmp_path / "grey.png"))
    np.testing.assert_allclose(plain, grey / 255.0, rtol=1e-15)
    assert remarks == ()
    converted, remarks = picture.read(str(tmp_path / "rgba.png"))
    np.testing.assert_allclose(converted, plain, atol=1 / 255)
    assert len(remarks) == 1
    assert picture.read(str(tmp_path / "deep.png"))[0].max() <= 1.0


FOLDER = os.environ.get("FLIPSHIFT_TEST_AUDIO", "")
#: What an independent pitch track (pYIN) hears in the solo trumpet, ornaments under 60 ms left out.
TRUMPET = "Eb5 D5 C5 Bb4 Ab4 Bb4 B4 C5 B4 Bb4 Ab4 F4 Bb4 Ab4 F4".split()


@pytest.mark.skipif(
    not FOLDER, reason="FLIPSHIFT_TEST_AUDIO does not name a folder with real recordings"
)
@pytest.mark.parametrize(
    ("name", "expected"),
    [("trumpet", "F minor"), ("nutcracker", "E minor"), ("brahms", "G minor")],
)
def test_key_of_a_recording(name, expected):
    path = Path(FOLDER) / f"{name}.ogg"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    recording = sound.read(str(path))
    a4 = 440.0 * 2 ** (spectrum.tuning(recording.samples, recording.rate) / 1200)
    heard = found(recording.samples[: 60 * recording.rate], recording.rate, a4)
    assert key.key(key.pitch_classes(heard)) == expected
    if name == "trumpet":
        assert [pitch.note_name(note.midi, pitch.FLATS) for note in heard] == TRUMPET
