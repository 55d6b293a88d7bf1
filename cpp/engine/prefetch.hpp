// Asks for memory that will be read or written soon.
#pragma once

#include <cstddef>

namespace flipshift {

// Every cache line of some bytes, into the first-level cache, or with locality 2 into the second.
template <int locality = 3>
inline void prefetch(const void* first, std::size_t bytes, bool to_write) {
  const auto* p = static_cast<const char*>(first);
  if (to_write) {
    for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(p + i, 1, locality);
  } else {
    for (std::size_t i = 0; i < bytes; i += 64) __builtin_prefetch(p + i, 0, locality);
  }
  // GCC takes functions that do nothing but prefetch for such without effect, and leaves them out.
  asm volatile("");
}

}  // namespace flipshift
