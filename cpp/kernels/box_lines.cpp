// Means over boxes, along a line.
//
// Sums over 1, 2, 4, ... W samples come from one another by a shift of lanes and an addition each,
// from right to left, so that each vector is loaded once; a window is as many of W as fit, and one
// of each that its remainder takes.
#include "kernels/box_lines.hpp"

#include <utility>

#include "kernels/box_sums.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// ---- Along a line, any step

// Numbers of a line that are summed while they are in the first-level cache.
constexpr size_t chunk = 2048;

// Stores whole vectors past the caches if S.
template <class T, int W, bool S>
FLIPSHIFT_INLINE void put(T* y, Vec<T, W> v) {
  if constexpr (S && W == max_width<T>)
    stream<T, W>(y, v);
  else
    storeu<T, W>(y, v);
}

template <class T, bool S>
struct Direct {
  static constexpr bool repeats = !S;
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
    for (int v = 0; v < V; ++v) put<T, W, S>(y + c + v * W, divide(sum[v]));
  }
};
template <class T>
struct Add {  // y may be a
  static constexpr bool repeats = false;
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
template <class T, bool S>
struct AddAndDivide {
  static constexpr bool repeats = !S;
  const T *a, *b;
  T* y;
  Quotient<T> divide;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    const auto sum = loadu<T, W>(a + c) + loadu<T, W>(b + c);
    put<T, W, S>(y + c, divide(sum));
  }
};

