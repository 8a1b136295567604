#include "quantum/openqasm/compiler.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/enum_text.h"
#include "quantum/openqasm/builtin.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr std::uint64_t kMostConstantCells = std::uint64_t{1} << 24;
constexpr std::uint32_t kMostVariables = 1U << 20;

std::uint64_t cells(const Type& type) {
  if (!type.is_array()) return type.kind == Kind::kBit ? std::max(type.width, 1U) : 1;
  std::uint64_t n = 1;
  for (const std::uint32_t size : type.shape) n = std::min(n * size, kMostCells);
  return n;
}

std::uint64_t cells(const Value& value) {
  if (const auto* bits = std::get_if<Bits>(&value)) return bits->cells.size();
  if (const auto* array = std::get_if<Array>(&value)) return array->items.size();
  if (const auto* qubits = std::get_if<Qubits>(&value)) return qubits->numbers.size();
  return 1;
}

/// "; did you mean …?", or nothing. Names of one letter are no misspellings of each other.
std::string suggestion(const std::string& name, std::vector<std::string_view> known) {
  if (name.size() < 2) return {};
  // Of equally near ones the one that begins alike.
  std::ranges::sort(known, {},
                    [&](std::string_view word) { return std::pair(word[0] != name[0], word); });
  const std::string_view near = nearest_word(name, known);
  return near.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", near);
}

}  // namespace

Result<Code> compile(const Syntax& syntax, const std::map<std::string, std::string>& inputs,
                     bool open_inputs) {
  return Compiler(syntax, inputs, open_inputs).run();
}

Result<Code> Compiler::run() {
  code_.version = syntax_->version;
  code_.file = syntax_->file;
  units_.push_back({});
  unit().scopes.emplace_back();
  for (const LibraryGate& gate : built_in(syntax_->version)) {
    library_by_name_.emplace(gate.name, &gate);
  }
  QUANTA_CHECK(block(syntax_->main));
  emit(Op::kEnd, {});
  for (const auto& [name, text] : inputs_) {
    if (inputs_seen_.contains(name)) continue;
    std::string known;
    for (const std::string& there : inputs_seen_) known += (known.empty() ? "" : ", ") + there;
    return bad_input("inputs", fmt::format("{}: the program has no such input; it has {}", name,
                                           known.empty() ? "none" : known));
  }
  code_.n_variables = unit().n_variables;
  code_.n_cells = unit().n_cells;
  code_.first_hardware = code_.n_qubits;
  for (unsigned k = 0; k < n_hardware_; ++k) {
    code_.qubit_registers.push_back({fmt::format("${}", k), code_.n_qubits++, 1});
  }
  return std::move(code_);
}

std::uint32_t Compiler::emit(Op op, Position at, std::uint32_t a, std::uint32_t b,
                             std::uint32_t c) {
  code_.instructions.push_back({.op = op, .a = a, .b = b, .c = c, .at = at});
  return here() - 1;
}

Result<std::uint32_t> Compiler::add_constant(Value value, Position at) {
  constant_cells_ += cells(value);
  if (constant_cells_ > kMostConstantCells) {
    return fault(at, fmt::format("the program's constants have more than {} elements together",
                                 kMostConstantCells));
  }
  code_.constants.push_back(std::move(value));
  return static_cast<std::uint32_t>(code_.constants.size() - 1);
}

std::uint32_t Compiler::add_type(const Type& type) {
  // Neighbouring statements speak of the same types: look at the last few only.
  const std::size_t n = code_.types.size();
  for (std::size_t i = n - std::min<std::size_t>(n, 16); i < n; ++i) {
    if (code_.types[i] == type) return static_cast<std::uint32_t>(i);
  }
  code_.types.push_back(type);
  return static_cast<std::uint32_t>(n);
}

std::unexpected<Error> Compiler::placed(Error error, Position at) const {
  return fault(at, std::move(error.message));
}

const Compiler::Symbol* Compiler::find(const std::string& name) const {
  for (auto scope = unit().scopes.rbegin(); scope != unit().scopes.rend(); ++scope) {
    if (const auto found = scope->find(name); found != scope->end()) return &found->second;
  }
  if (units_.size() == 1) return nullptr;
  const auto& global = units_[0].scopes[0];
  const auto found = global.find(name);
  return found == global.end() ? nullptr : &found->second;
}

Result<void> Compiler::declare(const std::string& name, Symbol symbol) {
  const Position at = symbol.at;
  const auto [there, added] = unit().scopes.back().emplace(name, std::move(symbol));
  if (!added) {
    return fault(
        at, fmt::format("\"{}\" is declared already, in line {}", name, there->second.at.line));
  }
  return {};
}

Result<std::uint32_t> Compiler::new_variable(const Type& type, Position at) {
  Unit& u = unit();
  u.n_cells += cells(type);
  if (cells(type) > kMostElements) {
    return fault(at, fmt::format("{} has more than {} elements", to_text(type), kMostElements));
  }
  if (u.n_cells > kMostCells || u.alive >= kMostVariables) {
    return fault(
        at, fmt::format("the variables have more than {} bits and elements together", kMostCells));
  }
  const std::uint32_t slot = u.alive++;
  u.n_variables = std::max(u.n_variables, u.alive);
  return slot;
}

void Compiler::open_scope() {
  unit().alive_before.push_back(unit().alive);
  unit().scopes.emplace_back();
}

