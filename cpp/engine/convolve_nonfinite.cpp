// A sum is NaN if it contains a NaN, an infinity times 0, or infinities of both signs; else it is
// infinite if it contains infinity times anything. A NaN reaches an interval of outputs. A few
// infinities are multiplied out. For many, convolutions of signs (-1, 0, 1) and of their magnitudes
// give the difference and the sum of the numbers of +Inf and -Inf products of each output, and
// counting gives the number of all products of infinities; all are integers, exact after rounding.
// Complex numbers are taken apart into the four real products that the direct sum forms.
#include "engine/convolve_nonfinite.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "engine/convolve.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"

namespace flipshift::convolve {

namespace {

using std::ptrdiff_t;
using std::size_t;

template <class T>
constexpr size_t parts = sizeof(T) / sizeof(Scalar<T>);

template <class T>
const Scalar<T>* numbers(const T* x) {
  return reinterpret_cast<const Scalar<T>*>(x);
}

// Indices of NaN and of infinite numbers; a complex number may be both.
struct Found {
  std::vector<ptrdiff_t> nan, infinite;
};
template <class T>
Found find(const T* x, size_t n) {
  Found found;
  for (size_t i = 0; i < n; ++i) {
    bool nan = false, infinite = false;
    for (size_t p = 0; p < parts<T>; ++p) {
      const Scalar<T> v = numbers(x)[i * parts<T> + p];
      nan |= std::isnan(v);
      infinite |= std::isinf(v);
    }
    if (nan) found.nan.push_back(static_cast<ptrdiff_t>(i));
    if (infinite) found.infinite.push_back(static_cast<ptrdiff_t>(i));
  }
  return found;
}

// NaN for the outputs that the values at these indices reach, `width` each.
template <class T>
void fill_nan(const std::vector<ptrdiff_t>& where, size_t width, T* out, size_t n_out,
              ptrdiff_t start) {
  constexpr auto nan = std::numeric_limits<Scalar<T>>::quiet_NaN();
  const ptrdiff_t end = start + static_cast<ptrdiff_t>(n_out);
  ptrdiff_t done = start;
  for (const ptrdiff_t j : where) {
    const ptrdiff_t from = std::max(j, done);
    done = std::max(from, std::min(j + static_cast<ptrdiff_t>(width), end));
    auto* y = reinterpret_cast<Scalar<T>*>(out + (from - start));
    std::fill_n(y, static_cast<size_t>(done - from) * parts<T>, nan);
  }
}

// One part of each number, reduced to what decides about infinite products.
struct Signs {
  std::vector<double> infinite, finite, all;  // signs of infinities, of the others, of both

  template <class S>
  Signs(const S* part, size_t step, size_t n) : infinite(n), finite(n), all(n) {
    for (size_t i = 0; i < n; ++i) {
      const S v = part[i * step];
      const double sign = v > 0 ? 1 : v < 0 ? -1 : 0;
      (std::isinf(v) ? infinite : finite)[i] = sign;
      all[i] = sign;
    }
  }
  Signs magnitudes() const {
    Signs s = *this;
    for (auto* v : {&s.infinite, &s.finite, &s.all})
      for (double& a : *v) a = std::abs(a);
    return s;
  }
};

// What the outputs receive from one of the real products.
class Infinities {
 public:
  Infinities(const Signs& x, const Signs& h, size_t n_out, ptrdiff_t start, size_t workers)
      : n_out_(n_out), start_(start), workers_(workers), difference_(sum(x, h)) {
    const Signs a = x.magnitudes(), b = h.magnitudes();
    sum_ = sum(a, b);
    products_.assign(n_out, 0.0);
    count(a.infinite, h.all.size(), products_);
    // Where both are infinite, one of the two counts is enough.
    count(b.infinite, x.all.size(), products_);
    if (any(a.infinite) && any(b.infinite)) {
      const std::vector<double> twice = convolved(a.infinite, b.infinite);
      for (size_t i = 0; i < n_out; ++i) products_[i] -= std::nearbyint(twice[i]);
    }
  }
  bool plus(size_t i) const { return sum_[i] + difference_[i] > 1; }
  bool minus(size_t i) const { return sum_[i] - difference_[i] > 1; }
  bool times_zero(size_t i) const { return products_[i] > sum_[i] + 0.5; }

