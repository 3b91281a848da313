// The site file; docs/site-file.md describes it, docs/site.schema.json for editors.
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/rule/rule_set.h"
#include "engine/site/site.h"

namespace exdiag {

// What a site file is called when it is found beside a store.
inline constexpr std::string_view kSiteFileName = "exdiag-site.yaml";

// Reads a site file.  Every complaint goes to `problems` with line and column; an entry with one is
// left out, the others are used.  An Error when the file cannot be read at all; its complaints
// stand in `problems`.
Result<Site> LoadSite(const std::string& path, const RuleSet& rules, DiagnosticSink& problems);

}  // namespace exdiag
