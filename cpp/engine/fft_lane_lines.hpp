// How a group of lines is handed to the kernels of lanes: as a pointer for each lane, or, if the
// lines are neither W neighbours nor contiguous, by a copy in which they are neighbours.
#pragma once

#include <type_traits>

#include "engine/dispatch.hpp"
#include "engine/fft_lanes.hpp"

namespace flipshift::fft {

// The lines in the order of the lanes. Lanes without a line: null if lines are written, the last
// one again if they are read.
template <class T, class X>
struct LaneLines {
  using Scalar = std::conditional_t<std::is_const_v<X>, const T, T>;
  Scalar* lines[fft_max_width];

  explicit LaneLines(const LineGroup<X>& group) {
    const FftPasses<T>& p = kernels<FftTable<T>>().passes[0];
    const auto w = static_cast<std::size_t>(p.width);
    for (std::size_t i = 0; i < w; ++i) {
      const std::size_t line = p.column[i];
      X* const from = line < group.count   ? group.lines[line]
                      : std::is_const_v<X> ? group.lines[group.count - 1]
                                           : nullptr;
      lines[i] = reinterpret_cast<Scalar*>(from);
    }
  }
};

// Between the first n numbers of the lines and a copy as W neighbours: number j of line i from or
// to copy[j W + i].
template <class X>
void to_neighbours(const LineGroup<const X>& in, std::size_t n, std::size_t w, X* copy) {
  if (in.count < w) std::fill_n(copy, n * w, X(0));
  if (in.neighbours(in.count)) {
    const X* x = in.lines[0];
    for (std::size_t j = 0; j < n; ++j, x += in.step, copy += w)
      for (std::size_t i = 0; i < in.count; ++i) copy[i] = x[i];
    return;
  }
  for (std::size_t i = 0; i < in.count; ++i) {
    const X* x = in.lines[i];
    for (std::size_t j = 0; j < n; ++j, x += in.step) copy[j * w + i] = *x;
  }
}
template <class X>
void from_neighbours(const X* copy, std::size_t n, std::size_t w, const LineGroup<X>& out) {
  if (out.neighbours(out.count)) {
    X* y = out.lines[0];
    for (std::size_t j = 0; j < n; ++j, y += out.step, copy += w)
      for (std::size_t i = 0; i < out.count; ++i) y[i] = copy[i];
    return;
  }
  for (std::size_t i = 0; i < out.count; ++i) {
    X* y = out.lines[i];
    for (std::size_t j = 0; j < n; ++j, y += out.step) *y = copy[j * w + i];
  }
}

}  // namespace flipshift::fft
