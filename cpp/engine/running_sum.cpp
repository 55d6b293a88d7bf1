#include "engine/running_sum.hpp"

#include <algorithm>
#include <cmath>

#include "engine/array.hpp"
#include "engine/box.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "engine/transpose.hpp"
#include "kernels/convolve.hpp"
#include "kernels/running_sum.hpp"

namespace flipshift {

namespace {

using std::ptrdiff_t;
using std::size_t;

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

constexpr size_t strip_numbers = 64;    // of a row, that are taken together
constexpr size_t block_numbers = 2048;  // whose sums stay in the first-level cache
constexpr size_t longest_block = 1024;  // rows

// What lines continue with: for 'fill', columns of an even number with one number, the others with
// another, the parts of a complex one.
template <class S>
struct LineOutside {
  Boundary boundary;
  S even, odd;
  bool zero() const { return boundary == Boundary::fill && even == S(0) && odd == S(0); }
};

// Sums of lines of real numbers, a row of `cols` of them for each position.
template <class S>
class Running {
 public:
  Running(const S* x, size_t outer, size_t length, size_t cols, size_t n, S* out, size_t n_out,
          ptrdiff_t start, S divisor, LineOutside<S> outside, size_t workers)
      : table_(kernels<RunningSumTable<S>>()),
        x_(x),
        out_(out),
        outer_(outer),
        length_(length),
        cols_(cols),
        n_(n),
        n_out_(n_out),
        before_(start - as_signed(n) + 1),
        divisor_(divisor),
        outside_(outside),
        workers_(double(outer) * double(n_out) * double(cols) < worth_a_thread ? 1 : workers) {}

  void run() const {
    // Up to so many rows adding them one by one is faster than by blocks.
    const size_t few = cols_ <= 2 ? table_.lanes() * 5 / (4 * cols_) : 5;
    if (n_ <= std::max<size_t>(few, 2)) return directly();
    if (cols_ == 1 && 2 * n_ <= 5 * table_.lanes() && n_ <= length_ && outside_.zero())
      return convolved();
    const size_t strip = cols_ < 2 * strip_numbers ? cols_ : strip_numbers;
    const size_t strips = cols_ / strip;  // the last takes what is left
    const size_t width = cols_ - (strips - 1) * strip;
    size_t rows = std::clamp<size_t>(block_numbers / width, 32, longest_block);
    const bool whole = n_ <= rows;
    if (whole) {
      rows = rows / n_ * n_;  // outputs that are made at once
    } else {
      // The sums of whole blocks are added up for each block anew: at most as many as it has rows.
      while (rows * rows < n_) rows *= 2;
    }
    const size_t segment = whole ? rows : blocks_of(16 * n_, rows) * rows;
    const size_t segments = blocks_of(n_out_, segment);
    parallel_for(outer_ * strips * segments, workers_, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        const size_t row = i % segments * segment, line = i / segments;
        const size_t s = line % strips, o = line / strips;
        const Strip part{x_ + o * length_ * cols_ + s * strip,
                         out_ + (o * n_out_ + row) * cols_ + s * strip,
                         s + 1 < strips ? strip : width, before_ + as_signed(row),
                         std::min(segment, n_out_ - row)};
        whole ? windows(part) : long_windows(part, rows);
      }
    });
  }

 private:
  // Some columns of some outputs; their windows begin in rows first, first + 1, ... of x.
  struct Strip {
    const S* x;
    S* y;
    size_t cols;
    ptrdiff_t first;
    size_t rows;
  };
  struct Rows {
    const S* data;
    size_t pitch;
  };

