#include "engine/convolve_axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/convolve.hpp"
#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "engine/transpose.hpp"
#include "kernels/convolve_axis.hpp"

namespace flipshift::convolve {

namespace {

using std::ptrdiff_t;
using std::size_t;

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }
size_t blocks_of(size_t n, size_t block) { return (n + block - 1) / block; }

// The whole problem.
template <class T>
struct Problem {
  const T* x;
  AxisShape shape;
  const T* h;
  size_t m;
  T* out;
  size_t n_out;
  size_t out_line;  // from an output line to the next, counted like n_out
  ptrdiff_t start;
  size_t workers;

  // Threads for `items` pieces of work that are `operations` numbers together.
  size_t threads(double operations) const { return operations < worth_a_thread ? 1 : workers; }
};

// ---- Directly, columns side by side

constexpr size_t first_level = 32768;  // bytes of x that a strip of columns keeps in the cache
constexpr size_t strip_bytes = 512;    // of a row, at least
constexpr size_t block_rows = 512;     // of the output, that a thread takes at once

template <class T>
class Columns {
 public:
  explicit Columns(const Problem<T>& p)
      : p_(p),
        table_(kernels<ConvolveAxisTable<S>>()),
        cols_(p.shape.inner * parts),
        taps_(p.m * parts) {
    re_ = taps_.data();
    im_ = re_ + (is_complex<T> ? p.m : 0);
    finite_ = true;
    for (size_t t = 0; t < p.m; ++t) {
      const T tap = p.h[p.m - 1 - t];
      if constexpr (is_complex<T>) {
        re_[t] = tap.real();
        im_[t] = tap.imag();
      } else {
        re_[t] = tap;
      }
      if constexpr (!std::is_integral_v<T>) finite_ &= bool(std::isfinite(std::abs(tap)));
    }
  }

  void run() {
    const size_t lanes = table_.lanes();
    // A second vector for a few columns only would cost as much as the first.
    const bool wide = cols_ == lanes || 10 * cols_ >= 14 * lanes;
    const bool evicting = cols_ * sizeof(S) % 2048 == 0 && p_.m > 4;
    const size_t fitting = first_level / ((p_.m + 8) * sizeof(S));
    const size_t strip = std::max(fitting, strip_bytes / sizeof(S)) / 64 * 64 + 64;
    // The last strip takes what is left.
    const size_t strips = wide ? std::max<size_t>(1, cols_ / strip) : 1;
    const size_t blocks = blocks_of(p_.n_out, block_rows);
    const double operations = double(p_.shape.outer) * double(p_.n_out) * double(cols_);
    parallel_for(p_.shape.outer * strips * blocks, p_.threads(operations * double(p_.m) / 8),
                 [&](size_t begin, size_t end) {
                   for (size_t i = begin; i < end; ++i) {
                     const size_t row = i % blocks * block_rows, line = i / blocks;
                     const size_t rows = std::min(block_rows, p_.n_out - row);
                     const size_t c = line % strips * strip, o = line / strips;
                     const S* x = reinterpret_cast<const S*>(p_.x) + o * p_.shape.n * cols_;
                     S* y = reinterpret_cast<S*>(p_.out) + (o * p_.out_line + row) * cols_;
                     const ptrdiff_t first = p_.start + as_signed(row) - as_signed(p_.m) + 1;
                     if (wide) {
                       const size_t cols = c / strip + 1 < strips ? strip : cols_ - c;
                       if (evicting) {
                         packed(x + c, first, y + c, rows, cols);
                       } else {
                         rectangle(x + c, p_.shape.n, cols_, first, y + c, cols_, rows, cols);
                       }
                     } else {
                       narrow(x, first, y, rows);
                     }
                   }
                 });
  }

 private:
  using S = Scalar<T>;
  static constexpr size_t parts = sizeof(T) / sizeof(S);

  void rectangle(const S* x, size_t n, size_t x_row, ptrdiff_t first, S* y, size_t y_row,
                 size_t rows, size_t cols) const {
    if constexpr (is_complex<T>) {
      table_.complex(x, n, x_row, re_, im_, p_.m, first, y, y_row, rows, cols);
    } else {
      table_.real(x, n, x_row, re_, p_.m, first, y, y_row, rows, cols);
    }
  }

