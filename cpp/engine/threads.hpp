// Work split over threads. The parts do not depend on the number of threads, nor do the results.
#pragma once

#include <cstddef>
#include <functional>

namespace flipshift {

// Calls body(begin, end) for ranges that cover 0 .. count, on up to `workers` threads, the caller's
// among them. Threads live for one call, so that a fork needs no care; starting one costs about
// 20 us: callers pass workers = 1 for work that is shorter than that. The first exception of any
// part is thrown to the caller.
void parallel_for(std::size_t count, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace flipshift
