#include "engine/convolve.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#include "engine/convolve_cost.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"
#include "kernels/convolve.hpp"

namespace flipshift::convolve {

namespace {

// Rows of h, each reversed and, if complex, split into real and imaginary parts, as the kernels
// take them. Short kernels need no allocation.
template <class T>
class Taps {
 public:
  Taps(const T* h, std::size_t rows, std::size_t m) : m_(m) {
    const std::size_t n = rows * m * (is_complex<T> ? 2 : 1);
    taps_ = small_;
    if (n > std::size(small_)) {
      large_ = Buffer<S>(n);
      taps_ = large_.data();
    }
    for (std::size_t r = 0; r < rows; ++r, h += m) {
      S* re = const_cast<S*>(row(r));
      for (std::size_t t = 0; t < m; ++t) {
        if constexpr (is_complex<T>) {
          re[t] = h[m - 1 - t].real();
          re[m + t] = h[m - 1 - t].imag();
        } else {
          re[t] = h[m - 1 - t];
        }
      }
    }
  }
  Taps(const Taps&) = delete;

  // out[i] (+)= sum_k h[row][k] x[start + i - k], m <= n.
  void apply(std::size_t r, const T* x, std::size_t n, T* out, std::size_t n_out,
             std::ptrdiff_t start, bool add) const {
    const auto first = start - static_cast<std::ptrdiff_t>(m_ - 1);
    const S* taps = row(r);
    if constexpr (is_complex<T>) {
      kernels<ConvolveTable<S>>().complex(reinterpret_cast<const S*>(x), n, taps, taps + m_, m_,
                                          first, reinterpret_cast<S*>(out), n_out, add);
    } else {
      kernels<ConvolveTable<S>>().real(x, n, taps, m_, first, out, n_out, add);
    }
  }

 private:
  using S = Scalar<T>;
  const S* row(std::size_t r) const { return taps_ + r * m_ * (is_complex<T> ? 2 : 1); }

  std::size_t m_;
  S* taps_;
  S small_[512 / sizeof(S)];
  Buffer<S> large_;
};

}  // namespace

double products(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  // Outputs before position p of the full convolution have cumulative(p) products.
  const double long_side = static_cast<double>(std::max(n, m));
  const double short_side = static_cast<double>(std::min(n, m));
  const double full = long_side + short_side - 1;
  const auto cumulative = [&](double p) {
    p = std::clamp(p, 0.0, full);
    const double rising = std::min(p, short_side);
    const double falling = std::max(p - long_side, 0.0);
    const double level = p - rising - falling;
    return rising * (rising + 1) / 2 + level * short_side +
           falling * (2 * short_side - falling - 1) / 2;
  };
  const auto from = static_cast<double>(start);
  return cumulative(from + static_cast<double>(n_out)) - cumulative(from);
}

namespace {

// The method, and the transform length if that is fft. m <= n.
template <class T>
Blocks blocks_or_direct(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const double direct = direct_ns<T>(products(n, m, n_out, start), static_cast<double>(n_out));
  if (m <= 16 || n_out <= 16) return {0, direct};
  const Blocks blocks = cheapest_blocks<T>(n, m, n_out, start);
  return blocks.ns < direct ? blocks : Blocks{0, direct};
}

}  // namespace

template <class T>
Method choose(std::size_t n, std::size_t m, std::size_t n_out) {
  if constexpr (std::is_integral_v<T>) {
    return Method::direct;
  } else {
    if (n < m) std::swap(n, m);
    // Without a start, the outputs are taken to stand in the middle, as those of 'same' and
    // 'valid'.
    const auto start =
        (static_cast<std::ptrdiff_t>(n + m - 1) - static_cast<std::ptrdiff_t>(n_out)) / 2;
    return blocks_or_direct<T>(n, m, n_out, start).size ? Method::fft : Method::direct;
  }
}

template <class T>
void run(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
         std::ptrdiff_t start, Method method) {
  if (n < m) {
    std::swap(n, m);
    std::swap(x, h);
  }
  if constexpr (!std::is_integral_v<T>) {
    Blocks blocks{0, 0};
    if (method == Method::automatic) blocks = blocks_or_direct<T>(n, m, n_out, start);
    if (method == Method::fft) blocks = cheapest_blocks<T>(n, m, n_out, start);
    if (blocks.size) return Spectrum<T>(h, m, blocks.size).run(x, n, out, n_out, start);
  } else if (method == Method::fft) {
    throw std::invalid_argument("convolve: method 'fft' takes floating point numbers only");
  }
  Taps<T>(h, 1, m).apply(0, x, n, out, n_out, start, false);
}

// Each output row is the sum, over the leading indices of h, of 1-D convolutions of a row of x with
// a row of h.
template <class T>
void run_nd(const T* x, const Shape& x_shape, const T* h, const Shape& h_shape, T* out,
            const Shape& out_shape, const Strides& start) {
  if (h_shape.back() > x_shape.back()) return run_nd(h, h_shape, x, x_shape, out, out_shape, start);
  const std::size_t lead = x_shape.size() - 1;
  const std::size_t n = x_shape[lead], m = h_shape[lead], n_out = out_shape[lead];
  const std::size_t h_rows = product(h_shape) / m, out_rows = product(out_shape) / n_out;
  const Taps<T> taps(h, h_rows, m);
  Shape i(lead, 0), k(lead, 0);  // leading indices of out and h
  const auto advance = [lead](Shape& index, const Shape& shape) {
    for (std::size_t d = lead; d-- > 0;) {
      if (++index[d] < shape[d]) return;
      index[d] = 0;
    }
  };
  for (std::size_t row = 0; row < out_rows; ++row, advance(i, out_shape)) {
    T* y = out + row * n_out;
    bool add = false;
    for (std::size_t r = 0; r < h_rows; ++r, advance(k, h_shape)) {
      std::size_t x_row = 0;
      bool inside = true;
      for (std::size_t d = 0; d < lead && inside; ++d) {
        const auto j =
            start[d] + static_cast<std::ptrdiff_t>(i[d]) - static_cast<std::ptrdiff_t>(k[d]);
        inside = j >= 0 && j < static_cast<std::ptrdiff_t>(x_shape[d]);
        x_row = x_row * x_shape[d] + static_cast<std::size_t>(j);
      }
      if (!inside) continue;
      taps.apply(r, x + x_row * n, n, y, n_out, start[lead], add);
      add = true;
    }
    if (!add) std::fill(y, y + n_out, T(0));
  }
}

#define FLIPSHIFT_INSTANTIATE(T)                                                            \
  template Method choose<T>(std::size_t, std::size_t, std::size_t);                         \
  template void run<T>(const T*, std::size_t, const T*, std::size_t, T*, std::size_t,       \
                       std::ptrdiff_t, Method);                                             \
  template void run_nd<T>(const T*, const Shape&, const T*, const Shape&, T*, const Shape&, \
                          const Strides&);
FLIPSHIFT_INSTANTIATE(float)
FLIPSHIFT_INSTANTIATE(double)
FLIPSHIFT_INSTANTIATE(std::complex<float>)
FLIPSHIFT_INSTANTIATE(std::complex<double>)
FLIPSHIFT_INSTANTIATE(std::uint8_t)
FLIPSHIFT_INSTANTIATE(std::uint16_t)
FLIPSHIFT_INSTANTIATE(std::uint32_t)
FLIPSHIFT_INSTANTIATE(std::uint64_t)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
