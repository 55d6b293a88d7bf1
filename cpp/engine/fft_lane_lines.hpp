// How a group of lines is handed to the kernels of lanes: as a pointer for each lane, or, if the
// lines are neither W neighbours nor contiguous, by a copy in which they are neighbours.
#pragma once

#include <algorithm>
#include <complex>
#include <type_traits>

#include "engine/dispatch.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/scratch.hpp"

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
// to copy[j W + i]. Row by row, even where each line is far from the next: 1.5 times faster than
// line by line.
template <class X>
void to_neighbours(const LineGroup<const X>& in, std::size_t n, std::size_t w, X* copy) {
  if (in.count < w) std::fill_n(copy, n * w, X(0));
  for (std::size_t j = 0; j < n; ++j, copy += w) {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(j) * in.step;
    for (std::size_t i = 0; i < in.count; ++i) copy[i] = in.lines[i][at];
  }
}
template <class X>
void from_neighbours(const X* copy, std::size_t n, std::size_t w, const LineGroup<X>& out) {
  for (std::size_t j = 0; j < n; ++j, copy += w) {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(j) * out.step;
    for (std::size_t i = 0; i < out.count; ++i) out.lines[i][at] = copy[i];
  }
}

// f(first, step) on W neighbours with n numbers each: the lines, or a copy of them.
template <class T, class X, class F>
void reading(const LineGroup<const X>& in, std::size_t n, F&& f) {
  const std::size_t w = SideBySide<T>::width();
  if (in.neighbours(w)) return f(in.lines[0], in.step);
  Scratch<X> copy(w * n);
  to_neighbours(in, n, w, copy.data());
  f(copy.data(), static_cast<std::ptrdiff_t>(w));
}
template <class T, class X, class F>
void writing(const LineGroup<X>& out, std::size_t n, F&& f) {
  const std::size_t w = SideBySide<T>::width();
  if (out.neighbours(w)) return f(out.lines[0], out.step);
  Scratch<X> copy(w * n);
  f(copy.data(), static_cast<std::ptrdiff_t>(w));
  from_neighbours(copy.data(), n, w, out);
}

// The first n numbers of lines that are neither W neighbours nor contiguous, to rows: complex ones,
// and real ones as the real parts of even and the imaginary parts of odd numbers.
template <class T>
void read_numbers(const LineGroup<const std::complex<T>>& in, std::size_t n, std::size_t w,
                  T* rows) {
  const LaneLines<T, const std::complex<T>> from(in);
  for (std::size_t j = 0; j < n; ++j, rows += 2 * w) {
    const std::ptrdiff_t at = 2 * in.step * static_cast<std::ptrdiff_t>(j);
    for (std::size_t i = 0; i < w; ++i) {
      rows[i] = from.lines[i][at];
      rows[w + i] = from.lines[i][at + 1];
    }
  }
}
template <class T>
void read_numbers(const LineGroup<const T>& in, std::size_t n, std::size_t w, T* rows) {
  const LaneLines<T, const T> from(in);
  for (std::size_t j = 0; j < n; ++j, rows += w) {
    const std::ptrdiff_t at = in.step * static_cast<std::ptrdiff_t>(j);
    for (std::size_t i = 0; i < w; ++i) rows[i] = from.lines[i][at];
  }
}

}  // namespace flipshift::fft
