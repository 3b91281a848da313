// The file that `exdiag rules new` writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/knowledge/catalogue.h"
#include "engine/store/store.h"

namespace exdiag {

// "area/fault-cause.yaml" for the id "area.fault.cause".  `id` is a rule id.
std::string FileOfRule(std::string_view id);

struct SkeletonOptions {
  std::string id;                  // a rule id
  std::optional<EventKind> event;  // the trigger; without it a placeholder stands there
  std::string schema;              // for editors: path of the JSON Schema; "" for no such line
};

// YAML that passes `rules check` as a draft; what is left to write is marked TODO, and what the
// catalogue knows of the event (meaning, usual level, fields) stands beside it as remarks.
std::string RuleSkeleton(const SkeletonOptions& options, const Catalogue& catalogue);

}  // namespace exdiag
