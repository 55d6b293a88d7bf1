// 1-D convolutions of the engine against their definition in long double: directly and by
// transforms of many lengths, all lengths up to a limit and a spread above, any part of the output.
//
// Meant for sanitizers (nox -s sanitize): arrays end where their memory ends, and start at every
// alignment that an element may have. check_convolve [limit], the instruction set by FLIPSHIFT_ISA.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <vector>

#include "engine/convolve.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/dispatch.hpp"

namespace {

using namespace flipshift;
using convolve::Method;
using Real = long double;
using Wide = std::complex<Real>;

std::size_t checks = 0, failures = 0;

// Multiples of 2^-10 in [-1, 1), exact in both precisions; integers take all of their values.
template <class T>
T number(std::uint32_t& state) {
  const auto next = [&] { return state = state * 1664525U + 1013904223U; };
  const auto part = [&] { return (static_cast<double>(next() >> 21) - 1024) / 1024; };
  if constexpr (std::is_integral_v<T>) {
    const std::uint64_t high = next(), low = next();
    return static_cast<T>(high << 32 ^ low);
  } else if constexpr (convolve::is_complex<T>) {
    const auto re = static_cast<convolve::Scalar<T>>(part());
    return T(re, static_cast<convolve::Scalar<T>>(part()));
  } else {
    return static_cast<T>(part());
  }
}

// n elements, `shifted` by one from where memory is aligned, ending with it.
template <class T>
struct Array {
  Array(std::size_t n, bool shifted) : memory(new T[n + shifted]), data(memory.get() + shifted) {}
  std::unique_ptr<T[]> memory;
  T* data;
};
template <class T>
Array<T> numbers(std::size_t n, bool shifted, std::uint32_t seed) {
  Array<T> a(n, shifted);
  for (std::size_t i = 0; i < n; ++i) a.data[i] = number<T>(seed);
  return a;
}

template <class T>
using Sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, Wide>;

template <class T>
std::vector<Sum<T>> definition(const T* x, std::size_t n, const T* h, std::size_t m) {
  std::vector<Sum<T>> y(n + m - 1);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < m; ++k) {
      if constexpr (std::is_integral_v<T>) {
        y[i + k] += std::uint64_t{x[i]} * h[k];
      } else {
        const Wide a(x[i]), b(h[k]);
        y[i + k] += Wide(a.real() * b.real() - a.imag() * b.imag(),
                         a.real() * b.imag() + a.imag() * b.real());
      }
    }
  return y;
}

// A sum of m products in any order: 2 m eps; transforms of N points: 7 log2(N) eps |h|_1 |x|_2,
// numbers being at most 1.5.
template <class T>
void compare(const Array<T>& out, std::size_t n_out, std::ptrdiff_t start,
             const std::vector<Sum<T>>& full, std::size_t n, std::size_t m, const char* what) {
  ++checks;
  for (std::size_t i = 0; i < n_out; ++i) {
    const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(i);
    const bool inside = at >= 0 && at < static_cast<std::ptrdiff_t>(full.size());
    const Sum<T> want = inside ? full[static_cast<std::size_t>(at)] : Sum<T>{};
    bool right;
    if constexpr (std::is_integral_v<T>) {
      right = out.data[i] == static_cast<T>(want);
    } else {
      using S = convolve::Scalar<T>;
      const Real size = 1.5L * std::min(n, m) * 1.5L * std::sqrt(Real(std::max(n, m)));
      const Real tolerance =
          7 * std::log2(Real(8 * (n + m))) * std::numeric_limits<S>::epsilon() * size;
      right = std::abs(Wide(out.data[i]) - want) <= tolerance;  // false for NaN
    }
    if (right) continue;
    if (++failures < 20)
      std::printf(
          "%s, %zu bytes: n = %zu, m = %zu, start = %td, n_out = %zu: output %zu is wrong\n", what,
          sizeof(T), n, m, start, n_out, i);
    return;
  }
}

