#include "core/instruction_set.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/enum_text.h"

namespace quanta {
namespace {

/// The flags that Linux reports for the first processor; empty where it reports none.
std::set<std::string> processor_flags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("flags")) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    std::set<std::string> flags;
    for (std::string word; words >> word;) flags.insert(word);
    return flags;
  }
  return {};
}

TEST(InstructionSet, IsTheWidestThatTheSystemReports) {
  const auto flags = processor_flags();
  if (flags.empty()) GTEST_SKIP() << "/proc/cpuinfo lists no processor flags";
  const auto has = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (!flags.contains(name)) return false;
    }
    return true;
  };
  InstructionSet expected = InstructionSet::kScalar;
  if (has({"avx2", "fma", "bmi2"})) expected = InstructionSet::kAvx2;
  if (has({"avx2", "fma", "bmi2", "avx512f", "avx512dq", "avx512bw", "avx512vl"})) {
    expected = InstructionSet::kAvx512;
  }
  EXPECT_EQ(to_text(best_instruction_set()), to_text(expected));
}

TEST(InstructionSet, HasTheNamesOfTheKernelFlag) {
  EXPECT_EQ(parse_enum<InstructionSet>("scalar", "kernel").value(), InstructionSet::kScalar);
  EXPECT_EQ(parse_enum<InstructionSet>("avx2", "kernel").value(), InstructionSet::kAvx2);
  EXPECT_EQ(parse_enum<InstructionSet>("avx512", "kernel").value(), InstructionSet::kAvx512);
}

// Two lines of arithmetic compiled for each set, as the kernels are: each set that this machine
// has must run, and give the sums of the scalar one.
namespace scalar {
double dot(const double* x, const double* y, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}
}  // namespace scalar
QUANTA_TARGET_BEGIN_AVX2
namespace avx2 {
double dot(const double* x, const double* y, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}
}  // namespace avx2
QUANTA_TARGET_END
QUANTA_TARGET_BEGIN_AVX512
namespace avx512 {
double dot(const double* x, const double* y, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}
}  // namespace avx512
QUANTA_TARGET_END

TEST(InstructionSet, CodeForEachSetOfThisMachineRuns) {
  const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const double expected = 506;  // n (n + 1) (2n + 1) / 6, exact in doubles
  EXPECT_EQ(scalar::dot(x, x, 11), expected);
  if (best_instruction_set() >= InstructionSet::kAvx2) {
    EXPECT_EQ(avx2::dot(x, x, 11), expected);
  }
  if (best_instruction_set() >= InstructionSet::kAvx512) {
    EXPECT_EQ(avx512::dot(x, x, 11), expected);
  }
}

}  // namespace
}  // namespace quanta
