// Work split over the threads of a small pool. What body computes for an index must not depend on
// the range in which it gets it; then results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

namespace flipshift {

// Calls body(begin, end) for ranges that cover 0 .. count, on up to `workers` threads, the caller's
// among them. Each begins with the same share in every call, and then takes from those of others.
//
// Threads are started when they are first wanted, one for each processor but the caller's, and then
// kept; workers = 1 starts none. They are lent to one call at a time: a call that finds none free,
// be it nested or from another thread, does its work itself. The child of a fork starts its own.
// The first exception of any range is thrown to the caller, and the ranges not begun are left out.
void parallel_for(std::size_t count, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body);

// Numbers to transform below which a thread costs more than it saves.
inline constexpr std::size_t worth_a_thread = 32768;

// parallel_for of ranges that are cut at multiples of `each`.
template <class F>
void parallel_ranges(std::size_t count, std::size_t each, std::size_t workers, F&& body) {
  if (workers < 2) return body(std::size_t{0}, count);
  parallel_for((count + each - 1) / each, workers, [&](std::size_t begin, std::size_t end) {
    body(begin * each, std::min(count, end * each));
  });
}

// How many threads work at most, callers' not counted but for one; instead of the number of
// processors. For tests: threads that were started stay.
void set_thread_limit(std::size_t threads);

}  // namespace flipshift