/// Variables of the main program keep their places to the end: the bits of global scope are read
/// when it has stopped, wherever that is.
void Compiler::close_scope() {
  if (unit().what != Unit::What::kMain) unit().alive = unit().alive_before.back();
  unit().alive_before.pop_back();
  unit().scopes.pop_back();
}

std::unexpected<Error> Compiler::undeclared(const std::string& name, Position at,
                                            bool called) const {
  std::vector<std::string_view> known;
  if (called) known = builtin_names();
  const auto add = [&](const auto& scope) {
    for (const auto& [word, symbol] : scope) {
      const bool function =
          symbol.what == Symbol::What::kFunction || symbol.what == Symbol::What::kExtern;
      if (function == called) known.emplace_back(word);
    }
  };
  for (const auto& scope : unit().scopes) add(scope);
  if (units_.size() > 1) add(units_[0].scopes[0]);
  return fault(at,
               fmt::format("\"{}\" is not declared{}", name, suggestion(name, std::move(known))));
}

const LibraryGate* Compiler::find_library_gate(std::string_view name) const {
  const auto found = library_by_name_.find(name);
  return found == library_by_name_.end() ? nullptr : found->second;
}

std::unexpected<Error> Compiler::undefined_gate(const std::string& name, Position at) const {
  if (unit().what == Unit::What::kGate && unit().name == name) {
    return fault(at, fmt::format("gate \"{}\" is not defined: it cannot use itself", name));
  }
  std::vector<std::string_view> known;
  for (const auto& [word, place] : gates_) known.emplace_back(word);
  for (const auto& [word, gate] : library_by_name_) known.push_back(word);
  const std::string_view include = syntax_->version == 2 ? "qelib1.inc" : "stdgates.inc";
  const auto library = syntax_->version == 2 ? qelib1() : stdgates();
  if (std::ranges::find(library, name, &LibraryGate::name) != library.end()) {
    return fault(
        at, fmt::format("gate \"{}\" is not defined; it is after include \"{}\";", name, include));
  }
  return fault(
      at, fmt::format("gate \"{}\" is not defined{}", name, suggestion(name, std::move(known))));
}

Result<std::uint32_t> Compiler::size(ExpressionId id, std::string_view what, std::uint32_t most) {
  std::uint64_t n = 0;
  if (syntax_->version == 2) {
    QUANTA_TRY(n, whole_number(id));
  } else {
    QUANTA_TRY(Compiled value, expression(id));
    if (!value.type.is_integer()) {
      return fault(at(id).at, fmt::format("the size of {} is a {}, expected a whole number", what,
                                          to_text(value.type)));
    }
    if (!value.constant) {
      return fault(at(id).at, fmt::format("the size of {} is not a constant", what));
    }
    n = std::get<std::uint64_t>(*value.constant);
    if (value.type.kind == Kind::kInt && as_signed(n) < 0) {
      return fault(at(id).at, fmt::format("the size of {} is {}", what, as_signed(n)));
    }
    code_.instructions.resize(value.begin);
  }
  if (n == 0 || n > most) {
    return fault(at(id).at,
                 fmt::format("the size of {} is {}: 1 to {} are possible", what, n, most));
  }
  return static_cast<std::uint32_t>(n);
}

Result<Type> Compiler::type(TypeId id) {
  const TypeSyntax& node = syntax_->types[id];
  Type result;
  if (node.name == "array") {
    QUANTA_TRY(result, type(node.element));
    if (node.n_dimensions != kNone) {
      QUANTA_TRY(const std::uint32_t n, size(node.n_dimensions, "#dim", 7));
      result.shape.assign(n, kAnySize);
      return result;
    }
    if (node.dimensions.size() > 7) return fault(node.at, "an array has at most 7 dimensions");
    for (const ExpressionId dimension : node.dimensions) {
      QUANTA_TRY(const std::uint32_t n, size(dimension, "a dimension", kMostElements));
      result.shape.push_back(n);
    }
    if (cells(result) > kMostElements) {
      return fault(node.at,
                   fmt::format("{} has more than {} elements", to_text(result), kMostElements));
    }
    return result;
  }
  struct Entry {
    std::string_view name;
    Kind kind;
    std::uint32_t most;
  };
  static constexpr Entry kTypes[] = {
      {"bit", Kind::kBit, kMostElements},
      {"creg", Kind::kBit, kMostElements},
      {"int", Kind::kInt, 64},
      {"uint", Kind::kUint, 64},
      {"float", Kind::kFloat, 1024},
      {"angle", Kind::kAngle, 64},
      {"bool", Kind::kBool, 0},
      {"complex", Kind::kComplex, 1024},
      {"duration", Kind::kDuration, 0},
      {"stretch", Kind::kDuration, 0},
      {"qubit", Kind::kQubit, Circuit::kMaxQubits},
      {"qreg", Kind::kQubit, Circuit::kMaxQubits},
  };
  for (const Entry& entry : kTypes) {
    if (entry.name != node.name) continue;
    result.kind = entry.kind;
    if (node.size != kNone) {
      QUANTA_TRY(result.width, size(node.size, node.name, entry.most));
    }
    if (node.element != kNone) {
      QUANTA_TRY(const Type part, type(node.element));
      result.width = part.width;
    }
  }
  return result;
}

}  // namespace quanta::quantum::openqasm
