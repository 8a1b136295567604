#include "quantum/algorithm/registry.h"

#include <set>

#include <gtest/gtest.h>

namespace quanta::quantum {
namespace {

TEST(AlgorithmRegistry, EveryAlgorithmIsNamedOnceAndFullyDescribed) {
  std::set<std::string_view> names;
  for (const AlgorithmDescription& entry : algorithms()) {
    SCOPED_TRACE(entry.name);
    EXPECT_TRUE(names.insert(entry.name).second);
    for (const auto text : {entry.name, entry.about, entry.cost, entry.classical, entry.source}) {
      EXPECT_FALSE(text.empty());
    }
    EXPECT_LE(entry.min_qubits, entry.max_qubits);
  }
  EXPECT_FALSE(names.empty());
}

}  // namespace
}  // namespace quanta::quantum
