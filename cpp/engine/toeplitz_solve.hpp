// Linear systems with a Toeplitz matrix, in O(n^2) for all right-hand sides together.
#pragma once

#include <cstddef>

namespace flipshift::toeplitz {

// Solves M x = b for M[i, j] = c[i - j] if i >= j else r[j - i]: c and r have n entries, b and x
// are (n, k) in C order without overlap, T is float, double or std::complex of them. The work is
// done in double precision. NaN and infinity give NaN.
//
// By Levinson's recursion, which needs all leading principal minors to differ from 0. Returns 0, or
// the order of the first minor that does not as far as rounding lets one tell; x then holds nothing
// of use.
template <class T>
std::size_t solve(const T* c, const T* r, std::size_t n, const T* b, std::size_t k, T* x);

// Whether none of n numbers is NaN or infinite.
template <class T>
bool all_finite(const T* x, std::size_t n);

}  // namespace flipshift::toeplitz
