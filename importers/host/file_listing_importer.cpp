// Listings of files.  The layouts mix in one file (a pasted console session), so each line is tried
// against the layout that its headline announced and against those that need none.
#include <functional>
#include <map>

#include "engine/base/text.h"
#include "importers/host/file_csv.h"
#include "importers/host/file_entries.h"
#include "importers/host/host_importers.h"
#include "importers/text/lines.h"
#include "importers/text/printed_rows.h"

namespace exdiag {
namespace {

using namespace host;

constexpr std::string_view kName = "file-listing";

// A line that should have been an entry and is not.
struct BadLine {
  std::uint64_t line = 0;
  std::string_view raw;
  std::string_view id;
  std::string reason;
};

struct Visitor {
  std::function<void(const FileEntry&)> entry;
  std::function<void(const BadLine&)> bad;
  std::function<void(std::string_view path, std::uint64_t line)> folder;
};

bool BeginsWithWords(std::string_view line, std::initializer_list<std::string_view> words) {
  const std::string collapsed = CollapseSpace(line);
  const auto found = Split(collapsed, ' ');
  if (found.size() < words.size()) return false;
  std::size_t i = 0;
  for (const std::string_view word : words) {
    if (!EqualsIgnoreCase(found[i++], word)) return false;
  }
  return true;
}

// `(Get-Item x).VersionInfo`, printed: columns found again by where their headings stand.
std::optional<FileEntry> ParseVersionInfoLine(std::string_view line, std::size_t name_at) {
  if (line.size() <= name_at || name_at == 0 || line[name_at - 1] != ' ') return std::nullopt;
  const std::string_view path = Trim(line.substr(name_at));
  const std::size_t slash = path.rfind('\\');
  if (slash == std::string_view::npos) return std::nullopt;
  FileEntry entry;
  entry.name = path.substr(slash + 1);
  entry.path = path.substr(0, slash);
  const std::string versions = CollapseSpace(line.substr(0, name_at));
  const auto words = Split(versions, ' ');
  for (const std::string_view word :
       words) {  // the second one is the file's, the first the product's
    if (!word.empty() && word.front() >= '0' && word.front() <= '9') entry.version = word;
    if (!entry.version.empty() && word != words.front()) break;
  }
  return entry;
}

class TextReader {
 public:
  // `lists`: there may be lists of properties among the lines.
  TextReader(const Visitor& visitor, bool lists) : visitor_(visitor), has_lists_(lists) {}

  void Line(std::string_view line, std::uint64_t number) {
    if (const auto path = ParseFolderLine(line); !path.empty()) {
      lists_.Finish();
      path_ = path;
      visitor_.folder(path_, number);
    } else if (has_lists_) {
      lists_.Line(line, number);
    } else {
      OtherLine(line, number);
    }
  }

  void Finish() { lists_.Finish(); }

 private:
  enum class Layout { kDir, kGetChildItem, kTable, kVersionInfo };

  // Format-List of files.
  void ListRow(const PrintedRow& list) {
    const auto header = FileHeaderOf({list.names.begin(), list.names.end()});
    if (!header) return;
    CsvRow row;
    row.fields.assign(list.values.begin(), list.values.end());
    if (auto entry = EntryOfRow(row, *header)) Give(*entry, list.line);
  }

  void Give(FileEntry& entry, std::uint64_t number) {
    if (entry.path.empty()) entry.path = path_;
    entry.line = number;
    visitor_.entry(entry);
  }

  void OtherLine(std::string_view line, std::uint64_t number) {
    if (Trim(line).empty() || Headline(line)) return;
    auto entry = Parse(line);
    if (entry) {
      Give(*entry, number);
    } else if (BeginsLikeEntry(line)) {
      visitor_.bad({number, line, "file-listing.line",
                    "a date, and no size and name behind it; this file is not listed"});
    }
  }

  // Takes lines that tell what the columns behind them are.
  bool Headline(std::string_view line) {
    if (auto columns = ParseTableHeadline(line); !columns.empty()) {
      layout_ = Layout::kTable;
      columns_ = std::move(columns);
      path_.clear();
      return true;
    }
    if (BeginsWithWords(line, {"Mode", "LastWriteTime", "Length", "Name"})) {
      layout_ = Layout::kGetChildItem;
      names_host_ = FindIgnoreCase(line, "PSComputerName") != std::string_view::npos;
      return true;
    }
    if (BeginsWithWords(line, {"ProductVersion", "FileVersion", "FileName"})) {
      layout_ = Layout::kVersionInfo;
      name_at_ = FindIgnoreCase(line, "FileName");
      return true;
    }
    return false;
  }

