#include "importers/host/host_facts.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/base/text.h"
#include "engine/base/time.h"
#include "importers/text/lines.h"

namespace exdiag::host {
namespace {

class LineImporter final : public Importer {
 public:
  LineImporter(std::string_view name, bool (*recognises)(std::string_view),
               std::unique_ptr<LineReader> (*make)(EvidenceSink&))
      : name_(name), recognises_(recognises), make_(make) {}

  std::string_view name() const override { return name_; }

  bool Recognises(const Head& head) const override { return recognises_(head.text); }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    const auto reader = make_(evidence);
    const auto read = ForEachLineOf(
        input, problems,
        [&](std::string_view line, std::uint64_t number) { reader->Line(line, number); });
    if (!read) return read.error();
    reader->Finish();
    return {};
  }

 private:
  std::string_view name_;
  bool (*recognises_)(std::string_view);
  std::unique_ptr<LineReader> (*make_)(EvidenceSink&);
};

std::string IsoDate(int year, int month, int day) {
  const bool good = TicksFromCivil({.year = year, .month = month, .day = day}).has_value();
  return good ? fmt::format("{:04}-{:02}-{:02}", year, month, day) : std::string();
}

}  // namespace

void LineReader::Put(std::string_view host, std::string_view kind, std::uint64_t line,
                     Attributes attributes) {
  Fact fact;
  fact.host = CanonicalHost(host);
  fact.kind = kind;
  for (const auto& [name, value] : attributes) {
    if (!value.empty()) fact.attributes.emplace(name, value);
  }
  fact.where.place = Place::Line(line);
  evidence_->OnFact(std::move(fact));
}

std::unique_ptr<Importer> MakeLineImporter(
    std::string_view name, bool (*recognises)(std::string_view text),
    std::unique_ptr<LineReader> (*make)(EvidenceSink& evidence)) {
  return std::make_unique<LineImporter>(name, recognises, make);
}

std::optional<Hotfix> ReadHotfix(std::string_view text) {
  const std::string_view word = Trim(text).substr(0, Trim(text).find_first_of(" \t-"));
  const std::size_t letters = StartsWithIgnoreCase(word, "KB")  ? 2
                              : StartsWithIgnoreCase(word, "Q") ? 1
                                                                : 0;
  const std::size_t end = std::min(word.find_first_not_of("0123456789", letters), word.size());
  if (letters == 0 || end - letters < 5 || end - letters > 8) return std::nullopt;
  return Hotfix{std::string(word), fmt::format("Q{}", word.substr(letters, end - letters))};
}

std::string ReadInstallDate(std::string_view text) {
  const std::string_view value = Trim(text);
  const auto number = [](std::string_view digits) {
    int result = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
    return result;
  };
  if (value.size() == 16) {
    std::uint64_t filetime = 0;
    const auto read = std::from_chars(value.data(), value.data() + 16, filetime, 16);
    const auto time = read.ptr == value.data() + 16 ? TicksFromFileTime(filetime) : std::nullopt;
    return time ? FormatTime(*time, TimeBasis::kUtc).substr(0, 10) : std::string();
  }
  if (value.size() == 8 && value.find_first_not_of("0123456789") == std::string_view::npos) {
    return IsoDate(number(value.substr(0, 4)), number(value.substr(4, 2)),
                   number(value.substr(6, 2)));
  }
  // Get-HotFix adds a time of day.
  const auto parts = Split(value.substr(0, value.find(' ')), '/');
  if (parts.size() != 3 || parts[2].size() != 4) return {};
  return IsoDate(number(parts[2]), number(parts[0]), number(parts[1]));
}

}  // namespace exdiag::host
