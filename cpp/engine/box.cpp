#include "engine/box.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/box_edges.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/box.hpp"
#include "kernels/box_bytes.hpp"
#include "kernels/box_lines.hpp"

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

// Bytes of means along the columns that are kept in the first-level cache.
constexpr size_t buffered_bytes = 16384;
// Bytes that are not in the second-level cache.
constexpr size_t far_from = size_t{3} << 18;
// Bytes of a row from which on it is not copied for a pass along it alone.
constexpr size_t read_in_place = 4096;
// Numbers beside a row that are written one by one.
constexpr size_t most_listed = 16;
// Windows whose rows are added anew for each result where memory bounds it.
constexpr size_t summed_again = 5;

template <class X, class S, class Y>
class Means {
  static constexpr bool whole = std::is_integral_v<Y>;
  static constexpr bool converted = !std::is_same_v<X, S>;

 public:
  explicit Means(const Problem<X, S, Y>& p)
      : p_(p),
        first_row_(p.start[0] - as_signed(p.sizes[0]) + 1),
        first_col_(p.start[1] - as_signed(p.sizes[1]) + 1),
        down_(p.sizes[0] > 1 || p.divisors[0] != 1),
        across_(p.sizes[1] > 1 || p.divisors[1] != 1 || p.start[1] != 0 || p.cols_out != p.cols),
        inside_(columns_inside()) {}

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
        if (inside_.from < inside_.to)
          compute_inside(part, block);
        else
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
    if (inside_.from < inside_.to || (across_ && !near())) return p_.cols_out;
    return 2 * strip >= p_.cols_out ? p_.cols_out : strip;
  }

  // Whether each window meets only what is near it.
  bool near() const {
    return p_.boundary[1] != Boundary::wrap && first_col_ <= 0 &&
           first_col_ > -as_signed(p_.sizes[1]) && p_.cols_out <= p_.cols + p_.sizes[1];
  }

  // Columns of results whose windows are inside of x, with what kernels read behind them, if they
  // are made from x itself and enough of its rows.
  struct Range {
    size_t from, to;
  };
  Range columns_inside() const {
    if (converted || whole || down_ || p_.start[0] != 0 || p_.rows_out != p_.rows) return {0, 0};
    if (!across_ || !near()) return {0, 0};
    const size_t n = p_.sizes[1], apart = n + BoxLinesTable<S>::slack / p_.inner + 1;
    const size_t from = as_size(-first_col_) + apart;
    if (p_.cols * p_.inner * sizeof(S) < read_in_place ||
        std::min(p_.cols, p_.cols_out) < 12 * apart)
      return {0, 0};
    return {from, std::min(p_.cols_out, p_.cols - n + 1 + as_size(-first_col_)) - apart};
  }
  void compute_inside(Part part, size_t block) const {
    if constexpr (std::is_same_v<X, S> && std::is_same_v<S, Y>) {
      const size_t inner = p_.inner, row = p_.cols * inner, out_row = p_.cols_out * inner;
      part.cols = inside_.from;
      compute(part, block);
      part.col = inside_.to;
      part.cols = p_.cols_out - part.col;
      compute(part, block);
      Scratch<S> work(lines_.scratch(p_.sizes[1], inner));
      const bool streamed = p_.outer * p_.rows_out * out_row * sizeof(Y) >= stream_from;
      const ptrdiff_t first = as_signed(part.image * p_.rows + part.row) + first_row_;
      lines_.lines(p_.x + as_size(first) * row + (inside_.from - as_size(-first_col_)) * inner, row,
                   part.rows, p_.sizes[1], inner,
                   p_.out + (part.image * p_.rows_out + part.row) * out_row + inside_.from * inner,
                   out_row, (inside_.to - inside_.from) * inner, S(p_.divisors[1]), work.data(),
                   streamed, true);
      if (streamed) copies_.end_streaming();
    }
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
    const size_t wanted = part.cols * inner, out_row = p_.cols_out * inner;
    Y* out = p_.out + (part.image * p_.rows_out + part.row) * out_row + part.col * inner;

    const size_t results = p_.outer * p_.rows_out * out_row;
    const bool streamed = results * sizeof(Y) >= stream_from;
    const bool far = results * (sizeof(X) + sizeof(Y)) > far_from;
    const bool at_once = !across_ && std::is_same_v<S, Y> && n > 1;  // without a buffer
    // Loads that cross cache lines, as rows that lie differently have them, cost as much as two.
    const bool alike = p_.cols * inner * sizeof(X) % 64 == 0;
    const bool one_by_one = at_once && far && !converted &&
                            n <= (streamed ? 7
                                  : alike  ? summed_again
                                           : 3);
    const bool buffered = !at_once || (streamed && !one_by_one);

    const size_t pitch = pitch_of<S>(numbers + BoxLinesTable<S>::slack);
    const size_t fitting = buffered_bytes / (block * pitch * sizeof(S)) * block;
    const size_t chunk = std::min(round_up(part.rows, block),
                                  buffered || converted ? std::max(fitting, block) : part.rows);
    const size_t q = n > 7 ? n / block : 0;  // whole blocks in a window, where they are kept
    const size_t totals_pitch = pitch_of<S>(width);
    Rows rows(*this, part, as_size(left) * inner, width, block, chunk);
    Scratch<const S*> middle(q);
    Scratch<S> sums(pitch * (buffered ? chunk : block));
    Scratch<S> totals(q > 1 ? q * totals_pitch : 0);
    Scratch<S> work(across_ ? lines_.scratch(p_.sizes[1], inner) : 0);
    Scratch<S> line(std::is_same_v<S, Y> ? 0 : wanted);
    const size_t results_row = pitch_of<Y>(wanted);
    Scratch<Y> narrowed(std::is_same_v<S, Y> || !streamed ? 0 : results_row * chunk);
    const Edges<S> edges(p_.boundary[1], as_signed(p_.cols), as_signed(inner), p_.fill[1], from,
                         left, right, to);
    BoxEdge listed[most_listed];
    const size_t few = edges.list(listed, most_listed);
    S* const column_0 = sums.data() - base * as_signed(inner);
    const bool same_edges = edges.constant();
    if (buffered && same_edges)
      for (size_t j = 0; j < chunk; ++j) edges.write(column_0 + j * pitch);
    const S divisor(p_.divisors[0]);

    for (size_t k = 1; k < q; ++k)
      table_.add_rows(rows.from(k * block, block), block, width, totals.data() + k * totals_pitch);
    BoxTotals<S> ring{totals.data(), totals_pitch, 0, middle.data()};
    for (size_t row = 0; row < part.rows; row += chunk) {
      const size_t count = std::min(chunk, part.rows - row);
      if constexpr (std::is_same_v<S, Y>) {
        if (one_by_one)
          table_.one_by_one(rows.from(row, count + n), n, count, width, out, out_row, divisor,
                            streamed);
        else if (!buffered)
          columns_at_once(rows.from(row, round_up(count, block) + n), block, count, width, ring,
                          sums.data(), out, far);
        if (one_by_one || !buffered) {
          out += count * out_row;
          continue;
        }
      }
      S* y = sums.data() + as_size(left - base) * inner;
      if (n > 1) {
        const size_t blocks = (count + block - 1) / block;
        ring.first = row / block;
        table_.columns(rows.from(row, blocks * block + n), n, blocks, width, ring, y, pitch,
                       divisor, far && !converted);
      } else {
        const S* const* x = rows.from(row, count);
        if (down_) {
          for (size_t j = 0; j < count; ++j)
            lines_.lines(x[j], 0, 1, 1, 1, y + j * pitch, 0, width, divisor, nullptr, false, false);
        } else {
          lines_.copy(x, count, width, y, pitch);
        }
      }
      if (whole && down_)
        for (size_t j = 0; j < count; ++j) table_.truncate(y + j * pitch, width);
      if (few > 0)
        lines_.extend(column_0, pitch, count, listed, few);
      else if (!same_edges)
        for (size_t j = 0; j < count; ++j) edges.write(column_0 + j * pitch);
      const S* means = sums.data() + as_size(from - base) * inner;
      if constexpr (std::is_same_v<S, Y>) {
        if (across_)
          lines_.lines(means, pitch, count, p_.sizes[1], inner, out, out_row, wanted,
                       S(p_.divisors[1]), work.data(), streamed, false);
        else if (streamed)
          copies_.stream(means, pitch * sizeof(S), count, wanted * sizeof(S), out,
                         out_row * sizeof(S));
        else
          for (size_t j = 0; j < count; ++j)
            std::copy_n(means + j * pitch, wanted, out + j * out_row);
      } else {
        Y* to_row = streamed ? narrowed.data() : out;
        const size_t to_pitch = streamed ? results_row : out_row;
        for (size_t j = 0; j < count; ++j) {
          const S* mean = means + j * pitch;
          if (across_) {
            lines_.lines(mean, 0, 1, p_.sizes[1], inner, line.data(), 0, wanted, S(p_.divisors[1]),
                         work.data(), false, false);
            mean = line.data();
          }
          kernels<BoxPixels<Y, S>>().narrow(mean, wanted, to_row + j * to_pitch);
        }
        if (streamed)
          copies_.stream(to_row, to_pitch * sizeof(Y), count, wanted * sizeof(Y), out,
                         out_row * sizeof(Y));
      }
      out += count * out_row;
    }
    if (streamed) copies_.end_streaming();
  }

  // Means down the rows to where they belong; what a last block has too many, to scratch.
  void columns_at_once(const S* const* rows, size_t block, size_t count, size_t width,
                       BoxTotals<S>& ring, S* scratch, S* out, bool far) const {
    const size_t n = p_.sizes[0], out_row = p_.cols_out * p_.inner;
    const size_t blocks = count / block, done = blocks * block;
    const S divisor(p_.divisors[0]);
    table_.columns(rows, n, blocks, width, ring, out, out_row, divisor, far && !converted);
    ring.first += blocks;
    if (done == count) return;
    table_.columns(rows + done, n, 1, width, ring, scratch, width, divisor, false);
    std::copy_n(scratch, width * (count - done), out + done * out_row);
  }

  // The rows of x, by their distance from the first that the windows of a part meet: where they
  // are or, of integers, the last ones that were asked for, converted.
  class Rows {
   public:
    Rows(const Means& means, const Part& part, size_t left, size_t width, size_t block,
         size_t chunk)
        : p_(means.p_),
          first_(as_signed(part.row) + means.first_row_),
          x_(p_.x + part.image * p_.rows * p_.cols * p_.inner + left),
          width_(width),
          pitch_(pitch_of<S>(width)),
          kept_(p_.sizes[0] + chunk + block),
          pointers_(p_.sizes[0] + round_up(part.rows, block) + block),
          fill_(p_.boundary[0] == Boundary::fill ? width : 0),
          ring_(converted ? kept_ * pitch_ : 0) {
      if (p_.boundary[0] == Boundary::fill)
        for (size_t c = 0; c < width; ++c) fill_[c] = p_.fill[0][c % 2];  // complex: two parts
      const size_t count = p_.sizes[0] + round_up(part.rows, block) + block;
      for (size_t k = 0; k < count; ++k) pointers_[k] = at(k);
    }
    // Pointers to rows k, k + 1, ... k + count - 1, and unread ones behind them; k is never less
    // than `kept_` rows behind.
    const S* const* from(size_t k, [[maybe_unused]] size_t count) {
      if constexpr (converted) {
        for (; done_ < k + count; ++done_)
          if (const X* x = source(done_))
            kernels<BoxPixels<X, S>>().widen(x, width_, ring_.data() + done_ % kept_ * pitch_);
      }
      return pointers_.data() + k;
    }

   private:
    const X* source(size_t k) const {
      const ptrdiff_t row = first_ + as_signed(k);
      const ptrdiff_t at =
          as_size(row) < p_.rows ? row : index_inside(row, as_signed(p_.rows), p_.boundary[0]);
      return at < 0 ? nullptr : x_ + as_size(at) * p_.cols * p_.inner;
    }
    const S* at(size_t k) {
      const X* x = source(k);
      if (!x) return fill_.data();
      if constexpr (converted)
        return ring_.data() + k % kept_ * pitch_;
      else
        return x;
    }

    const Problem<X, S, Y>& p_;
    ptrdiff_t first_;
    const X* x_;
    size_t width_, pitch_, kept_, done_ = 0;
    Scratch<const S*> pointers_;
    Scratch<S> fill_, ring_;
  };

  const BoxTable<S>& table_ = kernels<BoxTable<S>>();
  const BoxLinesTable<S>& lines_ = kernels<BoxLinesTable<S>>();
  const BoxBytesTable& copies_ = kernels<BoxBytesTable>();
  const Problem<X, S, Y>& p_;
  ptrdiff_t first_row_, first_col_;  // where the window of the first result begins
  bool down_, across_;               // whether there is such a pass
  Range inside_;
};

}  // namespace

template <class X, class S, class Y>
void means(const Problem<X, S, Y>& problem) {
  if constexpr (std::is_same_v<X, std::uint8_t> && std::is_same_v<Y, X> && std::is_same_v<S, float>)
    if (means_of_bytes(problem)) return;
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
