#include "quantum/openqasm/machine.h"

#include <cmath>
#include <complex>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum::openqasm {
namespace {

constexpr double kPi = std::numbers::pi;

Result<Machine> machine(std::string_view text,
                        const std::map<std::string, std::string>& inputs = {},
                        const Limits& limits = {}) {
  QUANTA_TRY(const Program program, parse(text, "p.qasm"));
  return Machine::create(program, inputs, limits);
}

/// The first error, of whatever stage; every outcome is 0.
Error first_error(std::string_view text, const std::map<std::string, std::string>& inputs = {},
                  const Limits& limits = {}) {
  auto m = machine(text, inputs, limits);
  if (!m) return m.error();
  for (int i = 0; i < 100000; ++i) {
    const auto step = m->next();
    if (!step) return step.error();
    if (step->kind == Machine::StepKind::kDone) break;
    if (step->kind == Machine::StepKind::kMeasure) m->supply(false);
  }
  return {};
}

/// Runs a program that measures nothing to its end.
Machine finished(std::string_view text, const std::map<std::string, std::string>& inputs = {}) {
  auto m = machine(text, inputs);
  EXPECT_TRUE(m.has_value()) << to_text(m.error()) << "\n" << text;
  while (true) {
    const auto step = m->next();
    EXPECT_TRUE(step.has_value()) << to_text(step.error()) << "\n" << text;
    if (!step || step->kind == Machine::StepKind::kDone) break;
  }
  return *std::move(m);
}

/// The state that the program makes of |0…0>, its global phase included; no measurements.
std::vector<Amplitude> state_of(std::string_view text) {
  auto m = machine(text);
  EXPECT_TRUE(m.has_value()) << to_text(m.error()) << "\n" << text;
  std::vector<Amplitude> state(std::size_t{1} << m->n_qubits());
  state[0] = 1.0;
  while (true) {
    const auto step = m->next();
    EXPECT_TRUE(step.has_value()) << to_text(step.error()) << "\n" << text;
    if (!step || step->kind == Machine::StepKind::kDone) break;
    apply_plainly(step->operation, {}, state);
  }
  for (Amplitude& a : state) a *= std::polar(1.0, m->global_phase());
  return state;
}

double distance(const std::vector<Amplitude>& a, const std::vector<Amplitude>& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    most = std::max(most, std::abs(a[i] - b[i]));
  }
  return most;
}

const std::string kHead2 = "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[4]; creg c[3];\n";
const std::string kHead3 = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[4] q; bit[3] c;\n";

