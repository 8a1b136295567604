/// What the demo's terminal text and its report say in the same words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/demo.h"

namespace quanta::cli {

/// The path without its folders.
std::string file_name(const std::string& path);

/// "3 gap, 8 jump", or "none".
std::string findings_text(const DemoFile& file);

/// The dates used, and what was left out or converted.
std::string used_text(const Demo& shown);

/// "QAOA (simulated)", or the method's own name.
std::string method_name(const services::MethodRun& run);

/// "1 AMZN, 3 GOOG, 4 AAPL".
std::string holdings_text(const std::vector<double>& weights,
                          const std::vector<std::string>& assets);

/// Whether a method's answer is the best there is, as far as is proven.
bool is_best(const services::MethodRun& run);

/// The assets in their order, or, where there are more than `most`, those with the largest weights
/// in a chosen portfolio.
std::vector<std::size_t> leading_assets(const DemoDocument& document, std::size_t most);

/// What the QAOA run has to say; nothing where none ran.
std::optional<services::QaoaDetails> qaoa_details(const DemoDocument& document);

/// "125,970 basis states stand for 320 different portfolios", the latter where all were looked at.
std::string states_text(const DemoDocument& document, const services::QaoaDetails& qaoa);

/// Wealth of 1 under these returns, the start included.
std::vector<double> wealth_of(const std::vector<double>& returns);

/// The document's remarks, and how long the exact search took beside QAOA (which, as every time, is
/// not part of the document: a repetition would differ).
std::vector<std::string> remarks_of(const Demo& shown);

/// The longer history of the index in a sentence; empty where there is none.
std::string history_text(const Demo& shown);

/// Where the installed prices come from; empty for the user's own.
std::string sources_text(const Demo& shown);

}  // namespace quanta::cli
