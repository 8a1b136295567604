#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "quantum/openqasm/compiler.h"
#include "quantum/openqasm/parser.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr Type kWhole{.kind = Kind::kInt};

/// What a case compares with, where two of the same can be told.
std::optional<std::uint64_t> case_number(const Value& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  const auto* bits = std::get_if<Bits>(&value);
  if (bits == nullptr || !bits->known() || bits->cells.size() > 64) return {};
  return to_integer(*bits);
}

}  // namespace

Result<void> Compiler::statement(StatementId id) {
  const Statement& node = syntax_->statements[id];
  if (unit().what == Unit::What::kGate) {
    const auto* directive = std::get_if<Directive>(&node.node);
    const bool allowed =
        std::holds_alternative<GateCall>(node.node) || std::holds_alternative<For>(node.node) ||
        std::holds_alternative<Scope>(node.node) || std::holds_alternative<Pragma>(node.node) ||
        (directive != nullptr && directive->name != "reset");
    if (!allowed) {
      return fault(node.at,
                   "expected a gate, gphase, barrier or a loop over constants: a gate's body holds "
                   "nothing else");
    }
  }
  return std::visit([&](const auto& kind) { return compile(node.at, kind); }, node.node);
}

Result<void> Compiler::block(BlockId id) {
  for (const StatementId next : syntax_->blocks[id].statements) QUANTA_CHECK(statement(next));
  return {};
}

Result<void> Compiler::body(BlockId id) {
  open_scope();
  QUANTA_CHECK(block(id));
  close_scope();
  return {};
}

Result<void> Compiler::compile(Position at, const Include& node) {
  const auto library = node.file == "qelib1.inc"     ? qelib1()
                       : node.file == "stdgates.inc" ? stdgates()
                                                     : std::span<const LibraryGate>();
  if (library.empty()) {
    return fault(at, fmt::format("\"{}\" is not available: \"qelib1.inc\" and \"stdgates.inc\" are",
                                 node.file));
  }
  if (!at_global_scope()) return fault(at, "an include stands at global scope only");
  for (const LibraryGate& gate : library) library_by_name_.emplace(gate.name, &gate);
  return {};
}

Result<void> Compiler::compile(Position, const Pragma&) { return {}; }
Result<void> Compiler::compile(Position, const Calibration&) { return {}; }

Result<void> Compiler::compile(Position at, const QubitDeclaration& node) {
  if (!at_global_scope()) return fault(at, "qubits are declared at global scope only");
  QUANTA_TRY(const Type declared, type(node.type));
  const unsigned n = std::max(declared.width, 1U);
  if (code_.n_qubits + n_hardware_ + n > Circuit::kMaxQubits) {
    return fault(at, fmt::format("more than {} qubits", Circuit::kMaxQubits));
  }
  Qubits qubits;
  for (unsigned i = 0; i < n; ++i) qubits.numbers.push_back(code_.n_qubits + i);
  QUANTA_TRY(const std::uint32_t place, add_constant(std::move(qubits), at));
  QUANTA_CHECK(declare(node.name, {.what = Symbol::What::kConstant,
                                   .type = declared,
                                   .of_main = true,
                                   .constant = place,
                                   .at = at}));
  code_.qubit_registers.push_back({node.name, code_.n_qubits, n});
  code_.n_qubits += n;
  return {};
}

Result<void> Compiler::compile(Position at, const ClassicalDeclaration& node) {
  QUANTA_TRY(const Type declared, type(node.type));
  if (node.qualifier == "const") {
    QUANTA_TRY(const Compiled value, value_of(node.value, declared));
    if (!value.constant) {
      return fault(this->at(node.value).at,
                   fmt::format("the value of \"{}\" is not a constant", node.name));
    }
    const std::uint32_t place = code_.instructions[value.begin].a;
    code_.instructions.resize(value.begin);
    return declare(node.name, {.what = Symbol::What::kConstant,
                               .type = declared,
                               .of_main = units_.size() == 1,
                               .constant = place,
                               .at = at});
  }
  const bool io = node.qualifier == "input" || node.qualifier == "output";
  if (io && !at_global_scope()) {
    return fault(at, fmt::format("\"{}\" stands at global scope only", node.qualifier));
  }
  if (node.qualifier == "input") {
    QUANTA_CHECK(input(at, node, declared));
  } else if (node.value != kNone) {
    QUANTA_TRY([[maybe_unused]] const Compiled value, value_of(node.value, declared));
  } else {
    QUANTA_TRY([[maybe_unused]] const Compiled value,
               constant(zero(declared), declared, here(), at));
  }
  QUANTA_TRY(const std::uint32_t slot, new_variable(declared, at));
  QUANTA_CHECK(declare(node.name,
                       {.type = declared, .slot = slot, .of_main = units_.size() == 1, .at = at}));
  emit(Op::kDeclare, at, slot);
  if (declared.kind == Kind::kBit && at_global_scope()) {
    const unsigned begin = code_.bit_registers.empty()
                               ? 0
                               : code_.bit_registers.back().begin + code_.bit_registers.back().size;
    const unsigned n = std::max(declared.width, 1U);
    if (begin + n > Circuit::kMaxBits) {
      return fault(at, fmt::format("more than {} classical bits", Circuit::kMaxBits));
    }
    code_.bit_registers.push_back({node.name, begin, n});
    code_.bit_variables.push_back(slot);
  }
  return {};
}

