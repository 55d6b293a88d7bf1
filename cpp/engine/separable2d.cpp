#include "engine/separable2d.hpp"

#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/separable2d_narrow.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve.hpp"
#include "kernels/convolve_axis.hpp"
#include "kernels/separable2d.hpp"

namespace flipshift::convolve2d {

namespace {

using convolve::is_complex;
using convolve::Scalar;
using std::ptrdiff_t;
using std::size_t;

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

constexpr size_t block_bytes = 24576;    // of a block between the two sums, if more than a tile
constexpr size_t window_bytes = 393216;  // of x under a block, that a strip keeps in the cache
constexpr size_t strip_taps = 16;        // a strip is as many times longer than the row's kernel

struct Range {
  ptrdiff_t begin, end;
  size_t size() const { return as_size(end - begin); }
};

// Numbers (S) of a pixel: its samples, each of one or two (complex) parts.
template <class T>
class Separable {
 public:
  explicit Separable(const SeparableProblem<T>& p)
      : p_(p),
        table_(kernels<Separable2dTable<S>>()),
        lanes_(table_.lanes()),
        unit_(p.inner * parts),
        x_cols_(as_signed(p.x.cols)),
        bytes_(p.widen ? p.narrow_bytes : sizeof(S)),
        copied_(p.widen || must_copy()),
        taps_(p.terms * (p.column_taps + p.row_taps) * parts),
        column_taps_(taps_.data()),
        row_taps_(column_taps_ + p.terms * p.column_taps * parts) {
    reverse(p.columns, p.column_taps, column_taps_);
    reverse(p.rows, p.row_taps, row_taps_);
  }

  void run() {
    if constexpr (!is_complex<T>)
      if (!p_.widen && Narrow<T>::suits(p_, lanes_))
        return Narrow<T>(p_, column_taps_, row_taps_).run();
    const size_t tile = table_.tile(), cols = p_.out.cols;
    const size_t width = strip_width();
    const size_t strips = blocks_of(cols, width);
    const size_t row_bytes = (std::min(width, cols) + p_.row_taps) * unit_ * sizeof(S);
    const size_t height = std::max<size_t>(1, block_bytes / (tile * row_bytes)) * tile;
    const size_t blocks = blocks_of(p_.out.rows, height);
    const double operations = double(p_.outer * p_.out.rows) * double(cols * unit_ * p_.terms) *
                              double(p_.column_taps + p_.row_taps);
    const size_t workers = operations < 8 * worth_a_thread ? 1 : p_.workers;
    parallel_for(p_.outer * strips * blocks, workers, [&](size_t begin, size_t end) {
      while (begin < end) {
        const size_t block = begin % blocks, strip = begin / blocks % strips;
        const size_t count = std::min(end - begin, blocks - block);
        Strip s(*this, {as_signed(strip * width), as_signed(std::min(cols, (strip + 1) * width))},
                std::min(height, p_.out.rows));
        for (size_t b = block; b < block + count; ++b)
          s.run(begin / blocks / strips, b * height, std::min(height, p_.out.rows - b * height));
        begin += count;
      }
    });
  }

 private:
  using S = Scalar<T>;
  static constexpr size_t parts = sizeof(T) / sizeof(S);

  // Rows too short for a vector need something behind them; of rows that are a power of two apart
  // more than twelve drive each other out of the first level of the cache.
  bool must_copy() const {
    const size_t row = p_.x.cols * unit_;
    return row < lanes_ || (row * sizeof(S) % 4096 == 0 && p_.column_taps > 6);
  }

  size_t strip_width() const {
    const size_t rows = table_.tile() + p_.column_taps - 1;
    const size_t fitting = window_bytes / (rows * unit_ * sizeof(S));
    const size_t width = std::max({fitting, strip_taps * p_.row_taps, 64 / sizeof(S)});
    return blocks_of(p_.out.cols, std::max<size_t>(1, p_.out.cols / width));
  }

  // Each row of taps reversed; of complex ones first the real parts, then the imaginary ones.
  void reverse(const T* taps, size_t m, S* to) const {
    for (size_t r = 0; r < p_.terms; ++r, taps += m, to += m * parts) {
      for (size_t t = 0; t < m; ++t) {
        const T tap = taps[m - 1 - t];
        if constexpr (is_complex<T>) {
          to[t] = tap.real();
          to[m + t] = tap.imag();
        } else {
          to[t] = tap;
        }
      }
    }
  }

  static void fill(S* to, size_t count, T value) {
    if constexpr (is_complex<T>) {
      std::fill_n(reinterpret_cast<T*>(to), count / 2, value);
    } else {
      std::fill_n(to, count, value);
    }
  }

  // Where the rows of x are that a block needs. Those that are copied stay in a ring, in which the
  // next block finds what both need.
  struct Rows {
    size_t room, pitch;
    Scratch<const S*> pointers;
    Scratch<S> copies;
    bool filled = false;
    ptrdiff_t copied_to = PTRDIFF_MIN;

    Rows(size_t room, size_t numbers, bool copied)
        : room(room),
          pitch(odd_lines(numbers)),
          pointers(room),
          copies((copied ? room : 1) * pitch) {}

