// Plans as the rest of the engine sees them: complex and real transforms of contiguous data.
#include "engine/fft.hpp"

#include <algorithm>
#include <bit>

#include "engine/dispatch.hpp"
#include "engine/fft_bluestein_parts.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_dct_chirp.hpp"
#include "engine/fft_plan.hpp"
#include "engine/fft_real_odd.hpp"
#include "engine/roots.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"
#include "kernels/fft.hpp"
#include "kernels/fft_direct.hpp"
#include "kernels/fft_real_short.hpp"

namespace flipshift::fft {

template <class T>
Plan<T>::Plan(std::size_t n) : n_(n), algorithm_(make_algorithm<T>(n)) {}
template <class T>
Plan<T>::~Plan() = default;

template <class T>
std::size_t Plan<T>::bytes() const {
  return algorithm_->bytes();
}

template <class T>
std::string Plan<T>::describe() const {
  return algorithm_->describe();
}

template <class T>
std::string RealPlan<T>::describe() const {
  if (direct_) return "by definition";
  if (odd_) return odd_->describe();
  if (parts_) return parts_->describe();
  if (chirp_) return chirp_->describe();
  return (n_ % 2 ? "as complex numbers: " : "as n/2 complex numbers: ") + complex_.describe();
}

template <class T>
void Plan<T>::run(const std::complex<T>* in, std::complex<T>* out, Direction direction, T scale,
                  std::size_t workers) const {
  algorithm_->run(reinterpret_cast<const T*>(in), reinterpret_cast<T*>(out),
                  direction == Direction::backward, scale, workers);
}

template <class T>
Buffer<T> untangling_factors(std::size_t n) {
  const std::size_t count = n / 4 + 1;
  Buffer<T> tw(2 * count);
  const Roots roots(n);
  for (std::size_t k = 0; k < count; ++k) {
    const Root z = roots[k];
    tw[2 * k] = static_cast<T>((1 + z.im) / 2);
    tw[2 * k + 1] = static_cast<T>(-z.re / 2);
  }
  return tw;
}

// Some short n: the definition. Other even n: half-length complex transform and untangling. Odd n:
// in two factors, or, if they do not suit, a complex transform of full length.
namespace {

// Calls f(begin, end) for ranges of the pairs k, h - k of a half spectrum, 0 < k <= h / 2.
template <class F>
void pairs(std::size_t h, std::size_t workers, F&& f) {
  parallel_ranges(h / 2, 512 * fft_real_block, workers,
                  [&](std::size_t begin, std::size_t end) { f(begin + 1, end + 1); });
}

bool is_short(std::size_t n) { return n > 1 && n <= fft_real_short_max && std::has_single_bit(n); }

template <class T>
bool untangled_in_double(std::size_t n) {
  return n <= fft_real_exact_max && kernels<FftRealShortTable<T>>().untangle;
}

// Odd lengths that nothing else suits.
template <class T>
bool is_convolved(std::size_t n, bool has_another) {
  return n % 2 && !has_another && !make_factored<T>(n);
}

}  // namespace

template <class T>
RealPlan<T>::RealPlan(std::size_t n)
    : n_(n),
      direct_(by_definition(n, true)),
      odd_(direct_ ? nullptr : OddRealLine<T>::make(n)),
      parts_(is_convolved<T>(n, direct_ || odd_) ? BluesteinParts<T>::make(n, true) : nullptr),
      chirp_(is_convolved<T>(n, direct_ || odd_ || parts_) ? std::make_unique<Chirp<T>>(n)
                                                           : nullptr),
      complex_(direct_ || odd_ || parts_ || chirp_ ? 1
               : n % 2                             ? n
                                                   : n / 2) {
  if (direct_) {
    tw_ = direct_roots<T>(n);
  } else if (n % 2 == 0) {
    tw_ = untangling_factors<T>(n);
  }
}

template <class T>
RealPlan<T>::~RealPlan() = default;

template <class T>
std::size_t RealPlan<T>::bytes() const {
  return tw_.size() * sizeof(T) + complex_.bytes() + (odd_ ? odd_->bytes() : 0) +
         (parts_ ? parts_->bytes() : 0) + (chirp_ ? chirp_->bytes() : 0);
}

template <class T>
void RealPlan<T>::r2c(const T* in, std::complex<T>* out, Direction direction, T scale,
                      std::size_t workers) const {
  const T sign = direction == Direction::forward ? T(1) : T(-1);
  if (direct_)
    return kernels<FftDirectTable<T>>().r2c(in, reinterpret_cast<T*>(out), n_, tw_.data(), sign,
                                            scale);
  if (is_short(n_))
    return kernels<FftRealShortTable<T>>().r2c[n_](in, reinterpret_cast<T*>(out), sign, scale);
  if (n_ % 2 == 0) {
    complex_.run(reinterpret_cast<const std::complex<T>*>(in), out, Direction::forward, T(1),
                 workers);
    const std::size_t h = n_ / 2;
    if (untangled_in_double<T>(n_)) {
      kernels<FftRealShortTable<T>>().untangle(reinterpret_cast<T*>(out), h, tw_.data(), scale,
                                               sign);
    } else {
      const bool shared = n_ * sizeof(T) >= worth_sharing_line;
      pairs(h, shared ? workers : 1, [&](std::size_t begin, std::size_t end) {
        kernels<FftRealTable<T>>().untangle(reinterpret_cast<T*>(out), h, tw_.data(), begin, end,
                                            scale, sign);
      });
    }
    const T re = out[0].real(), im = out[0].imag();
    out[0] = (re + im) * scale;
    out[h] = (re - im) * scale;
    return;
  }
  if (odd_) return odd_->r2c(in, out, direction, scale, workers);
  if (parts_) return parts_->r2c(in, out, direction, scale, workers);
  if (chirp_) return chirp_->forward(in, out, scale, sign);
  Scratch<std::complex<T>> z(n_);
  for (std::size_t j = 0; j < n_; ++j) z[j] = in[j];
  complex_.run(z.data(), z.data(), direction, scale, workers);
  std::copy_n(z.data(), n_ / 2 + 1, out);
  out[0] = out[0].real();
}

template <class T>
void RealPlan<T>::c2r(const std::complex<T>* in, T* out, Direction direction, T scale,
                      std::size_t workers) const {
  const T sign = direction == Direction::backward ? T(1) : T(-1);
  if (direct_)
    return kernels<FftDirectTable<T>>().c2r(reinterpret_cast<const T*>(in), out, n_, tw_.data(),
                                            sign, scale);
  if (is_short(n_))
    return kernels<FftRealShortTable<T>>().c2r[n_](reinterpret_cast<const T*>(in), out, sign,
                                                   scale);
  if (n_ % 2 == 0) {
    const std::size_t h = n_ / 2;
    if (const auto* parts = complex_.algorithm().parts())
      return parts->run(
          reinterpret_cast<const T*>(in),
          {kernels<FftBluesteinNumbersTable<T>>().tangle, n_ + 2, n_, tw_.data(), sign},
          reinterpret_cast<T*>(out), true, scale, workers);
    const T first = in[0].real(), last = in[h].real();
    if (untangled_in_double<T>(n_)) {
      kernels<FftRealShortTable<T>>().tangle(reinterpret_cast<const T*>(in), out, h, tw_.data(),
                                             scale, sign);
    } else {
      const bool shared = n_ * sizeof(T) >= worth_sharing_line;
      pairs(h, shared ? workers : 1, [&](std::size_t begin, std::size_t end) {
        kernels<FftRealTable<T>>().tangle(reinterpret_cast<const T*>(in), out, h, tw_.data(), begin,
                                          end, scale, sign);
      });
    }
    auto* z = reinterpret_cast<std::complex<T>*>(out);
    z[0] = {(first + last) * scale, (first - last) * scale};
    complex_.run(z, z, Direction::backward, T(1), workers);
    return;
  }
  if (odd_) return odd_->c2r(in, out, direction, scale, workers);
  if (parts_) return parts_->c2r(in, out, direction, scale, workers);
  if (chirp_) return chirp_->backward(in, out, scale, sign);
  Scratch<std::complex<T>> z(n_);
  z[0] = in[0].real();
  for (std::size_t j = 1; j <= n_ / 2; ++j) {
    z[j] = in[j];
    z[n_ - j] = std::conj(in[j]);
  }
  complex_.run(z.data(), z.data(), direction, scale, workers);
  for (std::size_t j = 0; j < n_; ++j) out[j] = z[j].real();
}

namespace {

// Tables of plans that are kept, for each kind and precision. The caches are never destroyed:
// threads may still transform while the process ends.
constexpr std::size_t cache_limit = std::size_t{32} << 20;

}  // namespace

template <class T>
std::shared_ptr<const Plan<T>> plan(std::size_t n) {
  static auto& cache =
      *new Cache<Plan<T>>(cache_limit, sizeof(T) == 4 ? "complex64" : "complex128");
  return cache.get(n);
}

template <class T>
std::shared_ptr<const RealPlan<T>> real_plan(std::size_t n) {
  static auto& cache = *new Cache<RealPlan<T>>(cache_limit, sizeof(T) == 4 ? "float32" : "float64");
  return cache.get(n);
}

template class Plan<float>;
template class Plan<double>;
template class RealPlan<float>;
template class RealPlan<double>;
template Buffer<float> untangling_factors(std::size_t);
template Buffer<double> untangling_factors(std::size_t);
template std::shared_ptr<const Plan<float>> plan(std::size_t);
template std::shared_ptr<const Plan<double>> plan(std::size_t);
template std::shared_ptr<const RealPlan<float>> real_plan(std::size_t);
template std::shared_ptr<const RealPlan<double>> real_plan(std::size_t);

}  // namespace flipshift::fft
