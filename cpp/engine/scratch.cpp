#include "engine/scratch.hpp"

#include "engine/pages.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace flipshift {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
// A block above this is given back at once. Keeping smaller ones saves the page faults, which cost
// a third of a transform of the same size and more. With padding this is enough for 64 MB.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t keep_up_to = 0;  // so that each block ends where its user thinks
#else
constexpr std::size_t keep_up_to = std::size_t{72} << 20;
#endif

struct Block {
  void* data = nullptr;
  std::size_t bytes = 0;

  void allocate(std::size_t n) {
    free();
    const std::size_t align = n >= huge_page ? huge_page : 4096;
#if !defined(__SANITIZE_ADDRESS__)
    n = (n + align - 1) / align * align;
#endif
    data = ::operator new(n, std::align_val_t(align));
    bytes = n;
#if defined(__linux__)
    if (n >= huge_page) madvise(data, n, MADV_HUGEPAGE);
#endif
  }
  void free() {
    if (data) ::operator delete(data, std::align_val_t(bytes >= huge_page ? huge_page : 4096));
    data = nullptr;
    bytes = 0;
  }
};

struct Arena {
  std::vector<Block> blocks;
  std::size_t depth = 0;
  ~Arena() {
    for (Block& b : blocks) b.free();
  }
};

thread_local Arena arena;

}  // namespace

void* take_scratch(std::size_t bytes, std::size_t workers) {
  if (arena.depth == arena.blocks.size()) arena.blocks.emplace_back();
  Block& block = arena.blocks[arena.depth];
  const bool made = block.bytes < bytes;
  if (made) block.allocate(bytes);
  ++arena.depth;
  void* const data = block.data;  // as populating may take scratch, too
  if (made && workers > 1 && bytes >= worth_populating) populate(data, bytes, workers);
  return data;
}

void release_scratch() {
  Block& block = arena.blocks[--arena.depth];
  if (block.bytes > keep_up_to) block.free();
}

}  // namespace flipshift