/// Pushes the value that was given for an input.
Result<void> Compiler::input(Position at, const ClassicalDeclaration& node, const Type& type) {
  inputs_seen_.insert(node.name);
  const auto given = inputs_.find(node.name);
  const bool angle = !type.is_array() && (type.kind == Kind::kFloat || type.kind == Kind::kAngle);
  if (given == inputs_.end() && open_inputs_ && angle) {
    Symbolic symbol;
    symbol.angle.terms.push_back({static_cast<unsigned>(code_.parameters.size()), 1.0});
    const Result<Value> value = convert(symbol, {.kind = type.kind}, type, false);
    if (!value) return placed(value.error(), at);
    code_.parameters.push_back(node.name);
    QUANTA_TRY([[maybe_unused]] const Compiled pushed, constant(*value, type, here(), at));
    return {};
  }
  if (given == inputs_.end()) {
    return fail(ErrorKind::kBadInput,
                fmt::format("the input {0} of type {1} has no value; give {0}=VALUE", node.name,
                            to_text(type)),
                "inputs", {syntax_->file, at.line, at.column});
  }
  Result<Compiled> value = input_value(given->second, node.name, type);
  if (value) return {};
  return bad_input("inputs", fmt::format("{} = {}: {}; its type is {}", node.name, given->second,
                                         value.error().message, to_text(type)));
}

Result<Compiler::Compiled> Compiler::input_value(const std::string& text, const std::string& name,
                                                 const Type& type) {
  std::string written = text;
  const bool digits = !text.empty() && text.find_first_not_of("01_") == std::string::npos;
  if (type.kind == Kind::kBit && digits) written = "\"" + text + "\"";
  QUANTA_TRY(const Syntax syntax, Parser(written, name).single_expression());
  const Syntax* const program = std::exchange(syntax_, &syntax);
  const auto compiled = [&]() -> Result<Compiled> {
    const auto& whole = std::get<ExpressionStatement>(syntax.statements[0].node);
    QUANTA_TRY(Compiled value, value_of(whole.value, type));
    if (!value.constant && !type.is_array()) return bad_input({}, "this is not a constant");
    for (std::uint32_t i = value.begin; i < here(); ++i) {
      const Op op = code_.instructions[i].op;
      if (op != Op::kConstant && op != Op::kMakeArray) {
        return bad_input({}, "this is not a constant");
      }
    }
    return value;
  }();
  syntax_ = program;
  return compiled;
}

