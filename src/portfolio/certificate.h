/// What an answer can prove about itself.
#pragma once

#include <tuple>

#include "core/describe.h"

namespace quanta::portfolio {

/// A gap that counts as none, beside the size of the value.
inline constexpr double kProvenGap = 1e-8;

/// For a minimisation: best - bound = gap >= 0; for a maximisation: bound - best = gap >= 0.
struct Certificate {
  double best = 0.0;
  double bound = 0.0;
  double gap = 0.0;
  bool proven = false;

  static constexpr auto describe() {
    return std::tuple{
        field("best", &Certificate::best, "objective of the answer"),
        field("bound", &Certificate::bound, "no feasible answer is better than this"),
        field("gap", &Certificate::gap, "distance between the two, in the unit of the objective"),
        field("proven", &Certificate::proven,
              "the bound comes from an independent argument and meets the value")};
  }
};

}  // namespace quanta::portfolio