  // Rows from, from + 1, ... of x: where they are, or in `copy` with what is outside of x.
  Rows rows_of(const Strip& p, ptrdiff_t from, size_t rows, S* copy) const {
    const ptrdiff_t to = from + as_signed(rows), length = as_signed(length_);
    if (from >= 0 && to <= length) return {p.x + as_size(from) * cols_, cols_};
    const ptrdiff_t begin = std::clamp<ptrdiff_t>(0, from, to);
    const ptrdiff_t end = std::clamp(length, begin, to);
    S* at = beyond(p, from, begin, copy);
    if (p.cols == cols_) {
      at = std::copy_n(p.x + begin * as_signed(cols_), as_size(end - begin) * cols_, at);
    } else {
      for (ptrdiff_t r = begin; r < end; ++r)
        at = std::copy_n(p.x + r * as_signed(cols_), p.cols, at);
    }
    beyond(p, end, to, at);
    return {copy, p.cols};
  }
  // Rows from .. to, all before x or all behind it.
  S* beyond(const Strip& p, ptrdiff_t from, ptrdiff_t to, S* at) const {
    const size_t numbers = as_size(to - from) * p.cols;
    if (outside_.boundary != Boundary::fill) {
      for (ptrdiff_t r = from; r < to; ++r) {
        const ptrdiff_t inside = index_inside(r, as_signed(length_), outside_.boundary);
        at = std::copy_n(p.x + inside * as_signed(cols_), p.cols, at);
      }
      return at;
    }
    if (outside_.even == outside_.odd) return std::fill_n(at, numbers, outside_.even);
    for (size_t c = 0; c < numbers; c += 2) {  // complex: strips have an even number of columns
      at[c] = outside_.even;
      at[c + 1] = outside_.odd;
    }
    return at + numbers;
  }

  void directly() const {
    const size_t block = std::max<size_t>(1, 4096 / cols_);
    const size_t blocks = blocks_of(n_out_, block);
    parallel_for(outer_ * blocks, workers_, [&](size_t begin, size_t end) {
      Scratch<S> copy((block + n_ - 1) * cols_);
      for (size_t i = begin; i < end; ++i) {
        const size_t row = i % blocks * block, o = i / blocks;
        const Strip p{x_ + o * length_ * cols_, out_ + (o * n_out_ + row) * cols_, cols_,
                      before_ + as_signed(row), std::min(block, n_out_ - row)};
        direct_block(p, copy.data());
      }
    });
  }
  // Only the windows over an end of x take their samples from a copy.
  void direct_block(const Strip& p, S* copy) const {
    const auto end = p.first + as_signed(p.rows);
    ptrdiff_t from = std::clamp<ptrdiff_t>(0, p.first, end);
    ptrdiff_t to = std::clamp(as_signed(length_) - as_signed(n_) + 1, from, end);
    if (to - from < as_signed(n_)) from = to = end;  // all at once
    const ptrdiff_t places[] = {p.first, from, to, end};
    for (int part = 0; part < 3; ++part) {
      const size_t rows = as_size(places[part + 1] - places[part]);
      if (rows == 0) continue;
      const Rows x = rows_of(p, places[part], rows + n_ - 1, copy);
      table_.direct(x.data, cols_, n_, p.y + as_size(places[part] - p.first) * cols_, rows * cols_,
                    divisor_);
    }
  }

  // As a convolution with ones, whose kernel uses each sample that it loads several times.
  void convolved() const {
    constexpr size_t block = 4096;
    const size_t blocks = blocks_of(n_out_, block);
    const auto& convolution = kernels<ConvolveTable<S>>();
    parallel_for(outer_ * blocks, workers_, [&](size_t begin, size_t end) {
      Scratch<S> ones(n_), sums(block);
      std::fill_n(ones.data(), n_, S(1));
      for (size_t i = begin; i < end; ++i) {
        const size_t row = i % blocks * block, o = i / blocks;
        const size_t rows = std::min(block, n_out_ - row);
        convolution.real(x_ + o * length_, length_, ones.data(), n_, before_ + as_signed(row),
                         sums.data(), rows, false);
        table_.direct(sums.data(), 1, 1, out_ + o * n_out_ + row, rows, divisor_);
      }
    });
  }

