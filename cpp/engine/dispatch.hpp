// Which instruction set is in use, and its kernels.
#pragma once

#include "kernels/isa.hpp"

namespace flipshift {

// The best that both the processor and FLIPSHIFT_ISA allow; read once, at the first call.
// Throws std::invalid_argument if the variable holds anything but the name of a set.
Isa isa();
const char* isa_name(Isa);
// The best that the processor has, whatever the environment says.
Isa processor_isa();

// The table of kernels of type Table for isa(), filled at the first call:
//   kernels<FftTable<double>>().passes[0].finish(...)
template <class Table>
const Table& kernels() {
  static const Table table = [] {
    Table t{};
    fill(t, isa());
    return t;
  }();
  return table;
}

}  // namespace flipshift
