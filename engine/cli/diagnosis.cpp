#include "engine/cli/diagnosis.h"

#include <filesystem>

#include "engine/base/now.h"
#include "engine/cli/cache_file.h"
#include "engine/cli/data_for_store.h"
#include "engine/ranking/ask_next.h"
#include "engine/signal/kept_signals.h"
#include "engine/site/site_file.h"

namespace exdiag {
namespace {

// "" when there is none.
std::string SiteFileBeside(const std::string& store) {
  if (store.empty()) return {};
  const std::filesystem::path file =
      std::filesystem::path(store).parent_path() / std::string(kSiteFileName);
  std::error_code ignored;
  return std::filesystem::exists(file, ignored) ? file.string() : std::string();
}

}  // namespace

void AddSiteOptions(CLI::App& app, SiteOptions& options) {
  app.add_option("--site", options.file,
                 "what the site acknowledges, and points that it changes (default: "
                 "exdiag-site.yaml beside the store)")
      ->type_name("FILE");
}

Result<Site> LoadSiteOf(const SiteOptions& options, const Data& data, const Store& store,
                        DiagnosticSink& problems) {
  Site site;
  const std::string file = options.file.empty() ? SiteFileBeside(store.file()) : options.file;
  if (!file.empty()) {
    auto loaded = LoadSite(file, data.rules, problems);
    if (!loaded) return loaded.error();
    site = std::move(*loaded);
  }
  const auto notes = store.Notes(NoteKind::kAcknowledgement);
  if (!notes) return notes.error();
  for (Acknowledgement& one : AcknowledgementsOf(*notes, store.file())) {
    site.acknowledgements.push_back(std::move(one));
  }
  return site;
}

Result<std::unique_ptr<Data>> LoadDataToDiagnose(const Store& store, const SiteOptions& site,
                                                 const DataOptions& options,
                                                 DiagnosticSink& problems,
                                                 std::optional<std::uint16_t> event_id) {
  const bool site_file = !site.file.empty() || !SiteFileBeside(store.file()).empty();
  return site_file ? LoadData(options, problems) : LoadDataFor(store, options, problems, event_id);
}

std::string DataWords(const DataOptions& data) {
  std::string words;
  if (!data.rules.empty()) words += " --rules " + ShellWord(data.rules);
  if (!data.kbdata.empty()) words += " --kbdata " + ShellWord(data.kbdata);
  return words;
}

FeedCommands CommandsForStore(const std::string& store, const DataOptions& data) {
  FeedCommands commands;
  commands.store_options = "--store " + ShellWord(store) + DataWords(data);
  return commands;
}

Result<Diagnosis> Diagnose(const Data& data, Store& store, const SiteOptions& options,
                           const FeedCommands& commands, DiagnosticSink& problems, Ticks at) {
  const auto site = LoadSiteOf(options, data, store, problems);
  if (!site) return site.error();
  const std::string& content = data.rules.content_hash();
  const std::string program = ProgramIdentity();
  const bool keeps = !store.file().empty() && !content.empty() && !program.empty();
  auto signals = UpdateSignals(RulesInUse(data.rules), data.knowledge, store,
                               keeps ? content + " " + program : std::string(), problems);
  if (!signals) return signals.error();
  ApplyOverrides(site->overrides, *signals);
  Diagnosis diagnosis;
  diagnosis.made_at = at.known() ? at : NowInSeconds();
  diagnosis.ranking = RankCauses(std::move(*signals), commands);
  diagnosis.site = ApplyAcknowledgements(*site, diagnosis.made_at, diagnosis.ranking);
  return diagnosis;
}

}  // namespace exdiag
