#include "quantum/backend/backend.h"

#include "core/enum_text.h"
#include "quantum/backend/local_backend.h"

namespace quanta::quantum {

std::span<const BackendDescription> backends() {
  static constexpr auto kBackends = std::to_array<BackendDescription>({
      kLocalExact,
      kLocalSampling,
  });
  return kBackends;
}

Result<std::unique_ptr<Backend>> make_backend(std::string_view name,
                                              const BackendOptions& options) {
  std::vector<std::string_view> known;
  for (const BackendDescription& backend : backends()) {
    if (backend.name == name) return backend.make(options);
    known.push_back(backend.name);
  }
  return std::unexpected(unknown_word("backend", name, known));
}

}  // namespace quanta::quantum
