// The direct method of 2-D convolution: cuts the outputs into rectangles for the kernels.
#pragma once

#include <algorithm>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "engine/convolve2d.hpp"
#include "engine/convolve2d_source.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "kernels/convolve2d.hpp"

namespace flipshift::convolve2d {

template <class T>
struct RealOf {
  using type = T;
};
template <class T>
struct RealOf<std::complex<T>> {
  using type = T;
};
template <class T>
using Real = typename RealOf<T>::type;
template <class T>
inline constexpr bool is_complex = !std::is_same_v<Real<T>, T>;

template <class T>
bool all_finite(const T* p, std::size_t n) {
  if constexpr (std::is_floating_point_v<Real<T>>) {
    // An exponent of all ones carries into the sign bit; an early exit would not vectorise.
    using Bits = std::conditional_t<sizeof(Real<T>) == 4, std::uint32_t, std::uint64_t>;
    constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);
    constexpr Bits lowest_exponent = Bits{1} << (std::numeric_limits<Real<T>>::digits - 1);
    const Real<T>* values = reinterpret_cast<const Real<T>*>(p);
    Bits carries = 0;
    for (std::size_t i = 0, count = n * (is_complex<T> ? 2 : 1); i < count; ++i)
      carries |= (std::bit_cast<Bits>(values[i]) & ~sign) + lowest_exponent;
    return (carries & sign) == 0;
  }
  return true;
}

