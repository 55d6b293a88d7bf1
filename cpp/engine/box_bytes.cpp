// Means over boxes of bytes whose sums fit into 16 bits.
#include "kernels/box_bytes.hpp"

#include <algorithm>

#include "engine/box.hpp"
#include "engine/box_edges.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::box {

namespace {

using std::ptrdiff_t;
using std::size_t;
using std::uint8_t;

constexpr size_t longest = 257;     // 257 * 255 = 2^16 - 1
constexpr size_t rows_at_once = 8;  // whose means along the columns stay in the cache
constexpr size_t most_ahead = 192;  // bytes that kernels may read behind a row

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
size_t round_up(size_t n, size_t step) { return (n + step - 1) / step * step; }

// With k = 16 + shift and factor = 2^k / d rounded up by e / d, s * factor / 2^k exceeds s / d by
// s e / (d 2^k), which reaches no whole number while s e < 2^k. Rounded down by e' / d, it is
// (s + 1) * factor / 2^k, for (s + 1) e' <= 2^k. One of e and e' is d / 2 at most.
ByteQuotient quotient_by(size_t d) {
  ByteQuotient q{0, 0, 0};
  if (d == 1) return q;
  while (size_t{2} << q.shift <= d) ++q.shift;
  if (size_t{1} << q.shift == d) {
    q.factor = 1 << 15;
    --q.shift;
    return q;
  }
  const size_t power = size_t{1} << (16 + q.shift), sum = 255 * d;
  const size_t factor = power / d + 1;
  const bool up = sum * (factor * d - power) < power;
  q.factor = static_cast<std::uint16_t>(up ? factor : factor - 1);
  q.bias = !up;
  return q;
}

class ByteMeans {
 public:
  explicit ByteMeans(const Problem<uint8_t, float, uint8_t>& p)
      : p_(p),
        first_row_(p.start[0] - as_signed(p.sizes[0]) + 1),
        first_col_(p.start[1] - as_signed(p.sizes[1]) + 1),
        row_(p.cols * p.inner),
        out_row_(p.cols_out * p.inner) {
    for (int pass = 0; pass < 2; ++pass) {
      quotient_[pass] = quotient_by(p.sizes[pass]);
      for (int i = 0; i < 2; ++i) fill_[pass][i] = static_cast<uint8_t>(p.fill[pass][i]);
    }
  }

  void run() const {
    const size_t band = round_up(std::max<size_t>(64, 8 * p_.sizes[0]), rows_at_once);
    const size_t bands = (p_.rows_out + band - 1) / band;
    const size_t results = p_.outer * p_.rows_out * out_row_;
    parallel_for(p_.outer * bands, results < worth_a_thread ? 1 : p_.workers,
                 [&](size_t begin, size_t end) {
                   for (size_t i = begin; i < end; ++i) {
                     const size_t row = i % bands * band;
                     compute(i / bands, row, std::min(band, p_.rows_out - row));
                   }
                 });
  }

 private:
  void compute(size_t image, size_t first, size_t rows) const {
    const size_t n = p_.sizes[0], across = p_.sizes[1], inner = p_.inner;
    // Columns that windows meet, and the buffer's, among them all of x.
    const ptrdiff_t cols = as_signed(p_.cols);
    const ptrdiff_t from = first_col_, to = from + as_signed(p_.cols_out + across - 1);
    const ptrdiff_t base = std::min<ptrdiff_t>(from, 0);
    const size_t numbers = as_size(std::max(to, cols) - base) * inner;
    const size_t before = as_size(-base) * inner;  // aligned: kernels write the row from there
    const size_t pad = round_up(before, 64) - before;
    const size_t pitch = round_up(pad + numbers + most_ahead, 64);

    Scratch<uint8_t> means(rows_at_once * pitch);
    const bool streamed = p_.outer * p_.rows_out * out_row_ >= stream_from;
    const size_t results_row = round_up(out_row_, 64) + 64;
    Scratch<uint8_t> results(streamed ? results_row * rows_at_once : 0);
    Scratch<std::uint16_t> sums(round_up(row_, 64));
    Scratch<std::uint16_t> work(kernels_.scratch(across, inner));
    Scratch<uint8_t> filled(p_.boundary[0] == Boundary::fill ? row_ : 0);
    Scratch<const uint8_t*> pointers(n);
    if (p_.boundary[0] == Boundary::fill)
      for (size_t c = 0; c < row_; ++c) filled[c] = fill_[0][0];
    const Edges<uint8_t> edges(p_.boundary[1], cols, as_signed(inner), fill_[1], from, 0, cols, to);
    const uint8_t* x = p_.x + image * p_.rows * row_;
    uint8_t* out = p_.out + (image * p_.rows_out + first) * out_row_;
    const auto row = [&](size_t k) -> const uint8_t* {
      const ptrdiff_t at =
          index_inside(first_row_ + as_signed(first + k), as_signed(p_.rows), p_.boundary[0]);
      return at < 0 ? filled.data() : x + as_size(at) * row_;
    };

    if (n > 1) {
      for (size_t k = 0; k + 1 < n; ++k) pointers[k] = row(k);
      kernels_.add_rows(pointers.data(), n - 1, row_, sums.data());
    }
    for (size_t i = 0; i < rows; i += rows_at_once) {
      const size_t count = std::min(rows_at_once, rows - i);
      uint8_t* mean = means.data() + pad + before;
      for (size_t j = i; j < i + count; ++j, mean += pitch) {
        if (n > 1)
          kernels_.slide(row(j + n - 1), row(j), row_, sums.data(), quotient_[0], mean);
        else
          std::copy_n(row(j), row_, mean);
        edges.write(mean);
      }
      const uint8_t* start = means.data() + pad + as_size(from - base) * inner;
      uint8_t* to_row = streamed ? results.data() : out;
      const size_t to_pitch = streamed ? results_row : out_row_;
      if (across > 1) {
        kernels_.lines(start, pitch, count, across, inner, to_row, to_pitch, out_row_, quotient_[1],
                       work.data());
      } else if (streamed) {
        kernels_.stream(start, pitch, count, out_row_, out, out_row_);
      } else {
        for (size_t j = 0; j < count; ++j)
          std::copy_n(start + j * pitch, out_row_, out + j * out_row_);
      }
      if (across > 1 && streamed) kernels_.stream(to_row, to_pitch, count, out_row_, out, out_row_);
      out += count * out_row_;
    }
    if (streamed) kernels_.end_streaming();
  }

  const BoxBytesTable& kernels_ = kernels<BoxBytesTable>();
  const Problem<uint8_t, float, uint8_t>& p_;
  ptrdiff_t first_row_, first_col_;  // where the window of the first result begins
  size_t row_, out_row_;
  ByteQuotient quotient_[2];
  uint8_t fill_[2][2];
};

}  // namespace

bool means_of_bytes(const Problem<uint8_t, float, uint8_t>& p) {
  for (int pass = 0; pass < 2; ++pass)
    if (p.sizes[pass] > longest || p.divisors[pass] != double(p.sizes[pass])) return false;
  ByteMeans(p).run();
  return true;
}

}  // namespace flipshift::box