Result<void> Compiler::compile(Position at, const AliasDeclaration& node) {
  const Expression& value = this->at(node.value);
  std::vector<ExpressionId> parts = {node.value};
  if (value.kind == ExpressionKind::kConcatenation) parts = value.parts;
  const std::uint32_t begin = here();
  QUANTA_TRY(const Compiled first, expression(parts[0]));
  const bool quantum = first.type.kind == Kind::kQubit && !first.type.is_array();
  code_.instructions.resize(begin);

  Type type;
  std::uint64_t width = 0;
  bool known = true;
  Qubits qubits;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Position place = this->at(parts[i]).at;
    QUANTA_TRY(const Compiled part, quantum ? expression(parts[i]) : reference(parts[i], false));
    if (i == 0) type = part.type;
    const bool joins = part.type.shape.size() <= 1 && part.type.kind == type.kind &&
                       part.type.shape.size() == type.shape.size();
    if (parts.size() > 1 && !joins) {
      return fault(place,
                   fmt::format("{} cannot be joined to {}", to_text(part.type), to_text(type)));
    }
    const std::uint32_t n =
        part.type.is_array() ? part.type.shape[0] : std::max(part.type.width, 1U);
    if (n == kAnySize || width == kAnySize) {
      width = kAnySize;
    } else if (width += n; width > (quantum ? Circuit::kMaxQubits : kMostElements)) {
      return fault(place, "the alias is too long");
    }
    known = known && part.constant;
    if (known) {
      const auto& numbers = std::get<Qubits>(*part.constant).numbers;
      qubits.numbers.insert(qubits.numbers.end(), numbers.begin(), numbers.end());
    }
  }
  if (parts.size() > 1) {
    emit(Op::kConcatenate, at, static_cast<std::uint32_t>(parts.size()));
    (type.is_array() ? type.shape[0] : type.width) = static_cast<std::uint32_t>(width);
  }
  if (quantum && known) {
    code_.instructions.resize(begin);
    QUANTA_TRY(const std::uint32_t place, add_constant(std::move(qubits), at));
    return declare(node.name, {.what = Symbol::What::kConstant,
                               .type = type,
                               .of_main = units_.size() == 1,
                               .constant = place,
                               .at = at});
  }
  QUANTA_TRY(const std::uint32_t slot, new_variable({.kind = Kind::kBool}, at));
  QUANTA_CHECK(
      declare(node.name, {.type = type, .slot = slot, .of_main = units_.size() == 1, .at = at}));
  emit(Op::kDeclare, at, slot);
  return {};
}

Result<void> Compiler::compile(Position at, const GateDefinition& node) {
  if (!at_global_scope()) return fault(at, "gates are defined at global scope only");
  if (const auto there = gates_.find(node.name); there != gates_.end()) {
    return fault(at, fmt::format("gate \"{}\" is defined already", node.name));
  }
  if (node.qubits.size() > Circuit::kMaxQubits) {
    return fault(at, fmt::format("a gate on more than {} qubits", Circuit::kMaxQubits));
  }
  DefinedGate gate{.name = node.name,
                   .n_parameters = static_cast<std::uint32_t>(node.parameters.size()),
                   .n_qubits = static_cast<std::uint32_t>(node.qubits.size()),
                   .opaque = node.opaque};
  const std::uint32_t jump = emit(Op::kJump, at);
  gate.entry = here();
  units_.push_back({.what = Unit::What::kGate, .name = node.name, .n_qubits = gate.n_qubits});
  unit().scopes.emplace_back();
  for (std::size_t i = 0; i < node.parameters.size(); ++i) {
    const Type real{.kind = Kind::kFloat};
    QUANTA_TRY(const std::uint32_t slot, new_variable(real, at));
    QUANTA_CHECK(declare(
        node.parameters[i],
        {.type = real, .slot = slot, .read_only = true, .at = node.parameter_positions[i]}));
  }
  for (unsigned i = 0; i < gate.n_qubits; ++i) {
    QUANTA_TRY(const std::uint32_t place, add_constant(Qubits{{i}}, at));
    QUANTA_CHECK(declare(node.qubits[i], {.what = Symbol::What::kConstant,
                                          .type = {.kind = Kind::kQubit},
                                          .constant = place,
                                          .at = node.qubit_positions[i]}));
  }
  if (!node.opaque) QUANTA_CHECK(block(node.body));
  emit(Op::kReturn, at);
  gate.n_variables = unit().n_variables;
  gate.depth = unit().depth + 1;
  units_.pop_back();
  aim(jump);
  if (gate.depth > kMostGateDepth) {
    return fault(at, fmt::format("gate \"{}\" stands on more than {} levels of definitions",
                                 node.name, kMostGateDepth));
  }
  gates_.emplace(node.name, static_cast<std::uint32_t>(code_.gates.size()));
  code_.gates.push_back(std::move(gate));
  return {};
}

