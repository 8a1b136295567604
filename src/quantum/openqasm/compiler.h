/// From the syntax tree to instructions. Inside the folder only; the door is compile in code.h.
///
/// An expression whose value is known leaves a single instruction that pushes it, so that sizes of
/// registers, gates' parameters and operands are settled, and checked, before anything runs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "quantum/openqasm/code.h"
#include "quantum/openqasm/operators.h"
#include "quantum/openqasm/syntax.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

class Compiler {
 public:
  Compiler(const Syntax& syntax, const std::map<std::string, std::string>& inputs, bool open_inputs)
      : syntax_(&syntax), inputs_(inputs), open_inputs_(open_inputs) {}

  Result<Code> run();

 private:
  /// What a name stands for.
  struct Symbol {
    enum class What : std::uint8_t { kVariable, kConstant, kFunction, kExtern };
    What what = What::kVariable;
    Type type = {};
    std::uint32_t slot = 0;
    bool of_main = false;        ///< a variable of the main program
    bool read_only = false;      ///< readonly arrays, parameters of gates
    std::uint32_t constant = 0;  ///< kConstant: its place in the constants; qubits are such
    std::uint32_t function = 0;  ///< kFunction: its place in signatures_
    Position at = {};
  };
  struct Signature {
    std::string name = {};
    std::vector<Type> parameters = {};
    std::vector<bool> by_reference = {};
    std::vector<bool> may_change = {};
    Type result = {};
    std::uint32_t function = 0;  ///< its place in Code::functions
  };
  struct Loop {
    std::vector<std::uint32_t> breaks = {};  ///< jumps to be aimed behind the loop
    std::uint32_t next = 0;                  ///< where continue goes
  };
  /// The main program, a subroutine or a gate, while it is translated.
  struct Unit {
    enum class What : std::uint8_t { kMain, kSubroutine, kGate };
    What what = What::kMain;
    std::string name = {};
    Type result = {};
    bool returns = false;     ///< a return with a value has been seen
    std::uint32_t alive = 0;  ///< variables of the open scopes
    std::uint32_t n_variables = 0;
    std::uint64_t n_cells = 0;
    std::uint32_t depth = 0;     ///< of the gates used
    std::uint32_t n_qubits = 0;  ///< of a gate
    std::vector<Loop> loops = {};
    std::vector<std::unordered_map<std::string, Symbol>> scopes = {};
    std::vector<std::uint32_t> alive_before = {};
  };
  /// An expression that has been translated: its code begins at `begin` and pushes one value.
  struct Compiled {
    Type type = {};
    std::uint32_t begin = 0;
    std::optional<Value> constant = {};
  };

  // Code.
  std::uint32_t here() const { return static_cast<std::uint32_t>(code_.instructions.size()); }
  std::uint32_t emit(Op op, Position at, std::uint32_t a = 0, std::uint32_t b = 0,
                     std::uint32_t c = 0);
  void aim(std::uint32_t jump) { code_.instructions[jump].a = here(); }
  Result<std::uint32_t> add_constant(Value value, Position at);
  std::uint32_t add_type(const Type& type);
  std::unexpected<Error> fault(Position at, std::string message) const {
    return error_at(syntax_->file, at, std::move(message));
  }
  std::unexpected<Error> placed(Error error, Position at) const;
  const Expression& at(ExpressionId id) const { return syntax_->expressions[id]; }

  // Names (compiler.cc).
  const Symbol* find(const std::string& name) const;
  Result<void> declare(const std::string& name, Symbol symbol);
  Result<std::uint32_t> new_variable(const Type& type, Position at);
  void open_scope();
  void close_scope();
  bool at_global_scope() const { return units_.size() == 1 && unit().scopes.size() == 1; }
  Unit& unit() { return units_.back(); }
  const Unit& unit() const { return units_.back(); }
  std::unexpected<Error> undeclared(const std::string& name, Position at,
                                    bool called = false) const;
  const LibraryGate* find_library_gate(std::string_view name) const;
  std::unexpected<Error> undefined_gate(const std::string& name, Position at) const;

  // Types (compiler.cc).
  Result<Type> type(TypeId id);
  Result<std::uint32_t> size(ExpressionId id, std::string_view what, std::uint32_t most);

