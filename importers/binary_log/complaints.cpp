#include "importers/binary_log/complaints.h"

#include <fmt/format.h>

#include <utility>

namespace exdiag {
namespace {

constexpr std::uint64_t kMaxAlike = 8;

}  // namespace

void Complaints::Report(Severity severity, const char* id, Place place, std::string reason) {
  if (++count_[id] > kMaxAlike) return;
  problems_.Report({severity, id, Location{file_, place}, std::move(reason)});
}

void Complaints::ReportRest() {
  for (const auto& [id, count] : count_) {
    if (count <= kMaxAlike) continue;
    problems_.Report({Severity::kNote, id, Location{file_, Place{}},
                      fmt::format("{} more of the same in this file, not listed; treated alike",
                                  count - kMaxAlike)});
  }
}

}  // namespace exdiag