Result<void> Compiler::compile(Position at, const Subroutine& node) {
  if (!at_global_scope()) return fault(at, "subroutines are defined at global scope only");
  Signature signature{.name = node.name,
                      .function = static_cast<std::uint32_t>(code_.functions.size())};
  for (const Parameter& parameter : node.parameters) {
    QUANTA_TRY(Type wanted, type(parameter.type));
    signature.by_reference.push_back(wanted.is_array());
    signature.may_change.push_back(syntax_->types[parameter.type].access == "mutable");
    signature.parameters.push_back(std::move(wanted));
  }
  if (node.result != kNone) {
    QUANTA_TRY(signature.result, type(node.result));
  }
  QUANTA_CHECK(declare(node.name, {.what = Symbol::What::kFunction,
                                   .of_main = true,
                                   .function = static_cast<std::uint32_t>(signatures_.size()),
                                   .at = at}));
  signatures_.push_back(signature);
  code_.functions.push_back(
      {.name = node.name, .n_parameters = static_cast<std::uint32_t>(node.parameters.size())});
  const std::uint32_t jump = emit(Op::kJump, at);
  const std::uint32_t entry = here();
  units_.push_back(
      {.what = Unit::What::kSubroutine, .name = node.name, .result = signature.result});
  unit().scopes.emplace_back();
  for (std::size_t i = 0; i < node.parameters.size(); ++i) {
    const Parameter& parameter = node.parameters[i];
    const bool held = !signature.by_reference[i];
    const Type place{.kind = Kind::kBool};
    QUANTA_TRY(
        const std::uint32_t slot,
        new_variable(
            held && signature.parameters[i].kind != Kind::kQubit ? signature.parameters[i] : place,
            at));
    QUANTA_CHECK(declare(parameter.name, {.type = signature.parameters[i],
                                          .slot = slot,
                                          .read_only = !held && !signature.may_change[i],
                                          .at = parameter.at}));
  }
  QUANTA_CHECK(block(node.body));
  if (signature.result.kind == Kind::kVoid) {
    emit(Op::kReturn, at);
  } else {
    if (!unit().returns) {
      return fault(at, fmt::format("subroutine \"{}\" promises {}, but has no return", node.name,
                                   to_text(signature.result)));
    }
    code_.messages.push_back(fmt::format("subroutine \"{}\" ended without the {} that it promises",
                                         node.name, to_text(signature.result)));
    emit(Op::kFail, at, static_cast<std::uint32_t>(code_.messages.size() - 1));
  }
  Function& function = code_.functions[signature.function];
  function.entry = entry;
  function.n_variables = unit().n_variables;
  function.n_cells = unit().n_cells;
  units_.pop_back();
  aim(jump);
  return {};
}

Result<void> Compiler::compile(Position at, const ExternDeclaration& node) {
  if (!at_global_scope()) return fault(at, "extern functions are declared at global scope only");
  Signature signature{.name = node.name};
  for (const TypeId parameter : node.parameters) {
    QUANTA_TRY(Type wanted, type(parameter));
    signature.by_reference.push_back(wanted.is_array());
    signature.may_change.push_back(false);
    signature.parameters.push_back(std::move(wanted));
  }
  if (node.result != kNone) {
    QUANTA_TRY(signature.result, type(node.result));
  }
  QUANTA_CHECK(declare(node.name, {.what = Symbol::What::kExtern,
                                   .of_main = true,
                                   .function = static_cast<std::uint32_t>(signatures_.size()),
                                   .at = at}));
  signatures_.push_back(std::move(signature));
  return {};
}

