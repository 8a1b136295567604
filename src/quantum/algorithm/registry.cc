#include "quantum/algorithm/registry.h"

#include <array>

#include "quantum/algorithm/qaoa.h"

namespace quanta::quantum {

std::span<const AlgorithmDescription> algorithms() {
  static const auto kAlgorithms = std::to_array<AlgorithmDescription>({
      kQaoa,
  });
  return kAlgorithms;
}

}  // namespace quanta::quantum
