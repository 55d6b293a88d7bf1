#include "engine/threads.hpp"

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

namespace flipshift {

void parallel_for(std::size_t count, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  workers = std::min(workers, count);
  if (workers <= 1) {
    if (count > 0) body(0, count);
    return;
  }
  std::vector<std::exception_ptr> errors(workers);
  const auto part = [&](std::size_t i) {
    try {
      body(count * i / workers, count * (i + 1) / workers);
    } catch (...) {
      errors[i] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  std::size_t started = 1;
  try {
    threads.reserve(workers - 1);
    for (; started < workers; ++started) threads.emplace_back(part, started);
  } catch (const std::system_error&) {
    // No more threads are to be had: the caller's does the rest.
  }
  part(0);
  for (std::size_t i = started; i < workers; ++i) part(i);
  for (std::thread& t : threads) t.join();
  for (const std::exception_ptr& e : errors)
    if (e) std::rethrow_exception(e);
}

}  // namespace flipshift
