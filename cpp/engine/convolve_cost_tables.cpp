// Tables as `python -m flipshift calibrate` prints them, and the reader of such tables.
//
// A line is a dtype, what it is about, and numbers in nanoseconds: `direct` a call, an output, a
// multiply-add, a tap beyond an end of x; `transforms` a call, and (a ratio) the making of the
// kernel's spectrum in blocks of the same length; `powers` a block of 2^5, 2^6, ... 2^21 samples;
// `between` a block of 3 2^4, 3 2^5, ... 3 2^19 samples, which stands for all other lengths.
//
// Those built in: AMD Zen 5 at 3.65 GHz, one thread, 2026-11. On other processors the ratio of the
// methods is what matters. Of the longest lengths, where other programs disturb most, v3 and v2
// have at most 1.5 and 3 times the times of v4, as at the shorter ones.
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
float32 direct 186.8 0.00684 0.04507 1.726
float32 transforms 225 0.458
float32 powers 64.22 98.58 197.5 360.6 749.1 1602 3485 7546 1.649e+04 3.622e+04 7.842e+04
   1.742e+05 3.445e+05 6.846e+05 1.709e+06 5.511e+06 1.323e+07
float32 between 198.5 172.8 306.7 643.9 1305 2736 5731 1.25e+04 2.707e+04 5.739e+04 1.238e+05
   2.454e+05 5.317e+05 1.206e+06 2.98e+06 7.151e+06
float64 direct 186.5 0 0.08859 2.434
float64 transforms 254 0.445
float64 powers 88.29 190.1 347.2 706.4 1617 3450 7264 1.628e+04 3.402e+04 7.149e+04 1.627e+05
   3.572e+05 6.869e+05 1.552e+06 6.498e+06 1.462e+07 3.51e+07
float64 between 281.7 301.8 602.9 1257 2619 5540 1.222e+04 2.601e+04 5.733e+04 1.143e+05 2.471e+05
   5.289e+05 1.133e+06 3.09e+06 1.04e+07 2.496e+07
complex64 direct 207.2 0.1609 0.1855 3.838
complex64 transforms 261 0.483
complex64 powers 76.72 169.7 313.8 660.9 1441 3194 6957 1.558e+04 3.401e+04 7.252e+04 1.572e+05
   3.508e+05 6.901e+05 1.716e+06 8.208e+06 1.661e+07 3.987e+07
complex64 between 151.1 268.7 547.3 1193 2498 5233 1.16e+04 2.559e+04 5.451e+04 1.171e+05
   2.613e+05 5.274e+05 1.184e+06 2.761e+06 9.045e+06 2.171e+07
complex128 direct 211.7 0.3589 0.4051 6.693
complex128 transforms 358 0.449
complex128 powers 167.2 298.5 624.4 1451 3119 6705 1.535e+04 3.194e+04 6.711e+04 1.498e+05
   3.27e+05 7.246e+05 1.932e+06 5.31e+06 1.256e+07 3.147e+07 7.553e+07
complex128 between 275.1 543 1160 2381 4942 1.103e+04 2.427e+04 5.408e+04 1.072e+05 2.379e+05
   5.427e+05 1.234e+06 2.552e+06 9.348e+06 2.181e+07 5.235e+07
)";

constexpr const char* v3 = R"(flipshift-costs 1 v3
float32 direct 177 0 0.01821 1.071
float32 transforms 211 0.582
float32 powers 60.33 80.56 112.2 184.1 356.2 695.6 1420 3060 7269 1.599e+04 3.253e+04 7.554e+04
   1.554e+05 3.423e+05 8.07e+05 2.466e+06 6.613e+06
float32 between 127.2 149.4 200.4 320.2 614.2 1208 2447 5288 1.148e+04 2.559e+04 5.191e+04
   1.112e+05 2.408e+05 5.217e+05 1.335e+06 3.576e+06
