// Convolution along an axis of what continues beyond its ends. Lines that fit into the cache are
// copied there with what they need on both sides, some at a time. Of longer ones only the outputs
// whose windows reach beyond an end are computed from copies, which hold those windows. Short
// kernels on many lines are left to the tiles of images.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "engine/convolve.hpp"
#include "engine/convolve2d.hpp"
#include "engine/convolve_axis.hpp"
#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/separable2d.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve_axis.hpp"

namespace flipshift::convolve {

namespace {

using std::ptrdiff_t;
using std::size_t;

ptrdiff_t as_signed(size_t n) { return static_cast<ptrdiff_t>(n); }
size_t as_size(ptrdiff_t n) { return static_cast<size_t>(n); }

constexpr size_t cached_bytes = 32768;  // of lines that are copied as a whole, together
constexpr size_t transformed = 64;      // taps above which a kernel may be worth a transform, which
                                        // should then serve all lines

template <class T>
struct Continued {
  const T* x;
  AxisShape shape;
  const T* h;
  size_t m;
  T* out;
  size_t n_out;
  ptrdiff_t start;
  size_t workers;
  Boundary boundary;
  T fillvalue;

  // Samples first, first + 1, ... of line o.
  void copy(size_t o, ptrdiff_t first, size_t count, T* to) const {
    const size_t inner = shape.inner;
    const auto n = as_signed(shape.n), end = first + as_signed(count);
    const T* line = x + o * shape.n * inner;
    const ptrdiff_t from = std::clamp<ptrdiff_t>(0, first, end);
    const ptrdiff_t until = std::clamp<ptrdiff_t>(n, from, end);
    const auto beyond = [&](ptrdiff_t i, ptrdiff_t last) {
      for (; i < last; ++i, to += inner) {
        const ptrdiff_t at = index_inside(i, n, boundary);
        if (at < 0) {
          std::fill_n(to, inner, fillvalue);
        } else {
          std::copy_n(line + as_size(at) * inner, inner, to);
        }
      }
    };
    beyond(first, from);
    if (from < until)
      to = std::copy(line + as_size(from) * inner, line + as_size(until) * inner, to);
    beyond(until, end);
  }

  // Outputs [i, end) of all lines from copies of their windows, `lines` of them at a time.
  void copied(size_t i, size_t end, size_t lines) const {
    if (i == end) return;
    const size_t count = end - i, length = count + m - 1;
    const ptrdiff_t first = start + as_signed(i) - as_signed(m - 1);
    const size_t groups = (shape.outer + lines - 1) / lines;
    const double operations = double(shape.outer * shape.inner) * double(count) * double(m) / 8;
    // One group may use all threads inside, several are given one each.
    const bool divided = groups > 1 && operations >= worth_a_thread;
    parallel_for(groups, divided ? workers : 1, [&](size_t begin, size_t stop) {
      for (size_t g = begin; g < stop; ++g) {
        const size_t o = g * lines, some = std::min(lines, shape.outer - o);
        Scratch<T> copies(some * length * shape.inner);
        for (size_t l = 0; l < some; ++l)
          copy(o + l, first, length, copies.data() + l * length * shape.inner);
        run_axis(copies.data(), AxisShape{some, length, shape.inner}, h, m,
                 out + (o * n_out + i) * shape.inner, count, as_signed(m - 1),
                 groups > 1 ? 1 : workers, n_out);
      }
    });
  }