// By sums over 2, 4, 8, ... samples in the cache; n > 1.
template <class T, bool S>
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
        over_columns<W, 1>(0, count, AddAndDivide<T, S>{done, s + offset * step, y, divide});
      else
        over_columns<W, 4>(0, count, Direct<T, S>{s, 1, step, y, divide});
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
FLIPSHIFT_INLINE void short_line(const T* x, size_t q, T* y, size_t count, Quotient<T> divide,
                                 T* scratch, bool streamed, size_t ahead) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  using P = Powers<T, W>;
  const size_t vectors = (count + W - 1) / W;
  P now{};
  const auto move = [&](auto top, size_t v) __attribute__((always_inline)) {
    V samples = loadu<T, W>(x + v * W);
    keep(samples);
    if (ahead > 0) __builtin_prefetch(x + ahead + v * W);
    now.template step<decltype(top)::value>(samples);
  };
  // Calls result(v) for each vector from right to left and stores what it returns.
  const auto store_all = [&](auto&& result) __attribute__((always_inline)) {
    size_t v = vectors;
    if (count % W) {
      --v;
      store_first<T, W>(y + v * W, divide(result(v)), count - v * W);
    }
    for (; v > 0; --v) {
      const V mean = divide(result(v - 1));
      if (streamed)
        stream<T, W>(y + (v - 1) * W, mean);
      else
        storeu<T, W>(y + (v - 1) * W, mean);
    }
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
  // Few whole vectors: their sums, and those over R samples, wait in registers.
  const auto store_few = [&]<int Q>(std::integral_constant<int, Q>) __attribute__((always_inline)) {
    V whole_of[Q], rest[Q];  // of the vectors behind
    move(Top{}, vectors + Q);
#pragma GCC unroll 4
    for (int k = Q - 1; k >= 0; --k) {
      const P behind = now;
      move(Top{}, vectors + k);
      whole_of[k] = now.of[Top::value];
      rest[k] = P::template window<R>(now, behind);
    }
    store_all([&](size_t v) __attribute__((always_inline)) {
      const P behind = now;
      move(Top{}, v);
      V sum = now.of[Top::value];
#pragma GCC unroll 4
      for (int k = 0; k + 1 < Q; ++k) sum += whole_of[k];
      if (R) sum += rest[Q - 1];
#pragma GCC unroll 4
      for (int k = Q - 1; k > 0; --k) {
        rest[k] = rest[k - 1];
        whole_of[k] = whole_of[k - 1];
      }
      rest[0] = P::template window<R>(now, behind);
      whole_of[0] = now.of[Top::value];
      return sum;
    });
  };
  if (q == 1) return store_few(std::integral_constant<int, 1>{});
  if (q == 2) return store_few(std::integral_constant<int, 2>{});
  if (q == 3) return store_few(std::integral_constant<int, 3>{});
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

template <class T>
size_t line_scratch(size_t n, size_t step) {
  constexpr size_t W = max_width<T>;
  return 2 * (chunk + n * step) + n + 8 * W;
}

template <class T>
struct Rows {
  const T* x;
  size_t x_row, rows;
  T* y;
  size_t y_row, count;
  bool streamed, far;

  // Calls f(x, y, count, streamed) for pieces of up to `most` numbers.
  template <class F>
  FLIPSHIFT_INLINE void pieces(size_t most, const F& f) const {
    for (size_t row = 0; row < rows; ++row) {
      const T* from = x + row * x_row;
      T* to = y + row * y_row;
      const size_t head = streamed ? unaligned_head(to, count) : 0;
      for (size_t i = 0, some; i < count; i += some) {
        const bool at_head = i < head;
        some = at_head ? head : std::min(most, count - i);
        f(from + i, to + i, some, streamed && !at_head);
      }
    }
  }
};

template <class T, int R>
void short_lines(const Rows<T>& rows, size_t q, Quotient<T> divide, T* scratch) {
  rows.pieces(
      chunk, [&](const T* x, T* y, size_t count, bool streamed) __attribute__((always_inline)) {
        short_line<T, R>(x, q, y, count, divide, scratch, streamed, rows.far ? rows.x_row : 0);
      });
}
template <class T, int... R>
FLIPSHIFT_INLINE void short_lines_of(std::integer_sequence<int, R...>, size_t n,
                                     const Rows<T>& rows, Quotient<T> divide, T* scratch) {
  constexpr size_t W = sizeof...(R);
  ((n % W == size_t(R) && (short_lines<T, R>(rows, n / W, divide, scratch), true)) || ...);
}

template <class T>
void lines(const T* x, size_t x_row, size_t rows, size_t n, size_t step, T* y, size_t y_row,
           size_t count, T divisor, T* scratch, bool streamed, bool far) {
  const Quotient<T> divide(divisor);
  const Rows<T> all{x, x_row, rows, y, y_row, count, streamed, far};
  if (step == 1 && n > 1) {
    short_lines_of<T>(std::make_integer_sequence<int, max_width<T>>{}, n, all, divide, scratch);
  } else if (n <= 3) {
    all.pieces(count, [&](const T* from, T* to, size_t some, bool past_caches) {
      if (past_caches)
        over_columns<max_width<T>, 4>(0, some, Direct<T, true>{from, n, step, to, divide});
      else
        over_columns<max_width<T>, 4>(0, some, Direct<T, false>{from, n, step, to, divide});
    });
  } else {
    all.pieces(chunk, [&](const T* from, T* to, size_t some, bool past_caches) {
      if (past_caches)
        by_doubling<T, true>(from, n, step, to, some, divide, scratch);
      else
        by_doubling<T, false>(from, n, step, to, some, divide, scratch);
    });
  }
}

template <class T>
struct Copy {
  static constexpr bool repeats = true;
  const T* x;
  T* y;
  template <int W, int V>
  FLIPSHIFT_INLINE void run(size_t c) const {
    for (int v = 0; v < V; ++v) storeu<T, W>(y + c + v * W, loadu<T, W>(x + c + v * W));
  }
};
template <class T>
void copy(const T* const* x, size_t rows, size_t cols, T* y, size_t y_row) {
  for (size_t row = 0; row < rows; ++row)
    over_columns<max_width<T>, 4>(0, cols, Copy<T>{x[row], y + row * y_row});
}

template <class T>
void extend(T* y, size_t y_row, size_t rows, const BoxEdge* edges, size_t count) {
  for (size_t row = 0; row < rows; ++row, y += y_row)
    for (size_t k = 0; k < count; ++k) y[edges[k].to] = y[edges[k].from];
}

}  // namespace

#define FLIPSHIFT_FILL(T)              \
  void fill(BoxLinesTable<T>& table) { \
    table.lines = lines<T>;            \
    table.scratch = line_scratch<T>;   \
    table.copy = copy<T>;              \
    table.extend = extend<T>;          \
  }
FLIPSHIFT_FILL(float)
FLIPSHIFT_FILL(double)

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
