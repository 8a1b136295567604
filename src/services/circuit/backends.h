/// What can run circuits here: `quanta backends`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/result.h"
#include "quantum/backend/backend.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

struct BackendRow {
  std::string name;
  std::string about;
  std::string state;
  bool exact = false;
  unsigned max_qubits = 0;
  unsigned max_qubits_single = 0;
  std::uint64_t max_shots = 0;
  bool mid_circuit = false;
  std::string noise;
  std::vector<std::string> gates;

  static constexpr auto describe() {
    return std::tuple{
        field("name", &BackendRow::name, "for --backend"),
        field("about", &BackendRow::about, ""),
        field("state", &BackendRow::state, "ready, or why not"),
        field("exact", &BackendRow::exact, "answers with probabilities, not with counts"),
        field("max_qubits", &BackendRow::max_qubits,
              "in superposition at once that fit the memory limit"),
        field("max_qubits_single", &BackendRow::max_qubits_single, "the same in single precision"),
        field("max_shots", &BackendRow::max_shots, "0: draws none"),
        field("mid_circuit", &BackendRow::mid_circuit,
              "measurements, resets and conditions before the end"),
        field("noise", &BackendRow::noise, "none, or the models that there are"),
        field("gates", &BackendRow::gates, "that it takes, each under any number of controls")};
  }
};

struct BackendsDocument {
  std::size_t memory_limit = 0;
  std::vector<BackendRow> backends = {};
  Provenance provenance = {};

  static constexpr auto describe() {
    return std::tuple{field("memory_limit", &BackendsDocument::memory_limit,
                            "bytes of states that a local backend takes on this machine"),
                      field("backends", &BackendsDocument::backends, ""),
                      field("provenance", &BackendsDocument::provenance, "how to repeat it")};
  }
};

/// The limits of the local backends on this machine: three quarters of its main memory; SHA-256.
quantum::BackendOptions backend_options();

Result<BackendsDocument> list_backends(const Run& run);

}  // namespace quanta::services