  // From a copy of what is needed of x, in rows that are not a power of two apart: more than twelve
  // such rows would drive each other out of a first-level cache.
  void packed(const S* x, ptrdiff_t first, S* y, size_t rows, size_t cols) const {
    const auto [from, to] = needed(first, rows);
    const size_t pitch = (cols + 7) / 8 * 8 + 64 / sizeof(S);
    Scratch<S> copy(as_size(to - from) * pitch);
    for (ptrdiff_t r = from; r < to; ++r)
      std::copy_n(x + as_size(r) * cols_, cols, copy.data() + as_size(r - from) * pitch);
    rectangle(copy.data(), as_size(to - from), pitch, first - from, y, cols_, rows, cols);
  }
  struct Range {
    ptrdiff_t from, to;
  };
  // Rows of x in the windows first, first + 1, ...
  Range needed(ptrdiff_t first, size_t rows) const {
    const ptrdiff_t from = std::max<ptrdiff_t>(first, 0);
    return {from, std::clamp(first + as_signed(rows + p_.m - 1), from,
                             std::max(from, as_signed(p_.shape.n)))};
  }

  // Windows first, first + 1, ... of one matrix of few columns.
  void narrow(const S* x, ptrdiff_t first, S* y, size_t rows) const {
    // That kernel passes over the taps that meet no row of x, here most of them.
    if (!finite_ || 2 * p_.shape.n < p_.m) return widened(x, first, y, rows);
    const auto n = as_signed(p_.shape.n), m = as_signed(p_.m);
    const ptrdiff_t end = first + as_signed(rows);
    const ptrdiff_t from = std::clamp<ptrdiff_t>(0, first, end);
    const ptrdiff_t to = std::clamp(n - m + 1, from, end);
    padded(x, first, from, y);
    if (from < to)
      flat(x + from * as_signed(cols_), y + (from - first) * as_signed(cols_), as_size(to - from));
    padded(x, to, end, y + (to - first) * as_signed(cols_));
  }
  void flat(const S* x, S* y, size_t rows) const {
    if constexpr (is_complex<T>) {
      table_.flat_complex(x, cols_, re_, im_, p_.m, y, rows * cols_);
    } else {
      table_.flat(x, cols_, re_, p_.m, y, rows * cols_);
    }
  }
  // Windows [from, to), which reach beyond x, with zeros there.
  void padded(const S* x, ptrdiff_t from, ptrdiff_t to, S* y) const {
    if (from == to) return;
    const size_t rows = as_size(to - from) + p_.m - 1;
    Scratch<S> copy(rows * cols_);
    copy_rows(x, from, rows, copy.data(), cols_);
    flat(copy.data(), y, as_size(to - from));
  }
  // The same in columns filled up to whole vectors, for whose kernel rows can be left out.
  void widened(const S* x, ptrdiff_t first, S* y, size_t rows) const {
    const size_t pitch = blocks_of(cols_, table_.lanes()) * table_.lanes();
    const auto [from, to] = needed(first, rows);
    const size_t n = as_size(to - from);
    Scratch<S> copy((n + rows) * pitch);
    S* sums = copy.data() + n * pitch;
    copy_rows(x, from, n, copy.data(), pitch);
    rectangle(copy.data(), n, pitch, first - from, sums, pitch, rows, pitch);
    for (size_t r = 0; r < rows; ++r) std::copy_n(sums + r * pitch, cols_, y + r * cols_);
  }
  // Rows from, from + 1, ... of x, zeros outside, `pitch` numbers apart.
  void copy_rows(const S* x, ptrdiff_t from, size_t rows, S* to, size_t pitch) const {
    std::fill(to, to + rows * pitch, S(0));
    for (size_t r = 0; r < rows; ++r) {
      const ptrdiff_t row = from + as_signed(r);
      if (row >= 0 && row < as_signed(p_.shape.n))
        std::copy_n(x + as_size(row) * cols_, cols_, to + r * pitch);
    }
  }

