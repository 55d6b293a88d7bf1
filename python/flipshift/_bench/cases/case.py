"""What a case is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

#: What every setup begins with.
IMPORTS = "import numpy as np\n"


@dataclass(frozen=True)
class Call:
    """One way to the result of a case.

    Attributes
    ----------
    name : str
        What tables and charts call it; unique in its case.
    statement : str
        What is timed: an expression, whose value is the result or can be made an array.
    setup : str
        What it needs beyond the setup of the case.
    library : str
        The module without which there is no such call.
    """

    name: str
    statement: str
    setup: str = ""
    library: str = ""

    def __post_init__(self) -> None:
        if not self.library:
            object.__setattr__(self, "library", self.name.partition(".")[0])


@dataclass(frozen=True)
class Case:
    """One comparison.

    Attributes
    ----------
    topic, group, name, dtype : str
        A group is a section of the table and a chart; name and dtype tell its cases apart.
    size : int
        The place of the case on the axis of the group's chart.
    setup : str
        Imports and arguments.
    calls : tuple of Call
        That of flipshift first.
    operations, bytes : float
        Floating-point operations and bytes read and written as the definition of the problem has
        them: 5 n log2(n) for a complex transform, two for each product of a convolution; each
        argument read once, the result written once.
    work : str
        An expression for the operations of the method that flipshift takes, by the functions of
        `work`, or '' if they are those of the definition.
    growth : float
        Bound of the relative error (in the 2-norm) of a good algorithm, in units of the machine
        epsilon of the dtype; 0 for integers.
    exact : str
        An expression for the result in extended precision, by SciPy and the functions of `exact`,
        or '' where there is none: for integers, and where it takes long.
    times : int
        How often a call is evaluated before its value is compared with `exact`: a stream's value
        depends on its past.
    axis : str
        What `size` is.
    quick : bool
        Whether a quick run includes it.
    """

    topic: str
    group: str
    name: str
    dtype: str
    size: int
    setup: str
    calls: tuple[Call, ...]
    operations: float
    bytes: float
    growth: float
    exact: str = ""
    work: str = ""
    times: int = 1
    axis: str = "length"
    quick: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "setup", IMPORTS + dedent(self.setup).strip() + "\n")

    def __str__(self) -> str:
        """Return an identifier for test reports."""
        return f"{self.topic}-{self.name}-{self.dtype}".replace(" ", "_")

    @property
    def ours(self) -> Call:
        """The call of flipshift."""
        return self.calls[0]

    @property
    def peers(self) -> tuple[Call, ...]:
        """The other calls."""
        return self.calls[1:]

    @property
    def single(self) -> bool:
        """Whether its numbers are of single precision."""
        return self.dtype in ("float32", "complex64")


def evaluate(case: Case, call: Call, times: int = 1) -> Any:
    """Return the value of a call, after so many evaluations of it.

    Examples
    --------
    >>> call = Call("numpy", "np.convolve(x, x)")
    >>> case = Case("t", "g", "n", "float64", 2, "x = np.ones(2)", (call,), 8, 40, 2)
    >>> evaluate(case, call)
    array([1., 2., 1.])
    """
    names = namespace(case, (call,))
    code = compile(call.statement, "<statement>", "eval")
    for _ in range(times):
        value = eval(code, names)
    return value


def namespace(case: Case, calls: Iterable[Call]) -> dict[str, Any]:
    """Run the setup of a case and of some of its calls, and return the names that they made."""
    names: dict[str, Any] = {}
    exec(case.setup, names)
    for call in calls:
        exec(call.setup, names)
    return names


def operations_done(case: Case) -> float:
    """Return the operations of the method that flipshift takes.

    Examples
    --------
    >>> setup = "x, h = np.ones(9), np.ones(3)"
    >>> work_ = "work.convolution(x, h, 'full', 54.0)"
    >>> operations_done(Case("t", "g", "n", "float64", 2, setup, (), 54, 40, 2, work=work_))
    54.0
    """
    if not case.work:
        return float(case.operations)
    names = namespace(case, ())
    exec("from flipshift._bench import work", names)
    return float(eval(case.work, names))


def numbers(name: str, shape: tuple[int, ...] | int, dtype: str) -> str:
    """Return a statement that makes random numbers; `rng` has to be there.

    Examples
    --------
    >>> numbers("x", 5, "float32")
    "x = rng.standard_normal(5).astype('float32')"
    """
    value = f"rng.standard_normal({shape!r})"
    if dtype.startswith("complex"):
        value = f"({value} + 1j * {value})"
    if dtype.startswith(("int", "uint")):
        value = f"(100 * {value})"
    return f"{name} = {value}.astype({dtype!r})"


#: Images of so many pixels are not compared with extended precision, which would take long.
LARGE = 10**6

#: The generator that `numbers` draws from; the same numbers in every run.
RNG = "rng = np.random.default_rng(11)"
