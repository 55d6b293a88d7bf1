#include "engine/convolve_fft.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/convolve.hpp"
#include "engine/dispatch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve.hpp"
#include "kernels/fft.hpp"

namespace flipshift::convolve {

namespace {

// Which samples of x the outputs [start, start + n_out) of the full convolution need.
struct Needed {
  std::ptrdiff_t from, to;
};
Needed needed(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const auto end = start + static_cast<std::ptrdiff_t>(n_out);
  return {std::max<std::ptrdiff_t>(0, start - static_cast<std::ptrdiff_t>(m) + 1),
          std::min(static_cast<std::ptrdiff_t>(n), end)};
}

// Real numbers in one of type T.
template <class T>
constexpr std::size_t parts = sizeof(T) / sizeof(Scalar<T>);

template <class T>
bool is_finite(T v) {
  return std::isfinite(std::real(v)) && std::isfinite(std::imag(v));
}
template <class T>
bool is_nan(T v) {
  return std::isnan(std::real(v)) || std::isnan(std::imag(v));
}
template <class T>
T not_a_number() {
  constexpr auto nan = std::numeric_limits<Scalar<T>>::quiet_NaN();
  if constexpr (is_complex<T>) {
    return {nan, nan};
  } else {
    return nan;
  }
}

}  // namespace

std::size_t cyclic_length(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  const auto [from, to] = needed(n, m, n_out, start);
  const auto taps = static_cast<std::ptrdiff_t>(m);
  const std::ptrdiff_t last = start + static_cast<std::ptrdiff_t>(n_out) - from;
  // Position p receives p + size too, which must lie beyond the end of the full convolution.
  const std::ptrdiff_t beyond = (to - from + taps - 1) - (start - from);
  return static_cast<std::size_t>(std::max({last, beyond, taps, to - from}));
}

template <class T>
Spectrum<T>::Spectrum(const T* h, std::size_t m, std::size_t size)
    : h_(h), m_(m), size_(size), bins_(is_complex<T> ? size : size / 2 + 1) {
  if constexpr (is_complex<T>) {
    plan_ = fft::plan<S>(size);
  } else {
    plan_ = fft::real_plan<S>(size);
  }
  spectrum_ = Buffer<S>(2 * bins_);
  const S scale = S(1) / static_cast<S>(size);
  T* block = reinterpret_cast<T*>(spectrum_.data());
  std::memcpy(static_cast<void*>(block), h, m * sizeof(T));
  std::memset(static_cast<void*>(block + m), 0, (size - m) * sizeof(T));
  forward(spectrum_.data());
  for (std::size_t i = 0; i < 2 * bins_; ++i) spectrum_[i] *= scale;
  finite_ = kernels<ConvolveTable<S>>().finite(spectrum_.data(), 2 * bins_);
}

template <class T>
void Spectrum<T>::forward(S* block) const {
  auto* spectrum = reinterpret_cast<std::complex<S>*>(block);
  if constexpr (is_complex<T>) {
    plan_->run(spectrum, spectrum, fft::Direction::forward, S(1));
  } else {
    plan_->r2c(block, spectrum, fft::Direction::forward, S(1));
  }
}

template <class T>
void Spectrum<T>::backward(S* block) const {
  auto* spectrum = reinterpret_cast<std::complex<S>*>(block);
  if constexpr (is_complex<T>) {
    plan_->run(spectrum, spectrum, fft::Direction::backward, S(1));
  } else {
    plan_->c2r(spectrum, block, fft::Direction::backward, S(1));
  }
}

template <class T>
void Spectrum<T>::block(const T* x, std::size_t n, std::ptrdiff_t from, std::ptrdiff_t to,
                        std::ptrdiff_t at, std::ptrdiff_t p, T* out, std::size_t count,
                        S* scratch) const {
  T* samples = reinterpret_cast<T*>(scratch);
  const std::size_t before = static_cast<std::size_t>(from - at);
  const std::size_t length = static_cast<std::size_t>(to - from);
  const auto multiply = [&] {
    std::memset(static_cast<void*>(samples), 0, before * sizeof(T));
    std::memset(static_cast<void*>(samples + before + length), 0,
                (size_ - before - length) * sizeof(T));
    forward(scratch);
    kernels<FftRealTable<S>>().multiply(scratch, spectrum_.data(), scratch, bins_, S(1));
    backward(scratch);
    std::memcpy(static_cast<void*>(out), samples + (p - at), count * sizeof(T));
  };
  std::memcpy(static_cast<void*>(samples + before), x + from, length * sizeof(T));
  multiply();
  if (kernels<ConvolveTable<S>>().finite(reinterpret_cast<const S*>(out), parts<T> * count)) return;

  // Somewhere NaN or infinity came in, or the transform overflowed. Without those samples, the
  // block is right for all outputs that they do not reach.
  std::transform(x + from, x + to, samples + before, [](T v) { return is_finite(v) ? v : T(0); });
  multiply();
  const auto taps = static_cast<std::ptrdiff_t>(m_);
  std::ptrdiff_t nan = from - taps, infinity = from - taps;  // where the last ones were
  std::ptrdiff_t sample = from;
  std::size_t i = 0, wrong = 0;  // outputs [wrong, i) are to be summed directly
  const auto sum_directly = [&] {
    if (wrong < i)
      convolve::run(x, n, h_, m_, out + wrong, i - wrong, p + static_cast<std::ptrdiff_t>(wrong),
                    Method::direct);
    wrong = i + 1;
  };
  for (; i < count; ++i) {
    const auto j = p + static_cast<std::ptrdiff_t>(i);
    for (; sample <= j && sample < to; ++sample) {
      if (is_nan(x[sample])) {
        nan = sample;
      } else if (!is_finite(x[sample])) {
        infinity = sample;
      }
    }
    if (nan > j - taps) {
      sum_directly();
      out[i] = not_a_number<T>();
    } else if (infinity <= j - taps && is_finite(out[i])) {
      sum_directly();
    }
  }
  sum_directly();
}

template <class T>
void Spectrum<T>::run(const T* x, std::size_t n, T* out, std::size_t n_out, std::ptrdiff_t start,
                      std::size_t workers) const {
  if (!finite_) return convolve::run(x, n, h_, m_, out, n_out, start, Method::direct, workers);
  // Outside of the full convolution there is nothing but zeros.
  const auto full = static_cast<std::ptrdiff_t>(n + m_ - 1);
  const std::ptrdiff_t end = start + static_cast<std::ptrdiff_t>(n_out);
  const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(0, start, end);
  const std::ptrdiff_t last = std::clamp(full, first, end);
  std::fill(out, out + (first - start), T(0));
  std::fill(out + (last - start), out + n_out, T(0));
  if (first == last) return;
  T* y = out - start;
  const auto count = static_cast<std::size_t>(last - first);
  const auto [from, to] = needed(n, m_, count, first);
  if (cyclic_length(n, m_, count, first) <= size_) {
    Scratch<S> buffer(2 * bins_);
    return block(x, n, from, to, from, first, y + first, count, buffer.data());
  }
  const auto overlap = static_cast<std::ptrdiff_t>(m_ - 1);
  const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(size_) - overlap;
  const auto blocks = static_cast<std::size_t>((last - first + step - 1) / step);
  parallel_for(blocks, workers, [&](std::size_t begin, std::size_t stop) {
    Scratch<S> buffer(2 * bins_);
    for (std::size_t b = begin; b < stop; ++b) {
      const std::ptrdiff_t p = first + static_cast<std::ptrdiff_t>(b) * step;
      const std::ptrdiff_t at = p - overlap, next = std::min(p + step, last);
      block(x, n, std::max<std::ptrdiff_t>(at, 0), std::min(next, static_cast<std::ptrdiff_t>(n)),
            at, p, y + p, static_cast<std::size_t>(next - p), buffer.data());
    }
  });
}

template class Spectrum<float>;
template class Spectrum<double>;
template class Spectrum<std::complex<float>>;
template class Spectrum<std::complex<double>>;

}  // namespace flipshift::convolve
