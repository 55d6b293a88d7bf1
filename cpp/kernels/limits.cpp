// As many sums as registers hide the latency of the multiply-adds: 12 where 16 registers also hold
// both operands, 24 of 32. Four cycles' latency in two units need 8 at least.
#include "kernels/limits.hpp"

#include "kernels/shuffle.hpp"

namespace flipshift::FLIPSHIFT_ISA_NAMESPACE {
namespace {

using std::size_t;

constexpr int sums = FLIPSHIFT_VECTOR_REGISTERS == 32 ? 24 : 12;

template <class T>
T multiply_add(size_t rounds, T a, T b) {
  constexpr int W = max_width<T>;
  Vec<T, W> v[sums], factor = broadcast<T, W>(a), term = broadcast<T, W>(b);
  unroll<sums>([&](auto u) __attribute__((always_inline)) { v[u] = broadcast<T, W>(T(u)); });
  keep(factor);
  keep(term);
  for (size_t i = 0; i < rounds; ++i) {
    unroll<sums>([&](auto u) __attribute__((always_inline)) {
      v[u] = v[u] * factor + term;
      keep(v[u]);
    });
  }
  Vec<T, W> sum = v[0];
  unroll<sums - 1>([&](auto u) __attribute__((always_inline)) { sum += v[u + 1]; });
  T total = 0;
  for (int i = 0; i < W; ++i) total += sum[i];
  return total;
}

template <class T>
size_t operations() {
  return 2 * sums * max_width<T>;
}

template <class T, bool PastCaches>
void copy_as(const T* x, T* y, size_t n) {
  constexpr int W = max_width<T>, U = 4;
  for (size_t i = 0; i < n; i += U * W) {
    Vec<T, W> v[U];
    unroll<U>([&](auto u) __attribute__((always_inline)) {
      v[u] = load<T, W>(x + i + u * W);
      keep(v[u]);
    });
    unroll<U>([&](auto u) __attribute__((always_inline)) {
      if constexpr (PastCaches) {
        stream<T, W>(y + i + u * W, v[u]);
      } else {
        store<T, W>(y + i + u * W, v[u]);
      }
    });
  }
  if constexpr (PastCaches) end_streams();
}

template <class T>
void copy(const T* x, T* y, size_t n, bool past_caches) {
  past_caches ? copy_as<T, true>(x, y, n) : copy_as<T, false>(x, y, n);
}

template <class T>
void fill_any(LimitsTable<T>& table) {
  table.multiply_add = multiply_add<T>;
  table.operations = operations<T>;
  table.copy = copy<T>;
}

}  // namespace

void fill(LimitsTable<float>& table) { fill_any(table); }
void fill(LimitsTable<double>& table) { fill_any(table); }

}  // namespace flipshift::FLIPSHIFT_ISA_NAMESPACE
