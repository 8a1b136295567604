#include "services/replay/replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/file/file_reader.h"

namespace quanta::services {
namespace {

/// Wall times never repeat, and a version is compared on its own.
bool left_out(std::string_view path, std::string_view key) {
  return key == "seconds" || (key == "version" && path.ends_with("provenance"));
}

bool is_leaf(const json::Value& value) { return !value.is_object() && !value.is_array(); }

class Comparer {
 public:
  Comparison result;

  void visit(const json::Value* saved, const json::Value* now, const std::string& path) {
    if (saved != nullptr && now != nullptr && saved->is_object() && now->is_object()) {
      objects(saved->get_object(), now->get_object(), path);
    } else if (saved != nullptr && now != nullptr && saved->is_array() && now->is_array()) {
      arrays(saved->get_array(), now->get_array(), path);
    } else {
      ++result.compared;
      const bool same = saved != nullptr && now != nullptr && is_leaf(*saved) && is_leaf(*now) &&
                        same_text(*saved, *now);
      if (!same) note(saved, now, path);
    }
  }

 private:
  /// Numbers print as the shortest digits that read back to the same bits, so that equal text is
  /// equal bits, also where one side was read as a whole number.
  static bool same_text(const json::Value& a, const json::Value& b) {
    return json::print_compact(a) == json::print_compact(b);
  }

  void objects(const json::Object& saved, const json::Object& now, const std::string& path) {
    for (const auto& item : saved) {
      if (left_out(path, item.key())) continue;
      visit(&item.value(), now.if_contains(item.key()), json::child_path(path, item.key()));
    }
    for (const auto& item : now) {
      if (left_out(path, item.key()) || saved.contains(item.key())) continue;
      visit(nullptr, &item.value(), json::child_path(path, item.key()));
    }
  }

  void arrays(const json::Array& saved, const json::Array& now, const std::string& path) {
    for (std::size_t i = 0; i < std::max(saved.size(), now.size()); ++i) {
      visit(i < saved.size() ? &saved[i] : nullptr, i < now.size() ? &now[i] : nullptr,
            json::child_path(path, i));
    }
  }

  void note(const json::Value* saved, const json::Value* now, const std::string& path) {
    ++result.different;
    if (result.differences.size() == kMostDifferences) return;
    result.differences.push_back(
        {path, saved != nullptr ? *saved : json::Value(), now != nullptr ? *now : json::Value()});
  }
};

Result<Provenance> recorded_provenance(const json::Value& saved, const std::string& file) {
  const json::Value* found =
      saved.is_object() ? saved.get_object().if_contains("provenance") : nullptr;
  if (found == nullptr) {
    return fail(ErrorKind::kBadInput,
                "holds no provenance; a result that quanta printed with --json is needed",
                "provenance", {file, 0, 0});
  }
  auto provenance = json::from<Provenance>(*found, "provenance");
  if (!provenance) {
    provenance.error().place.file = file;
    return provenance;
  }
  const std::vector<std::string>& command = provenance->command;
  if (command.empty()) {
    return fail(ErrorKind::kBadInput, "its provenance holds no command", "provenance",
                {file, 0, 0});
  }
  return provenance;
}

/// The hash of the bytes as they lie there.
Result<std::string> hash_of(const std::string& file) {
  QUANTA_TRY(platform::FileReader reader, platform::FileReader::open(file));
  for (;;) {
    QUANTA_TRY(const std::string_view block, reader.next());
    if (block.empty()) return reader.sha256();
  }
}

/// Standard input counts as the same until it has been read again.
ReplayInput state_of(const InputFile& recorded) {
  if (recorded.file == "-") return {recorded.file, InputState::kSame};
  const auto now = hash_of(recorded.file);
  if (!now) return {recorded.file, InputState::kMissing};
  return {recorded.file, *now == recorded.sha256 ? InputState::kSame : InputState::kChanged};
}

/// Whether what the repetition read is what was recorded.
void check_read_again(const json::Value& now, const Provenance& recorded,
                      ReplayDocument& document) {
  const json::Value* found = now.is_object() ? now.get_object().if_contains("provenance") : nullptr;
  if (found == nullptr) return;
  const auto again = json::from<Provenance>(*found);
  if (!again) return;
  for (std::size_t i = 0; i < recorded.inputs.size(); ++i) {
    const InputFile& was = recorded.inputs[i];
    const bool same = std::ranges::find(again->inputs, was) != again->inputs.end();
    if (!same && document.inputs[i].state == InputState::kSame) {
      document.inputs[i].state = InputState::kChanged;
    }
  }
}

}  // namespace

Comparison compare(const json::Value& saved, const json::Value& now) {
  Comparer comparer;
  comparer.visit(&saved, &now, {});
  return std::move(comparer.result);
}

Result<ReplayDocument> replay(const std::string& file, const Repeat& repeat, const Run& run) {
  QUANTA_TRY(const platform::FileText read, platform::read_text_file(file, std::size_t{1} << 30));
  QUANTA_TRY(const json::Value saved, json::parse(read.text, file));
  QUANTA_TRY(const Provenance recorded, recorded_provenance(saved, file));

  ReplayDocument document;
  document.provenance = begin_provenance(run, "repetition");
  document.provenance.inputs.push_back({file, read.sha256});
  document.command = recorded.command;
  document.saved_version = recorded.version;
  document.version_now = version();
  bool all_there = true;
  for (const InputFile& input : recorded.inputs) {
    if (input.file == "-" && file == "-") {
      return fail(ErrorKind::kUsage,
                  "the result was made from standard input, which is needed to repeat it; save the "
                  "result to a file and give the prices on standard input");
    }
    document.inputs.push_back(state_of(input));
    all_there = all_there && document.inputs.back().state == InputState::kSame;
  }
  if (!all_there) return document;

  if (recorded.kernel > best_instruction_set()) {
    document.provenance.degraded = true;
    document.provenance.warnings.push_back(fmt::format(
        "the result was made with {}, which this machine lacks; {} is used instead, and "
        "the last digits may differ",
        to_text(recorded.kernel), to_text(best_instruction_set())));
  }
  Provenance asked = recorded;
  asked.kernel = std::min(recorded.kernel, best_instruction_set());
  document.provenance.kernel = asked.kernel;
  document.provenance.seed = recorded.seed;
  QUANTA_TRY(const json::Value printed, repeat(asked));
  // Through text and back, as the saved one went.
  QUANTA_TRY(const json::Value now, json::parse(json::print_compact(printed), "the repetition"));
  check_read_again(now, recorded, document);
  Comparison comparison = compare(saved, now);
  document.compared = comparison.compared;
  document.different = comparison.different;
  document.differences = std::move(comparison.differences);
  document.agrees = comparison.different == 0;
  return document;
}

}  // namespace quanta::services
