/// Runs the built `quanta` in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace quanta::testing {

/// A new empty folder, removed with all in it at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view content) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

struct Ended {
  int status = -1;  ///< exit status; 128 + the signal where one ended it
  std::string out;
  std::string err;
};

/// The program with these words, in `folder`, with `input` on standard input. Variables that begin
/// with QUANTA_ do not reach it.
Ended run(const Folder& folder, const std::vector<std::string>& words, std::string_view input = {});

/// The same through `sh -c`, where `quanta` is the program: for pipes and closed descriptors.
Ended shell(const Folder& folder, const std::string& line);

/// A wide price file of 61 daily dates from 2024-01-01 on and the assets A, B, C, D, which rise and
/// fall in different rhythms; a fixed formula, nothing random.
std::string sample_prices();

}  // namespace quanta::testing
