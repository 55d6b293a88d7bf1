"""Spectrogram by real transforms of windowed frames, and the tuning that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import fft


@dataclass(frozen=True)
class Spectrogram:
    """Levels by frequency and time.

    Attributes
    ----------
    level : ndarray of float32, shape (frequencies, frames)
        In dB of the loudest point, not below -100.
    frequencies, times : ndarray
        In Hz and in seconds (middle of the frame).
    """

    level: NDArray[np.float32]
    frequencies: NDArray[np.float64]
    times: NDArray[np.float64]


def frames(
    x: NDArray[np.float32], rate: float, seconds: float = 0.06, most: int = 1500
) -> tuple[NDArray[np.float32], int]:
    """Cut a signal into overlapping frames under a Hann window.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
    rate : float
        In Hz.
    seconds : float
        Least length of a frame, which is rounded up to a power of two samples.
    most : int
        About the greatest number of frames; long signals are sampled more sparsely.

    Returns
    -------
    framed : ndarray of float32, shape (frames, length)
    hop : int
        Samples from frame to frame.
    """
    length = max(1 << int(np.ceil(np.log2(seconds * rate))), 16)
    if len(x) < length:
        x = np.pad(x, (0, length - len(x)))
    hop = max(length // 4, (len(x) - length) // most)
    cut = np.lib.stride_tricks.sliding_window_view(x, length)[::hop]
    return cut * np.hanning(length).astype(np.float32), hop


def spectrogram(x: NDArray[np.float32], rate: float) -> Spectrogram:
    """Return the spectrogram of a signal.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
    rate : float
        In Hz.

    Examples
    --------
    >>> t = np.arange(8000) / 8000
    >>> s = spectrogram(np.sin(2 * np.pi * 1000 * t).astype(np.float32), 8000)
    >>> float(s.frequencies[s.level[:, 10].argmax()])
    1000.0
    """
    framed, hop = frames(x, rate)
    length = framed.shape[1]
    magnitude = np.abs(fft.rfft(framed)).T
    top = float(magnitude.max())
    level = np.full(magnitude.shape, -100.0, np.float32)
    if top > 0.0:
        level = 20 * np.log10(np.maximum(magnitude / top, 1e-5))
    times = (np.arange(len(framed)) * hop + length / 2) / rate
    return Spectrogram(level, fft.rfftfreq(length, 1.0 / rate), times)


def tuning(x: NDArray[np.float32], rate: float) -> float:
    """Return by how many cents the notes lie above those of A4 = 440 Hz, from -50 to 50.

    The peaks of all spectra between 80 and 4000 Hz, interpolated by a parabola through the levels,
    vote with their magnitude for their distance from the nearest note; the answer is the circular
    mean of the votes.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
    rate : float
        In Hz.

    Examples
    --------
    >>> t = np.arange(16000) / 8000
    >>> bool(abs(tuning(np.sin(2 * np.pi * 445 * t).astype(np.float32), 8000) - 19.6) < 1)
    True
    """
    framed, _ = frames(x, rate, 0.15, 1000)
    magnitude = np.abs(fft.rfft(framed)).astype(np.float64)
    top = magnitude.max()
    if top == 0.0:
        return 0.0
    step = rate / framed.shape[1]
    low, high = max(int(80 / step), 1), min(int(4000 / step), magnitude.shape[1] - 2)
    middle = magnitude[:, low:high]
    left, right = magnitude[:, low - 1 : high - 1], magnitude[:, low + 1 : high + 1]
    peak = (middle > left) & (middle >= right) & (middle > 0.01 * top)
    votes = middle[peak]
    if len(votes) == 0:
        return 0.0
    a, b, c = (np.log(np.maximum(m[peak], 1e-9 * top)) for m in (left, middle, right))
    bins = np.nonzero(peak)[1] + low + 0.5 * (a - c) / (a - 2 * b + c)
    semitones = 12 * np.log2(bins * step / 440.0)
    mean = (votes * np.exp(2j * np.pi * semitones)).sum()
    return float(100 * np.angle(mean) / (2 * np.pi))
