#include "engine/box.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/box_edges.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/box.hpp"
#include "kernels/box_bytes.hpp"

namespace flipshift::box {

namespace {

using std::ptrdiff_t;
using std::size_t;

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
size_t round_up(size_t n, size_t step) { return (n + step - 1) / step * step; }

// A distance of rows that are read and written together.
template <class S>
size_t pitch_of(size_t numbers) {
  size_t bytes = round_up(numbers * sizeof(S), 64);
  if (bytes % 4096 == 0) bytes += 64;  // such rows evict each other
  return bytes / sizeof(S);
}

template <class X, class S, class Y>
class Means {
  static constexpr bool whole = std::is_integral_v<Y>;

 public:
  explicit Means(const Problem<X, S, Y>& p)
      : p_(p),
        first_row_(p.start[0] - as_signed(p.sizes[0]) + 1),
        first_col_(p.start[1] - as_signed(p.sizes[1]) + 1),
        down_(p.sizes[0] > 1 || p.divisors[0] != 1),
        across_(p.sizes[1] > 1 || p.divisors[1] != 1 || p.start[1] != 0 || p.cols_out != p.cols) {}

  void run() const {
    const size_t n = p_.sizes[0];
    const size_t block = n > 1 ? table_.block(n) : 8;
    // Each band begins with the sums of whole blocks, so it is not much lower than the window.
    const size_t band = round_up(std::max<size_t>(64, 8 * n), block);
    const size_t bands = (p_.rows_out + band - 1) / band;
    const size_t strip = strip_columns(), strips = (p_.cols_out + strip - 1) / strip;
    const size_t results = p_.outer * p_.rows_out * p_.cols_out * p_.inner;
    const size_t workers = results < worth_a_thread ? 1 : p_.workers;
    parallel_for(p_.outer * bands * strips, workers, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        Part part;
        part.image = i / (bands * strips);
        part.row = i / strips % bands * band;
        part.rows = std::min(band, p_.rows_out - part.row);
        part.col = i % strips * strip;
        part.cols = std::min(strip, p_.cols_out - part.col);
        compute(part, block);
      }
    });
  }

 private:
  // Some results, and the columns from, ... to that their windows meet: those inside of x and, if
  // there is but one part beside another, all of x.
  struct Part {
    size_t image, row, rows, col, cols;
  };

  // Wide images are cut, so that what is computed together stays in the cache; not where a part
  // would have to know what another one has at the opposite edge.
  size_t strip_columns() const {
    const size_t numbers = std::is_same_v<X, S> ? 8192 : 4096;
    const size_t strip = std::max(numbers / p_.inner, 4 * p_.sizes[1]);
    const bool near = first_col_ <= 0 && first_col_ > -as_signed(p_.sizes[1]) &&
                      p_.cols_out <= p_.cols + p_.sizes[1];
    if (across_ && (p_.boundary[1] == Boundary::wrap || !near)) return p_.cols_out;
    return 2 * strip >= p_.cols_out ? p_.cols_out : strip;
  }

  void compute(const Part& part, size_t block) const {
    const size_t n = p_.sizes[0], inner = p_.inner;
    // Columns of the sums down the rows: wanted ones, and those inside of x.
    ptrdiff_t from = as_signed(part.col) + (across_ ? first_col_ : 0);
    ptrdiff_t to = from + as_signed(part.cols + (across_ ? p_.sizes[1] - 1 : 0));
    const bool all = part.cols == p_.cols_out;
    const ptrdiff_t left = all ? 0 : std::max<ptrdiff_t>(from, 0);
    const ptrdiff_t right = all ? as_signed(p_.cols) : std::min(to, as_signed(p_.cols));
    const ptrdiff_t base = std::min(from, left);
    const size_t width = as_size(right - left) * inner;
    const size_t numbers = as_size(std::max(to, right) - base) * inner;

    // Rows that windows meet from one block of results on.
    const size_t reach = n > 1 ? n + block : block;
    const size_t q = n > 1 ? n / block : 0;
    Rows rows(*this, part, as_size(left) * inner, width, reach);
    Scratch<const S*> pointers(reach + q);
    const S** middle = pointers.data() + reach;
    const bool streamed = p_.outer * p_.rows_out * p_.cols_out * inner * sizeof(Y) >= stream_from;
    const bool buffered = across_ || whole || streamed;
    const size_t pitch = pitch_of<S>(numbers + BoxTable<S>::slack);
    const size_t totals_pitch = pitch_of<S>(width);
    Scratch<S> sums(buffered || part.rows % block ? pitch * block : 0);
    Scratch<S> totals(q > 1 ? q * totals_pitch : 0);
    Scratch<S> work(across_ ? table_.line_scratch(p_.sizes[1], inner) : 0);
    Scratch<S> line(whole ? part.cols * inner : 0);
    const size_t results_row = pitch_of<Y>(part.cols * inner);
    Scratch<Y> results(streamed ? results_row * block : 0);
    Y* out = p_.out + ((part.image * p_.rows_out + part.row) * p_.cols_out + part.col) * inner;
    const size_t out_row = p_.cols_out * inner;
    const Edges<S> edges(p_.boundary[1], as_signed(p_.cols), as_signed(inner), p_.fill[1], from,
                         left, right, to);

    for (size_t k = 0; k < q; ++k) {
      rows.from(k * block, block, pointers.data());
      if (k == 0) continue;
      table_.add_rows(pointers.data(), block, width, totals.data() + k * totals_pitch);
    }
    for (size_t b = 0; b * block < part.rows; ++b) {
      const size_t count = std::min(block, part.rows - b * block);
      S* y = sums.data() + as_size(left - base) * inner;
      size_t y_row = pitch;
      if (!buffered && count == block) {
        if constexpr (std::is_same_v<S, Y>) y = out;
        y_row = out_row;
      }
      if (n > 1) {
        rows.from(b * block, reach, pointers.data());
        for (size_t k = 1; k < q; ++k) middle[k - 1] = totals.data() + (b + k) % q * totals_pitch;
        S* total = q > 1 ? totals.data() + b % q * totals_pitch : nullptr;
        table_.columns(pointers.data(), n, width, middle, total, y, y_row, S(p_.divisors[0]));
      } else {
        rows.from(b * block, count, pointers.data());
        for (size_t j = 0; j < count; ++j) {
          if (down_)
            table_.lines(pointers[j], 0, 1, 1, 1, y + j * y_row, 0, width, S(p_.divisors[0]),
                         nullptr);
          else
            std::copy_n(pointers[j], width, y + j * y_row);
        }
      }
      if (buffered) {
        for (size_t j = 0; j < count; ++j) {
          if (whole && down_) table_.truncate(y + j * y_row, width);
          edges.write(sums.data() + j * pitch - base * as_signed(inner));
        }
        const S* means = sums.data() + as_size(from - base) * inner;
        Y* to_row = streamed ? results.data() : out;
        const size_t to_pitch = streamed ? results_row : out_row;
        finish(means, pitch, count, part.cols * inner, line.data(), to_row, to_pitch, work.data());
        if (streamed)
          kernels<BoxBytesTable>().stream(to_row, to_pitch * sizeof(Y), count,
                                          part.cols * inner * sizeof(Y), out, out_row * sizeof(Y));
      } else if (count < block) {
        if constexpr (std::is_same_v<S, Y>)
          for (size_t j = 0; j < count; ++j) std::copy_n(y + j * y_row, width, out + j * out_row);
      }
      out += count * out_row;
    }
  }