Result<void> Compiler::compile(Position at, const GateCall& node) {
  GateUse use{.name = node.name,
              .n_parameters = static_cast<std::uint32_t>(node.arguments.size()),
              .n_operands = static_cast<std::uint32_t>(node.operands.size())};
  std::uint32_t n_parameters = 1;
  std::uint32_t n_qubits = 0;
  if (node.name == "gphase" && syntax_->version != 2) {
    use.target = GateUse::Target::kPhase;
  } else if (const auto defined = gates_.find(node.name); defined != gates_.end()) {
    const DefinedGate& gate = code_.gates[defined->second];
    use.target = GateUse::Target::kDefined;
    use.defined = defined->second;
    n_parameters = gate.n_parameters;
    n_qubits = gate.n_qubits;
    unit().depth = std::max(unit().depth, gate.depth);
  } else if (const LibraryGate* gate = find_library_gate(node.name)) {
    use.library = *gate;
    n_parameters = gate->n_parameters;
    n_qubits = gate->n_qubits();
  } else if (const Symbol* symbol = find(node.name);
             symbol != nullptr &&
             (symbol->what == Symbol::What::kFunction || symbol->what == Symbol::What::kExtern)) {
    return subroutine_in_gate_form(at, node, *symbol);
  } else {
    return undefined_gate(node.name, node.name_at);
  }
  if (node.arguments.size() != n_parameters) {
    return fault(node.name_at,
                 fmt::format("\"{}\" takes {} parameter{}, found {}", node.name, n_parameters,
                             n_parameters == 1 ? "" : "s", node.arguments.size()));
  }
  for (const Modifier& modifier : node.modifiers) {
    if (modifier.name == "inv") {
      use.powers.push_back({.inverse = true});
      continue;
    }
    if (modifier.name == "pow") {
      QUANTA_TRY(Compiled exponent, expression(modifier.argument));
      const bool whole = exponent.type.is_integer() || exponent.type.kind == Kind::kBool;
      QUANTA_CHECK(convert_to(exponent, whole ? kWhole : Type{.kind = Kind::kFloat}, false,
                              this->at(modifier.argument).at));
      use.powers.push_back({.whole = whole});
      continue;
    }
    std::uint32_t n = 1;
    if (modifier.argument != kNone) {
      QUANTA_TRY(n, size(modifier.argument, modifier.name, 64));
    }
    if (use.n_controls + use.library.n_controls + n > 64) {
      return fault(modifier.at, "more than 64 controls on one gate");
    }
    if (modifier.name == "ctrl") {
      for (std::uint32_t i = 0; i < n; ++i) {
        use.control_state |= std::uint64_t{1} << (use.n_controls + i);
      }
    }
    use.n_controls += n;
  }
  std::ranges::reverse(use.powers);  // the last one written is the first to act
  for (const ExpressionId argument : node.arguments) {
    QUANTA_TRY([[maybe_unused]] const Compiled value, value_of(argument, {.kind = Kind::kFloat}));
  }
  if (node.duration != kNone) {
    const std::uint32_t begin = here();
    QUANTA_TRY([[maybe_unused]] const Compiled value,
               value_of(node.duration, {.kind = Kind::kDuration}));
    code_.instructions.resize(begin);
  }
  n_qubits += use.n_controls;
  if (node.operands.size() != n_qubits) {
    return fault(at, fmt::format("\"{}\"{} acts on {} qubit{}, found {}", node.name,
                                 use.n_controls > 0 ? " with its controls" : "", n_qubits,
                                 n_qubits == 1 ? "" : "s", node.operands.size()));
  }
  std::uint32_t lanes = 1;
  bool known = true;
  std::vector<unsigned> first_lane;
  for (const ExpressionId operand : node.operands) {
    QUANTA_TRY(const Compiled qubits, expression(operand));
    if (qubits.type.kind != Kind::kQubit) {
      return fault(this->at(operand).at,
                   fmt::format("{} is found where qubits are expected", to_text(qubits.type)));
    }
    const std::uint32_t n = std::max(qubits.type.width, 1U);
    if (n != 1 && n != kAnySize) {
      if (lanes != 1 && lanes != n) {
        return fault(this->at(operand).at,
                     fmt::format("a register of {} qubits beside one of {}", n, lanes));
      }
      lanes = n;
    }
    known = known && qubits.constant;
    if (known) first_lane.push_back(std::get<Qubits>(*qubits.constant).numbers[0]);
  }
  if (known) {
    std::ranges::sort(first_lane);
    if (std::ranges::adjacent_find(first_lane) != first_lane.end()) {
      return fault(at, fmt::format("\"{}\" acts on the same qubit twice", node.name));
    }
  }
  code_.uses.push_back(std::move(use));
  emit(Op::kGate, at, static_cast<std::uint32_t>(code_.uses.size() - 1));
  return {};
}

/// f(0.5) q, r; as older texts write what is now f(0.5, q, r);
Result<void> Compiler::subroutine_in_gate_form(Position at, const GateCall& node,
                                               const Symbol& symbol) {
  if (!node.modifiers.empty()) {
    return fault(node.modifiers[0].at, "a subroutine takes no modifiers");
  }
  std::vector<ExpressionId> arguments;
  std::size_t classical = 0;
  std::size_t quantum = 0;
  for (const Type& wanted : signatures_[symbol.function].parameters) {
    const auto& from = wanted.kind == Kind::kQubit ? node.operands : node.arguments;
    std::size_t& next = wanted.kind == Kind::kQubit ? quantum : classical;
    if (next < from.size()) arguments.push_back(from[next++]);
  }
  arguments.insert(arguments.end(), node.arguments.begin() + static_cast<long>(classical),
                   node.arguments.end());
  arguments.insert(arguments.end(), node.operands.begin() + static_cast<long>(quantum),
                   node.operands.end());
  QUANTA_TRY(const Compiled result, user_call(symbol, node.name, arguments, at));
  if (result.type.kind != Kind::kVoid) emit(Op::kPop, at);
  return {};
}