template <class T>
void check(std::size_t n, std::size_t m, bool shifted, std::size_t workers) {
  const Array<T> x = numbers<T>(n, shifted, 1), h = numbers<T>(m, !shifted, 2);
  const std::vector<Sum<T>> full = definition(x.data, n, h.data, m);
  const std::size_t least = std::min(n, m);
  struct Part {
    std::ptrdiff_t start;
    std::size_t count;
  };
  const auto s = [](std::size_t v) { return static_cast<std::ptrdiff_t>(v); };
  for (const Part& part :
       {Part{0, n + m - 1}, Part{s((m - 1) / 2), n}, Part{s(least) - 1, std::max(n, m) - least + 1},
        Part{-3, n + m + 5}, Part{s(n / 2), 1}}) {
    Array<T> out(part.count, shifted);
    convolve::run(x.data, n, h.data, m, out.data, part.count, part.start, Method::direct, workers);
    compare<T>(out, part.count, part.start, full, n, m, "direct");
    convolve::run(x.data, n, h.data, m, out.data, part.count, part.start, Method::automatic,
                  workers);
    compare<T>(out, part.count, part.start, full, n, m, "automatic");
    if constexpr (!std::is_integral_v<T>) {
      convolve::run(x.data, n, h.data, m, out.data, part.count, part.start, Method::fft, workers);
      compare<T>(out, part.count, part.start, full, n, m, "fft");
      for (std::size_t size : {least, least + 1, 2 * least + 30, 2 * least + 61, 4 * least + 256}) {
        convolve::run_blocks(x.data, n, h.data, m, out.data, part.count, part.start, size, workers);
        compare<T>(out, part.count, part.start, full, n, m, "blocks");
      }
    }
  }
}

// Infinities, NaN and huge numbers at the ends and within: only that memory is kept.
template <class T>
void check_unusual(std::size_t n, std::size_t m) {
  using S = convolve::Scalar<T>;
  const S infinity = std::numeric_limits<S>::infinity();
  for (S value : {infinity, std::numeric_limits<S>::quiet_NaN(), S(1e30)})
    for (std::size_t count : {std::size_t{1}, n / 3}) {
      Array<T> x = numbers<T>(n, true, 3), h = numbers<T>(m, false, 4);
      for (std::size_t i = 0; i < count; ++i) x.data[n - 1 - 2 * i] = T(value);
      h.data[m - 1] = T(value);
      Array<T> fft(n + m - 1, false), direct(n + m - 1, false);
      convolve::run(x.data, n, h.data, m, fft.data, n + m - 1, 0, Method::fft);
      convolve::run(x.data, n, h.data, m, direct.data, n + m - 1, 0, Method::direct);
      ++checks;
      if (std::isfinite(value)) continue;
      for (std::size_t i = 0; i < n + m - 1; ++i)
        if (std::isfinite(std::abs(fft.data[i])) != std::isfinite(std::abs(direct.data[i]))) {
          if (++failures < 20)
            std::printf("%g, %zu bytes: n = %zu, m = %zu: output %zu is wrong\n",
                        static_cast<double>(value), sizeof(T), n, m, i);
          break;
        }
    }
}

template <class T>
void check_all(std::size_t limit) {
  for (std::size_t n = 1; n <= limit; ++n)
    for (std::size_t m : {n % 3 + 1, n % 7 + 4, n % 13 + 9, n % 19 + 17, n % 29 + 31, n})
      check<T>(n, m, (n + m) % 2 == 0, n % 2 + 1);
  for (std::size_t n : {200, 300, 511, 1000, 1025})
    for (std::size_t m : {5, 8, 33, 64, 100, 257}) check<T>(n, m, n % 2 == 0, 2);
  check<T>(70000, 9, true, 3);
  if constexpr (!std::is_integral_v<T>) {
    check_unusual<T>(100, 30);
    check_unusual<T>(3000, 250);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t limit = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 70;
  check_all<float>(limit);
  check_all<double>(limit);
  check_all<std::complex<float>>(limit);
  check_all<std::complex<double>>(limit);
  check_all<std::uint8_t>(limit);
  check_all<std::uint16_t>(limit);
  check_all<std::uint32_t>(limit);
  check_all<std::uint64_t>(limit);
  std::printf("%s: %zu results compared, %zu failures\n", isa_name(isa()), checks, failures);
  return failures ? 1 : 0;
}
