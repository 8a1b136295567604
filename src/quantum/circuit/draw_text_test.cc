#include "quantum/circuit/draw_text.h"

#include <algorithm>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "core/random.h"
#include "quantum/circuit/layout.h"

namespace quanta::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

std::string drawn(const Circuit& circuit, const TextDrawingOptions& options = {}) {
  const auto text = draw_text(circuit, options);
  EXPECT_TRUE(text.has_value()) << text.error().message;
  return "\n" + text.value_or("");
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// Characters, not bytes.
std::size_t length(const std::string& line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

// The drawings below were written by hand, after the conventions of draw_text.h.

TEST(DrawText, ABellPair) {
  Circuit bell(2, 2);
  bell.h(0).cx(0, 1).measure_all();
  EXPECT_EQ(drawn(bell), R"(
     ┌───┐   ┌─┐
 q0: ┤ H ├─●─┤M├───
     └───┘ │ └╥┘┌─┐
 q1: ──────⊕──╫─┤M├
              ║ └╥┘
c: 2/═════════╩══╩═
              0  1
)");
  EXPECT_EQ(drawn(bell, {.unicode = false}), R"(
     +---+   +-+
 q0: | H |-@-|M|---
     +---+ | +!++-+
 q1: -----(+)-!-|M|
              ! +!+
c: 2/---------v--v-
              0  1
)");
}

TEST(DrawText, ControlsSwapsAndBarriers) {
  Circuit circuit(3);
  circuit.ccx(0, 2, 1).swap(0, 2).cz(1, 2).barrier({0, 1});
  ASSERT_TRUE(
      circuit.append({.gate = Gate::kH, .qubits = {0, 2}, .n_controls = 1, .control_state = 0})
          .has_value());
  EXPECT_EQ(drawn(circuit), R"(
              ░
q0: ─●──×─────░───○──
     │  │     ░   │
q1: ─⊕──┼──●──░───┼──
     │  │  │  ░ ┌─┴─┐
q2: ─●──×──●────┤ H ├
                └───┘
)");
}

TEST(DrawText, AnglesAndBoxesOverSeveralWires) {
  Circuit circuit(3);
  const Angle t = circuit.parameter("t");
  circuit.rx(kPi / 2, 0).rz(2.0 * t - kPi, 0).rzz(0.12345, 0, 1).add(Gate::kRzx, {2, 0}, {-kPi});
  circuit.add_global_phase(3 * kPi / 4);
  EXPECT_EQ(drawn(circuit), R"(
global phase: 3π/4
    ┌─────────┐┌───────────┐┌─────────────┐┌──────────┐
q0: ┤ Rx(π/2) ├┤ Rz(2*t-π) ├┤             ├┤1         ├
    └─────────┘└───────────┘│ Rzz(0.1235) ││          │
q1: ────────────────────────┤             ├│  Rzx(-π) │
                            └─────────────┘│          │
q2: ───────────────────────────────────────┤0         ├
                                           └──────────┘
)");
}

TEST(DrawText, Conditions) {
  Circuit circuit(1);
  ASSERT_TRUE(circuit.add_bits("a", 2).has_value());
  ASSERT_TRUE(circuit.add_bits("b", 1).has_value());
  ASSERT_TRUE(
      circuit
          .append(
              {.gate = Gate::kX, .qubits = {0}, .condition = Condition{.bits = {0, 1}, .value = 2}})
          .has_value());
  ASSERT_TRUE(circuit
                  .append({.gate = Gate::kX,
                           .qubits = {0},
                           .condition = Condition{.bits = {1, 2}, .value = 3, .negated = true}})
                  .has_value());
  EXPECT_EQ(drawn(circuit), R"(
      ┌───┐  ┌───┐
 q0: ─┤ X ├──┤ X ├──
      └─╥─┘  └─╥─┘
     ┌──╨─┐┌───╨───┐
a: 2/╡ =2 ╞╡ [1]≠1 ╞
     └────┘└───╥───┘
            ┌──╨─┐
b: 1/═══════╡ ≠1 ╞══
            └────┘
)");
}

TEST(DrawText, LongCircuitsGoOnInTheNextRow) {
  Circuit circuit(1);
  for (int i = 0; i < 5; ++i) circuit.h(0);
  EXPECT_EQ(drawn(circuit, {.width = 16}), R"(
    ┌───┐┌───┐»
q0: ┤ H ├┤ H ├»
    └───┘└───┘»

«    ┌───┐┌───┐»
«q0: ┤ H ├┤ H ├»
«    └───┘└───┘»

«    ┌───┐
«q0: ┤ H ├
«    └───┘
)");
}

TEST(DrawText, LinesKeepToTheWidth) {
  RandomStream random(1, "draw");
  Circuit circuit(5, 3);
  for (int i = 0; i < 100; ++i) {
    const auto q = static_cast<unsigned>(random.below(5));
    const unsigned p = (q + 1 + static_cast<unsigned>(random.below(4))) % 5;
    switch (random.below(4)) {
      case 0:
        circuit.cp(random.uniform(), q, p);
        break;
      case 1:
        circuit.measure(q, static_cast<unsigned>(random.below(3)));
        break;
      case 2:
        circuit.add(Gate::kFsim, {q, p}, {random.uniform(), -random.uniform()});
        break;
      default:
        circuit.t(q);
    }
  }
  for (const std::size_t width : {40, 80, 133}) {
    const std::string text = *draw_text(circuit, {.width = width});
    for (const std::string& line : lines_of(text)) EXPECT_LE(length(line), width) << line;
    // Nothing is lost where rows break.
    const std::string whole = *draw_text(circuit, {.width = 0});
    const auto count = [](const std::string& where, std::string_view what) {
      std::size_t n = 0;
      for (std::size_t at = where.find(what); at != std::string::npos;
           at = where.find(what, at + what.size())) {
        ++n;
      }
      return n;
    };
    for (const char* sign : {"●", "M", "T", "fSim", "╩"}) {
      EXPECT_EQ(count(text, sign), count(whole, sign)) << sign;
    }
  }
  for (const std::string& line : lines_of(*draw_text(circuit, {.unicode = false}))) {
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; })) << line;
  }
}

