// What a line of samples continues with beyond its ends.
#pragma once

#include <cstddef>

namespace flipshift {

enum class Boundary {
  fill,     // k k k | a b c d | k k k, a given number
  wrap,     // b c d | a b c d | a b c
  symm,     // c b a | a b c d | d c b, period 2 n
  mirror,   // d c b | a b c d | c b a, period 2 n - 2
  nearest,  // a a a | a b c d | d d d
};

// The index in [0, n) whose sample stands at index i, or -1 for the given number; n > 0.
inline std::ptrdiff_t index_inside(std::ptrdiff_t i, std::ptrdiff_t n, Boundary boundary) {
  if (i >= 0 && i < n) return i;
  const auto modulo = [](std::ptrdiff_t a, std::ptrdiff_t b) {
    a %= b;
    return a < 0 ? a + b : a;
  };
  switch (boundary) {
    case Boundary::fill:
      return -1;
    case Boundary::wrap:
      return modulo(i, n);
    case Boundary::symm:
      i = modulo(i, 2 * n);
      return i < n ? i : 2 * n - 1 - i;
    case Boundary::mirror:
      if (n == 1) return 0;
      i = modulo(i, 2 * n - 2);
      return i < n ? i : 2 * n - 2 - i;
    case Boundary::nearest:
      return i < 0 ? 0 : n - 1;
  }
  return -1;
}

// How an image goes on beyond its edges.
template <class T>
struct Outside {
  Boundary rows;  // above and below
  Boundary cols;  // left and right
  T fillvalue;
};

}  // namespace flipshift
