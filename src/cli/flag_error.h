/// How an Error leaves CLI11's callbacks: only cli/flags.cc throws it and only cli/parse.cc catches
/// it.
#pragma once

#include <utility>

#include <CLI/Error.hpp>

#include "core/result.h"

namespace quanta::cli {

struct FlagError : CLI::ParseError {
  explicit FlagError(quanta::Error e)
      : CLI::ParseError("FlagError", e.message, 2), error(std::move(e)) {}
  quanta::Error error;
};

}  // namespace quanta::cli
