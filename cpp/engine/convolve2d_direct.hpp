// The direct method of 2-D convolution: cuts the outputs into rectangles for the kernels.
//
// Samples of several channels side by side need no other treatment than a longer step from one
// column of the kernel to the next: here columns count pixels, in the kernels samples.
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
#include "engine/threads.hpp"
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
        table_(kernels<Convolve2dTable<Real<T>>>()),
        tile_rows_(is_complex<T> ? table_.complex_tile_rows : table_.tile_rows),
        min_cols_(least_cols(table_.min_cols, p_.inner)),
        block_rows_((std::max(std::size_t{least_block_rows}, p_.h.rows) + tile_rows_ - 1) /
                    tile_rows_ * tile_rows_),
        storage_(p_.h.rows * p_.h.cols),
        taps_(storage_.data()) {
    // The kernels correlate: reversed taps, by column.
    const std::size_t n = p_.h.rows, m = p_.h.cols;
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < m; ++b)
        taps_[b * n + a] = p_.h.data[(n - 1 - a) * m + (m - 1 - b)];
    skip_fill_ = zeros_outside(p_) && all_finite(p_.h.data, n * m);
    const std::size_t rows = p_.out.rows, cols = p_.out.cols;
    far_ = (p_.x.rows * p_.x.cols + rows * p_.out.cols) * p_.inner * sizeof(T) > cached_bytes;
    inside_rows_ = interior(p_.row_start, p_.x.rows, p_.h.rows, rows);
    inside_cols_ = inner(interior(p_.col_start, p_.x.cols, p_.h.cols, cols), cols, min_cols_);
    const std::size_t strips = (inside_rows_.begin > 0) + (inside_rows_.end < rows) +
                               (inside_cols_.begin > 0) + (inside_cols_.end < cols);
    if (inside_rows_.empty() || inside_cols_.empty() ||
        rows * cols * p_.inner <= strips * small_image)
      inside_rows_ = inside_cols_ = {0, 0};
  }

  // All outputs, by bands of rows.
  void run() const {
    const std::size_t rows = p_.out.rows, numbers = p_.out.cols * p_.inner;
    const double products =
        static_cast<double>(p_.outer * rows * numbers) * static_cast<double>(p_.h.rows * p_.h.cols);
    const std::size_t workers = products < products_worth_a_thread ? 1 : p_.workers;
    // Whole blocks, so that their places do not depend on the number of threads.
    std::size_t height = rows;
    if (workers > 1 && p_.outer < 4 * workers)
      height = std::max<std::size_t>(rows / (4 * workers * block_rows_), 1) * block_rows_;
    const std::size_t bands = (rows + height - 1) / height;
    parallel_for(p_.outer * bands, workers, [&](std::size_t begin, std::size_t end) {
      for (; begin < end; ++begin) {
        const std::size_t i = begin % bands * height;
        band(begin / bands, i, std::min(i + height, rows));
      }
    });
  }

  // The outputs of some rows and columns of an image, by way of scratch blocks.
  void framed(std::size_t image, std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
              std::size_t col_end) const {
    if (row_begin >= row_end || col_begin >= col_end) return;
    // Widened, where there is room, to what a kernel computes anyway.
    if (col_end - col_begin < min_cols_) {
      col_end = std::min(col_begin + min_cols_, p_.out.cols);
      col_begin = col_end >= min_cols_ ? std::min(col_begin, col_end - min_cols_) : 0;
    }
    const std::size_t width = std::max<std::size_t>(block_cols / p_.inner, p_.h.cols);
    for (std::size_t i = row_begin, i_end; i < row_end; i = i_end) {
      i_end = std::min((i / block_rows_ + 1) * block_rows_, row_end);
      for (std::size_t j = col_begin; j < col_end; j += width)
        block(image, i, i_end, j, std::min(j + width, col_end));
    }
  }

 private:
  static constexpr std::size_t small_image = 1024;       // outputs, for each strip that one block
                                                         // of all saves
  static constexpr std::size_t least_block_rows = 64;    // of outputs in one scratch block, or as
  static constexpr std::size_t block_cols = 512;         // many as the kernel has
  static constexpr std::size_t panel_bytes = 512 << 10;  // of samples under one row of tiles
  // Of x and out, beyond which to prefetch: it gains 10 to 40% on what is in no cache, but loses as
  // much on what is in the second one.
  static constexpr std::size_t cached_bytes = 4 << 20;
  static constexpr double products_worth_a_thread = 1e6;

  struct Range {
    std::size_t begin, end;
    bool empty() const { return begin >= end; }
  };

  // In pixels, what makes `numbers` numbers.
  static std::size_t least_cols(std::size_t numbers, std::size_t inner) {
    const std::size_t samples = std::max<std::size_t>(1, numbers / (is_complex<T> ? 2 : 1));
    return (samples + inner - 1) / inner;
  }

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

  // Taps that meet a sample inside for at least one of the outputs begin .. begin + count - 1.
  static Range met(std::ptrdiff_t first, std::size_t count, std::size_t n, std::size_t taps) {
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(s(n) - first, 0, s(taps));
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(1 - first - s(count), 0, end);
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
  }

  std::size_t panel_width() const {
    const std::size_t bytes = (tile_rows_ + p_.h.rows - 1) * p_.inner * sizeof(T);
    return std::max<std::size_t>({panel_bytes / bytes / 64 * 64, block_cols / p_.inner, min_cols_});
  }

  // Strides and columns in samples.
  void kernel(const T* x, std::size_t x_stride, const T* taps, std::size_t kernel_rows,
              std::size_t kernel_cols, T* y, std::size_t y_stride, std::size_t rows,
              std::size_t cols, bool far = false) const {
    using R = Real<T>;
    const auto run = is_complex<T> ? table_.complex : table_.real;
    const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
    run({reinterpret_cast<const R*>(x), s(x_stride), s(p_.inner), reinterpret_cast<const R*>(taps),
         s(p_.h.rows), kernel_rows, kernel_cols, reinterpret_cast<R*>(y), s(y_stride), rows, cols,
         far});
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

  const T* x_of(std::size_t image) const {
    return p_.x.data + image * p_.x.rows * p_.x.cols * p_.inner;
  }
  T* out_at(std::size_t image, std::size_t row, std::size_t col) const {
    return p_.out.data + ((image * p_.out.rows + row) * p_.out.cols + col) * p_.inner;
  }

  // The outputs of some rows of an image.
  void band(std::size_t image, std::size_t begin, std::size_t end) const {
    const std::size_t cols = p_.out.cols;
    const std::size_t row_begin = std::clamp(inside_rows_.begin, begin, end);
    const std::size_t row_end = std::clamp(inside_rows_.end, row_begin, end);
    if (row_begin == row_end) return framed(image, begin, end, 0, cols);
    const auto [col_begin, col_end] = inside_cols_;
    framed(image, begin, row_begin, 0, cols);
    framed(image, row_end, end, 0, cols);
    framed(image, row_begin, row_end, 0, col_begin);
    framed(image, row_begin, row_end, col_end, cols);
    const std::size_t width = panel_width();
    for (std::size_t j = col_begin; j < col_end;) {
      std::size_t until = std::min(j + width, col_end);
      if (col_end - until < min_cols_) until = col_end;
      straight(image, row_begin, row_end, j, until);
      j = until;
    }
  }

  void straight(std::size_t image, std::size_t row_begin, std::size_t row_end,
                std::size_t col_begin, std::size_t col_end) const {
    const std::size_t row = static_cast<std::size_t>(top(row_begin));
    const std::size_t col = static_cast<std::size_t>(left(col_begin));
    kernel(x_of(image) + (row * p_.x.cols + col) * p_.inner, p_.x.cols * p_.inner, taps_, p_.h.rows,
           p_.h.cols, out_at(image, row_begin, col_begin), p_.out.cols * p_.inner,
           row_end - row_begin, (col_end - col_begin) * p_.inner, far_);
  }

  void block(std::size_t image, std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
             std::size_t col_end) const {
    const std::size_t rows = row_end - row_begin, cols = col_end - col_begin;
    const std::size_t numbers = cols * p_.inner, out_stride = p_.out.cols * p_.inner;
    T* out = out_at(image, row_begin, col_begin);
    std::ptrdiff_t i = top(row_begin), j = left(col_begin);
    Range a{0, p_.h.rows}, b{0, p_.h.cols};
    if (skip_fill_) {
      a = met(i, rows, p_.x.rows, p_.h.rows);
      b = met(j, cols, p_.x.cols, p_.h.cols);
    }
    if (a.empty() || b.empty()) {
      for (std::size_t r = 0; r < rows; ++r) std::fill_n(out + r * out_stride, numbers, T(0));
      return;
    }
    i += static_cast<std::ptrdiff_t>(a.begin);
    j += static_cast<std::ptrdiff_t>(b.begin);
    // What the kernel computes beyond the block is thrown away.
    const std::size_t full_cols = std::max(cols, min_cols_), full = full_cols * p_.inner;
    const std::size_t in_rows = rows + (a.end - a.begin) - 1;
    const std::size_t in_cols = full_cols + (b.end - b.begin) - 1;
    const std::size_t stride = odd_lines(in_cols * p_.inner);
    Scratch<T> samples(in_rows * stride);
    T* in = samples.data();
    const Source<T> source(x_of(image), p_.x.rows, p_.x.cols, p_.inner, p_.outside);
    source.gather(i, j, in_rows, in_cols, in, static_cast<std::ptrdiff_t>(stride));
    const T* taps = taps_ + b.begin * p_.h.rows + a.begin;
    if (full_cols == cols) {
      kernel(in, stride, taps, a.end - a.begin, b.end - b.begin, out, out_stride, rows, numbers);
      return;
    }
    Scratch<T> outputs(rows * full);
    T* y = outputs.data();
    kernel(in, stride, taps, a.end - a.begin, b.end - b.begin, y, full, rows, full);
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(y + r * full, numbers, out + r * out_stride);
  }

  // A row length of an odd number of cache lines, so that the rows of a tile do not compete for the
  // same lines of the cache.
  static std::size_t odd_lines(std::size_t samples) {
    constexpr std::size_t line = 64 / sizeof(T);
    return ((samples + line - 1) / line | 1) * line;
  }

  const Problem<T> p_;
  const Convolve2dTable<Real<T>>& table_;
  const std::size_t tile_rows_, min_cols_, block_rows_;
  Scratch<T> storage_;  // of the calling thread; others read it
  T* const taps_;
  bool skip_fill_;
  bool far_;
  Range inside_rows_, inside_cols_;  // outputs computed straight from x
};

}  // namespace flipshift::convolve2d
