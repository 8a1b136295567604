#include "cli/circuit_flags.h"

#include <fmt/format.h>

#include "cli/flags.h"

namespace quanta::cli {

void add_program(CLI::App& app, services::ProgramRequest& request) {
  add_argument(app, "FILE", "OpenQASM 2 or 3; - is standard input", request.file);
  add_repeatable(
      app, "--input", "NAME=VALUE", "an input of the program, in its own notation (pi/2, 0101)",
      [&request](std::string_view text) -> Result<void> {
        const std::size_t equal = text.find('=');
        if (equal == std::string_view::npos || equal == 0 || equal + 1 == text.size()) {
          return wrong_value("--input", text, "of the form NAME=VALUE");
        }
        const std::string name(text.substr(0, equal));
        if (!request.inputs.emplace(name, text.substr(equal + 1)).second) {
          return fail(ErrorKind::kUsage, fmt::format("--input: {} is given twice", name), "input");
        }
        return {};
      });
}

}  // namespace quanta::cli
