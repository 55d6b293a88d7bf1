// Scratch memory of the calling thread, handed out like a stack.
#pragma once

#include <cstddef>

#include "engine/array.hpp"

namespace flipshift {

void* take_scratch(std::size_t bytes, std::size_t workers);
void release_scratch();

// n uninitialised elements, aligned to 64 bytes, until the end of the scope. Scopes must nest. The
// memory is kept for the thread's next request unless it is large (scratch.cpp). `workers` threads
// that will write to all of it at once may be named (pages.hpp).
template <class T>
class Scratch {
 public:
  explicit Scratch(std::size_t n, std::size_t workers = 1)
      : data_(static_cast<T*>(take_scratch(n * sizeof(T), workers))) {}
  ~Scratch() { release_scratch(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }

 private:
  T* data_;
};

}  // namespace flipshift