 private:
  static bool any(const std::vector<double>& v) {
    return std::any_of(v.begin(), v.end(), [](double a) { return a != 0; });
  }
  std::vector<double> convolved(const std::vector<double>& a, const std::vector<double>& b) const {
    std::vector<double> y(n_out_, 0.0);
    if (any(a) && any(b))
      run(a.data(), a.size(), b.data(), b.size(), y.data(), n_out_, start_, Method::automatic,
          workers_);
    return y;
  }
  // Infinities of x with anything, and of h with what is finite.
  std::vector<double> sum(const Signs& x, const Signs& h) const {
    std::vector<double> a = convolved(x.infinite, h.all);
    const std::vector<double> b = convolved(x.finite, h.infinite);
    for (size_t i = 0; i < n_out_; ++i) a[i] += b[i];
    return a;
  }
  // Adds how many of the values each output meets, `width` outputs meeting each.
  void count(const std::vector<double>& values, size_t width, std::vector<double>& to) const {
    const auto n = static_cast<ptrdiff_t>(values.size());
    std::vector<double> before(values.size() + 1, 0.0);
    for (size_t i = 0; i < values.size(); ++i) before[i + 1] = before[i] + values[i];
    for (size_t i = 0; i < n_out_; ++i) {
      const ptrdiff_t q = start_ + static_cast<ptrdiff_t>(i) + 1;
      const ptrdiff_t last = std::clamp<ptrdiff_t>(q, 0, n);
      const ptrdiff_t first = std::clamp<ptrdiff_t>(q - static_cast<ptrdiff_t>(width), 0, n);
      to[i] += before[static_cast<size_t>(last)] - before[static_cast<size_t>(first)];
    }
  }

  size_t n_out_;
  ptrdiff_t start_;
  size_t workers_;
  std::vector<double> difference_, sum_, products_;
};

template <class T>
void mark_many(const T* x, size_t n, const T* h, size_t m, T* out, size_t n_out, ptrdiff_t start,
               size_t workers) {
  using S = Scalar<T>;
  constexpr S infinity = std::numeric_limits<S>::infinity();
  auto* y = reinterpret_cast<S*>(out);
  for (size_t p = 0; p < parts<T>; ++p) {
    const Signs of_x(numbers(x) + p, parts<T>, n);
    for (size_t q = 0; q < parts<T>; ++q) {
      const Signs of_h(numbers(h) + q, parts<T>, m);
      const Infinities found(of_x, of_h, n_out, start, workers);
      const S sign = p + q == 2 ? S(-1) : S(1);
      S* const to = y + (p + q) % 2;
      for (size_t i = 0; i < n_out; ++i) {
        S& v = to[i * parts<T>];
        if (found.plus(i)) v += sign * infinity;
        if (found.minus(i)) v -= sign * infinity;
        if (found.times_zero(i)) v = std::numeric_limits<S>::quiet_NaN();
      }
    }
  }
}

}  // namespace

template <class T>
void add_sample(T sample, ptrdiff_t j, const T* h, size_t m, T* out, ptrdiff_t p, size_t count) {
  const ptrdiff_t from = std::max(j, p);
  const ptrdiff_t to = std::min(j + static_cast<ptrdiff_t>(m), p + static_cast<ptrdiff_t>(count));
  h -= j;
  out -= p;
  for (ptrdiff_t i = from; i < to; ++i) {
    if constexpr (is_complex<T>) {
      const auto re = h[i].real() * sample.real() - h[i].imag() * sample.imag();
      const auto im = h[i].real() * sample.imag() + h[i].imag() * sample.real();
      out[i] += T(re, im);
    } else {
      out[i] += h[i] * sample;
    }
  }
}

template <class T>
void mark_nonfinite(const T* x, size_t n, const T* h, size_t m, T* out, size_t n_out,
                    ptrdiff_t start, size_t workers) {
  const Found of_x = find(x, n), of_h = find(h, m);
  const double products = static_cast<double>(of_x.infinite.size()) * static_cast<double>(m) +
                          static_cast<double>(of_h.infinite.size()) * static_cast<double>(n);
  if (products <= 32.0 * static_cast<double>(n + m)) {
    for (const ptrdiff_t j : of_x.infinite) add_sample(x[j], j, h, m, out, start, n_out);
    for (const ptrdiff_t k : of_h.infinite) add_sample(h[k], k, x, n, out, start, n_out);
  } else {
    mark_many(x, n, h, m, out, n_out, start, workers);
  }
  fill_nan(of_x.nan, m, out, n_out, start);
  fill_nan(of_h.nan, n, out, n_out, start);
}

#define FLIPSHIFT_INSTANTIATE(T)                                                             \
  template void add_sample<T>(T, ptrdiff_t, const T*, size_t, T*, ptrdiff_t, size_t);        \
  template void mark_nonfinite<T>(const T*, size_t, const T*, size_t, T*, size_t, ptrdiff_t, \
                                  size_t);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
