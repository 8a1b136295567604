/// Carries out instructions. Inside the folder only; the doors are machine.h and to_circuit.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "core/result.h"
#include "quantum/circuit/circuit.h"
#include "quantum/openqasm/code.h"
#include "quantum/openqasm/machine.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

/// What an operation is once everything in it is expanded.
struct Extent {
  std::uint64_t n_operations = 1;
  unsigned n_controls = 0;  ///< the most that one of them has
};

/// A defined gate with numbers for its parameters.
struct GateBody {
  std::shared_ptr<const Payload> payload = {};
  Extent extent = {};
};

/// Bodies that have been built, and how much has been done altogether.
struct Workshop {
  /// By the gate and the numbers that make up its parameters.
  std::map<std::pair<std::uint32_t, std::vector<double>>, GateBody> bodies = {};
  std::uint64_t n_instructions = 0;
  std::uint64_t n_stored = 0;    ///< operations of the bodies above
  std::uint64_t n_underway = 0;  ///< operations, expanded, of bodies that are being built
};

/// Everything that changes while a program runs.
struct Memory {
  struct Frame {
    std::uint32_t back = 0;  ///< where to go on
    std::uint32_t base = 0;  ///< its first variable
    std::uint32_t function = 0;
  };
  std::uint32_t position = 0;  ///< the next instruction
  std::vector<Value> variables = {};
  std::vector<Value> stack = {};
  std::vector<Frame> frames = {};
  std::uint64_t n_cells = 0;
  std::uint64_t n_operations = 0;
  Angle global_phase = {};
  bool done = false;

  // What waits for the holder of the state.
  std::vector<Operation> operations = {};
  std::vector<unsigned> measured = {};  ///< qubits
  std::vector<unsigned> resets = {};
  std::vector<unsigned> barrier = {};  ///< being collected

  bool waits() const { return !operations.empty() || !measured.empty() || !resets.empty(); }
};

/// Takes the quantum steps where a program is turned into a circuit instead of being run. Outcomes
/// are then symbols (Bits::kFirstOutcome + number), and branches on them are both gone through.
class Tracer {
 public:
  virtual ~Tracer() = default;

  virtual Result<void> operation(Operation operation, Position at) = 0;
  virtual Result<Bits> measure(const std::vector<unsigned>& qubits, Position at) = 0;
  virtual Result<void> reset(const std::vector<unsigned>& qubits, Position at) = 0;

  /// An if whose condition hangs on outcomes begins. Its instructions are those from `begin` to
  /// `end`, at call depth `depth`; variables from `alive` on are its own. Answers whether its first
  /// branch is to be gone through (false: it can never be taken).
  virtual bool begin_if(const Predicate& condition, std::uint32_t begin, std::uint32_t end,
                        std::size_t depth, std::uint32_t alive, Position at) = 0;
  /// At the end of the first branch: whether the other one is to be gone through now.
  virtual bool begin_else(std::uint32_t end, std::size_t depth) = 0;
  virtual void end_if(std::uint32_t end, std::size_t depth) = 0;
  /// Errors: kInfeasible, where the jump leaves such an if. Returns lead to depth - 1.
  virtual Result<void> jump(std::uint32_t target, std::size_t depth, Position at) = 0;

  /// Before `value` goes to the items `offsets` of the variable (null: all of it); may change it.
  virtual Result<void> store(std::uint32_t variable, const Value& before, Value& value,
                             const std::vector<std::uint32_t>* offsets, Position at) = 0;
};

class Executor {
 public:
  /// tracer: nullptr where the program is run.
  Executor(const Code& code, const Limits& limits, Memory& memory, Workshop& workshop,
           Tracer* tracer)
      : code_(code), limits_(limits), m_(memory), workshop_(workshop), tracer_(tracer) {}

  static Memory start(const Code& code);

  /// Goes on until something waits or the end. Errors: as Machine::next.
  Result<void> run();

 private:
  Result<void> step(const Instruction& i);
  Result<void> step_on_variable(const Instruction& i);
  Result<void> step_on_flow(const Instruction& i);
  Result<void> step_on_qubits(const Instruction& i);
  Result<void> call(const Instruction& i);
  Result<void> back(const Instruction& i);
  Result<void> range_begin(const Instruction& i);
  void list_next(const Instruction& i);

  Value pop();
  std::uint32_t variable(const Instruction& i) const {
    return i.a + (i.global || m_.frames.empty() ? 0 : m_.frames.back().base);
  }
  View whole_view(std::uint32_t slot) const;
  Value fetch(const View& view) const;
  Result<void> store(std::uint32_t slot, Value value, Position at, bool declares);
  Result<void> store_items(std::uint32_t slot, const std::vector<std::uint32_t>& offsets,
                           const std::vector<std::uint32_t>& shape, Value value, const Type& type,
                           Position at);
  Result<void> store_through(const View& view, const Value& value, Position at);

  Result<void> gate(const GateUse& use, Position at);
  /// Operations on the gate's own qubits, without the controls of modifiers.
  struct Core {
    std::vector<Operation> operations = {};
    Angle phase = {};
    Extent each = {};  ///< of the largest of them
    std::uint64_t n_expanded() const { return each.n_operations * operations.size(); }
  };
  Result<Core> core(const GateUse& use, const std::vector<Angle>& parameters,
                    const std::vector<Value>& exponents, Position at);
  Result<Core> powered(Core core, const GateUse::Power& power, const Value& exponent,
                       const GateUse& use, Position at);
  Result<GateBody> body(std::uint32_t gate, const std::vector<Angle>& parameters, Position at);
  Result<void> add(Operation operation, const Extent& extent, Position at);

  std::unexpected<Error> fault(Position at, std::string message) const;
  std::unexpected<Error> placed(Error error, Position at) const;
  std::unexpected<Error> too_much(Position at, std::string message) const;
  std::unexpected<Error> hangs_on_outcome(Position at, std::string_view what) const;

  const Code& code_;
  const Limits& limits_;
  Memory& m_;
  Workshop& workshop_;
  Tracer* tracer_;
  const DefinedGate* building_ = nullptr;  ///< the gate whose body is being built
  Extent built_ = {.n_operations = 0};     ///< of it so far
};

}  // namespace quanta::quantum::openqasm
