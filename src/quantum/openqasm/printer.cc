#include <span>
#include <string>
#include <variant>
#include <vector>

#include "quantum/openqasm/program.h"
#include "quantum/openqasm/syntax.h"

namespace quanta::quantum::openqasm {
namespace {

class Printer {
 public:
  explicit Printer(const Syntax& syntax) : syntax_(syntax) {}

  std::string program() {
    if (!syntax_.version_text.empty()) out_ += "OPENQASM " + syntax_.version_text + ";\n";
    for (const StatementId id : syntax_.blocks[syntax_.main].statements) {
      indent();
      statement(id);
    }
    return std::move(out_);
  }

 private:
  void indent() { out_.append(2 * depth_, ' '); }

  /// What has been written so far ends where the statement begins; the statement ends its line.
  void statement(StatementId id) {
    const Statement& node = syntax_.statements[id];
    for (const std::string& annotation : node.annotations) {
      out_ += "@" + annotation + "\n";
      indent();
    }
    std::visit([&](const auto& kind) { print(kind); }, node.node);
    out_ += '\n';
  }

  /// A body in braces, without the end of its line.
  void braces(const Block& body) {
    out_ += '{';
    if (!body.statements.empty()) {
      out_ += '\n';
      ++depth_;
      for (const StatementId id : body.statements) {
        indent();
        statement(id);
      }
      --depth_;
      indent();
    }
    out_ += '}';
  }

  /// A body with or without braces, without the end of its line.
  void body(BlockId id) {
    const Block& block = syntax_.blocks[id];
    if (block.braces) {
      braces(block);
      return;
    }
    statement(block.statements[0]);
    out_.pop_back();
  }

  template <class Item, class Print>
  void list(std::span<const Item> items, const Print& print_one) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ", ";
      print_one(items[i]);
    }
  }
  void list(std::span<const ExpressionId> items) {
    list(items, [&](ExpressionId id) { expression(id); });
  }
  void names(std::span<const std::string> items) {
    list(items, [&](const std::string& name) { out_ += name; });
  }

  void designator(ExpressionId size) {
    if (size == kNone) return;
    out_ += '[';
    expression(size);
    out_ += ']';
  }

  bool is_old_style(const TypeSyntax& node) const {
    return node.name == "creg" || node.name == "qreg";
  }

  void type(TypeId id) {
    const TypeSyntax& node = syntax_.types[id];
    if (!node.access.empty()) out_ += node.access + " ";
    out_ += node.name;
    if (node.element != kNone) {
      out_ += '[';
      type(node.element);
      for (const ExpressionId dimension : node.dimensions) {
        out_ += ", ";
        expression(dimension);
      }
      if (node.n_dimensions != kNone) {
        out_ += ", #dim = ";
        expression(node.n_dimensions);
      }
      out_ += ']';
    }
    if (!is_old_style(node)) designator(node.size);
  }

  void declared(TypeId id, const std::string& name) {
    type(id);
    out_ += " " + name;
    if (is_old_style(syntax_.types[id])) designator(syntax_.types[id].size);
  }

  /// The operators of a chain a + b + c lean to the left, as deep as the chain is long: they are
  /// unrolled here, not followed by recursion.
  void expression(ExpressionId id) {
    std::vector<ExpressionId> spine;
    while (syntax_.expressions[id].kind == ExpressionKind::kBinary ||
           syntax_.expressions[id].kind == ExpressionKind::kIndex) {
      spine.push_back(id);
      id = syntax_.expressions[id].parts[0];
    }
    leaf(syntax_.expressions[id]);
    for (; !spine.empty(); spine.pop_back()) {
      const Expression& node = syntax_.expressions[spine.back()];
      if (node.kind == ExpressionKind::kBinary) {
        out_ += " " + node.text + " ";
        expression(node.parts[1]);
      } else {
        out_ += '[';
        list(std::span(node.parts).subspan(1));
        out_ += ']';
      }
    }
  }

  void leaf(const Expression& node) {
    switch (node.kind) {
      case ExpressionKind::kParenthesis:
        out_ += '(';
        expression(node.parts[0]);
        out_ += ')';
        break;
      case ExpressionKind::kUnary:
        out_ += node.text;
        expression(node.parts[0]);
        break;
      case ExpressionKind::kRange:
        if (node.parts[0] != kNone) expression(node.parts[0]);
        out_ += ':';
        if (node.parts[1] != kNone) {
          expression(node.parts[1]);
          out_ += ':';
        }
        if (node.parts[2] != kNone) expression(node.parts[2]);
        break;
      case ExpressionKind::kSet:
        out_ += '{';
        list(node.parts);
        out_ += '}';
        break;
      case ExpressionKind::kCall:
        out_ += node.text + "(";
        list(node.parts);
        out_ += ')';
        break;
      case ExpressionKind::kCast:
        type(node.type);
        out_ += '(';
        expression(node.parts[0]);
        out_ += ')';
        break;
      case ExpressionKind::kDurationOf:
        out_ += "durationof(";
        braces(syntax_.blocks[node.block]);
        out_ += ')';
        break;
      case ExpressionKind::kMeasure:
        out_ += "measure ";
        expression(node.parts[0]);
        break;
      case ExpressionKind::kConcatenation:
        for (std::size_t i = 0; i < node.parts.size(); ++i) {
          if (i > 0) out_ += " ++ ";
          expression(node.parts[i]);
        }
        break;
      default:
        out_ += node.text;
    }
  }

