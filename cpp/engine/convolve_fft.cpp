#include "engine/convolve_fft.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "engine/convolve_nonfinite.hpp"
#include "engine/dispatch.hpp"
#include "engine/prefetch.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/convolve_spectrum.hpp"
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

// A transform rounds each output by about epsilon times the norm of the whole block. Samples that
// are so many times larger than its usual ones are left out of it and multiplied out.
template <class S>
constexpr S outlier = sizeof(S) == 4 ? S(1 << 10) : S(1 << 20);

// Magnitudes of x and h with which no step overflows, or underflows noticeably: no sum within the
// transform back exceeds 2 |x|_2 |h|_2, at most 2 sqrt(n m) times both magnitudes.
template <class S>
constexpr S moderate = sizeof(S) == 4 ? S(1LL << 40) : S(1e120);

template <class S>
bool is_moderate(S magnitude) {
  return magnitude <= moderate<S> && magnitude >= 1 / moderate<S>;
}

// The largest magnitude, and the median of those of short segments; infinite for what is not
// finite.
template <class S>
struct Magnitudes {
  S largest = 0, typical = 0;

  Magnitudes(const S* x, std::size_t n) {
    const auto& table = kernels<ConvolveSpectrumTable<S>>();
    // A segment is 16 vectors or, of short blocks, an eighth of all.
    constexpr std::size_t most = 1024 / sizeof(S);
    const std::size_t segment = std::min((n / 8 / 32 + 1) * 32, most);
    const std::size_t count = (n + segment - 1) / segment;
    Scratch<S> each(count);
    S* const end = each.data() + count;
    table.magnitudes(x, n, segment, each.data());
    const auto [low, high] = std::minmax_element(each.data(), end);
    largest = typical = *high;
    if (*high <= outlier<S> * *low) return;  // no need to be exact
    S* const middle = each.data() + (count - 1) / 2;
    std::nth_element(each.data(), middle, end);
    typical = *middle;
  }
};

template <class T>
bool is_finite(T v) {
  return std::isfinite(std::real(v)) && std::isfinite(std::imag(v));
}
template <class T>
Scalar<T> magnitude(T v) {
  return std::max(std::abs(std::real(v)), std::abs(std::imag(v)));
}

// 2^exponent times each number, also where that factor is out of range.
template <class S>
void scale(S* x, std::size_t n, int exponent) {
  if (exponent == 0) return;
  for (std::size_t i = 0; i < n; ++i) x[i] = std::ldexp(x[i], exponent);
}

