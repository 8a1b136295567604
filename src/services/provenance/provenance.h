/// Where an answer comes from: all that is needed to repeat it (see services/replay).
///
///   Provenance provenance = begin_provenance(run);
///   provenance.inputs.push_back({"prices.csv", sha256});
///   provenance.warnings.push_back("...");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/describe.h"
#include "core/execution.h"

namespace quanta::services {

/// What a use case is told about the run that it is part of, beside its request.
struct Run {
  std::vector<std::string> command;  ///< the words that repeat it, without the program's name
  std::uint64_t seed = 1;
  Execution execution;
};

struct InputFile {
  std::string file;    ///< as it was named; "-" is standard input
  std::string sha256;  ///< of its bytes as they lie there (compressed where they are), hexadecimal

  friend bool operator==(const InputFile&, const InputFile&) = default;
  static constexpr auto describe() {
    return std::tuple{field("file", &InputFile::file, "as it was named"),
                      field("sha256", &InputFile::sha256, "of its bytes, hexadecimal")};
  }
};

struct Provenance {
  std::vector<std::string> command;
  std::vector<InputFile> inputs;
  std::optional<std::string> as_of;
  std::string method;
  std::string backend;
  std::uint64_t seed = 1;
  InstructionSet kernel = InstructionSet::kScalar;
  std::string version;
  bool degraded = false;
  std::vector<std::string> warnings;

  static constexpr auto describe() {
    return std::tuple{
        field("command", &Provenance::command, "the words that repeat it"),
        field("inputs", &Provenance::inputs, "each file read, with the hash of its bytes"),
        field("as_of", &Provenance::as_of, "last date of the data used"),
        field("method", &Provenance::method, "how the answer was found"),
        field("backend", &Provenance::backend, "what it ran on"),
        field("seed", &Provenance::seed, "of every random number"),
        field("kernel", &Provenance::kernel, "instruction set of the hot kernels"),
        field("version", &Provenance::version, "of the program"),
        field("degraded", &Provenance::degraded, "something fell back from what was asked"),
        field("warnings", &Provenance::warnings, "what and why")};
  }
};

/// Command, seed, kernel and version filled in; backend "cpu".
Provenance begin_provenance(const Run& run, std::string_view method);

/// "0.1.0+g1a2b3c4d5e6f", with ".dirty" where tracked files differ from that commit; "0.1.0" where
/// the sources are no git checkout.
std::string_view version();

/// Build type and compiler, one line.
std::string_view build_description();

}  // namespace quanta::services
