#include "services/circuit/backends.h"

#include "platform/crypto/sha256.h"
#include "platform/machine/memory.h"

namespace quanta::services {

quantum::BackendOptions backend_options() {
  return {.memory_limit = platform::main_memory() / 4 * 3, .hash = platform::sha256_hex};
}

Result<BackendsDocument> list_backends(const Run& run) {
  const quantum::BackendOptions options = backend_options();
  BackendsDocument document{.memory_limit = options.memory_limit,
                            .provenance = begin_provenance(run, "list")};
  for (const quantum::BackendDescription& description : quantum::backends()) {
    QUANTA_TRY(const auto backend, quantum::make_backend(description.name, options));
    const quantum::BackendCapabilities& can = backend->capabilities();
    document.backends.push_back({can.name, can.about, "ready", can.exact, can.max_qubits,
                                 can.max_qubits_single, can.max_shots, can.mid_circuit, can.noise,
                                 can.gates});
  }
  return document;
}

}  // namespace quanta::services
