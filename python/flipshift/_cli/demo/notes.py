"""From amplitudes to notes: which ones sound in each frame, and where each begins and ends.

1. `partial_sum` adds up the partials of each note, compressed so that many weigh more than one
   strong one.
2. `voices` takes the most salient note of each frame. What lies at an integer fraction of its
   frequency and explains it nearly as well is preferred: it is the note, the other its overtone.
   What the note's partials explain is removed, and the rest is searched for a further one.
3. `note_list` joins frames to notes, and parts them where the sound was struck anew.

Take and remove follows A. Klapuri, "Multiple fundamental frequency estimation by summing harmonic
amplitudes", Proc. ISMIR 2006. A note without a fundamental is not found, nor the octave of a note
that sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ... import signal
from .noteimage import HIGHEST, LOWEST, PARTIALS, Floats, NoteImage, lengths_of
from .pitch import frequency

NOTES = HIGHEST - LOWEST + 1
#: Amplitudes are compressed by this power; partial h weighs DECAY ** (h - 1).
POWER, DECAY = 0.67, 0.84
#: Least amplitude of the fundamental as a share of the strongest partial.
FUNDAMENTAL = 0.03
#: A lower note that has this share of the salience of its overtone is the note.
DIVISOR = 0.75
#: Number of partials that are removed with their note.
REMOVED = 20


@dataclass(frozen=True)
class Note:
    """A note that was found: MIDI number, start and end in seconds, level in dB of the loudest."""

    midi: int
    start: float
    end: float
    level: float


def remainders() -> Floats:
    """Return what is left of the amplitude in each row beside a note; shape (notes, rows).

    Nothing where a partial of the note lies, all of it where no kernel could mistake one.
    """
    rows = np.arange(NOTES + PARTIALS[-1])
    pitches = np.array([frequency(LOWEST + int(row)) for row in rows])
    width = 12 * np.log2(1 + 2 / (pitches * lengths_of(pitches)))  # to the zero of the window
    left = np.ones((NOTES, len(rows)), np.float32)
    for note in range(len(left)):
        for partial in range(1, REMOVED + 1):
            away = np.abs(rows - note - 12 * np.log2(partial)) / width
            left[note] = np.minimum(left[note], np.clip((away - 0.7) / 1.3, 0.0, 1.0))
    return left


def partial_sum(amplitude: Floats) -> Floats:
    """Return the weighted sum of the compressed partials of every note.

    Parameters
    ----------
    amplitude : ndarray, shape (NOTES + PARTIALS[-1], frames)

    Returns
    -------
    ndarray, shape (NOTES, frames)
    """
    compressed = amplitude**POWER
    total = np.zeros((NOTES, amplitude.shape[1]), np.float32)
    for order, shift in enumerate(PARTIALS):
        total += np.float32(DECAY**order) * compressed[shift : shift + NOTES]
    return total


def salience(amplitude: Floats) -> Floats:
    """Return `partial_sum`, but 0 for notes that have no fundamental.

    Such a one is no note that sounds, but a common divisor of some.
    """
    total = partial_sum(amplitude)
    strongest = np.max([amplitude[shift : shift + NOTES] for shift in PARTIALS], axis=0)
    total[amplitude[:NOTES] < FUNDAMENTAL * strongest] = 0.0
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
    ndarray of bool, shape (NOTES, frames)
    """
    rest = smoothed(image.amplitude, 3)
    left = remainders()
    frames = np.arange(rest.shape[1])
    active = np.zeros((NOTES, len(frames)), np.bool_)
    least = np.zeros(len(frames), np.float32)
    for voice in range(most):
        score = salience(rest)
        best = score.argmax(axis=0)
        height = score[best, frames]
        for shift in PARTIALS[1:5]:  # is it the overtone of a lower one?
            lower = np.maximum(best - shift, 0)
            there = (best >= shift) & (score[lower, frames] >= DIVISOR * height)
            best = np.where(there, lower, best)
        height = score[best, frames]
        if voice == 0:
            loudest = float(height.max(initial=0.0))
            least = np.maximum(
                height * 10 ** (POWER * beside / 20), loudest * 10 ** (POWER * floor / 20)
            )
        taken = np.flatnonzero((height >= least) & (height > 0.0))
        if len(taken) == 0:
            break
        active[best[taken], taken] = True
        rest[:, taken] *= left[best[taken]].T
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


def strikes(level: Floats, reach: int, rise: float = 3.0) -> list[int]:
    """Return the frames within a note at which it was struck anew.

    These are the lowest frames around, if the level has fallen by `rise` since the last strike and
    rises by as much.

    Parameters
    ----------
    level : ndarray, shape (frames,)
        In dB.
    reach : int
        Frames around a lowest one, and within which the level must rise.
    rise : float
        In dB.

    Examples
    --------
    >>> strikes(np.array([0, -1, -2, -3, -4, -5, 0, -1, -2], np.float32), 3)
    [5]
    """
    found: list[int] = []
    last = 0
    for i in range(reach // 2 + 1, len(level)):
        around = level[max(i - reach, last) : i + reach + 1]
        if level[i] > around.min():
            continue
        fallen, risen = level[last:i].max(initial=-np.inf), level[i : i + reach + 1].max()
        if min(fallen, risen) - level[i] >= rise:
            found.append(i)
            last = i + 1
    return found


def note_list(
    image: NoteImage, shortest: float = 0.06, gap: float = 0.03, most: int = 4
) -> list[Note]:
    """Return the notes, by their start.

    Parameters
    ----------
    image : NoteImage
    shortest : float
        Seconds; what is shorter than this, or than half a kernel, is dropped.
    gap : float
        Seconds; shorter holes in a note are closed.
    most : int
        Notes at once.
    """
    active = voices(image, most)
    total = smoothed(partial_sum(image.amplitude), 3)
    loudest = float(total.max(initial=0.0))
    if loudest == 0.0:
        return []
    decibel = 20 / POWER * np.log10(np.maximum(total / loudest, 1e-4)).astype(np.float32)
    reach = max(round(0.1 / image.hop), 2)
    found = []
    for row in np.flatnonzero(active.any(axis=1)):
        line = active[row].copy()
        least = max(shortest, 0.5 * float(lengths_of(frequency(LOWEST + int(row)))))
        for first, past in runs(~line):
            if 0 < first and past < len(line) and (past - first) * image.hop <= gap:
                line[first:past] = True
        for first, past in runs(line):
            cuts = [first, *(first + i for i in strikes(decibel[row, first:past], reach)), past]
            for a, b in pairwise(cuts):
                if (b - a) * image.hop >= least:
                    level = float(decibel[row, a:b].max())
                    found.append(
                        Note(int(row) + LOWEST, a * image.hop, b * image.hop, round(level, 1))
                    )
    return sorted(found, key=lambda note: (note.start, note.midi))