Result<Type> Compiler::target_type(ExpressionId target) {
  std::vector<ExpressionId> brackets;
  const Expression& root = at(unroll(target, brackets));
  const Symbol* symbol = find(root.text);
  if (symbol == nullptr) return undeclared(root.text, root.at);
  if (symbol->what == Symbol::What::kConstant) {
    return fault(root.at,
                 symbol->type.kind == Kind::kQubit
                     ? fmt::format("\"{}\" holds qubits: expected a variable", root.text)
                     : fmt::format("\"{}\" is a constant: it cannot be assigned to", root.text));
  }
  if (symbol->what != Symbol::What::kVariable || symbol->type.kind == Kind::kQubit) {
    return fault(root.at, fmt::format("\"{}\" is no variable", root.text));
  }
  if (symbol->read_only) {
    return fault(root.at, fmt::format("\"{}\" can be read only", root.text));
  }
  const std::uint32_t begin = here();
  QUANTA_TRY(const Compiled value, expression(target));
  code_.instructions.resize(begin);
  return value.type;
}

/// Pops a value of the target's type into it.
Result<void> Compiler::store(Position at, ExpressionId target) {
  std::vector<ExpressionId> brackets;
  const Expression& root = this->at(unroll(target, brackets));
  const Symbol symbol = *find(root.text);
  std::uint32_t store = 0;
  if (brackets.empty()) {
    store = emit(Op::kStore, at, symbol.slot, 0, add_type(symbol.type));
  } else if (brackets.size() == 1) {
    Type part = symbol.type;
    QUANTA_TRY(const std::uint32_t list, indices(this->at(brackets[0]), root.text, part));
    store = emit(Op::kStoreIndexed, at, symbol.slot, list, add_type(symbol.type));
  } else {
    QUANTA_TRY([[maybe_unused]] const Compiled view, reference(target, true));
    store = emit(Op::kStoreThrough, at);
  }
  code_.instructions[store].global = symbol.of_main;
  return {};
}

Result<void> Compiler::compile(Position at, const Assignment& node) {
  QUANTA_TRY(const Type wanted, target_type(node.target));
  if (node.op == "=") {
    QUANTA_TRY([[maybe_unused]] const Compiled value, value_of(node.value, wanted));
    return store(at, node.target);
  }
  QUANTA_TRY(Compiled left, expression(node.target));
  for (std::uint32_t i = left.begin; i < here(); ++i) {
    if (code_.instructions[i].op == Op::kCall) {
      return fault(at, "an index that calls a subroutine stands on the left of = alone");
    }
  }
  QUANTA_TRY(Compiled right, expression(node.value));
  const Operator op = binary_operator(std::string_view(node.op).substr(0, node.op.size() - 1));
  QUANTA_TRY(Compiled value, combine(op, std::move(left), std::move(right), at));
  QUANTA_CHECK(convert_to(value, wanted, false, at));
  return store(at, node.target);
}

Result<void> Compiler::compile(Position at, const Measurement& node) {
  if (node.target == kNone) {
    QUANTA_TRY([[maybe_unused]] const Compiled value, expression(node.measure));
    emit(Op::kPop, at);
    return {};
  }
  QUANTA_TRY(Compiled value, expression(node.measure));
  QUANTA_TRY(const Type wanted, target_type(node.target));
  if (!converts(value.type, wanted, false)) {
    return fault(at, fmt::format("the outcome is a {}, the target a {}", to_text(value.type),
                                 to_text(wanted)));
  }
  QUANTA_CHECK(convert_to(value, wanted, false, at));
  return store(at, node.target);
}

Result<void> Compiler::compile(Position at, const Directive& node) {
  if (node.name == "nop") return {};
  const std::uint32_t begin = here();
  if (node.duration != kNone) {
    QUANTA_TRY([[maybe_unused]] const Compiled value,
               value_of(node.duration, {.kind = Kind::kDuration}));
  }
  for (const ExpressionId operand : node.operands) {
    QUANTA_TRY(const Compiled qubits, expression(operand));
    if (qubits.type.kind != Kind::kQubit) {
      return fault(this->at(operand).at,
                   fmt::format("{} is found where qubits are expected", to_text(qubits.type)));
    }
    if (node.name == "reset") emit(Op::kReset, at);
    if (node.name == "barrier") emit(Op::kBarrierAdd, at);
  }
  if (node.name == "barrier") emit(Op::kBarrier, at, node.operands.empty() ? 0 : 1);
  if (node.name == "delay") code_.instructions.resize(begin);
  return {};
}

