#include "quantum/openqasm/program.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace quanta::quantum::openqasm {
namespace {

std::string repeated(const std::string& text, int n) {
  std::string result;
  for (int i = 0; i < n; ++i) result += text;
  return result;
}

TEST(OpenqasmParser, NamesPlaceTokenAndWhatWasExpected) {
  const std::string two = "OPENQASM 2.0;\n";
  const struct {
    const char* name;
    std::string text;
    std::size_t line;
    std::size_t column;
    const char* message;
  } cases[] = {
      {"version of another language", "OPENQASM 7.0;", 1, 10,
       "there is no OpenQASM 7.0: expected 2.0 or 3.0"},
      {"no version", "OPENQASM;", 1, 9, "found \";\", expected a version as 2.0 or 3.0"},
      {"version without an end", "OPENQASM 2.0\n", 2, 1,
       "found the end of the file, expected \";\" behind the version"},
      {"version in the middle", "qubit q;\nOPENQASM 3.0;", 2, 1,
       "found \"OPENQASM\", expected a statement"},
      {"missing semicolon", two + "h q[0]\ncx q[0],q[1];", 3, 1,
       "found \"cx\", expected \";\" or \",\" behind the qubits"},
      {"missing semicolon in 3", "x q\ny q;", 2, 1,
       "found \"y\", expected \";\" or \",\" behind the qubits"},
      {"character of no token", two + "x q[1]; ?", 2, 9, "unexpected character '?'"},
      {"byte of no text", "x q\x01;", 1, 4, "unexpected byte 0x01"},
      {"broken UTF-8", "x \xff;", 1, 3, "unexpected byte 0xff"},
      {"columns are characters", "rx(θ) £q;", 1, 7, "unexpected character '£'"},
      {"string without an end", two + "include \"qelib1.inc;\nqreg q[1];", 2, 9,
       "this string has no end: expected \" before the end of the line"},
      {"comment without an end", "x q;\n/* one", 2, 1, "this comment has no end: expected */"},
      {"block comment in 2", two + "/* no */", 2, 1, "found \"/\", expected a statement"},
      {"body without an end", two + "gate g a {\n  h a;\n", 4, 1,
       "found the end of the file, expected \"}\" for the \"{\" of line 2"},
      {"block without an end", "if (true) {\n  x q;", 2, 7,
       "found the end of the file, expected \"}\" for the \"{\" of line 1"},
      {"measure in a gate of 2", two + "gate g a { measure a -> c[0]; }", 2, 12,
       "found \"measure\", expected a gate, barrier or \"}\": a gate's body holds nothing else"},
      {"index in a gate of 2", two + "gate g a { x a[0]; }", 2, 15,
       "found \"[\": a gate's own qubits have no index"},
      {"capital letter in 2", two + "qreg Q[2];", 2, 6,
       "\"Q\": a name of OpenQASM 2 begins with a letter from a to z"},
      {"keyword as a name", two + "qreg measure[2];", 2, 6,
       "found the keyword \"measure\", expected the name of the register"},
      {"register without a size in 2", two + "qreg q;", 2, 7,
       "found \";\", expected \"[\" and the size of the register"},
      {"negative index in 2", two + "x q[-1];", 2, 5, "found \"-\", expected an index"},
      {"measure without a target in 2", two + "measure q;", 2, 10,
       "found \";\", expected \"->\" and the bits for the outcome"},
      {"if of two statements in 2", two + "if (c == 1) if (c == 2) x q;", 2, 13,
       "found \"if\", expected a statement"},
      {"if on a bit in 2", two + "if (c[0] == 1) x q;", 2, 6,
       "found \"[\", expected \"==\" behind the register"},
      {"if on a fraction in 2", two + "if (c == 1.5) x q;", 2, 10,
       "found \"1.5\", expected a whole number"},
      {"else in 2", two + "if (c == 1) x q; else y q;", 2, 25,
       "found \"q\", expected \";\" or \",\" behind the qubits"},
      {"missing value", two + "rx(pi*) q[0];", 2, 7, "found \")\", expected a value"},
      {"missing parenthesis", two + "rx((pi) q[0];", 2, 9,
       "found \"q\", expected \")\" behind the parameters"},
      {"if without parentheses", "if true x q;", 1, 4,
       "found \"true\", expected \"(\" behind \"if\""},
      {"a range without brackets", "for int i in 0:2 { }", 1, 15,
       "found \":\", expected the loop's body; a range is written in [ ]"},
      {"no range in brackets", "for int i in [3] { }", 1, 14,
       "found \"[\", expected a range as [0:3] or [0:2:6]"},
      {"a loop without a type", "for i in [0:2] { }", 1, 5,
       "found \"i\", expected the type of the loop's variable"},
      {"no modifier", "twice @ x q;", 1, 7,
       "found \"@\": \"twice\" is no modifier; inv, pow, ctrl and negctrl are"},
      {"pow of nothing", "pow @ x q;", 1, 5, "found \"@\", expected \"(\" and the exponent of pow"},
      {"inv of a number", "inv(2) @ x q;", 1, 4,
       "found \"(\", expected \"@\"; inv takes no number"},
      {"modifier behind gphase", "gphase(pi) @ ctrl @ x q;", 1, 12,
       "found \"@\", expected a qubit"},
      {"measure in an expression", "a = 2 * measure q;", 1, 9,
       "found \"measure\", expected a value; a measurement stands alone behind ="},
      {"size behind the name", "int k[8];", 1, 6,
       "found \"[\": the size stands behind the type, as int[n] k"},
      {"size of a bool", "bool[2] f;", 1, 5, "found \"[\": bool has no size"},
      {"complex of integers", "complex[int[8]] z;", 1, 9,
       "complex[int]: expected complex[float] or complex[float[n]]"},
      {"array of bits", "array[bit[8], 2] x;", 1, 7, "an array of bit is not possible"},
      {"constant without a value", "const int n;", 1, 12,
       "found \";\", expected \"=\" and the value of the constant"},
      {"input with a value", "input int n = 3;", 1, 13, "found \"=\", expected \";\""},
      {"keyword as a variable", "int input;", 1, 5,
       "found the keyword \"input\", expected the name of the variable"},
      {"empty body", "while (true);", 1, 13, "found \";\", expected a statement or a block"},
      {"stray semicolon", "x q;;", 1, 5, "found \";\", expected a statement"},
      {"two defaults", "switch (k) { default { } default { } }", 1, 26,
       "found a second \"default\", expected one at most"},
      {"statement in a switch", "switch (k) { x q; }", 1, 14, "found \"x\", expected \"case\""},
      {"annotation of nothing", "{ @keep\n}", 2, 1,
       "found \"}\", expected the statement that the annotation belongs to"},
      {"annotation without a name", "@ keep\nx q;", 1, 1,
       "found \"@\", expected the name of an annotation right behind it"},
      {"number with a tail", "int k = 12ab;", 1, 9,
       "\"12ab\" is no number: \"ab\" cannot follow \"12\""},
      {"digit of another base", "int k = 0b102;", 1, 9,
       "\"0b102\" is no number: \"2\" cannot follow \"0b10\""},
      {"base without digits", "int k = 0x;", 1, 9, "\"0x\" has no digit of base 16"},
      {"two underscores", "int k = 1__0;", 1, 9,
       "\"1__0\" is no number: \"__0\" cannot follow \"1\""},
      {"string that is no bits", "bit[2] b = \"02\";", 1, 12,
       "found \"02\", expected a value; a string of bits as \"0101\" is one"},
      {"call assigned to", "f(1) = 2;", 1, 6,
       "found \"=\", expected \";\"; a call cannot be assigned to"},
      {"too deep parentheses", "int k = " + repeated("(", 300) + "1" + repeated(")", 300) + ";", 1,
       265, "nested more than 256 levels deep"},
      {"too deep blocks", repeated("{\n", 300), 257, 1, "nested more than 256 levels deep"},
      {"too many signs", two + "rx(" + repeated("-", 300) + "1) q;", 2, 260,
       "nested more than 256 levels deep"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto program = parse(c.text, "bad.qasm");
    ASSERT_FALSE(program.has_value());
    EXPECT_EQ(program.error().message, c.message);
    EXPECT_EQ(program.error().kind, ErrorKind::kBadInput);
    EXPECT_EQ(program.error().place.file, "bad.qasm");
    EXPECT_EQ(program.error().place.line, c.line);
    EXPECT_EQ(program.error().place.column, c.column);
  }
}

TEST(OpenqasmParser, TextOfSixteenMebibytesIsTheMost) {
  const std::string text((std::size_t{16} << 20) + 1, ' ');
  const auto program = parse(text, "long.qasm");
  ASSERT_FALSE(program.has_value());
  EXPECT_EQ(program.error().message, "the text has 16777217 bytes: at most 16777216 are read");
}

/// What is printed is read again and prints the same.
void expect_fixed_point(const Program& program) {
  const std::string once = print(program);
  const auto again = parse(once, "printed");
  ASSERT_TRUE(again.has_value()) << to_text(again.error()) << "\n" << once;
  EXPECT_EQ(print(*again), once);
}

TEST(OpenqasmPrinter, LaysProgramsOutInOneWay) {
  const struct {
    const char* name;
    const char* text;
    const char* printed;
  } cases[] = {
      {"comments and blanks go", "OPENQASM 2.0 ; // two\nqreg  q [ 2 ];\r\n\tCX q[0],q[1];",
       "OPENQASM 2.0;\nqreg q[2];\nCX q[0], q[1];\n"},
      {"statements of OpenQASM 2",
       "OPENQASM 2.0;include \"qelib1.inc\";opaque m(a)b;gate g()a{}gate "
       "h2(a,b)c,d{U(-a^2,b/(3-a),.5)c;"
       "barrier c,d;}creg c[2];if(c==3)measure q->c;reset q[0];",
       "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nopaque m(a) b;\ngate g() a {}\n"
       "gate h2(a, b) c, d {\n  U(-a ^ 2, b / (3 - a), .5) c;\n  barrier c, d;\n}\n"
       "creg c[2];\nif (c == 3) measure q -> c;\nreset q[0];\n"},
      {"declarations",
       "const int[8]n=0x1F;input angle[n]a;output bit b;qubit[3]q;qubit r;creg c[2];qreg s;"
       "array[float[32],2,2]m={{1,2},{3.,4e1}};complex[float[64]]z=2 im;duration d=10 ns;stretch "
       "t;",
       "const int[8] n = 0x1F;\ninput angle[n] a;\noutput bit b;\nqubit[3] q;\nqubit r;\ncreg "
       "c[2];\n"
       "qreg s;\narray[float[32], 2, 2] m = {{1, 2}, {3., 4e1}};\ncomplex[float[64]] z = 2im;\n"
       "duration d = 10ns;\nstretch t;\n"},
      {"expressions", "x=-a**2+~b[1:2,:]*(c||!d)&&e<<3!=\"01\";y=int[4](c)%popcount(f[{0,1}]);",
       "x = -a ** 2 + ~b[1:2, :] * (c || !d) && e << 3 != \"01\";\ny = int[4](c) % popcount(f[{0, "
       "1}]);\n"},
      {"gates",
       "ctrl(2)@negctrl@inv@pow(1/2)@rx(θ)[10ns]q[0],r;gphase(pi);ctrl@gphase(τ)q;U(1,2,3)$0;",
       "ctrl(2) @ negctrl @ inv @ pow(1 / 2) @ rx(θ)[10ns] q[0], r;\ngphase(pi);\nctrl @ gphase(τ) "
       "q;\n"
       "U(1, 2, 3) $0;\n"},
      {"bodies",
       "if(a)x q;else if(b){y q;}else{}\nwhile(c){}for uint i in[0:2:8]{break;}for int j in{1,2}"
       "continue;for bit k in r end;",
       "if (a) x q;\nelse if (b) {\n  y q;\n} else {}\nwhile (c) {}\nfor uint i in [0:2:8] {\n  "
       "break;\n}\n"
       "for int j in {1, 2} continue;\nfor bit k in r end;\n"},
      {"switch", "switch(i){case 0,1,{x q;}default{}}",
       "switch (i) {\n  case 0, 1 {\n    x q;\n  }\n  default {}\n}\n"},
      {"subroutines",
       "def f(qubit[2]q,creg c[3],readonly array[int,#dim=2]a,mutable "
       "array[uint[8],4]b)->bit{return "
       "measure q;}extern g(bit[5],creg[n],float)->float;let r=q[0:1]++s;f(q);",
       "def f(qubit[2] q, creg c[3], readonly array[int, #dim = 2] a, mutable array[uint[8], 4] b) "
       "-> bit "
       "{\n  return measure q;\n}\nextern g(bit[5], creg[n], float) -> float;\nlet r = q[0:1] ++ "
       "s;\nf(q);\n"},
      {"annotations and pragmas", "pragma  a b \n@keep this \nx q;if(a)@one\n{y q;}#pragma c\n",
       "pragma a b\n@keep this\nx q;\nif (a) @one\n{\n  y q;\n}\npragma c\n"},
      {"calibrations are kept as they are",
       "defcalgrammar \"openpulse\";cal { {£} }defcal rz(angle[20] t) $0 -> "
       "bit { a  b }",
       "defcalgrammar \"openpulse\";\ncal { {£} }\ndefcal rz(angle[20] t) $0 -> bit { a  b }\n"},
      {"boxes", "box[2us]{delay[a+durationof({x $0;})]q;nop;}barrier;reset q;measure q->c[0];",
       "box[2us] {\n  delay[a + durationof({\n    x $0;\n  })] q;\n  nop;\n}\nbarrier;\nreset q;\n"
       "measure q -> c[0];\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto program = parse(c.text, "p.qasm");
    ASSERT_TRUE(program.has_value()) << to_text(program.error());
    EXPECT_EQ(print(*program), c.printed);
    expect_fixed_point(*program);
  }
}

TEST(OpenqasmPrinter, LongChainsNeedNoStack) {
  std::string sum = "x = 1";
  std::string indices = "y = a";
  for (int i = 0; i < 50'000; ++i) {
    sum += " + 1";
    indices += "[0]";
  }
  const auto program = parse(sum + ";" + indices + ";", "chain.qasm");
  ASSERT_TRUE(program.has_value());
  expect_fixed_point(*program);
}

// The files of openqasm/openqasm and Qiskit/openqasm3_parser that lie beside the checkout.
class OpenqasmFiles : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder_)) {
      GTEST_SKIP() << "needs the optional folder ../shared beside the checkout";
    }
  }

  std::vector<std::filesystem::path> files(const std::string& inside) const {
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / inside)) {
      if (entry.path().extension() == ".qasm") result.push_back(entry.path());
    }
    std::ranges::sort(result);
    return result;
  }

  static std::string content(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(QUANTA_SOURCE_DIR) / "../shared/data/circuits";
};

TEST_F(OpenqasmFiles, AreReadAndPrintedToAFixedPoint) {
  int n = 0;
  for (const char* inside :
       {"mqt", "openqasm_examples", "oq3_snippets", "own", "qasmbench", "qiskit", "revlib"}) {
    for (const auto& path : files(inside)) {
      SCOPED_TRACE(path.string());
      const std::string name = path.filename().string();
      const auto program = parse(content(path), name);
      const bool bad = name.starts_with("invalid_") || name == "example_fail.qasm";
      ASSERT_EQ(program.has_value(), !bad) << (program ? "" : to_text(program.error()));
      if (!program) continue;
      ++n;
      expect_fixed_point(*program);
    }
  }
  EXPECT_GT(n, 250);
}

TEST_F(OpenqasmFiles, EachInvalidStatementIsRefusedAlone) {
  int n = 0;
  for (const auto& path : files("oq3_invalid_statements")) {
    std::istringstream lines(content(path));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.starts_with("//")) continue;
      ++n;
      EXPECT_FALSE(parse(line, "line").has_value()) << path << ": " << line;
    }
  }
  EXPECT_GT(n, 100);
}

}  // namespace
}  // namespace quanta::quantum::openqasm