  // Expressions (compile_expression.cc). Each leaves code that pushes its value.
  Result<Compiled> expression(ExpressionId id);
  Result<Compiled> leaf(ExpressionId id);
  Result<Compiled> literal(const Expression& node);
  Result<Compiled> name(const Expression& node);
  Result<Compiled> unary(const Expression& node);
  Result<Compiled> binary(Compiled left, const Expression& node);
  Result<Compiled> logical(Compiled left, const Expression& node);
  Result<Compiled> combine(Operator op, Compiled left, Compiled right, Position at);
  Result<Compiled> indexed(ExpressionId base, const std::vector<ExpressionId>& brackets);
  Result<Compiled> single_qubit(const Symbol& symbol, const std::string& name, Position at,
                                std::uint64_t index);
  Result<Compiled> call(const Expression& node);
  Result<Compiled> builtin(const Expression& node);
  Result<Compiled> size_of(const Expression& node);
  Result<Compiled> user_call(const Symbol& symbol, const std::string& name,
                             const std::vector<ExpressionId>& arguments, Position at);
  Result<Compiled> array_literal(ExpressionId id, const Type& type);
  Result<Compiled> constant(Value value, Type type, std::uint32_t begin, Position at);
  Result<void> convert_to(Compiled& value, const Type& type, bool with_cast, Position at,
                          std::uint32_t depth = 0);
  Result<Compiled> value_of(ExpressionId id, const Type& type);  ///< converted
  /// Pushes the indices of one bracket. Answers its place in Code::indices and narrows `type`.
  Result<std::uint32_t> indices(const Expression& bracket, const std::string& name, Type& type);
  Result<Compiled> reference(ExpressionId id, bool to_change);
  Result<std::uint64_t> whole_number(ExpressionId id);
  /// The brackets of a[0][1:2], first one first, and what they index.
  ExpressionId unroll(ExpressionId id, std::vector<ExpressionId>& brackets) const;

  // Statements (compile_statement.cc).
  Result<void> statement(StatementId id);
  Result<void> block(BlockId id);
  Result<void> body(BlockId id);  ///< in a scope of its own
  Result<void> compile(Position at, const Include& node);
  Result<void> compile(Position at, const Pragma& node);
  Result<void> compile(Position at, const QubitDeclaration& node);
  Result<void> compile(Position at, const ClassicalDeclaration& node);
  Result<void> compile(Position at, const AliasDeclaration& node);
  Result<void> compile(Position at, const GateDefinition& node);
  Result<void> compile(Position at, const Subroutine& node);
  Result<void> compile(Position at, const ExternDeclaration& node);
  Result<void> compile(Position at, const Calibration& node);
  Result<void> compile(Position at, const GateCall& node);
  Result<void> compile(Position at, const Assignment& node);
  Result<void> compile(Position at, const Measurement& node);
  Result<void> compile(Position at, const Directive& node);
  Result<void> compile(Position at, const Box& node);
  Result<void> compile(Position at, const If& node);
  Result<void> compile(Position at, const For& node);
  Result<void> compile(Position at, const While& node);
  Result<void> compile(Position at, const Switch& node);
  Result<void> compile(Position at, const Jump& node);
  Result<void> compile(Position at, const Return& node);
  Result<void> compile(Position at, const ExpressionStatement& node);
  Result<void> compile(Position at, const Scope& node);
  Result<void> input(Position at, const ClassicalDeclaration& node, const Type& type);
  Result<Compiled> input_value(const std::string& text, const std::string& name, const Type& type);
  Result<void> store(Position at, ExpressionId target);
  Result<Type> target_type(ExpressionId target);
  Result<void> subroutine_in_gate_form(Position at, const GateCall& node, const Symbol& symbol);
  Result<void> switch_cases(const Switch& node, std::size_t first, std::uint32_t slot,
                            const Type& type);

  const Syntax* syntax_;
  const std::map<std::string, std::string>& inputs_;
  bool open_inputs_;
  Code code_;
  std::vector<Unit> units_;
  std::vector<Signature> signatures_;
  std::unordered_map<std::string, std::uint32_t> gates_;  ///< places in Code::gates
  std::vector<const LibraryGate*> library_;
  std::unordered_map<std::string_view, const LibraryGate*> library_by_name_;
  std::set<std::string> inputs_seen_;
  /// Constants that hold qubit b of the register which is constant a: a << 32 | b.
  std::unordered_map<std::uint64_t, std::uint32_t> single_qubits_;
  std::uint64_t constant_cells_ = 0;
  unsigned n_hardware_ = 0;
};

}  // namespace quanta::quantum::openqasm
