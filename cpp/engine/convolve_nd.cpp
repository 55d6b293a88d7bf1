// N-dimensional convolution by 1-D kernels along the last axis.
//
// Row by row, each kernel call would be short. So blocks of neighbouring rows are copied with gaps
// of zeros between them, wide enough for what hangs over the ends of a row, and convolved with a
// row of h as one long signal. Where the zeros could meet an infinite tap, or rows are long anyway,
// each row is taken by itself.
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "engine/convolve.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/convolve_taps.hpp"

namespace flipshift::convolve {

namespace {

constexpr std::size_t block_bytes = 16384;  // of outputs: half of a first-level cache or less
constexpr std::size_t long_row = 2048;      // samples
constexpr std::size_t band_bytes = 262144;  // of the rows of x that one output row needs

// Steps an index through a shape in C order, over the first `n` axes.
void advance(Shape& index, const Shape& shape, std::size_t n) {
  for (std::size_t d = n; d-- > 0;) {
    if (++index[d] < shape[d]) return;
    index[d] = 0;
  }
}

// The offset, over the first `n` axes, of the place start + i - k in x; false if it lies outside.
bool place(const Shape& x_shape, const Strides& start, const Shape& i, const Shape& k,
           std::size_t n, std::size_t& offset) {
  offset = 0;
  for (std::size_t d = 0; d < n; ++d) {
    const auto j = start[d] + static_cast<std::ptrdiff_t>(i[d]) - static_cast<std::ptrdiff_t>(k[d]);
    if (j < 0 || j >= static_cast<std::ptrdiff_t>(x_shape[d])) return false;
    offset = offset * x_shape[d] + static_cast<std::size_t>(j);
  }
  return true;
}

std::size_t leading(const Shape& shape, std::size_t n) {
  return product(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(n)));
}

// Each output row is the sum, over the leading indices of h, of 1-D convolutions of a row of x with
// a row of h.
template <class T>
void by_rows(const T* x, const Shape& x_shape, const Taps<T>& taps, const Shape& h_shape, T* out,
             const Shape& out_shape, const Strides& start) {
  const std::size_t lead = x_shape.size() - 1;
  const std::size_t n = x_shape[lead], n_out = out_shape[lead];
  const std::size_t h_rows = leading(h_shape, lead), out_rows = leading(out_shape, lead);
  Shape i(lead, 0), k(lead, 0);
  for (std::size_t row = 0; row < out_rows; ++row, advance(i, out_shape, lead)) {
    T* y = out + row * n_out;
    bool add = false;
    for (std::size_t r = 0; r < h_rows; ++r, advance(k, h_shape, lead)) {
      std::size_t x_row;
      if (!place(x_shape, start, i, k, lead, x_row)) continue;
      taps.apply(r, x + x_row * n, n, y, n_out, start[lead], add);
      add = true;
    }
    if (!add) std::fill(y, y + n_out, T(0));
  }
}

// The same for blocks of rows along the last axis but one.
template <class T>
void by_blocks(const T* x, const Shape& x_shape, const Taps<T>& taps, const Shape& h_shape, T* out,
               const Shape& out_shape, const Strides& start) {
  const std::size_t lead = x_shape.size() - 2;
  const std::size_t n = x_shape[lead + 1], m = h_shape[lead + 1], n_out = out_shape[lead + 1];
  const std::size_t x_rows = x_shape[lead], h_rows = h_shape[lead], out_rows = out_shape[lead];
  const std::size_t h_planes = leading(h_shape, lead), out_planes = leading(out_shape, lead);
  const auto first = static_cast<std::size_t>(start[lead + 1]);
  // What windows reach before and beyond a row, and the distance of rows that leaves room for it.
  const std::size_t before = m - 1 > first ? m - 1 - first : 0;
  const std::size_t beyond = first + n_out > n ? first + n_out - n : 0;
  const std::size_t gap = std::max(before, beyond), pitch = n + gap;
  const std::size_t rows = std::clamp<std::size_t>(block_bytes / (pitch * sizeof(T)), 1, out_rows);
  const std::size_t band_rows = rows + h_rows - 1;
  Buffer<T> band(gap + band_rows * pitch), sums(rows * pitch);
  std::fill(band.data(), band.data() + band.size(), T(0));

  Shape i(lead, 0), k(lead, 0);
  for (std::size_t plane = 0; plane < out_planes; ++plane, advance(i, out_shape, lead)) {
    for (std::size_t i0 = 0; i0 < out_rows; i0 += rows) {
      const std::size_t block = std::min(rows, out_rows - i0);
      const std::size_t count = (block - 1) * pitch + n_out;
      T* to = out + (plane * out_rows + i0) * n_out;
      T* y = pitch == n_out ? to : sums.data();
      // The row of x that stands first in the band.
      const auto top =
          start[lead] + static_cast<std::ptrdiff_t>(i0) - static_cast<std::ptrdiff_t>(h_rows - 1);
      const auto lies_in_x = [&](std::ptrdiff_t row) {
        return row >= 0 && row < static_cast<std::ptrdiff_t>(x_rows);
      };
      bool add = false;
      for (std::size_t p = 0; p < h_planes; ++p, advance(k, h_shape, lead)) {
        std::size_t x_plane;
        if (!place(x_shape, start, i, k, lead, x_plane)) continue;
        for (std::size_t b = 0; b < block + h_rows - 1; ++b) {
          const auto row = top + static_cast<std::ptrdiff_t>(b);
          T* copy = band.data() + gap + b * pitch;
          if (lies_in_x(row)) {
            const T* from = x + (x_plane * x_rows + static_cast<std::size_t>(row)) * n;
            std::copy(from, from + n, copy);
          } else {
            std::fill(copy, copy + n, T(0));
          }
        }
        for (std::size_t r = 0; r < h_rows; ++r) {
          const std::size_t b = h_rows - 1 - r;
          const auto row = top + static_cast<std::ptrdiff_t>(b);
          if (row >= static_cast<std::ptrdiff_t>(x_rows) ||
              row + static_cast<std::ptrdiff_t>(block) <= 0)
            continue;
          const T* samples = band.data() + gap + b * pitch + first - (m - 1);
          taps.apply(p * h_rows + r, samples, count + m - 1, y, count,
                     static_cast<std::ptrdiff_t>(m - 1), add);
          add = true;
        }
      }
      if (!add) {
        std::fill(to, to + block * n_out, T(0));
      } else if (y != to) {
        for (std::size_t b = 0; b < block; ++b)
          std::copy(y + b * pitch, y + b * pitch + n_out, to + b * n_out);
      }
    }
  }
}

template <class T>
bool all_finite(const T* x, std::size_t n) {
  if constexpr (std::is_integral_v<T>) {
    return true;
  } else {
    using S = Scalar<T>;
    return kernels<ConvolveTable<S>>().finite(reinterpret_cast<const S*>(x),
                                              n * (sizeof(T) / sizeof(S)));
  }
}

}  // namespace

template <class T>
void run_nd(const T* x, const Shape& x_shape, const T* h, const Shape& h_shape, T* out,
            const Shape& out_shape, const Strides& start) {
  if (h_shape.back() > x_shape.back()) return run_nd(h, h_shape, x, x_shape, out, out_shape, start);
  const std::size_t n = x_shape.back(), m = h_shape.back();
  const Taps<T> taps(h, product(h_shape) / m, m);
  const bool within_full =
      start.back() >= 0 && static_cast<std::size_t>(start.back()) + out_shape.back() <= n + m - 1;
  if (x_shape.size() > 1 && n < long_row &&
      h_shape[h_shape.size() - 2] * (n + m) * sizeof(T) <= band_bytes && within_full &&
      all_finite(h, product(h_shape))) {
    by_blocks(x, x_shape, taps, h_shape, out, out_shape, start);
  } else {
    by_rows(x, x_shape, taps, h_shape, out, out_shape, start);
  }
}

#define FLIPSHIFT_INSTANTIATE(T)                                                            \
  template void run_nd<T>(const T*, const Shape&, const T*, const Shape&, T*, const Shape&, \
                          const Strides&);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
