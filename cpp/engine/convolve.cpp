#include "engine/convolve.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include "engine/convolve_cost.hpp"
#include "engine/convolve_few.hpp"
#include "engine/convolve_fft.hpp"
#include "engine/convolve_samples.hpp"
#include "engine/convolve_taps.hpp"
#include "engine/scratch.hpp"
#include "engine/threads.hpp"

namespace flipshift::convolve {

template <class T>
std::vector<Scheme> schemes(std::size_t n, std::size_t m, std::size_t n_out, std::ptrdiff_t start) {
  if (n < m) std::swap(n, m);
  std::vector<Scheme> all{direct_sum<T>(n, m, n_out, start), overlap_save<T>(n, m, n_out, start),
                          whole<T>(n, m, n_out, start)};
  const Scheme best = fastest<T>(n, m, n_out, start);
  std::stable_sort(all.begin(), all.end(), [&](const Scheme& a, const Scheme& b) {
    if ((a.way == best.way) != (b.way == best.way)) return a.way == best.way;
    return a.ns < b.ns;
  });
  return all;
}

template <class T>
Method choose(std::size_t n, std::size_t m, std::size_t n_out) {
  if constexpr (std::is_integral_v<T>) {
    return Method::direct;
  } else {
    if (n < m) std::swap(n, m);
    // Without a start, the outputs are taken to stand in the middle, as those of 'same' and
    // 'valid'.
    const auto start =
        (static_cast<std::ptrdiff_t>(n + m - 1) - static_cast<std::ptrdiff_t>(n_out)) / 2;
    return fastest<T>(n, m, n_out, start).way == Way::direct ? Method::direct : Method::fft;
  }
}

template <class T>
void run_blocks(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
                std::ptrdiff_t start, std::size_t size, std::size_t workers) {
  if (n < m) return run_blocks(h, m, x, n, out, n_out, start, size, workers);
  Scratch<Scalar<T>> memory(Spectrum<T>::room(size));
  Spectrum<T>(h, m, size, workers, memory.data()).run(x, n, out, n_out, start, workers);
}

template <class T>
void run(const T* x, std::size_t n, const T* h, std::size_t m, T* out, std::size_t n_out,
         std::ptrdiff_t start, Method method, std::size_t workers) {
  if (n < m) return run(h, m, x, n, out, n_out, start, method, workers);
  if constexpr (!std::is_integral_v<T>) {
    if (method != Method::fft && few_outputs(n_out, n, m))
      return run_few(x, n, h, m, out, n_out, start, false);
    Scheme scheme{};
    if (method == Method::automatic) scheme = fastest<T>(n, m, n_out, start);
    if (method == Method::fft) scheme = by_transforms<T>(n, m, n_out, start);
    if (scheme.size) return run_blocks(x, n, h, m, out, n_out, start, scheme.size, workers);
  } else if (method == Method::fft) {
    throw std::invalid_argument("convolve: method 'fft' takes floating point numbers only");
  }
  const Taps<T> taps(h, 1, m);
  // Where ranges begin must not depend on the number of threads: how a sum is rounded depends on
  // the range that it stands in, unless it has few terms or is exact. The last range has the rest.
  constexpr std::size_t few_terms = 8;
  const std::size_t range =
      std::clamp<std::size_t>((std::size_t{1} << 22) / m, 1024, 32768) & ~1023;
  const std::size_t ranges = std::max<std::size_t>(n_out / range, 1);
  // A second thread gains nothing from so little.
  if (n_out * sizeof(T) < (256 << 10) && n_out * m < 1000000) workers = 1;
  // A new range costs a third of a microsecond where x and out are beyond the caches.
  if (workers == 1 && (m <= few_terms || std::is_integral_v<T>))
    return taps.apply(0, x, n, out, n_out, start, false);
  parallel_for(ranges, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      taps.apply(0, x, n, out + i * range, i + 1 < ranges ? range : n_out - i * range,
                 start + static_cast<std::ptrdiff_t>(i * range), false);
  });
}

#define FLIPSHIFT_INSTANTIATE(T)                                                      \
  template Method choose<T>(std::size_t, std::size_t, std::size_t);                   \
  template void run<T>(const T*, std::size_t, const T*, std::size_t, T*, std::size_t, \
                       std::ptrdiff_t, Method, std::size_t);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

#define FLIPSHIFT_INSTANTIATE(T)                                                                  \
  template std::vector<Scheme> schemes<T>(std::size_t, std::size_t, std::size_t, std::ptrdiff_t); \
  template void run_blocks<T>(const T*, std::size_t, const T*, std::size_t, T*, std::size_t,      \
                              std::ptrdiff_t, std::size_t, std::size_t);
FLIPSHIFT_FOR_FLOATS(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
