#include "quantum/circuit/draw_svg.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"

namespace quanta::quantum {
namespace {

constexpr double kPi = std::numbers::pi;

struct Element {
  std::string name;
  std::map<std::string, std::string> attributes = {};
  std::string text = {};  ///< directly inside

  double number(const std::string& key) const {
    const auto found = attributes.find(key);
    return found == attributes.end() ? 0.0 : std::strtod(found->second.c_str(), nullptr);
  }
  std::string kind() const {
    const auto found = attributes.find("class");
    return found == attributes.end() ? "" : found->second;
  }
};

/// The elements of well-formed XML without comments; a failure where it is not.
std::vector<Element> parse(const std::string& xml) {
  std::vector<Element> elements;
  std::vector<std::size_t> open;
  std::size_t i = 0;
  while (i < xml.size()) {
    if (xml[i] != '<') {
      if (xml[i] == '&') {
        const std::string entity = xml.substr(i, xml.find(';', i) - i);
        EXPECT_TRUE(entity == "&amp" || entity == "&lt" || entity == "&gt" || entity == "&quot");
      }
      if (!open.empty()) elements[open.back()].text += xml[i];
      ++i;
      continue;
    }
    const std::size_t end = xml.find('>', i);
    EXPECT_NE(end, std::string::npos);
    std::string tag = xml.substr(i + 1, end - i - 1);
    i = end + 1;
    if (tag.starts_with('/')) {
      if (open.empty() || elements[open.back()].name != tag.substr(1)) {
        ADD_FAILURE() << "closing " << tag;
        return elements;
      }
      open.pop_back();
      continue;
    }
    const bool closed = tag.ends_with('/');
    if (closed) tag.pop_back();
    Element element{.name = tag.substr(0, tag.find(' '))};
    std::size_t at = element.name.size();
    while ((at = tag.find_first_not_of(' ', at)) != std::string::npos) {
      const std::size_t equals = tag.find("=\"", at);
      const std::size_t quote = equals == std::string::npos ? equals : tag.find('"', equals + 2);
      if (quote == std::string::npos) {
        ADD_FAILURE() << "attributes of <" << tag << ">";
        return elements;
      }
      const std::string key = tag.substr(at, equals - at);
      EXPECT_FALSE(element.attributes.contains(key)) << key << " twice in <" << tag << ">";
      element.attributes[key] = tag.substr(equals + 2, quote - equals - 2);
      at = quote + 1;
    }
    elements.push_back(std::move(element));
    if (!closed) open.push_back(elements.size() - 1);
  }
  EXPECT_TRUE(open.empty());
  return elements;
}

std::vector<Element> drawn(const Circuit& circuit, const SvgDrawingOptions& options = {}) {
  const auto svg = draw_svg(circuit, options);
  EXPECT_TRUE(svg.has_value()) << svg.error().message;
  return parse(svg.value_or(""));
}

std::ptrdiff_t count(const std::vector<Element>& elements, const std::string& kind) {
  return std::ranges::count_if(elements, [&](const Element& e) { return e.kind() == kind; });
}

/// Everything lies inside the picture, and no two boxes meet.
void expect_tidy(const std::vector<Element>& elements) {
  ASSERT_FALSE(elements.empty());
  ASSERT_EQ(elements[0].name, "svg");
  const double width = elements[0].number("width");
  const double height = elements[0].number("height");
  EXPECT_EQ(elements[0].attributes.at("viewBox"), "0 0 " + elements[0].attributes.at("width") +
                                                      " " + elements[0].attributes.at("height"));
  struct Box {
    double left, top, right, bottom;
  };
  std::vector<Box> boxes;
  for (const Element& e : elements) {
    Box box{width / 2, height / 2, width / 2, height / 2};
    if (e.name == "rect") {
      box = {e.number("x"), e.number("y"), e.number("x") + e.number("width"),
             e.number("y") + e.number("height")};
      if (e.kind() == "box") boxes.push_back(box);
    } else if (e.name == "circle") {
      const double r = e.number("r");
      box = {e.number("cx") - r, e.number("cy") - r, e.number("cx") + r, e.number("cy") + r};
    } else if (e.name == "line") {
      box = {std::min(e.number("x1"), e.number("x2")), std::min(e.number("y1"), e.number("y2")),
             std::max(e.number("x1"), e.number("x2")), std::max(e.number("y1"), e.number("y2"))};
    } else if (e.name == "text") {
      box = {e.number("x"), e.number("y"), e.number("x"), e.number("y")};
    }
    EXPECT_GE(box.left, 0.0) << e.name;
    EXPECT_GE(box.top, 0.0) << e.name;
    EXPECT_LE(box.right, width) << e.name;
    EXPECT_LE(box.bottom, height) << e.name;
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t j = i + 1; j < boxes.size(); ++j) {
      const bool apart = boxes[i].right <= boxes[j].left || boxes[j].right <= boxes[i].left ||
                         boxes[i].bottom <= boxes[j].top || boxes[j].bottom <= boxes[i].top;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
}

TEST(DrawSvg, ABellPair) {
  Circuit bell(2, 2);
  bell.h(0).cx(0, 1).measure_all();
  const auto elements = drawn(bell);
  expect_tidy(elements);
  EXPECT_EQ(count(elements, "box"), 3);  // H and two meters
  EXPECT_EQ(count(elements, "meter"), 2);
  EXPECT_EQ(count(elements, "control"), 1);
  EXPECT_EQ(count(elements, "target"), 1);
}

TEST(DrawSvg, EverySignIsThere) {
  Circuit circuit(4, 2);
  circuit.swap(0, 2).barrier().barrier({1, 3}).cz(0, 1).u(kPi / 2, 0, kPi, 3).rzz(0.3, 1, 2);
  ASSERT_TRUE(circuit.append({.gate = Gate::kX, .qubits = {0}, .condition = Condition{{0}, 1}})
                  .has_value());
  circuit.add_global_phase(0.5);
  const auto elements = drawn(circuit);
  expect_tidy(elements);
  EXPECT_EQ(count(elements, "cross"), 2);
  EXPECT_EQ(count(elements, "barrier"), 4 + 2);
  EXPECT_EQ(count(elements, "control"), 2 + 1);  // of cz, and the mark of the condition
  EXPECT_EQ(count(elements, "box"), 3);
  const auto has = [&](const char* text) {
    return std::ranges::any_of(elements, [&](const Element& e) { return e.text == text; });
  };
  EXPECT_TRUE(has("global phase 0.5"));
  EXPECT_TRUE(has("[0]=1"));
  EXPECT_TRUE(has("(π/2, 0, π)") || std::ranges::any_of(elements, [](const Element& e) {
                return e.text.find("/2, 0, ") != std::string::npos;
              }));
}

TEST(DrawSvg, RandomCircuitsAreTidyInAnyNumberOfColumns) {
  RandomStream random(1, "draw");
  for (int i = 0; i < 10; ++i) {
    Circuit circuit(5, 3);
    const Angle t = circuit.parameter("theta_1");
    for (int g = 0; g < 60; ++g) {
      const auto q = static_cast<unsigned>(random.below(5));
      const unsigned p = (q + 1 + static_cast<unsigned>(random.below(4))) % 5;
      switch (random.below(6)) {
        case 0:
          circuit.crx(random.uniform() * t + 1.0, q, p);
          break;
        case 1:
          circuit.measure(q, static_cast<unsigned>(random.below(3)));
          break;
        case 2:
          circuit.add(Gate::kXxMinusYy, {q, p}, {random.uniform(), -random.uniform()});
          break;
        case 3:
          circuit.barrier({q, p});
          break;
        case 4:
          circuit.cx(q, p);
          break;
        default:
          circuit.sx(q);
      }
    }
    const auto whole = drawn(circuit, {.columns = 0});
    for (const std::size_t columns : {1, 7, 1000}) {
      const auto elements = drawn(circuit, {.columns = columns});
      expect_tidy(elements);
      for (const char* kind : {"box", "control", "target", "meter", "barrier"}) {
        EXPECT_EQ(count(elements, kind), count(whole, kind)) << kind;
      }
    }
  }
}

TEST(DrawSvg, NamesAreEscaped) {
  Circuit body(1);
  Circuit circuit;
  ASSERT_TRUE(circuit.add_qubits("<q&\"", 1).has_value());
  ASSERT_TRUE(circuit.defined("</text><script>", body, {0}).has_value());
  const Angle odd = circuit.parameter("a<b>&");
  circuit.rx(odd, 0);
  const auto elements = drawn(circuit);
  expect_tidy(elements);
  EXPECT_TRUE(std::ranges::none_of(elements, [](const Element& e) { return e.name == "script"; }));
}

TEST(DrawSvg, EdgesOfSize) {
  expect_tidy(drawn(Circuit(0)));
  expect_tidy(drawn(Circuit(1)));
  Circuit many(1);
  for (int i = 0; i < 300'000; ++i) many.h(0);
  const auto too_many = draw_svg(many, {});
  ASSERT_FALSE(too_many.has_value());
  EXPECT_EQ(too_many.error().kind, ErrorKind::kResource);
  EXPECT_EQ(too_many.error().field, "circuit");
  Circuit wide(4096);
  wide.h(4095).cx(0, 4095);
  EXPECT_TRUE(draw_svg(wide, {}).has_value());
}

}  // namespace
}  // namespace quanta::quantum
