#include "services/report/html.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "platform/file/atomic_write.h"

namespace quanta::services {
namespace {

constexpr svg::Size kWide{960, 320};
constexpr svg::Size kHalf{440, 280};

// Colours of series keep a contrast of at least 3:1 against both backgrounds.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--paper:#fbfbf9;--card:#fff;--ink:#1c2126;--soft:#59626c;--faint:#e3e5e3;
--edge:#b9bec2;--note:#f3efe2;--noteedge:#c9a227;--bar:#8fa3b5;--c1:#1f5f9e;--c2:#b4501a;--c3:#24794a;--c4:#7a4a9c;
--c5:#a8324f;--c6:#5b6670;--c7:#8a6d00;--c8:#0c7d86}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1b1f23;--ink:#e4e7ea;--soft:#9aa4ae;
--faint:#2c3238;--edge:#4a535b;--note:#2a2618;--noteedge:#b08d1e;--bar:#5d7288;--c1:#6cabe6;--c2:#e8935b;
--c3:#62bd8b;--c4:#b895d6;--c5:#e57f98;--c6:#a3aeb8;--c7:#d1b13c;--c8:#4fbdc6}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--faint:#ddd;--edge:#999;--note:#fff;
--bar:#8fa3b5;--c1:#1f5f9e;--c2:#b4501a;--c3:#24794a;--c4:#7a4a9c;--c5:#a8324f;--c6:#5b6670;--c7:#8a6d00;
--c8:#0c7d86}body{font-size:10pt}section,figure,table,.remark{break-inside:avoid}h2{break-after:avoid}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",
Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
main{max-width:1020px;margin:0 auto;padding:32px 20px 48px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:40px 0 10px;padding-top:14px;border-top:1px solid var(--faint);font-weight:650}
.subtitle{color:var(--soft);margin:0 0 22px}
p{margin:8px 0;max-width:72ch;overflow-wrap:anywhere}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0 0 8px;padding:0}
.keys div{background:var(--card);border:1px solid var(--faint);border-radius:8px;padding:12px 14px}
.keys dt{color:var(--soft);font-size:.82rem;margin:0}
.keys dd{margin:0;overflow-wrap:anywhere}
.keys .value{font-size:1.45rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.35}
.keys .about{color:var(--soft);font-size:.82rem}
.remark{background:var(--note);border-left:3px solid var(--noteedge);padding:9px 14px;margin:12px 0;
max-width:none}
.remark+.remark{margin-top:-12px;padding-top:0}
.figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:14px;margin:14px 0}
figure{margin:0;background:var(--card);border:1px solid var(--faint);border-radius:8px;padding:14px 14px 10px;
min-width:0}
figure.wide{grid-column:1/-1}
figcaption{color:var(--soft);font-size:.86rem;margin-top:6px;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;font-size:12px;overflow:visible}
.narrow-only{display:none}
.scroll{overflow-x:auto;margin:14px 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--soft);font-size:.86rem;padding-bottom:6px}
th,td{padding:6px 12px 6px 0;text-align:left;border-bottom:1px solid var(--faint);vertical-align:baseline}
th{color:var(--soft);font-weight:500;font-size:.82rem;border-bottom-color:var(--edge)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.n{white-space:normal}
.n+td:not(.n),.n+th:not(.n){padding-left:14px}
tr.strong td{font-weight:650}
footer{margin-top:44px;padding-top:14px;border-top:1px solid var(--faint);color:var(--soft);font-size:.82rem}
.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}.c4{color:var(--c4)}.c5{color:var(--c5)}
.c6{color:var(--c6)}.c7{color:var(--c7)}.c8{color:var(--c8)}.muted{color:var(--edge)}
.line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}.line.muted{stroke-width:1}
.dashed{stroke-dasharray:5 4}.curve{color:var(--edge);stroke-width:1.4}
.fill{fill:currentColor}.bar{fill:var(--bar)}
.grid{stroke:var(--faint);stroke-width:1}.axis{stroke:var(--edge);stroke-width:1}
.mark{stroke:currentColor;stroke-width:1.6;stroke-dasharray:4 3}
.label{fill:var(--soft)}.small{fill:var(--soft);font-size:10.5px}.name{fill:currentColor;font-weight:600}
@media (max-width:720px){main{padding:22px 14px 36px}h1{font-size:1.4rem}
.figures{grid-template-columns:minmax(0,1fr)}.wide-only{display:none}.narrow-only{display:block}
figure{padding:10px 8px}.keys{grid-template-columns:1fr 1fr}th,td{padding-right:9px}
table{width:max-content;min-width:100%}caption span{display:block;max-width:calc(100vw - 30px)}
td{max-width:15em}}
)";

