// What each function does is said in kernels/convolve_dot.hpp.
#include "kernels/convolve_dot.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

// Sums that hide the latency of an addition.
constexpr int sums = 8;

template <int W>
struct BackwardsMap {  // numbers
  static constexpr int of(int i) { return W - 1 - i; }
};
template <int W>
struct BackwardPairsMap {  // complex numbers
  static constexpr int of(int i) { return (W - 2 - i / 2 * 2) + i % 2; }
};
template <int W>
struct SwapPairsMap {
  static constexpr int of(int i) { return i ^ 1; }
};
template <int W, int Part>
struct DuplicateMap {
  static constexpr int of(int i) { return i / 2 * 2 + Part; }
};

template <class T, int W>
FLIPSHIFT_INLINE T total(Vec<T, W> v) {
  alignas(64) T lanes[W];
  store<T, W>(lanes, v);
  for (int step = W / 2; step > 0; step /= 2)
    for (int i = 0; i < step; ++i) lanes[i] += lanes[i + step];
  return lanes[0];
}

template <class T, bool reversed>
FLIPSHIFT_INLINE T real_sum(const T* x, const T* h, std::size_t m) {
  constexpr int W = max_width<T>;
  using V = Vec<T, W>;
  const T* const end = h + m;
  const auto other = [&](std::size_t t) __attribute__((always_inline)) {
    if constexpr (reversed) {
      const V v = loadu<T, W>(end - t - W);
      return shuffle<T, W, BackwardsMap<W>>(v, v);
    } else {
      return loadu<T, W>(h + t);
    }
  };
  V sum[sums] = {};
  std::size_t t = 0;
  for (; t + sums * W <= m; t += sums * W)
    unroll<sums>([&](auto i) __attribute__((always_inline)) {
      sum[i] += loadu<T, W>(x + t + i * W) * other(t + i * W);
    });
  for (; t + W <= m; t += W) sum[0] += loadu<T, W>(x + t) * other(t);
  T rest = 0;
  for (; t < m; ++t) rest += x[t] * (reversed ? end[-1 - static_cast<std::ptrdiff_t>(t)] : h[t]);
  for (int step = sums / 2; step > 0; step /= 2)
    for (int i = 0; i < step; ++i) sum[i] += sum[i + step];
  return total<T, W>(sum[0]) + rest;
}

template <class T, bool reversed>
FLIPSHIFT_INLINE void complex_sum(const T* x, const T* h, std::size_t m, T conj, T* out) {
  constexpr int W = max_width<T>, K = W > 1 ? W / 2 : 1;  // complex numbers in a vector
  using V = Vec<T, W>;
  constexpr int n = sums / 2;
  const T* const end = h + 2 * m;
  V direct[n] = {}, crossed[n] = {};  // x times the real, and the imaginary parts of h
  const auto add = [&](std::size_t t, int i) __attribute__((always_inline)) {
    const V a = loadu<T, W>(x + 2 * t);
    V b;
    if constexpr (reversed) {
      b = loadu<T, W>(end - 2 * t - W);
      b = shuffle<T, W, BackwardPairsMap<W>>(b, b);
    } else {
      b = loadu<T, W>(h + 2 * t);
    }
    direct[i] += a * shuffle<T, W, DuplicateMap<W, 0>>(b, b);
    crossed[i] += a * shuffle<T, W, DuplicateMap<W, 1>>(b, b);
  };
  std::size_t t = 0;
  for (; t + n * K <= m; t += n * K)
    unroll<n>([&](auto i) __attribute__((always_inline)) { add(t + i * K, i); });
  for (; t + K <= m; t += K) add(t, 0);
  for (int i = 1; i < n; ++i) {
    direct[0] += direct[i];
    crossed[0] += crossed[i];
  }
  alignas(64) T d[W], c[W];
  store<T, W>(d, direct[0]);
  store<T, W>(c, crossed[0]);
  T re_re = 0, im_re = 0, re_im = 0, im_im = 0;
  for (int i = 0; i < W; i += 2) {
    re_re += d[i];
    im_re += d[i + 1];
    re_im += c[i];
    im_im += c[i + 1];
  }
  for (; t < m; ++t) {
    const T* b = reversed ? end - 2 * t - 2 : h + 2 * t;
    re_re += x[2 * t] * b[0];
    im_re += x[2 * t + 1] * b[0];
    re_im += x[2 * t] * b[1];
    im_im += x[2 * t + 1] * b[1];
  }
  out[0] = re_re - conj * im_im;
  out[1] = im_re + conj * re_im;
}

template <class T>
T real(const T* x, const T* h, std::size_t m, bool reversed) {
  return reversed ? real_sum<T, true>(x, h, m) : real_sum<T, false>(x, h, m);
}
template <class T>
void complex(const T* x, const T* h, std::size_t m, bool reversed, T conj, T* out) {
  if (reversed) {
    complex_sum<T, true>(x, h, m, conj, out);
  } else {
    complex_sum<T, false>(x, h, m, conj, out);
  }
}

template <class T>
void fill_table(ConvolveDotTable<T>& t) {
  t.real = real<T>;
  t.complex = complex<T>;
}

}  // namespace

void fill(ConvolveDotTable<float>& t) { fill_table(t); }
void fill(ConvolveDotTable<double>& t) { fill_table(t); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
