// A sink that keeps what importers hand over, for tests.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "importers/importer.h"

namespace exdiag::test {

// A Record that owns its text.
struct KeptRecord {
  explicit KeptRecord(const Record& record)
      : view(record),
        channel(record.channel),
        provider(record.provider),
        category_text(record.category_text),
        computer(record.computer),
        user(record.user),
        strings(record.strings.begin(), record.strings.end()),
        names(record.names.begin(), record.names.end()),
        message(record.message),
        binary(record.binary.begin(), record.binary.end()) {}

  Record view;  // for the numbers only: its views are dead
  std::string channel;
  std::string provider;
  std::string category_text;
  std::string computer;
  std::string user;
  std::vector<std::string> strings;
  std::vector<std::string> names;
  std::string message;
  std::vector<std::byte> binary;
};

// Everything one import gave.  Rejects are among `complaints` too, as the program shows them.
class KeptEvidence final : public EvidenceSink, public DiagnosticSink {
 public:
  bool OnRecord(const Record& record) override {
    records.emplace_back(record);
    return records.size() != stop_after;
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject& reject) override {
    ++rejects;
    rejected_bytes.push_back(reject.raw.size());
    Report({Severity::kRejected, reject.diagnostic_id, {"test", reject.place}, reject.reason});
  }
  void Report(Diagnostic diagnostic) override {
    complaints.push_back(ToString(diagnostic) + " [" + diagnostic.id + "]");
  }

  std::vector<KeptRecord> records;
  std::size_t rejects = 0;
  std::vector<std::size_t> rejected_bytes;
  std::vector<std::string> complaints;
  std::string error;           // of Import, "" for none
  std::size_t stop_after = 0;  // records, 0 = never
};

// Imports `bytes` under the name "test".
inline void ImportInto(const Importer& importer, std::string bytes, KeptEvidence& kept,
                       const ImportOptions& options = {}) {
  const auto source = MemorySource(std::move(bytes));
  const auto result = importer.Import({"test", *source, options}, kept, kept);
  if (!result) kept.error = result.error().message;
}

}  // namespace exdiag::test
