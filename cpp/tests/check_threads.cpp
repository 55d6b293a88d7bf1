// The pool and the caches of plans under eight threads that use them at once, with the same bits as
// from one thread. Meant for ThreadSanitizer (nox -s sanitize). check_threads [rounds]
#include <atomic>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/fft.hpp"
#include "engine/fft_cache.hpp"
#include "engine/fft_dct.hpp"
#include "engine/threads.hpp"

namespace {

using namespace flipshift;
using namespace flipshift::fft;

std::atomic<std::size_t> done{0}, failures{0};

// One transform of fixed input, as the numbers that it gives.
template <class T>
std::vector<T> transform(int kind, std::size_t lines, std::size_t n, std::size_t workers) {
  using C = std::complex<T>;
  std::vector<T> x(2 * lines * n), y(2 * lines * (n + 1));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>((i * i + 7 * i) % 101) - T(50);
  const auto shape = [](std::size_t a, std::size_t b) { return Shape{a, b}; };
  const std::size_t half = n / 2 + 1;
  const auto* real = x.data();
  const auto* complex = reinterpret_cast<const C*>(x.data());
  auto* to_complex = reinterpret_cast<C*>(y.data());
  const auto view = [&](auto* p, std::size_t columns) {
    return View<std::remove_pointer_t<decltype(p)>>{p, shape(lines, columns),
                                                    contiguous_strides(shape(lines, columns))};
  };
  switch (kind) {
    case 0:
      c2c<T>(view(complex, n), view(to_complex, n), {0, 1}, Direction::forward, T(1), workers);
      break;
    case 1:
      r2c<T>(view(real, n), view(to_complex, half), {0, 1}, n, Direction::forward, T(1), workers);
      break;
    case 2:
      c2r<T>(view(complex, half), view(y.data(), n), {0, 1}, Direction::backward, T(1), workers);
      break;
    default:
      dct<T>(view(real, n), view(y.data(), n), {0, 1}, Trigonometric::cosine, kind - 1, T(1), false,
             workers);
  }
  return y;
}

// Whether the transform gives the same on so many threads.
struct Task {
  std::function<bool(std::size_t workers)> right;
};

template <class T>
void add(std::vector<Task>& tasks, std::size_t lines, std::size_t n, int kinds = 6) {
  for (int kind = 0; kind < kinds; ++kind)
    tasks.push_back({[=, expected = transform<T>(kind, lines, n, 1)](std::size_t workers) {
      return transform<T>(kind, lines, n, workers) == expected;
    }});
}

void check(bool right, const char* what) {
  ++done;
  if (!right && ++failures < 20) std::printf("%s\n", what);
}

// Every index once, whoever takes it, also from within another call.
void check_ranges(std::size_t count, std::size_t workers) {
  std::vector<int> seen(count);
  std::atomic<std::size_t> inner{0};
  parallel_for(count, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) ++seen[i];
    parallel_for(10, workers, [&](std::size_t a, std::size_t b) { inner += b - a; });
    inner -= 10;
  });
  check(seen == std::vector<int>(count, 1) && inner == 0, "ranges");
}

void check_exception(std::size_t count, std::size_t workers) {
  bool caught = false;
  try {
    parallel_for(count, workers, [&](std::size_t, std::size_t end) {
      if (end > count / 2) throw std::runtime_error("thrown on purpose");
    });
  } catch (const std::runtime_error&) {
    caught = true;
  }
  check(caught, "exception");
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 3;
  set_thread_limit(6);
  std::vector<Task> tasks;
  for (std::size_t n : {2, 7, 16, 60, 97, 256, 1000}) {
    add<float>(tasks, 3, n);
    add<double>(tasks, n > 200 ? 70 : 5, n);
  }
  add<double>(tasks, 1, 131072);     // whose sweeps are split
  add<double>(tasks, 1, 131101, 1);  // by a convolution whose steps are
  clear_caches();
  std::vector<std::thread> threads;
  for (std::size_t id = 0; id < 8; ++id)
    threads.emplace_back([&, id] {
      for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < tasks.size(); ++i) {
          check(tasks[(i * (2 * id + 5) + id) % tasks.size()].right(1 + (i + id) % 4), "transform");
          if (i % 16 == id) {
            clear_caches();
            cache_info();
          }
          check_ranges(1 + i * id, 1 + i % 5);
          check_exception(2 + i, 1 + i % 4);
        }
    });
  for (std::thread& t : threads) t.join();
  std::printf("%zu checks, %zu failures\n", done.load(), failures.load());
  return failures ? 1 : 0;
}
