"""Lengths whose prime factors are all small."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def next_smooth(n: int, odd_primes: tuple[int, ...]) -> int:
    """The smallest product of powers of 2 and of `odd_primes` that is at least `n`."""
    if n <= 1:
        return n
    best = 1 << (n - 1).bit_length()
    products = [1]  # of the odd primes alone; each is filled up with twos
    for p in odd_primes:
        more = []
        for m in products:
            while m < best:
                more.append(m)
                m *= p
        products = more
    for m in products:
        best = min(best, m << (-(-n // m) - 1).bit_length())
    return best


@lru_cache(maxsize=1024)
def prev_smooth(n: int, odd_primes: tuple[int, ...]) -> int:
    """The largest product of powers of 2 and of `odd_primes` that is at most `n`."""
    if n <= 1:
        return n
    products = [1]
    for p in odd_primes:
        more = []
        for m in products:
            while m <= n:
                more.append(m)
                m *= p
        products = more
    return max(m << ((n // m).bit_length() - 1) for m in products)
