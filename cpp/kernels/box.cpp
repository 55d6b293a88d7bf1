// Means over boxes.
//
// Down the rows, a block of B results is made at once for each vector of columns: the sums from
// each row to the end of the first block stay in registers, and meet those of whole blocks and of
// the rows that follow (van Herk 1992, Gil and Werman 1993, with a block shorter than the window).
//
// Along a line, sums over 1, 2, 4, ... W samples come from one another by a shift of lanes and an
// addition each, from right to left, so that each vector is loaded once; a window is as many of W
// as fit, and one of each that its remainder takes.
#include "kernels/box.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "kernels/simd.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

// a * b + c, rounded once; left to itself, the compiler may round either product.
template <class T, int W>
FLIPSHIFT_INLINE Vec<T, W> fused(Vec<T, W> a, T b, Vec<T, W> c) {
#if defined(__FMA__)
  if constexpr (sizeof(a) == 64 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm512_fmadd_ps((__m512)a, _mm512_set1_ps(b), (__m512)c);
  } else if constexpr (sizeof(a) == 64) {
    return (Vec<T, W>)_mm512_fmadd_pd((__m512d)a, _mm512_set1_pd(b), (__m512d)c);
  } else if constexpr (sizeof(a) == 32 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm256_fmadd_ps((__m256)a, _mm256_set1_ps(b), (__m256)c);
  } else if constexpr (sizeof(a) == 32) {
    return (Vec<T, W>)_mm256_fmadd_pd((__m256d)a, _mm256_set1_pd(b), (__m256d)c);
  } else if constexpr (sizeof(a) == 16 && sizeof(T) == 4) {
    return (Vec<T, W>)_mm_fmadd_ps((__m128)a, _mm_set1_ps(b), (__m128)c);
  } else if constexpr (sizeof(a) == 16 && W > 1) {
    return (Vec<T, W>)_mm_fmadd_pd((__m128d)a, _mm_set1_pd(b), (__m128d)c);
  } else
#endif
      if constexpr (W == 1) {
    return sizeof(T) == 4 ? __builtin_fmaf(a, b, c) : __builtin_fma(a, b, c);
  } else {
    for (int l = 0; l < W; ++l) a[l] = fused<T, 1>(a[l], b, c[l]);
    return a;
  }
}

// Division by one number. With fused multiply-add it is a product with the reciprocal in two parts
// (Brisebarre, Muller and Raina 2004). The higher part is rounded down, so that both are positive
// and infinity stays infinity.
template <class T>
struct Quotient {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  T d, high, low;
  explicit Quotient(T d) : d(d), high(T(1) / d), low(0) {
#if defined(__FMA__) || defined(__aarch64__)
    T rest = __builtin_fma(-high, d, T(1));
    if (rest < 0) {
      Bits bits;
      std::memcpy(&bits, &high, sizeof(T));
      --bits;
      std::memcpy(&high, &bits, sizeof(T));
      rest = __builtin_fma(-high, d, T(1));
    }
    low = rest * high;
    if (low == 0) low = sizeof(T) == 4 ? T(__FLT_MIN__) : T(__DBL_MIN__);  // infinity * 0 is NaN
#endif
  }
  template <class V>
  FLIPSHIFT_INLINE V operator()(V v) const {
#if defined(__FMA__) || defined(__aarch64__)
    return fused<T, sizeof(V) / sizeof(T)>(v, high, v * low);
#else
    return v / d;
#endif
  }
};

// Calls f.run<W, V>(c) for groups of V vectors of W columns from c on, the widest first.
template <int W, int V, class F>
FLIPSHIFT_INLINE void over_columns(size_t c, size_t cols, const F& f) {
  for (; cols - c >= size_t(W) * V; c += W * V) f.template run<W, V>(c);
  if (c == cols) return;
  if constexpr (V > 1) {
    over_columns<W, 1>(c, cols, f);
  } else if constexpr (W > 1) {
    over_columns<W / 2, 1>(c, cols, f);
  }
}

// ---- Down the rows

template <class T>
struct AddRows {
  const T* const* rows;
  size_t count;
  T* y;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Vec<T, W> sum[V] = {};
    for (size_t k = 0; k < count; ++k)
      for (int v = 0; v < V; ++v) sum[v] += loadu<T, W>(rows[k] + c + v * W);
    for (int v = 0; v < V; ++v) storeu<T, W>(y + c + v * W, sum[v]);
  }
};
template <class T>
void add_rows(const T* const* rows, size_t count, size_t cols, T* y) {
  over_columns<max_width<T>, 4>(0, cols, AddRows<T>{rows, count, y});
}

