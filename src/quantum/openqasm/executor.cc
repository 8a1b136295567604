#include "quantum/openqasm/executor.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/builtin.h"
#include "quantum/openqasm/select.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr std::size_t kMostCalls = 1000;

/// What a large value costs beyond one instruction.
std::uint64_t weight(const Value& value) {
  if (const auto* bits = std::get_if<Bits>(&value)) return bits->cells.size() / 16;
  if (const auto* array = std::get_if<Array>(&value)) return array->items.size() / 4;
  if (const auto* view = std::get_if<View>(&value)) return view->items.size() / 4;
  if (const auto* qubits = std::get_if<Qubits>(&value)) return qubits->numbers.size() / 16;
  return 0;
}

Value as_value(const Scalar& scalar) {
  return std::visit([](const auto& x) -> Value { return x; }, scalar);
}

bool is_unknown(const Value& value) { return std::holds_alternative<Unknown>(value); }

}  // namespace

Memory Executor::start(const Code& code) {
  Memory memory;
  memory.position = code.entry;
  memory.variables.resize(code.n_variables);
  memory.n_cells = code.n_cells;
  return memory;
}

std::unexpected<Error> Executor::fault(Position at, std::string message) const {
  return error_at(code_.file, at, std::move(message));
}

std::unexpected<Error> Executor::placed(Error error, Position at) const {
  error.place = {code_.file, at.line, at.column};
  return std::unexpected(std::move(error));
}

std::unexpected<Error> Executor::too_much(Position at, std::string message) const {
  return fail(ErrorKind::kResource, std::move(message), {}, {code_.file, at.line, at.column});
}

std::unexpected<Error> Executor::hangs_on_outcome(Position at, std::string_view what) const {
  return fail(ErrorKind::kInfeasible,
              fmt::format("{} hangs on a measured value{}: no single circuit does that", what,
                          code_.parameters.empty() ? "" : " or on an input without a value"),
              {}, {code_.file, at.line, at.column});
}

Value Executor::pop() {
  Value top = std::move(m_.stack.back());
  m_.stack.pop_back();
  return top;
}

Result<void> Executor::run() {
  while (!m_.done && !m_.waits()) {
    const Instruction& next = code_.instructions[m_.position++];
    ++workshop_.n_instructions;
    if (workshop_.n_instructions > limits_.instructions) {
      return too_much(next.at, fmt::format("the program has not ended after {} instructions",
                                           limits_.instructions));
    }
    QUANTA_CHECK(step(next));
    if (!m_.stack.empty()) workshop_.n_instructions += weight(m_.stack.back());
  }
  return {};
}

Result<void> Executor::step(const Instruction& i) {
  std::vector<Value>& stack = m_.stack;
  switch (i.op) {
    case Op::kConstant:
      stack.push_back(code_.constants[i.a]);
      return {};
    case Op::kHardware:
      stack.emplace_back(Qubits{{code_.first_hardware + i.a}});
      return {};
    case Op::kPop:
      stack.pop_back();
      return {};
    case Op::kConvert: {
      Value& value = stack[stack.size() - 1 - i.c];
      Result<Value> converted =
          convert(std::move(value), code_.types[i.a], code_.types[i.b], i.flag);
      if (!converted) return placed(converted.error(), i.at);
      value = *std::move(converted);
      return {};
    }
    case Op::kUnary:
      stack.back() = apply(static_cast<Operator>(i.a), stack.back(), code_.types[i.b]);
      return {};
    case Op::kBinary: {
      const Value right = pop();
      Result<Value> result =
          apply(static_cast<Operator>(i.a), stack.back(), right, code_.binaries[i.b]);
      if (!result) return placed(result.error(), i.at);
      stack.back() = *std::move(result);
      return {};
    }
    case Op::kBuiltin: {
      Result<Value> result = apply_builtin(i.a, std::span(stack).last(i.b), code_.types[i.c]);
      if (!result) return placed(result.error(), i.at);
      stack.resize(stack.size() - i.b);
      stack.push_back(*std::move(result));
      return {};
    }
    case Op::kMakeArray: {
      make_list(stack, i.a);
      auto* list = std::get_if<Array>(&stack.back());
      if (i.b == kNone || list == nullptr) return {};
      const Type& type = code_.types[i.b];
      std::size_t n = 1;
      for (const std::uint32_t size : type.shape) n *= size;
      if (list->items.size() != n) {
        return fault(i.at, fmt::format("{} elements are found where {} has {}", list->items.size(),
                                       to_text(type), n));
      }
      list->shape = type.shape;
      return {};
    }
    case Op::kSizeOf: {
      const Value array = pop();
      const std::vector<std::uint32_t> shape = shape_of(array, {});
      if (is_unknown(array) || i.a >= shape.size()) {
        return hangs_on_outcome(i.at, "the size of an array");
      }
      stack.emplace_back(std::uint64_t{shape[i.a]});
      return {};
    }
    case Op::kFail:
      return fault(i.at, code_.messages[i.a]);
    case Op::kLoad:
    case Op::kDeclare:
    case Op::kStore:
    case Op::kIndex:
    case Op::kLoadIndexed:
    case Op::kStoreIndexed:
    case Op::kRefer:
    case Op::kNarrow:
    case Op::kStoreThrough:
    case Op::kConcatenate:
      return step_on_variable(i);
    case Op::kCheckQubits:
    case Op::kGate:
    case Op::kMeasure:
    case Op::kReset:
    case Op::kBarrierAdd:
    case Op::kBarrier:
      return step_on_qubits(i);
    default:
      return step_on_flow(i);
  }
}

