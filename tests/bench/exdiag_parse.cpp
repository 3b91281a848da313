// Reads exports and counts what comes out, without a store: what importing costs by itself.
//
//   exdiag_parse [--dump] FILE...
//
// Prints one line a file: format, records, rejects, seconds, MB/s, records/s.  --dump prints every
// record and complaint instead, one field a line, to compare with other readers.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include "engine/base/text.h"
#include "engine/knowledge/languages_reader.h"
#include "importers/importer.h"

namespace exdiag {
namespace {

class CountingSink final : public EvidenceSink, public DiagnosticSink {
 public:
  CountingSink(std::string file, bool dump) : file_(std::move(file)), dump_(dump) {}

  bool OnRecord(const Record& record) override {
    ++records;
    for (const std::string_view text : record.strings) text_bytes += text.size();
    text_bytes += record.message.size();
    if (dump_) Dump(record);
    return true;
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject& reject) override {
    ++rejects;
    if (dump_)
      Report({Severity::kRejected, reject.diagnostic_id, {file_, reject.place}, reject.reason});
  }
  void Report(Diagnostic diagnostic) override {
    ++complaints;
    if (dump_) fmt::print("! {} [{}]\n", ToString(diagnostic), diagnostic.id);
  }

  std::uint64_t records = 0;
  std::uint64_t rejects = 0;
  std::uint64_t complaints = 0;
  std::uint64_t text_bytes = 0;

 private:
  static void Dump(const Record& record) {
    fmt::print("record {} at {:#x}{}\n", record.record_id, record.place.value,
               record.recovered ? " recovered" : "");
    fmt::print("  time {}\n", FormatTime(record.time, record.time_basis));
    fmt::print("  event {}/{} qualifiers {} level {} category {} keywords {:#x}\n",
               Printable(record.provider), record.event_id, record.qualifiers,
               static_cast<int>(record.level), record.category, record.keywords);
    fmt::print("  channel {}\n  computer {}\n  user {}\n", Printable(record.channel),
               Printable(record.computer), Printable(record.user));
    for (std::size_t i = 0; i < record.strings.size(); ++i) {
      fmt::print("  {}={}\n", record.names.empty() ? std::string() : Printable(record.names[i]),
                 Printable(record.strings[i]));
    }
    if (!record.binary.empty()) DumpBytes(record.binary);
    if (!record.message.empty()) fmt::print("  message {}\n", Printable(record.message));
  }

  static void DumpBytes(std::span<const std::byte> bytes) {
    fmt::print("  binary {} bytes ", bytes.size());
    for (const std::byte byte : bytes) fmt::print("{:02x}", std::to_integer<unsigned>(byte));
    fmt::print("\n");
  }

  std::string file_;
  bool dump_;
};

bool LearnLanguages() {
  DiagnosticList problems;
  YamlCache none;
  auto languages = LoadLanguages(EXDIAG_SOURCE_DIR "/kbdata/languages", problems, none);
  if (!languages) return false;
  UseLanguages(std::move(*languages));
  return true;
}

// Binary logs need no words of any language, which take as long to learn as 3 MB to read.
const Importer* Recognise(const ByteSource& source) {
  const Importer* importer = FindImporter(source);
  if (importer != nullptr && (importer->name() == "evtx" || importer->name() == "evt")) {
    return importer;
  }
  static const bool kLearned = LearnLanguages();
  if (!kLearned) fmt::print(stderr, "kbdata/languages cannot be read\n");
  return FindImporter(source);
}

int Run(const std::string& file, bool dump) {
  const auto source = OpenFile(file);
  if (!source) {
    fmt::print(stderr, "{}\n", source.error().message);
    return 3;
  }
  const Importer* importer = Recognise(**source);
  if (importer == nullptr) {
    fmt::print(stderr, "{}: no format of ours\n", file);
    return 3;
  }
  CountingSink sink(file, dump);
  const auto start = std::chrono::steady_clock::now();
  const auto result = importer->Import({file, **source, {}}, sink, sink);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (!result) fmt::print(stderr, "{}\n", result.error().message);
  fmt::print(
      "{}: {}, {} records, {} rejects, {} complaints, {} text bytes, {:.3f} s, {:.0f} MB/s, "
      "{:.0f} records/s\n",
      file, importer->name(), sink.records, sink.rejects, sink.complaints, sink.text_bytes,
      took.count(), static_cast<double>((*source)->size()) / 1e6 / took.count(),
      static_cast<double>(sink.records) / took.count());
  return result ? 0 : 3;
}

}  // namespace
}  // namespace exdiag

int main(int argc, char** argv) {
  bool dump = false;
  int code = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--dump") {
      dump = true;
    } else {
      code = std::max(code, exdiag::Run(argv[i], dump));
    }
  }
  return code;
}