template <class T, int B>
struct Columns {
  const T* const* rows;
  size_t n;
  const T* const* middle;
  size_t n_middle;
  T* total;
  T* y;
  size_t y_row;
  Quotient<T> divide;

  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    using X = Vec<T, W>;
    const size_t q = n_middle + 1, rest = n - q * B;
    X sum[B][V];
    const auto at = [&](const T* p, int v)
                        __attribute__((always_inline)) { return loadu<T, W>(p + c + v * W); };
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[B - 1][v] = at(rows[B - 1], v);
    for (size_t k = 0; k < n_middle; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[B - 1][v] += at(middle[k], v);
    }
#pragma GCC unroll 16
    for (int j = B - 2; j >= 0; --j) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[j][v] = sum[j + 1][v] + at(rows[j], v);
    }
    const T* const* next = rows + q * B;
    X end[V] = {};
    for (size_t k = 0; k < rest; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) end[v] += at(next[k], v);
    }
    next += rest;
    const size_t whole = total ? B - rest : B + 1;  // results until a block is complete
#pragma GCC unroll 16
    for (int j = 0; j < B; ++j) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) {
        storeu<T, W>(y + j * y_row + c + v * W, divide(X(sum[j][v] + end[v])));
        if (j + 1 < B) end[v] += at(next[j], v);
        if (j + 1 == B && whole == B) end[v] += at(next[j], v);
      }
      if (whole == size_t(j + 1)) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) storeu<T, W>(total + c + v * W, end[v]);
      }
    }
  }
};

constexpr int largest_block = FLIPSHIFT_VECTOR_REGISTERS / 2;

template <class T>
size_t block(size_t n) {
  // Of longer windows there are more whole blocks to be added.
  return n < 4 ? 2 : n < 8 ? 4 : n < 48 ? 8 : largest_block;
}

template <class T, int B>
void columns_of(const T* const* rows, size_t n, size_t cols, const T* const* middle, T* total, T* y,
                size_t y_row, T divisor) {
  constexpr int V = std::clamp(largest_block / B, 1, 4);
  over_columns<max_width<T>, V>(
      0, cols, Columns<T, B>{rows, n, middle, n / B - 1, total, y, y_row, Quotient<T>(divisor)});
}
template <class T>
void columns(const T* const* rows, size_t n, size_t cols, const T* const* middle, T* total, T* y,
             size_t y_row, T divisor) {
  switch (block<T>(n)) {
    case 2:
      return columns_of<T, 2>(rows, n, cols, middle, total, y, y_row, divisor);
    case 4:
      return columns_of<T, 4>(rows, n, cols, middle, total, y, y_row, divisor);
    case 8:
      return columns_of<T, 8>(rows, n, cols, middle, total, y, y_row, divisor);
    case 16:
      return columns_of<T, 16>(rows, n, cols, middle, total, y, y_row, divisor);
  }
}

// ---- Along a line, any step

// Numbers of a line that are summed while they are in the first-level cache.
constexpr size_t chunk = 2048;

template <class T>
struct Direct {
  const T* x;
  size_t n, step;
  T* y;
  Quotient<T> divide;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    Vec<T, W> sum[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sum[v] = loadu<T, W>(x + c + v * W);
    for (size_t k = 1; k < n; ++k) {
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sum[v] += loadu<T, W>(x + c + k * step + v * W);
    }
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) storeu<T, W>(y + c + v * W, divide(sum[v]));
  }
};
template <class T>
struct Add {  // y may be a
  const T *a, *b;
  T* y;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    for (int v = 0; v < V; ++v) {
      const auto sum = loadu<T, W>(a + c + v * W) + loadu<T, W>(b + c + v * W);
      storeu<T, W>(y + c + v * W, sum);
    }
  }
};
template <class T>
struct AddAndDivide {
  const T *a, *b;
  T* y;
  Quotient<T> divide;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    const auto sum = loadu<T, W>(a + c) + loadu<T, W>(b + c);
    storeu<T, W>(y + c, divide(sum));
  }
};

// By sums over 2, 4, 8, ... samples in the cache; n > 1.
template <class T>
void by_doubling(const T* x, size_t n, size_t step, T* y, size_t count, Quotient<T> divide,
                 T* scratch) {
  constexpr int W = max_width<T>;
  T* sums = scratch;
  T* part = scratch + chunk + n * step;
  const T *s = x, *done = nullptr;
  size_t length = 1, offset = 0, numbers = count + (n - 1) * step;
  for (size_t left = n;; left /= 2) {
    if (left == 1) {
      if (done)
        over_columns<W, 1>(0, count, AddAndDivide<T>{done, s + offset * step, y, divide});
      else
        over_columns<W, 4>(0, count, Direct<T>{s, 1, step, y, divide});
      return;
    }
    if (left % 2) {
      if (done)
        over_columns<W, 1>(0, count, Add<T>{done, s + offset * step, part});
      else if (s != x)
        std::copy_n(s, count, part);
      done = done || s != x ? part : x;
      offset += length;
    }
    numbers -= length * step;
    over_columns<W, 1>(0, numbers, Add<T>{s, s + length * step, sums});
    s = sums;
    length *= 2;
  }
}

