// The Fourier method of 2-D convolution.
//
// A block of N1 x N2 samples is transformed where it lies: rows by real transforms (in place, a row
// of N2 numbers becomes N2/2 + 1 complex ones), then columns; times the spectrum of h; and back. It
// gives the outputs that the cyclic convolution does not wrap around. h stands with its last tap at
// index 0, so that output i has index i. Memory: the spectrum of h and one block.
#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "engine/convolve2d.hpp"
#include "engine/convolve2d_cost.hpp"
#include "engine/convolve2d_direct.hpp"
#include "engine/convolve2d_source.hpp"
#include "engine/dispatch.hpp"
#include "engine/fft.hpp"
#include "engine/scratch.hpp"
#include "kernels/fft.hpp"

namespace flipshift::convolve2d {

// What best_blocks() has to know about one dimension. Samples that are certain to be 0 need no
// place of their own in a transform, nor do outputs need to be kept from wrapping around to them.
inline Extent extent(std::size_t n, std::size_t taps, std::size_t outputs, std::ptrdiff_t start,
                     bool zero_outside) {
  const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
  const std::ptrdiff_t met = s(outputs + taps) - 1;
  std::ptrdiff_t whole = met;
  if (zero_outside) {
    // Of the samples 0 .. met - 1 that the outputs meet, those of x are begin .. end - 1.
    const std::ptrdiff_t first = start - (s(taps) - 1);
    const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-first, 0, met);
    const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(s(n) - first, begin, met);
    whole = std::max({end, met - begin, s(outputs), s(taps)});
  }
  return {outputs, taps, static_cast<std::size_t>(whole)};
}

template <class T>
class Fourier {
  using R = Real<T>;
  using C = std::complex<R>;

 public:
  Fourier(const Problem<T>& problem, const Blocks& blocks)
      : p_(problem),
        source_(p_.x.data, p_.x.rows, p_.x.cols, 1, p_.outside),
        blocks_(blocks),
        n1_(blocks.rows.size),
        n2_(blocks.cols.size),
        stride_(row_stride(is_complex<T> ? n2_ : n2_ / 2 + 1)),
        h_(n1_ * stride_),
        block_(n1_ * stride_) {
    if constexpr (is_complex<T>) {
      row_plan_ = fft::plan<R>(n2_);
    } else {
      row_plan_ = fft::real_plan<R>(n2_);
    }
    std::fill_n(h_.data(), n1_ * stride_, C(0));
    for (std::size_t k = 0; k < p_.h.rows; ++k) {
      T* row = reinterpret_cast<T*>(h_.data() + wrapped(k, p_.h.rows, n1_) * stride_);
      const T* taps = p_.h.data + k * p_.h.cols;
      row[0] = taps[p_.h.cols - 1];
      std::copy_n(taps, p_.h.cols - 1, row + n2_ - (p_.h.cols - 1));
      forward(reinterpret_cast<C*>(row));
    }
    columns(h_.data(), fft::Direction::forward);
  }

  // Calls done(row_begin, row_end, col_begin, col_end) for each block of outputs.
  template <class F>
  void run(F&& done) {
    for (std::size_t i = 0; i < p_.out.rows; i += blocks_.rows.outputs) {
      const std::size_t i_end = std::min(i + blocks_.rows.outputs, p_.out.rows);
      for (std::size_t j = 0; j < p_.out.cols; j += blocks_.cols.outputs) {
        const std::size_t j_end = std::min(j + blocks_.cols.outputs, p_.out.cols);
        block(i, i_end, j, j_end);
        done(i, i_end, j, j_end);
      }
    }
  }

 private:
  // Whole vectors, and no large power of two, at which the rows would compete for cache lines.
  static std::size_t row_stride(std::size_t n) {
    n = (n + 7) / 8 * 8;
    return n * sizeof(C) % 1024 == 0 ? n + 8 : n;
  }

  static std::size_t wrapped(std::size_t k, std::size_t taps, std::size_t n) {
    return k + 1 == taps ? 0 : n - (taps - 1) + k;
  }

  void forward(C* row) const {
    if constexpr (is_complex<T>) {
      row_plan_->run(row, row, fft::Direction::forward, R(1));
    } else {
      row_plan_->r2c(reinterpret_cast<R*>(row), row, fft::Direction::forward, R(1));
    }
  }

  void backward(C* row, R scale) const {
    if constexpr (is_complex<T>) {
      row_plan_->run(row, row, fft::Direction::backward, scale);
    } else {
      row_plan_->c2r(row, reinterpret_cast<R*>(row), fft::Direction::backward, scale);
    }
  }

  void columns(C* data, fft::Direction direction) const {
    const View<C> view{data, {n1_, stride_}, {static_cast<std::ptrdiff_t>(stride_), 1}};
    fft::c2c<R>({data, view.shape, view.strides}, view, {0}, direction, R(1), 1);
  }

  void block(std::size_t row_begin, std::size_t row_end, std::size_t col_begin,
             std::size_t col_end) {
    const std::size_t rows = row_end - row_begin, cols = col_end - col_begin;
    // Samples beyond these, if any, are zeros that need no place (see extent).
    const std::size_t in_rows = std::min(rows + p_.h.rows - 1, n1_);
    const std::size_t in_cols = std::min(cols + p_.h.cols - 1, n2_);
    const std::ptrdiff_t top = p_.row_start + static_cast<std::ptrdiff_t>(row_begin) -
                               static_cast<std::ptrdiff_t>(p_.h.rows - 1);
    const std::ptrdiff_t left = p_.col_start + static_cast<std::ptrdiff_t>(col_begin) -
                                static_cast<std::ptrdiff_t>(p_.h.cols - 1);
    for (std::size_t r = 0; r < in_rows; ++r) {
      C* row = block_.data() + r * stride_;
      T* samples = reinterpret_cast<T*>(row);
      source_.gather(top + static_cast<std::ptrdiff_t>(r), left, 1, in_cols, samples, 0);
      std::fill(samples + in_cols, reinterpret_cast<T*>(row + stride_), T(0));
      forward(row);
    }
    std::fill(block_.data() + in_rows * stride_, block_.data() + n1_ * stride_, C(0));
    columns(block_.data(), fft::Direction::forward);
    R* spectrum = reinterpret_cast<R*>(block_.data());
    kernels<FftRealTable<R>>().multiply(spectrum, reinterpret_cast<const R*>(h_.data()), spectrum,
                                        n1_ * stride_, R(1));
    columns(block_.data(), fft::Direction::backward);
    // The scale comes last: earlier it could take small taps to where numbers lose precision.
    const R scale = R(1) / (static_cast<R>(n1_) * static_cast<R>(n2_));
    for (std::size_t r = 0; r < rows; ++r) {
      C* row = block_.data() + r * stride_;
      backward(row, scale);
      std::copy_n(reinterpret_cast<const T*>(row), cols,
                  p_.out.data + (row_begin + r) * p_.out.cols + col_begin);
    }
  }

  using RowPlan = std::conditional_t<is_complex<T>, fft::Plan<R>, fft::RealPlan<R>>;

  const Problem<T> p_;
  const Source<T> source_;
  const Blocks blocks_;
  const std::size_t n1_, n2_, stride_;
  std::shared_ptr<const RowPlan> row_plan_;
  Scratch<C> h_, block_;
};

}  // namespace flipshift::convolve2d
