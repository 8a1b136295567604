// The architecture's rules about includes, checked on every file of src/ and bench/:
//   - a file includes its own module and those that its module's arrows lead to; the arrows are the
//     USES of quanta_module in CMakeLists.txt, which is the one place where they stand;
//   - heavy headers stay out of headers, but Eigen may be in one named eigen_*.h, which then is
//     heavy itself, and Boost.JSON in core/json;
//   - engines are pure: no files, clocks, environment or randomness from outside.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using Modules = std::set<std::string, std::less<>>;
using Arrows = std::map<std::string, Modules, std::less<>>;

/// "core=|market=core|…" with what each module reaches, itself included.
Arrows parse_arrows(std::string_view text) {
  Arrows arrows;
  std::stringstream entries{std::string(text)};
  for (std::string entry; std::getline(entries, entry, '|');) {
    if (entry.empty()) continue;
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    Modules& reached = arrows[name];
    reached.insert(name);
    std::stringstream uses(entry.substr(equals + 1));
    // A module stands behind those that it uses, so what they reach is known.
    for (std::string used; std::getline(uses, used, ',');) {
      reached.insert(used);
      if (arrows.contains(used)) reached.insert(arrows[used].begin(), arrows[used].end());
    }
  }
  return arrows;
}

/// Engines are what does not touch the outside world; everything else is named here.
bool is_engine(std::string_view module) {
  static const Modules kOutside = {"platform", "services", "server", "cli", "bench"};
  return !module.empty() && !kOutside.contains(module);
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings, [&](auto ending) { return text.ends_with(ending); });
}
bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](auto start) { return text.starts_with(start); });
}

/// The text with comments blanked, lines kept.
std::string without_comments(std::string_view text) {
  std::string code;
  enum { kCode, kText, kCharacter, kLineComment, kBlockComment } state = kCode;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view two = text.substr(i, 2);
    if (state == kLineComment && c == '\n') state = kCode;
    if (state == kCode && two == "//") state = kLineComment;
    if (state == kCode && two == "/*") state = kBlockComment;
    if (state == kBlockComment && two == "*/") {
      state = kCode;
      ++i;
      continue;
    }
    if (state == kLineComment || state == kBlockComment) {
      if (c == '\n') code += c;
      continue;
    }
    code += c;
    if ((state == kText || state == kCharacter) && c == '\\' && i + 1 < text.size()) {
      code += text[++i];
    } else if (c == '"') {
      state = state == kText ? kCode : state == kCode ? kText : state;
    } else if (c == '\'') {
      // Between digits it separates thousands.
      const bool in_number = i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0;
      state = state == kCharacter ? kCode : state == kCode && !in_number ? kCharacter : state;
    } else if (c == '\n') {
      state = kCode;  // no literal spans lines here
    }
  }
  return code;
}

struct Include {
  std::string name;
  bool quoted = false;
};

/// The header that a line includes; an empty name where it includes none.
Include include_of(std::string_view line) {
  const auto skip = [&](std::string_view what) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(what)) return false;
    line.remove_prefix(what.size());
    return true;
  };
  if (!skip("#") || !skip("include") || !skip("")) return {};
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const std::size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return {};
  return {std::string(line.substr(1, end - 1)), line[0] == '"'};
}

bool holds_word(std::string_view line, std::string_view word) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !in_word(line[at - 1]);
    if (begins && (end == line.size() || !in_word(line[end]))) return true;
  }
  return false;
}