    void point(const Separable& all, const char* x, size_t there, size_t count, size_t row,
               size_t rows) {
      const auto& p = all.p_;
      const size_t x_row = p.x.cols * all.unit_ * all.bytes_, needed = rows + p.column_taps - 1;
      const ptrdiff_t top = p.row_start + as_signed(row) - as_signed(p.column_taps - 1);
      for (size_t t = 0; t < needed; ++t) {
        const ptrdiff_t i = top + as_signed(t);
        const ptrdiff_t from = index_inside(i, as_signed(p.x.rows), p.boundary_rows);
        const char* source = x + as_size(from) * x_row;
        if (all.copied_) {
          // Counted from the first row of all.
          const size_t slot = (row + t) % room;
          S* copy = copies.data() + slot * pitch;
          pointers[t] = copy;
          if (i < copied_to) continue;
          if (from < 0) {
            fill(copy, count, p.fill_first);
          } else {
            if constexpr (!is_complex<T>)
              if (p.widen) p.widen(source, there, copy);
            if (!p.widen) std::memcpy(copy, source, there * sizeof(S));
            std::fill(copy + there, copy + count, S(0));
          }
        } else if (from < 0) {
          if (!filled) fill(copies.data(), count, p.fill_first);
          filled = true;
          pointers[t] = copies.data();
        } else {
          pointers[t] = reinterpret_cast<const S*>(source);
        }
      }
      copied_to = top + as_signed(needed);
    }
  };

  // The length of a row, in whole cache lines, whose number is odd: rows a power of two apart drive
  // each other out of the cache.
  static size_t odd_lines(size_t numbers) {
    constexpr size_t line = 64 / sizeof(S);
    return (blocks_of(numbers, line) | 1) * line;
  }

  // The outputs of some columns. A row between the sums is
  //   [margin] [pixels under the outputs, where they are inside of x or not] [margin] [others]
  // with margins for what vectors write beyond, and `others` for pixels that do not lie under the
  // outputs, but are what the row continues with.
  class Strip {
   public:
    Strip(const Separable& all, Range outputs, size_t height)
        : a_(all),
          outputs_(outputs),
          under_{all.p_.col_start + outputs.begin - as_signed(all.p_.row_taps - 1),
                 all.p_.col_start + outputs.end},
          inside_(within(under_, all.x_cols_)),
          room_for_pads_(under_.size()),
          pads_(room_for_pads_.data()),
          others_at_(under_.size() * all.unit_ + 2 * margin()),
          others_(find_others()),
          pitch_(odd_lines(others_at_ + (others_.size() * all.unit_ + margin()))),
          between_(height * pitch_),
          rows_inside_(height + all.p_.column_taps - 1, numbers(inside_), all.copied_),
          other_rows_(others_.size() ? height + all.p_.column_taps - 1 : 1, numbers(others_),
                      all.copied_) {}

    void run(size_t image, size_t row, size_t rows) {
      const auto& p = a_.p_;
      const char* x = reinterpret_cast<const char*>(p.x.data) +
                      image * p.x.rows * p.x.cols * a_.unit_ * a_.bytes_;
      S* out = reinterpret_cast<S*>(p.out.data) +
               ((image * p.out.rows + row) * p.out.cols + as_size(outputs_.begin)) * a_.unit_;
      for (size_t term = 0; term < p.terms; ++term) {
        columns(x, row, rows, inside_, term, rows_inside_, between_.data(),
                margin() + as_size(inside_.begin - under_.begin) * a_.unit_);
        columns(x, row, rows, others_, term, other_rows_, between_.data(), others_at_);
        for (size_t r = 0; r < rows; ++r) continue_row(between_.data() + r * pitch_);
        along_rows(between_.data() + margin(), rows, term, out);
      }
    }

   private:
    size_t margin() const { return a_.lanes_; }
    size_t numbers(Range cols) const { return std::max(cols.size() * a_.unit_, a_.lanes_); }
    static Range within(Range r, ptrdiff_t n) {
      const ptrdiff_t begin = std::clamp<ptrdiff_t>(0, r.begin, r.end);
      return {begin, std::clamp(n, begin, r.end)};
    }

    // The pixels that the row continues with: where they stand in the row, in numbers, -1 for the
    // fill value. Returns the columns of x from which they come if they are not under the outputs.
    Range find_others() {
      Range hull{a_.x_cols_, 0};
      const auto each = [&](auto&& f) {
        for (ptrdiff_t j = under_.begin; j < inside_.begin; ++j) f(j);
        for (ptrdiff_t j = inside_.end; j < under_.end; ++j) f(j);
      };
      each([&](ptrdiff_t j) {
        const ptrdiff_t from = index_inside(j, a_.x_cols_, a_.p_.boundary_cols);
        if (from < 0) return;
        hull = {std::min(hull.begin, from), std::max(hull.end, from + 1)};
      });
      const bool there =
          hull.begin >= hull.end || (hull.begin >= inside_.begin && hull.end <= inside_.end);
      ptrdiff_t* pad = pads_;
      each([&](ptrdiff_t j) {
        const ptrdiff_t from = index_inside(j, a_.x_cols_, a_.p_.boundary_cols);
        const auto unit = as_signed(a_.unit_);
        *pad++ = from < 0 ? -1
                 : there  ? (from - under_.begin) * unit + as_signed(margin())
                          : (from - hull.begin) * unit + as_signed(others_at_);
      });
      return there ? Range{0, 0} : hull;
    }

