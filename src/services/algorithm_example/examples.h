/// The examples themselves; only algorithm_example.cc includes this. Each fills in problem, exact,
/// cost_unit, rows, verdict and picture.
#pragma once

#include "services/algorithm_example/algorithm_example.h"
#include "services/report/svg.h"

namespace quanta::services {

inline constexpr svg::Size kPicture{720, 320};

Result<void> qaoa_example(const Run& run, ExampleDocument& document);
Result<void> grover_example(const Run& run, ExampleDocument& document);
Result<void> annealing_example(const Run& run, ExampleDocument& document);
Result<void> enumeration_example(const Run& run, ExampleDocument& document);
Result<void> vqe_example(const Run& run, ExampleDocument& document);
Result<void> amplitude_example(std::string_view method, const Run& run, ExampleDocument& document);
Result<void> signed_amplitude_example(const Run& run, ExampleDocument& document);
Result<void> phase_example(const Run& run, ExampleDocument& document);
Result<void> iterative_phase_example(const Run& run, ExampleDocument& document);
Result<void> bayesian_phase_example(const Run& run, ExampleDocument& document);
Result<void> option_example(const Run& run, ExampleDocument& document);
Result<void> credit_example(const Run& run, ExampleDocument& document);
Result<void> market_example(const Run& run, ExampleDocument& document);

}  // namespace quanta::services