TEST(OpenqasmMachine, RefusesWithThePlaceAndWhatWouldBeRight) {
  const struct {
    const char* name;
    std::string text;
    std::size_t line;
    std::size_t column;
    const char* message;
  } cases[] = {
      {"unknown gate", kHead2 + "hh q[0];", 2, 1,
       "gate \"hh\" is not defined; did you mean \"h\"?"},
      {"gate before its include", "OPENQASM 2.0;\nqreg q[1];\nh q[0];", 3, 1,
       "gate \"h\" is not defined; it is after include \"qelib1.inc\";"},
      {"a gate that stdgates lacks", kHead3 + "rxx(0.1) q[0], q[1];", 2, 1,
       "gate \"rxx\" is not defined; did you mean \"rx\"?"},
      {"too few parameters", kHead2 + "rx q[0];", 2, 1, "\"rx\" takes 1 parameter, found 0"},
      {"too many parameters", kHead3 + "h(0.1) q[0];", 2, 1, "\"h\" takes 0 parameters, found 1"},
      {"too few qubits", kHead2 + "cx q[0];", 2, 1, "\"cx\" acts on 2 qubits, found 1"},
      {"too few qubits under controls", kHead3 + "ctrl(2) @ x q[0], q[1];", 2, 1,
       "\"x\" with its controls acts on 3 qubits, found 2"},
      {"gphase with a qubit", kHead3 + "gphase(0.1) q[0];", 2, 1,
       "\"gphase\" acts on 0 qubits, found 1"},
      {"the same qubit twice", kHead2 + "cx q[1],q[1];", 2, 1,
       "\"cx\" acts on the same qubit twice"},
      {"the same qubit twice, by its index", kHead3 + "int i = 1; cx q[i], q[1];", 2, 12,
       "\"cx\" acts on the same qubit twice"},
      {"index outside", kHead2 + "h q[4];", 2, 5, "index 4 is outside q[4]: 0 to 3 are possible"},
      {"negative index outside", kHead3 + "h q[-5];", 2, 5,
       "index -5 is outside q[4]: 0 to 3 are possible"},
      {"computed index outside", kHead3 + "int i = 7; h q[i];", 2, 15,
       "index 7 is outside q[4]: 0 to 3 are possible"},
      {"registers of different size", kHead2 + "qreg r[2]; cx q, r;", 2, 18,
       "a register of 2 qubits beside one of 4"},
      {"measured into too few bits", kHead2 + "measure q -> c;", 2, 1,
       "the outcome is a bit[4], the target a bit[3]"},
      {"undeclared register", kHead2 + "h reg[0];", 2, 3, "\"reg\" is not declared"},
      {"undeclared variable", kHead3 + "int count = 1; int k = coutn;", 2, 24,
       "\"coutn\" is not declared; did you mean \"count\"?"},
      {"declared twice", kHead2 + "creg q[2];", 2, 1, "\"q\" is declared already, in line 1"},
      {"empty register", "OPENQASM 2.0;\nqreg q[0];", 2, 8,
       "the size of qreg is 0: 1 to 4096 are possible"},
      {"negative size", "bit[2 - 3] b;", 1, 7, "the size of bit is -1"},
      {"size that is no constant", "int n = 2;\nbit[n] b;", 2, 5,
       "the size of bit is not a constant"},
      {"size that is no whole number", "bit[2.5] b;", 1, 5,
       "the size of bit is a float, expected a whole number"},
      {"integers of more than 64 bits", "int[65] k;", 1, 5,
       "the size of int is 65: 1 to 64 are possible"},
      {"more qubits than may be", "qubit[4096] q;\nqubit r;", 2, 1, "more than 4096 qubits"},
      {"recursive gate", kHead2 + "gate g a { g a; }", 2, 12,
       "gate \"g\" is not defined: it cannot use itself"},
      {"gate defined twice", kHead2 + "gate g a { }\ngate g a { }", 3, 1,
       "gate \"g\" is defined already"},
      {"foreign qubit in a gate", kHead2 + "gate g a { x b; }", 2, 14, "\"b\" is not declared"},
      {"register in a gate", kHead2 + "gate g a { x q; }", 2, 14,
       "\"q\" is not an argument of the gate"},
      {"variable in a gate", kHead3 + "float t = 1.0;\ngate g a { rx(t) a; }", 3, 15,
       "\"t\" is a variable: a gate's body knows constants only"},
      {"reset in a gate", kHead3 + "gate g a { reset a; }", 2, 12,
       "expected a gate, gphase, barrier or a loop over constants: a gate's body holds nothing "
       "else"},
      {"opaque gate used", "OPENQASM 2.0;\nopaque magic a;\nqreg q[1];\nmagic q[0];", 4, 1,
       "gate \"magic\" is opaque: what it does is not said"},
      {"opaque gate used in a gate",
       "OPENQASM 2.0;\nopaque magic a;\ngate g a { magic a; }\nqreg q[1];\ng q[0];", 3, 12,
       "gate \"magic\" is opaque: what it does is not said"},
      {"extern called", "extern f(int) -> int;\nint k = f(2);", 2, 9,
       "\"f\" is an extern function: it cannot be called here"},
      {"include of a file", "OPENQASM 2.0;\ninclude \"mine.inc\";", 2, 1,
       "\"mine.inc\" is not available: \"qelib1.inc\" and \"stdgates.inc\" are"},
      {"division by zero", kHead2 + "rx(1/0) q[0];", 2, 5, "division by zero"},
      {"division by a zero variable", kHead3 + "int k = 0;\nk = 5 / k;", 3, 7, "division by zero"},
      {"remainder by zero", kHead3 + "int k = 0;\nk = 5 % k;", 3, 7, "division by zero"},
      {"root of a negative number", kHead2 + "rx(sqrt(-1)) q[0];", 2, 4,
       "sqrt(-1) is not a real number"},
      {"overflow", kHead2 + "rx(exp(1000)) q[0];", 2, 4, "exp(1000) is not a real number"},
      {"number too large", kHead2 + "rx(1e999) q[0];", 2, 4, "the number is too large"},
      {"integer too large", "int k = 99999999999999999999;", 1, 9,
       "99999999999999999999 does not fit into 64 bits"},
      {"assignment to a constant", "const int n = 2;\nn = 3;", 2, 1,
       "\"n\" is a constant: it cannot be assigned to"},
      {"assignment to qubits", kHead3 + "q[0] = 1;", 2, 1,
       "\"q\" holds qubits: expected a variable"},
      {"constant of a variable", "int k = 2;\nconst int n = k;", 2, 15,
       "the value of \"n\" is not a constant"},
      {"float to int", "float x = 2.5;\nint k = x;", 2, 9,
       "float is found where int is expected; int(…) converts it"},
      {"float too large for half precision", "float[16] x = 65520;", 1, 15,
       "65520 does not fit into float[16], whose largest number is 65504"},
      {"angle divided by no angle", "angle[4] a = 1; angle[4] b; uint[4] n = a / b;", 1, 43,
       "division by zero"},
      {"float too large for int", "int k = int(1e30);", 1, 9, "1e+30 does not fit into int"},
      {"a bit that is none", "bit b = 2;", 1, 9, "2 does not fit into bit"},
      {"bits of another size", "bit[3] b = \"01\";", 1, 12,
       "bit[2] is found where bit[3] is expected"},
      {"comparison of bits of different size", "bit[2] a; bit[3] b;\nbool e = a == b;", 2, 12,
       "bit[2] and bit[3] cannot be combined so"},
      {"order of complex numbers", "bool e = 1im < 2im;", 1, 14,
       "complex and complex cannot be combined so"},
      {"shift by a negative number", "int k = -1;\nk = 4 << k;", 2, 7, "a shift by -1 is negative"},
      {"negative power of an integer", "int k = -1;\nk = 2 ** k;", 2, 7,
       "2 ** -1: an integer has no negative power; write 2.0"},
      {"array of another shape", "array[int, 2] a = {1, 2, 3};", 1, 19,
       "3 elements are found where array[int, 2] has 2"},
      {"too many indices", "array[int, 2, 2] a;\na[0, 1, 1] = 2;", 2, 2,
       "3 indices for array[int, 2, 2] of 2 dimensions"},
      {"a bit has no index", "bit b;\nb[0] = 1;", 2, 2, "b is a single bit: it has no index"},
      {"break outside a loop", "break;", 1, 1, "\"break\" stands in no loop"},
      {"return outside", "return;", 1, 1, "\"return\" stands in no subroutine"},
      {"no return", "def f() -> int { int k = 1; }", 1, 1,
       "subroutine \"f\" promises int, but has no return"},
      {"return that is not reached", "def f(int k) -> int { if (k > 0) return 1; }\nint j = f(0);",
       1, 1, "subroutine \"f\" ended without the int that it promises"},
      {"return of nothing", "def f() -> int { return; }", 1, 18,
       "expected a int behind \"return\""},
      {"nothing used as a value", "def f() { }\nint k = f();", 2, 9,
       "nothing is found where int is expected"},
      {"too few arguments", "def f(int a, int b) { }\nf(1);", 2, 1, "f takes 2 arguments, found 1"},
      {"wrong number of qubits for a subroutine", kHead3 + "def f(qubit[2] r) { h r; }\nf(q[0:2]);",
       3, 4, "qubit[3] is found where qubit[2] is expected"},
      {"change of a readonly array", "def f(readonly array[int, 2] a) { a[0] = 1; }", 1, 35,
       "\"a\" can be read only"},
      {"bits where a gate wants qubits", kHead3 + "h c[0];", 2, 4,
       "bit is found where qubits are expected"},
      {"qubits where a number is wanted", kHead3 + "int k = q[0];", 2, 10,
       "qubit is found where int is expected"},
      {"a loop with step 0", "for int k in [0:0:3] { }", 1, 15,
       "the range of a loop has the step 0"},
      {"an endless loop", "while (true) { }", 1, 1,
       "the program has not ended after 1000 instructions"},
      {"too many controls", kHead3 + "ctrl(64) @ cx q[0], q[1];", 2, 1,
       "more than 64 controls on one gate"},
      {"declaration of qubits in a block", "{\n  qubit q;\n}", 2, 3,
       "qubits are declared at global scope only"},
      {"case that is no constant", "int k = 1;\nswitch (k) { case k { } }", 2, 19,
       "a case is not a constant"},
      {"case that stands twice", "switch (1) {\n  case 0, 3 { }\n  case 2, 1 + 2 { }\n}", 3, 13,
       "a case of the same value stands in line 2 already"},
      {"case of bits that stands twice",
       "bit[2] b;\nswitch (b) {\n  case \"01\" { }\n  case \"01\" { }\n}", 4, 8,
       "a case of the same value stands in line 3 already"},
      {"number of a function's arguments", "float x = sin(1, 2);", 1, 11,
       "sin takes 1 argument, found 2"},
      {"cast to an array", "int k = array[int, 2](3);", 1, 9, "there is no cast to an array"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Error error = first_error(c.text, {}, {.instructions = 1000});
    EXPECT_EQ(error.message, c.message);
    EXPECT_EQ(error.place.file, "p.qasm");
    EXPECT_EQ(error.place.line, c.line);
    EXPECT_EQ(error.place.column, c.column);
    EXPECT_NE(error.kind, ErrorKind::kInternal);
  }
}

TEST(OpenqasmMachine, InputsAreNamedWithTheirTypes) {
  const std::string text =
      "const int n = 2;\ninput float[64] theta;\ninput int[8] k;\ninput bit[n] b;\ninput bool f;\n"
      "input array[int[8], 2] a;\n"
      "bit[8] r = bit[8](k + a[1]);\nbit[2] s = b;\nbit t = f;\nbit u = theta > 1.5 && theta < "
      "1.6;";
  const std::map<std::string, std::string> good = {
      {"theta", "pi / n"}, {"k", "-3"}, {"b", "10"}, {"f", "true"}, {"a", "{1, 4}"}};
  EXPECT_EQ(finished(text, good).label(), "1 1 10 00000001 10");
  const struct {
    const char* name;
    const char* input;
    const char* value;  // nullptr: not given
    const char* message;
  } cases[] = {
      {"missing", "theta", nullptr,
       "the input theta of type float[64] has no value; give theta=VALUE"},
      {"no number", "theta", "abc", "theta = abc: \"abc\" is not declared; its type is float[64]"},
      {"empty", "theta", "",
       "theta = : found the end of the file, expected a value; its type is "
       "float[64]"},
      {"a variable", "theta", "k", "theta = k: \"k\" is not declared; its type is float[64]"},
      {"a fraction for an integer", "k", "2.5",
       "k = 2.5: float is found where int[8] is expected; int[8](…) converts it; its type is "
       "int[8]"},
      {"infinite", "theta", "1/0", "theta = 1/0: division by zero; its type is float[64]"},
      {"too many bits", "b", "101",
       "b = 101: bit[3] is found where bit[2] is expected; its type is bit[2]"},
      {"not there", "phi", "1", "phi: the program has no such input; it has a, b, f, k, theta"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    auto inputs = good;
    inputs.erase(c.input);
    if (c.value != nullptr) inputs[c.input] = c.value;
    const Error error = first_error(text, inputs);
    EXPECT_EQ(error.field, "inputs");
    EXPECT_EQ(error.message, c.message);
  }
}

TEST(OpenqasmMachine, ComputesAsTheSpecificationSays) {
  // Each program ends with bits of global scope; the label is what they hold.
  const struct {
    const char* name;
    const char* text;
    const char* label;
  } cases[] = {
      {"a string's last character is bit 0", "bit[4] b = \"0011\"; bit x = b[0]; bit y = b[3];",
       "0 1 0011"},
      {"precedence of minus and power", "bit[8] r = bit[8](-2 ** 2 + 8);", "00000100"},
      {"power goes from right to left", "bit[8] r = bit[8](2 ** 3 ** 0);", "00000010"},
      {"bitwise or, xor, and", "bit[8] r = bit[8](1 | 6 ^ 3 & 5);", "00000111"},
      {"shift binds looser than plus", "bit[8] r = bit[8](1 << 2 + 1);", "00001000"},
      {"comparison binds looser than shift", "bit r = 1 << 3 > 7;", "1"},
      {"and before or", "bit r = true || false && false;", "1"},
      {"integers divide towards zero", "bit[8] r = bit[8](7 / 2); bit[8] s = bit[8](-7 / 2);",
       "11111101 00000011"},
      {"remainder has the sign of the first", "bit[8] r = bit[8](-7 % 3);", "11111111"},
      {"int wraps where it is stored", "int[4] k = 7; k += 1; bit r = k == -8;", "1"},
      {"uint wraps where it is stored", "uint[4] k = 15; k += 1; bit r = k == 0;", "1"},
      {"uint goes below 0 by wrapping", "uint[8] k = 0; k -= 1; bit r = k == 255;", "1"},
      {"unsigned numbers are computed modulo 2^n",
       "uint[8] a = 3; uint[8] b = 5; bit r = a - b == 254; uint[4] c = 15; bit s = c + c == 14; "
       "bit t = c * c == 1; bit u = c ** c == 15;",
       "1 1 1 1"},
      {"of two sizes in the larger", "uint[4] a = 15; uint[8] b = 2; bit r = a * b == 30;", "1"},
      {"beside a signed number they have a sign", "uint[8] a = 3; int b = 5; bit r = a - b == -2;",
       "1"},
      {"differences of bits have a sign", "bit[2] a = \"01\"; bit r = a - a[0:0] - a == -1;",
       "1 01"},
      {"a complement keeps its width", "uint[4] k = 5; bit[4] r = bit[4](~k);", "1010"},
      {"shifts of uint lose bits", "uint[4] k = 9; k <<= 1; bit[4] r = bit[4](k);", "0010"},
      {"shift right of int keeps the sign", "int[8] k = -4; bit[8] r = bit[8](k >> 1);",
       "11111110"},
      {"bits are read without a sign", "bit[2] b = \"11\"; bit r = int[2](b) == 3;", "1 11"},
      {"and wrap when they are stored", "bit[2] b = \"11\"; int[2] k = int[2](b); bit r = k == -1;",
       "1 11"},
      {"bits of an integer", "uint[8] k = 6; bit x = k[1]; bit y = k[0]; k[0] = 1; bit z = k == 7;",
       "1 0 1"},
      {"range of bits, both ends", "bit[6] b = \"110100\"; bit[3] r = b[2:4];", "101 110100"},
      {"range with a step", "bit[6] b = \"110100\"; bit[3] r = b[0:2:4];", "110 110100"},
      {"range from the end", "bit[4] b = \"0011\"; bit[2] r = b[-2:-1];", "00 0011"},
      {"range downwards", "bit[4] b = \"0011\"; bit[4] r = b[3:-1:0];", "1100 0011"},
      {"set of bits", "bit[4] b = \"0101\"; bit[3] r = b[{0, 2, 3}];", "011 0101"},
      {"assignment to a range", "bit[4] b; b[1:2] = \"11\";", "0110"},
      {"bits by operator", "bit[4] r = \"1100\" ^ \"1010\"; bit[4] s = \"1100\" << 1;",
       "1000 0110"},
      {"bits compare as numbers", "bit[3] b = \"101\"; bit r = b > \"011\" && b == 5 && b != 4;",
       "1 101"},
      {"counting and turning bits",
       "bit[4] b = \"0111\"; bit[3] n = bit[3](popcount(b)); bit[4] l = rotl(b, 1); bit[4] m = "
       "rotr(b, "
       "1);",
       "1011 1110 011 0111"},
      {"turning by more than the width", "bit[4] r = rotl(\"0001\", -5);", "1000"},
      {"angles wrap",
       "angle a = 5 * pi; bit r = a == pi; angle b = -pi / 2; bit s = b == 3 * pi / 2;", "1 1"},
      {"bits of an angle",
       "angle[4] a = pi / 2; bit[4] r = bit[4](a); a[3] = 1; bit s = a == 3*pi/2;", "1 0100"},
      {"shift of an angle", "angle[4] a = pi / 2; a <<= 1; bit r = a == pi;", "1"},
      {"angle of bits", "angle[4] a = angle[4](\"0100\"); bit r = a == pi / 2;", "1"},
      {"an angle times a number",
       "angle a = pi / 4; bit r = 2 * a == pi / 2; bit s = a / 2 == pi / 8;", "1 1"},
      // The examples of "Classical instructions" in the language's specification.
      {"shifts of angles move their bits",
       "angle[4] a = 9 * (pi / 8); bit r = a << 2 == pi / 2; bit s = a >> 2 == pi / 4;", "1 1"},
      {"angles are computed as their bits",
       "angle[4] a = 7 * (pi / 8); angle[4] b = pi / 8; angle[4] c = 5 * (pi / 4); uint[4] two = "
       "2; "
       "bit[4] r = bit[4](a + b); bit[4] s = bit[4](b - a); bit[4] t = bit[4](a / two); "
       "bit[4] u = bit[4](two * c); bit[4] v = bit[4](c / b);",
       "1010 0100 0011 1010 1000"},
      {"minus an angle",
       "angle[4] a = pi / 4; angle[4] b = -a; bit[4] r = bit[4](b); bit s = a + b == 0;", "1 1110"},
      // "Casting specifics": to the nearest multiple, of a tie to the even one; more bits are
      // zeros.
      {"angles are rounded to their bits",
       "angle[3] a = 0.3 * pi; bit[3] r = bit[3](a); angle[3] b = pi / 8; bit[3] s = bit[3](b); "
       "angle[3] c = 3 * pi / 8; bit[3] t = bit[3](c); angle[3] d = 1.99 * pi; bit u = d == 0;",
       "1 010 000 001"},
      {"angles of other sizes",
       "angle[6] a = 2 * pi * 13 / 64; angle[4] b = a; bit[4] r = bit[4](b); angle[8] c = a; "
       "bit[8] s = bit[8](c); angle[3] d = angle[3](b); bit[3] t = bit[3](d);",
       "010 00110100 0011"},
      {"a number beside an angle is rounded as it is",
       "angle[4] a = 1; bit r = a == 1; bit s = a == 1.1; angle b = 1; bit t = b == 1.1; "
       "bit u = a == b;",
       "0 0 1 1"},
      {"an angle by a negative number",
       "angle[4] a = pi / 2; bit r = a / -2 == 7 * pi / 4; "
       "bit s = -1 * a == 3 * pi / 2;",
       "1 1"},
      {"elements of arrays are rounded",
       "array[angle[2], 2] a = {0.3, 2.5}; array[float[16], 1] b = {2049}; bit r = a[0] == 0 && "
       "a[1] == pi; b[0] += 1; bit s = b[0] == 2048;",
       "1 1"},
      // IEEE 754: 0.1 in binary16 is 0x2e66, in binary32 0x3dcccccd; 2^-25 is a tie with 0.
      {"floats are rounded to their bits",
       "float[16] a = 0.1; bit r = a == 1638 / 16384.0; float[32] b = 0.1; bit s = b == 13421773 / "
       "134217728.0; float[64] c = 0.1; bit t = c == 0.1; float d = 0.1; bit u = d == 0.1; "
       "bit v = float[16](0.1) == a && float[32](c) == b && a != c;",
       "1 1 1 1 1"},
      {"small floats and ties",
       "float[16] a = 2.0 ** -25; bit r = a == 0; float[16] b = 3 * 2.0 ** -25; bit s = b == 2.0 "
       "** "
       "-23; float[16] c = 65519; bit t = c == 65504; float[16] d = 2049; bit u = d == 2048; "
       "float[16] e = 2051; bit v = e == 2052; float[32] f = 2.0 ** -150; bit w = f == 0;",
       "1 1 1 1 1 1"},
      {"complex numbers are rounded too",
       "complex[float[16]] z = 2049 + 0.1im; bit r = real(z) == 2048 && imag(z) == 1638 / 16384.0;",
       "1"},
      {"functions",
       "float x = sin(pi / 2) + cos(0) + exp(0) + sqrt(4.0) + arctan(0) + floor(2.7) + "
       "ceiling(2.1) + log(1) + arccos(1) + mod(7, 4) + pow(2, 3); bit r = x == 21.0;",
       "1"},
      {"complex numbers",
       "complex[float[64]] z = (1 + 2im) * (3 - 1im); bit r = real(z) == 5; bit s = "
       "imag(z) == 5; bit t = z == 5 + 5im;",
       "1 1 1"},
      {"constants",
       "const int n = 3; const float h = n / 2.0; bit[n] b; bit r = h == 1.5 && n == 3;", "1 000"},
      {"literals",
       "bit r = 0xFf == 255 && 0b1_01 == 5 && 0o17 == 15 && 1_000 == 1000 && .5 == 5e-1;", "1"},
      {"durations",
       "duration d = 2us + 100ns; bit r = d > 2000ns; bit s = d / 100ns == 21; bit t = "
       "1ms == 1000us;",
       "1 1 1"},
      {"short circuit",
       "array[int, 2] a; int k = 5; bit r = k < 2 && a[k] == 0; bit s = k > 2 || a[k] "
       "== 0;",
       "1 0"},
      {"a for loop includes both ends",
       "int s = 0; for int k in [1:3] s += k; bit[8] r = bit[8](s);", "00000110"},
      {"a for loop downwards", "int s = 0; for int k in [5:-2:0] s = 10 * s + k; bit r = s == 531;",
       "1"},
      {"a range over all numbers",
       "int s = 0; for int k in [-9223372036854775808:9223372036854775807] { s += 1; if (s == 3) "
       "break; } bit r = s == 3;",
       "1"},
      {"angles are sums modulo a turn",
       "angle a = pi; angle b = a + a; angle c = -a; angle d = a * 3; bit r = b == 0.0 && "
       "a + a == 0.0 && c == a && d == a;",
       "1"},
      {"an empty range", "int s = 0; for int k in [1:0] s += 1; bit r = s == 0;", "1"},
      {"a set", "int s = 0; for int k in {3, 5, 9} s += k; bit r = s == 17;", "1"},
      {"a set of floats", "float s = 0; for float x in {0.5, 0.25} s += x; bit r = s == 0.75;",
       "1"},
      {"an array",
       "array[int, 3] a = {1, 2, 4}; int s = 0; for int k in a { s += k; } bit r = s == 7;", "1"},
      {"bits in a loop",
       "bit[4] b = \"0001\"; int s = 0; for bit x in b { s = 2 * s + int(x); } bit r = "
       "s == 8;",
       "1 0001"},
      {"break and continue",
       "int s = 0; for int k in [0:9] { if (k == 2) continue; if (k == 5) break; s "
       "+= k; } bit r = s == 8;",
       "1"},
      {"while", "int k = 1; while (k < 100) k *= 2; bit r = k == 128;", "1"},
      {"nested loops",
       "int s = 0; for int i in [0:2] { for int j in [0:2] { if (j > i) break; s += 1; } } "
       "bit r = s == 6;",
       "1"},
      {"switch",
       "int s = 0; for int k in [0:4] { switch (k) { case 0 { s += 1; } case 1, 2 { s += 10; } "
       "default { s += 100; } } } bit r = s == 221;",
       "1"},
      {"switch on bits",
       "bit[2] b = \"10\"; bit r; switch (b) { case 2 { r = 1; } default { r = 0; } }", "1 10"},
      {"else binds to the nearest if",
       "int s = 0; if (true) if (false) s = 1; else s = 2; bit r = s == 2;", "1"},
      {"inner names hide outer ones", "int k = 1; { int k = 2; } bit r = k == 1;", "1"},
      {"end", "bit r = 1; end; r = 0;", "1"},
      {"a subroutine", "def f(int a, int b) -> int { return a - b; } bit r = f(5, 3) == 2;", "1"},
      {"arguments are copies",
       "def f(int a) -> int { a += 1; return a; } int k = 1; int j = f(k); bit r "
       "= k == 1 && j == 2;",
       "1"},
      {"recursion",
       "def f(int n) -> int { if (n < 2) return n; return f(n - 1) + f(n - 2); } bit r = "
       "f(12) == 144;",
       "1"},
      {"mutable arrays are references",
       "def f(mutable array[int, #dim=1] a) { a[1] = 7; } array[int, 3] "
       "x = {1, 2, 3}; f(x); bit r = x[1] == 7;",
       "1"},
      {"of a part as well",
       "def f(mutable array[int, 2] a) { a[0] = 7; } array[int, 2, 2] x = {{1, 2}, "
       "{3, 4}}; f(x[1]); bit r = x[1, 0] == 7 && x[0, 0] == 1;",
       "1"},
      {"readonly arrays and sizeof",
       "def f(readonly array[int, #dim=2] a) -> int { return "
       "int(sizeof(a, 1)) + a[1, 2]; } array[int, 2, 3] x = {{1, 2, 3}, {4, "
       "5, 6}}; bit r = f(x) == 9;",
       "1"},
      {"parts of arrays",
       "array[int, 2, 2] a = {{1, 2}, {3, 4}}; array[int, 2, 2] b; b[1] = a[0]; b[0][1] "
       "= a[1, 1]; array[int, 2] c = b[:, 1]; bit r = c[0] == 4 && c[1] == 2;",
       "1"},
      {"slices of arrays",
       "array[int, 4] a = {1, 2, 3, 4}; a[0:1] = a[2:3]; bit r = a[0] == 3 && a[1] == "
       "4 && a[2] == 3;",
       "1"},
      {"arrays are copied",
       "array[int, 2] a = {1, 2}; array[int, 2] b = a; b[0] = 5; bit r = a[0] == 1;", "1"},
      {"elements wrap", "array[int[4], 1] a; a[0] = 9; bit r = a[0] == -7;", "1"},
      {"an alias of bits", "bit[2] a; bit[2] b; let r = a ++ b[1:1]; r[2] = 1; r[0] = 1;", "10 01"},
      {"sizeof of a constant array",
       "array[int, 4, 2] a; const uint n = sizeof(a); bit r = n == 4 && "
       "sizeof(a, 1) == 2;",
       "1"},
      {"bool, int and bit convert",
       "bool f = 2; int k = true; bit b = f; bit r = k == 1 && b == 1;", "1 1"},
      {"more than 64 bits", "bit[70] b; b[69] = 1; bit r = b != 0; bit s = b == 1;",
       "0 1 1000000000000000000000000000000000000000000000000000000000000000000000"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(finished(c.text).label(), c.label) << c.text;
  }
}

TEST(OpenqasmMachine, MakesTheSameStateTwoWays) {
  const std::string four = "include \"stdgates.inc\"; qubit[4] q; h q; t q[1]; rx(0.3) q[2];\n";
  const struct {
    const char* name;
    std::string left;
    std::string right;
  } cases[] = {
      {"U has the phase t/2", four + "ctrl @ U(0.4, 0.5, 0.6) q[0], q[1];",
       four + "cu(0.4, 0.5, 0.6, 0.2) q[0], q[1];"},
      {"u3 of stdgates has determinant 1", four + "ctrl @ u3(0.4, 0.5, 0.6) q[0], q[1];",
       four + "cu(0.4, 0.5, 0.6, -0.55) q[0], q[1];"},
      {"u2 of stdgates has determinant 1", four + "ctrl @ u2(0.5, 0.6) q[0], q[1];",
       four + "cu(pi/2, 0.5, 0.6, -0.55) q[0], q[1];"},
      {"a controlled phase", four + "ctrl @ gphase(0.7) q[2];", four + "p(0.7) q[2];"},
      {"a phase under a control on 0", four + "negctrl @ gphase(0.7) q[2];",
       four + "x q[2]; p(0.7) q[2]; x q[2];"},
      {"two controls of a phase", four + "ctrl(2) @ gphase(0.7) q[2], q[0];",
       four + "cp(0.7) q[2], q[0];"},
      {"new controls come first", four + "negctrl @ ctrl @ z q[0], q[1], q[2];",
       four + "x q[0]; ctrl(2) @ z q[0], q[1], q[2]; x q[0];"},
      {"the inverse goes backwards",
       "include \"stdgates.inc\"; gate g a, b { h a; t a; cx a, b; gphase(0.3); }\n" + four +
           "inv @ g q[0], q[1];",
       four + "cx q[0], q[1]; tdg q[0]; h q[0]; gphase(-0.3);"},
      {"a controlled gate keeps the phase of its body",
       "include \"stdgates.inc\"; gate g a { x a; gphase(0.3); }\n" + four + "ctrl @ g q[0], q[1];",
       four + "cx q[0], q[1]; p(0.3) q[0];"},
      {"an integer power repeats",
       "include \"stdgates.inc\"; gate g a { h a; t a; gphase(0.2); }\n" + four +
           "pow(3) @ g q[0];",
       four + "h q[0]; t q[0]; h q[0]; t q[0]; h q[0]; t q[0]; gphase(0.6);"},
      {"a negative power inverts", four + "pow(-2) @ t q[0];", four + "sdg q[0];"},
      {"a half of integers is none", four + "pow(1/2) @ x q[0];", four},
      {"a root of x", four + "pow(0.5) @ x q[0];", four + "sx q[0];"},
      {"a root under a control", four + "ctrl @ pow(0.5) @ x q[0], q[1];",
       four + "pow(0.5) @ ctrl @ x q[0], q[1];"},
      {"the principal power of z", four + "pow(0.25) @ z q[0];", four + "p(pi/4) q[0];"},
      {"of a phase beyond pi", four + "pow(0.5) @ p(1.5*pi) q[0];", four + "p(-pi/4) q[0];"},
      {"a long row of one gate", four + "pow(101) @ U(0.1, 0.2, 0.3) q[0];",
       four + "for int k in [1:101] U(0.1, 0.2, 0.3) q[0];"},
      {"a rotation many times", four + "pow(512) @ phase(3*pi/8) q[0];", four},
      {"powers of s, t and sx", four + "pow(7) @ s q[0]; pow(11) @ t q[1]; pow(6) @ sx q[2];",
       four + "sdg q[0]; p(3*pi/4) q[1]; x q[2];"},
      {"inverse of a power and power of an inverse", four + "inv @ pow(3) @ t q[0];",
       four + "pow(3) @ inv @ t q[0];"},
      {"a root of a two-qubit gate",
       "include \"stdgates.inc\"; gate g a, b { cx a, b; ry(0.4) b; gphase(0.1); }\n" + four +
           "pow(0.5) @ g q[0], q[1]; pow(0.5) @ g q[0], q[1];",
       "include \"stdgates.inc\"; gate g a, b { cx a, b; ry(0.4) b; gphase(0.1); }\n" + four +
           "g q[0], q[1];"},
      {"broadcast over registers", four + "cx q[0:1], q[2:3];",
       four + "cx q[0], q[2]; cx q[1], q[3];"},
      {"broadcast of one qubit", four + "cx q[0], q[1:3];",
       four + "cx q[0], q[1]; cx q[0], q[2]; cx q[0], q[3];"},
      {"aliases and sets", four + "let r = q[{3, 1}] ++ q[0:0]; ry(0.2) r; cx r[0], r[2];",
       four + "ry(0.2) q[3]; ry(0.2) q[1]; ry(0.2) q[0]; cx q[3], q[0];"},
      {"aliases by a variable", four + "for int k in [0:1] { let r = q[k:k + 1]; cx r[1], r[0]; }",
       four + "cx q[1], q[0]; cx q[2], q[1];"},
      {"a subroutine on qubits",
       "include \"stdgates.inc\"; def f(qubit[2] r, float a, qubit s) { ry(a) r; cx s, r[1]; }\n" +
           four + "f(q[2:3], 0.4, q[0]);",
       four + "ry(0.4) q[2]; ry(0.4) q[3]; cx q[0], q[3];"},
      {"the older form of a call",
       "include \"stdgates.inc\"; def f(qubit[2] r, float a, qubit s) { ry(a) r; cx s, r[1]; }\n" +
           four + "f(0.4) q[2:3], q[0];",
       four + "ry(0.4) q[2]; ry(0.4) q[3]; cx q[0], q[3];"},
      {"a loop in a gate",
       "include \"stdgates.inc\"; gate g(t) a, b { for int k in [1:3] { rx(k * t) a; cx a, b; } "
       "}\n" +
           four + "g(0.1) q[0], q[1];",
       four + "rx(0.1) q[0]; cx q[0], q[1]; rx(0.2) q[0]; cx q[0], q[1]; rx(0.3) q[0]; cx q[0], "
              "q[1];"},
      {"hardware qubits", "include \"stdgates.inc\"; h $0; cx $0, $1; t $1;",
       "include \"stdgates.inc\"; qubit[2] q; h q[0]; cx q[0], q[1]; t q[1];"},
      {"a gate of one's own hides the library's",
       "include \"stdgates.inc\"; gate x a { U(0.1, 0.2, 0.3) a; }\n" + four + "x q[0];",
       four + "U(0.1, 0.2, 0.3) q[0];"},
      {"boxes and delays do nothing", four + "box { x q[0]; delay[10ns] q; nop q; } barrier q;",
       four + "x q[0];"},
      {"qelib1's rz is the true rotation",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; h q; crz(0.4) q[0], q[1];",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; h q; rz(0.2) q[1]; cx q[0],q[1]; rz(-0.2) "
       "q[1]; "
       "cx q[0],q[1];"},
      {"cu3 of qelib1",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; h q; cu3(0.4, 0.5, 0.6) q[0], q[1];",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; h q; cu(0.4, 0.5, 0.6, 0) q[0], q[1];"},
      {"expressions of OpenQASM 2",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; rx(-2^2 + 1/2*3 - ln(exp(2))/.5) q[0];",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; rx(-6.5) q[0];"},
      {"a register named like a gate",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg x[2]; x x[0]; cx x[0],x[1];",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; x q; "},
      {"an empty gate",
       "OPENQASM 2.0; include \"qelib1.inc\"; gate e() a {} qreg q[1]; h q; e() q; e q[0];",
       "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; h q;"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_LT(distance(state_of(c.left), state_of(c.right)), 1e-14);
  }
}

TEST(OpenqasmMachine, SuppliesOutcomesBitByBit) {
  auto m = machine(
               "qubit[2] q; bit[2] c; bit d; c = measure q; d = measure q[1];\n"
               "if (c == 2) { d = 0; }")
               .value();
  const bool outcomes[] = {false, true, true};
  for (const bool outcome : outcomes) {
    const auto step = m.next();
    ASSERT_TRUE(step.has_value());
    ASSERT_EQ(step->kind, Machine::StepKind::kMeasure);
    m.supply(outcome);
  }
  Machine other = m;  // goes its own way
  EXPECT_EQ(m.next()->kind, Machine::StepKind::kDone);
  EXPECT_EQ(m.next()->kind, Machine::StepKind::kDone);
  EXPECT_EQ(m.label(), "0 10");
  EXPECT_EQ(other.label(), "0 10");  // the last outcome is stored by the next step
  EXPECT_EQ(other.next()->kind, Machine::StepKind::kDone);
  EXPECT_EQ(other.label(), "0 10");
}

TEST(OpenqasmMachine, NamesItsRegisters) {
  const Machine m = finished(
      "include \"stdgates.inc\"; qubit[2] a; qubit b; h $1; bit[2] c; bit d; int k; { bit e; }");
  ASSERT_EQ(m.qubit_registers().size(), 4U);
  EXPECT_EQ(m.qubit_registers()[1], (Register{"b", 2, 1}));
  EXPECT_EQ(m.qubit_registers()[3], (Register{"$1", 4, 1}));
  EXPECT_EQ(m.n_qubits(), 5U);
  ASSERT_EQ(m.bit_registers().size(), 2U);
  EXPECT_EQ(m.bit_registers()[1], (Register{"d", 2, 1}));
}

TEST(OpenqasmMachine, EstimatesThePhaseBitByBit) {
  // openqasm/examples/ipe.qasm in small: four bits of the phase 2 pi * 11/16, on its eigenstate.
  auto m = machine(R"(include "stdgates.inc";
    const int n = 4;
    qubit q; qubit r; angle[n] c; uint[n] power = 8; bit[n] out;
    x r;
    for uint i in [0:n - 1] {
      reset q; h q;
      ctrl @ pow(power) @ phase(2 * pi * 11 / 16) q, r;
      inv @ phase(c) q;
      h q;
      bit b = measure q;
      out[i] = b;
      c >>= 1;
      if (b) c += pi / 2;
      power >>= 1;
    })")
               .value();
  std::vector<Amplitude> state = {1.0, 0.0, 0.0, 0.0};
  while (true) {
    const auto step = m.next();
    ASSERT_TRUE(step.has_value()) << to_text(step.error());
    if (step->kind == Machine::StepKind::kDone) break;
    if (step->kind == Machine::StepKind::kOperation) apply_plainly(step->operation, {}, state);
    if (step->kind == Machine::StepKind::kReset &&
        std::norm(state[1]) + std::norm(state[3]) > 0.5) {
      std::swap(state[0], state[1]);
      std::swap(state[2], state[3]);
    }
    if (step->kind == Machine::StepKind::kMeasure) {
      const double p1 = std::norm(state[1]) + std::norm(state[3]);
      ASSERT_NEAR(p1, std::round(p1), 1e-12);
      m.supply(p1 > 0.5);
    }
  }
  EXPECT_EQ(m.label(), "1011");  // 11, the lowest bit found first
}

TEST(OpenqasmMachine, StopsWhatGrowsWithoutBound) {
  std::string tower = "OPENQASM 2.0; include \"qelib1.inc\"; gate g0 a { h a; }\n";
  for (int k = 1; k <= 60; ++k) {
    tower += "gate g" + std::to_string(k) + " a { g" + std::to_string(k - 1) + " a; g" +
             std::to_string(k - 1) + " a; }\n";
  }
  std::string stairs = "OPENQASM 2.0; include \"qelib1.inc\"; gate g0 a { h a; }\n";
  for (int k = 1; k <= 300; ++k) {
    stairs += "gate g" + std::to_string(k) + " a { g" + std::to_string(k - 1) + " a; }\n";
  }
  const struct {
    const char* name;
    std::string text;
    const char* message;
  } cases[] = {
      {"gates that double", tower + "qreg q[1]; g60 q[0];",
       "gate \"g22\" has more than 4000000 operations"},
      {"gates in gates", stairs, "gate \"g200\" stands on more than 200 levels of definitions"},
      {"calls in calls", "def f(int k) -> int { return f(k + 1); }\nint j = f(0);",
       "more than 1000 calls inside each other"},
      {"arrays of arrays", "array[int, 300, 300] a;",
       "array[int, 300, 300] has more than 65536 elements"},
      {"bits without end", "bit[70000] b;", "the size of bit is 70000: 1 to 65536 are possible"},
      {"large arrays in calls",
       "def f(int k) -> int { array[float, 60000] a; return f(k + 1); }\nint j = f(0);",
       "the variables of all calls have more than 2097152 bits and elements together"},
      {"quantum operations", "include \"stdgates.inc\"; qubit[100] q; while (true) { h q; }",
       "more than 20000 quantum operations"},
      {"a power without end",
       "include \"stdgates.inc\"; gate g a, b { U(1, 2, 3) a; U(1, 2, 3) b; } qubit[2] q; "
       "pow(100000000) @ g "
       "q[0], q[1];",
       "a power of 100000000 makes more than 1000000 operations"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(first_error(c.text, {}, {.instructions = 100'000'000, .operations = 20'000}).message,
              c.message);
  }
}

}  // namespace
}  // namespace quanta::quantum::openqasm
