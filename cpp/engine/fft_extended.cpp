// Passes that sort themselves (T. G. Stockham, AFIPS Spring Joint Computer Conference 28, 1966).
#include "engine/fft_extended.hpp"

#include <utility>

namespace flipshift::fft {

namespace {

Root operator+(const Root& a, const Root& b) { return {a.re + b.re, a.im + b.im}; }
Root operator-(const Root& a, const Root& b) { return {a.re - b.re, a.im - b.im}; }
Root operator*(const Root& a, const Root& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

// With w = exp(-2 pi i done / n): for p < m and q < done, y[q + done (r p + k)] = w^(pk)
// sum_i x[q + done (p + m i)] exp(-2 pi i ik / r), where r m done = n.
void pass4(const Root* x, Root* y, std::size_t m, std::size_t done, const Roots& roots) {
  const std::size_t apart = done * m;
  for (std::size_t p = 0; p < m; ++p) {
    const Root w1 = roots[p * done], w2 = roots[2 * p * done], w3 = roots[3 * p * done];
    for (std::size_t q = 0; q < done; ++q) {
      const Root* const a = x + q + done * p;
      Root* const to = y + q + 4 * done * p;
      const Root s = a[0] + a[2 * apart], u = a[0] - a[2 * apart];
      const Root t = a[apart] + a[3 * apart], v = a[apart] - a[3 * apart];
      to[0] = s + t;
      to[done] = w1 * Root{u.re + v.im, u.im - v.re};
      to[2 * done] = w2 * (s - t);
      to[3 * done] = w3 * Root{u.re - v.im, u.im + v.re};
    }
  }
}

void pass(const Root* x, Root* y, std::size_t r, std::size_t m, std::size_t done, std::size_t n,
          const Roots& roots) {
  for (std::size_t p = 0; p < m; ++p) {
    for (std::size_t k = 0; k < r; ++k) {
      const Root first = roots[p * k * done];
      for (std::size_t q = 0; q < done; ++q) {
        Root sum = x[q + done * p];
        for (std::size_t i = 1; i < r; ++i)
          sum = sum + x[q + done * (p + m * i)] * roots[i * k % r * (n / r)];
        y[q + done * (r * p + k)] = first * sum;
      }
    }
  }
}

}  // namespace

void extended_transform(std::vector<Root>& x) {
  const std::size_t n = x.size();
  const Roots roots(n);
  std::vector<Root> y(n);
  for (std::size_t done = 1, m = n; m > 1;) {
    std::size_t r = m % 4 == 0 ? 4 : 2;
    while (m % r != 0) ++r;
    m /= r;
    if (r == 4) {
      pass4(x.data(), y.data(), m, done, roots);
    } else {
      pass(x.data(), y.data(), r, m, done, n, roots);
    }
    std::swap(x, y);
    done *= r;
  }
}

}  // namespace flipshift::fft
