#include "services/provenance/provenance.h"

#include "quanta_version.h"  // written by cmake/QuantaVersion.cmake at build time

namespace quanta::services {

std::string_view version() { return QUANTA_VERSION; }

std::string_view build_description() { return QUANTA_BUILD; }

Provenance begin_provenance(const Run& run, std::string_view method) {
  Provenance provenance;
  provenance.command = run.command;
  provenance.method = method;
  provenance.backend = "cpu";
  provenance.seed = run.seed;
  provenance.kernel = run.execution.instruction_set;
  provenance.version = version();
  return provenance;
}

}  // namespace quanta::services
