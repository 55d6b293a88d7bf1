"""The recording: read from a file, or a short melody of plucked strings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..common import CommandError, extra
from .pitch import frequency, midi_number

#: Sampling rate of the synthesised melody in Hz, and the length of its beat in seconds.
RATE = 22050
BEAT = 0.36

#: Least sampling rate of a recording in Hz; notes below half of it can be found.
LEAST_RATE = 1000

#: The second line of the theme of the last movement of Beethoven's ninth symphony, in D major:
#: note and length in beats.
SCORE = (
    *(("F#4", 1.0), ("F#4", 1.0), ("G4", 1.0), ("A4", 1.0)),
    *(("A4", 1.0), ("G4", 1.0), ("F#4", 1.0), ("E4", 1.0)),
    *(("D4", 1.0), ("D4", 1.0), ("E4", 1.0), ("F#4", 1.0)),
    *(("E4", 1.5), ("D4", 0.5), ("D4", 2.0)),
)


@dataclass(frozen=True)
class Sound:
    """Samples in one channel.

    Attributes
    ----------
    samples : ndarray of float32, shape (n,)
    rate : int
        In Hz.
    title : str
        What the sound is, for titles.
    remarks : tuple of str
        What was done to the file's samples.
    played : tuple of (int, float, float)
        MIDI number, start and end in seconds of the notes, where they are known.
    """

    samples: NDArray[np.float32]
    rate: int
    title: str
    remarks: tuple[str, ...] = ()
    played: tuple[tuple[int, float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """The duration in seconds."""
        return len(self.samples) / self.rate


def pluck(pitch: float, seconds: float, rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a plucked string by the algorithm of Karplus and Strong.

    A loop of noise runs round, and each round replaces every sample by the mean of itself and its
    neighbour, so that high partials die first.

    Parameters
    ----------
    pitch : float
        In Hz.
    seconds : float
        Duration.
    rate : int
        Sampling rate in Hz.
    rng : numpy.random.Generator
        Gives the noise of the pluck.

    Returns
    -------
    ndarray of float64, shape (round(seconds * rate),)

    References
    ----------
    K. Karplus, A. Strong, "Digital synthesis of plucked-string and drum timbres", Computer Music
    Journal 7(2), 1983.

    Examples
    --------
    >>> pluck(440.0, 0.5, 8000, np.random.default_rng(0)).shape
    (4000,)
    """
    n = round(seconds * rate)
    period = int(rate / pitch)
    loop = rng.uniform(-1.0, 1.0, period)
    loop = 0.5 * (loop + np.roll(loop, 1))
    string = np.zeros(1 + (n // period + 3) * period)
    string[1 : period + 1] = loop - loop.mean()
    for first in range(period + 1, len(string), period):
        before = first - period
        string[first : first + period] = 0.498 * (
            string[before:first] + string[before - 1 : first - 1]
        )
    # The loop sounds at rate / (period + 1/2); reading it at this speed puts it in tune.
    speed = pitch * (period + 0.5) / rate
    return np.asarray(np.interp(1.0 + np.arange(n) * speed, np.arange(len(string)), string))


def melody() -> Sound:
    """Return the theme of `SCORE`, played on plucked strings.

    Examples
    --------
    >>> melody().played[0]
    (66, 0.2, 0.56)
    """
    rng = np.random.default_rng(1824)
    start = 0.2
    samples = np.zeros(round((start + sum(beats for _, beats in SCORE) * BEAT + 0.3) * RATE))
    played = []
    for name, beats in SCORE:
        seconds = beats * BEAT
        number = midi_number(name)
        note = pluck(frequency(number), seconds, RATE, rng)
        release = round(0.02 * RATE)  # the finger that stops the string
        note[-release:] *= np.linspace(1.0, 0.0, release)
        first = round(start * RATE)
        samples[first : first + len(note)] += 0.5 * note
        played.append((number, round(start, 3), round(start + seconds, 3)))
        start += seconds
    return Sound(
        samples.astype(np.float32),
        RATE,
        "synthesised plucked strings (theme of Beethoven's symphony no. 9)",
        played=tuple(played),
    )


def read(path: str) -> Sound:
    """Return a recording in one channel.

    Parameters
    ----------
    path : str
        Any format that soundfile reads.

    Returns
    -------
    Sound

    Raises
    ------
    CommandError
        If it cannot be read, has too low a rate, is shorter than a tenth of a second, or is not
        finite.
    """
    soundfile = extra("soundfile")
    if not Path(path).is_file():
        raise CommandError(f"--audio {path}: there is no such file")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError, TypeError, ValueError) as error:
        raise CommandError(f"--audio {path}: soundfile cannot read it ({error})") from None
    frames, channels = samples.shape
    if rate < LEAST_RATE:
        raise CommandError(
            f"--audio {path}: a sampling rate of {rate} Hz is too low; {LEAST_RATE} Hz is needed"
        )
    if frames < rate / 10:
        raise CommandError(
            f"--audio {path}: {frames} samples at {rate} Hz are too short; "
            "a tenth of a second is needed"
        )
    if not np.isfinite(samples).all():
        raise CommandError(f"--audio {path}: it has samples that are not finite")
    remarks = (f"{channels} channels were averaged to one",) if channels > 1 else ()
    mono = np.ascontiguousarray(samples.mean(axis=1, dtype=np.float32))
    return Sound(mono, int(rate), Path(path).name, remarks)