float64 direct 169.8 0 0.03629 1.667
float64 transforms 226 0.508
float64 powers 64.8 100.8 189.8 316.7 633.9 1305 2808 6734 1.53e+04 3.126e+04 7.3e+04 1.607e+05
   3.156e+05 7.549e+05 2.919e+06 7.312e+06 1.755e+07
float64 between 182.8 165.9 294.5 577.7 1124 2312 5183 1.106e+04 2.55e+04 5.191e+04 1.086e+05
   2.572e+05 5.819e+05 1.545e+06 5.2e+06 1.138e+07
complex64 direct 206.4 0.01663 0.07517 2.512
complex64 transforms 231 0.545
complex64 powers 65.92 88.64 158.6 314.1 623 1283 2825 6755 1.489e+04 3.094e+04 7.336e+04
   1.623e+05 3.67e+05 7.977e+05 4.104e+06 8.009e+06 1.994e+07
complex64 between 129.5 181.1 298.4 574 1085 2253 4997 1.067e+04 2.388e+04 4.825e+04 1.079e+05
   2.359e+05 5.118e+05 1.293e+06 4.274e+06 1.085e+07
complex128 direct 168.9 0.1171 0.1442 3.865
complex128 transforms 234 0.529
complex128 powers 78.42 164.3 279.8 555 1159 2484 6234 1.459e+04 2.937e+04 6.904e+04 1.481e+05
   3.268e+05 7.232e+05 2.442e+06 6.278e+06 1.574e+07 3.776e+07
complex128 between 151.7 268.6 516.9 1028 2126 4534 1.039e+04 2.357e+04 4.672e+04 1.024e+05
   2.511e+05 6.243e+05 1.275e+06 4.674e+06 1.091e+07 2.618e+07
)";

constexpr const char* v4 = R"(flipshift-costs 1 v4
float32 direct 214.3 0.01801 0.009215 0.8467
float32 transforms 241 0.612
float32 powers 62.62 74.84 94.57 148 266.5 438 853.6 1833 4348 1.119e+04 2.353e+04 5.14e+04
   1.137e+05 2.282e+05 5.759e+05 1.837e+06 4.409e+06
float32 between 124.7 145.6 191.4 284.3 451.7 778.3 1586 3359 7485 1.845e+04 3.748e+04 8.576e+04
   1.855e+05 4.02e+05 9.932e+05 2.384e+06
float64 direct 197.1 0 0.01853 1.476
float64 transforms 277 0.57
float64 powers 68.89 82.43 115.8 219.1 404 782.7 1689 4242 9848 2.006e+04 4.578e+04 1.015e+05
   2.217e+05 5.172e+05 2.166e+06 4.875e+06 1.17e+07
float64 between 132.5 150.5 228.6 369.8 698.2 1450 3108 7109 1.711e+04 3.411e+04 7.689e+04
   1.671e+05 3.93e+05 1.03e+06 3.467e+06 8.321e+06
complex64 direct 237.6 0.01627 0.03778 2.317
complex64 transforms 287 0.596
complex64 powers 68.27 76.08 115.1 211.3 386.6 760.8 1691 3987 1.113e+04 2.298e+04 5.084e+04
   1.064e+05 2.371e+05 5.721e+05 2.736e+06 5.538e+06 1.329e+07
complex64 between 133.2 166.1 251.1 413.5 701.5 1355 3225 7263 1.767e+04 3.776e+04 8.666e+04
   1.776e+05 3.984e+05 9.28e+05 3.015e+06 7.236e+06
complex128 direct 215.9 0.07535 0.0741 3.328
complex128 transforms 297 0.55
complex128 powers 67.7 91.22 188.3 357.9 701.4 1496 3927 9352 1.924e+04 4.286e+04 1.007e+05
   2.254e+05 4.991e+05 1.77e+06 4.185e+06 1.049e+07 2.518e+07
complex128 between 140.5 209.6 338.2 641 1310 2958 6828 1.626e+04 3.289e+04 7.395e+04 1.604e+05
   3.746e+05 8.508e+05 3.116e+06 7.271e+06 1.745e+07
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
