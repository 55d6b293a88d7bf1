"""The pictures of the demo, each to be read alone. No state of matplotlib's is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common import CommandError, extra
from . import key, noteimage, notes, picture
from .pitch import note_name
from .smoothing import Floats, box, by_convolution, by_matrix, excerpt, lengths
from .sound import Sound
from .spectrum import Spectrogram

BLUE, ORANGE, GREEN, RED = "#1f5fa8", "#d9730d", "#2c8a4b", "#b3261e"
DPI = 110


def titled(width: float, height: float, title: str, subject: str) -> Any:
    """Return a figure with a title and, below it, what it is of."""
    figure = extra("matplotlib.figure").Figure((width, height), layout="constrained")
    if len(subject) > 90:
        subject = f"{subject[:60]} ... {subject[-25:]}"
    figure.suptitle(f"{title}\n{subject}", fontsize=13, parse_math=False)
    return figure


def new(width: float, height: float, title: str, subject: str, **layout: Any) -> tuple[Any, Any]:
    """Return a figure with a title, and its axes."""
    figure = titled(width, height, title, subject)
    return figure, figure.subplots(**layout)


def save(figure: Any, out: Path, name: str) -> Path:
    """Write a figure as a PNG and return where it is."""
    path = out / name
    try:
        figure.savefig(path, dpi=DPI)
    except OSError as error:
        raise CommandError(f"--out {out}: {path.name} cannot be written ({error})") from None
    return path


def envelope(x: Floats, most: int = 2000) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Return positions, least and greatest values of at most `most` stretches of a signal."""
    width = max(-(-len(x) // most), 1)
    starts = np.arange(0, len(x), width)
    return starts, np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts)


def spectrogram(sound: Sound, spectrum: Spectrogram, out: Path) -> Path:
    """Draw the waveform and the spectrogram."""
    figure, (above, below) = new(
        11,
        7,
        "Waveform and spectrogram",
        sound.title,
        nrows=2,
        sharex=True,
        height_ratios=(1, 3),
    )
    at, low, high = envelope(sound.samples)
    above.fill_between(at / sound.rate, low, high, color=BLUE, linewidth=0.5)
    above.set(ylabel="amplitude\n(full scale = 1)")
    above.grid(alpha=0.3)
    mesh = below.pcolormesh(
        spectrum.times,
        spectrum.frequencies[1:],
        spectrum.level[1:],
        vmin=-80,
        vmax=0,
        cmap="magma",
        shading="nearest",
        rasterized=True,
    )
    below.set(
        yscale="log",
        ylim=(max(50.0, spectrum.frequencies[1]), sound.rate / 2),
        xlim=(0, sound.seconds),
        xlabel="time (s)",
        ylabel="frequency (Hz)",
    )
    below.set_facecolor("black")
    ticks = [f for f in (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000) if f < sound.rate / 2]
    below.set_yticks(ticks, [str(f) for f in ticks])
    below.minorticks_off()
    figure.colorbar(mesh, ax=below, label="level (dB of the loudest point)")
    return save(figure, out, "01-waveform-spectrogram.png")


def note_picture(
    sound: Sound,
    image: noteimage.NoteImage,
    found: list[notes.Note],
    a4: float,
    spelling: tuple[str, ...],
    out: Path,
) -> Path:
    """Draw amplitude by note and time, and the notes that were found."""
    played = [midi for midi, _, _ in sound.played]
    named = [note.midi for note in found] + played or [60, 72]
    low, high = max(min(named) - 5, noteimage.LOWEST), max(named) + 17
    high = min(max(high, low + 24), noteimage.LOWEST + len(image.amplitude) - 1)
    rows = image.amplitude[low - noteimage.LOWEST : high - noteimage.LOWEST + 1]
    loudest = max(float(image.amplitude.max()), 1e-12)
    level = 20 * np.log10(np.maximum(rows / loudest, 1e-4))
    figure, (above, below) = new(
        11,
        9,
        f"Notes found by convolution with one kernel per note, tuned to A4 = {a4:.1f} Hz",
        sound.title,
        nrows=2,
        sharex=True,
    )
    end = level.shape[1] * image.hop
    drawn = above.imshow(
        level,
        origin="lower",
        aspect="auto",
        extent=(0, end, low - 0.5, high + 0.5),
        vmin=-60,
        vmax=0,
        cmap="magma",
    )
    figure.colorbar(drawn, ax=above, label="amplitude (dB of the loudest)")
    above.set_title("amplitude at each note (overtones show as further notes above)", fontsize=10)
    drawn = below.scatter([], [], c=[], cmap="viridis_r", vmin=-24, vmax=0)
    for note in found:
        below.broken_barh(
            [(note.start, note.end - note.start)],
            (note.midi - 0.4, 0.8),
            facecolor=drawn.cmap(drawn.norm(note.level)),
            edgecolor="black" if len(found) < 200 else "none",
            linewidth=0.6,
        )
        if len(found) <= 40:
            below.annotate(
                note_name(note.midi, spelling),
                (0.5 * (note.start + note.end), note.midi + 0.5),
                ha="center",
                va="bottom",
                fontsize=8,
            )
    for midi, start, past in sound.played:
        below.broken_barh(
            [(start, past - start)], (midi - 0.5, 1), facecolor="none", edgecolor=RED, linewidth=1.4
        )
    outlines = "; red outlines: the notes that were played" if sound.played else ""
    below.set_title(f"the {len(found)} notes found{outlines}", fontsize=10)
    figure.colorbar(drawn, ax=below, label="salience (dB of the loudest)")
    top = min(max(named) + 3, high)
    for axes, highest in ((above, high), (below, top)):
        step = next(s for s in (1, 2, 3, 4, 6, 12) if (highest - low) / s <= 20)
        ticks = [m for m in range(low, highest + 1) if m % step == 0]
        axes.set_yticks(ticks, [note_name(m, spelling) for m in ticks])
        axes.set(ylabel="note", ylim=(low - 0.7, highest + 0.7), xlim=(0, end))
    below.grid(alpha=0.3)
    below.set_xlabel("time (s)")
    return save(figure, out, "02-notes.png")


def key_picture(sound: Sound, seconds: NDArray[np.float64], out: Path) -> Path:
    """Draw the histogram of pitch classes and its correlation with the 24 keys."""
    match = key.correlations(seconds)
    best = key.key(seconds)
    figure, (left, right) = new(
        11,
        5,
        f"Pitch classes and key; most likely: {best or 'none, as no note was found'}",
        sound.title,
        ncols=2,
    )
    left.bar(range(12), seconds, color=BLUE)
    left.set_xticks(range(12), key.spelling(best))
    left.set(xlabel="pitch class", ylabel="sounding time (s)", title="time that each class sounds")
    left.grid(axis="y", alpha=0.3)
    position = np.arange(12)
    for offset, mode, colour in ((0, "major", ORANGE), (12, "minor", GREEN)):
        bars = right.bar(
            position + (0.2 if offset else -0.2),
            match[offset : offset + 12],
            0.38,
            color=colour,
            label=mode,
        )
        for k, bar in enumerate(bars):
            if key.KEYS[offset + k] == best:
                bar.set(edgecolor="black", linewidth=2)
    right.set_xticks(position, key.spelling(best))
    right.set(
        xlabel="tonic",
        ylabel="correlation with the key's profile",
        title="Krumhansl-Schmuckler correlation (outlined: the best)",
        ylim=(-1, 1),
    )
    right.axhline(0, color="black", linewidth=0.8)
    right.grid(axis="y", alpha=0.3)
    right.legend(loc="lower right")
    return save(figure, out, "03-key.png")


def averages(sound: Sound, out: Path) -> Path:
    """Draw moving averages of the signal, and longer ones of its absolute value."""
    rate, x = sound.rate, sound.samples
    first, part = excerpt(x, rate, 0.04)
    span = slice(first, first + len(part))
    figure, (above, below) = new(
        11, 8, "Moving averages by convolution with a box", sound.title, nrows=2
    )
    t = np.arange(span.start, span.stop) / rate
    above.plot(t, x[span], color="#9aa7b5", linewidth=1, label="signal")
    starts, low, high = envelope(x)
    below.fill_between(starts / rate, low, high, color="#c9d1da", label="signal")
    some = lengths(rate)
    colours = (ORANGE, BLUE, GREEN, RED)
    for length, colour, axes in zip(some, colours, (above, above, below, below), strict=True):
        smooth = by_convolution(x if axes is above else np.abs(x), length)
        where = span if axes is above else slice(None, None, max(len(x) // 4000, 1))
        axes.plot(
            np.arange(len(x))[where] / rate,
            smooth[where],
            color=colour,
            linewidth=2 if axes is above or length == some[-1] else 1,
            label=f"mean of {length} samples ({1000 * length / rate:.3g} ms)",
        )
    above.set(xlim=(t[0], t[-1]), title=f"the loudest {1000 * len(part) / rate:.0f} ms")
    below.set(xlim=(0, sound.seconds), title="absolute value: the longer the mean, the smoother")
    for axes in (above, below):
        axes.set(xlabel="time (s)", ylabel="amplitude (full scale = 1)")
        axes.grid(alpha=0.3)
        axes.legend(loc="upper right")
    return save(figure, out, "04-moving-averages.png")


def toeplitz(sound: Sound, out: Path) -> tuple[Path, float]:
    """Draw the banded matrix and its product with the signal; return also the difference."""
    length = 9
    first, part = excerpt(sound.samples, sound.rate, 0.003)
    matrix, product = by_matrix(part, length)
    smooth = np.convolve(part.astype(np.float64), box(length).astype(np.float64))
    top = max(float(np.abs(smooth).max()), 1e-12)
    gap = (product - smooth) / top
    figure = titled(
        12,
        7,
        f"A convolution is a product with a banded Toeplitz matrix: mean of {length} samples",
        f"{sound.title}, {len(part)} samples from {first / sound.rate:.3f} s",
    )
    axes = figure.subplot_mosaic([["matrix", "product"], ["matrix", "gap"]], height_ratios=(2, 1))
    drawn = axes["matrix"].imshow(matrix, cmap="Blues", vmin=0)
    axes["matrix"].set(
        title="T[i, j] = kernel[i - j]",
        xlabel="column j (sample of the signal)",
        ylabel="row i (sample of the result)",
    )
    figure.colorbar(drawn, ax=axes["matrix"], label="value", shrink=0.8)
    i = np.arange(len(product))
    axes["product"].plot(i[: len(part)], part, color="#9aa7b5", label="signal x")
    axes["product"].plot(i, smooth, color=ORANGE, linewidth=4, alpha=0.6, label="convolution")
    axes["product"].plot(i, product, color=BLUE, linewidth=1.3, label="T @ x")
    axes["product"].set(ylabel="amplitude (full scale = 1)", xlabel="sample i")
    axes["product"].legend()
    axes["product"].grid(alpha=0.3)
    axes["gap"].stem(i, gap / np.finfo(np.float32).eps, basefmt=" ", markerfmt=".")
    axes["gap"].set(
        xlabel="sample i",
        ylabel="difference / largest value\n(units of float32 epsilon)",
        title="T @ x in single precision less the sum in double precision",
    )
    axes["gap"].grid(alpha=0.3)
    return save(figure, out, "05-toeplitz.png"), float(np.abs(gap).max())


def filters(image: picture.Image, title: str, sigma: float, out: Path) -> Path:
    """Draw the picture and what three kernels make of it."""
    wide = image.shape[1] / image.shape[0]
    figure, rows = new(
        float(np.clip(9 * wide, 7, 14)) + 1.5,
        10,
        "Two-dimensional convolution, borders mirrored",
        title,
        nrows=2,
        ncols=2,
    )
    kernel = picture.gaussian(sigma)
    shown = (
        ("the picture", image, 1.0),
        (
            f"blurred: Gaussian, sigma = {sigma:g} px, {kernel.shape[0]} x {kernel.shape[1]}",
            picture.filtered(image, kernel),
            1.0,
        ),
        ("sharpened: 5 in the middle, -1 beside it", picture.filtered(image, picture.SHARPEN), 1.0),
        ("edges: magnitude of the Sobel gradient", picture.edges(image), None),
    )
    for axes, (name, pixels, top) in zip(rows.flat, shown, strict=True):
        drawn = axes.imshow(pixels, cmap="gray", vmin=0, vmax=top, interpolation="nearest")
        axes.set(title=name, xlabel="column (px)", ylabel="row (px)")
        figure.colorbar(drawn, ax=axes, shrink=0.8, label="brightness" if top else "gradient")
    return save(figure, out, "06-picture-filters.png")


def numbers(axes: Any, values: NDArray[Any], title: str, colours: str) -> None:
    """Draw a small matrix with its numbers."""
    reach = max(float(np.abs(values).max()), 1.0)  # colours pale enough for black digits
    signed = bool(values.min() < 0)
    axes.imshow(
        values,
        cmap=colours,
        vmin=-(1.7 if signed else 1.0) * reach,
        vmax=(1.7 if signed else 1.0) * reach,
    )
    for (i, j), value in np.ndenumerate(values):
        axes.text(j, i, f"{value:g}", ha="center", va="center", fontsize=12)
    axes.set_title(title, fontsize=11)
    axes.set_xticks(range(values.shape[1]))
    axes.set_yticks(range(values.shape[0]))
    axes.tick_params(length=0, labelsize=8, colors="#666666")


def flip_and_shift(
    patch: NDArray[np.int64],
    row: int,
    column: int,
    result: picture.Image,
    title: str,
    out: Path,
) -> Path:
    """Draw one patch, the kernel, the flipped kernel and the result, with one sum in full."""
    figure, (first, second, third, fourth) = new(
        15,
        6,
        "Flip, shift, multiply, add: one patch of the picture by hand",
        title,
        ncols=4,
        width_ratios=(6, 3, 3, 4),
    )
    kernel = picture.SOBEL
    numbers(first, patch, f"patch at row {row}, column {column}\n(brightness in ninths)", "gray")
    numbers(second, kernel, "kernel h (Sobel)", "PuOr")
    numbers(third, kernel[::-1, ::-1], "flipped in both axes", "PuOr")
    numbers(fourth, result, "result: each place of the kernel\ninside the patch", "RdBu_r")
    rectangle = extra("matplotlib.patches").Rectangle
    first.add_patch(rectangle((-0.5, -0.5), 3, 3, fill=False, edgecolor=RED, linewidth=3))
    fourth.add_patch(rectangle((-0.5, -0.5), 1, 1, fill=False, edgecolor=RED, linewidth=3))
    terms = [
        f"{'-' if h < 0 else '+'} {abs(h):g}·{x}"
        for h, x in zip(kernel[::-1, ::-1].flat, patch[:3, :3].flat, strict=True)
        if h
    ]
    figure.supxlabel(
        f"red: {' '.join(terms).removeprefix('+ ')} = {result[0, 0]:g}   "
        "(flipped kernel times the patch under it; then shift and repeat)\n"
        "flipshift.signal.convolve2d(patch, h, mode='valid') gives the same numbers",
        fontsize=12,
    )
    return save(figure, out, "07-flip-and-shift.png")
