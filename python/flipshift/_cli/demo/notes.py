"""Finding notes: convolution with a kernel for every note, then a decision for every frame.

1. `note_image` convolves the signal with complex windowed exponentials, one for each note from C2
   upwards and for the places of its overtones. The modulus is the amplitude of a sinusoid there.
   Each octave down, the signal is low-passed and every second sample kept.
2. `salience` adds up the partials of each note. A note that is only the overtone of another has
   less than that one: its own overtones are fewer.
3. `voices` takes the most salient note of each frame, removes what its partials explain, and looks
   again.
4. `note_list` joins frames to notes, and parts them where the string was plucked anew.

The kernels are those of J. C. Brown, "Calculation of a constant Q spectral transform", J. Acoust.
Soc. Am. 89, 1991; take and remove follows A. Klapuri, "Multiple fundamental frequency estimation by
summing harmonic amplitudes", Proc. ISMIR 2006.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scipy import signal

from ..common import CommandError
from .pitch import frequency

#: MIDI numbers of the lowest and the highest note looked for: C2 and C7.
LOWEST, HIGHEST = 36, 96
#: Where the partials 1 to 5 lie, in semitones above the note, and their weights.
PARTIALS = (0, 12, 19, 24, 28)
WEIGHTS = (1.0, 0.8, 0.65, 0.5, 0.4)
#: Where the partials 6 to 10 lie: they are removed with their note, but do not speak for it.
FURTHER = (31, 34, 36, 38, 40)
#: The first zero of a Hann window of Q periods is 2 f / Q away: here a semitone.
Q = 34.0
#: Bounds of the kernels' length in seconds: time resolution below, frequency resolution above.
SHORTEST, LONGEST = 0.03, 0.2

Floats = NDArray[np.float32]
#: A convolution with the parameters of scipy.signal.convolve.
Convolve = Callable[..., Any]


@dataclass(frozen=True)
class NoteImage:
    """Amplitudes by note and time.

    Attributes
    ----------
    amplitude : ndarray of float32, shape (HIGHEST - LOWEST + 1 + PARTIALS[-1], frames)
        Of the sinusoid at each semitone from LOWEST on; 0 where it is too high for the rate.
    hop : float
        Seconds from frame to frame.
    """

    amplitude: Floats
    hop: float


@dataclass(frozen=True)
class Note:
    """A note that was found: MIDI number, start and end in seconds, level in dB of the loudest."""

    midi: int
    start: float
    end: float
    level: float


def kernel(pitch: float, rate: float) -> NDArray[np.complex64]:
    """Return the windowed exponential that measures the amplitude of a sinusoid.

    Parameters
    ----------
    pitch, rate : float
        Frequency and sampling rate in Hz.

    Returns
    -------
    ndarray of complex64, odd length
        A Hann window times ``exp(2j pi pitch t)``, with t = 0 in the middle; the window's sum is 2,
        so that ``a cos(2 pi pitch t)`` has modulus a.

    Examples
    --------
    >>> len(kernel(440.0, 22050.0))
    1703
    """
    half = max(int(0.5 * min(max(Q / pitch, SHORTEST), LONGEST) * rate), 1)
    t = np.arange(-half, half + 1)
    window = 1.0 + np.cos(np.pi * t / (half + 1))
    wave = np.exp(2j * np.pi * pitch / rate * t)
    return np.asarray(window * (2.0 / window.sum()) * wave, np.complex64)


def half_band(taps: int = 47) -> Floats:
    """Return a low-pass of a quarter of the sampling rate, a sinc under a Blackman window.

    Examples
    --------
    >>> float(abs(half_band().sum() - 1) < 1e-3)
    1.0
    """
    t = np.arange(taps) - taps // 2
    return np.asarray(0.5 * np.sinc(0.5 * t) * np.blackman(taps), np.float32)


def halved(x: Floats, convolve: Convolve = signal.convolve) -> Floats:
    """Return the signal at half its rate."""
    return np.ascontiguousarray(convolve(x, half_band(), "same")[::2])


def note_image(
    x: Floats,
    rate: float,
    a4: float = 440.0,
    advance: Callable[[float], None] = lambda share: None,
    convolve: Convolve = signal.oaconvolve,
) -> NoteImage:
    """Convolve with the kernels of all notes.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
        The signal.
    rate : float
        In Hz.
    a4 : float
        The frequency of A4 in Hz.
    advance : callable
        Told the share of the work that was done, after each note.
    convolve : callable
        The convolution to use.

    Returns
    -------
    NoteImage

    Raises
    ------
    CommandError
        If the rate is too low for even the lowest note.

    Examples
    --------
    >>> t = np.arange(8000) / 8000
    >>> image = note_image(np.sin(2 * np.pi * 440 * t).astype(np.float32), 8000)
    >>> int(image.amplitude[:, 50].argmax()) + LOWEST
    69
    """
    while rate >= 32000:
        x, rate = halved(x, convolve), rate / 2
    pitches = np.array([frequency(m, a4) for m in range(LOWEST, HIGHEST + PARTIALS[-1] + 1)])
    reachable = int((pitches < 0.45 * rate).sum())
    if reachable == 0:
        raise CommandError(f"a sampling rate of {rate:g} Hz is too low to hold a note")
    hop = 1 << max(round(math.log2(0.01 * rate)), 0)
    hop_seconds = hop / rate
    amplitude = np.zeros((len(pitches), -(-len(x) // hop)), np.float32)
    # Keep as many samples as the note needs: below 0.175 of the rate, half of them suffice.
    for k in reversed(range(reachable)):
        while pitches[k] < 0.175 * rate and hop > 1:
            x, rate, hop = halved(x, convolve), rate / 2, hop // 2
        wave = convolve(x, kernel(pitches[k], rate), "same")
        amplitude[k] = np.abs(wave[::hop])
        advance(1.0 / reachable)
    return NoteImage(amplitude, hop_seconds)


def salience(amplitude: Floats) -> Floats:
    """Return the weighted sum of partials of every note.

    Parameters
    ----------
    amplitude : ndarray, shape (HIGHEST - LOWEST + 1 + PARTIALS[-1], frames)

    Returns
    -------
    ndarray, shape (HIGHEST - LOWEST + 1, frames)
    """
    notes = HIGHEST - LOWEST + 1
    total = np.zeros((notes, amplitude.shape[1]), np.float32)
    for shift, weight in zip(PARTIALS, WEIGHTS, strict=True):
        total += np.float32(weight) * amplitude[shift : shift + notes]
    # What has no fundamental is not a note but a common divisor of some.
    total[amplitude[:notes] < 0.1 * total] = 0.0
    return total


def smoothed(x: Floats, frames: int) -> Floats:
    """Return the moving average over an odd number of frames along the last axis."""
    box = np.full((1, frames), 1.0 / frames, np.float32)
    return np.asarray(signal.convolve2d(x, box, "same", "symm"), np.float32)


def voices(
    image: NoteImage, most: int = 4, floor: float = -24.0, beside: float = -12.0
) -> NDArray[np.bool_]:
    """Say which notes sound in each frame.

    Parameters
    ----------
    image : NoteImage
    most : int
        Notes at once.
    floor : float
        Least salience of a note, in dB of the loudest frame.
    beside : float
        Least salience of a further note, in dB of the first of the frame.

    Returns
    -------
    ndarray of bool, shape (HIGHEST - LOWEST + 1, frames)
    """
    rest = smoothed(image.amplitude, 3)
    frames = np.arange(rest.shape[1])
    active = np.zeros((HIGHEST - LOWEST + 1, len(frames)), np.bool_)
    least = np.zeros(len(frames), np.float32)
    for voice in range(most):
        score = salience(rest)
        best = score.argmax(axis=0)
        height = score[best, frames]
        if voice == 0:
            loudest = float(height.max(initial=0.0))
            least = np.maximum(height * 10 ** (beside / 20), loudest * 10 ** (floor / 20))
        taken = np.flatnonzero((height >= least) & (height > 0.0))
        if len(taken) == 0:
            break
        active[best[taken], taken] = True
        # A window that ends at a semitone leaves little beyond; more for low notes.
        for shift in PARTIALS + FURTHER:
            for beyond, left in ((-1, 0.3), (0, 0.0), (1, 0.3)):
                row = best[taken] + shift + beyond
                inside = (row >= 0) & (row < len(rest))
                rest[row[inside], taken[inside]] *= np.float32(left)
    return active


def runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and the past-the-end index of each run of True.

    Examples
    --------
    >>> runs(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], active.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def plucks(level: Floats, reach: int, rise: float = 3.0) -> list[int]:
    """Return the frames inside a run at which the level, in dB, begins to rise anew.

    Parameters
    ----------
    level : ndarray, shape (frames,)
    reach : int
        Frames within which the rise must happen.
    rise : float
        In dB.
    """
    found: list[int] = []
    low = 0  # the lowest frame since the last maximum
    peak = float(level[0])  # the highest level since the last onset
    for i in range(1, len(level)):
        if level[i] < level[low] or i - low > reach:
            window = level[max(i - reach, low) : i + 1]
            low = i - (len(window) - 1 - int(window.argmin()))
        peak = max(peak, float(level[i]))
        if level[i] - level[low] >= rise and peak - level[low] >= rise:
            if not found or low - found[-1] > reach // 2:
                if low > reach // 2:
                    found.append(low)
            low, peak = i, float(level[i])
    return found


def note_list(
    image: NoteImage, shortest: float = 0.06, gap: float = 0.03, most: int = 4
) -> list[Note]:
    """Return the notes, by their start.

    Parameters
    ----------
    image : NoteImage
    shortest : float
        Seconds; what is shorter is dropped.
    gap : float
        Seconds; shorter holes in a note are closed.
    most : int
        Notes at once.
    """
    active = voices(image, most)
    total = smoothed(salience(image.amplitude), 3)
    loudest = float(total.max(initial=0.0))
    if loudest == 0.0:
        return []
    decibel = 20 * np.log10(np.maximum(total / loudest, 1e-6)).astype(np.float32)
    reach = max(round(0.1 / image.hop), 2)
    found = []
    for row in np.flatnonzero(active.any(axis=1)):
        line = active[row].copy()
        for first, past in runs(~line):
            if 0 < first and past < len(line) and (past - first) * image.hop <= gap:
                line[first:past] = True
        for first, past in runs(line):
            cuts = [first, *(first + i for i in plucks(decibel[row, first:past], reach)), past]
            for a, b in pairwise(cuts):
                if (b - a) * image.hop >= shortest:
                    level = float(decibel[row, a:b].max())
                    found.append(
                        Note(int(row) + LOWEST, a * image.hop, b * image.hop, round(level, 1))
                    )
    return sorted(found, key=lambda note: (note.start, note.midi))