template <class T>
class Direct {
 public:
  explicit Direct(const Problem<T>& problem)
      : p_(problem),
        source_(p_.x.data, p_.x.rows, p_.x.cols, 1, p_.outside),
        table_(kernels<Convolve2dTable<Real<T>>>()),
        min_rows_(table_.min_rows),
        min_cols_(std::max<std::size_t>(1, table_.min_cols / (is_complex<T> ? 2 : 1))),
        taps_(p_.h.rows * p_.h.cols) {
    // The kernels correlate: reversed taps, by column.
    const std::size_t n = p_.h.rows, m = p_.h.cols;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < m; ++b)
        taps_[b * n + a] = p_.h.data[(n - 1 - a) * m + (m - 1 - b)];
    skip_fill_ = zeros_outside(p_) && all_finite(p_.h.data, n * m);
  }

  // All outputs.
  void run() {
    const std::size_t rows = p_.out.rows, cols = p_.out.cols;
    const auto [row_begin, row_end] =
        inner(interior(p_.row_start, p_.x.rows, p_.h.rows, rows), rows, min_rows_);
    const auto [col_begin, col_end] =
        inner(interior(p_.col_start, p_.x.cols, p_.h.cols, cols), cols, min_cols_);
    if (row_begin == row_end || col_begin == col_end || rows * cols <= small_image) {
      framed(0, rows, 0, cols);
      return;
    }
    framed(0, row_begin, 0, cols);
    framed(row_end, rows, 0, cols);
    framed(row_begin, row_end, 0, col_begin);
    framed(row_begin, row_end, col_end, cols);
    const std::size_t width = panel_width();
    for (std::size_t j = col_begin; j < col_end;) {
      std::size_t end = std::min(j + width, col_end);
      if (col_end - end < min_cols_) end = col_end;
      straight(row_begin, row_end, j, end);
      j = end;
    }
  }

  // The outputs of some rows and columns, by way of scratch blocks.
  void framed(std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
              std::size_t col_end) {
    if (row_begin >= row_end || col_begin >= col_end) return;
    // Widened, where there is room, to what a kernel computes anyway.
    widen(row_begin, row_end, min_rows_, p_.out.rows);
    widen(col_begin, col_end, min_cols_, p_.out.cols);
    const std::size_t height = std::max<std::size_t>(block_rows, p_.h.rows);
    const std::size_t width = std::max<std::size_t>(block_cols, p_.h.cols);
    for (std::size_t i = row_begin; i < row_end; i += height) {
      const std::size_t i_end = std::min(i + height, row_end);
      for (std::size_t j = col_begin; j < col_end; j += width)
        block(i, i_end, j, std::min(j + width, col_end));
    }
  }

 private:
  static constexpr std::size_t small_image = 4096;       // outputs; one block beats four strips
  static constexpr std::size_t block_rows = 64;          // of outputs in one scratch block, or as
  static constexpr std::size_t block_cols = 512;         // many as the kernel has
  static constexpr std::size_t panel_bytes = 512 << 10;  // of samples under one row of tiles

  struct Range {
    std::size_t begin, end;
  };

  // The outputs for which all taps meet samples inside.
  static Range interior(std::ptrdiff_t start, std::size_t n, std::size_t taps, std::size_t n_out) {
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(s(n) - start, 0, s(n_out));
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(s(taps) - 1 - start, 0, end);
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  }

  // The interior without what a frame as wide as a tile covers; empty if less than a tile is left.
  static Range inner(Range r, std::size_t size, std::size_t tile) {
    if (r.begin > 0) r.begin = std::max(r.begin, tile);
    if (r.end < size) r.end = std::min(r.end, size - std::min(size, tile));
    return r.begin + tile <= r.end ? r : Range{0, 0};
  }

  static void widen(std::size_t& begin, std::size_t& end, std::size_t least, std::size_t size) {
    if (end - begin >= least) return;
    end = std::min(begin + least, size);
    begin = end >= least ? std::min(begin, end - least) : 0;
  }

  // Taps that meet a sample inside for at least one of the outputs begin .. begin + count - 1.
  static Range met(std::ptrdiff_t first, std::size_t count, std::size_t n, std::size_t taps) {
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(s(n) - first, 0, s(taps));
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(1 - first - s(count), 0, end);
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  }

  std::size_t panel_width() const {
    const std::size_t rows = min_rows_ + p_.h.rows - 1;
    return std::max<std::size_t>(panel_bytes / (rows * sizeof(T)) / 64 * 64, block_cols);
  }

  void kernel(const T* x, std::size_t x_stride, const T* taps, std::size_t kernel_rows,
              std::size_t kernel_cols, T* y, std::size_t y_stride, std::size_t rows,
              std::size_t cols) const {
    using R = Real<T>;
    const auto run = is_complex<T> ? table_.complex : table_.real;
    run(reinterpret_cast<const R*>(x), static_cast<std::ptrdiff_t>(x_stride),
        reinterpret_cast<const R*>(taps), static_cast<std::ptrdiff_t>(p_.h.rows), kernel_rows,
        kernel_cols, reinterpret_cast<R*>(y), static_cast<std::ptrdiff_t>(y_stride), rows, cols);
  }

  // Position of the first sample under output i.
  std::ptrdiff_t top(std::size_t i) const {
    return p_.row_start + static_cast<std::ptrdiff_t>(i) -
           static_cast<std::ptrdiff_t>(p_.h.rows - 1);
  }
  std::ptrdiff_t left(std::size_t j) const {
    return p_.col_start + static_cast<std::ptrdiff_t>(j) -
           static_cast<std::ptrdiff_t>(p_.h.cols - 1);
  }

  void straight(std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
                std::size_t col_end) {
    kernel(p_.x.data + static_cast<std::size_t>(top(row_begin)) * p_.x.cols +
               static_cast<std::size_t>(left(col_begin)),
           p_.x.cols, taps_.data(), p_.h.rows, p_.h.cols,
           p_.out.data + row_begin * p_.out.cols + col_begin, p_.out.cols, row_end - row_begin,
           col_end - col_begin);
  }

  void block(std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
             std::size_t col_end) {
    const std::size_t rows = row_end - row_begin, cols = col_end - col_begin;
    T* out = p_.out.data + row_begin * p_.out.cols + col_begin;
    std::ptrdiff_t i = top(row_begin), j = left(col_begin);
    Range a{0, p_.h.rows}, b{0, p_.h.cols};
    if (skip_fill_) {
      a = met(i, rows, p_.x.rows, p_.h.rows);
      b = met(j, cols, p_.x.cols, p_.h.cols);
    }
    if (a.begin == a.end || b.begin == b.end) {
      for (std::size_t r = 0; r < rows; ++r) std::fill_n(out + r * p_.out.cols, cols, T(0));
      return;
    }
    i += static_cast<std::ptrdiff_t>(a.begin);
    j += static_cast<std::ptrdiff_t>(b.begin);
    // What the kernel computes beyond the block is thrown away.
    const std::size_t full_rows = std::max(rows, min_rows_), full_cols = std::max(cols, min_cols_);
    const std::size_t in_rows = full_rows + (a.end - a.begin) - 1;
    const std::size_t in_cols = full_cols + (b.end - b.begin) - 1;
    const std::size_t stride = odd_lines(in_cols);
    Scratch<T> samples(in_rows * stride);
    T* in = samples.data();
    source_.gather(i, j, in_rows, in_cols, in, static_cast<std::ptrdiff_t>(stride));
    const T* taps = taps_.data() + b.begin * p_.h.rows + a.begin;
    if (full_rows == rows && full_cols == cols) {
      kernel(in, stride, taps, a.end - a.begin, b.end - b.begin, out, p_.out.cols, rows, cols);
      return;
    }
    Scratch<T> outputs(full_rows * full_cols);
    T* y = outputs.data();
    kernel(in, stride, taps, a.end - a.begin, b.end - b.begin, y, full_cols, full_rows, full_cols);
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(y + r * full_cols, cols, out + r * p_.out.cols);
  }

  // A row length of an odd number of cache lines, so that the rows of a tile do not compete for the
  // same lines of the cache.
  static std::size_t odd_lines(std::size_t cols) {
    constexpr std::size_t line = 64 / sizeof(T);
    return ((cols + line - 1) / line | 1) * line;
  }

  const Problem<T> p_;
  const Source<T> source_;
  const Convolve2dTable<Real<T>>& table_;
  const std::size_t min_rows_, min_cols_;
  Scratch<T> taps_;
  bool skip_fill_;
};

}  // namespace flipshift::convolve2d
