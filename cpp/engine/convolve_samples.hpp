// The types that a convolution is instantiated for: F(type) for each of them.
#pragma once

#include <complex>
#include <cstdint>

#define FLIPSHIFT_FOR_FLOATS(F) \
  F(float)                      \
  F(double)                     \
  F(std::complex<float>)        \
  F(std::complex<double>)

// Signed integers pass as unsigned ones: both wrap alike.
#define FLIPSHIFT_FOR_SAMPLES(F) \
  FLIPSHIFT_FOR_FLOATS(F)        \
  F(std::uint8_t)                \
  F(std::uint16_t)               \
  F(std::uint32_t)               \
  F(std::uint64_t)
