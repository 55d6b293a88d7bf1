"""``python -m flipshift demo``: the library at work on a recording and a picture."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from ... import signal
from ..common import CommandError, extra
from ..race import in_words
from . import (
    figures,
    key,
    lowrank,
    noteimage,
    notes,
    picture,
    picture_figures,
    shifts,
    smoothing,
    sound,
    spectrum,
    steps,
)
from .pitch import frequency, note_name

#: Notes listed on the screen; the file has them all.
LISTED = 40
#: Sigma of the Gaussian blur, in pixels.
SIGMA = 2.0


def note_table(found: list[notes.Note], a4: float, spelling: tuple[str, ...]) -> Any:
    """Return the table of notes for the screen."""
    table = extra("rich.table").Table(title="Notes found")
    for heading in ("note", "MIDI", "frequency (Hz)", "start (s)", "end (s)", "level (dB)"):
        table.add_column(heading, justify="left" if heading == "note" else "right")
    for note in found[:LISTED]:
        table.add_row(
            note_name(note.midi, spelling),
            str(note.midi),
            f"{frequency(note.midi, a4):.1f}",
            f"{note.start:.2f}",
            f"{note.end:.2f}",
            f"{note.level:.1f}",
        )
    return table


def write_notes(found: list[notes.Note], a4: float, spelling: tuple[str, ...], out: Path) -> Path:
    """Write the notes as comma-separated values and return where they are."""
    path = out / "notes.csv"
    rows = [("note", "midi", "frequency_hz", "start_s", "end_s", "level_db")]
    for n in found:
        name, pitch = note_name(n.midi, spelling), f"{frequency(n.midi, a4):.2f}"
        rows.append((name, str(n.midi), pitch, f"{n.start:.3f}", f"{n.end:.3f}", f"{n.level:.1f}"))
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise CommandError(f"--out {out}: {path.name} cannot be written ({error})") from None
    return path


def rank_table(tried: list[lowrank.Approximation], versions: list[lowrank.Compressed]) -> Any:
    """Return the table of low ranks, of a kernel and of the picture, for the screen."""
    rows, columns = tried[0].kernel.shape
    table = extra("rich.table").Table(
        title=f"Low rank: a kernel of {rows} x {columns}, and the picture itself",
        caption="error: of the filtered picture, norm of the difference over norm. numbers: what "
        "is stored, in % of the pixels.",
    )
    table.add_column("rank")
    for heading in ("kernel: time", "error", "picture: numbers", "PSNR (dB)"):
        table.add_column(heading, justify="right")
    kernels = {one.name.removeprefix("rank "): one for one in tried}
    pictures = {str(one.rank): one for one in versions}
    ranks = sorted((kernels.keys() | pictures.keys()) - {"whole"}, key=int)
    for name in ("whole", *ranks):
        k, p = kernels.get(name), pictures.get(name)
        table.add_row(
            name,
            in_words(k.seconds) if k else "",
            f"{100 * k.filtered_error:.3g} %" if k else "",
            f"{100 * p.share:.3g} %" if p else "",
            f"{p.psnr:.1f}" if p else "",
        )
    return table


def step_table(outcomes: list[steps.Outcome]) -> Any:
    """Return the table of steps for the screen."""
    table = extra("rich.table").Table(
        title="The same calls in SciPy",
        box=extra("rich.box").SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
        caption="Interleaved in one process, least time of several rounds. by: SciPy's fastest "
        "call; ratio: its time over flipshift's; diff.: largest difference over largest value.",
    )
    table.add_column("step", overflow="fold")
    table.add_column("size", overflow="fold")
    for heading in ("flipshift", "SciPy", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("by", overflow="fold")
    table.add_column("diff.", justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            outcome.step.name,
            outcome.step.size,
            in_words(outcome.ours),
            in_words(outcome.theirs),
            f"{outcome.ratio:.1f}",
            outcome.best,
            f"{outcome.difference:.1e}",
        )
    return table


def run(audio: str | None, image: str | None, out: str) -> int:
    """Run the demo.

    Parameters
    ----------
    audio, image : str or None
        Files to work on; without them, or if they are '', a melody is played and a picture drawn.
    out : str
        Folder for the PNGs and the list of notes; it is made if it is not there.

    Returns
    -------
    int
        0.

    Raises
    ------
    CommandError
        If a file cannot be read or written, or an optional package is missing.
    """
    audio, image = audio or None, image or None
    console = extra("rich.console").Console(highlight=False)
    for module in ("matplotlib.figure", "scipy.signal", *(("soundfile",) if audio else ())):
        extra(module)
    recording = sound.melody() if audio is None else sound.read(audio)
    pixels, remarks = (picture.drawn(), ()) if image is None else picture.read(image)
    named = "drawn test picture" if image is None else Path(image).name
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"--out {out}: the folder cannot be made ({error})") from None

    console.print(
        f"Sound: {recording.title}, {recording.seconds:.1f} s at {recording.rate} Hz"
        + "".join(f"; {remark}" for remark in recording.remarks),
        markup=False,
    )
    console.print(
        f"Picture: {named}, {pixels.shape[1]} x {pixels.shape[0]} pixels"
        + "".join(f"; {remark}" for remark in remarks),
        markup=False,
    )
    progress = extra("rich.progress")
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TimeElapsedColumn(),
    )
    written: list[Path] = []
    with progress.Progress(*columns, console=console, transient=True) as bar:

        def begin(text: str, total: float = 1.0) -> Any:
            return bar.add_task(text, total=total)

        task = begin("spectrogram")
        spectra = spectrum.spectrogram(recording.samples, recording.rate)
        cents = spectrum.tuning(recording.samples, recording.rate)
        a4 = 440.0 * 2 ** (cents / 1200)
        written.append(figures.spectrogram(recording, spectra, folder))
        bar.update(task, completed=1.0)

        task = begin("kernels of the notes")
        heard = noteimage.note_image(
            recording.samples, recording.rate, a4, lambda share: bar.advance(task, share)
        )
        found = notes.note_list(heard)
        seconds = key.pitch_classes(found)
        best = key.key(seconds)
        spelling = key.spelling(best)
        written.append(figures.note_picture(recording, heard, found, a4, spelling, folder))
        written.append(figures.key_picture(recording, seconds, folder))

        task = begin("moving averages, Toeplitz matrix", 2.0)
        written.append(figures.averages(recording, folder))
        bar.advance(task)
        path, gap = figures.toeplitz(recording, folder)
        written.append(path)
        bar.advance(task)

        task = begin("picture", 2.0)
        written.append(figures.filters(pixels, named, SIGMA, folder))
        bar.advance(task)
        row, column, patch = picture.sample_patch(pixels)
        by_hand = picture.by_hand(patch.astype(np.float64), picture.SOBEL)
        by_library = signal.convolve2d(patch.astype(np.float64), picture.SOBEL, "valid")
        written.append(figures.flip_and_shift(patch, row, column, by_library, named, folder))
        bar.advance(task)

        task = begin("step by step, low rank", 3.0)
        small = signal.convolve2d(shifts.PICTURE, shifts.KERNEL, "valid")
        written.append(picture_figures.step_by_step(shifts.PICTURE, shifts.KERNEL, small, folder))
        bar.advance(task)
        tried = lowrank.approximations(pixels, lowrank.oriented(), (1, 2, 4))
        size = f"{named}, {pixels.shape[1]} x {pixels.shape[0]} pixels"
        written.append(picture_figures.low_rank(tried, size, folder))
        bar.advance(task)
        smaller = lowrank.reduced(pixels)
        parts = lowrank.factors(smaller)
        versions = lowrank.compressed(smaller, parts)
        size = named if smaller.shape == pixels.shape else f"{named}, reduced"
        written.append(picture_figures.compression(smaller, parts.values, versions, size, folder))
        bar.advance(task)

        calls = steps.sound_steps(recording, a4) + steps.picture_steps(pixels, SIGMA)
        task = begin("the same in SciPy", len(calls))
        outcomes = []
        for step in calls:
            outcomes.append(steps.compare(step))
            bar.advance(task)
    written.append(write_notes(found, a4, spelling, folder))

    console.print(note_table(found, a4, spelling))
    if len(found) > LISTED:
        console.print(f"... and {len(found) - LISTED} more in {folder / 'notes.csv'}", markup=False)
    if recording.played:
        right = [note.midi for note in found] == [midi for midi, _, _ in recording.played]
        console.print(
            f"These are {'exactly' if right else 'NOT'} the {len(recording.played)} notes that "
            "were played."
        )
    console.print(f"Tuning: {cents:+.0f} cents from A4 = 440 Hz (A4 = {a4:.1f} Hz)")
    console.print(
        "Pitch classes (s): "
        + ", ".join(f"{n} {s:.1f}" for n, s in zip(spelling, seconds, strict=True) if s > 0)
    )
    console.print(f"Most likely key (Krumhansl-Schmuckler): {best or 'no notes found'}")
    length = smoothing.lengths(recording.rate)[2]
    _, part = smoothing.excerpt(recording.samples, recording.rate, 10.0)
    full = signal.convolve(part, smoothing.box(length))
    product = smoothing.by_toeplitz(part, length)
    top = max(float(np.abs(full).max()), 1e-30)
    console.print(
        f"Moving average of {length} samples by convolution and by the Toeplitz matrix: largest "
        f"difference {float(np.abs(full - product).max()) / top:.1e} of the largest value; the "
        f"full matrix on a short stretch: {gap:.1e}"
    )
    same = np.array_equal(by_hand, by_library)
    console.print(
        f"Patch at row {row}, column {column}: flip, shift, multiply and add by hand "
        f"{'equals' if same else 'DIFFERS FROM'} convolve2d."
    )
    console.print(rank_table(tried, versions))
    console.print(step_table(outcomes))
    for path in written:
        console.print(f"wrote {path}", markup=False, soft_wrap=True)
    return 0
