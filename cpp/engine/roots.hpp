// Roots of unity, right to the last bit but one in any precision that is narrower than long double.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace flipshift {

struct Root {
  long double re, im;
};

// exp(-2 pi i k / n) by reduction to an octant in integers, so that symmetric roots are equal.
inline Root root(std::size_t k, std::size_t n) {
  k %= n;
  // Angles in units of 2 pi / (8 n); the octant is k8 / n.
  const std::size_t octant = 8 * k / n;
  const std::size_t k8 = 8 * k - octant * n;  // rest within the octant
  const std::size_t part = octant % 2 ? n - k8 : k8;
  const long double angle =
      0.785398163397448309615660845819875721L * static_cast<long double>(part) / n;
  const long double c = std::cos(angle), s = std::sin(angle);
  switch (octant) {
    case 0:
      return {c, -s};
    case 1:
      return {s, -c};
    case 2:
      return {-s, -c};
    case 3:
      return {-c, -s};
    case 4:
      return {-c, s};
    case 5:
      return {-s, c};
    case 6:
      return {s, c};
    default:
      return {c, s};
  }
}

// Many roots of one order: the product of two from short tables, in long double. A product is off
// by at most 2^-62, which shifts the rounding to double in one case of a thousand.
class Roots {
 public:
  explicit Roots(std::size_t n) : n_(n) {
    while (fine_count_ * fine_count_ < n) fine_count_ *= 2;
    for (std::size_t k = 0; k < fine_count_; ++k) fine_.push_back(root(k, n));
    for (std::size_t k = 0; k < n; k += fine_count_) coarse_.push_back(root(k, n));
  }
  // exp(-2 pi i k / n)
  Root operator[](std::size_t k) const {
    k %= n_;
    const Root a = coarse_[k / fine_count_], b = fine_[k % fine_count_];
    if (k % fine_count_ == 0) return a;
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }

 private:
  std::size_t n_, fine_count_ = 1;
  std::vector<Root> fine_, coarse_;
};

}  // namespace flipshift
