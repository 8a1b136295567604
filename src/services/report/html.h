/// A report as one HTML file that needs nothing else: styles and charts are inline, there are no
/// scripts, and its content policy lets a browser fetch nothing. Light or dark as the reader's
/// system says; reads on a phone and on paper.
///
///   Report report{.title = "Portfolio", .sections = {{"Weights", {table, figure}}}};
///   QUANTA_CHECK(write_report(report, "quanta-demo.html"));
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "core/result.h"
#include "services/report/svg.h"

namespace quanta::services {

struct Paragraph {
  std::string text;
};

/// What the reader must know before trusting a figure, set off from the text.
struct Remark {
  std::string text;
};

struct ReportColumn {
  std::string title;
  bool numeric = true;  ///< right-aligned, digits of equal width
};

struct ReportTable {
  std::string caption;
  std::vector<ReportColumn> columns;
  std::vector<std::vector<std::string>> rows;  ///< one cell per column
  std::vector<std::size_t> strong_rows = {};   ///< indices of rows set in bold
};

struct Figure {
  std::variant<svg::LineChart, svg::BarChart, svg::Histogram, svg::ScatterChart> chart;
  std::string caption;
  bool wide = false;  ///< over the whole page where there is room, else two side by side
};

using Block = std::variant<Paragraph, Remark, ReportTable, Figure>;

struct Section {
  std::string title;
  std::vector<Block> blocks;
};

/// One of the few figures at the top of the page.
struct KeyFigure {
  std::string label;
  std::string value;
  std::string about;
};

struct Report {
  std::string title;
  std::string subtitle;
  std::vector<KeyFigure> key_figures;
  std::vector<Section> sections;
  std::vector<std::string> footer;  ///< paragraphs: sources, licence, command, version
};

/// The whole document. Every text is escaped: nothing in a report becomes markup.
std::string to_html(const Report& report);

/// Writes it to `path` in one step (write_file_atomically): a reader sees the earlier file or the
/// whole new one. Errors: kIo, naming the path and what the system said.
Result<void> write_report(const Report& report, const std::filesystem::path& path);

}  // namespace quanta::services