  const Problem<T>& p_;
  const ConvolveAxisTable<S>& table_;
  size_t cols_;
  Buffer<S> taps_;
  S *re_, *im_;
  bool finite_;
};

constexpr size_t short_line = 200;  // samples, up to which a kernel call for each would cost more

// ---- By transforms

// Gathering a sample of a column and putting the result back, against transforming it.
constexpr double gather_ns = 0.25;
constexpr size_t line_bytes = 256;          // of a row, that are gathered together
constexpr size_t gathered_bytes = 1 << 20;  // of x, at once

template <class T>
Scheme by_transforms(const AxisShape& shape, size_t m, size_t n_out, ptrdiff_t start) {
  const size_t lines = shape.outer * shape.inner;
  Scheme s = convolve::by_transforms<T>(shape.n, m, n_out, start, lines);
  s.blocks *= lines;
  if (shape.inner > 1) s.ns += double(lines) * double(n_out) * gather_ns;
  return s;
}

template <class T>
Scheme direct_lines(const AxisShape& shape, size_t m, size_t n_out, ptrdiff_t start) {
  const size_t n = std::max(shape.n, m), taps = std::min(shape.n, m);
  const double call = direct_ns<T>(0, 0);
  const double ns = shape.inner == 1 ? direct_sum<T>(n, taps, n_out, start).ns
                                     : direct_ns<T>(products(n, taps, n_out, start), double(n_out));
  return {Way::direct, 0, 0, call + double(shape.outer * shape.inner) * (ns - call)};
}

template <class T>
Scheme fastest(const AxisShape& shape, size_t m, size_t n_out, ptrdiff_t start) {
  const Scheme direct = direct_lines<T>(shape, m, n_out, start);
  if (std::min(m, shape.n) <= short_kernel || n_out <= short_result) return direct;
  const Scheme fft = by_transforms<T>(shape, m, n_out, start);
  return fft.ns < direct.ns ? fft : direct;
}

template <class T>
void by_lines(const Problem<T>& p, const Spectrum<T>& spectrum) {
  parallel_for(p.shape.outer, p.threads(double(p.shape.outer) * double(p.n_out)),
               [&](size_t begin, size_t end) {
                 for (size_t o = begin; o < end; ++o)
                   spectrum.run(p.x + o * p.shape.n, p.shape.n, p.out + o * p.out_line, p.n_out,
                                p.start);
               });
}

// Columns [c, c + count) of the outputs from row `row` on: their samples as lines, convolved, and
// put back.
template <class T>
void gathered(const Problem<T>& p, const Spectrum<T>& spectrum, size_t o, size_t c, size_t count,
              size_t row, size_t rows) {
  const size_t inner = p.shape.inner;
  const ptrdiff_t position = p.start + as_signed(row);
  const ptrdiff_t from =
      std::clamp<ptrdiff_t>(position - as_signed(p.m) + 1, 0, as_signed(p.shape.n) - 1);
  const ptrdiff_t to =
      std::clamp<ptrdiff_t>(position + as_signed(rows), from + 1, as_signed(p.shape.n));
  const size_t n = as_size(to - from), pitch = n + 8, out_pitch = rows + 8;  // not 4096 bytes
  Scratch<T> scratch(count * (pitch + out_pitch));
  T* lines = scratch.data();
  T* sums = lines + count * pitch;
  const T* x = p.x + (o * p.shape.n + as_size(from)) * inner + c;
  transpose(x, inner, n, count, lines, pitch);
  for (size_t l = 0; l < count; ++l)
    spectrum.run(lines + l * pitch, n, sums + l * out_pitch, rows, position - from);
  T* y = p.out + (o * p.out_line + row) * inner + c;
  transpose(sums, out_pitch, count, rows, y, inner);
}

template <class T>
void by_groups(const Problem<T>& p, const Spectrum<T>& spectrum, size_t size) {
  constexpr size_t group = line_bytes / sizeof(T);
  // Whole blocks of outputs, as many as have room.
  size_t rows = p.n_out;
  if (size < cyclic_length(p.shape.n, p.m, p.n_out, p.start)) {
    const size_t step = size - p.m + 1, room = gathered_bytes / line_bytes;
    rows = std::min(rows, step * std::max<size_t>(1, room / step));
  }
  const size_t groups = blocks_of(p.shape.inner, group), blocks = blocks_of(p.n_out, rows);
  parallel_for(p.shape.outer * groups * blocks,
               p.threads(double(p.shape.outer * p.shape.inner) * double(p.n_out)),
               [&](size_t begin, size_t end) {
                 for (size_t i = begin; i < end; ++i) {
                   const size_t row = i % blocks * rows, line = i / blocks;
                   const size_t c = line % groups * group;
                   gathered(p, spectrum, line / groups, c, std::min(group, p.shape.inner - c), row,
                            std::min(rows, p.n_out - row));
                 }
               });
}

// Short lines, many of them at once.
template <class T>
void in_rows(const Problem<T>& p) {
  const size_t lines = std::max<size_t>(1, worth_a_thread / p.n_out);
  parallel_for(blocks_of(p.shape.outer, lines),
               p.threads(double(p.shape.outer) * double(p.n_out) * double(p.m) / 8),
               [&](size_t begin, size_t end) {
                 for (size_t i = begin; i < end; ++i) {
                   const size_t o = i * lines, count = std::min(lines, p.shape.outer - o);
                   convolve::run_nd(p.x + o * p.shape.n, {count, p.shape.n}, p.h, {1, p.m},
                                    p.out + o * p.n_out, {count, p.n_out}, {0, p.start});
                 }
               });
}

template <class T>
void directly(const Problem<T>& p) {
  if (p.shape.inner > 1) return Columns<T>(p).run();
  if (p.shape.n <= short_line && p.m <= p.shape.n && p.shape.outer > 3 && p.out_line == p.n_out)
    return in_rows(p);
  const double operations = double(p.shape.outer) * double(p.n_out) * double(p.m) / 8;
  parallel_for(p.shape.outer, p.threads(operations), [&](size_t begin, size_t end) {
    for (size_t o = begin; o < end; ++o)
      convolve::run(p.x + o * p.shape.n, p.shape.n, p.h, p.m, p.out + o * p.out_line, p.n_out,
                    p.start, Method::direct);
  });
}

}  // namespace

