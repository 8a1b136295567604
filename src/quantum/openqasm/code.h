/// A program as a list of instructions for a machine with a stack. Inside the folder only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "quantum/circuit/circuit.h"
#include "quantum/openqasm/library.h"
#include "quantum/openqasm/operators.h"
#include "quantum/openqasm/syntax.h"
#include "quantum/openqasm/value.h"

namespace quanta::quantum::openqasm {

enum class Op : std::uint8_t {
  kConstant,      ///< push constants[a]
  kHardware,      ///< push hardware qubit a
  kLoad,          ///< push variable a
  kDeclare,       ///< pop into variable a, which begins its life
  kStore,         ///< pop into variable a, or through it where it is a reference
  kIndex,         ///< indices[b]: pop them, pop what they index, push the part
  kLoadIndexed,   ///< indices[b] of variable a: pop them, push the part
  kStoreIndexed,  ///< indices[b] of variable a, of types[c]: pop them, pop the value
  kRefer,         ///< indices[b] (kNone: all of it) of variable a, of types[c]: push a reference
  kNarrow,        ///< indices[b]: pop them, pop a reference, push the narrower one
  kStoreThrough,  ///< pop a reference to types[c], pop the value
  kConcatenate,   ///< pop a values (Qubits or references), push them as one
  kMakeArray,     ///< pop a scalars or arrays, push the array of types[b]; kNone: a list
  kConvert,       ///< from types[a] to types[b]; flag: with a cast
  kUnary,         ///< operator a on types[b]
  kBinary,        ///< operator a on binaries[b]
  kBuiltin,       ///< function a of b arguments; types[c] of the first
  kJump,          ///< to a; flag: out of a loop's body, which may lie in an if
  kJumpIfFalse,   ///< pop; to a; b: the end of the if, kNone for a loop; c: variables alive
  kElse,          ///< the end of an if's first branch: to a, the end of the if
  kEndIf,
  kAnd,      ///< top is false: to a, leaving it; flag: calls may be on the way
  kAndJoin,  ///< pop two, push both
  kOr,
  kOrJoin,
  kRangeBegin,  ///< pop stop, step, start into hidden variables a, a + 1, a + 2
  kRangeNext,   ///< push the next value; none left: to b
  kListBegin,   ///< pop the list into a, its position 0 into a + 1
  kListNext,    ///< push the next item; none left: to b
  kCall,        ///< function a
  kReturn,      ///< flag: with a value
  kPop,
  kCheckQubits,  ///< top is a of them
  kSizeOf,       ///< pop an array, push the size of its dimension a
  kGate,         ///< calls[a]: pop operands, exponents and parameters
  kMeasure,      ///< pop qubits, push the outcomes
  kReset,        ///< pop qubits
  kBarrierAdd,   ///< pop qubits
  kBarrier,      ///< on those added; on all where a is 0
  kFail,         ///< messages[a]
  kEnd,
};

struct Instruction {
  Op op = Op::kEnd;
  bool flag = false;
  bool global = false;  ///< the variable belongs to the main program
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  Position at = {};
};

/// Indices of one bracket.
struct IndexList {
  enum class Part : std::uint8_t { kOne, kRange, kSet };
  struct Dimension {
    Part part = Part::kOne;
    bool has_start = false;  ///< of a range: on the stack
    bool has_step = false;
    bool has_stop = false;
  };
  std::vector<Dimension> dimensions = {};
  std::string name = {};  ///< of what is indexed, for messages
};

struct Function {
  std::string name = {};
  std::uint32_t entry = 0;
  std::uint32_t n_parameters = 0;
  std::uint32_t n_variables = 0;
  std::uint64_t n_cells = 0;  ///< bits and elements of all its variables together
};

/// A gate that the program defines. Parameters are its first variables; its qubits are 0, 1, ….
struct DefinedGate {
  std::string name = {};
  std::uint32_t entry = 0;
  std::uint32_t n_parameters = 0;
  std::uint32_t n_qubits = 0;
  std::uint32_t n_variables = 0;
  std::uint32_t depth = 1;  ///< of definitions inside definitions
  bool opaque = false;
};

struct GateUse {
  struct Power {
    bool inverse = false;  ///< inv; else pow, whose exponent is on the stack
    bool whole = false;    ///< the exponent is an integer
  };
  enum class Target : std::uint8_t { kLibrary, kDefined, kPhase };
  Target target = Target::kLibrary;
  LibraryGate library = {};
  std::uint32_t defined = 0;
  std::string name = {};
  std::uint32_t n_parameters = 0;
  std::uint32_t n_operands = 0;
  std::uint32_t n_controls = 0;     ///< by modifiers
  std::uint64_t control_state = 0;  ///< of those
  std::vector<Power> powers = {};   ///< in the order of their effect: the last one written first
};

struct Code {
  int version = 3;
  std::string file = {};
  std::vector<Instruction> instructions = {};
  std::vector<Value> constants = {};
  std::vector<Type> types = {};
  std::vector<BinaryTypes> binaries = {};
  std::vector<IndexList> indices = {};
  std::vector<GateUse> uses = {};
  std::vector<Function> functions = {};
  std::vector<DefinedGate> gates = {};
  std::vector<std::string> messages = {};
  std::vector<std::string> parameters = {};  ///< inputs without a value
  std::vector<Register> qubit_registers = {};
  std::vector<Register> bit_registers = {};
  std::vector<std::uint32_t> bit_variables = {};  ///< the variable of each bit register
  unsigned n_qubits = 0;                          ///< hardware qubits included
  unsigned first_hardware = 0;
  std::uint32_t entry = 0;
  std::uint32_t n_variables = 0;
  std::uint64_t n_cells = 0;
};

/// The most cells (bits, elements) that the variables of all calls may have together.
inline constexpr std::uint64_t kMostCells = std::uint64_t{1} << 21;
inline constexpr std::uint32_t kMostElements = 1U << 16;
inline constexpr std::uint32_t kMostGateDepth = 200;

/// Checks and translates. open_inputs: floats and angles that are given no value become Symbolic
/// values. Errors: as Machine::create.
Result<Code> compile(const Syntax& syntax, const std::map<std::string, std::string>& inputs,
                     bool open_inputs = false);

}  // namespace quanta::quantum::openqasm
