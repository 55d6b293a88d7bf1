// Streams and prepared kernels against the sum, in blocks of any lengths, with crossfades, and from
// several threads that share one kernel. Meant for sanitizers (nox -s sanitize).
// check_convolver [rounds]
#include <atomic>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "engine/convolver.hpp"
#include "engine/convolver_stream.hpp"

namespace {

using namespace flipshift;
using namespace flipshift::convolve;

std::atomic<std::size_t> done{0}, failures{0};

template <class T>
std::vector<T> numbers(std::size_t n, std::mt19937& random) {
  std::normal_distribution<double> normal;
  std::vector<T> x(n);
  for (T& v : x) {
    if constexpr (is_complex<T>) {
      v = T(static_cast<Scalar<T>>(normal(random)), static_cast<Scalar<T>>(normal(random)));
    } else {
      v = static_cast<T>(normal(random));
    }
  }
  return x;
}

template <class T>
using Wide = std::conditional_t<is_complex<T>, std::complex<long double>, long double>;

// Output i of the convolution.
template <class T>
Wide<T> output(const std::vector<T>& x, const std::vector<T>& h, std::size_t i) {
  Wide<T> sum{};
  for (std::size_t k = i < x.size() ? 0 : i - x.size() + 1; k < h.size() && k <= i; ++k)
    sum += Wide<T>(h[k]) * Wide<T>(x[i - k]);
  return sum;
}

// Whether v is what rounding makes of `wanted` (tests/test_convolver.py states the bound).
template <class T>
void check(const char* what, T v, Wide<T> wanted, std::size_t n, std::size_t m) {
  const double size = 2.0 * static_cast<double>(n + m);
  const double unit = std::numeric_limits<Scalar<T>>::epsilon() / 2;
  const double bound =
      2 * 7 * (3 * std::log2(size) + 2) * unit * 6 * std::sqrt(2.0 * static_cast<double>(m));
  ++done;
  if (static_cast<double>(std::abs(Wide<T>(v) - wanted)) <= bound) return;
  ++failures;
  std::printf("%s of %zu samples and %zu taps is wrong\n", what, n, m);
}

template <class T>
void stream(std::mt19937& random) {
  const auto between = [&](std::size_t a, std::size_t b) { return a + random() % (b - a + 1); };
  const std::size_t m = between(1, random() % 2 ? 300 : 9000), n = between(1, 20000);
  const auto x = numbers<T>(n, random), h = numbers<T>(m, random);
  const auto other = numbers<T>(random() % 2 ? m : between(1, m), random);
  const auto scheme = cheapest_scheme<T>(m, between(1, 1500));
  const Convolver<T> first(h.data(), h.size()), second(other.data(), other.size());
  Stream<T> stream(first.partitions(scheme), 1);
  const std::size_t change = between(0, n), fade = random() % 2 ? 0 : between(1, 3000);
  std::vector<T> y(n);
  for (std::size_t at = 0; at < n;) {
    if (at == change) stream.exchange(second.partitions(scheme), fade);
    const std::size_t end = at < change ? change : n;
    const std::size_t length = std::min(between(1, 700), end - at);
    stream.process(x.data() + at, 0, y.data() + at, 0, length, 1);
    at += length;
  }
  for (int i = 0; i < 20; ++i) {
    // Half of them after the exchange, when what it has made is heard.
    const std::size_t soon = std::min(n - 1, change + between(0, 2000));
    const std::size_t at = i % 2 ? soon : between(0, n - 1);
    Wide<T> wanted = output(x, h, at);
    if (at >= change) {
      const std::size_t passed = at - change + 1;
      const long double g = passed > fade ? 1.0L : static_cast<long double>(passed) / (fade + 1);
      wanted = (1 - g) * wanted + g * output(x, other, at);
    }
    check("a stream", y[at], wanted, n, m);
  }
}

// Threads that convolve signals of different lengths with one kernel at the same time.
template <class T>
void shared(std::mt19937& random) {
  const auto h = numbers<T>(700, random), x = numbers<T>(9000, random);
  const Convolver<T> convolver(h.data(), h.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t n = 50 + t; n < x.size(); n = 3 * n + t) {
        std::vector<T> y(n + h.size() - 1);
        convolver.run(x.data(), n, y.data(), y.size(), 0);
        const std::vector<T> part(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n));
        for (std::size_t i = 0; i < y.size(); i += 97)
          check("a convolution", y[i], output(part, h, i), n, h.size());
        Stream<T> stream(convolver.partitions(cheapest_scheme<T>(700, 64 << (t % 2))), 2);
        std::vector<T> z(2 * n);
        stream.process(x.data(), 0, z.data(), static_cast<std::ptrdiff_t>(n), n, 2);
        for (std::size_t i = 0; i < n; i += 97)
          check("a shared stream", z[n + i], output(part, h, i), n, h.size());
      }
    });
  }
  for (std::thread& t : threads) t.join();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 10;
  std::mt19937 random(1);
  for (int round = 0; round < rounds; ++round) {
    stream<float>(random);
    stream<double>(random);
    stream<std::complex<float>>(random);
    stream<std::complex<double>>(random);
  }
  shared<float>(random);
  shared<std::complex<double>>(random);
  std::printf("%zu outputs checked, %zu wrong\n", done.load(), failures.load());
  return failures ? 1 : 0;
}