TEST(DrawText, EveryGateHasALabel) {
  for (const GateProperties& entry : gate_table()) {
    if (!has_matrix(entry.gate)) continue;
    Circuit circuit(entry.n_qubits);
    std::vector<unsigned> qubits;
    for (unsigned q = 0; q < entry.n_qubits; ++q) qubits.push_back(q);
    circuit.add(entry.gate, qubits, std::vector<Angle>(entry.n_angles, 0.25));
    const std::string text = drawn(circuit);
    EXPECT_NE(text.find(entry.gate == Gate::kSwap ? "×" : "┌"), std::string::npos) << entry.name;
    EXPECT_EQ(text.find("0.25") != std::string::npos, entry.n_angles > 0) << entry.name;
  }
}

TEST(DrawText, AnglesReadWell) {
  const std::vector<std::string> names = {"theta", "b"};
  const auto named = [](std::size_t i, double factor) {
    Angle angle;
    angle.terms.push_back({static_cast<unsigned>(i), factor});
    return angle;
  };
  const struct {
    Angle angle;
    const char* text;
  } cases[] = {
      {0.0, "0"},
      {-1e-17, "0"},
      {kPi, "π"},
      {-kPi / 2, "-π/2"},
      {3 * kPi / 4, "3π/4"},
      {kPi / 1024, "π/1024"},
      {100 * kPi, "100π"},
      {2 * kPi / 3, "2π/3"},
      {0.3333333, "0.3333"},
      {1e-5, "1e-05"},
      {-12345.678, "-1.235e+04"},
      {named(0, 1.0), "theta"},
      {named(0, -1.0) + named(1, 0.5) + kPi / 4, "-theta+0.5*b+π/4"},
      {named(1, 2.0) - 0.1, "2*b-0.1"},
  };
  for (const auto& c : cases) EXPECT_EQ(angle_text(c.angle, names, true), c.text);
  EXPECT_EQ(angle_text(kPi / 2, {}, false), "pi/2");
}

TEST(DrawText, EdgesOfSize) {
  EXPECT_EQ(drawn(Circuit(0)), "\n");
  EXPECT_EQ(drawn(Circuit(1)), "\nq0: ─\n");
  Circuit registers;
  ASSERT_TRUE(registers.add_qubits("anc", 1).has_value());
  ASSERT_TRUE(registers.add_qubits("a1", 2).has_value());
  EXPECT_EQ(drawn(registers), "\n  anc: ─\n\na1[0]: ─\n\na1[1]: ─\n");

  Circuit wide(4096);
  for (unsigned q = 0; q < 4096; ++q) wide.h(q);
  EXPECT_TRUE(draw_text(wide, {}).has_value());
  // A staircase over all wires: 4,096 times 4,095 columns.
  for (unsigned q = 0; q + 1 < 4096; ++q) wide.cx(q, q + 1);
  const auto staircase = draw_text(wide, {});
  ASSERT_FALSE(staircase.has_value());
  EXPECT_EQ(staircase.error().kind, ErrorKind::kResource);
  EXPECT_EQ(staircase.error().field, "circuit");

  Circuit long_circuit(2);
  for (int i = 0; i < 100'000; ++i) long_circuit.h(0).cx(0, 1);
  EXPECT_TRUE(draw_text(long_circuit, {}).has_value());

  Circuit spans(4096);
  for (int i = 0; i < 30'000; ++i) spans.cx(0, 4095);
  const auto many = draw_text(spans, {});
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().kind, ErrorKind::kResource);
}

}  // namespace
}  // namespace quanta::quantum
