// What this processor can do at most with the kernels' instructions, measured: for benchmarks,
// which say how much of it they reach.
#pragma once

#include <cstddef>

namespace flipshift {

// Floating-point operations a second of independent multiply-adds in full vectors of T, on
// `workers` threads: the best of short rounds within `seconds`.
template <class T>
double peak_operations(double seconds, std::size_t workers);

// Bytes read and written a second by a copy of `bytes` / 2 bytes to as many others on each of
// `workers` threads, with the stores that are faster: the best of short rounds within `seconds`.
double copy_bandwidth(std::size_t bytes, double seconds, std::size_t workers);

extern template double peak_operations<float>(double, std::size_t);
extern template double peak_operations<double>(double, std::size_t);

}  // namespace flipshift
