#include "quantum/algorithm/registry.h"

#include <array>

#include "quantum/algorithm/bayesian_phase.h"
#include "quantum/algorithm/canonical_amplitude_estimation.h"
#include "quantum/algorithm/credit_risk.h"
#include "quantum/algorithm/gray_enumeration.h"
#include "quantum/algorithm/grover_search.h"
#include "quantum/algorithm/iterative_amplitude_estimation.h"
#include "quantum/algorithm/iterative_phase.h"
#include "quantum/algorithm/market_risk.h"
#include "quantum/algorithm/maximum_likelihood_amplitude_estimation.h"
#include "quantum/algorithm/option_pricing.h"
#include "quantum/algorithm/phase_estimation.h"
#include "quantum/algorithm/qaoa.h"
#include "quantum/algorithm/real_amplitude_estimation.h"
#include "quantum/algorithm/simulated_annealing.h"
#include "quantum/algorithm/vqe.h"

namespace quanta::quantum {

std::span<const AlgorithmDescription> algorithms() {
  static constexpr auto kAlgorithms = std::to_array<AlgorithmDescription>({
      kQaoa,
      kGroverSearch,
      kSimulatedAnnealing,
      kGrayEnumeration,
      kVqe,
      kCanonicalAmplitudeEstimation,
      kIterativeAmplitudeEstimation,
      kMaximumLikelihoodAmplitudeEstimation,
      kRealAmplitudeEstimation,
      kPhaseEstimation,
      kIterativePhaseEstimation,
      kBayesianPhaseEstimation,
      kOptionPricing,
      kCreditRisk,
      kMarketRisk,
  });
  return kAlgorithms;
}

}  // namespace quanta::quantum
