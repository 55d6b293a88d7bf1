// How a group of lines is handed to the kernels of lanes: as a pointer for each lane, or by a copy
// in which they are W neighbours, or contiguous.
#pragma once

#include <algorithm>
#include <complex>
#include <type_traits>

#include "engine/dispatch.hpp"
#include "engine/fft_lanes.hpp"
#include "engine/lines.hpp"
#include "engine/scratch.hpp"
#include "engine/strided_copy.hpp"

namespace flipshift::fft {

// The lines first, first + 1, ... of an array and of its transform.
template <class A, class B>
struct Group {
  LineGroup<const A> from;
  LineGroup<B> to;

  Group() = default;  // for the caller to fill
  // The places of lines that are not there stay unset: clearing them would take as long as a short
  // transform.
  Group(const View<const A>& in, const View<B>& out, std::size_t axis, const Lines& lines,
        std::size_t first, std::size_t count) {
    from.count = to.count = count;
    from.step = in.strides[axis];
    to.step = out.strides[axis];
    from.adjacent = to.adjacent =
        lines.run() >= count && first % lines.run() + count <= lines.run();
    lines.each(first, count, [&](std::size_t i, Lines::Offsets at) {
      from.lines[i] = in.data + at.in;
      to.lines[i] = out.data + at.out;
    });
  }
};

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
  if (in.neighbours(in.count))
    return copy_rows<X>(in.lines[0], in.step, n, in.count, copy, static_cast<std::ptrdiff_t>(w));
  for (std::size_t j = 0; j < n; ++j, copy += w) {
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(j) * in.step;
    for (std::size_t i = 0; i < in.count; ++i) copy[i] = in.lines[i][at];
  }
}
template <class X>
void from_neighbours(const X* copy, std::size_t n, std::size_t w, const LineGroup<X>& out) {
  if (out.neighbours(out.count))
    return copy_rows<X>(copy, static_cast<std::ptrdiff_t>(w), n, out.count, out.lines[0], out.step);
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

// Elements from one copied line to the next: an odd number of cache lines, so that copies do not
// fall into the same sets.
template <class A>
std::size_t copy_pitch(std::size_t n) {
  constexpr std::size_t per_cache_line = 64 / sizeof(A);
  return ((n + per_cache_line - 1) / per_cache_line | 1) * per_cache_line;
}

// Lines of n numbers, wherever they lie, to where they are contiguous, `pitch` apart.
template <class T, class X>
void compact(const LineGroup<const X>& in, std::size_t n, X* to, std::size_t pitch) {
  for (std::size_t i = 0; i < in.count; ++i, to += pitch)
    compact_rows(in.lines[i], 0, 1, n, in.step, to, 0);
}
// Whether lines can be read neither as rows nor as they lie: f(a compact copy of them) is for
// these.
template <class X>
bool is_scattered(const LineGroup<const X>& in) {
  return in.step != 1 && !in.neighbours(in.count);
}
template <class T, class X, class F>
void compacted(const LineGroup<const X>& in, std::size_t n, F&& f) {
  const std::size_t pitch = copy_pitch<X>(n);
  Scratch<X> copy(in.count * pitch);
  compact<T>(in, n, copy.data(), pitch);
  LineGroup<const X> lines;
  lines.count = in.count;
  lines.step = 1;
  for (std::size_t i = 0; i < in.count; ++i) lines.lines[i] = copy.data() + i * pitch;
  f(lines);
}

}  // namespace flipshift::fft
