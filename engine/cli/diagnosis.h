// From a store to ranked causes: the way that diagnose, causes, explain and answer share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/cli/arguments.h"
#include "engine/cli/data.h"
#include "engine/report/report.h"
#include "engine/site/site.h"
#include "engine/store/store.h"

namespace exdiag {

struct SiteOptions {
  std::string file;  // "" = exdiag-site.yaml beside the store, if there is one
};

// Adds --site.
void AddSiteOptions(Arguments arguments, SiteOptions& options);

// True when there is a site file, which may name any rule; `store`: its file, "" for none.
bool HasSiteFile(const SiteOptions& site, const std::string& store);

// With the rules that the store asks for (RulesForStore), but all rules where there is a site file,
// which may name any of them.
Result<std::unique_ptr<Data>> LoadDataToDiagnose(const Store& store, const SiteOptions& site,
                                                 const DataOptions& options,
                                                 DiagnosticSink& problems);

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

struct EventDiagnosis {
  std::unique_ptr<Data> data;  // at least the rules that name the event, and those of all findings
  // At least the incidents in which a rule that names the event has a part; nothing of what to ask
  // next is to be relied on.
  Diagnosis diagnosis;
  bool from_kept = false;  // nothing was evaluated, and no other incident looked at
};

// LoadDataToDiagnose and Diagnose for a question about one event ID: the same findings at the same
// places.  Where nothing changed since the store was diagnosed last, and there is no site file, it
// loads and ranks no more than the question asks for.
Result<EventDiagnosis> DiagnoseEvent(std::uint16_t event_id, Store& store, const SiteOptions& site,
                                     const FeedCommands& commands, const DataOptions& options,
                                     DiagnosticSink& problems);

}  // namespace exdiag