Result<void> Compiler::compile(Position, const Box& node) {
  if (node.duration != kNone) {
    const std::uint32_t begin = here();
    QUANTA_TRY([[maybe_unused]] const Compiled value,
               value_of(node.duration, {.kind = Kind::kDuration}));
    code_.instructions.resize(begin);
  }
  return body(node.body);
}

Result<void> Compiler::compile(Position, const Scope& node) { return body(node.body); }

Result<void> Compiler::compile(Position at, const If& node) {
  QUANTA_TRY([[maybe_unused]] const Compiled condition, value_of(node.condition, kTruth));
  const std::uint32_t jump = emit(Op::kJumpIfFalse, at, 0, 0, unit().alive);
  QUANTA_CHECK(body(node.then));
  const std::uint32_t past = emit(Op::kElse, at);
  aim(jump);
  if (node.otherwise != kNone) QUANTA_CHECK(body(node.otherwise));
  aim(past);
  code_.instructions[jump].b = here();
  emit(Op::kEndIf, at);
  return {};
}

Result<void> Compiler::compile(Position at, const While& node) {
  const std::uint32_t begin = here();
  QUANTA_TRY([[maybe_unused]] const Compiled condition, value_of(node.condition, kTruth));
  const std::uint32_t exit = emit(Op::kJumpIfFalse, at, 0, kNone);
  unit().loops.push_back({.next = begin});
  QUANTA_CHECK(body(node.body));
  emit(Op::kJump, at, begin);
  aim(exit);
  for (const std::uint32_t jump : unit().loops.back().breaks) aim(jump);
  unit().loops.pop_back();
  return {};
}

Result<void> Compiler::compile(Position at, const For& node) {
  QUANTA_TRY(const Type wanted, type(node.type));
  const Expression& values = this->at(node.values);
  open_scope();
  Type item = kWhole;
  std::uint32_t next = 0;
  if (values.kind == ExpressionKind::kRange) {
    for (std::size_t k = 0; k < 3; ++k) {
      if (values.parts[k] == kNone && k != 1) {
        return fault(values.at, "the range of a loop has a start and an end");
      }
      if (values.parts[k] == kNone) {
        QUANTA_TRY([[maybe_unused]] const Compiled step,
                   constant(std::uint64_t{1}, kWhole, here(), values.at));
      } else {
        QUANTA_TRY([[maybe_unused]] const Compiled bound, value_of(values.parts[k], kWhole));
      }
    }
    QUANTA_TRY(const std::uint32_t slot, new_variable(kWhole, at));
    for (int k = 0; k < 2; ++k) {
      QUANTA_TRY([[maybe_unused]] const std::uint32_t more, new_variable(kWhole, at));
    }
    emit(Op::kRangeBegin, values.at, slot);
    next = emit(Op::kRangeNext, at, slot);
  } else {
    if (values.kind == ExpressionKind::kSet) {
      const bool real = wanted.kind == Kind::kFloat || wanted.kind == Kind::kAngle;
      item = real || wanted.kind == Kind::kComplex || wanted.kind == Kind::kDuration
                 ? wanted.element()
                 : kWhole;
      for (const ExpressionId member : values.parts) {
        QUANTA_TRY([[maybe_unused]] const Compiled value, value_of(member, item));
      }
      if (values.parts.size() > kMostElements) return fault(values.at, "too many values");
      emit(Op::kMakeArray, values.at, static_cast<std::uint32_t>(values.parts.size()), kNone);
    } else {
      QUANTA_TRY(const Compiled list, expression(node.values));
      const bool bits = list.type.is_register() && list.type.kind == Kind::kBit;
      if (!bits && list.type.shape.size() != 1) {
        return fault(values.at, fmt::format("a loop over {}: expected a range, a set, an array of "
                                            "one dimension or a register of bits",
                                            to_text(list.type)));
      }
      item = bits ? Type{.kind = Kind::kBit} : list.type.element();
    }
    QUANTA_TRY(const std::uint32_t slot, new_variable(kWhole, at));
    QUANTA_TRY([[maybe_unused]] const std::uint32_t more, new_variable(kWhole, at));
    emit(Op::kListBegin, values.at, slot);
    next = emit(Op::kListNext, at, slot);
  }
  Compiled value{item, here()};
  QUANTA_CHECK(convert_to(value, wanted, false, at));
  QUANTA_TRY(const std::uint32_t variable, new_variable(wanted, at));
  QUANTA_CHECK(declare(
      node.name, {.type = wanted, .slot = variable, .of_main = units_.size() == 1, .at = at}));
  emit(Op::kDeclare, at, variable);
  unit().loops.push_back({.next = next});
  QUANTA_CHECK(body(node.body));
  emit(Op::kJump, at, next);
  code_.instructions[next].b = here();
  for (const std::uint32_t jump : unit().loops.back().breaks) aim(jump);
  unit().loops.pop_back();
  close_scope();
  return {};
}

