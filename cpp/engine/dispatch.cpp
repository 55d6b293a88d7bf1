#include "engine/dispatch.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace flipshift {

namespace {

constexpr const char* names[] = {
#define FLIPSHIFT_NAME(isa, ...) #isa,
    FLIPSHIFT_FOR_EACH_ISA(FLIPSHIFT_NAME)
#undef FLIPSHIFT_NAME
};

Isa choose() {
  const Isa best = processor_isa();
  const char* wish = std::getenv("FLIPSHIFT_ISA");
  if (wish == nullptr || *wish == '\0') return best;
  std::string known;
  for (int i = 0; i < static_cast<int>(std::size(names)); ++i) {
    if (std::string(wish) == names[i]) return i < static_cast<int>(best) ? Isa(i) : best;
    known += (i ? ", " : "") + std::string(names[i]);
  }
  throw std::invalid_argument("FLIPSHIFT_ISA is '" + std::string(wish) + "'; this build knows " +
                              known);
}

}  // namespace

Isa processor_isa() {
#if defined(__x86_64__) && defined(__clang__)
  // Clang 15 knows neither the levels by name nor lzcnt, movbe and f16c; the others imply these.
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v3 && v4 ? Isa::v4 : v3 ? Isa::v3 : Isa::v2;
#elif defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return Isa::v4;
  if (__builtin_cpu_supports("x86-64-v3")) return Isa::v3;
  return Isa::v2;
#else
  return Isa::neon;
#endif
}

Isa isa() {
  static const Isa chosen = choose();
  return chosen;
}

const char* isa_name(Isa isa) { return names[static_cast<int>(isa)]; }

}  // namespace flipshift
