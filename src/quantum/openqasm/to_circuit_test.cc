#include "quantum/openqasm/to_circuit.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/simulator/plain_simulator.h"

namespace quanta::quantum::openqasm {
namespace {

Result<Circuit> circuit_of(const std::string& text) {
  QUANTA_TRY(const Program program, parse(text, "p.qasm"));
  return to_circuit(program);
}

/// "x[0]", "h[1] if 0,1==2", "measure[0]>1", one for each operation, with a blank between them.
std::string listed(const Circuit& circuit) {
  std::string text;
  for (const Operation& operation : circuit.operations()) {
    if (!text.empty()) text += " ";
    text += operation_name(operation) + "[";
    for (std::size_t i = 0; i < operation.qubits.size(); ++i) {
      text += (i > 0 ? "," : "") + std::to_string(operation.qubits[i]);
    }
    text += "]";
    if (operation.bit) text += ">" + std::to_string(*operation.bit);
    if (!operation.condition) continue;
    text += "?";
    for (std::size_t i = 0; i < operation.condition->bits.size(); ++i) {
      text += (i > 0 ? "," : "") + std::to_string(operation.condition->bits[i]);
    }
    text +=
        (operation.condition->negated ? "!=" : "==") + std::to_string(operation.condition->value);
  }
  return text;
}

TEST(OpenqasmToCircuit, GoesThroughTheProgram) {
  const std::string head3 = "include \"stdgates.inc\"; qubit[3] q; bit[2] c;\n";
  const std::string head2 =
      "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg c[2]; creg d[1];\n";
  const struct {
    const char* name;
    std::string text;
    const char* operations;
  } cases[] = {
      {"loops are carried out", head3 + "for int i in [0:1] { h q[i]; cx q[i], q[i + 1]; }",
       "h[0] cx[0,1] h[1] cx[1,2]"},
      {"conditions of OpenQASM 2 name the whole register",
       head2 + "measure q[0] -> c[0]; if (c == 2) x q[1]; if (d == 1) measure q[1] -> c[1]; if (c "
               "== 3) reset q[0];",
       "measure[0]>0 x[1]?0,1==2 measure[1]>1?2==1 reset[0]?0,1==3"},
      {"those of OpenQASM 3 the bits that are not known",
       head3 + "c[1] = measure q[0]; if (c == 2) x q[1]; if (c == 1) y q[1];",
       "measure[0]>1 x[1]?1==1"},
      {"single bits and not",
       head3 + "c[0] = measure q[0]; if (c[0]) x q[1]; if (!c[0]) y q[1]; if (c[0] != 1) z q[1];",
       "measure[0]>0 x[1]?0==1 y[1]?0==0 z[1]?0==0"},
      {"else", head3 + "c = measure q[0:1]; if (c == 1) x q[2]; else { y q[2]; z q[2]; }",
       "measure[0]>0 measure[1]>1 x[2]?0,1==1 y[2]?0,1!=1 z[2]?0,1!=1"},
      {"else if", head3 + "c = measure q[0:1]; if (c == 1) x q[2]; else if (c == 2) y q[2];",
       "measure[0]>0 measure[1]>1 x[2]?0,1==1 y[2]?0,1==2"},
      {"and of bits", head3 + "c = measure q[0:1]; if (c[0] && c[1] == 0) x q[2];",
       "measure[0]>0 measure[1]>1 x[2]?0,1==1"},
      {"or as not and", head3 + "c = measure q[0:1]; if (c[0] || c[1]) x q[2];",
       "measure[0]>0 measure[1]>1 x[2]?0,1!=0"},
      {"if in if", head3 + "c = measure q[0:1]; if (c[0]) { if (c[1]) x q[2]; else y q[2]; }",
       "measure[0]>0 measure[1]>1 x[2]?0,1==3 y[2]?0,1==1"},
      {"what cannot be is left out",
       head3 + "c = measure q[0:1]; if (c[0]) { if (!c[0]) x q[2]; y q[2]; }",
       "measure[0]>0 measure[1]>1 y[2]?0==1"},
      {"switch", head3 + "c = measure q[0:1]; switch (c) { case 0 { x q[2]; } case 3 { y q[2]; } }",
       "measure[0]>0 measure[1]>1 x[2]?0,1==0 y[2]?0,1==3"},
      {"casts", head3 + "c = measure q[0:1]; if (int[2](c) == 3) x q[2]; if (bool(c)) y q[2];",
       "measure[0]>0 measure[1]>1 x[2]?0,1==3 y[2]?0,1!=0"},
      {"known values beside",
       head3 +
           "int k = 3; c[0] = measure q[0]; if (c[0] && k > 2) x q[2]; if (k < 2 && c[0]) y q[2];",
       "measure[0]>0 x[2]?0==1"},
      {"outcomes that a subroutine brings back",
       "include \"stdgates.inc\"; def f(qubit a) -> bit { h a; return measure a; }\n" + head3 +
           "c[1] = f(q[0]); if (c[1]) x q[1];",
       "h[0] measure[0]>1 x[1]?1==1"},
      {"outcomes that no register keeps",
       head3 + "{ bit b = measure q[0]; if (b) x q[1]; } measure q[2];",
       "measure[0]>2 x[1]?2==1 measure[2]>3"},
      {"loops inside a branch",
       head3 + "c[0] = measure q[0]; if (c[0]) { for int i in [1:2] { x q[i]; if (i == 1) "
               "continue; y q[i]; } }",
       "measure[0]>0 x[1]?0==1 x[2]?0==1 y[2]?0==1"},
      {"a measurement inside a branch",
       head3 + "c[0] = measure q[0]; if (c[0]) { c[1] = measure q[1]; } if (c[1]) x q[2];",
       "measure[0]>0 measure[1]>1?0==1 x[2]?1==1"},
      {"measured again",
       head3 + "c[0] = measure q[0]; if (c[0]) x q[1]; c[0] = measure q[1]; if (c[0]) y q[2];",
       "measure[0]>0 x[1]?0==1 measure[1]>0 y[2]?0==1"},
      {"barriers have no condition",
       head3 + "c[0] = measure q[0]; if (c[0]) { x q[1]; barrier q; }",
       "measure[0]>0 x[1]?0==1 barrier[0,1,2]"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto circuit = circuit_of(c.text);
    ASSERT_TRUE(circuit.has_value()) << to_text(circuit.error());
    EXPECT_EQ(listed(*circuit), c.operations);
  }
}

TEST(OpenqasmToCircuit, SaysWhatCannotBeFlattenedAndWhere) {
  const std::string head =
      "include \"stdgates.inc\"; qubit[3] q; bit[2] c; int k;\nc = measure q[0:1];\n";
  const struct {
    const char* name;
    std::string text;
    std::size_t line;
    const char* message;
  } cases[] = {
      {"a loop until an outcome", head + "while (c[0]) { x q[0]; }", 3,
       "the condition of a loop hangs on a measured value: no single circuit does that"},
      {"an index by an outcome", head + "x q[int(c)];", 3, "an index hangs on a measured value"},
      {"an angle by an outcome", head + "rx(pi * int(c)) q[0];", 3,
       "a parameter hangs on a measured value: no single circuit does that"},
      {"an exponent by an outcome", head + "pow(int(c)) @ x q[0];", 3,
       "the exponent of pow hangs on a measured value: no single circuit does that"},
      {"a range by an outcome", head + "for int i in [0:int(c)] x q[i];", 3,
       "the range of a loop hangs on a measured value: no single circuit does that"},
      {"a number set in a branch", head + "if (c[0]) k = 2;\nif (k == 2) x q[0];", 4,
       "the condition is no comparison of bits with constants, but hangs on a measured value: no "
       "single "
       "circuit does that"},
      {"a bit set in a branch", head + "if (c[0]) {\nc[1] = 0; }", 4,
       "no single circuit does this: c[1] is assigned to in the branch of line 3, which hangs on a "
       "measured value"},
      {"a bit made of two", "qubit[2] q; bit[2] c; bit p;\nc = measure q;\np = c[0] ^ c[1];", 3,
       "no single circuit does this: what p is set to is made of measured values"},
      {"a copy of an outcome", head + "c[0] = c[1];", 3,
       "no single circuit does this: c[0] is a copy of an outcome that is kept elsewhere"},
      {"a comparison by size", head + "if (c > 1) x q[0];", 3,
       "the condition is no comparison of bits with constants, but hangs on a measured value: no "
       "single "
       "circuit does that"},
      {"neither of two values", head + "if (c == 0) x q[2]; else if (c == 1) y q[2]; else\nz q[2];",
       4,
       "no single circuit does this: the conditions around it, the last one in line 3, do not make "
       "one "
       "comparison of bits with a constant"},
      {"a bit that is measured anew", head + "if (c[0]) {\nc[0] = measure q[0];\nx q[1]; }", 5,
       "no single circuit does this: the condition of line 3 hangs on a bit that has been measured "
       "anew"},
      {"a loop left by an outcome", head + "for int i in [0:3] {\nif (c[0]) break; }", 4,
       "no single circuit does this: it leaves the branch of line 4, which hangs on a measured "
       "value"},
      {"an end by an outcome", head + "if (c[0]) end;", 3,
       "no single circuit does this: it leaves the branch of line 3, which hangs on a measured "
       "value"},
      {"a return by an outcome",
       "qubit[2] q; def f(qubit[2] r) {\nbit b = measure r[0];\nif (b) return;\nU(1,2,3) r[1]; "
       "}\nf(q);",
       3,
       "no single circuit does this: it leaves the branch of line 3, which hangs on a measured "
       "value"},
      {"a bit set behind its measurement", head + "c[0] = 0;", 3,
       "no single circuit does this: c[0] is set to 0; bits of a circuit hold outcomes only"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto circuit = circuit_of(c.text);
    ASSERT_FALSE(circuit.has_value());
    EXPECT_EQ(circuit.error().message, c.message);
    EXPECT_EQ(circuit.error().kind, ErrorKind::kInfeasible);
    EXPECT_EQ(circuit.error().place.line, c.line);
    EXPECT_EQ(circuit.error().place.file, "p.qasm");
  }
}

TEST(OpenqasmToCircuit, KeepsRegistersAndBoxes) {
  const auto circuit = circuit_of(
      "include \"stdgates.inc\"; gate g(t) a, b { rx(t) a; cx a, b; gphase(0.25); }\n"
      "qubit[2] a; qubit b; bit[4] mask = \"0101\"; bit[2] c; bit d; h $1;\n"
      "g(0.5) a[0], b; ctrl @ inv @ g(0.5) a[1], b, a[0]; gphase(0.5); c[0] = measure b;");
  ASSERT_TRUE(circuit.has_value()) << to_text(circuit.error());
  EXPECT_EQ(listed(*circuit), "h[4] g[0,2] cg_dg[1,2,0] measure[2]>0");
  const auto names = [](std::span<const Register> registers) {
    std::string text;
    for (const Register& r : registers) text += r.name + "[" + std::to_string(r.size) + "] ";
    return text;
  };
  EXPECT_EQ(names(circuit->qubit_registers()), "a[2] b[1] $0[1] $1[1] ");
  EXPECT_EQ(names(circuit->bit_registers()), "c[2] d[1] ");  // the mask is a constant
  EXPECT_EQ(circuit->global_phase().constant, 0.5);
  EXPECT_EQ(circuit->expand().operations().size(), 7U);
}

TEST(OpenqasmToCircuit, SaysWhichInputsNeedAValue) {
  const std::string head =
      "include \"stdgates.inc\"; input float t; input angle a; qubit[2] q; bit c;\n";
  const std::string hint =
      " needs the values of the inputs in it; without them they may be added, and multiplied by or "
      "divided by numbers";
  const struct {
    const char* name;
    std::string text;
    std::string message;
  } cases[] = {
      {"a function", "rx(sin(t)) q[0];", "sin of an input without a value"},
      {"a product", "rx(t * t) q[0];", "a product" + hint},
      {"a quotient", "rx(1 / t) q[0];", "a quotient" + hint},
      {"a quotient by 0", "int k = 0; rx(t / k) q[0];", "division by zero"},
      {"a power", "rx(t ** 2) q[0];", "this" + hint},
      {"a comparison", "if (t > 0) x q[0];", "this" + hint},
      {"a truth value", "if (t) x q[0];", "bool" + hint},
      {"a whole number", "int k = int(t);", "int" + hint},
      {"a complex number", "complex z = t;", "complex" + hint},
      {"a rounded angle", "angle[8] b = a;", "angle[8]" + hint},
      {"a rounded float", "float[32] x = t;", "float[32]" + hint},
      {"bits of an angle", "a <<= 1;", "this" + hint},
      {"a fraction of a gate", "pow(0.5) @ rx(t) q[0];",
       "\"rx\" to the power 0.5 needs the values of its inputs"},
      {"a fraction of a defined gate", "gate g(x) b { h b; rx(x) b; }\npow(0.5) @ g(t) q[0];",
       "\"g\" to the power 0.5 needs the values of its inputs"},
      {"a turn that a control can tell", "ctrl @ rx(2 * a) q[0], q[1];",
       "what is taken modulo a turn cannot be an angle of \"rx\" before the inputs in it have "
       "values; a float can"},
      {"a turn that a library gate can tell", "crz(-a) q[0], q[1];",
       "what is taken modulo a turn cannot be an angle of \"crz\" before the inputs in it have "
       "values; a float can"},
      {"a turn of a float that became an angle", "angle b = t; crz(b) q[0], q[1];",
       "what is taken modulo a turn cannot be an angle of \"crz\" before the inputs in it have "
       "values; a float can"},
      {"half of what lost its turns", "rx((2 * a) / 2) q[0];",
       "part of what is taken modulo a turn" + hint},
      {"an array", "array[float, 2] l = {t, 1.0}; rx(l[0]) q[0];",
       "a parameter hangs on a measured value or on an input without a value: no single circuit "
       "does that"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Program program = parse(head + c.text, "p.qasm").value();
    const auto circuit = to_open_circuit(program);
    ASSERT_FALSE(circuit.has_value());
    EXPECT_EQ(circuit.error().message, c.message);
    EXPECT_GE(circuit.error().place.line, 2U);
    // With values it is a program, where it is not wrong by itself.
    if (c.message != "division by zero") {
      EXPECT_TRUE(to_circuit(program, {{"t", "0.5"}, {"a", "1.5"}}).has_value());
    }
  }
  for (const char* text : {"input int k;", "input bit[2] b;", "input float[32] x;",
                           "input angle[8] x;", "input array[float, 2] l;"}) {
    EXPECT_FALSE(to_open_circuit(parse(text, "p.qasm").value()).has_value()) << text;
  }
  EXPECT_EQ(to_circuit(parse(head, "p.qasm").value()).error().message,
            "the input t of type float has no value; give t=VALUE");
}

TEST(OpenqasmToCircuit, KeepsInputsWithoutAValueByTheirNames) {
  const Program program = parse(R"(include "stdgates.inc";
    input float[64] t; input angle a; input int n; input float unused;
    gate g(x, y) b, c { rx(x / 2) b; crz(x - y) b, c; gphase(x); u3(x, y, 0.1) c; }
    def turn(float f, qubit b) { ry(f * 0.5 + pi) b; }
    qubit[3] q;
    h q; float f = 2 * t - 0.25; f += t; const float k = 3;
    rx(f) q[0]; rx(-f / k) q[1]; p(2 * a + t) q[2]; rz(a) q; U(t, a, -a) q[1];
    g(t, f) q[0], q[1]; g(t, f) q[1], q[2]; ctrl @ inv @ g(t, 0.5) q[2], q[0], q[1];
    for int i in [0:n] { pow(i) @ ry(t) q[i]; pow(20) @ U(0, 0, t) q[i]; }
    turn(t - t, q[0]); turn(a / 2, q[1]); crx(a / 4) q[0], q[1]; cp(3 * a) q[1], q[2];
    inv @ pow(2) @ rx(a) q[0]; gphase(t); ctrl @ gphase(-a) q[0]; u2(t, a) q[2];
    angle b = a + 1; b = b - a; crz(b) q[0], q[2];)",
                                "p.qasm")
                              .value();
  const auto open = to_open_circuit(program, {{"n", "2"}});
  ASSERT_TRUE(open.has_value()) << to_text(open.error());
  EXPECT_EQ(std::vector<std::string>(open->parameters().begin(), open->parameters().end()),
            (std::vector<std::string>{"t", "a", "unused"}));
  for (const double t : {-7.3, 0.4, 2.9}) {
    for (const double a : {0.3, 2.2, 5.9}) {
      SCOPED_TRACE(std::to_string(t) + " " + std::to_string(a));
      const auto closed = to_circuit(
          program,
          {{"n", "2"}, {"t", std::to_string(t)}, {"a", std::to_string(a)}, {"unused", "1"}});
      ASSERT_TRUE(closed.has_value()) << to_text(closed.error());
      const std::vector<double> values = {t, a, 1.0};
      const auto x = simulate_plainly(open->bind(values).value());
      const auto y = simulate_plainly(*closed);
      // Up to a sign: sums of angles are not reduced.
      Amplitude overlap = 0.0;
      for (std::size_t i = 0; i < x.size(); ++i) overlap += std::conj(x[i]) * y[i];
      EXPECT_NEAR(std::abs(overlap.real()), 1.0, 1e-13);
      EXPECT_NEAR(overlap.imag(), 0.0, 1e-13);
    }
  }
}

TEST(OpenqasmToCircuit, RefusesMoreOperationsThanTheLimit) {
  const auto program =
      parse("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[100];\nh q; h q;\nh q;", "p.qasm")
          .value();
  EXPECT_TRUE(to_circuit(program, {}, {.operations = 300}).has_value());
  const auto circuit = to_circuit(program, {}, {.operations = 299});
  ASSERT_FALSE(circuit.has_value());
  EXPECT_EQ(circuit.error().kind, ErrorKind::kResource);
  EXPECT_EQ(circuit.error().place.line, 3U);
}

}  // namespace
}  // namespace quanta::quantum::openqasm