/// What breaks a rule in `file` (its path below src/, or bench/…), as "file:line: message".
std::vector<std::string> faults_of(const std::string& file, std::string_view text,
                                   const Arrows& arrows) {
  std::vector<std::string> faults;
  const std::size_t slash = file.find('/');
  const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash);
  if (!folder.empty() && !arrows.contains(folder)) {
    return {fmt::format("{}: {} is no module of CMakeLists.txt", file, folder)};
  }
  const bool is_header = file.ends_with(".h");
  const bool is_product =
      !ends_with_any(file, {"_test.cc", "_fuzz.cc", "_bench.cc", "_for_tests.h", "_for_tests.cc"});
  const bool is_pure = is_engine(folder) && is_product;
  // A benchmark lies beside the code that it times, but belongs to `quanta bench`.
  const std::string module = file.ends_with("_bench.cc") ? "bench" : folder;

  const auto is_of_eigen = [](std::string_view path) {
    return path.substr(path.rfind('/') + 1).starts_with("eigen_") && path.ends_with(".h");
  };

  std::stringstream lines(without_comments(text));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto fault = [&](std::string message) {
      faults.push_back(fmt::format("{}:{}: {}", file, number, message));
    };
    const Include include = include_of(line);
    if (include.quoted) {
      const std::size_t end = include.name.find('/');
      const std::string target = include.name.substr(0, end == std::string::npos ? 0 : end);
      if (include.name == "quanta_version.h" && module == "services") continue;
      if (!arrows.contains(target)) {
        fault(fmt::format("\"{}\" does not begin with a module", include.name));
      } else if (!module.empty() && !arrows.at(module).contains(target)) {
        fault(fmt::format("{} may not include {}", module, target));
      } else if (is_header && is_of_eigen(include.name)) {
        fault(fmt::format("the heavy header \"{}\" belongs in a .cc file", include.name));
      }
      continue;
    }
    if (!include.name.empty()) {
      const std::string& name = include.name;
      const bool is_json = name.starts_with("boost/json");
      if (is_json && !file.starts_with("core/json")) {
        fault("Boost.JSON is included by core/json only; include core/json.h");
      } else if (is_header && !is_json && !(is_of_eigen(file) && name.starts_with("Eigen/")) &&
                 starts_with_any(name, {"CLI/App", "CLI/CLI", "spdlog/", "toml++/", "boost/",
                                        "Eigen/", "unsupported/Eigen"})) {
        fault(fmt::format("the heavy header <{}> belongs in a .cc file", name));
      }
      static const Modules kImpure = {"fstream", "iostream", "filesystem", "chrono", "ctime",
                                      "random",  "unistd.h", "sys/time.h", "time.h"};
      if (is_pure && (kImpure.contains(name) || starts_with_any(name, {"spdlog/", "CLI/"}))) {
        fault(fmt::format("an engine may not include <{}>", name));
      }
      continue;
    }
    if (!is_pure) continue;
    for (const std::string_view word :
         {"system_clock", "steady_clock", "high_resolution_clock", "getenv", "random_device",
          "fopen", "clock_gettime", "gettimeofday"}) {
      if (holds_word(line, word)) fault(fmt::format("an engine may not use {}", word));
    }
    for (const std::string_view word :
         {"std::rand", "std::srand", "std::time", "std::cout", "std::cerr"}) {
      if (holds_word(line, word)) fault(fmt::format("an engine may not use {}", word));
    }
  }
  return faults;
}

/// The faults of every source file below `root`, whose files are called `prefix` + their path.
std::vector<std::string> faults_of_tree(const fs::path& root, const std::string& prefix,
                                        const Arrows& arrows, std::size_t* n_files) {
  std::vector<std::string> faults;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string file = entry.path().lexically_relative(root).generic_string();
    if (!entry.is_regular_file() || !ends_with_any(file, {".h", ".cc", ".inc"})) continue;
    ++*n_files;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::ranges::move(faults_of(prefix + file, text, arrows), std::back_inserter(faults));
  }
  std::ranges::sort(faults);
  return faults;
}

const Arrows kArrows = parse_arrows(QUANTA_ARROWS);

TEST(Arrows, EveryIncludeFollowsThem) {
  const fs::path source = QUANTA_SOURCE_DIR;
  std::size_t n_files = 0;
  auto faults = faults_of_tree(source / "src", "", kArrows, &n_files);
  std::ranges::move(faults_of_tree(source / "bench", "bench/", kArrows, &n_files),
                    std::back_inserter(faults));
  EXPECT_GT(n_files, 50u);
  EXPECT_EQ(fmt::format("{}", fmt::join(faults, "\n")), "");
}

TEST(Arrows, PointAwayFromTheEngines) {
  ASSERT_TRUE(kArrows.contains("core"));
  for (const auto& [module, reached] : kArrows) {
    EXPECT_TRUE(reached.contains("core")) << module;
    for (const std::string& other : reached) {
      EXPECT_TRUE(kArrows.contains(other)) << module << " uses " << other << ", which is no module";
      EXPECT_TRUE(!is_engine(module) || is_engine(other)) << module << " uses " << other;
      if (other != module && kArrows.contains(other)) {
        EXPECT_FALSE(kArrows.at(other).contains(module)) << module << " and " << other;
      }
    }
  }
  EXPECT_EQ(kArrows.at("core"), Modules{"core"});
  EXPECT_EQ(kArrows.at("platform"), (Modules{"core", "platform"}));
}

/// A small tree of the same shape.
Arrows small_arrows() {
  return parse_arrows(
      "|core=|statistics=core|market=core|portfolio=statistics,market|platform=core"
      "|services=platform,portfolio|bench=services|cli=services,bench");
}

TEST(Arrows, AreTransitive) {
  const Arrows arrows = small_arrows();
  EXPECT_EQ(arrows.at("portfolio"), (Modules{"core", "market", "portfolio", "statistics"}));
  EXPECT_EQ(arrows.at("cli").size(), 8u);
}

