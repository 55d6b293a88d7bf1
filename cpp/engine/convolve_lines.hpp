// Many 1-D convolutions, each of a line of x with a line of h.
#pragma once

#include <cstddef>

#include "engine/array.hpp"
#include "engine/convolve.hpp"

namespace flipshift::convolve {

// Contiguous lines at steps of `strides` (in elements; 0 repeats the line) along each axis of a
// batch.
template <class T>
struct Lines {
  const T* data;
  std::size_t length;
  Strides strides;
};

// out[l, i] = sum_k h[l, k] x[l, start + i - k] for all l of the shape `batch`, as `run` does it
// for one; out is contiguous, its lines of n_out elements in C order. On up to `workers` threads.
template <class T>
void run_lines(const Shape& batch, const Lines<T>& x, const Lines<T>& h, T* out, std::size_t n_out,
               std::ptrdiff_t start, Method method, std::size_t workers);

}  // namespace flipshift::convolve
