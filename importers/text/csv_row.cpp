#include "importers/text/csv_row.h"

#include <algorithm>
#include <cstring>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// A row longer than this is an unclosed quote: a Windows event is at most some 64 KiB of text.
constexpr std::size_t kLongestRow = std::size_t{4} << 20;

bool IsLineEnd(std::string_view text, std::size_t at) {
  return at >= text.size() || text[at] == '\n' || text[at] == '\r';
}

// Past the line end at `at`: CR LF, LF, CR CR LF.
std::size_t PastLineEnd(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == '\r') ++at;
  if (at < text.size() && text[at] == '\n') ++at;
  return at;
}

std::size_t EndOfPlainField(std::string_view text, std::size_t at, char delimiter) {
  while (at < text.size() && text[at] != delimiter && text[at] != '\n') ++at;
  return at;
}

std::string_view WithoutCr(std::string_view field) {
  while (!field.empty() && field.back() == '\r') field.remove_suffix(1);
  return field;
}

std::string& NextScratch(CsvRow& row) {
  if (row.unquoted_used == row.unquoted.size()) row.unquoted.emplace_back();
  return row.unquoted[row.unquoted_used++];
}

// Appends the field that begins at `at` and returns where it ends; nullopt when the text does.
std::optional<std::size_t> TakeField(std::string_view text, std::size_t at, char delimiter,
                                     CsvRow& row) {
  if (at < text.size() && text[at] == '"') {
    const auto quoted = TakeQuoted(text.substr(at));
    if (!quoted) return std::nullopt;
    const std::size_t end = at + quoted->size;
    if (end < text.size() && text[end] != delimiter && !IsLineEnd(text, end)) {
      // What follows cannot be told apart: the rest of the line goes with this field.
      row.bad_quotes = true;
      const std::size_t line_end = std::min(text.find('\n', end), text.size());
      row.fields.push_back(WithoutCr(text.substr(at, line_end - at)));
      return line_end;
    }
    if (quoted->has_doubled) {
      std::string& scratch = NextScratch(row);
      Undouble(quoted->value, scratch);
      row.fields.push_back(scratch);
    } else {
      row.fields.push_back(quoted->value);
    }
    return end;
  }
  const std::size_t end = EndOfPlainField(text, at, delimiter);
  row.fields.push_back(WithoutCr(text.substr(at, end - at)));
  return end;
}

void FinishRow(std::string_view text, std::size_t end, CsvRow& row) {
  row.raw = WithoutCr(text.substr(0, std::min(end, text.size())));
  row.size = PastLineEnd(text, end);
}

}  // namespace

std::optional<QuotedField> TakeQuoted(std::string_view text) {
  bool has_doubled = false;
  std::size_t at = 1;
  for (;;) {
    const void* const quote = std::memchr(text.data() + at, '"', text.size() - at);
    if (quote == nullptr) return std::nullopt;
    at = static_cast<std::size_t>(static_cast<const char*>(quote) - text.data());
    if (at + 1 >= text.size() || text[at + 1] != '"') {
      return QuotedField{text.substr(1, at - 1), at + 1, has_doubled};
    }
    has_doubled = true;
    at += 2;
    if (at >= text.size()) return std::nullopt;
  }
}

void Undouble(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t quote = std::min(text.find('"', at), text.size());
    out.append(text, at, quote - at + (quote < text.size() ? 1 : 0));
    at = quote + 2;
  }
}

CsvParse ParseCsvRow(std::string_view text, char delimiter, bool finished, CsvRow& row) {
  row.fields.clear();
  row.unquoted_used = 0;
  row.bad_quotes = false;
  std::size_t at = 0;
  for (;;) {
    const auto end = TakeField(text, at, delimiter, row);
    if (!end) {
      if (!finished) return CsvParse::kNeedMore;
      row.bad_quotes = true;
      row.fields.push_back(text.substr(at));
      FinishRow(text, text.size(), row);
      return CsvParse::kRow;
    }
    at = *end;
    if (at < text.size() && text[at] == delimiter) {
      ++at;
      continue;
    }
    if (at >= text.size() && !finished) return CsvParse::kNeedMore;
    FinishRow(text, at, row);
    return CsvParse::kRow;
  }
}

bool CsvTable::Next(CsvRow& row) {
  window_->Consume(pending_);
  pending_ = 0;
  for (;;) {
    const std::string_view text = window_->view();
    if (text.empty()) {
      if (!window_->Fill()) return false;
      continue;
    }
    const bool finished = window_->finished() || text.size() > kLongestRow;
    if (ParseCsvRow(text, delimiter_, finished, row) == CsvParse::kNeedMore) {
      window_->Fill();
      continue;
    }
    if (row.fields.size() == 1 && Trim(row.raw).empty()) {
      window_->Consume(std::max<std::size_t>(row.size, 1));
      continue;
    }
    line_ = window_->line();
    pending_ = row.size;
    return true;
  }
}

std::size_t CsvTable::NextLine(std::string_view text, std::size_t from) {
  const std::size_t line_end = text.find('\n', from);
  return line_end == std::string_view::npos ? text.size() : line_end + 1;
}

}  // namespace exdiag
