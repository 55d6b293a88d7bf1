// Separable convolution of images with short rows: in vectors over several rows.
//
// The sums along the columns are transposed, so that those along the rows are sums of rows too, and
// what continues them is a matter of which rows are taken. Rows that are shorter than a vector are
// transposed at once, and their columns convolved as lines.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/separable2d.hpp"
#include "engine/threads.hpp"
#include "engine/transpose.hpp"
#include "kernels/separable2d.hpp"

namespace flipshift::convolve2d {

// T: float or double. The taps are reversed.
template <class T>
class Narrow {
 public:
  using size_t = std::size_t;
  using ptrdiff_t = std::ptrdiff_t;

  static bool suits(const SeparableProblem<T>& p, size_t lanes) {
    const size_t cols = std::max(p.x.cols, p.out.cols);
    if (p.inner > 1 || p.out.rows < lanes) return false;
    return p.x.cols < lanes || cols <= 4 * lanes;
  }

  Narrow(const SeparableProblem<T>& p, const T* column_taps, const T* row_taps)
      : p_(p),
        table_(kernels<Separable2dTable<T>>()),
        lines_(p.x.cols < table_.lanes()),
        column_taps_(column_taps),
        row_taps_(row_taps) {}

  void run() const {
    const size_t rows = p_.out.rows, bands = (rows + band_rows - 1) / band_rows;
    const double operations = double(p_.outer * rows) * double(p_.out.cols * p_.terms) *
                              double(p_.column_taps + p_.row_taps);
    parallel_for(p_.outer * bands, operations < 8 * worth_a_thread ? 1 : p_.workers,
                 [&](size_t begin, size_t end) {
                   for (size_t i = begin; i < end; ++i) {
                     const size_t b = i % bands;
                     band(i / bands, b * rows / bands, (b + 1) * rows / bands);
                   }
                 });
  }

 private:
  static constexpr size_t band_rows = 256;

  static ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
  static size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
  static size_t odd_lines(size_t numbers) {
    constexpr size_t line = 64 / sizeof(T);
    return ((numbers + line - 1) / line | 1) * line;
  }

  // Output rows begin ... end - 1 of an image.
  void band(size_t image, size_t begin, size_t end) const {
    const size_t rows = end - begin, cols = p_.out.cols, pitch = odd_lines(rows);
    const T* x = p_.x.data + image * p_.x.rows * p_.x.cols;
    const ptrdiff_t top = p_.row_start + as_signed(begin) - as_signed(p_.column_taps - 1);
    Scratch<T> down(p_.x.cols * pitch), sums(cols * pitch), total(p_.terms > 1 ? cols * pitch : 0);
    if (lines_) {
      const size_t length = rows + p_.column_taps - 1, line = odd_lines(length);
      Scratch<T> columns(p_.x.cols * line);
      window(x, top, length, columns.data(), line);
      for (size_t term = 0; term < p_.terms; ++term) {
        table_.rows(columns.data(), line, column_taps_ + term * p_.column_taps, p_.column_taps,
                    down.data(), pitch, p_.x.cols, rows, false);
        across(down.data(), pitch, rows, term, sums.data(), total.data());
      }
    } else {
      const size_t count = rows + p_.column_taps - 1, row = odd_lines(p_.x.cols);
      Scratch<const T*> pointers(count);
      Scratch<T> fill(p_.x.cols), between(rows * row);
      std::fill_n(fill.data(), p_.x.cols, p_.fill_first);
      for (size_t t = 0; t < count; ++t) {
        const ptrdiff_t i =
            index_inside(top + as_signed(t), as_signed(p_.x.rows), p_.boundary_rows);
        pointers[t] = i < 0 ? fill.data() : x + as_size(i) * p_.x.cols;
      }
      for (size_t term = 0; term < p_.terms; ++term) {
        table_.columns(pointers.data(), column_taps_ + term * p_.column_taps, p_.column_taps,
                       between.data(), row, rows, p_.x.cols);
        transpose(between.data(), row, rows, p_.x.cols, down.data(), pitch);
        across(down.data(), pitch, rows, term, sums.data(), total.data());
      }
    }
    transpose(p_.terms > 1 ? total.data() : sums.data(), pitch, cols, rows,
              p_.out.data + (image * p_.out.rows + begin) * cols, cols);
  }

  // Rows top, top + 1, ... of x as the columns of a matrix.
  void window(const T* x, ptrdiff_t top, size_t count, T* to, size_t line) const {
    const size_t cols = p_.x.cols;
    const ptrdiff_t end = top + as_signed(count);
    const ptrdiff_t from = std::clamp<ptrdiff_t>(0, top, end);
    const ptrdiff_t until = std::clamp<ptrdiff_t>(as_signed(p_.x.rows), from, end);
    const auto beyond = [&](ptrdiff_t i, ptrdiff_t last) {
      for (; i < last; ++i) {
        const ptrdiff_t at = index_inside(i, as_signed(p_.x.rows), p_.boundary_rows);
        T* column = to + as_size(i - top);
        for (size_t c = 0; c < cols; ++c)
          column[c * line] = at < 0 ? p_.fill_first : x[as_size(at) * cols + c];
      }
    };
    beyond(top, from);
    if (from < until)
      transpose(x + as_size(from) * cols, cols, as_size(until - from), cols,
                to + as_size(from - top), line);
    beyond(until, end);
  }

  // The sums along the rows of what is transposed, added up in `total` if there are several terms.
  void across(const T* down, size_t pitch, size_t rows, size_t term, T* sums, T* total) const {
    const size_t cols = p_.out.cols, count = cols + p_.row_taps - 1;
    const ptrdiff_t left = p_.col_start - as_signed(p_.row_taps - 1);
    Scratch<const T*> pointers(count);
    Scratch<T> fill(rows);
    std::fill_n(fill.data(), rows, p_.fill_second);
    for (size_t t = 0; t < count; ++t) {
      const ptrdiff_t j = index_inside(left + as_signed(t), as_signed(p_.x.cols), p_.boundary_cols);
      pointers[t] = j < 0 ? fill.data() : down + as_size(j) * pitch;
    }
    table_.columns(pointers.data(), row_taps_ + term * p_.row_taps, p_.row_taps, sums, pitch, cols,
                   rows);
    if (p_.terms == 1) return;
    for (size_t i = 0; i < cols * pitch; ++i) total[i] = term ? total[i] + sums[i] : sums[i];
  }

  const SeparableProblem<T>& p_;
  const Separable2dTable<T>& table_;
  const bool lines_;
  const T *column_taps_, *row_taps_;
};

}  // namespace flipshift::convolve2d