  std::optional<FileEntry> Parse(std::string_view line) {
    if (layout_ == Layout::kTable) {
      if (auto entry = ParseTableLine(line, columns_)) return entry;
    }
    if (layout_ == Layout::kVersionInfo) {
      if (auto entry = ParseVersionInfoLine(line, name_at_)) return entry;
    }
    if (layout_ == Layout::kGetChildItem) {
      auto entry = ParseGetChildItemLine(line);
      if (entry && names_host_) TakeHost(*entry);
      return entry;
    }
    return ParseDirLine(line);
  }

  static void TakeHost(FileEntry& entry) {
    const std::size_t blank = entry.name.find_last_of(" \t");
    if (blank == std::string::npos) return;
    entry.host = entry.name.substr(blank + 1);
    entry.name = Trim(entry.name.substr(0, blank));
  }

  bool BeginsLikeEntry(std::string_view line) const {
    if (layout_ != Layout::kTable && path_.empty()) return false;
    line = Trim(line);
    const std::size_t blank = line.find_first_of(" \t");
    return ParseDate(line.substr(0, blank)).has_value();
  }

  const Visitor& visitor_;
  bool has_lists_;
  PrintedRows lists_{
      PrintedRows::Shapes::kLists, [this](const PrintedRow& row) { ListRow(row); },
      [this](std::string_view line, std::uint64_t number) { OtherLine(line, number); }};
  Layout layout_ = Layout::kDir;
  std::vector<Column> columns_;
  bool names_host_ = false;
  std::size_t name_at_ = 0;
  std::string path_;
};

// Rows of a CSV; one that is no row costs itself and not what stands behind it.
Result<void> VisitCsv(const Export& input, const FileCsvHeader& header, const Visitor& visitor,
                      DiagnosticSink& problems) {
  auto window = TextWindow::Open(input);
  if (!window) return window.error();
  CsvTable table(*window, header.delimiter);
  CsvRow row;
  bool headline_passed = false;
  while (table.Next(row)) {
    if (!headline_passed) {
      headline_passed = row.raw.substr(0, 6) != "#TYPE ";
      continue;
    }
    if (row.fields.size() != header.columns || row.bad_quotes) {
      const std::size_t columns = row.fields.size();
      const std::string_view raw = table.Recover(row, [&](const CsvRow& next) {
        return next.fields.size() == header.columns && !next.bad_quotes;
      });
      visitor.bad({table.line(), raw, "file-listing.columns",
                   std::to_string(columns) + " columns, the header has " +
                       std::to_string(header.columns) + "; this file is not listed"});
      continue;
    }
    if (auto entry = EntryOfRow(row, header)) {
      entry->line = table.line();
      visitor.entry(*entry);
    } else {
      visitor.bad(
          {table.line(), row.raw, "file-listing.name", "the row names no file; it is not listed"});
    }
  }
  window->ReportLosses(problems);
  return {};
}

Result<void> Visit(const Export& input, const std::optional<FileCsvHeader>& header,
                   const Visitor& visitor, DiagnosticSink& problems) {
  if (header) return VisitCsv(input, *header, visitor, problems);
  TextReader reader(visitor, true);
  const auto read = ForEachLineOf(
      input, problems,
      [&](std::string_view line, std::uint64_t number) { reader.Line(line, number); });
  reader.Finish();
  return read;
}

// Turns entries into facts, once the order of day and month is known.
class Facts {
 public:
  Facts(std::string file, DateOrder order, EvidenceSink& evidence)
      : file_(std::move(file)), order_(order), evidence_(evidence) {}

  void Folder(std::string_view path, std::uint64_t line) {
    ListingOf(CanonicalHost(HostOfPath(path)), std::string(path), line);
  }

  void Entry(const FileEntry& entry) {
    const std::string host =
        CanonicalHost(entry.host.empty() ? HostOfPath(entry.path) : std::string_view(entry.host));
    Listing& listing = ListingOf(host, entry.path, entry.line);
    if (entry.folder) return;
    ++listing.count;
    Fact fact;
    fact.host = host;
    fact.kind = "file_version";
    fact.where = {file_, Place::Line(entry.line)};
    fact.attributes.emplace("name", entry.name);
    if (!entry.path.empty()) fact.attributes.emplace("path", entry.path);
    if (!entry.size.empty()) fact.attributes.emplace("size", entry.size);
    if (!entry.version.empty()) fact.attributes.emplace("version", entry.version);
    if (entry.date) {
      const std::string date = IsoDate(*entry.date, order_);
      if (!date.empty()) fact.attributes.emplace("date", date);
    }
    evidence_.OnFact(std::move(fact));
  }

