"""The pages on pictures: a convolution step by step, and low rank."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common import extra
from ..race import in_words
from .figures import BLUE, GREEN, ORANGE, RED, new, numbers, save, titled
from .lowrank import Approximation, Compressed, factors
from .picture import Image
from .shifts import Shift, shifts


def frame(axes: Any, row: int, column: int, shape: tuple[int, ...], colour: str = RED) -> None:
    """Draw a rectangle around part of a matrix that is shown."""
    rectangle = extra("matplotlib.patches").Rectangle
    at = (column - 0.5, row - 0.5)
    axes.add_patch(
        rectangle(at, shape[1], shape[0], fill=False, edgecolor=colour, linewidth=3, zorder=3)
    )


def _equation(shift: Shift, flipped: NDArray[np.int64]) -> str:
    """The sum in full, its zeros left out."""
    terms = [
        f"{'-' if h < 0 else '+'} {abs(h)}·{x}"
        for h, x in zip(flipped.flat, shift.window.flat, strict=True)
        if h
    ]
    sum_of_terms = " ".join(terms).removeprefix("+ ")
    return f"{sum_of_terms} = {shift.total}".replace("-", "\u2212")


def step_by_step(
    picture: NDArray[np.int64], kernel: NDArray[np.int64], result: Image, out: Path
) -> Path:
    """Draw a small picture, the kernel, its two flips, some shifts, and the result."""
    all_shifts = shifts(picture, kernel)
    chosen = [0, 1, result.shape[1], len(all_shifts) - 1]
    figure = titled(
        15,
        17,
        "A two-dimensional convolution, step by step: flip, shift, multiply, add",
        "the places where the kernel lies inside the picture (mode 'valid')",
    )
    grid = figure.subplots(
        1 + len(chosen), 4, width_ratios=(5, 4, 4, 4), height_ratios=(5, *([5] * len(chosen)))
    )
    flipped = kernel[::-1, ::-1]
    first = grid[0]
    numbers(first[0], picture, "picture x", "gray")
    numbers(first[1], kernel, "kernel h", "PuOr")
    numbers(first[2], kernel[:, ::-1], "flip left and right", "PuOr")
    numbers(first[3], flipped, "flip up and down:\nthis one is shifted over the picture", "PuOr")
    reach = float(np.abs(result).max())
    for axes, step in zip(grid[1:], chosen, strict=True):
        shift = all_shifts[step]
        numbers(axes[0], picture, f"shift by ({shift.row}, {shift.column})", "gray")
        frame(axes[0], shift.row, shift.column, kernel.shape)
        numbers(axes[1], shift.window, "under the flipped kernel", "gray")
        numbers(axes[2], shift.products, "times the flipped kernel", "PuOr")
        done = np.full(result.shape, np.nan)
        for earlier in all_shifts[: step + 1]:
            done[earlier.row, earlier.column] = earlier.total
        _result(axes[3], done, reach)
        frame(axes[3], shift.row, shift.column, (1, 1))
        axes[1].set_xlabel(_equation(shift, flipped), fontsize=12, color=RED, loc="left")
    figure.supxlabel(
        "The last row ends with the whole result: what flipshift.signal.convolve2d(x, h, 'valid') "
        "returns.",
        fontsize=12,
    )
    return save(figure, out, "08-step-by-step.png")


def _result(axes: Any, done: Image, reach: float) -> None:
    """Draw the sums so far."""
    axes.imshow(done, cmap="RdBu_r", vmin=-1.7 * reach, vmax=1.7 * reach)
    for (i, j), value in np.ndenumerate(done):
        text = "" if math.isnan(value) else f"{value:g}"
        axes.text(j, i, text, ha="center", va="center", fontsize=12)
    axes.set_title("result so far: the sums", fontsize=11)
    axes.set_xticks(range(done.shape[1]))
    axes.set_yticks(range(done.shape[0]))
    axes.tick_params(length=0, labelsize=8, colors="#666666")


def low_rank(tried: list[Approximation], title: str, out: Path) -> Path:
    """Draw a kernel, its singular values, nearest kernels of low rank, and what they do."""
    whole = tried[0]
    figure, (above, middle, below) = new(
        16,
        13,
        "A kernel as a sum of few products of a column and a row",
        title,
        nrows=3,
        ncols=4,
        width_ratios=(1.25, 1, 1, 1),
    )
    values = factors(whole.kernel).values
    axes = above[0]
    shown = np.maximum(values / values[0], 1e-17)
    axes.semilogy(range(1, len(shown) + 1), shown, "o-", color=BLUE, markersize=4)
    axes.axhline(2.0**-52, color="#888888", linestyle="--", linewidth=1)
    axes.text(len(shown), 2.0**-52 * 1.6, "rounding", ha="right", fontsize=9, color="#666666")
    axes.set(title="singular values", xlabel="number", ylabel="value / largest value")
    axes.grid(alpha=0.3)
    axes = middle[0]
    bars = (BLUE, ORANGE, GREEN, RED)[: len(tried)]
    names = [one.name for one in tried]
    places = axes.barh(names, [1e3 * one.seconds for one in tried], color=bars)
    axes.bar_label(places, [in_words(one.seconds) for one in tried], padding=3, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.35e3 * max(one.seconds for one in tried))
    axes.set(title="time of the convolution, one thread", xlabel="time (ms)")
    axes = below[0]
    width = 0.38
    at = np.arange(len(tried) - 1)
    for offset, label, errors, colour in (
        (-width / 2, "of the kernel", [one.kernel_error for one in tried[1:]], "#7a8ca3"),
        (
            width / 2,
            "of the filtered picture",
            [one.filtered_error for one in tried[1:]],
            "#c9a26b",
        ),
    ):
        drawn = axes.bar(at + offset, [100 * e for e in errors], width, color=colour, label=label)
        axes.bar_label(drawn, [f"{100 * e:.2g}" for e in errors], fontsize=9)
    axes.set_xticks(at, names[1:])
    axes.set(
        title="error: norm of the difference / norm", xlabel="instead of the whole", ylabel="%"
    )
    axes.set_yscale("log")
    axes.set_ylim(
        top=20 * 100 * max(one.kernel_error for one in tried[1:]),
        bottom=max(20 * min(one.filtered_error for one in tried[1:]), 1e-14),
    )
    axes.legend(fontsize=9)
    reach = float(np.abs(whole.kernel).max())
    response = float(np.quantile(np.abs(whole.filtered), 0.999)) or 1.0
    gap = max(float(np.quantile(np.abs(o.filtered - whole.filtered), 0.999)) for o in tried)
    for column, one in enumerate((whole, *tried[1:3]), start=1):
        size = f"{one.kernel.shape[0]} x {one.kernel.shape[1]}"
        drawn = above[column].imshow(one.kernel, cmap="RdBu_r", vmin=-reach, vmax=reach)
        name = "the kernel, whole" if column == 1 else f"nearest of {one.name}"
        above[column].set(title=f"{name}, {size}", xlabel="column (px)", ylabel="row (px)")
        figure.colorbar(drawn, ax=above[column], shrink=0.8, label="weight")
        drawn = middle[column].imshow(one.filtered, cmap="RdBu_r", vmin=-response, vmax=response)
        middle[column].set(
            title=f"picture filtered, {one.name}", xlabel="column (px)", ylabel="row (px)"
        )
        figure.colorbar(drawn, ax=middle[column], shrink=0.8, label="response")
        if column == 1:
            continue
        difference = one.filtered - whole.filtered
        drawn = below[column].imshow(difference, cmap="PuOr", vmin=-gap or -1, vmax=gap or 1)
        below[column].set(title=f"{one.name} less whole", xlabel="column (px)", ylabel="row (px)")
        figure.colorbar(drawn, ax=below[column], shrink=0.8, label="difference of responses")
    below[1].axis("off")
    rows, columns = whole.kernel.shape
    words = below[1].text(
        0,
        0.95,
        "Multiplications for each pixel\n\n"
        f"whole:    {rows} x {columns} = {rows * columns}\n"
        + "".join(
            f"{one.name}:   {one.name.split()[1]} x ({rows} + {columns}) = "
            f"{int(one.name.split()[1]) * (rows + columns)}\n"
            for one in tried[1:]
        )
        + "\nThe nearest kernel of rank r, in the sum\nof squares, is the sum of the first r\n"
        "products of the SVD; what is missing\nhas the norm of the other singular values\n"
        "(Eckart and Young 1936).\n\n"
        "The whole kernel is summed or\ntransformed, whichever is faster;\n"
        "the others go down the columns,\nthen along the rows.",
        va="top",
        fontsize=10,
        family="monospace",
        transform=below[1].transAxes,
    )
    words.set_in_layout(False)
    return save(figure, out, "09-low-rank-kernel.png")


def compression(
    picture: Image, values: Image, versions: list[Compressed], title: str, out: Path
) -> Path:
    """Draw a picture as sums of few products of a column and a row, with sizes and PSNR.

    `values` are its singular values.
    """
    wide = picture.shape[1] / picture.shape[0]
    cells = 2 + len(versions)
    columns = 4 if cells > 3 else cells
    rows = -(-cells // columns)
    figure, grid = new(
        float(np.clip(4.4 * wide, 3.4, 6) * columns),
        4.9 * rows + 1,
        "A picture compressed by its singular value decomposition",
        title,
        nrows=rows,
        ncols=columns,
        squeeze=False,
    )
    cell = list(grid.flat)
    shown: list[tuple[str, Image]] = [
        (
            f"original, {picture.shape[1]} x {picture.shape[0]} px\n"
            f"{picture.size} numbers, rank up to {min(picture.shape)}",
            picture,
        )
    ]
    for one in versions:
        shown.append(
            (
                f"rank {one.rank}, PSNR {one.psnr:.1f} dB\n{one.numbers} numbers, "
                f"{100 * one.share:.3g} % (1 : {1 / one.share:.3g})",
                one.picture,
            )
        )
    for axes, (name, pixels) in zip(cell, shown, strict=False):
        axes.imshow(pixels, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axes.set_title(name, fontsize=11)
        axes.set(xlabel="column (px)", ylabel="row (px)")
    axes = cell[len(shown)]
    least = 1e-16 * float(values[0]) or 1e-16
    axes.semilogy(range(1, len(values) + 1), np.maximum(values, least), color=BLUE)
    for one in versions:
        axes.axvline(one.rank, color=ORANGE, linewidth=1)
    axes.set(
        title="singular values; orange: the ranks shown",
        xlabel="number",
        ylabel="singular value",
        xlim=(0, len(values)),
    )
    axes.grid(alpha=0.3)
    for axes in cell[len(shown) + 1 :]:
        axes.axis("off")
    figure.supxlabel(
        "A product takes a column, a row and a singular value. PSNR: 10 log10(1 / mean squared "
        "error), white being 1.",
        fontsize=11,
    )
    return save(figure, out, "10-compressed.png")