View Executor::whole_view(std::uint32_t slot) const {
  const Value& value = m_.variables[slot];
  if (const auto* view = std::get_if<View>(&value)) return *view;
  View view{.shape = shape_of(value, {.kind = Kind::kBit})};
  std::uint32_t n = 1;
  for (const std::uint32_t size : view.shape) n *= size;
  for (std::uint32_t k = 0; k < n; ++k) view.items.push_back({slot, k});
  return view;
}

Value Executor::fetch(const View& view) const {
  Bits bits;
  Array array{.shape = view.shape};
  for (const View::Item& item : view.items) {
    const Value& from = m_.variables[item.slot];
    if (const auto* b = std::get_if<Bits>(&from)) {
      bits.cells.push_back(b->cells[item.item]);
    } else if (const auto* a = std::get_if<Array>(&from)) {
      array.items.push_back(a->items[item.item]);
    } else {
      return Unknown{};
    }
  }
  if (array.items.empty()) return bits;
  if (view.shape.empty()) return as_value(array.items[0]);
  return array;
}

Result<void> Executor::store(std::uint32_t slot, Value value, Position at, bool declares) {
  Value& variable = m_.variables[slot];
  if (!declares && std::holds_alternative<View>(variable)) {
    const View view = std::get<View>(variable);
    return store_through(view, value, at);
  }
  if (tracer_ != nullptr) {
    QUANTA_CHECK(tracer_->store(slot, declares ? Value(Unknown{}) : variable, value, nullptr, at));
  }
  variable = std::move(value);
  return {};
}

Result<void> Executor::store_items(std::uint32_t slot, const std::vector<std::uint32_t>& offsets,
                                   const std::vector<std::uint32_t>& shape, Value value,
                                   const Type& type, Position at) {
  Value& variable = m_.variables[slot];
  if (const auto* view = std::get_if<View>(&variable)) {
    View part{.shape = shape};
    for (const std::uint32_t offset : offsets) part.items.push_back(view->items[offset]);
    return store_through(part, value, at);
  }
  const std::size_t n = std::holds_alternative<Bits>(value)    ? std::get<Bits>(value).cells.size()
                        : std::holds_alternative<Array>(value) ? std::get<Array>(value).items.size()
                                                               : offsets.size();
  const auto* array_value = std::get_if<Array>(&value);
  if (n != offsets.size() || (array_value != nullptr && array_value->shape != shape)) {
    return fault(at, fmt::format("{} values go to {}", n, offsets.size()));
  }
  if (tracer_ != nullptr) QUANTA_CHECK(tracer_->store(slot, variable, value, &offsets, at));
  if (is_unknown(value) || is_unknown(variable) || std::holds_alternative<Predicate>(value)) {
    variable = Unknown{};
    return {};
  }
  if (auto* bits = std::get_if<Bits>(&variable); bits != nullptr && type.kind == Kind::kBit) {
    const auto& cells = std::get<Bits>(value).cells;
    for (std::size_t k = 0; k < n; ++k) bits->cells[offsets[k]] = cells[k];
    return {};
  }
  if (auto* array = std::get_if<Array>(&variable)) {
    for (std::size_t k = 0; k < n; ++k) {
      if (array_value != nullptr) {
        array->items[offsets[k]] = array_value->items[k];
      } else if (const auto* whole = std::get_if<std::uint64_t>(&value)) {
        array->items[offsets[k]] = *whole;
      } else if (const auto* real = std::get_if<double>(&value)) {
        array->items[offsets[k]] = *real;
      } else if (const auto* complex = std::get_if<std::complex<double>>(&value)) {
        array->items[offsets[k]] = *complex;
      } else {  // an integer that hangs on outcomes
        variable = Unknown{};
        return {};
      }
    }
    return {};
  }
  // Bits of an integer or angle.
  const auto* cells = std::get_if<Bits>(&value);
  const std::uint32_t width = bit_width(type);
  const auto* real = std::get_if<double>(&variable);
  const auto* whole = std::get_if<std::uint64_t>(&variable);
  if (cells == nullptr || !cells->known() || (real == nullptr && whole == nullptr)) {
    variable = Unknown{};
    return {};
  }
  std::uint64_t number = real != nullptr ? angle_to_integer(*real, width) : *whole;
  for (std::size_t k = 0; k < n; ++k) {
    const std::uint64_t bit = std::uint64_t{1} << offsets[k];
    number = cells->cells[k] != 0 ? number | bit : number & ~bit;
  }
  variable = real != nullptr ? Value(angle_from_integer(number, width)) : Value(wrap(number, type));
  return {};
}

