#include "engine/cli/diagnosis.h"

#include <filesystem>

#include "engine/base/memory.h"
#include "engine/base/now.h"
#include "engine/cli/cache_file.h"
#include "engine/cli/data_for_store.h"
#include "engine/ranking/ask_next.h"
#include "engine/ranking/foretell.h"
#include "engine/ranking/kept_incidents.h"
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

// What UpdateSignals keeps in this store is of these rules, this knowledge and this program; ""
// where it shall keep nothing.
std::string KeyToKeep(const std::string& content_hash, const Store& store) {
  const std::string program = ProgramIdentity();
  const bool keeps = !store.file().empty() && !content_hash.empty() && !program.empty();
  return keeps ? content_hash + " " + program : std::string();
}

Diagnosis Finished(Ranking ranking, const Site& site, Ticks at) {
  Diagnosis diagnosis;
  diagnosis.made_at = at;
  diagnosis.ranking = std::move(ranking);
  diagnosis.site = ApplyAcknowledgements(site, diagnosis.made_at, diagnosis.ranking);
  return diagnosis;
}

}  // namespace

bool HasSiteFile(const SiteOptions& site, const std::string& store) {
  return !site.file.empty() || !SiteFileBeside(store).empty();
}

void AddSiteOptions(Arguments arguments, SiteOptions& options) {
  arguments
      .Add("--site", options.file,
           "what the site acknowledges, and points that it changes (default: "
           "exdiag-site.yaml beside the store)")
      .Called("FILE");
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
                                                 DiagnosticSink& problems) {
  if (HasSiteFile(site, store.file())) return LoadData(options, problems);
  return LoadDataChosen([&](const RuleFolder& rules) { return RulesForStore(rules, store); },
                        options, problems);
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
  HoldNoFreeMemory();
  UpdateWork work;
  const std::vector<const Rule*> rules = RulesInUse(data.rules);
  auto signals = UpdateSignals(rules, data.knowledge, store,
                               KeyToKeep(data.rules.content_hash(), store), problems, &work);
  if (!signals) return signals.error();
  ApplyOverrides(site->overrides, *signals);
  Ranking ranking = RankCauses(*signals, commands);
  const auto adjust = [&site](SignalList& again) { ApplyOverrides(site->overrides, again); };
  const auto foretold = ForetellEffects(*signals, {rules, data.knowledge, store, adjust}, ranking);
  if (!foretold) return foretold.error();
  if (auto readable = SetBlocks::Readable(); !readable) return readable.error();
  const bool of_rules = site->overrides.empty();  // not the site's own points
  if (of_rules && !work.kept_as.empty()) KeepIncidents(ranking, work.kept_as, store);
  return Finished(std::move(ranking), *site, at.known() ? at : NowInSeconds());
}

Result<EventDiagnosis> DiagnoseEvent(std::uint16_t event_id, Store& store,
                                     const SiteOptions& options, const FeedCommands& commands,
                                     const DataOptions& data_options, DiagnosticSink& problems) {
  std::optional<KeptIncidents> kept;
  const auto choose = [&](const RuleFolder& rules) -> std::optional<RuleIds> {
    const auto naming = rules.Naming({event_id});
    if (!naming || HasSiteFile(options, store.file())) return std::nullopt;
    kept = KeptIncidents::Find(store, KeyToKeep(rules.content_hash(), store), *naming);
    if (!kept) return RulesForStore(rules, store, event_id);
    RuleIds wanted = kept->Rules();
    wanted.insert(naming->begin(), naming->end());
    return wanted;
  };
  auto data = LoadDataChosen(choose, data_options, problems);
  if (!data) return data.error();
  if (kept) {
    auto ranking = kept->Rank(RulesInUse((*data)->rules));
    // A file of rules that changes right now leaves the rules without a hash.
    if (ranking && !(*data)->rules.content_hash().empty()) {
      const auto site = LoadSiteOf(options, **data, store, problems);
      if (!site) return site.error();
      return EventDiagnosis{std::move(*data), Finished(std::move(*ranking), *site, NowInSeconds()),
                            true};
    }
    data = LoadData(data_options, problems);
    if (!data) return data.error();
  }
  auto diagnosis = Diagnose(**data, store, options, commands, problems);
  if (!diagnosis) return diagnosis.error();
  return EventDiagnosis{std::move(*data), std::move(*diagnosis), false};
}

}  // namespace exdiag