  void run() const {
    // The outputs whose windows lie within x.
    const auto last = as_signed(n_out);
    const size_t from = as_size(std::clamp<ptrdiff_t>(as_signed(m - 1) - start, 0, last));
    const size_t to =
        as_size(std::clamp<ptrdiff_t>(as_signed(shape.n) - start, as_signed(from), last));
    if (from == 0 && to == n_out)
      return run_axis(x, shape, h, m, out, n_out, start, workers, size_t{0});
    const size_t line_bytes = (n_out + m - 1) * shape.inner * sizeof(T);
    const bool cached = line_bytes <= cached_bytes && m <= transformed;
    const size_t every = cached ? std::max<size_t>(1, cached_bytes / line_bytes) : shape.outer;
    if (cached || to - from < m) return copied(0, n_out, every);
    copied(0, from, shape.outer);
    run_axis(x, shape, h, m, out + from * shape.inner, to - from, start + as_signed(from), workers,
             n_out);
    copied(to, n_out, shape.outer);
  }
};

// The tiles of images win where there are so many lines, for kernels up to `transformed`: 1.3 to 2
// times (Zen 5, AVX-512). Along rows the separable ones do for kernels above `direct_taps`.
constexpr size_t enough_rows = 8, enough_cols = 16, direct_taps = 8;

// With zeros outside the other ways leave those out, and make no copy at the ends: tiles lose by
// every product with zero, and by long rows.
constexpr size_t longest_row = 4096, longest_separable_row = 400;
constexpr size_t copied_outputs = 2048;  // up to which tiles copy all samples if they do any
constexpr double zeros_of_cols = 0.5;    // products with zero that an output may have on average
constexpr double zeros_of_rows = 40;     // the same, over all lines, where these are short
constexpr size_t short_row = 200;

template <class T>
bool suits_images_between_zeros(const Continued<T>& c) {
  const auto [outer, n, inner] = c.shape;
  const double each = products(std::max(n, c.m), std::min(n, c.m), c.n_out, c.start);
  const double zeros = double(c.m) - each / double(c.n_out);
  if (inner == 1)
    return n <= (c.m <= direct_taps ? longest_row : longest_separable_row) &&
           (n > short_row || zeros * double(outer) <= zeros_of_rows);
  if (inner < 2 * kernels<ConvolveAxisTable<T>>().lanes()) return false;
  return zeros == 0 || (zeros <= zeros_of_cols && c.n_out * inner > copied_outputs);
}

template <class T>
bool suits_images(const Continued<T>& c) {
  if (c.m > transformed) return false;
  if (c.shape.inner == 1 ? c.shape.outer < enough_rows : c.shape.inner < enough_cols) return false;
  // There 0 outside is a factor like others, here it is none.
  if (c.boundary != Boundary::fill || c.fillvalue != T(0)) return true;
  return std::all_of(c.h, c.h + c.m, [](T tap) { return std::isfinite(tap); }) &&
         suits_images_between_zeros(c);
}

template <class T>
void run_as_images(const Continued<T>& c) {
  namespace c2 = convolve2d;
  const auto [outer, n, inner] = c.shape;
  if (inner > 1) {
    c2::Problem<T> p{{c.x, n, inner},
                     {c.h, c.m, 1},
                     {c.out, c.n_out, inner},
                     c.start,
                     0,
                     {c.boundary, Boundary::nearest, c.fillvalue}};
    p.outer = outer;
    p.workers = c.workers;
    return c2::convolve2d(p, c2::Method::direct);
  }
  if (c.m <= direct_taps) {
    c2::Problem<T> p{{c.x, outer, n},
                     {c.h, 1, c.m},
                     {c.out, outer, c.n_out},
                     0,
                     c.start,
                     {Boundary::nearest, c.boundary, c.fillvalue}};
    p.workers = c.workers;
    return c2::convolve2d(p, c2::Method::direct);
  }
  const T one = 1;
  c2::SeparableProblem<T> p{};
  p.x = {c.x, outer, n};
  p.columns = &one;
  p.column_taps = 1;
  p.rows = c.h;
  p.row_taps = c.m;
  p.terms = 1;
  p.out = {c.out, outer, c.n_out};
  p.col_start = c.start;
  p.boundary_rows = Boundary::nearest;
  p.boundary_cols = c.boundary;
  p.fill_second = c.fillvalue;
  p.workers = c.workers;
  c2::separable2d(p);
}

}  // namespace

template <class T>
void run_axis(const T* x, const AxisShape& shape, const T* h, size_t m, T* out, size_t n_out,
              ptrdiff_t start, size_t workers, Boundary boundary, T fillvalue) {
  // One tap takes all lines for one.
  if (m == 1 && start == 0 && n_out == shape.n && !(is_complex<T> && shape.inner > 1)) {
    const size_t count = shape.outer * n_out * shape.inner;
    return convolve::run(x, count, h, m, out, count, 0, Method::direct, workers);
  }
  const Continued<T> lines{x, shape, h, m, out, n_out, start, workers, boundary, fillvalue};
  if constexpr (std::is_floating_point_v<T>)
    if (suits_images(lines)) return run_as_images(lines);
  if (boundary == Boundary::fill && fillvalue == T(0))
    return run_axis(x, shape, h, m, out, n_out, start, workers, size_t{0});
  lines.run();
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                 \
  template void run_axis<T>(const T*, const AxisShape&, const T*, size_t, T*, size_t, ptrdiff_t, \
                            size_t, Boundary, T);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
