// Fourier transforms along one axis of strided arrays. Along the other axes both views have the
// same shape; in and out are either the same array or do not overlap.
#pragma once

#include <algorithm>
#include <complex>

#include "engine/array.hpp"
#include "engine/fft.hpp"
#include "engine/fft_plan.hpp"

namespace flipshift::fft {

// Threads for a transform of `bytes` along so many axes.
inline std::size_t threads_for(std::size_t bytes, std::size_t axes, std::size_t workers) {
  const std::size_t each = axes > 1 ? 2 * worth_a_batch_thread : worth_a_batch_thread;
  return std::min(workers, std::max<std::size_t>(1, bytes / each));
}

// A copy of `in`, times scale.
template <class T>
void scaled(const View<const std::complex<T>>& in, const View<std::complex<T>>& out, T scale);
// From lines of in.shape[axis] numbers, which go on with zeros, to lines of out.shape[axis].
template <class T>
void c2c_axis(const View<const std::complex<T>>& in, const View<std::complex<T>>& out,
              std::size_t axis, Direction direction, T scale, std::size_t workers);
// To the n / 2 + 1 numbers of the half spectrum.
template <class T>
void r2c_axis(const View<const T>& in, const View<std::complex<T>>& out, std::size_t axis,
              std::size_t n, Direction direction, T scale, std::size_t workers);
// From out.shape[axis] / 2 + 1 numbers to real ones.
template <class T>
void c2r_axis(const View<const std::complex<T>>& in, const View<T>& out, std::size_t axis,
              Direction direction, T scale, std::size_t workers);

}  // namespace flipshift::fft
