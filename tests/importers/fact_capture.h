// What an importer of facts hands over, kept for a look.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "engine/evidence/sink.h"
#include "importers/importer.h"

namespace exdiag::import_test {

struct KeptReject {
  std::string place;
  std::string id;
  std::string reason;

  bool operator==(const KeptReject&) const = default;
};

inline void PrintTo(const KeptReject& reject, std::ostream* out) {
  *out << reject.place << " | " << reject.id << " | " << reject.reason;
}

struct Imported final : EvidenceSink {
  std::vector<Fact> facts;
  std::vector<KeptReject> rejects;
  std::vector<std::string> diagnostics;
  std::size_t records = 0;
  std::string error;

  bool OnRecord(const Record&) override { return ++records != 0; }
  void OnFact(Fact fact) override { facts.push_back(std::move(fact)); }
  void OnReject(const Reject& reject) override {
    rejects.push_back(
        {ToString(Location{"in", reject.place}), reject.diagnostic_id, reject.reason});
  }

  std::vector<Fact> OfKind(std::string_view kind) const {
    std::vector<Fact> found;
    for (const Fact& fact : facts) {
      if (fact.kind == kind) found.push_back(fact);
    }
    return found;
  }
};

inline Imported Import(const Importer& importer, std::string bytes,
                       const ImportOptions& options = {}) {
  Imported imported;
  DiagnosticList problems;
  const auto source = MemorySource(std::move(bytes));
  const auto result = importer.Import({"in", *source, options}, imported, problems);
  if (!result) imported.error = result.error().message;
  for (const Diagnostic& problem : problems.items()) {
    imported.diagnostics.push_back(problem.id + " | " + ToString(problem));
  }
  return imported;
}

// "host kind name=value ..." with the attributes in order of their names.
inline std::string Text(const Fact& fact) {
  std::string text = fact.host.empty() ? fact.kind : fact.host + " " + fact.kind;
  for (const auto& [name, value] : fact.attributes) text += " " + name + "=" + value;
  return text;
}

inline std::vector<std::string> Texts(const std::vector<Fact>& facts) {
  std::vector<std::string> texts;
  for (const Fact& fact : facts) texts.push_back(Text(fact));
  return texts;
}

inline bool Recognises(const Importer& importer, std::string_view bytes, bool is_text = true) {
  const std::string_view head = bytes.substr(0, 4096);
  return importer.Recognises({std::as_bytes(std::span(head)), is_text ? head : std::string_view()});
}

}  // namespace exdiag::import_test
