// Tables as `python -m flipshift calibrate` prints them, and the reader of such tables.
//
// A line is a dtype, what it is about, and numbers in nanoseconds: `direct` a call, an output, a
// multiply-add, a tap beyond an end of x; `transforms` a call, and (a ratio) the making of the
// kernel's spectrum in blocks of the same length; `powers` a block of 2^5, 2^6, ... 2^21 samples;
// `between` a block of 3 2^4, 3 2^5, ... 3 2^19 samples, which stands for all other lengths.
//
// Those built in: AMD Zen 5 at 3.65 GHz, one thread, 2026-11. On other processors the ratio of the
// methods is what matters.
#include "engine/convolve_cost_tables.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "engine/dispatch.hpp"

namespace flipshift::convolve {

namespace {

constexpr const char* v2 = R"(flipshift-costs 1 v2
float32 direct 300.7 0.05145 0.04481 1.984
float32 transforms 310 0.47
float32 powers 71.74 97.53 193.5 350.4 741.4 1670 3545 7628 1.675e+04 3.592e+04 7.952e+04
   1.659e+05 4.038e+05 1.02e+06 2.064e+06 1.493e+07 2.732e+07
float32 between 197.4 173.6 307.9 670.5 1331 2696 5735 1.241e+04 2.688e+04 5.93e+04 1.193e+05
   2.843e+05 7.001e+05 1.534e+06 1.046e+07 1.676e+07
float64 direct 277.2 0.154 0.08575 3.341
float64 transforms 436 0.461
float64 powers 121.4 186.7 378.5 771.2 2061 3973 8901 1.635e+04 3.334e+04 7.081e+04 1.636e+05
   3.574e+05 7.823e+05 1.723e+06 7.687e+06 3.404e+07 5.708e+07
float64 between 269.8 391.4 721.3 1395 3134 6332 1.214e+04 2.609e+04 5.662e+04 1.16e+05 2.623e+05
   5.928e+05 1.174e+06 3.386e+06 2.404e+07 4.369e+07
complex64 direct 317.8 0.1803 0.1905 5.501
complex64 transforms 407 0.473
complex64 powers 110.9 170.7 360 652.6 1479 3208 6973 1.553e+04 3.384e+04 7.286e+04 1.605e+05
   3.537e+05 8.088e+05 8.563e+06 1.444e+07 2.827e+07 4.726e+07
complex64 between 245 414.2 559.6 1185 2528 5271 1.159e+04 2.546e+04 5.188e+04 1.124e+05 2.524e+05
   5.92e+05 1.406e+06 1.512e+07 2.229e+07 3.518e+07
complex128 direct 279.5 0.9062 0.3866 6.967
complex128 transforms 428 0.392
complex128 powers 165.9 289.5 609.2 1487 3245 6875 1.494e+04 3.076e+04 6.574e+04 1.517e+05
   3.444e+05 8.655e+05 1.72e+06 4.657e+06 1.086e+07 4.93e+07 7.091e+07
complex128 between 262.1 532.5 1164 2444 5138 1.427e+04 2.548e+04 5.405e+04 1.349e+05 2.473e+05
   5.806e+05 1.269e+06 6.536e+06 7.94e+06 1.662e+07 6.486e+07
)";

constexpr const char* v3 = R"(flipshift-costs 1 v3
float32 direct 385.9 0.0376 0.01755 0.9249
float32 transforms 308 0.551
float32 powers 72.14 79.98 116.9 186.2 364.4 796.6 1473 3120 7391 1.608e+04 3.422e+04 8.267e+04
   1.736e+05 3.718e+05 9.951e+05 6.08e+06 1.737e+07
float32 between 126.3 181.9 201.7 322.9 625.8 1251 2564 5518 1.137e+04 2.541e+04 5.008e+04
   1.148e+05 2.499e+05 6.068e+05 1.708e+06 9.982e+06
float64 direct 289.1 0 0.0362 1.938
float64 transforms 320 0.471
float64 powers 75.56 99.57 195.1 331.2 643.4 1301 2917 6954 1.597e+04 3.27e+04 7.905e+04 1.831e+05
   3.46e+05 8.525e+05 6.708e+06 2.473e+07 4.861e+07
float64 between 183 164.3 295.7 576.4 1112 2257 5221 1.113e+04 2.571e+04 5.273e+04 1.325e+05
   2.985e+05 6.172e+05 2.354e+06 1.646e+07 3.172e+07
complex64 direct 425.8 0.1869 0.07304 3.686
complex64 transforms 350 0.482
complex64 powers 81.95 89.28 153.1 322.5 630 1298 2991 6694 1.495e+04 2.996e+04 7.666e+04
   1.562e+05 5.233e+05 8.591e+05 5.708e+06 1.212e+07 2.559e+07
complex64 between 164.6 180 287 577.6 1120 2312 5127 1.071e+04 2.353e+04 4.966e+04 1.046e+05
   2.476e+05 5.423e+05 1.365e+06 1.076e+07 1.884e+07
complex128 direct 263.7 0.1446 0.1453 5.185
complex128 transforms 338 0.519
complex128 powers 82.16 170.7 281.1 594.1 1207 2619 6336 1.422e+04 2.844e+04 6.798e+04 1.479e+05
   3.297e+05 8.361e+05 5.545e+06 1.478e+07 3.813e+07 1.007e+08
complex128 between 152.8 258.6 520.5 1015 2121 4809 1.026e+04 2.301e+04 4.667e+04 1.017e+05
   3.034e+05 6.201e+05 1.61e+06 1.23e+07 2.032e+07 4.705e+07
)";

