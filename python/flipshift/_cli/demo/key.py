"""Pitch classes and the key they suggest.

The profiles are the probe-tone ratings of C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic
changes in perceived tonal organization in a spatial representation of musical keys", Psychological
Review 89, 1982; the key is the profile of highest correlation: the Krumhansl-Schmuckler algorithm,
C. L. Krumhansl, "Cognitive Foundations of Musical Pitch", Oxford 1990, chapter 4.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .notes import Note
from .pitch import FLATS, SHARPS

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

#: The names of the 24 keys, in the order of `correlations`.
KEYS = (
    *(f"{tonic} major" for tonic in "C Db D Eb E F F# G Ab A Bb B".split()),
    *(f"{tonic} minor" for tonic in "C C# D Eb E F F# G G# A Bb B".split()),
)
#: Those whose signature has flats.
FLAT_KEYS = frozenset(
    {f"{tonic} major" for tonic in "F Bb Eb Ab Db".split()}
    | {f"{tonic} minor" for tonic in "D G C F Bb Eb".split()}
)


def pitch_classes(notes: Iterable[Note]) -> NDArray[np.float64]:
    """Return how many seconds each pitch class sounds, C first.

    Examples
    --------
    >>> pitch_classes([Note(60, 0.0, 1.0, 0.0), Note(48, 0.0, 0.5, 0.0)])[0].item()
    1.5
    """
    seconds = np.zeros(12)
    for note in notes:
        seconds[note.midi % 12] += note.end - note.start
    return seconds


def correlations(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of a histogram with the profile of each of `KEYS`.

    Parameters
    ----------
    seconds : ndarray, shape (12,)

    Returns
    -------
    ndarray, shape (24,)
        All 0 if the histogram is flat.
    """
    profiles = np.array([np.roll(p, tonic) for p in (MAJOR, MINOR) for tonic in range(12)])
    profiles -= profiles.mean(axis=1, keepdims=True)
    centred = seconds - seconds.mean()
    length = np.linalg.norm(centred)
    if length == 0.0:
        return np.zeros(24)
    found: NDArray[np.float64] = profiles @ centred / (np.linalg.norm(profiles, axis=1) * length)
    return found


def key(seconds: NDArray[np.float64]) -> str | None:
    """Return the name of the most likely key, or None if nothing sounds.

    Examples
    --------
    >>> key(np.array(MAJOR))
    'C major'
    """
    match = correlations(seconds)
    return KEYS[int(match.argmax())] if match.any() else None


def spelling(name: str | None) -> tuple[str, ...]:
    """Return the names of the twelve pitch classes as a key spells them.

    Examples
    --------
    >>> spelling("F minor")[10], spelling("D major")[6]
    ('Bb', 'F#')
    """
    return FLATS if name in FLAT_KEYS else SHARPS