  void finish(const S* rows, size_t pitch, size_t count, size_t numbers, S* line, Y* out,
              size_t out_row, S* work) const {
    const S divisor(p_.divisors[1]);
    if constexpr (std::is_same_v<S, Y>) {
      table_.lines(rows, pitch, count, p_.sizes[1], p_.inner, out, out_row, numbers, divisor, work);
    } else {
      for (size_t j = 0; j < count; ++j, rows += pitch, out += out_row) {
        const S* row = rows;
        if (across_) {
          table_.lines(rows, 0, 1, p_.sizes[1], p_.inner, line, 0, numbers, divisor, work);
          row = line;
        }
        kernels<BoxPixels<Y, S>>().narrow(row, numbers, out);
      }
    }
  }

  // The rows of x, by their distance from the first that the windows of a part meet: where they
  // are or, of integers, the last ones that were asked for, converted.
  class Rows {
   public:
    Rows(const Means& means, const Part& part, size_t left, size_t width, size_t reach)
        : p_(means.p_),
          first_(as_signed(part.row) + means.first_row_),
          x_(p_.x + part.image * p_.rows * p_.cols * p_.inner + left),
          width_(width),
          pitch_(pitch_of<S>(width)),
          kept_(round_up(reach, 8)),
          fill_(outside(part.rows + (p_.sizes[0] > 1 ? reach : 0)) ? width : 0),
          ring_(converted ? kept_ * pitch_ : 0) {
      if (!outside(part.rows + (p_.sizes[0] > 1 ? reach : 0))) return;
      const S* fill = p_.fill[0];
      if (fill[0] == fill[1]) {
        std::fill_n(fill_.data(), width, fill[0]);
      } else {  // complex: an even number for each pixel
        for (size_t c = 0; c < width; ++c) fill_[c] = fill[c % 2];
      }
    }
    // Pointers to rows k, k + 1, ... ; k is never less than `kept_` rows behind.
    void from(size_t k, size_t count, const S** pointers) {
      for (size_t i = 0; i < count; ++i) pointers[i] = row(k + i);
    }

   private:
    bool outside(size_t rows) const {
      return p_.boundary[0] == Boundary::fill &&
             (first_ < 0 || first_ + as_signed(rows) > as_signed(p_.rows));
    }
    static constexpr bool converted = !std::is_same_v<X, S>;

    const S* row(size_t k) {
      const ptrdiff_t at = index_inside(first_ + as_signed(k), as_signed(p_.rows), p_.boundary[0]);
      if (at < 0) return fill_.data();
      const X* x = x_ + as_size(at) * p_.cols * p_.inner;
      if constexpr (converted) {
        S* copy = ring_.data() + k % kept_ * pitch_;
        if (k >= done_) kernels<BoxPixels<X, S>>().widen(x, width_, copy);
        done_ = std::max(done_, k + 1);
        return copy;
      } else {
        return x;
      }
    }

    const Problem<X, S, Y>& p_;
    ptrdiff_t first_;
    const X* x_;
    size_t width_, pitch_, kept_, done_ = 0;
    Scratch<S> fill_, ring_;
  };

  const BoxTable<S>& table_ = kernels<BoxTable<S>>();
  const Problem<X, S, Y>& p_;
  ptrdiff_t first_row_, first_col_;  // where the window of the first result begins
  bool down_, across_;               // whether there is such a pass
};

}  // namespace

template <class X, class S, class Y>
void means(const Problem<X, S, Y>& problem) {
  Means<X, S, Y>(problem).run();
}

#define FLIPSHIFT_INSTANTIATE(X, S)                      \
  template void means<X, S, S>(const Problem<X, S, S>&); \
  template void means<X, S, X>(const Problem<X, S, X>&);
FLIPSHIFT_FOR_BOX_PIXELS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE
template void means<float, float, float>(const Problem<float, float, float>&);
template void means<double, double, double>(const Problem<double, double, double>&);

}  // namespace flipshift::box