Result<void> Executor::store_through(const View& view, const Value& value, Position at) {
  const auto* bits = std::get_if<Bits>(&value);
  const auto* array = std::get_if<Array>(&value);
  const std::size_t n = bits != nullptr    ? bits->cells.size()
                        : array != nullptr ? array->items.size()
                                           : view.items.size();
  if (n != view.items.size() || (array != nullptr && array->shape != view.shape)) {
    return fault(at, fmt::format("{} values go to {}", n, view.items.size()));
  }
  for (std::size_t k = 0; k < n; ++k) {
    Value item = bits != nullptr    ? Value(Bits{.cells = {bits->cells[k]}})
                 : array != nullptr ? as_value(array->items[k])
                                    : value;
    const bool to_bits = std::holds_alternative<Bits>(m_.variables[view.items[k].slot]);
    QUANTA_CHECK(store_items(view.items[k].slot, {view.items[k].item}, {}, std::move(item),
                             {.kind = to_bits ? Kind::kBit : Kind::kVoid}, at));
  }
  return {};
}

Result<void> Executor::step_on_variable(const Instruction& i) {
  std::vector<Value>& stack = m_.stack;
  switch (i.op) {
    case Op::kLoad: {
      const Value& value = m_.variables[variable(i)];
      if (const auto* view = std::get_if<View>(&value)) {
        stack.push_back(fetch(*view));
      } else {
        stack.push_back(value);
      }
      return {};
    }
    case Op::kDeclare:
    case Op::kStore:
      return store(variable(i), pop(), i.at, i.op == Op::kDeclare);
    case Op::kIndex: {
      const IndexList& indices = code_.indices[i.b];
      const std::size_t place = stack.size() - 1 - n_values(indices);
      const Value base = std::move(stack[place]);
      Result<Value> part = select_part(base, code_.types[i.c], indices, stack);
      if (!part) return placed(part.error(), i.at);
      stack[place] = *std::move(part);
      return {};
    }
    case Op::kLoadIndexed: {
      const Value& value = m_.variables[variable(i)];
      const IndexList& indices = code_.indices[i.b];
      if (const auto* view = std::get_if<View>(&value)) {
        const Result<Selection> selection = select(indices, view->shape, stack);
        if (!selection) return placed(selection.error(), i.at);
        View part{.shape = selection->shape};
        for (const std::uint32_t k : selection->offsets) part.items.push_back(view->items[k]);
        stack.push_back(fetch(part));
        return {};
      }
      Result<Value> part = select_part(value, code_.types[i.c], indices, stack);
      if (!part) return placed(part.error(), i.at);
      stack.push_back(*std::move(part));
      return {};
    }
    case Op::kStoreIndexed: {
      const Value& value = m_.variables[variable(i)];
      const IndexList& indices = code_.indices[i.b];
      if (is_unknown(value)) {  // as a whole: a part of it will not make it known
        stack.resize(stack.size() - n_values(indices) - 1);
        return {};
      }
      const Result<Selection> selection = select(indices, shape_of(value, code_.types[i.c]), stack);
      if (!selection) return placed(selection.error(), i.at);
      return store_items(variable(i), selection->offsets, selection->shape, pop(), code_.types[i.c],
                         i.at);
    }
    case Op::kRefer: {
      const std::uint32_t slot = variable(i);
      if (is_unknown(m_.variables[slot])) {
        if (i.b != kNone) stack.resize(stack.size() - n_values(code_.indices[i.b]));
        stack.emplace_back(Unknown{});
        return {};
      }
      View view = whole_view(slot);
      if (i.b != kNone) {
        const Result<Selection> selection = select(code_.indices[i.b], view.shape, stack);
        if (!selection) return placed(selection.error(), i.at);
        View part{.shape = selection->shape};
        for (const std::uint32_t k : selection->offsets) part.items.push_back(view.items[k]);
        view = std::move(part);
      }
      stack.emplace_back(std::move(view));
      return {};
    }
    case Op::kNarrow: {
      const IndexList& indices = code_.indices[i.b];
      const std::size_t place = stack.size() - 1 - n_values(indices);
      const Value base = std::move(stack[place]);
      const auto* view = std::get_if<View>(&base);
      if (view == nullptr) {
        stack.resize(place);
        stack.emplace_back(Unknown{});
        return {};
      }
      const Result<Selection> selection = select(indices, view->shape, stack);
      if (!selection) return placed(selection.error(), i.at);
      View part{.shape = selection->shape};
      for (const std::uint32_t k : selection->offsets) part.items.push_back(view->items[k]);
      stack[place] = std::move(part);
      return {};
    }
    case Op::kStoreThrough: {
      const Value target = pop();
      const Value value = pop();
      if (const auto* view = std::get_if<View>(&target)) return store_through(*view, value, i.at);
      return {};
    }
    default: {  // kConcatenate
      Qubits qubits;
      View view;
      bool known = true;
      for (std::size_t k = stack.size() - i.a; k < stack.size(); ++k) {
        if (const auto* q = std::get_if<Qubits>(&stack[k])) {
          qubits.numbers.insert(qubits.numbers.end(), q->numbers.begin(), q->numbers.end());
        } else if (const auto* v = std::get_if<View>(&stack[k])) {
          view.items.insert(view.items.end(), v->items.begin(), v->items.end());
        } else {
          known = false;
        }
        if (qubits.numbers.size() > Circuit::kMaxQubits || view.items.size() > kMostElements) {
          return fault(i.at, "the alias is too long");
        }
      }
      stack.resize(stack.size() - i.a);
      view.shape = {static_cast<std::uint32_t>(view.items.size())};
      if (!known) {
        stack.emplace_back(Unknown{});
      } else if (qubits.numbers.empty()) {
        stack.emplace_back(std::move(view));
      } else {
        stack.emplace_back(std::move(qubits));
      }
      return {};
    }
  }
}

