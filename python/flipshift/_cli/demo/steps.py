"""The comparison with SciPy: for every step of the demo the same call, timed and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ... import fft, linalg, signal
from ..common import extra
from ..race import once, race
from . import noteimage, picture, smoothing, spectrum
from .sound import Sound

Call = Callable[[], Any]


@dataclass(frozen=True)
class Step:
    """One call to compare.

    Attributes
    ----------
    name, size : str
        What it does, and to how much.
    ours : callable
    theirs : dict of str to callable
        SciPy's ways to the same result; the fastest is taken. 'ndimage' is
        scipy.ndimage.convolve.
    """

    name: str
    size: str
    ours: Call
    theirs: dict[str, Call]


@dataclass(frozen=True)
class Outcome:
    """Times in seconds, SciPy's fastest call, and the largest difference over the largest value."""

    step: Step
    ours: float
    theirs: float
    best: str
    difference: float

    @property
    def ratio(self) -> float:
        """How many times faster than SciPy."""
        return self.theirs / self.ours


def compare(step: Step, rounds: int = 5, budget: float = 0.5) -> Outcome:
    """Run a step in both libraries.

    Parameters
    ----------
    step : Step
    rounds, budget
        As in `race`.
    """
    ours = np.asarray(step.ours())
    difference = 0.0
    seconds = {}
    for name, call in step.theirs.items():
        theirs = np.asarray(call())
        top = float(np.abs(theirs).max(initial=0.0))
        gap = float(np.abs(ours - theirs).max(initial=0.0))
        difference = max(difference, gap / top if top > 0.0 else gap)
        seconds[name] = once(call) if len(step.theirs) > 1 else 0.0
    best = min(seconds, key=lambda name: seconds[name])
    times = race({"ours": step.ours, "theirs": step.theirs[best]}, rounds, 1e-3, budget)
    return Outcome(step, times["ours"], times["theirs"], best, difference)


def sound_steps(sound: Sound, a4: float) -> list[Step]:
    """Return the steps that the recording goes through.

    Parameters
    ----------
    sound : Sound
    a4 : float
        Frequency of A4 in Hz.
    """
    their_fft, their_signal = extra("scipy.fft"), extra("scipy.signal")
    their_linalg = extra("scipy.linalg")
    x, rate = sound.samples, sound.rate
    framed, _ = spectrum.frames(x, rate)
    wave = noteimage.kernel(a4, rate)
    steps = [
        Step(
            "spectrogram",
            f"{framed.shape[0]} x {framed.shape[1]}",
            partial(fft.rfft, framed),
            {"rfft": partial(their_fft.rfft, framed)},
        ),
        Step(
            "kernel of A4",
            f"{len(x)} * {len(wave)}",
            partial(signal.convolve, x, wave, "same"),
            {
                "convolve": partial(their_signal.convolve, x, wave, "same"),
                "oaconvolve": partial(their_signal.oaconvolve, x, wave, "same"),
            },
        ),
        Step(
            "note kernels",
            f"{len(x)}",
            lambda: noteimage.note_image(x, rate, a4).amplitude,
            {
                "oaconvolve": lambda: (
                    noteimage.note_image(x, rate, a4, convolve=their_signal.oaconvolve).amplitude
                )
            },
        ),
    ]
    for length in smoothing.lengths(rate):
        box = smoothing.box(length)
        steps.append(
            Step(
                "moving average",
                f"{len(x)} * {length}",
                partial(signal.convolve, x, box, "same"),
                {
                    "convolve": partial(their_signal.convolve, x, box, "same"),
                    "oaconvolve": partial(their_signal.oaconvolve, x, box, "same"),
                },
            )
        )
    _, part = smoothing.excerpt(x, rate, 10.0)
    length = smoothing.lengths(rate)[2]
    band = smoothing.band(smoothing.box(length), len(part))
    steps.append(
        Step(
            "Toeplitz band",
            f"{len(band[0])} x {len(part)}",
            partial(linalg.matmul_toeplitz, band, part),
            {
                "matmul_toeplitz": partial(
                    their_linalg.matmul_toeplitz, band, part, check_finite=False
                )
            },
        )
    )
    return steps


def picture_steps(image: picture.Image, sigma: float) -> list[Step]:
    """Return the steps that the picture goes through.

    Parameters
    ----------
    image : ndarray of float64, shape (height, width)
    sigma : float
        Of the Gaussian blur, in pixels.
    """
    ndimage, their_signal = extra("scipy.ndimage"), extra("scipy.signal")

    def padded(kernel: picture.Image) -> Any:
        above, left = kernel.shape[0] // 2, kernel.shape[1] // 2
        framed = np.pad(image, ((above, above), (left, left)), "symmetric")
        return their_signal.fftconvolve(framed, kernel, "valid")

    steps = []
    for name, kernel in (
        ("blur", picture.gaussian(sigma)),
        ("sharpen", picture.SHARPEN),
        ("edges (Sobel)", picture.SOBEL),
    ):
        theirs: dict[str, Call] = {
            "convolve2d": partial(their_signal.convolve2d, image, kernel, "same", "symm"),
            "ndimage": partial(ndimage.convolve, image, kernel, mode="reflect"),
            "fftconvolve": partial(padded, kernel),
        }
        steps.append(
            Step(
                name,
                f"{image.shape[0]}x{image.shape[1]} * {kernel.shape[0]}x{kernel.shape[1]}",
                partial(picture.filtered, image, kernel),
                theirs,
            )
        )
    return steps
