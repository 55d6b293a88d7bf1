#include "engine/convolve_lines.hpp"

#include <algorithm>
#include <complex>
#include <cstdint>

#include "engine/convolve_samples.hpp"
#include "engine/threads.hpp"

namespace flipshift::convolve {

template <class T>
void run_lines(const Shape& batch, const Lines<T>& x, const Lines<T>& h, T* out, std::size_t n_out,
               std::ptrdiff_t start, Method method, std::size_t workers) {
  const std::size_t count = product(batch);
  // Threads take lines where there are several for each, else they share each line.
  const bool each = count < 2 * workers;
  const auto some = [&](std::size_t begin, std::size_t end) {
    for (std::size_t l = begin; l < end; ++l) {
      std::ptrdiff_t of_x = 0, of_h = 0;
      for (std::size_t d = batch.size(), rest = l; d-- > 0; rest /= batch[d]) {
        const auto i = static_cast<std::ptrdiff_t>(rest % batch[d]);
        of_x += i * x.strides[d];
        of_h += i * h.strides[d];
      }
      run(x.data + of_x, x.length, h.data + of_h, h.length, out + l * n_out, n_out, start, method,
          each ? workers : 1);
    }
  };
  if (each || count * n_out < worth_a_thread) {
    some(0, count);
  } else {
    parallel_for(count, workers, some);
  }
}

#define FLIPSHIFT_INSTANTIATE(T)                                                              \
  template void run_lines<T>(const Shape&, const Lines<T>&, const Lines<T>&, T*, std::size_t, \
                             std::ptrdiff_t, Method, std::size_t);
FLIPSHIFT_FOR_SAMPLES(FLIPSHIFT_INSTANTIATE)
#undef FLIPSHIFT_INSTANTIATE

}  // namespace flipshift::convolve
