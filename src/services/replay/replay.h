/// A saved result run again: do the bits agree, or which input moved?
///
///   QUANTA_TRY(const ReplayDocument document, replay("result.json", repeat, run));
///   document.agrees;
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/describe.h"
#include "core/json.h"
#include "core/result.h"
#include "services/provenance/provenance.h"

namespace quanta::services {

/// Runs a command again with the seed and the instruction set of `recorded` and gives back its
/// document. The one who knows the commands passes it in.
using Repeat = std::function<Result<json::Value>(const Provenance& recorded)>;

enum class InputState { kSame, kChanged, kMissing };

constexpr auto enum_names(InputState) {
  using Name = std::string_view;
  return std::array{std::pair{InputState::kSame, Name("same")},
                    std::pair{InputState::kChanged, Name("changed")},
                    std::pair{InputState::kMissing, Name("missing")}};
}

struct ReplayInput {
  std::string file;
  InputState state = InputState::kSame;

  static constexpr auto describe() {
    return std::tuple{field("file", &ReplayInput::file, "as the result names it"),
                      field("state", &ReplayInput::state, "beside its recorded hash")};
  }
};

struct Difference {
  std::string path;  ///< "methods[0].value"
  json::Value saved;
  json::Value now;

  static constexpr auto describe() {
    return std::tuple{field("path", &Difference::path, "where the two documents differ"),
                      field("saved", &Difference::saved, "null: not there"),
                      field("now", &Difference::now, "null: not there")};
  }
};

struct ReplayDocument {
  bool agrees = false;
  std::vector<std::string> command;
  std::vector<ReplayInput> inputs;
  std::size_t compared = 0;
  std::size_t different = 0;
  std::vector<Difference> differences;
  std::string saved_version;
  std::string version_now;
  Provenance provenance;

  static constexpr auto describe() {
    return std::tuple{
        field("agrees", &ReplayDocument::agrees, "every value but the timings is the same"),
        field("command", &ReplayDocument::command, "what was run again"),
        field("inputs", &ReplayDocument::inputs, "whether they are what they were"),
        field("compared", &ReplayDocument::compared, "values compared; 0: an input moved"),
        field("different", &ReplayDocument::different, "how many of them differ"),
        field("differences", &ReplayDocument::differences, "the first 20 of them"),
        field("saved_version", &ReplayDocument::saved_version, "program that made the result"),
        field("version_now", &ReplayDocument::version_now, "program that repeated it"),
        field("provenance", &ReplayDocument::provenance, "how to repeat the repetition")};
  }
};

constexpr std::size_t kMostDifferences = 20;

/// Compares two documents value by value, numbers bit for bit. Left out: every `seconds`, and the
/// `version` of the provenance, which ReplayDocument states by itself.
struct Comparison {
  std::size_t compared = 0;
  std::size_t different = 0;
  std::vector<Difference> differences;  ///< the first kMostDifferences
};
Comparison compare(const json::Value& saved, const json::Value& now);

/// `file`: a result as --json printed it; "-" is standard input. Where an input changed or is
/// missing, nothing is run. A recorded standard input is read again and judged by its hash.
/// Errors: those of reading `file`; kBadInput: no JSON, or no provenance with a command (field
/// "provenance"); those of the command itself.
Result<ReplayDocument> replay(const std::string& file, const Repeat& repeat, const Run& run);

}  // namespace quanta::services
