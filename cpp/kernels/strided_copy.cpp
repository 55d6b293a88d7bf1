// What each function does is said in kernels/strided_copy.hpp.
#include "kernels/strided_copy.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::ptrdiff_t;
using std::size_t;

template <int W, int unit>
struct ReversedMap {
  static constexpr int of(int i) { return W - unit - i / unit * unit + i % unit; }
};
// Number 2k of a vector and of one that begins with its last number but one, so that nothing beyond
// the last one is read.
template <int W, int unit>
struct SecondMap {
  static constexpr int of(int i) {
    constexpr int m = W / unit;
    const int number = 2 * (i / unit);
    return (number < m ? number : number + 1) * unit + i % unit;
  }
};
// Number 3k, as far as it is in two vectors that follow each other; then the rest from a third one,
// which begins two numbers before the end of the second.
template <int W, int unit>
struct ThirdMap {
  static constexpr int of(int i) {
    constexpr int m = W / unit;
    const int number = 3 * (i / unit);
    return (number < 2 * m ? number : 0) * unit + i % unit;
  }
};
template <int W, int unit>
struct RestMap {
  static constexpr int of(int i) {
    constexpr int m = W / unit;
    const int number = 3 * (i / unit);
    return number < 2 * m ? i : W + (number - 2 * m + 2) * unit + i % unit;
  }
};

// W / unit numbers.
template <class T, int W, int unit, int step>
FLIPSHIFT_INLINE Vec<T, W> take(const T* x) {
  constexpr int m = W / unit;
  if constexpr (step == -1) {
    const Vec<T, W> v = loadu<T, W>(x - unit * (m - 1));
    return shuffle<T, W, ReversedMap<W, unit>>(v, v);
  } else if constexpr (step == 2) {
    return shuffle<T, W, SecondMap<W, unit>>(loadu<T, W>(x), loadu<T, W>(x + W - unit));
  } else {
    const Vec<T, W> v = shuffle<T, W, ThirdMap<W, unit>>(loadu<T, W>(x), loadu<T, W>(x + W));
    return shuffle<T, W, RestMap<W, unit>>(v, loadu<T, W>(x + 2 * W - 2 * unit));
  }
}

template <class T, int W, int unit, int step>
FLIPSHIFT_INLINE void row(const T* x, size_t n, T* y) {
  constexpr int m = W / unit;
  if constexpr (m < 2) {
    for (size_t i = 0; i < n; ++i, x += unit * step, y += unit)
      for (int u = 0; u < unit; ++u) y[u] = x[u];
  } else {
    if (n < size_t(m)) return row<T, W / 2, unit, step>(x, n, y);
    for (size_t i = 0; i < n; i += m) {
      const auto at = ptrdiff_t(i + m <= n ? i : n - m);  // the last ones are moved back
      storeu<T, W>(y + unit * at, take<T, W, unit, step>(x + unit * step * at));
    }
  }
}

template <class T, int W, int unit, int step>
void rows_at(const T* x, ptrdiff_t x_row, size_t rows, size_t n, T* y, ptrdiff_t y_row) {
  for (size_t r = 0; r < rows; ++r, x += unit * x_row, y += unit * y_row)
    row<T, W, unit, step>(x, n, y);
}

template <class T, int unit>
void rows(const T* x, ptrdiff_t x_row, size_t rows, size_t n, ptrdiff_t step, T* y,
          ptrdiff_t y_row) {
  constexpr int W = max_width<T>;
  if (step == -1) return rows_at<T, W, unit, -1>(x, x_row, rows, n, y, y_row);
  if (step == 2) return rows_at<T, W, unit, 2>(x, x_row, rows, n, y, y_row);
  if (step == 3) return rows_at<T, W, unit, 3>(x, x_row, rows, n, y, y_row);
  for (size_t r = 0; r < rows; ++r, x += unit * x_row, y += unit * y_row)
    for (size_t i = 0; i < n; ++i)
      for (int u = 0; u < unit; ++u) y[unit * i + u] = x[unit * step * ptrdiff_t(i) + u];
}

template <class T>
void fill_table(StridedCopyTable<T>& t) {
  t.rows = rows<T, 1>;
  t.rows_of_pairs = rows<T, 2>;
}

}  // namespace

void fill(StridedCopyTable<float>& t) { fill_table(t); }
void fill(StridedCopyTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
