// From a store to ranked causes: the way that diagnose, causes, explain and answer share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/cli/data.h"
#include "engine/report/report.h"
#include "engine/site/site.h"
#include "engine/store/store.h"

namespace exdiag {

struct SiteOptions {
  std::string file;  // "" = exdiag-site.yaml beside the store, if there is one
};

// Adds --site.
void AddSiteOptions(CLI::App& app, SiteOptions& options);

// LoadDataFor, but all rules where there is a site file, which may name any of them.
Result<std::unique_ptr<Data>> LoadDataToDiagnose(const Store& store, const SiteOptions& site,
                                                 const DataOptions& options,
                                                 DiagnosticSink& problems,
                                                 std::optional<std::uint16_t> event_id = {});

// What the site file and the notes of the store say.
Result<Site> LoadSiteOf(const SiteOptions& options, const Data& data, const Store& store,
                        DiagnosticSink& problems);

// The options by which another run finds the same store and data: " --store site.db --rules r".
FeedCommands CommandsForStore(const std::string& store, const DataOptions& data);
std::string DataWords(const DataOptions& data);  // " --rules r --kbdata k"

// `at`: the moment for which the site's acknowledgements count; not known(): now.
// What the rules found is kept in a store that lies in a file, for the next time; what the site
// says is not.
Result<Diagnosis> Diagnose(const Data& data, Store& store, const SiteOptions& site,
                           const FeedCommands& commands, DiagnosticSink& problems, Ticks at = {});

}  // namespace exdiag