    // The sums along some columns, to `at` of each row between.
    void columns(const char* x, size_t row, size_t rows, Range cols, size_t term, Rows& window,
                 S* between, size_t at) {
      const auto& p = a_.p_;
      size_t count = cols.size() * a_.unit_, first = as_size(cols.begin) * a_.unit_;
      if (count == 0) return;
      // What is less than a vector is taken with what stands beside it.
      const size_t x_row = p.x.cols * a_.unit_, m = p.column_taps;
      if (count < a_.lanes_ && x_row >= a_.lanes_) {
        const size_t back = first + a_.lanes_ > x_row ? first + a_.lanes_ - x_row : 0;
        first -= back;
        at -= back;
      }
      const size_t there = std::min(std::max(count, a_.lanes_), x_row - first);
      count = std::max(count, a_.lanes_);
      if (term == 0) window.point(a_, x + first * a_.bytes_, there, count, row, rows);
      const S* taps = a_.column_taps_ + term * m * parts;
      const S* const* pointers = window.pointers.data();
      if constexpr (is_complex<T>) {
        a_.table_.columns_complex(pointers, taps, taps + m, m, between + at, pitch_, rows, count);
      } else {
        a_.table_.columns(pointers, taps, m, between + at, pitch_, rows, count);
      }
    }

    void continue_row(S* row) const {
      const size_t unit = a_.unit_;
      const ptrdiff_t* pad = pads_;
      const auto pixels = [&](S* to, size_t count) {
        if (a_.p_.boundary_cols == Boundary::fill) return fill(to, count * unit, a_.p_.fill_second);
        const ptrdiff_t* const end = pad + count;
        if (a_.p_.inner == 1) {  // a call of copy_n for each would take as long as the sums
          for (; pad != end; to += parts) {
            const S* from = row + *pad++;
            for (size_t i = 0; i < parts; ++i) to[i] = from[i];
          }
        } else {
          for (; pad != end; to += unit) std::copy_n(row + *pad++, unit, to);
        }
      };
      pixels(row + margin(), as_size(inside_.begin - under_.begin));
      pixels(row + margin() + as_size(inside_.end - under_.begin) * unit,
             as_size(under_.end - inside_.end));
    }

    void along_rows(const S* between, size_t rows, size_t term, S* out) const {
      const auto& p = a_.p_;
      const size_t m = p.row_taps, count = outputs_.size();
      const size_t out_row = p.out.cols * a_.unit_;
      const S* taps = a_.row_taps_ + term * m * parts;
      const bool add = term > 0;
      if (p.inner == 1) {
        if constexpr (is_complex<T>) {
          const auto along = kernels<ConvolveTable<S>>().complex;
          for (size_t r = 0; r < rows; ++r)
            along(between + r * pitch_, under_.size(), taps, taps + m, m, 0, out + r * out_row,
                  count, add);
        } else {
          a_.table_.rows(between, pitch_, taps, m, out, out_row, rows, count, add);
        }
        return;
      }
      const auto& axis = kernels<ConvolveAxisTable<S>>();
      const size_t numbers = count * a_.unit_;
      Scratch<S> sums(add ? numbers : 0);
      for (size_t r = 0; r < rows; ++r, between += pitch_, out += out_row) {
        S* y = add ? sums.data() : out;
        if constexpr (is_complex<T>) {
          axis.flat_complex(between, a_.unit_, taps, taps + m, m, y, numbers);
        } else {
          axis.flat(between, a_.unit_, taps, m, y, numbers);
        }
        for (size_t i = 0; add && i < numbers; ++i) out[i] += y[i];
      }
    }

    const Separable& a_;
    Range outputs_;
    Range under_;   // pixels of a row under the outputs
    Range inside_;  // of those, the ones in x
    Scratch<ptrdiff_t> room_for_pads_;
    ptrdiff_t* pads_;
    size_t others_at_;
    Range others_;
    size_t pitch_;
    Scratch<S> between_;
    Rows rows_inside_, other_rows_;
  };

  const SeparableProblem<T>& p_;
  const Separable2dTable<S>& table_;
  const size_t lanes_;
  const size_t unit_;
  const ptrdiff_t x_cols_;
  const size_t bytes_;  // of a number of x
  const bool copied_;
  Scratch<S> taps_;
  S *column_taps_, *row_taps_;
};

}  // namespace

template <class T>
void separable2d(const SeparableProblem<T>& problem) {
  Separable<T>(problem).run();
}

template void separable2d(const SeparableProblem<float>&);
template void separable2d(const SeparableProblem<double>&);
template void separable2d(const SeparableProblem<std::complex<float>>&);
template void separable2d(const SeparableProblem<std::complex<double>>&);

}  // namespace flipshift::convolve2d