/// As if (v == case) … else if … else default.
Result<void> Compiler::compile(Position at, const Switch& node) {
  open_scope();
  QUANTA_TRY(const Compiled value, expression(node.value));
  if (!value.type.is_integer() && value.type.kind != Kind::kBit && value.type.kind != Kind::kBool) {
    return fault(at, fmt::format("switch on {}: expected an integer or bits", to_text(value.type)));
  }
  QUANTA_TRY(const std::uint32_t slot, new_variable(value.type, at));
  emit(Op::kDeclare, at, slot);
  struct Branch {
    std::uint32_t jump = 0;
    std::uint32_t past = 0;
  };
  std::vector<Branch> branches;
  std::map<std::uint64_t, Position> seen;
  const SwitchCase* otherwise = nullptr;
  for (const SwitchCase& next : node.cases) {
    if (next.is_default) {
      otherwise = &next;
      continue;
    }
    std::vector<std::uint32_t> joins;
    for (std::size_t i = 0; i < next.values.size(); ++i) {
      const Position place = this->at(next.values[i]).at;
      if (i > 0) joins.push_back(emit(Op::kOr, place));
      Compiled left{value.type, here()};
      emit(Op::kLoad, place, slot);
      QUANTA_TRY(Compiled right, expression(next.values[i]));
      if (!right.constant) return fault(place, "a case is not a constant");
      if (const auto number = case_number(*right.constant)) {
        const auto [first, added] = seen.emplace(*number, place);
        if (!added) {
          return fault(place, fmt::format("a case of the same value stands in line {} already",
                                          first->second.line));
        }
      }
      QUANTA_TRY([[maybe_unused]] const Compiled equal,
                 combine(Operator::kEqual, std::move(left), std::move(right), place));
      if (i > 0) {
        emit(Op::kOrJoin, place);
        aim(joins.back());
      }
    }
    Branch branch{.jump = emit(Op::kJumpIfFalse, at, 0, 0, unit().alive)};
    QUANTA_CHECK(body(next.body));
    branch.past = emit(Op::kElse, at);
    aim(branch.jump);
    branches.push_back(branch);
  }
  if (otherwise != nullptr) QUANTA_CHECK(body(otherwise->body));
  for (; !branches.empty(); branches.pop_back()) {
    aim(branches.back().past);
    code_.instructions[branches.back().jump].b = here();
    emit(Op::kEndIf, at);
  }
  close_scope();
  return {};
}

Result<void> Compiler::compile(Position at, const Jump& node) {
  if (node.name == "end") {
    emit(Op::kEnd, at);
    return {};
  }
  if (unit().loops.empty()) return fault(at, fmt::format("\"{}\" stands in no loop", node.name));
  Loop& loop = unit().loops.back();
  const std::uint32_t jump = emit(Op::kJump, at, loop.next);
  code_.instructions[jump].flag = true;
  if (node.name == "break") loop.breaks.push_back(jump);
  return {};
}

Result<void> Compiler::compile(Position at, const Return& node) {
  if (unit().what != Unit::What::kSubroutine)
    return fault(at, "\"return\" stands in no subroutine");
  const Type promised = unit().result;
  bool with_value = false;
  if (node.value != kNone) {
    if (promised.kind == Kind::kVoid) {  // accepted, as nothing comes of it
      QUANTA_TRY(const Compiled value, expression(node.value));
      if (value.type.kind != Kind::kVoid) emit(Op::kPop, at);
    } else {
      QUANTA_TRY([[maybe_unused]] const Compiled value, value_of(node.value, promised));
      with_value = unit().returns = true;
    }
  } else if (promised.kind != Kind::kVoid) {
    return fault(at, fmt::format("expected a {} behind \"return\"", to_text(promised)));
  }
  const std::uint32_t back = emit(Op::kReturn, at);
  code_.instructions[back].flag = with_value;
  return {};
}

Result<void> Compiler::compile(Position at, const ExpressionStatement& node) {
  if (this->at(node.value).kind == ExpressionKind::kSet) return fault(at, "an array stands alone");
  QUANTA_TRY(const Compiled value, expression(node.value));
  if (value.type.kind != Kind::kVoid) emit(Op::kPop, at);
  return {};
}

}  // namespace quanta::quantum::openqasm
