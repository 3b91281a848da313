// What the importers of host evidence have in common.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/importer.h"

namespace exdiag::host {

// Reads one command's output line by line.
class LineReader {
 public:
  explicit LineReader(EvidenceSink& evidence) : evidence_(&evidence) {}
  virtual ~LineReader() = default;

  virtual void Line(std::string_view line, std::uint64_t number) = 0;
  virtual void Finish() {}

 protected:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  // Attributes without a value are left out.
  void Put(std::string_view host, std::string_view kind, std::uint64_t line, Attributes attributes);

 private:
  EvidenceSink* evidence_;
};

// An importer of facts out of `recognises` and a reader.
std::unique_ptr<Importer> MakeLineImporter(
    std::string_view name, bool (*recognises)(std::string_view text),
    std::unique_ptr<LineReader> (*make)(EvidenceSink& evidence));

// "KB893803v2 - Update" -> id "KB893803v2", article "Q893803"; nullopt for what is no hotfix.
struct Hotfix {
  std::string id;
  std::string article;
};
std::optional<Hotfix> ReadHotfix(std::string_view text);

// The way in which WMI writes the day of installation: "3/17/2019" (always month first),
// "20190321", "01d4dfd0fb4eb361"; "" for anything else.
std::string ReadInstallDate(std::string_view text);

}  // namespace exdiag::host