constexpr const char* v4 = R"(flipshift-costs 1 v4
float32 direct 465.3 0.05765 0.009134 1.335
float32 transforms 461 0.565
float32 powers 107.9 111.8 129.7 181.1 304.1 589.3 907.7 2380 5701 1.53e+04 3.045e+04 7.092e+04
   1.731e+05 3.17e+05 8.06e+05 2.937e+06 6.988e+06
float32 between 178.9 210 267.7 396.2 603.5 1065 2243 4568 9889 2.519e+04 5.149e+04 1.121e+05
   2.391e+05 5.356e+05 1.685e+06 4.699e+06
float64 direct 477.2 0.07065 0.01839 2.222
float64 transforms 428 0.595
float64 powers 114 132.6 168.8 236.9 525.9 1026 2183 5040 1.173e+04 2.512e+04 4.39e+04 1.203e+05
   2.391e+05 5.85e+05 2.3e+06 5.175e+06 1.132e+07
float64 between 193.6 254.8 346.7 534 1042 1942 4142 8810 2.162e+04 4.02e+04 9.192e+04 1.716e+05
   3.921e+05 1.047e+06 3.405e+06 8.316e+06
complex64 direct 311.5 0.06524 0.03701 2.885
complex64 transforms 335 0.568
complex64 powers 78.31 88.1 127.3 219.3 409.4 774.1 1689 5184 1.433e+04 3.051e+04 6.275e+04
   1.65e+05 3.371e+05 9.186e+05 6.098e+06 1.365e+07 3.836e+07
complex64 between 133.2 179.8 277.6 421.7 1024 1480 4551 9617 2.433e+04 5.084e+04 6.244e+04
   2.506e+05 5.749e+05 1.475e+06 1.089e+07 1.69e+07
complex128 direct 397.9 0.2168 0.07526 3.824
complex128 transforms 541 0.435
complex128 powers 119.5 133.9 245.5 454.5 926.8 2063 4716 1.294e+04 1.784e+04 5.697e+04 1.366e+05
   2.236e+05 2.877e+06 6.061e+06 1.279e+07 2.435e+07 1.157e+08
complex128 between 207.5 297.1 484.3 902 1782 2846 8794 1.564e+04 3.275e+04 9.71e+04 1.636e+05
   4.563e+05 4.656e+06 1.115e+07 2.093e+07 4.365e+07
)";

const char* built_in() {
  switch (isa()) {
#if defined(__x86_64__)
    case Isa::v4:
      return v4;
    case Isa::v3:
      return v3;
    default:
      return v2;
#else
    default:
      return v2;  // not measured: vectors of the same length
#endif
  }
}

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
  throw std::invalid_argument("FLIPSHIFT_COSTS is '" + source + "', which " + what +
                              "; `python -m flipshift calibrate --out FILE` writes one");
}

// Words up to the next one that is not a number.
void read_numbers(std::istream& in, const std::string& source, const std::string& name, double* to,
                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!(in >> to[i]) || !std::isfinite(to[i]) || to[i] < 0)
      refuse(source, "has no " + std::to_string(count) + " numbers for '" + name + "'");
  }
}

CostTable read(std::istream& in, const std::string& source, bool same_isa) {
  std::string word, version, isa_word;
  if (!(in >> word >> version >> isa_word) || word != "flipshift-costs" || version != "1")
    refuse(source, "is not a table of costs of version 1");
  if (same_isa && isa_word != isa_name(isa()))
    refuse(source, "is for the instruction set " + isa_word + ", not for " + isa_name(isa()));
  CostTable table;
  table.source = source;
  struct Named {
    const char* name;
    Costs* costs;
  };
  for (const Named& dtype :
       {Named{"float32", &table.float32}, Named{"float64", &table.float64},
        Named{"complex64", &table.complex64}, Named{"complex128", &table.complex128}}) {
    Costs& c = *dtype.costs;
    double direct[4], transforms[2];
    struct Row {
      const char* name;
      double* to;
      std::size_t count;
    };
    for (const Row& row : {Row{"direct", direct, 4}, Row{"transforms", transforms, 2},
                           Row{"powers", c.powers, std::size(c.powers)},
                           Row{"between", c.between, std::size(c.between)}}) {
      const std::string name = std::string(dtype.name) + " " + row.name;
      std::string first, second;
      if (!(in >> first >> second) || first + " " + second != name)
        refuse(source, "has no line '" + name + "' where it belongs");
      read_numbers(in, source, name, row.to, row.count);
    }
    c.call = direct[0], c.output = direct[1], c.product = direct[2], c.beyond = direct[3];
    c.transforms = transforms[0], c.kernel = transforms[1];
  }
  return table;
}

CostTable load() {
  const char* const path = std::getenv("FLIPSHIFT_COSTS");
  if (path == nullptr || *path == '\0') {
    std::istringstream in(built_in());
    return read(in, "built in", false);
  }
  std::ifstream in(path);
  if (!in) refuse(path, "cannot be read");
  return read(in, path, true);
}

}  // namespace

const CostTable& cost_table() {
  static const CostTable table = load();
  return table;
}

}  // namespace flipshift::convolve
