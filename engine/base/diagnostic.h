// Complaints about input.  Every one has a place, a reason and a consequence, travels to a sink,
// and never stops the work.
#pragma once

#include <string>
#include <vector>

#include "engine/base/location.h"

namespace exdiag {

enum class Severity : std::uint8_t {
  kNote,      // nothing is lost: a wrong CRC on a record that reads well
  kWarning,   // something is doubtful or was skipped that is not a record
  kRejected,  // one record was not read; it is in the ledger as rejected
  kError,     // the whole file (or rule) is not used
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string id;  // stable, "evtx.record.size"; listed in docs/diagnostics.md
  Location where;
  std::string
      reason;  // reason and consequence: "14 columns, the header has 15; row kept as a reject"
};

// "app.csv: line 812: 14 columns, the header has 15; row kept as a reject"
std::string ToString(const Diagnostic& diagnostic);

class DiagnosticSink {
 public:
  virtual ~DiagnosticSink() = default;
  virtual void Report(Diagnostic diagnostic) = 0;
};

// Keeps what it is told, in order.
class DiagnosticList final : public DiagnosticSink {
 public:
  void Report(Diagnostic diagnostic) override { items_.push_back(std::move(diagnostic)); }

  const std::vector<Diagnostic>& items() const { return items_; }
  // True when something of this severity or worse was reported.
  bool Has(Severity at_least) const;

 private:
  std::vector<Diagnostic> items_;
};

}  // namespace exdiag
