// A report made by hand with a bit of everything: a clear leader with rivals and unknown evidence,
// an incident that needs no action, one that is not settled, text that attacks its reader.
#pragma once

#include <deque>

#include "engine/report/detail.h"
#include "engine/report/report.h"

namespace exdiag {

struct SampleReport {
  std::deque<Rule> rules;  // findings point into it; a deque does not move what it holds
  Report report;
  ReportDetail detail;
};

SampleReport MakeSampleReport();

// As a file.
std::string JsonOf(const Report& report);
std::string CsvOf(const Report& report);
std::string TextOf(const Report& report, const ReportOptions& options, const TextOptions& shown);
std::string MarkdownOf(const Report& report, const ReportOptions& options);

// Event text as an attacker would write it: terminal escape, HTML, Markdown, CSV formula, a broken
// UTF-8 byte.
inline constexpr const char* kHostile =
    "=cmd|'/c calc'!A0 \x1b[2J<script>alert(1)</script> [x](http://evil) `**|caf\xe9";

Ticks At(const char* iso);

}  // namespace exdiag