// ---- Along a line of adjacent samples

// Lanes K ... K + W - 1 of a and the vector behind it.
template <int K, class T, int W>
FLIPSHIFT_INLINE Vec<T, W> ahead(Vec<T, W> a, Vec<T, W> next) {
  if constexpr (K == 0) {
    return a;
  } else {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4 && W == 16)
      return (Vec<T, W>)_mm512_maskz_alignr_epi32(0xffff, (__m512i)next, (__m512i)a, K);
    else if constexpr (sizeof(T) == 8 && W == 8)
      return (Vec<T, W>)_mm512_maskz_alignr_epi64(0xff, (__m512i)next, (__m512i)a, K);
    else
#endif
      return [&]<int... L>(std::integer_sequence<int, L...>) __attribute__((always_inline)) {
        return __builtin_shufflevector(a, next, (L + K)...);
      }(std::make_integer_sequence<int, W>{});
  }
}

// Sums over 1, 2, 4, ... samples from each lane of a vector on.
template <class T, int W>
struct Powers {
  static constexpr int levels = W == 2 ? 2 : W == 4 ? 3 : W == 8 ? 4 : 5;
  Vec<T, W> of[levels];

  // From those of the vector behind it; up to 2^Top samples.
  template <int Top, int L = 0>
  FLIPSHIFT_INLINE void step(Vec<T, W> x) {
    const Vec<T, W> next = of[L];
    of[L] = x;
    if constexpr (L < Top) step<Top, L + 1>(x + ahead<(1 << L), T, W>(x, next));
  }
  // Sums over R samples; `next` are those of the vector behind.
  template <int R>
  static FLIPSHIFT_INLINE Vec<T, W> window(const Powers& now, const Powers& next) {
    return add<R, 0, 0>(Vec<T, W>{}, now, next);
  }

 private:
  template <int R, int L, int Offset>
  static FLIPSHIFT_INLINE Vec<T, W> add(Vec<T, W> sum, const Powers& now, const Powers& next) {
    if constexpr (R >> L == 0) {
      return sum;
    } else if constexpr ((R >> L) % 2) {
      const Vec<T, W> part = ahead<Offset, T, W>(now.of[L], next.of[L]);
      return add<R, L + 1, Offset + (1 << L)>(Offset ? Vec<T, W>(sum + part) : part, now, next);
    } else {
      return add<R, L + 1, Offset>(sum, now, next);
    }
  }
};
constexpr int top_bit(int n) { return n < 2 ? 0 : 1 + top_bit(n / 2); }

template <class T, int W>
FLIPSHIFT_INLINE void store_first(T* y, Vec<T, W> v, size_t count) {
  if (count >= size_t(W)) return storeu<T, W>(y, v);
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4)
    return _mm512_mask_storeu_ps(y, static_cast<__mmask16>((1u << count) - 1), (__m512)v);
  else
    return _mm512_mask_storeu_pd(y, static_cast<__mmask8>((1u << count) - 1), (__m512d)v);
#else
#pragma GCC unroll 8
  for (int l = 0; l + 1 < W; ++l)
    if (size_t(l) < count) y[l] = v[l];
#endif
}