TEST(Arrows, TellWhatBreaksARule) {
  const struct {
    const char* file;
    const char* text;
    const char* fault;  // empty: none
  } cases[] = {
      {"portfolio/a.cc", "#include \"core/date.h\"\n#include \"market/a/b.h\"\n", ""},
      {"statistics/a.cc", "\n#include \"market/a.h\"\n",
       "statistics/a.cc:2: statistics may not include market"},
      {"core/a.h", "#include \"platform/x.h\"", "core/a.h:1: core may not include platform"},
      {"market/a.inc", "  #  include \"services/x.h\"",
       "market/a.inc:1: market may not include services"},
      {"platform/a.cc", "#include \"statistics/x.h\"",
       "platform/a.cc:1: platform may not include statistics"},
      {"core/a.cc", "#include \"a.h\"", "core/a.cc:1: \"a.h\" does not begin with a module"},
      {"other/a.cc", "", "other/a.cc: other is no module of CMakeLists.txt"},
      {"main.cc", "#include \"cli/app.h\"", ""},
      {"core/a.cc", "// #include \"platform/x.h\"\n/* #include \"cli/x.h\"\n */", ""},
      {"core/a.cc", "auto x = \"// no comment\"; std::rand();",
       "core/a.cc:1: an engine may not use std::rand"},
      {"core/a.cc", "int n = 1'000'000; // getenv\nchar c = '\"'; getenv(\"X\");",
       "core/a.cc:2: an engine may not use getenv"},
      {"market/a_bench.cc", "#include \"bench/bench.h\"\n#include \"services/x.h\"", ""},
      {"market/a_bench.cc", "#include \"cli/x.h\"",
       "market/a_bench.cc:1: bench may not include cli"},
      {"market/a_test.cc", "#include <fstream>\n#include \"portfolio/x.h\"",
       "market/a_test.cc:2: market may not include portfolio"},
      {"market/a.cc", "#include <fstream>", "market/a.cc:1: an engine may not include <fstream>"},
      {"market/a.h", "#include <iostream>", "market/a.h:1: an engine may not include <iostream>"},
      {"platform/a.cc", "#include <fstream>\n#include <spdlog/logger.h>\nsteady_clock::now();", ""},
      {"market/a.cc", "auto t = std::chrono::steady_clock::now();",
       "market/a.cc:1: an engine may not use steady_clock"},
      {"market/a.cc", "my_steady_clock(); getenvironment();", ""},
      {"market/a.cc", "std::random_device seed;",
       "market/a.cc:1: an engine may not use random_device"},
      {"platform/a.h", "#include <toml++/toml.h>",
       "platform/a.h:1: the heavy header <toml++/toml.h> belongs in a .cc file"},
      {"market/a.h", "#include <Eigen/Dense>",
       "market/a.h:1: the heavy header <Eigen/Dense> belongs in a .cc file"},
      {"market/a.cc", "#include <Eigen/Dense>\n#include \"market/eigen_a.h\"", ""},
      {"market/eigen_a.h", "#include <Eigen/Core>", ""},
      {"market/a.h", "#include \"market/eigen_a.h\"",
       "market/a.h:1: the heavy header \"market/eigen_a.h\" belongs in a .cc file"},
      {"core/json.h", "#include <boost/json/value.hpp>", ""},
      {"services/a.cc", "#include <boost/json/value.hpp>",
       "services/a.cc:1: Boost.JSON is included by core/json only; include core/json.h"},
  };
  for (const auto& c : cases) {
    const auto faults = faults_of(c.file, c.text, small_arrows());
    EXPECT_EQ(fmt::format("{}", fmt::join(faults, "\n")), c.fault) << c.file << "\n" << c.text;
  }
}

TEST(Arrows, FindTheFaultInATree) {
  std::string pattern = testing::TempDir() + "/arrows_test_XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path root = pattern;
  fs::create_directories(root / "market/deep");
  std::ofstream(root / "market/deep/a.h") << "#pragma once\n#include \"core/date.h\"\n";
  std::ofstream(root / "market/deep/b.inc") << "#include \"portfolio/a.h\"\n";
  std::ofstream(root / "market/deep/notes.txt") << "#include \"portfolio/a.h\"\n";
  std::size_t n_files = 0;
  EXPECT_EQ(faults_of_tree(root, "", small_arrows(), &n_files),
            std::vector<std::string>{"market/deep/b.inc:1: market may not include portfolio"});
  EXPECT_EQ(n_files, 2u);
  fs::remove_all(root);
}

}  // namespace
