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
float32 direct 205.4 0 0.04468 1.815
float32 transforms 270 0.474
float32 powers 64.06 97.33 195.6 349 742.6 1658 3543 7592 1.651e+04 3.594e+04 7.908e+04 1.731e+05
   3.445e+05 7.527e+05 2.134e+06 9.919e+06 2.099e+07
float32 between 195.7 176.3 314.1 672.8 1316 2728 5668 1.229e+04 2.673e+04 5.728e+04 1.221e+05
   2.454e+05 5.317e+05 1.229e+06 6.175e+06 1.411e+07
float64 direct 181.8 0 0.08743 2.475
float64 transforms 430 0.3
float64 powers 85.75 185.5 336 704.6 1596 3579 7247 1.614e+04 3.362e+04 7.103e+04 1.657e+05
   3.572e+05 6.869e+05 1.825e+06 8.605e+06 1.961e+07 4.558e+07
float64 between 269.4 297.8 609.5 1264 2633 5438 1.209e+04 2.55e+04 5.765e+04 1.138e+05 2.412e+05
   5.289e+05 1.133e+06 6.199e+06 1.499e+07 2.92e+07
complex64 direct 216.8 0.1784 0.1824 3.855
complex64 transforms 299 0.485
complex64 powers 74.2 166.6 302.9 648.8 1460 3226 6869 1.546e+04 3.341e+04 7.324e+04 1.575e+05
   3.49e+05 6.901e+05 1.734e+06 9.07e+06 1.911e+07 4.302e+07
complex64 between 153.6 270.2 576.4 1194 2518 5261 1.147e+04 2.503e+04 5.364e+04 1.156e+05
   2.557e+05 5.274e+05 1.184e+06 3.204e+06 1.504e+07 3.202e+07
complex128 direct 231.3 0.3953 0.4019 6.48
complex128 transforms 558 0.3
complex128 powers 166.1 293.4 619 1439 3096 6663 1.506e+04 3.114e+04 6.603e+04 1.527e+05 3.343e+05
   7.479e+05 1.932e+06 8.975e+06 1.78e+07 5.131e+07 1.271e+08
complex128 between 269 533.8 1139 2355 4934 1.09e+04 2.399e+04 5.407e+04 1.063e+05 2.404e+05
   6.112e+05 1.234e+06 6.198e+06 1.467e+07 3.355e+07 7.104e+07
)";

constexpr const char* v3 = R"(flipshift-costs 1 v3
float32 direct 193.7 0 0.01796 1.159
float32 transforms 232 0.551
float32 powers 58.68 78.94 113.2 185.6 359.5 696.7 1420 3068 6830 1.573e+04 3.228e+04 7.567e+04
   1.554e+05 3.688e+05 8.078e+05 2.673e+06 1.071e+07
float32 between 125.9 144.4 199.4 311.9 614.9 1193 2459 5431 1.132e+04 2.517e+04 5.198e+04
   1.097e+05 2.408e+05 5.326e+05 1.356e+06 3.709e+06
float64 direct 181.9 0 0.03584 1.61
float64 transforms 265 0.521
float64 powers 66.55 95.57 189 315.8 627.3 1291 2791 6709 1.536e+04 3.136e+04 7.218e+04 1.549e+05
   3.156e+05 7.549e+05 2.919e+06 1.179e+07 2.267e+07
float64 between 178.5 162.3 288.1 552.2 1085 2302 5125 1.094e+04 2.508e+04 5.084e+04 1.063e+05
   2.572e+05 5.638e+05 1.44e+06 5.918e+06 1.138e+07
complex64 direct 222.3 0.05423 0.07398 2.668
complex64 transforms 276 0.545
complex64 powers 65.88 88.54 153.8 311 624.1 1283 2865 6830 1.493e+04 3.109e+04 7.373e+04
   1.505e+05 3.67e+05 8.052e+05 3.643e+06 8.009e+06 2.382e+07
complex64 between 121.3 160 282.6 559.6 1097 2304 5074 1.066e+04 2.407e+04 4.922e+04 1.067e+05
   2.359e+05 5.118e+05 1.219e+06 6.483e+06 1.318e+07
complex128 direct 192.9 0.1321 0.1442 3.925
complex128 transforms 405 0.3
complex128 powers 77.97 167.4 278.7 556.8 1158 2480 6356 1.455e+04 2.956e+04 7.178e+04 1.589e+05
   3.431e+05 7.232e+05 5.65e+06 1.202e+07 2.311e+07 7.452e+07
complex128 between 149.6 269.1 511.3 1005 2085 4682 1.014e+04 2.353e+04 4.852e+04 9.955e+04
   2.411e+05 6.243e+05 1.275e+06 6.608e+06 1.88e+07 3.664e+07
)";

constexpr const char* v4 = R"(flipshift-costs 1 v4
float32 direct 214.3 0.01801 0.009215 0.8467
float32 transforms 241 0.612
float32 powers 62.62 74.84 94.57 148 266.5 438 853.6 1833 4348 1.119e+04 2.353e+04 5.14e+04
   1.137e+05 2.382e+05 5.85e+05 1.897e+06 1.065e+07
float32 between 124.7 145.6 191.4 284.3 451.7 778.3 1586 3359 7485 1.845e+04 3.748e+04 8.576e+04
   1.783e+05 3.941e+05 1.03e+06 5.663e+06
float64 direct 197.1 0 0.01853 1.476
float64 transforms 277 0.57
float64 powers 68.89 82.43 115.8 219.1 404 782.7 1689 4242 9848 2.006e+04 4.578e+04 1.015e+05
   2.217e+05 5.209e+05 1.971e+06 7.179e+06 2.088e+07
float64 between 132.5 150.5 228.6 369.8 698.2 1450 3108 7109 1.711e+04 3.411e+04 7.689e+04
   1.671e+05 3.727e+05 9.377e+05 5.956e+06 1.281e+07
complex64 direct 237.6 0.01627 0.03778 2.317
complex64 transforms 287 0.596
complex64 powers 68.27 76.08 115.1 211.3 386.6 760.8 1691 3987 1.113e+04 2.298e+04 5.084e+04
   1.064e+05 2.371e+05 5.532e+05 3.744e+06 8.086e+06 2.379e+07
complex64 between 133.2 166.1 251.1 413.5 701.5 1355 3225 7263 1.767e+04 3.776e+04 8.666e+04
   1.776e+05 3.947e+05 8.929e+05 5.822e+06 1.361e+07
complex128 direct 215.9 0.07535 0.0741 3.328
complex128 transforms 297 0.55
complex128 powers 67.7 91.22 188.3 357.9 701.4 1496 3927 9352 1.924e+04 4.286e+04 1.007e+05
   2.254e+05 4.991e+05 2.48e+06 9.684e+06 2.236e+07 6.376e+07
complex128 between 140.5 209.6 338.2 641 1310 2958 6828 1.626e+04 3.289e+04 7.395e+04 1.604e+05
   3.746e+05 9.449e+05 5.746e+06 1.517e+07 2.921e+07
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
