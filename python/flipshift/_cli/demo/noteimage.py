"""Convolution with a kernel for every note: the amplitude of each semitone over time.

The kernels are complex exponentials under a window whose length is a number of periods, so that
neighbouring notes are told apart: J. C. Brown, "Calculation of a constant Q spectral transform",
J. Acoust. Soc. Am. 89, 1991. Each octave down, the signal is low-passed and every second sample
kept, which halves the work.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ... import signal
from .pitch import frequency

#: MIDI numbers of the lowest and the highest note looked for: C2 and C7.
LOWEST, HIGHEST = 36, 96
#: Where the partials 1 to 8 lie, in semitones above the note: 0, 12, 19, 24, 28, 31, 34, 36.
PARTIALS = tuple(round(12 * math.log2(h)) for h in range(1, 9))
#: The first zero of a Hann window of Q periods is 2 f / Q away: here a semitone.
Q = 34.0
#: Bounds of the kernels' length in seconds: time resolution below, frequency resolution above.
SHORTEST, LONGEST = 0.03, 0.35

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


def lengths_of(pitches: ArrayLike) -> NDArray[np.float64]:
    """Return the length in seconds of the kernels of some frequencies in Hz."""
    return np.clip(Q / np.asarray(pitches, np.float64), SHORTEST, LONGEST)


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
    half = max(int(0.5 * float(lengths_of(pitch)) * rate), 1)
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
