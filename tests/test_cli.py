"""The command line: what it prints, and that failures are one sentence and exit code 2."""

import subprocess
import sys

import numpy as np
import pytest

import flipshift
from flipshift.__main__ import main
from flipshift._cli import race

soundfile = pytest.importorskip("soundfile")


def fails(capsys, *argv):
    """Run a command that must fail, and return its one sentence."""
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    sentence = printed.err.rstrip("\n")
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def test_info_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "flipshift", "info"], capture_output=True, text=True, check=True
    )
    lines = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    lines = {name: value.strip() for name, value in lines.items()}
    config = flipshift.show_config("dicts")
    assert lines["flipshift"] == flipshift.__version__
    assert lines["backend"] == config["backend"]
    assert lines["instruction set"].startswith(config["isa"] or "none")
    assert lines["numpy"] == np.__version__
    assert {"scipy", "ducc0", "mkl_fft", "pyfftw", "cv2", "torch"} <= set(lines)
    assert done.stderr == ""


def test_info_imports_no_peer():
    code = (
        "import sys; from flipshift.__main__ import main; main(['info']); "
        "print(sorted({'scipy', 'torch', 'cv2', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["demo", "--nonsense"]])
def test_wrong_usage(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert "usage: flipshift" in capsys.readouterr().err


def test_audio_that_is_not_there(capsys, tmp_path):
    sentence = fails(capsys, "demo", "--audio", str(tmp_path / "no.wav"), "--out", str(tmp_path))
    assert "--audio" in sentence
    assert "no such file" in sentence


@pytest.mark.parametrize("content", [b"", b"these are words, not sound\n" * 40])
@pytest.mark.parametrize("name", ["words.wav", "words.raw", "words"])
def test_audio_that_is_no_audio(capsys, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    sentence = fails(capsys, "demo", "--audio", str(path), "--out", str(tmp_path / "out"))
    assert "soundfile cannot read it" in sentence
    assert not (tmp_path / "out").exists()


def test_audio_too_short(capsys, tmp_path):
    path = tmp_path / "click.wav"
    soundfile.write(path, np.zeros(100), 8000)
    assert "100 samples at 8000 Hz are too short" in fails(capsys, "demo", "--audio", str(path))


def test_audio_of_too_low_a_rate(capsys, tmp_path):
    path = tmp_path / "slow.wav"
    soundfile.write(path, np.zeros(1000), 100)
    out = str(tmp_path / "out")
    assert "too low" in fails(capsys, "demo", "--audio", str(path), "--out", out)


def test_audio_not_finite(capsys, tmp_path):
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.full(8000, np.nan), 8000, subtype="FLOAT")
    assert "not finite" in fails(capsys, "demo", "--audio", str(path))


def test_picture_that_is_not_there(capsys, tmp_path):
    sentence = fails(capsys, "demo", "--image", str(tmp_path / "no.png"))
    assert "--image" in sentence
    assert "no such file" in sentence


def test_picture_that_is_no_picture(capsys, tmp_path):
    path = tmp_path / "words.png"
    path.write_text("these are words, not pixels")
    assert "Pillow cannot read it" in fails(capsys, "demo", "--image", str(path))


def test_picture_too_small(capsys, tmp_path):
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "dot.png"
    image.new("L", (20, 3)).save(path)
    assert "20 x 3 pixels are too few" in fails(capsys, "demo", "--image", str(path))


def test_folder_that_is_a_file(capsys, tmp_path):
    path = tmp_path / "file"
    path.write_text("in the way")
    assert "the folder cannot be made" in fails(capsys, "demo", "--out", str(path))


@pytest.mark.parametrize("module", ["rich.console", "matplotlib.figure", "scipy.signal"])
def test_a_missing_package_is_named(capsys, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    sentence = fails(capsys, "demo")
    assert module.partition(".")[0] in sentence
    assert "pip install 'flipshift[demo]'" in sentence


def test_race_interleaves_and_takes_the_least(monkeypatch):
    order = []
    ticks = iter(np.cumsum([0.0] + [1.0, 5.0] * 50))
    monkeypatch.setattr(race, "perf_counter", lambda: next(ticks))
    times = race.race(
        {"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3, budget=1e9
    )
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"
    assert set(times) == {"a", "b"}
    assert min(times.values()) >= 1.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2e-7, "200 ns"), (1.5e-6, "1.50 µs"), (0.0123, "12.3 ms"), (123.0, "123 s")],
)
def test_durations_have_units(seconds, words):
    assert race.in_words(seconds) == words