template <class T>
std::vector<Scheme> axis_schemes(const AxisShape& shape, size_t m, size_t n_out, ptrdiff_t start) {
  if (shape.outer * shape.inner == 1) return schemes<T>(shape.n, m, n_out, start);
  const Scheme direct = direct_lines<T>(shape, m, n_out, start);
  const Scheme fft = by_transforms<T>(shape, m, n_out, start);
  if (fastest<T>(shape, m, n_out, start).size) return {fft, direct};
  return {direct, fft};
}

template <class T>
void run_axis(const T* x, const AxisShape& shape, const T* h, size_t m, T* out, size_t n_out,
              ptrdiff_t start, size_t workers, size_t out_line) {
  if constexpr (!std::is_integral_v<T>) {
    if (shape.outer * shape.inner == 1)
      return convolve::run(x, shape.n, h, m, out, n_out, start, Method::automatic, workers);
    if (const Scheme best = fastest<T>(shape, m, n_out, start); best.size)
      return run_axis_blocks(x, shape, h, m, out, n_out, start, best.size, workers, out_line);
  }
  directly(Problem<T>{x, shape, h, m, out, n_out, out_line ? out_line : n_out, start, workers});
}

template <class T>
void run_axis_blocks(const T* x, const AxisShape& shape, const T* h, size_t m, T* out, size_t n_out,
                     ptrdiff_t start, size_t size, size_t workers, size_t out_line) {
  const Problem<T> p{x, shape, h, m, out, n_out, out_line ? out_line : n_out, start, workers};
  if (size == 0) return directly(p);
  const Spectrum<T> spectrum(h, m, size);
  shape.inner == 1 ? by_lines(p, spectrum) : by_groups(p, spectrum, size);
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                 \
  template void run_axis<T>(const T*, const AxisShape&, const T*, size_t, T*, size_t, ptrdiff_t, \
                            size_t, size_t);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

#define FLIPSHIFT_INSTANTIATE(T)                                                             \
  template std::vector<Scheme> axis_schemes<T>(const AxisShape&, size_t, size_t, ptrdiff_t); \
  template void run_axis_blocks<T>(const T*, const AxisShape&, const T*, size_t, T*, size_t, \
                                   ptrdiff_t, size_t, size_t, size_t);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
