#include "engine/pages.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/threads.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace flipshift {

#if defined(__linux__)

void populate(void* data, std::size_t bytes, std::size_t workers) {
  constexpr int madv_populate_write = 23;  // Linux 5.14; the headers may be older
  constexpr std::uintptr_t page = 4096, huge_page = std::uintptr_t{2} << 20;
  const auto first = (reinterpret_cast<std::uintptr_t>(data) + page - 1) / page * page;
  const auto last = (reinterpret_cast<std::uintptr_t>(data) + bytes) / page * page;
  if (first >= last) return;
  // No huge page is cut.
  const std::uintptr_t from = first / huge_page;
  parallel_for((last - 1) / huge_page - from + 1, workers, [&](std::size_t begin, std::size_t end) {
    const std::uintptr_t a = std::max(first, (from + begin) * huge_page);
    const std::uintptr_t b = std::min(last, (from + end) * huge_page);
    madvise(reinterpret_cast<void*>(a), b - a, madv_populate_write);
  });
}

#else

void populate(void*, std::size_t, std::size_t) {}

#endif

}  // namespace flipshift