  void print(const Include& node) {
    // The name holds no quote of its own kind, and a " only where it stood in single quotes.
    const char quote = node.file.find('"') == std::string::npos ? '"' : '\'';
    out_ += "include ";
    out_ += quote + node.file + quote + ";";
  }
  void print(const Pragma& node) { out_ += node.text.empty() ? "pragma" : "pragma " + node.text; }
  void print(const QubitDeclaration& node) {
    declared(node.type, node.name);
    out_ += ';';
  }
  void print(const ClassicalDeclaration& node) {
    if (!node.qualifier.empty()) out_ += node.qualifier + " ";
    declared(node.type, node.name);
    if (node.value != kNone) {
      out_ += " = ";
      expression(node.value);
    }
    out_ += ';';
  }
  void print(const AliasDeclaration& node) {
    out_ += "let " + node.name + " = ";
    expression(node.value);
    out_ += ';';
  }
  void print(const GateDefinition& node) {
    out_ += (node.opaque ? "opaque " : "gate ") + node.name;
    if (node.parentheses) {
      out_ += '(';
      names(node.parameters);
      out_ += ')';
    }
    out_ += ' ';
    names(node.qubits);
    if (node.opaque) {
      out_ += ';';
      return;
    }
    out_ += ' ';
    body(node.body);
  }
  void print(const Subroutine& node) {
    out_ += "def " + node.name + "(";
    list(std::span<const Parameter>(node.parameters),
         [&](const Parameter& parameter) { declared(parameter.type, parameter.name); });
    out_ += ')';
    result(node.result);
    out_ += ' ';
    body(node.body);
  }
  void result(TypeId id) {
    if (id == kNone) return;
    out_ += " -> ";
    type(id);
  }
  void print(const ExternDeclaration& node) {
    out_ += "extern " + node.name + "(";
    list(std::span<const TypeId>(node.parameters), [&](TypeId id) {
      type(id);
      if (is_old_style(syntax_.types[id])) designator(syntax_.types[id].size);
    });
    out_ += ')';
    result(node.result);
    out_ += ';';
  }
  void print(const Calibration& node) { out_ += node.text; }
  void print(const GateCall& node) {
    for (const Modifier& modifier : node.modifiers) {
      out_ += modifier.name;
      if (modifier.argument != kNone) {
        out_ += '(';
        expression(modifier.argument);
        out_ += ')';
      }
      out_ += " @ ";
    }
    out_ += node.name;
    if (node.parentheses) {
      out_ += '(';
      list(node.arguments);
      out_ += ')';
    }
    designator(node.duration);
    if (!node.operands.empty()) {
      out_ += ' ';
      list(node.operands);
    }
    out_ += ';';
  }
  void print(const Assignment& node) {
    expression(node.target);
    out_ += " " + node.op + " ";
    expression(node.value);
    out_ += ';';
  }
  void print(const Measurement& node) {
    expression(node.measure);
    if (node.target != kNone) {
      out_ += " -> ";
      expression(node.target);
    }
    out_ += ';';
  }
  void print(const Directive& node) {
    out_ += node.name;
    designator(node.duration);
    if (!node.operands.empty()) {
      out_ += ' ';
      list(node.operands);
    }
    out_ += ';';
  }
  void print(const Box& node) {
    out_ += "box";
    designator(node.duration);
    out_ += ' ';
    body(node.body);
  }
  void print(const If& node) {
    out_ += "if (";
    expression(node.condition);
    out_ += ") ";
    body(node.then);
    if (node.otherwise == kNone) return;
    if (syntax_.blocks[node.then].braces) {
      out_ += " else ";
    } else {
      out_ += '\n';
      indent();
      out_ += "else ";
    }
    body(node.otherwise);
  }
  void print(const For& node) {
    out_ += "for ";
    declared(node.type, node.name);
    out_ += " in ";
    const bool range = syntax_.expressions[node.values].kind == ExpressionKind::kRange;
    if (range) out_ += '[';
    expression(node.values);
    if (range) out_ += ']';
    out_ += ' ';
    body(node.body);
  }
  void print(const While& node) {
    out_ += "while (";
    expression(node.condition);
    out_ += ") ";
    body(node.body);
  }
  void print(const Switch& node) {
    out_ += "switch (";
    expression(node.value);
    out_ += ") {\n";
    ++depth_;
    for (const SwitchCase& item : node.cases) {
      indent();
      if (item.is_default) {
        out_ += "default ";
      } else {
        out_ += "case ";
        list(item.values);
        out_ += ' ';
      }
      body(item.body);
      out_ += '\n';
    }
    --depth_;
    indent();
    out_ += '}';
  }
  void print(const Jump& node) { out_ += node.name + ";"; }
  void print(const Return& node) {
    out_ += "return";
    if (node.value != kNone) {
      out_ += ' ';
      expression(node.value);
    }
    out_ += ';';
  }
  void print(const ExpressionStatement& node) {
    expression(node.value);
    out_ += ';';
  }
  void print(const Scope& node) { body(node.body); }

  const Syntax& syntax_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string print(const Program& program) { return Printer(program.syntax()).program(); }

}  // namespace quanta::quantum::openqasm