// n = q W + R.
template <class T, int R>
void short_line(const T* x, size_t q, T* y, size_t count, Quotient<T> divide, T* scratch) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  using P = Powers<T, W>;
  const size_t vectors = (count + W - 1) / W;
  P now{};
  const auto move = [&](auto top, size_t v) __attribute__((always_inline)) {
    V samples = loadu<T, W>(x + v * W);
    keep(samples);
    now.template step<decltype(top)::value>(samples);
  };
  // Calls result(v) for each vector from right to left and stores what it returns.
  const auto store_all = [&](auto&& result) __attribute__((always_inline)) {
    size_t v = vectors;
    if (count % W) {
      --v;
      store_first<T, W>(y + v * W, divide(result(v)), count - v * W);
    }
    for (; v > 0; --v) storeu<T, W>(y + (v - 1) * W, divide(result(v - 1)));
  };
  if (q == 0) {
    using Top = std::integral_constant<int, top_bit(R)>;
    move(Top{}, vectors);
    store_all([&](size_t v) __attribute__((always_inline)) {
      const P next = now;
      move(Top{}, v);
      return P::template window<R>(now, next);
    });
    return;
  }
  using Top = std::integral_constant<int, P::levels - 1>;
  if (q == 1) {
    move(Top{}, vectors + 1);
    P next = now;
    move(Top{}, vectors);
    V rest = P::template window<R>(now, next);
    store_all([&](size_t v) __attribute__((always_inline)) {
      const P behind = now;
      move(Top{}, v);
      const V sum = R ? V(now.of[Top::value] + rest) : now.of[Top::value];
      rest = P::template window<R>(now, behind);
      return sum;
    });
    return;
  }
  // All sums over W and over R samples first, then those over q of the former.
  T* whole = scratch;
  T* rests = scratch + (vectors + q) * W;
  T* ends = rests + (vectors + q) * W;
  move(Top{}, vectors + q);
  for (size_t v = vectors + q; v-- > 0;) {
    const P next = now;
    move(Top{}, v);
    store<T, W>(whole + v * W, now.of[Top::value]);
    if (R) store<T, W>(rests + v * W, P::template window<R>(now, next));
  }
  const auto sum_of = [&](size_t v, V sum) __attribute__((always_inline)) {
    if (R) sum += load<T, W>(rests + (v + q) * W);
    return sum;
  };
  if (q <= 5) {
    store_all([&](size_t v) __attribute__((always_inline)) {
      V sum = load<T, W>(whole + v * W);
      for (size_t k = 1; k < q; ++k) sum += load<T, W>(whole + (v + k) * W);
      return sum_of(v, sum);
    });
    return;
  }
  for (size_t from = 0; from < vectors; from += q) {
    V sum{};
    for (size_t k = q; k-- > 0;) {
      sum += load<T, W>(whole + (from + k) * W);
      store<T, W>(ends + k * W, sum);
    }
    const size_t some = std::min(q, vectors - from);
    V begin{};
    for (size_t k = 0; k < some; ++k) {
      const size_t v = from + k;
      const V result = divide(sum_of(v, load<T, W>(ends + k * W) + begin));
      store_first<T, W>(y + v * W, result, count - v * W);
      begin += load<T, W>(whole + (v + q) * W);
    }
  }
}

template <class T, int... R>
FLIPSHIFT_INLINE void short_line_of(std::integer_sequence<int, R...>, size_t rest, const T* x,
                                    size_t q, T* y, size_t count, Quotient<T> divide, T* scratch) {
  ((rest == size_t(R) && (short_line<T, R>(x, q, y, count, divide, scratch), true)) || ...);
}

template <class T>
size_t line_scratch(size_t n, size_t step) {
  constexpr size_t W = max_width<T>;
  return 2 * (chunk + n * step) + n + 8 * W;
}

template <class T>
void lines(const T* x, size_t x_row, size_t rows, size_t n, size_t step, T* y, size_t y_row,
           size_t count, T divisor, T* scratch) {
  constexpr int W = max_width<T>;
  const Quotient<T> divide(divisor);
  for (size_t row = 0; row < rows; ++row, x += x_row, y += y_row) {
    if (n <= 3) {
      over_columns<W, 4>(0, count, Direct<T>{x, n, step, y, divide});
      continue;
    }
    for (size_t i = 0; i < count; i += chunk) {
      const size_t some = std::min(chunk, count - i);
      if (step == 1)
        short_line_of<T>(std::make_integer_sequence<int, W>{}, n % W, x + i, n / W, y + i, some,
                         divide, scratch);
      else
        by_doubling(x + i, n, step, y + i, some, divide, scratch);
    }
  }
}

// ---- Integers

template <class T>
void truncate(T* y, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = T(std::int32_t(y[i]));
}
template <class X, class T>
void widen(const X* x, size_t count, T* y) {
  for (size_t i = 0; i < count; ++i) y[i] = T(x[i]);
}
template <class X, class T>
void narrow(const T* x, size_t count, X* y) {
  for (size_t i = 0; i < count; ++i) y[i] = X(std::int32_t(x[i]));
}

}  // namespace

#define FLIPSHIFT_FILL(T)                 \
  void fill(BoxTable<T>& table) {         \
    table.block = block<T>;               \
    table.add_rows = add_rows<T>;         \
    table.columns = columns<T>;           \
    table.lines = lines<T>;               \
    table.line_scratch = line_scratch<T>; \
    table.truncate = truncate<T>;         \
  }
FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

#define FLIPSHIFT_FILL_PIXELS(X, T)   \
  void fill(BoxPixels<X, T>& table) { \
    table.widen = widen<X, T>;        \
    table.narrow = narrow<X, T>;      \
  }
FLIPSHIFT_FOR_BOX_PIXELS(FLIPSHIFT_FILL_PIXELS)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
