"""Products with and solutions of Toeplitz matrices."""

from __future__ import annotations

from collections.abc import Iterator

from .. import peers
from .case import RNG, Call, Case, numbers


def cases(threads: int) -> Iterator[Case]:
    """Return the cases of this topic."""
    for n in (16, 128, 1000, 4096, 1 << 16):
        for dtype in ("float32", "float64"):
            yield _product(n, dtype, threads, operator=False)
    for n in (128, 1000, 4096, 1 << 16):
        for dtype in ("float32", "float64"):
            yield _product(n, dtype, threads, operator=True)
    for n, k in ((50, 1), (300, 10), (2000, 1)):
        yield _solution(n, k, threads)


def _product(n: int, dtype: str, threads: int, operator: bool) -> Case:
    item = 4 if dtype == "float32" else 8
    calls = [
        peers.flipshift("T @ x", threads, "T = flipshift.linalg.Toeplitz(c, r)\n")
        if operator
        else peers.flipshift("flipshift.linalg.matmul_toeplitz((c, r), x)", threads),
        peers.scipy(
            "linalg", "scipy.linalg.matmul_toeplitz((c, r), x, check_finite=False)", threads
        ),
    ]
    if n <= 4096:
        made = "import scipy.linalg\ndense = scipy.linalg.toeplitz(c, r)\n"
        # Forming the matrix counts unless the operator was made beforehand, too.
        formed = Call("numpy, dense", "dense @ x", made, "scipy")
        whole = Call(
            "scipy, dense", "scipy.linalg.toeplitz(c, r) @ x", "import scipy.linalg\n", "scipy"
        )
        calls.append(formed if operator else whole)
    return Case(
        "toeplitz",
        "Toeplitz @ x" if operator else "matmul_toeplitz",
        f"{'Toeplitz @ x' if operator else 'matmul_toeplitz'} {n}",
        dtype,
        n,
        "\n".join([RNG, *(numbers(name, n, dtype) for name in "crx")]),
        tuple(calls),
        operations=2.0 * n * n,
        work=f"work.toeplitz({n}, made={operator})",
        exact="exact.toeplitz(c, r, x)",
        bytes=4.0 * n * item,
        growth=max(n, 32) ** 1.5,
        axis="rows of the matrix",
        quick=n in (128, 4096),
    )


def _solution(n: int, k: int, threads: int) -> Case:
    return Case(
        "toeplitz",
        "solve_toeplitz",
        f"solve_toeplitz {n}, {k} right",
        "float64",
        n,
        "\n".join(
            [
                RNG,
                numbers("c", n, "float64"),
                numbers("r", n, "float64"),
                numbers("b", (n, k), "float64"),
                f"c[0] += {n}",
            ]
        ),
        (
            peers.flipshift("flipshift.linalg.solve_toeplitz((c, r), b)", threads),
            peers.scipy("linalg", "scipy.linalg.solve_toeplitz((c, r), b, check_finite=False)"),
            peers.scipy(
                "linalg",
                "scipy.linalg.solve(scipy.linalg.toeplitz(c, r), b, check_finite=False)",
                name="scipy solve, dense",
            ),
        ),
        # Levinson's recursion: four n^2 for the vectors, four more for each right side.
        operations=4.0 * n * n * (1 + k),
        exact="exact.solved(c, r, b)",
        bytes=8.0 * (2 * n + 2 * n * k),
        # The diagonal outweighs the rest, so that the condition is small.
        growth=max(n, 32) ** 1.5,
        axis="rows of the matrix",
        quick=n == 300,
    )