Result<void> Executor::call(const Instruction& i) {
  const Function& function = code_.functions[i.a];
  if (m_.frames.size() >= kMostCalls) {
    return too_much(i.at, fmt::format("more than {} calls inside each other", kMostCalls));
  }
  m_.n_cells += function.n_cells;
  if (m_.n_cells > kMostCells) {
    return too_much(i.at, fmt::format("the variables of all calls have more than {} bits and "
                                      "elements together",
                                      kMostCells));
  }
  workshop_.n_instructions += function.n_variables / 8;
  const auto base = static_cast<std::uint32_t>(m_.variables.size());
  m_.variables.resize(base + function.n_variables);
  for (std::uint32_t k = function.n_parameters; k-- > 0;) {
    Value argument = pop();
    if (tracer_ != nullptr) {
      QUANTA_CHECK(tracer_->store(base + k, Unknown{}, argument, nullptr, i.at));
    }
    m_.variables[base + k] = std::move(argument);
  }
  m_.frames.push_back({m_.position, base, i.a});
  m_.position = function.entry;
  return {};
}

Result<void> Executor::back(const Instruction& i) {
  if (m_.frames.empty()) {  // the end of a gate's body
    m_.done = true;
    return {};
  }
  if (tracer_ != nullptr) QUANTA_CHECK(tracer_->jump(0, m_.frames.size(), i.at));
  const Memory::Frame frame = m_.frames.back();
  m_.frames.pop_back();
  m_.n_cells -= code_.functions[frame.function].n_cells;
  m_.variables.resize(frame.base);
  m_.position = frame.back;
  return {};
}

Result<void> Executor::range_begin(const Instruction& i) {
  std::uint64_t bounds[3] = {};
  for (std::size_t k = 3; k-- > 0;) {
    const Value bound = pop();
    const auto* number = std::get_if<std::uint64_t>(&bound);
    if (number == nullptr) return hangs_on_outcome(i.at, "the range of a loop");
    bounds[k] = *number;
  }
  const auto [start, step, stop] = bounds;
  if (step == 0) return fault(i.at, "the range of a loop has the step 0");
  std::uint64_t n = 0;
  if (as_signed(step) > 0 && as_signed(start) <= as_signed(stop)) n = (stop - start) / step + 1;
  if (as_signed(step) < 0 && as_signed(start) >= as_signed(stop)) {
    n = (start - stop) / (0 - step) + 1;
  }
  // All 2^64 numbers: one less is as endless.
  if (n == 0 && start != stop && (as_signed(step) > 0) == (as_signed(start) < as_signed(stop))) --n;
  const std::uint32_t slot = variable(i);
  m_.variables[slot] = start;
  m_.variables[slot + 1] = step;
  m_.variables[slot + 2] = n;
  return {};
}

