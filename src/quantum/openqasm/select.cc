#include "quantum/openqasm/select.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace quanta::quantum::openqasm {
namespace {

std::unexpected<Error> hangs_on_outcome() {
  return infeasible({}, "an index hangs on a measured value");
}

Result<std::uint32_t> position(std::int64_t index, std::uint32_t size, const std::string& name) {
  const std::int64_t n = size;
  if (index >= n || index < -n) {
    return bad_input({}, n == 0 ? fmt::format("index {} into nothing", index)
                                : fmt::format("index {} is outside {}[{}]: 0 to {} are possible",
                                              index, name, n, n - 1));
  }
  return static_cast<std::uint32_t>(index < 0 ? index + n : index);
}

Value pop(std::vector<Value>& stack) {
  Value top = std::move(stack.back());
  stack.pop_back();
  return top;
}

}  // namespace

Result<std::vector<std::uint32_t>> range_positions(const IndexList::Dimension& range,
                                                   std::int64_t start, std::int64_t step,
                                                   std::int64_t stop, std::uint32_t size) {
  const std::int64_t n = size;
  if (!range.has_step) step = 1;
  if (step == 0) return bad_input({}, "a range has the step 0");
  if (!range.has_start) start = step > 0 ? 0 : n - 1;
  if (!range.has_stop) stop = step > 0 ? n - 1 : 0;
  for (const auto& [given, bound] : {std::pair{range.has_start, start}, {range.has_stop, stop}}) {
    if (given && (bound >= n || bound < -n)) {
      return bad_input({}, fmt::format("the range's bound {} is outside 0 to {}", bound, n - 1));
    }
  }
  if (start < 0) start += n;
  if (stop < 0) stop += n;
  std::vector<std::uint32_t> result;
  if (step > n) step = n;
  if (step < -n) step = -n;
  for (std::int64_t i = start; step > 0 ? i <= stop : i >= stop; i += step) {
    result.push_back(static_cast<std::uint32_t>(i));
  }
  return result;
}

std::size_t n_values(const IndexList& indices) {
  std::size_t n = 0;
  for (const IndexList::Dimension& d : indices.dimensions) {
    const bool range = d.part == IndexList::Part::kRange;
    n += range ? std::size_t{d.has_start} + std::size_t{d.has_step} + std::size_t{d.has_stop} : 1;
  }
  return n;
}

Result<Selection> select(const IndexList& indices, const std::vector<std::uint32_t>& shape,
                         std::vector<Value>& stack) {
  // Popped from the back, so the last dimension comes first.
  std::vector<std::vector<std::uint32_t>> chosen(indices.dimensions.size());
  for (std::size_t d = indices.dimensions.size(); d-- > 0;) {
    const IndexList::Dimension& dimension = indices.dimensions[d];
    if (dimension.part == IndexList::Part::kRange) {
      std::int64_t bounds[3] = {};
      const bool has[3] = {dimension.has_start, dimension.has_step, dimension.has_stop};
      for (std::size_t k = 3; k-- > 0;) {
        if (!has[k]) continue;
        const Value bound = pop(stack);
        const auto* number = std::get_if<std::uint64_t>(&bound);
        if (number == nullptr) return hangs_on_outcome();
        bounds[k] = as_signed(*number);
      }
      QUANTA_TRY(chosen[d], range_positions(dimension, bounds[0], bounds[1], bounds[2], shape[d]));
      continue;
    }
    const Value index = pop(stack);
    if (dimension.part == IndexList::Part::kSet) {
      const auto* set = std::get_if<Array>(&index);
      if (set == nullptr) return hangs_on_outcome();
      for (const Scalar& item : set->items) {
        QUANTA_TRY(const std::uint32_t place,
                   position(as_signed(std::get<std::uint64_t>(item)), shape[d], indices.name));
        chosen[d].push_back(place);
      }
      continue;
    }
    const auto* number = std::get_if<std::uint64_t>(&index);
    if (number == nullptr) return hangs_on_outcome();
    QUANTA_TRY(const std::uint32_t place, position(as_signed(*number), shape[d], indices.name));
    chosen[d] = {place};
  }
  Selection selection{.offsets = {0}};
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool given = d < chosen.size();
    const bool one = given && indices.dimensions[d].part == IndexList::Part::kOne;
    const std::uint32_t n = given ? static_cast<std::uint32_t>(chosen[d].size()) : shape[d];
    if (!one) selection.shape.push_back(n);
    std::vector<std::uint32_t> next;
    next.reserve(selection.offsets.size() * n);
    for (const std::uint32_t offset : selection.offsets) {
      for (std::uint32_t i = 0; i < n; ++i) {
        next.push_back(offset * shape[d] + (given ? chosen[d][i] : i));
      }
    }
    selection.offsets = std::move(next);
  }
  return selection;
}