// Brings the largest of n finite numbers below 1 if it is not moderate; returns the exponent that
// was taken out.
template <class S>
int normalise(S* x, std::size_t n) {
  S largest = 0;
  for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  if (largest == 0 || is_moderate(largest)) return 0;
  int exponent;
  std::frexp(largest, &exponent);
  scale(x, n, -exponent);
  return exponent;
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
Spectrum<T>::Spectrum(const T* h, std::size_t m, std::size_t size, std::size_t workers, S* memory)
    : h_(h), m_(m), size_(size) {
  if constexpr (is_complex<T>) {
    plan_ = fft::plan<S>(size);
    room_ = 2 * size;
  } else {
    plan_ = fft::real_plan<S>(size);
    half_ = plan_->half();
    room_ = half_ ? size : 2 * (size / 2 + 1);
  }
  if (memory == nullptr) own_ = Buffer<S>(room_);
  spectrum_ = memory ? memory : own_.data();
  S* const block = spectrum_;
  const std::size_t count = m * parts<T>;
  std::memcpy(block, h, count * sizeof(S));
  std::memset(block + count, 0, (size * parts<T> - count) * sizeof(S));
  const S largest = Magnitudes<S>(block, count).largest;
  if (!(largest <= std::numeric_limits<S>::max())) {
    finite_ = false;
    std::replace_if(block, block + count, [](S v) { return !std::isfinite(v); }, S(0));
  }
  if (!is_moderate(largest)) exponent_ = normalise(block, count);
  forward(block, block, S(1) / static_cast<S>(half_ ? size / 2 : size), workers);
}

template <class T>
void Spectrum<T>::forward(const S* in, S* block, S scale, std::size_t workers) const {
  auto* const out = reinterpret_cast<std::complex<S>*>(block);
  const auto* const samples = reinterpret_cast<const std::complex<S>*>(in);
  if constexpr (is_complex<T>) {
    plan_->run(samples, out, fft::Direction::forward, scale, workers);
  } else if (half_) {
    half_->run(samples, out, fft::Direction::forward, scale, workers);
  } else {
    plan_->r2c(in, out, fft::Direction::forward, scale, workers);
  }
}

template <class T>
void Spectrum<T>::product(S* block) const {
  if constexpr (!is_complex<T>) {
    if (half_)
      return kernels<ConvolveSpectrumTable<S>>().product(block, spectrum_, size_ / 2,
                                                         plan_->untangling());
  }
  kernels<FftRealTable<S>>().multiply(block, spectrum_, block, room_ / 2, S(1));
}

template <class T>
void Spectrum<T>::backward(S* block, std::size_t workers) const {
  auto* const z = reinterpret_cast<std::complex<S>*>(block);
  if constexpr (is_complex<T>) {
    plan_->run(z, z, fft::Direction::backward, S(1), workers);
  } else if (half_) {
    half_->run(z, z, fft::Direction::backward, S(1), workers);
  } else {
    plan_->c2r(z, block, fft::Direction::backward, S(1), workers);
  }
}

template <class T>
bool Spectrum<T>::run_block(const T* x, const Block& b, T* out, S* scratch,
                            std::size_t workers) const {
  T* const samples = reinterpret_cast<T*>(scratch);
  const auto before = static_cast<std::size_t>(b.from - b.at);
  const auto length = static_cast<std::size_t>(b.to - b.from);
  const Magnitudes<S> found(reinterpret_cast<const S*>(x + b.from), length * parts<T>);
  if (found.largest == 0) {
    std::fill_n(out, b.count, T(0));
    return true;
  }
  const bool usual = is_moderate(found.largest) && found.largest <= outlier<S> * found.typical;
  bool finite = true;
  int exponent = exponent_;
  std::vector<std::ptrdiff_t> outliers;
  const S* in = scratch;
  if (usual && before == 0 && length == size_) {
    in = reinterpret_cast<const S*>(x + b.from);
  } else {
    std::memset(static_cast<void*>(samples), 0, before * sizeof(T));
    std::memcpy(static_cast<void*>(samples + before), x + b.from, length * sizeof(T));
    std::memset(static_cast<void*>(samples + before + length), 0,
                (size_ - before - length) * sizeof(T));
  }
  if (!usual) {
    finite = found.largest <= std::numeric_limits<S>::max();
    const S limit = outlier<S> * found.typical;
    const std::size_t affordable = 16 * size_ / m_ + 1;
    T* const first = samples + before;
    for (std::size_t i = 0; i < length && !(finite && outliers.size() > affordable); ++i) {
      if (!is_finite(first[i])) {
        first[i] = T(0);
      } else if (magnitude(first[i]) > limit && outliers.size() <= affordable) {
        outliers.push_back(b.from + static_cast<std::ptrdiff_t>(i));
      }
    }
    if (outliers.size() > affordable) outliers.clear();
    for (const std::ptrdiff_t j : outliers) samples[j - b.at] = T(0);
    if (!outliers.empty() || !is_moderate(found.largest))
      exponent += normalise(reinterpret_cast<S*>(first), length * parts<T>);
  }
  // Into the second-level cache: the processor's own prefetch stops at the end of a page, and a
  // transform does not begin with the first sample.
  if (b.fetched > 0) prefetch<2>(out, b.count * sizeof(T), true);
  forward(in, scratch, S(1), workers);
  if (b.fetched > 0) prefetch<2>(x + b.to, static_cast<std::size_t>(b.fetched) * sizeof(T), false);
  product(scratch);
  backward(scratch, workers);
  std::memcpy(static_cast<void*>(out), samples + (b.p - b.at), b.count * sizeof(T));
  scale(reinterpret_cast<S*>(out), b.count * parts<T>, exponent);
  for (const std::ptrdiff_t j : outliers) add_sample(x[j], j, h_, m_, out, b.p, b.count);
  return finite;
}

template <class T>
void Spectrum<T>::run(const T* x, std::size_t n, T* out, std::size_t n_out, std::ptrdiff_t start,
                      std::size_t workers) const {
  // Outside of the full convolution there is nothing but zeros.
  const auto full = static_cast<std::ptrdiff_t>(n + m_ - 1);
  const std::ptrdiff_t end = start + static_cast<std::ptrdiff_t>(n_out);
  const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(0, start, end);
  const std::ptrdiff_t last = std::clamp(full, first, end);
  std::fill(out, out + (first - start), T(0));
  std::fill(out + (last - start), out + n_out, T(0));
  if (first == last) return;
  T* const y = out - start;
  const auto count = static_cast<std::size_t>(last - first);
  const auto [from, to] = needed(n, m_, count, first);
  std::atomic<bool> finite{finite_};
  if (cyclic_length(n, m_, count, first) <= size_) {
    Scratch<S> scratch(room_);
    const Block all{from, to, from, first, count, 0};
    if (!run_block(x, all, y + first, scratch.data(), workers)) finite = false;
  } else {
    const auto overlap = static_cast<std::ptrdiff_t>(m_ - 1);
    const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(size_) - overlap;
    const auto blocks = static_cast<std::size_t>((last - first + step - 1) / step);
    const bool short_of_work = count * sizeof(T) < (64 << 10);
    // Samples and outputs beyond the second-level cache are fetched while a block is transformed,
    // unless a block alone fills it.
    constexpr std::size_t cached = 512 << 10, most = 64 << 10;
    const bool far =
        count * sizeof(T) > cached && static_cast<std::size_t>(step) * sizeof(T) <= most;
    parallel_for(blocks, short_of_work ? 1 : workers, [&](std::size_t begin, std::size_t stop) {
      Scratch<S> scratch(room_);
      for (std::size_t i = begin; i < stop; ++i) {
        const std::ptrdiff_t p = first + static_cast<std::ptrdiff_t>(i) * step;
        const std::ptrdiff_t next = std::min(p + step, last), at = p - overlap;
        const std::ptrdiff_t until = std::min(next, static_cast<std::ptrdiff_t>(n));
        const std::ptrdiff_t beyond = std::min(step, static_cast<std::ptrdiff_t>(n) - until);
        const Block block{std::max<std::ptrdiff_t>(at, 0),    until,           at, p,
                          static_cast<std::size_t>(next - p), far ? beyond : 0};
        if (!run_block(x, block, y + p, scratch.data(), 1)) finite = false;
      }
    });
  }
  if (!finite) mark_nonfinite(x, n, h_, m_, out, n_out, start, workers);
}

template class Spectrum<float>;
template class Spectrum<double>;
template class Spectrum<std::complex<float>>;
template class Spectrum<std::complex<double>>;

}  // namespace flipshift::convolve
