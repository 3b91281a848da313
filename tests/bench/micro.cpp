// What each stage of an import costs by itself, on the log that EXDIAG_BENCH_LOG names:
//
//   EXDIAG_BENCH_LOG=demo.evtx EXDIAG_BENCH_KBDATA=kbdata exdiag_micro
//
// Every stage includes those before it, so that the difference of two lines is the price of one.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "engine/knowledge/knowledge.h"
#include "engine/normalise/normaliser.h"
#include "engine/store/store.h"
#include "importers/importer.h"

namespace exdiag {
namespace {

// Takes records as far as a benchmark wants them to go.
class StageSink final : public EvidenceSink {
 public:
  StageSink(Normaliser* normaliser, ImportSession* session)
      : normaliser_(normaliser), session_(session) {}

  bool OnRecord(const Record& record) override {
    ++records;
    if (normaliser_ == nullptr) return true;
    const NormalisedEvent& event = normaliser_->Normalise(record);
    benchmark::DoNotOptimize(event.identity);
    return session_ == nullptr || session_->Add(event);
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject&) override {}

  std::int64_t records = 0;

 private:
  Normaliser* normaliser_;
  ImportSession* session_;
};

const char* LogName() { return std::getenv("EXDIAG_BENCH_LOG"); }

const Knowledge& Kbdata() {
  static const Knowledge kKnowledge = [] {
    DiagnosticList problems;
    const char* folder = std::getenv("EXDIAG_BENCH_KBDATA");
    auto loaded = Knowledge::Load(folder == nullptr ? "kbdata" : folder, problems);
    return loaded ? std::move(*loaded) : Knowledge();
  }();
  return kKnowledge;
}

// Runs one pass over the log; false when there is no log to read.
bool Pass(benchmark::State& state, Normaliser* normaliser, ImportSession* session) {
  if (LogName() == nullptr) {
    state.SkipWithError("EXDIAG_BENCH_LOG names no log");
    return false;
  }
  const auto bytes = OpenFile(LogName());
  const Importer* importer = bytes ? FindImporter(**bytes) : nullptr;
  if (importer == nullptr) {
    state.SkipWithError("EXDIAG_BENCH_LOG cannot be read");
    return false;
  }
  DiagnosticList problems;
  StageSink sink(normaliser, session);
  const auto read = importer->Import({LogName(), **bytes, {}}, sink, problems);
  state.SetItemsProcessed(state.items_processed() + sink.records);
  state.SetBytesProcessed(state.bytes_processed() + static_cast<std::int64_t>((*bytes)->size()));
  return read.ok();
}

void Parse(benchmark::State& state) {
  for (auto _ : state) {
    if (!Pass(state, nullptr, nullptr)) return;
  }
}

void ParseAndNormalise(benchmark::State& state) {
  Normaliser normaliser(Kbdata(), {});
  for (auto _ : state) {
    if (!Pass(state, &normaliser, nullptr)) return;
  }
}

void ImportInto(benchmark::State& state, const StoreOptions& options) {
  Normaliser normaliser(Kbdata(), {});
  for (auto _ : state) {
    const auto store = Store::OpenTemporary(options);
    auto session = (*store)->BeginImport("log", "evtx", Store::kUnknownSize);
    if (!Pass(state, &normaliser, session->get())) return;
    if (!(*session)->Commit()) state.SkipWithError("not committed");
  }
}

void ImportAll(benchmark::State& state) { ImportInto(state, {}); }

// As `diagnose` without a store does: here no rule asks for any event.
void ImportCounts(benchmark::State& state) {
  StoreOptions options;
  options.keep_only.emplace();
  ImportInto(state, options);
}

BENCHMARK(Parse)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(ParseAndNormalise)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(ImportAll)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(ImportCounts)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace exdiag

BENCHMARK_MAIN();