  void Finish() {
    for (const auto& [host, path] : order_of_listings_) {
      const Listing& listing = listings_.at({host, path});
      Fact fact;
      fact.host = host;
      fact.kind = "file_version_listing";
      fact.where = {file_, Place::Line(listing.line)};
      if (!path.empty()) fact.attributes.emplace("path", path);
      fact.attributes.emplace("count", std::to_string(listing.count));
      evidence_.OnFact(std::move(fact));
    }
  }

 private:
  using Key = std::pair<std::string, std::string>;

  struct Listing {
    std::uint64_t line = 0;
    std::uint64_t count = 0;
  };

  Listing& ListingOf(std::string host, std::string path, std::uint64_t line) {
    Key key{std::move(host), std::move(path)};
    const auto [found, is_new] = listings_.try_emplace(key, Listing{line, 0});
    if (is_new) order_of_listings_.push_back(std::move(key));
    return found->second;
  }

  std::string file_;
  DateOrder order_;
  EvidenceSink& evidence_;
  std::map<Key, Listing> listings_;
  std::vector<Key> order_of_listings_;
};

class FileListingImporter final : public Importer {
 public:
  std::string_view name() const override { return kName; }

  // A CSV's headline tells itself; of the other layouts there must be an entry under a folder or
  // under a headline.
  bool Recognises(const Head& head) const override {
    if (head.text.empty()) return false;
    if (ParseFileCsvHeader(head.text)) return true;
    bool in_folder = false, found = false;
    const Visitor visitor{.entry =
                              [&](const FileEntry& entry) {
                                if (in_folder || !entry.path.empty() || IsFromTable(entry))
                                  found = true;
                              },
                          .bad = [](const BadLine&) {},
                          .folder = [&](std::string_view, std::uint64_t) { in_folder = true; }};
    const auto has = [&](std::string_view name) {
      return head.text.find(name) != std::string_view::npos;
    };
    TextReader reader(visitor, has("LastWriteTime") || has("Version"));
    ForEachLine(head.text,
                [&](std::string_view line, std::uint64_t number) { reader.Line(line, number); });
    reader.Finish();
    return found;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    const auto header = HeaderOf(input);
    if (!header) return header.error();
    const auto order = OrderOfDates(input, *header);
    if (!order) return order.error();
    Facts facts(input.name, *order, evidence);
    const auto read = Visit(
        input, *header,
        {.entry = [&](const FileEntry& entry) { facts.Entry(entry); },
         .bad =
             [&](const BadLine& bad) {
               evidence.OnReject({Place::Line(bad.line), std::string(bad.id), bad.reason,
                                  std::as_bytes(std::span(bad.raw))});
             },
         .folder = [&](std::string_view path, std::uint64_t line) { facts.Folder(path, line); }},
        problems);
    if (!read) return read.error();
    facts.Finish();
    return {};
  }

 private:
  // `dir` prints no entry without a folder above it, but what was pasted may have lost it; a line
  // of a log that begins with date, time and a number must not pass for one.
  static bool IsFromTable(const FileEntry& entry) {
    return !entry.version.empty() || (entry.date && entry.date->order == DateOrder::kDayFirst);
  }

  static Result<std::optional<FileCsvHeader>> HeaderOf(const Export& input) {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    window->Ensure(4096);
    return ParseFileCsvHeader(window->view());
  }

  // A pass of its own: the date that decides may be the last one.
  static Result<DateOrder> OrderOfDates(const Export& input,
                                        const std::optional<FileCsvHeader>& header) {
    DateOrderVote vote;
    DiagnosticList told_again;
    const auto read = Visit(input, header,
                            {.entry =
                                 [&](const FileEntry& entry) {
                                   if (entry.date) vote.Add(*entry.date, entry.twelve_hour_clock);
                                 },
                             .bad = [](const BadLine&) {},
                             .folder = [](std::string_view, std::uint64_t) {}},
                            told_again);
    if (!read) return read.error();
    return vote.Decide();
  }
};

}  // namespace

std::unique_ptr<Importer> MakeFileListingImporter() {
  return std::make_unique<FileListingImporter>();
}

}  // namespace exdiag
