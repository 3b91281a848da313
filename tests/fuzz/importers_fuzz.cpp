// libFuzzer target for every importer and for the unpacking of archives.
//
//   importers_fuzz --format=NAME [libFuzzer's options] [FOLDER...]
//
//   importers_fuzz --list                  names that --format takes
//   importers_fuzz --check-seeds=FOLDER    each FOLDER/NAME/* is recognised as NAME, and none is
//   missing
//
// NAME is an importer's ("xml.2": the second of that name), or "archive".  Without it an input goes
// to each importer that recognises it, as in the program.  The sanitizers look for crashes,
// libFuzzer for hangs and large blocks of memory; what is added here is that everything handed over
// can be read and fits together.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "importers/archive/archive.h"
#include "importers/importer.h"
#include "importers/text/encoding.h"

namespace exdiag {
namespace {

[[noreturn]] void Fail(const char* promise) {
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

// Looks at every byte of what it is given: a view that is dead or too long is found out here.
class ReadingSink final : public EvidenceSink, public DiagnosticSink {
 public:
  explicit ReadingSink(std::uint64_t size) : size_(size) {}

  bool OnRecord(const Record& record) override {
    for (const std::string_view text : {record.channel, record.provider, record.category_text,
                                        record.computer, record.user, record.message}) {
      Look(text);
    }
    for (const std::string_view text : record.strings) Look(text);
    for (const std::string_view text : record.names) Look(text);
    if (!record.names.empty() && record.names.size() != record.strings.size()) {
      Fail("as many names as strings, or none");
    }
    if (!record.has_strings && !record.strings.empty()) Fail("strings only with has_strings");
    Look({reinterpret_cast<const char*>(record.binary.data()), record.binary.size()});
    LookAt(record.place);
    return true;
  }
  void OnFact(Fact fact) override {
    Look(fact.kind);
    for (const auto& [name, value] : fact.attributes) {
      Look(name);
      Look(value);
    }
  }
  void OnReject(const Reject& reject) override {
    Look(reject.diagnostic_id);
    if (reject.diagnostic_id.empty() || reject.reason.empty()) Fail("a reject says why");
    Look(reject.reason);
    Look({reinterpret_cast<const char*>(reject.raw.data()), reject.raw.size()});
    LookAt(reject.place);
  }
  void Report(Diagnostic diagnostic) override { Look(ToString(diagnostic)); }

 private:
  void Look(std::string_view text) {
    for (const char c : text) sum_ = sum_ + static_cast<unsigned char>(c);
  }
  void LookAt(const Place& place) const {
    if (place.unit == Place::Unit::kOffset && place.value > size_) {
      Fail("the offset of a record lies in its file");
    }
  }

  std::uint64_t size_;
  volatile unsigned sum_ = 0;  // so that the looking is not left out
};

void Read(const Importer& importer, const ByteSource& bytes) {
  ReadingSink sink(bytes.size());
  const auto result = importer.Import({"fuzz", bytes, {}}, sink, sink);
  if (!result && result.error().message.empty()) Fail("an error says why");
}

void ReadRecognised(const ByteSource& bytes) {
  std::vector<std::byte> head(4096);
  head.resize(bytes.ReadAt(0, head));
  const std::string text = DecodeHead(head, "");
  bool known = false;
  for (const auto& importer : BuiltinImporters()) {
    if (!importer->Recognises({head, text})) continue;
    known = true;
    Read(*importer, bytes);
  }
  // Or behind something else.
  if (const Importer* const importer = known ? nullptr : FindImporter(bytes)) {
    Read(*importer, bytes);
  }
}

void Unpack(const ByteSource& bytes) {
  constexpr ArchiveLimits kLimits{
      .members = 100, .bytes = 8 << 20, .ratio = 250, .free_bytes = 1 << 20};
  static_cast<void>(WalkArchive(bytes, "fuzz", kLimits, [](const ArchiveMember& member) {
    if (member.bytes == nullptr) return true;
    std::byte last[16];
    const std::uint64_t size = member.bytes->size();
    if (member.bytes->ReadAt(size < 16 ? 0 : size - 16, last) > 16) Fail("no more than asked for");
    return true;
  }));
}

std::string_view chosen;  // the value of --format

// As --format takes them, in the order of BuiltinImporters.
std::vector<std::string> Names() {
  std::map<std::string_view, int> seen;
  std::vector<std::string> names;
  for (const auto& importer : BuiltinImporters()) {
    names.emplace_back(importer->name());
    if (const int number = ++seen[importer->name()]; number > 1) {
      names.back() += "." + std::to_string(number);
    }
  }
  return names;
}

const Importer* FindByName(std::string_view name) {
  const std::vector<std::string> names = Names();
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end()
             ? nullptr
             : BuiltinImporters()[static_cast<std::size_t>(found - names.begin())].get();
}

bool IsSeedOf(const Importer& importer, const std::string& path) {
  const auto source = OpenFile(path);
  if (!source) return false;
  std::vector<std::byte> head(4096);
  head.resize((*source)->ReadAt(0, head));
  return importer.Recognises({head, DecodeHead(head, "")});
}

// A seed that its importer does not recognise says nothing about it.
int CheckSeeds(const std::string& folder) {
  int wrong = 0;
  for (const std::string& name : Names()) {
    std::error_code none;
    std::size_t seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/" + name, none)) {
      ++seeds;
      if (IsSeedOf(*FindByName(name), entry.path().string())) continue;
      std::fprintf(stderr, "%s: not recognised\n", entry.path().c_str());
      ++wrong;
    }
    if (seeds != 0) continue;
    std::fprintf(stderr, "%s: no seed\n", name.c_str());
    ++wrong;
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace exdiag

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kOption = "--format=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view word = (*argv)[i];
    if (word == "--list") {
      std::puts("archive");
      for (const std::string& name : exdiag::Names()) std::puts(name.c_str());
      std::exit(0);
    }
    constexpr std::string_view kCheck = "--check-seeds=";
    if (word.starts_with(kCheck)) {
      std::exit(exdiag::CheckSeeds(std::string(word.substr(kCheck.size()))));
    }
    if (word.starts_with(kOption)) exdiag::chosen = word.substr(kOption.size());
  }
  if (!exdiag::chosen.empty() && exdiag::chosen != "archive" &&
      exdiag::FindByName(exdiag::chosen) == nullptr) {
    std::fprintf(stderr, "importers_fuzz: no importer of that name; --list names them\n");
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace exdiag;
  static const Importer* const importer = FindByName(chosen);
  const auto bytes = MemorySource(std::string(reinterpret_cast<const char*>(data), size));
  if (chosen == "archive") {
    Unpack(*bytes);
  } else if (importer != nullptr) {
    Read(*importer, *bytes);
  } else {
    ReadRecognised(*bytes);
  }
  return 0;
}
