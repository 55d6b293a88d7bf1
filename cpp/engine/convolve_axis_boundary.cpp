// Convolution along an axis of what continues beyond its ends. Lines that fit into the cache are
// copied there with what they need on both sides, some at a time. Of longer ones only the outputs
// whose windows reach beyond an end are computed from copies, which hold those windows.
#include <algorithm>
#include <cstddef>

#include "engine/convolve_axis.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

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

}  // namespace

template <class T>
void run_axis(const T* x, const AxisShape& shape, const T* h, size_t m, T* out, size_t n_out,
              ptrdiff_t start, size_t workers, Boundary boundary, T fillvalue) {
  if (boundary == Boundary::fill && fillvalue == T(0))
    return run_axis(x, shape, h, m, out, n_out, start, workers, size_t{0});
  Continued<T>{x, shape, h, m, out, n_out, start, workers, boundary, fillvalue}.run();
}

#define FLIPSHIFT_INSTANTIATE(T)                                                                 \
  template void run_axis<T>(const T*, const AxisShape&, const T*, size_t, T*, size_t, ptrdiff_t, \
                            size_t, Boundary, T);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