  // Blocks as long as the window: it is the end of one and the beginning of the next.
  void windows(const Strip& p) const {
    const size_t blocks = blocks_of(p.rows, n_), whole = p.rows / n_;
    Scratch<S> sums(blocks * n_ * p.cols), copy((p.rows + 2 * n_) * p.cols);
    const size_t rest = p.rows - whole * n_;
    const Rows x = rows_of(p, p.first, blocks * n_ + (rest ? rest : n_) - 1, copy.data());
    table_.suffix(x.data, x.pitch, n_, p.cols, blocks, sums.data());
    // The last row of the last block begins no further window: its sample is not needed.
    const size_t full = rest || whole == 0 ? whole : whole - 1;
    table_.slides(sums.data(), x.data + n_ * x.pitch, x.pitch, n_, p.cols, full, p.y, cols_,
                  divisor_);
    last_block(p, sums.data(), x, full);
  }
  void last_block(const Strip& p, const S* sums, const Rows& x, size_t block) const {
    const size_t done = block * n_, rows = p.rows - done;
    Scratch<S> beginnings(4 * p.cols);
    S* middle = beginnings.data();
    S* carry = middle + p.cols;
    std::fill_n(middle, 2 * p.cols, S(0));
    const S* s = sums + done * p.cols;
    const S* head = x.data + (done + n_) * x.pitch;
    S* y = p.y + done * cols_;
    if (rows > 1)
      table_.slide(s, head, x.pitch, rows - 1, p.cols, middle, carry, y, cols_, divisor_);
    last_row(s + (rows - 1) * p.cols, middle, carry, y + (rows - 1) * cols_, p.cols);
  }
  // A row of results whose successor would need a row that may not exist.
  void last_row(const S* s, const S* middle, const S* carry, S* y, size_t cols) const {
    for (size_t c = 0; c < cols; ++c) y[c] = (s[c] + (middle[c] + carry[c])) / divisor_;
  }

  // Blocks shorter than the window, which has q whole ones between its ends, or one less.
  void long_windows(const Strip& p, size_t block) const {
    const size_t q = n_ / block, r = n_ % block, cols = p.cols;
    const size_t blocks = blocks_of(p.rows, block);
    Scratch<S> scratch((2 * block + blocks + q + 4) * cols);
    S* sums = scratch.data();
    S* copy = sums + block * cols;
    S* middle = copy + block * cols;
    S* carry = middle + cols;
    S* totals = carry + cols;  // of block b at b; 0 is the first that windows begin in
    const auto at = [&](size_t b) { return p.first + as_signed(b * block); };
    for (size_t b = 1; b < q; ++b) {
      const Rows x = rows_of(p, at(b), block, copy);
      table_.suffix(x.data, x.pitch, block, cols, 1, sums);
      std::copy_n(sums, cols, totals + b * cols);
    }
    std::fill_n(carry, cols, S(0));
    if (r) {
      const Rows x = rows_of(p, at(q), r, copy);
      table_.suffix(x.data, x.pitch, r, cols, 1, sums);
      std::copy_n(sums, cols, carry);
    }
    for (size_t b = 0; b < blocks; ++b) {
      Rows x = rows_of(p, at(b), block, copy);
      table_.suffix(x.data, x.pitch, block, cols, 1, sums);
      S* y = p.y + b * block * cols_;
      const size_t rows = std::min(block, p.rows - b * block);
      // Windows that end in block b + q, which is complete then, and those that end in the next.
      add_up(totals + (b + 1) * cols, q - 1, cols, middle);
      const size_t before = std::min(rows, block - r);
      x = rows_of(p, at(b + q) + as_signed(r), before, copy);
      table_.slide(sums, x.data, x.pitch, before, cols, middle, carry, y, cols_, divisor_);
      if (before < block - r) return;
      std::copy_n(carry, cols, totals + (b + q) * cols);
      std::fill_n(carry, cols, S(0));
      if (rows == before) continue;
      add_up(totals + (b + 1) * cols, q, cols, middle);
      x = rows_of(p, at(b + q + 1), rows - before, copy);
      table_.slide(sums + before * cols, x.data, x.pitch, rows - before, cols, middle, carry,
                   y + before * cols_, cols_, divisor_);
    }
  }
  static void add_up(const S* totals, size_t count, size_t cols, S* sum) {
    for (size_t c = 0; c < cols; ++c) {
      double total = 0;
      for (size_t b = 0; b < count; ++b) total += double(totals[b * cols + c]);
      sum[c] = static_cast<S>(total);
    }
  }

