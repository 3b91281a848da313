// All of kbdata, loaded once and passed about as one thing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/evidence/fact.h"
#include "engine/knowledge/catalogue.h"

namespace exdiag {

// One row of kbdata/errors/*.yaml.
struct ErrorCode {
  std::optional<std::uint32_t> code;  // none for SMTP status codes and for names without a number
  std::string status;                 // SMTP: "535", "550 5.7.1", "5.1.1"; else ""
  std::string name;                   // "ERROR_ACCESS_DENIED"; "" when it has none
  std::string meaning;                // our own words
  std::string component;              // "Win32", "RPC", "SSPI", "MTA", "SMTP", "DS"
  std::vector<std::string> seen_in;   // "MSExchangeMTA/9318"
};

// An error code as people write it: 5, -1073741819, 0x8009030c, 8009030C, "05 00 07 80" (the bytes
// of an event's Data, little-endian).  All readings that make sense, most likely first.
std::vector<std::uint32_t> ReadErrorCode(std::string_view text);

struct Article {
  std::string number;  // "Q217142"
  std::string title;
  std::string applies_to;
  std::string fixed_in;  // "" when no build fixes it
};

// kbdata/builds: MTA build number to product.
struct Build {
  std::string version;  // "2448.1"
  std::string product;  // "Exchange 5.5 SP2"
};

// One row of kbdata/files: what tells one build of a file from another.  Every given value must
// match.
struct FileFingerprint {
  std::string name;  // any case
  std::optional<std::uint64_t> size;
  std::string date;  // "1999-09-23"
  std::string version;
  std::map<std::string, std::string> gives;  // attributes that the fact gets
};

struct DataName {
  std::string name;
  bool is_guid = false;  // whose letters some versions of Windows write as capitals
};

// Of all data of one event, in its order.
using DataNames = std::vector<DataName>;
// Those of all its versions, the shortest first, by provider in lower case and event ID.
using DataNamesOfEvents =
    std::map<std::pair<std::string, std::uint16_t>, std::vector<DataNames>, std::less<>>;

class Knowledge {
 public:
  // Reads events/, errors/, articles/, builds/, files/ and, when it is there, data_names/ below
  // `folder`.
  static Result<Knowledge> Load(const std::string& folder, DiagnosticSink& problems);
  static Result<Knowledge> Load(const std::string& folder, DiagnosticSink& problems,
                                YamlCache& cache);

  // Hash of all that was read, for who keeps what was worked out with it; "" without a cache.
  const std::string& content_hash() const { return content_hash_; }

  const Catalogue& catalogue() const { return catalogue_; }
  Catalogue& catalogue() { return catalogue_; }

  // All meanings of a code, by component; empty when it is not known.
  std::vector<const ErrorCode*> FindError(std::uint32_t code) const;
  // The same by what is no number: a symbolic name in any case ("SEC_E_LOGON_DENIED",
  // "ds_e_busy"), or an SMTP reply ("550 5.7.1 Unable to relay": the longest status that the reply
  // begins with; a reply code alone, "451", gives all that begin with it when it has no row
  // itself).
  std::vector<const ErrorCode*> FindErrorText(std::string_view text) const;
  const Article* FindArticle(std::string_view number) const;
  // The release a build belongs to: the last one not newer than it.
  // nullptr when it is older than all.
  const Build* FindBuild(std::string_view version) const;

  // By kbdata/data_names: all names of an event that has `names`; of several versions the shortest.
  // nullptr when there is none, and when a name stands in `names` twice.
  const DataNames* FindDataNames(std::string_view provider, std::uint16_t event_id,
                                 std::span<const std::string_view> names) const;

  // Adds what kbdata/files knows of a file_version fact (crypto_strength); leaves other facts
  // alone.
  void Complete(Fact& fact) const;

 private:
  std::string content_hash_;
  Catalogue catalogue_;
  std::vector<ErrorCode> errors_;
  std::map<std::string, Article, std::less<>> articles_;
  std::vector<Build> builds_;  // by version
  std::vector<FileFingerprint> files_;
  DataNamesOfEvents data_names_;
};

// -1, 0, 1 as build numbers compare, part by part: "2448.1" < "2650.24"; missing parts count as 0.
int CompareVersions(std::string_view a, std::string_view b);

}  // namespace exdiag
