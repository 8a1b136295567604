// Any bytes as a price file: it never crashes, and neither the cuts between blocks nor the
// instruction set changes the outcome.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "core/instruction_set.h"
#include "market/bars/price_file.h"
#include "market/validation/findings.h"

namespace {

using quanta::Execution;
using quanta::InstructionSet;
using quanta::Result;
using quanta::market::PriceFileParser;
using quanta::market::PriceTable;

void require(bool holds) {
  if (!holds) std::abort();
}

Result<PriceTable> parse(std::string_view text, std::size_t step, InstructionSet set) {
  PriceFileParser parser({.name = "fuzz"}, Execution{.instruction_set = set});
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
    if (auto fed = parser.feed(text.substr(0, step)); !fed) {
      return std::unexpected(std::move(fed).error());
    }
  }
  return parser.finish();
}

bool same_bits(const PriceTable& a, const PriceTable& b) {
  const auto x = a.values.values();
  const auto y = b.values.values();
  return x.size() == y.size() &&
         (x.empty() || std::memcmp(x.data(), y.data(), x.size_bytes()) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = parse(text, size + 1, InstructionSet::kScalar);
  const std::size_t step = size == 0 ? 1 : 1 + data[0] % 17;
  const auto cut = parse(text, step, quanta::best_instruction_set());
  require(whole.has_value() == cut.has_value());
  if (!whole) {
    require(whole.error().message == cut.error().message);
    require(!whole.error().message.empty());
    return 0;
  }
  require(same_bits(*whole, *cut));
  require(whole->times == cut->times && whole->lines == cut->lines);
  require(whole->symbols == cut->symbols && whole->columns == cut->columns);
  require(whole->n_rows_seen == whole->n_rows() + whole->n_rejected);
  require(whole->n_rejected == cut->n_rejected);
  const auto validation = quanta::market::validate(*whole, {}, {});
  require(validation.quality.score >= 0 && validation.quality.score <= 100);
  return 0;
}