std::vector<std::uint32_t> shape_of(const Value& value, const Type& type) {
  if (const auto* array = std::get_if<Array>(&value)) return array->shape;
  if (const auto* view = std::get_if<View>(&value)) return view->shape;
  if (const auto* bits = std::get_if<Bits>(&value); bits != nullptr && type.kind == Kind::kBit) {
    return {static_cast<std::uint32_t>(bits->cells.size())};
  }
  if (const auto* qubits = std::get_if<Qubits>(&value)) {
    return {static_cast<std::uint32_t>(qubits->numbers.size())};
  }
  if (type.is_array()) return type.shape;
  return {type.is_integer() || type.kind == Kind::kAngle ? bit_width(type) : type.width};
}

Result<Value> select_part(const Value& value, const Type& type, const IndexList& indices,
                          std::vector<Value>& stack) {
  if (std::holds_alternative<Unknown>(value)) {
    stack.resize(stack.size() - n_values(indices));
    return Unknown{};
  }
  QUANTA_TRY(const Selection selection, select(indices, shape_of(value, type), stack));
  if (const auto* array = std::get_if<Array>(&value)) {
    if (selection.shape.empty()) {
      return std::visit([](const auto& x) -> Value { return x; },
                        array->items[selection.offsets[0]]);
    }
    Array part{.shape = selection.shape};
    for (const std::uint32_t offset : selection.offsets) part.items.push_back(array->items[offset]);
    return part;
  }
  if (const auto* qubits = std::get_if<Qubits>(&value)) {
    Qubits part;
    for (const std::uint32_t offset : selection.offsets) {
      part.numbers.push_back(qubits->numbers[offset]);
    }
    return part;
  }
  const auto* bits = std::get_if<Bits>(&value);
  Bits whole;
  if (bits == nullptr) {
    const std::uint32_t width = bit_width(type);
    if (const auto* number = std::get_if<std::uint64_t>(&value)) {
      whole = to_bits(*number, width);
    } else if (const auto* angle = std::get_if<double>(&value)) {
      whole = to_bits(angle_to_integer(*angle, width), width);
    } else {
      return Unknown{};
    }
    bits = &whole;
  }
  Bits part;
  for (const std::uint32_t offset : selection.offsets) {
    // An integer that is not known yet may have fewer bits than its type.
    part.cells.push_back(offset < bits->cells.size() ? bits->cells[offset] : 0);
  }
  return part;
}

void make_list(std::vector<Value>& stack, std::uint32_t n) {
  Array list;
  bool known = true;
  for (std::size_t i = stack.size() - n; i < stack.size(); ++i) {
    if (const auto* array = std::get_if<Array>(&stack[i])) {
      list.items.insert(list.items.end(), array->items.begin(), array->items.end());
    } else if (const auto* whole = std::get_if<std::uint64_t>(&stack[i])) {
      list.items.emplace_back(*whole);
    } else if (const auto* real = std::get_if<double>(&stack[i])) {
      list.items.emplace_back(*real);
    } else if (const auto* complex = std::get_if<std::complex<double>>(&stack[i])) {
      list.items.emplace_back(*complex);
    } else {
      known = false;
    }
  }
  list.shape = {static_cast<std::uint32_t>(list.items.size())};
  stack.resize(stack.size() - n);
  if (known) {
    stack.emplace_back(std::move(list));
  } else {
    stack.emplace_back(Unknown{});
  }
}

}  // namespace quanta::quantum::openqasm
