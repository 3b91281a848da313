// Complaints about one file, of which there may be as many as the file has bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/base/diagnostic.h"

namespace exdiag {

// Passes on the first eight of each kind and counts the rest.
class Complaints {
 public:
  // `problems` is borrowed.
  Complaints(std::string file, DiagnosticSink& problems)
      : file_(std::move(file)), problems_(problems) {}

  void Report(Severity severity, const char* id, Place place, std::string reason);

  bool Has(const std::string& id) const { return count_.contains(id); }

  // At the end of the file: how many there were beyond those passed on.
  void ReportRest();

 private:
  std::string file_;
  DiagnosticSink& problems_;
  std::map<std::string, std::uint64_t> count_;  // by diagnostic id
};

}  // namespace exdiag
