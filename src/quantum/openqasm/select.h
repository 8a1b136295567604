/// Parts of registers and arrays by index, range and set. Inside the folder only.
#pragma once

#include <cstdint>
#include <vector>

#include "core/result.h"
#include "quantum/openqasm/code.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

/// The positions of [start:step:stop] among `size`, both ends included; negative bounds count from
/// the end. Left out: the first, 1, the last. Errors: kBadInput (a bound outside, step 0).
Result<std::vector<std::uint32_t>> range_positions(const IndexList::Dimension& range,
                                                   std::int64_t start, std::int64_t step,
                                                   std::int64_t stop, std::uint32_t size);

/// What the indices of a bracket select: offsets into the items, and the shape of what they make.
struct Selection {
  std::vector<std::uint32_t> shape = {};
  std::vector<std::uint32_t> offsets = {};
};

/// How many values on the stack the indices of the bracket are.
std::size_t n_values(const IndexList& indices);

/// Pops the indices of the bracket off the stack. Errors: kBadInput (outside, or hanging on an
/// outcome, then kInfeasible).
Result<Selection> select(const IndexList& indices, const std::vector<std::uint32_t>& shape,
                         std::vector<Value>& stack);

/// The selected part of a value of the type; pops the indices off the stack.
Result<Value> select_part(const Value& value, const Type& type, const IndexList& indices,
                          std::vector<Value>& stack);

/// Pops n values that are scalars or arrays and pushes one list of all their items.
void make_list(std::vector<Value>& stack, std::uint32_t n);

/// The dimensions of a value of the type, as far as it can be indexed.
std::vector<std::uint32_t> shape_of(const Value& value, const Type& type);

}  // namespace quanta::quantum::openqasm
