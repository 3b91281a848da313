// Where importers put what they read.
#pragma once

#include "engine/evidence/fact.h"
#include "engine/evidence/record.h"

namespace exdiag {

// Called in file order, from one thread.
class EvidenceSink {
 public:
  virtual ~EvidenceSink() = default;

  // False: stop reading (the user pressed Ctrl-C, the store is full); the importer returns at once.
  [[nodiscard]] virtual bool OnRecord(const Record& record) = 0;
  virtual void OnFact(Fact fact) = 0;
  // The sink also tells the user; an importer does not report a reject a second time.
  virtual void OnReject(const Reject& reject) = 0;
};

}  // namespace exdiag