void Executor::list_next(const Instruction& i) {
  const Value& list = m_.variables[variable(i)];
  auto& place = std::get<std::uint64_t>(m_.variables[variable(i) + 1]);
  const auto* array = std::get_if<Array>(&list);
  const auto* bits = std::get_if<Bits>(&list);
  const std::size_t n = array != nullptr ? array->items.size() : bits->cells.size();
  if (place >= n) {
    m_.position = i.b;
  } else if (array != nullptr) {
    m_.stack.push_back(as_value(array->items[place++]));
  } else {
    m_.stack.emplace_back(Bits{.cells = {bits->cells[place++]}});
  }
}

Result<void> Executor::step_on_flow(const Instruction& i) {
  std::vector<Value>& stack = m_.stack;
  switch (i.op) {
    case Op::kJump:
      if (i.flag && tracer_ != nullptr) QUANTA_CHECK(tracer_->jump(i.a, m_.frames.size(), i.at));
      m_.position = i.a;
      return {};
    case Op::kJumpIfFalse: {
      const Value condition = pop();
      if (const auto* known = std::get_if<std::uint64_t>(&condition)) {
        if (*known == 0) m_.position = i.a;
        return {};
      }
      if (i.b == kNone) return hangs_on_outcome(i.at, "the condition of a loop");
      const auto* predicate = std::get_if<Predicate>(&condition);
      if (predicate == nullptr || tracer_ == nullptr) {
        return hangs_on_outcome(i.at, "the condition is no comparison of bits with constants, but");
      }
      const std::uint32_t base = m_.frames.empty() ? 0 : m_.frames.back().base;
      if (!tracer_->begin_if(*predicate, m_.position - 1, i.b, m_.frames.size(), base + i.c,
                             i.at)) {
        m_.position = i.a;
      }
      return {};
    }
    case Op::kElse:
      if (tracer_ == nullptr || !tracer_->begin_else(i.a, m_.frames.size())) m_.position = i.a;
      return {};
    case Op::kEndIf:
      if (tracer_ != nullptr) tracer_->end_if(m_.position - 1, m_.frames.size());
      return {};
    case Op::kAnd:
    case Op::kOr: {
      const auto* known = std::get_if<std::uint64_t>(&stack.back());
      if (known == nullptr && i.flag) {
        return hangs_on_outcome(i.at, "whether a subroutine is called");
      }
      if (known != nullptr && (*known != 0) == (i.op == Op::kOr)) m_.position = i.a;
      return {};
    }
    case Op::kAndJoin: {
      const Value right = pop();
      stack.back() = conjunction(stack.back(), right);
      return {};
    }
    case Op::kOrJoin: {
      const Value right = pop();
      stack.back() = negation(conjunction(negation(stack.back()), negation(right)));
      return {};
    }
    case Op::kRangeBegin:
      return range_begin(i);
    case Op::kRangeNext: {
      auto& left = std::get<std::uint64_t>(m_.variables[variable(i) + 2]);
      if (left == 0) {
        m_.position = i.b;
        return {};
      }
      --left;
      auto& current = std::get<std::uint64_t>(m_.variables[variable(i)]);
      stack.emplace_back(current);
      current += std::get<std::uint64_t>(m_.variables[variable(i) + 1]);
      return {};
    }
    case Op::kListBegin:
      if (!std::holds_alternative<Array>(stack.back()) &&
          !std::holds_alternative<Bits>(stack.back())) {
        return hangs_on_outcome(i.at, "the list of a loop");
      }
      m_.variables[variable(i)] = pop();
      m_.variables[variable(i) + 1] = std::uint64_t{0};
      return {};
    case Op::kListNext:
      list_next(i);
      return {};
    case Op::kCall:
      return call(i);
    case Op::kReturn:
      return back(i);
    default:  // kEnd
      if (tracer_ != nullptr && i.at.line != 0) {
        QUANTA_CHECK(tracer_->jump(UINT32_MAX, 0, i.at));
      }
      m_.done = true;
      return {};
  }
}

}  // namespace quanta::quantum::openqasm
