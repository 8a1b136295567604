/// Cases of the command line as plain text (tests/cli/cases/*.test):
///
///   == a zero price where returns are needed     the name of a case; what follows belongs to it
///   file zero.csv                                a file with the lines that begin with "| "
///   | date,A,B
///   | 2024-01-02,1,0
///   folder sub                                   an empty folder
///   input                                        standard input, lines as of a file
///   run risk --prices zero.csv                   the words, separated by blanks ('...' keeps them)
///   exit 3                                       the exit status that must be
///   says zero.csv:2:3                            text that standard error must contain
///   prints "weights":                            text that standard output must contain
///
/// In file lines \xHH is one byte. Every folder also holds prices.csv (sample_prices). Lines that
/// begin with # are remarks.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace quanta::testing {

struct Case {
  std::string name;
  std::string place;  ///< file:line
  std::map<std::string, std::string> files;
  std::vector<std::string> folders;
  std::string input;
  std::vector<std::string> words;
  int exit = 0;
  std::vector<std::string> says;
  std::vector<std::string> prints;
};

/// All cases of all files below tests/cli/cases. Throws std::runtime_error naming file and line
/// where one cannot be read: a mistake of the test's author.
std::vector<Case> read_cases();

}  // namespace quanta::testing