void append(std::string& out, std::string_view open, std::string_view text,
            std::string_view close) {
  out += open;
  out += svg::escaped(text);
  out += close;
}

void append_block(std::string& out, const Paragraph& paragraph) {
  append(out, "<p>", paragraph.text, "</p>\n");
}

void append_block(std::string& out, const Remark& remark) {
  append(out, "<p class=\"remark\">", remark.text, "</p>\n");
}

void append_block(std::string& out, const ReportTable& table) {
  const auto numeric = [&](std::size_t j) {
    return j < table.columns.size() && table.columns[j].numeric;
  };
  out += "<div class=\"scroll\"><table>\n";
  if (!table.caption.empty()) append(out, "<caption><span>", table.caption, "</span></caption>\n");
  out += "<thead><tr>";
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    append(out, numeric(j) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
           table.columns[j].title, "</th>");
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const bool strong = std::ranges::find(table.strong_rows, i) != table.strong_rows.end();
    out += strong ? "<tr class=\"strong\">" : "<tr>";
    for (std::size_t j = 0; j < table.rows[i].size(); ++j) {
      append(out, numeric(j) ? "<td class=\"n\">" : "<td>", table.rows[i][j], "</td>");
    }
    out += "</tr>\n";
  }
  out += "</tbody>\n</table></div>\n";
}

void append_block(std::string& out, const Figure& figure) {
  const auto drawn = [&](svg::Size size) {
    return std::visit([&](const auto& chart) { return svg::draw(chart, size); }, figure.chart);
  };
  if (figure.wide) {
    // Two drawings, because text in one that shrinks to a phone would be too small to read.
    out += "<figure class=\"wide\"><div class=\"wide-only\">" + drawn(kWide) +
           "</div><div class=\"narrow-only\">" + drawn(kHalf) + "</div>";
  } else {
    out += "<figure>" + drawn(kHalf);
  }
  append(out, "<figcaption>", figure.caption, "</figcaption></figure>\n");
}

void append_blocks(std::string& out, const std::vector<Block>& blocks) {
  bool in_figures = false;
  for (const Block& block : blocks) {
    const bool figure = std::holds_alternative<Figure>(block);
    if (figure && !in_figures) out += "<div class=\"figures\">\n";
    if (!figure && in_figures) out += "</div>\n";
    in_figures = figure;
    std::visit([&](const auto& content) { append_block(out, content); }, block);
  }
  if (in_figures) out += "</div>\n";
}

}  // namespace

std::string to_html(const Report& report) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n";
  append(out, "<title>", report.title, "</title>\n<style>");
  out += kStyle;
  out += "</style>\n</head>\n<body>\n<main>\n";
  append(out, "<h1>", report.title, "</h1>\n");
  append(out, "<p class=\"subtitle\">", report.subtitle, "</p>\n");
  if (!report.key_figures.empty()) {
    out += "<dl class=\"keys\">\n";
    for (const KeyFigure& figure : report.key_figures) {
      append(out, "<div><dt>", figure.label, "</dt>");
      append(out, "<dd class=\"value\">", figure.value, "</dd>");
      append(out, "<dd class=\"about\">", figure.about, "</dd></div>\n");
    }
    out += "</dl>\n";
  }
  for (const Section& section : report.sections) {
    append(out, "<section>\n<h2>", section.title, "</h2>\n");
    append_blocks(out, section.blocks);
    out += "</section>\n";
  }
  out += "<footer>\n";
  for (const std::string& paragraph : report.footer) append(out, "<p>", paragraph, "</p>\n");
  out += "</footer>\n</main>\n</body>\n</html>\n";
  return out;
}

Result<void> write_report(const Report& report, const std::filesystem::path& path) {
  return platform::write_file_atomically(path, to_html(report));
}

}  // namespace quanta::services
