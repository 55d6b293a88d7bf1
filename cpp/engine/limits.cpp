#include "engine/limits.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/dispatch.hpp"
#include "engine/threads.hpp"
#include "kernels/limits.hpp"

namespace flipshift {

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The most that round(repeats), which counts what it did, does in a second. A round is long enough
// for the clock and for the start of threads, and short enough to be undisturbed now and then.
template <class Round>
double best_rate(double seconds, std::size_t workers, const Round& round) {
  const double least = workers > 1 ? 2e-3 : 2e-4;
  std::size_t repeats = 1;
  double best = 0;
  const double end = now() + seconds;
  do {
    const double begin = now();
    const double done = round(repeats);
    const double taken = now() - begin;
    if (taken < least) {
      repeats *= 2;
    } else {
      best = std::max(best, done / taken);
    }
  } while (now() < end || best == 0);
  return best;
}

template <class Body>
void on_all(std::size_t workers, const Body& body) {
  if (workers <= 1) return body(0);
  parallel_for(workers, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) body(i);
  });
}

// x and y of one thread, written to once, so that their pages exist. They are half a page apart,
// beside whole pages: loads do not wait for stores with the same last bits of the address.
struct Buffers {
  static constexpr std::size_t line = 64, page = 4096 / sizeof(float);
  explicit Buffers(std::size_t n) {
    const std::size_t to_y = (n + page - 1) / page * page + page / 2, all = to_y + n;
    memory.reset(static_cast<float*>(::operator new(all * sizeof(float), std::align_val_t(line))));
    x = memory.get();
    y = x + to_y;
    std::fill_n(x, all, 1.0f);
  }
  struct Free {
    void operator()(float* p) const { ::operator delete(p, std::align_val_t(line)); }
  };
  std::unique_ptr<float, Free> memory;
  float *x = nullptr, *y = nullptr;
};

}  // namespace

template <class T>
double peak_operations(double seconds, std::size_t workers) {
  const auto& table = kernels<LimitsTable<T>>();
  const double each = static_cast<double>(table.operations() * workers);
  std::atomic<T> kept{};  // the sums count as used
  return best_rate(seconds, workers, [&](std::size_t repeats) {
    on_all(workers, [&](std::size_t) { kept = table.multiply_add(64 * repeats, T(0.5), T(1)); });
    return 64 * each * static_cast<double>(repeats);
  });
}

double copy_bandwidth(std::size_t bytes, double seconds, std::size_t workers) {
  const auto& table = kernels<LimitsTable<float>>();
  const std::size_t n = std::max<std::size_t>(bytes / 2 / sizeof(float) / 64, 1) * 64;
  std::vector<Buffers> buffers;
  for (std::size_t i = 0; i < workers; ++i) buffers.emplace_back(n);
  double best = 0;
  for (const bool past_caches : {false, true}) {
    const auto round = [&](std::size_t repeats) {
      on_all(workers, [&](std::size_t i) {
        for (std::size_t k = 0; k < repeats; ++k)
          table.copy(buffers[i].x, buffers[i].y, n, past_caches);
      });
      return 2.0 * sizeof(float) * static_cast<double>(n * workers * repeats);
    };
    best = std::max(best, best_rate(seconds / 2, workers, round));
  }
  return best;
}

template double peak_operations<float>(double, std::size_t);
template double peak_operations<double>(double, std::size_t);

}  // namespace flipshift
