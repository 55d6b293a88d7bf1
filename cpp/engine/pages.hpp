// Memory that is new to the process.
#pragma once

#include <cstddef>

namespace flipshift {

// From here on NumPy asks for huge pages; allocators soon take memory from the system each time.
inline constexpr std::size_t worth_populating = std::size_t{4} << 20;

// Has the system clear the pages of `bytes` of new memory at data, each thread some. Otherwise it
// does so at the first store to each page: where threads write everywhere at once, they would clear
// the same huge pages, one in vain. Does nothing where the system cannot.
void populate(void* data, std::size_t bytes, std::size_t workers);

}  // namespace flipshift
