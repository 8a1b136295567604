#include "cli/case_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace quanta::testing {
namespace {

/// \xHH as the byte.
std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x") && i + 4 <= text.size()) {
      result += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
      begun = true;
    } else if (c == ' ' && !quoted) {
      if (begun) words.push_back(std::exchange(word, {}));
      begun = false;
    } else {
      word += c;
      begun = true;
    }
  }
  if (begun) words.push_back(word);
  return words;
}

void read_file(const std::filesystem::path& path, std::vector<Case>& cases) {
  std::ifstream in(path);
  std::string line;
  std::string* content = nullptr;  // what a "| " line is added to
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string place = fmt::format("{}:{}", path.filename().string(), number);
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("== ")) {
      cases.emplace_back().name = line.substr(3);
      cases.back().place = place;
      content = nullptr;
      continue;
    }
    if (cases.empty()) throw std::runtime_error(place + ": before the first case");
    Case& last = cases.back();
    if (line.starts_with("| ") || line == "|") {
      if (content == nullptr) throw std::runtime_error(place + ": no file to add it to");
      *content += unescaped(line.substr(std::min<std::size_t>(2, line.size()))) + "\n";
      continue;
    }
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string key = line.substr(0, blank);
    const std::string value = line.substr(std::min(blank + 1, line.size()));
    if (key == "file") {
      content = &last.files[value];
    } else if (key == "input") {
      content = &last.input;
    } else if (key == "folder") {
      last.folders.push_back(value);
    } else if (key == "run") {
      last.words = split_words(value);
    } else if (key == "exit") {
      last.exit = std::stoi(value);
    } else if (key == "says") {
      last.says.push_back(value);
    } else if (key == "prints") {
      last.prints.push_back(value);
    } else {
      throw std::runtime_error(fmt::format("{}: unknown word \"{}\"", place, key));
    }
  }
}

}  // namespace

std::vector<Case> read_cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(QUANTA_SOURCE_DIR "/tests/cli/cases")) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Case> cases;
  for (const auto& file : files) read_file(file, cases);
  return cases;
}

}  // namespace quanta::testing