  const RunningSumTable<S>& table_;
  const S* x_;
  S* out_;
  size_t outer_, length_, cols_, n_, n_out_;
  ptrdiff_t before_;  // where the window of output 0 begins
  S divisor_;
  LineOutside<S> outside_;
  size_t workers_;
};

// Shorter lines are taken many at a time as the columns of a copy.
constexpr size_t short_line = 256;
constexpr size_t copied_numbers = 2048;

// Where the kernels of box filters are faster: windows neither so short that their samples are
// added one by one nor so long that there are many blocks in them.
constexpr size_t wide_rows = 64;
bool suits_boxes(const RunningShape& shape, size_t parts, size_t n) {
  if (shape.inner >= wide_rows) return n >= 8 && n <= 1024;
  if (shape.length < 4 * n || n > 256) return false;
  if (shape.inner == 1) return parts == 1 && n > 16 && shape.length >= 512;
  return n >= 6 && shape.inner < 8;
}

}  // namespace

template <class T>
void running_sum(const T* x, const RunningShape& shape, size_t n, T* out, size_t n_out,
                 ptrdiff_t start, double divisor, size_t workers, Boundary boundary, T fillvalue) {
  using S = decltype(std::real(T{}));
  constexpr size_t parts = sizeof(T) / sizeof(S);
  const S even = std::real(fillvalue), odd = parts == 1 ? even : S(std::imag(fillvalue));
  const LineOutside<S> outside{boundary, even, odd};
  const auto along = [&](const T* from, const RunningShape& s, T* to, size_t count,
                         size_t threads) {
    Running<S>(reinterpret_cast<const S*>(from), s.outer, s.length, s.inner * parts, n,
               reinterpret_cast<S*>(to), count, start, static_cast<S>(divisor), outside, threads)
        .run();
  };
  if (suits_boxes(shape, parts, n)) {
    const bool down = shape.inner >= wide_rows;  // positions along the rows' axis of an image
    box::Problem<S, S, S> p{};
    p.x = reinterpret_cast<const S*>(x);
    p.out = reinterpret_cast<S*>(out);
    p.outer = down ? shape.outer : 1;
    p.rows = down ? shape.length : shape.outer;
    p.cols = down ? shape.inner : shape.length;
    p.inner = down ? parts : shape.inner * parts;
    p.rows_out = down ? n_out : shape.outer;
    p.cols_out = down ? shape.inner : n_out;
    for (int pass = 0; pass < 2; ++pass) {
      const bool summed = pass == (down ? 0 : 1);
      p.sizes[pass] = summed ? n : 1;
      p.start[pass] = summed ? start : 0;
      p.divisors[pass] = summed ? divisor : 1;
      p.boundary[pass] = summed ? boundary : Boundary::nearest;
      p.fill[pass][0] = even;
      p.fill[pass][1] = odd;
    }
    p.workers = workers;
    return box::means(p);
  }
  const size_t total = shape.outer * shape.length * shape.inner;
  if (n == 1 && start == 0 && n_out == shape.length)
    return along(x, {1, total, 1}, out, total, workers);
  if (shape.inner > 1 || shape.outer < 8 || shape.length > short_line)
    return along(x, shape, out, n_out, workers);
  const size_t length = shape.length;
  const size_t most = std::max<size_t>(copied_numbers / std::max(length, n_out) / 32 * 32, 32);
  if (double(shape.outer) * double(n_out) < worth_a_thread) workers = 1;
  parallel_for(blocks_of(shape.outer, most), workers, [&](size_t begin, size_t end) {
    Scratch<T> copy(most * (length + n_out));
    for (size_t g = begin; g < end; ++g) {
      const size_t o = g * most, lines = std::min(most, shape.outer - o);
      T* sums = copy.data() + lines * length;
      transpose(x + o * length, length, lines, length, copy.data(), lines);
      along(copy.data(), {1, length, lines}, sums, n_out, 1);
      transpose(sums, lines, n_out, lines, out + o * n_out, n_out);
    }
  });
}

#define FLIPSHIFT_INSTANTIATE(T)                                                             \
  template void running_sum<T>(const T*, const RunningShape&, size_t, T*, size_t, ptrdiff_t, \
                               double, size_t, Boundary, T);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift
