#include "market/bars/csv_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "market/bars/csv_scanner.h"

namespace quanta::market {
namespace {

/// Rows are looked for once this much has come together: text, places and cells then stay in the
/// second-level cache.
constexpr std::size_t kChunkBytes = 128 << 10;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

CsvReader::CsvReader(std::string name, InstructionSet instruction_set)
    : name_(std::move(name)), instruction_set_(instruction_set), attempt_at_(kChunkBytes) {}

Result<void> CsvReader::feed(std::string_view block, const Sink& sink) {
  while (!block.empty()) {
    const std::string_view slice = block.substr(0, kChunkBytes);
    block.remove_prefix(slice.size());
    buffer_ += slice;
    if (buffer_.size() >= attempt_at_) QUANTA_CHECK(read_rows(false, sink));
  }
  return {};
}

Result<void> CsvReader::finish(const Sink& sink) { return read_rows(true, sink); }

Result<void> CsvReader::read_rows(bool is_end, const Sink& sink) {
  if (!started_) {
    if (buffer_.starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
    started_ = true;
  }
  if (separator_ != 0 || find_separator(is_end)) {
    const std::string_view text = std::string_view(buffer_).substr(begin_);
    if (places_.size() < text.size() + kScannerPadding) {
      places_.resize(2 * text.size() + kScannerPadding);
    }
    const std::size_t n_places = find_structure(text, separator_, places_, instruction_set_);
    const std::size_t base = begin_;
    for (std::size_t i = 0; i < n_places; ++i) places_[i] += static_cast<std::uint32_t>(base);
    std::size_t next_place = 0;
    for (bool more = true; more;) {
      QUANTA_TRY(more, read_row(next_place, n_places, is_end, sink));
    }
  }
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() > kMaxRowBytes) {
    return open_quote(0, fmt::format("this row is longer than {} MiB", kMaxRowBytes >> 20));
  }
  // A row that did not fit is looked at again when twice as much is there, so that the work stays
  // proportional to the text.
  attempt_at_ = std::max(kChunkBytes, 2 * buffer_.size());
  return {};
}

/// Gives out the row at begin_ and moves behind it; false where it is not complete yet or at the
/// end of the text.
Result<bool> CsvReader::read_row(std::size_t& next_place, std::size_t n_places, bool is_end,
                                 const Sink& sink) {
  const char* const text = buffer_.data();
  const std::size_t size = buffer_.size();
  if (begin_ == size) return false;
  std::size_t place = next_place;
  std::size_t cell = begin_;
  std::size_t n_lines = 0;
  std::optional<std::size_t> broken_cell;
  cells_.clear();
  bool complete = false;
  while (!complete) {
    if (cell < size && text[cell] == '"') {
      const std::size_t quote = cell;
      ++place;  // the opening quote is a place itself
      bool escapes = false;
      std::size_t closing = size;
      while (place < n_places) {
        const std::size_t at = places_[place++];
        if (text[at] == '\n') ++n_lines;
        if (text[at] != '"') continue;
        if (at + 1 < size && text[at + 1] == '"') {
          escapes = true;
          ++place;
          continue;
        }
        if (at + 1 == size && !is_end) return false;  // perhaps the first half of ""
        closing = at;
        break;
      }
      if (closing == size) {
        if (!is_end) return false;
        return open_quote(quote, "a quote that opens here is not closed");
      }
      std::string_view content(text + quote + 1, closing - quote - 1);
      if (escapes) {
        std::string& plain = unescaped_.emplace_back();
        for (std::size_t i = 0; i < content.size(); ++i) {
          plain += content[i];
          if (content[i] == '"') ++i;
        }
        content = plain;
      }
      cells_.push_back(content);
      // On to the separator or line end, which has to follow at once.
      while (place < n_places && text[places_[place]] == '"') ++place;
      const std::size_t end = place < n_places ? places_[place] : size;
      if (end == size && !is_end) return false;
      const std::string_view rest(text + closing + 1, end - closing - 1);
      const bool at_line_end = end == size || text[end] == '\n';
      if (!rest.empty() && !(at_line_end && rest == "\r") && !broken_cell) {
        broken_cell = cells_.size() - 1;
      }
      complete = at_line_end;
      cell = end + 1;
      ++place;
    } else {
      while (place < n_places && text[places_[place]] == '"') ++place;
      if (place == n_places && !is_end) return false;
      const std::size_t end = place < n_places ? places_[place] : size;
      complete = end == size || text[end] == '\n';
      std::size_t content_end = end;
      if (complete && content_end > cell && text[content_end - 1] == '\r') --content_end;
      cells_.emplace_back(text + cell, content_end - cell);
      cell = end + 1;
      ++place;
    }
  }
  const std::size_t end = std::min(cell, size);
  if (end - begin_ > kMaxRowBytes) {
    return open_quote(begin_, fmt::format("this row is longer than {} MiB", kMaxRowBytes >> 20));
  }
  const CsvRow row{.line = line_, .cells = cells_, .broken_cell = broken_cell};
  begin_ = end;
  next_place = place;
  line_ += n_lines + 1;
  const bool is_blank = row.cells.size() == 1 && row.cells[0].empty();
  if (!is_blank) QUANTA_CHECK(sink(row));
  unescaped_.clear();
  return true;
}

/// Looks at the first line that is not blank; false where it is not complete yet.
bool CsvReader::find_separator(bool is_end) {
  constexpr std::string_view kCandidates = ",;\t|";
  std::array<std::size_t, kCandidates.size()> counts{};
  bool quoted = false;
  bool seen = false;
  bool complete = is_end;
  for (std::size_t i = begin_; i < buffer_.size(); ++i) {
    const char c = buffer_[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') {
      complete = complete || seen;
      if (seen) break;
      continue;
    }
    seen = seen || c != '\r';
    const std::size_t candidate = kCandidates.find(c);
    if (candidate != std::string_view::npos) ++counts[candidate];
  }
  if (!complete) return false;
  const auto most = std::max_element(counts.begin(), counts.end());
  separator_ = kCandidates[static_cast<std::size_t>(most - counts.begin())];
  return true;
}

std::unexpected<Error> CsvReader::open_quote(std::size_t at, std::string_view problem) const {
  std::size_t line = line_;
  std::size_t column = 1;
  for (std::size_t i = begin_; i < at; ++i) {
    ++column;
    if (buffer_[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return fail(ErrorKind::kBadInput,
              fmt::format("{}; close the quote on the same line, or take it out", problem), {},
              Place{.file = name_, .line = line, .column = column});
}

}  // namespace quanta::market
