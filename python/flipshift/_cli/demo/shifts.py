"""A convolution of a few numbers, one shift after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

#: A small picture, a bright corner on dark ground, and a kernel that no flip leaves as it is.
PICTURE: Integers = np.array(
    [[1, 1, 1, 1, 2], [1, 5, 6, 7, 3], [1, 6, 9, 8, 3], [0, 7, 8, 9, 2], [0, 2, 3, 2, 1]]
)
KERNEL: Integers = np.array([[1, 2, 0], [3, 0, -1], [0, -2, -1]])


@dataclass(frozen=True)
class Shift:
    """One place of the flipped kernel on the picture.

    Attributes
    ----------
    row, column : int
        Of the window's first pixel, and of its sum in the result.
    window, products : ndarray of int64
        What lies under the flipped kernel, and that times it, number by number.
    total : int
        The sum of the products.
    """

    row: int
    column: int
    window: Integers
    products: Integers
    total: int


def shifts(picture: Integers, kernel: Integers) -> list[Shift]:
    """Return all places of the kernel inside the picture, row by row.

    Parameters
    ----------
    picture, kernel : ndarray of int64
        With two dimensions, the kernel no larger than the picture.

    Examples
    --------
    >>> [s.total for s in shifts(np.array([[1, 2, 4]]), np.array([[1, -1]]))]
    [1, 2]
    """
    flipped = kernel[::-1, ::-1]
    height, width = kernel.shape
    places = []
    for row in range(picture.shape[0] - height + 1):
        for column in range(picture.shape[1] - width + 1):
            window = picture[row : row + height, column : column + width]
            products = window * flipped
            places.append(Shift(row, column, window, products, int(products.sum())))
    return places
