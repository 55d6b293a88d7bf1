# cython: language_level=3
"""Calls of a function of one array from a typed loop; built by cython_overhead.py."""

from libc.stddef cimport size_t

cimport cython


@cython.boundscheck(False)
@cython.wraparound(False)
def calls(object function, list arguments, size_t rounds, object second=None):
    """Call it for each of the arguments in turn, and return how many results were not None.

    `second`, if any, is the other argument of all calls.
    """
    cdef size_t i, n = len(arguments)
    cdef size_t found = 0
    cdef object result
    for i in range(rounds):
        if second is None:
            result = function(arguments[i % n])
        else:
            result = function(arguments[i % n], second)
        if result is not None:
            found += 1
    return found


def identity(object x, object second=None):
    """The least that a call costs here."""
    return x
