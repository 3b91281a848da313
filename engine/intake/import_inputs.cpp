#include "engine/intake/import_inputs.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "engine/base/content_hash.h"
#include "engine/base/text.h"
#include "engine/intake/input_files.h"
#include "engine/intake/repeats.h"
#include "engine/normalise/normaliser.h"
#include "importers/archive/archive.h"
#include "importers/importer.h"

namespace exdiag {
namespace {

constexpr std::uint64_t kRejectsShown = 20;

// Once in 256 records: too rare to cost anything, and many times in a second.
constexpr std::uint64_t kLookUpMask = 0xff;

// An archive in an archive is read, what lies in that one as an archive is not.
constexpr int kDeepestArchive = 1;

using Cancelled = std::function<bool()>;

// Bytes that end where the user asks to stop, so that no reader goes on for long, whether it finds
// records or not.
class StoppableSource final : public ByteSource {
 public:
  StoppableSource(const ByteSource& bytes, const Cancelled& cancelled)
      : bytes_(bytes), cancelled_(cancelled) {}

  std::uint64_t size() const override { return bytes_.size(); }

  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    return cancelled_ && cancelled_() ? 0 : bytes_.ReadAt(offset, into);
  }

  // Few bytes, of which a reader then asks its sink what to do with them.
  std::size_t ReadPart(std::uint64_t offset, std::span<std::byte> into) const override {
    return bytes_.ReadPart(offset, into);
  }
  void Passed(std::uint64_t offset, std::span<const std::byte> bytes) const override {
    bytes_.Passed(offset, bytes);
  }

 private:
  const ByteSource& bytes_;
  const Cancelled& cancelled_;
};

// Bytes that are hashed while they are read, so that a file is read once; or, without `is_hashed`,
// whose hash is "".
class HashedSource final : public ByteSource {
 public:
  HashedSource(const ByteSource& bytes, bool is_hashed) : bytes_(bytes), is_hashed_(is_hashed) {}

  std::uint64_t size() const override { return bytes_.size(); }

  // Most readers go from the beginning to the end.  What they leave out, Hash() reads.
  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t got = bytes_.ReadAt(offset, into);
    Passed(offset, into.first(got));
    return got;
  }

  std::size_t ReadPart(std::uint64_t offset, std::span<std::byte> into) const override {
    return bytes_.ReadPart(offset, into);
  }
  void Passed(std::uint64_t offset, std::span<const std::byte> bytes) const override {
    const std::uint64_t end = offset + bytes.size();
    if (!is_hashed_ || offset > hashed_ || end <= hashed_) return;
    hash_.Add(bytes.subspan(static_cast<std::size_t>(hashed_ - offset)));
    hashed_ = end;
  }

  // Of all bytes, and of `more`, which is the same each time.  `tell` is called from time to time.
  template <typename Tell>
  const std::string& Hash(std::string_view more, const Tell& tell) {
    if (!is_hashed_ || !hex_.empty()) return hex_;
    std::vector<std::byte> buffer(hashed_ < size() ? std::size_t{1} << 18 : 0);
    while (ReadAt(hashed_, buffer) != 0) tell();
    hash_.Add(more);
    hex_ = hash_.Hex();
    return hex_;
  }

 private:
  const ByteSource& bytes_;
  const bool is_hashed_;
  mutable ContentHash hash_;
  mutable std::uint64_t hashed_ = 0;  // from the beginning
  std::string hex_;
};

// Complaints about a file; none about one that ends because the user asked to stop.
class StoppableProblems final : public DiagnosticSink {
 public:
  StoppableProblems(DiagnosticSink& problems, const Cancelled& cancelled)
      : problems_(problems), cancelled_(cancelled) {}

  void Report(Diagnostic diagnostic) override {
    if (!cancelled_ || !cancelled_()) problems_.Report(std::move(diagnostic));
  }

 private:
  DiagnosticSink& problems_;
  const Cancelled& cancelled_;
};

// What a StoringSink does with a record on any thread.
class NormalisingPreparer final : public RecordPreparer {
 public:
  NormalisingPreparer(const Knowledge& knowledge, NormaliseOptions options,
                      std::unique_ptr<EventPreparer> events)
      : normaliser_(knowledge, std::move(options)), events_(std::move(events)) {}

  void Begin(std::unique_ptr<PreparedRecords>& into) override { events_->Begin(into); }
  bool Add(const Record& record) override { return events_->Add(normaliser_.Normalise(record)); }

 private:
  Normaliser normaliser_;
  std::unique_ptr<EventPreparer> events_;
};

// What one importer yields, on its way to the store.
class StoringSink final : public EvidenceSink, private WantedKinds {
 public:
  StoringSink(const std::string& file, const ImportInputsOptions& options,
              const Knowledge& knowledge, Normaliser& normaliser, ImportSession& session,
              DiagnosticSink& problems, ProgressTracker& progress)
      : file_(file),
        options_(options),
        knowledge_(knowledge),
        normaliser_(normaliser),
        session_(session),
        problems_(problems),
        progress_(progress) {}

  bool OnRecord(const Record& record) override {
    if ((++records_ & kLookUpMask) == 0) LookUp();
    if (cancelled_ || full_) return false;
    full_ = !session_.Add(normaliser_.Normalise(record));
    return !full_;
  }

  const WantedKinds* wanted() const override { return session_.keeps_all() ? nullptr : this; }

  bool OnCounted(const CountedEvents& counted) override {
    records_ += counted.events;
    LookUp();
    if (cancelled_ || full_) return false;
    Record like;
    like.channel = counted.channel;
    like.provider = counted.provider;
    like.computer = counted.computer;
    like.event_id = counted.event_id;
    like.level = counted.level;
    like.time = counted.first;
    like.time_basis = TimeBasis::kUtc;
    like.has_strings = true;
    full_ = !session_.AddCounted(normaliser_.Normalise(like), counted.events, counted.first,
                                 counted.last);
    return !full_;
  }

  std::unique_ptr<RecordPreparer> NewPreparer() const override {
    auto events = session_.NewPreparer();
    if (!events) return nullptr;
    return std::make_unique<NormalisingPreparer>(knowledge_, NormaliseOptions{options_.zone},
                                                 std::move(events));
  }

  bool OnPrepared(PreparedRecords& records) override {
    records_ += records.count();
    LookUp();
    if (cancelled_ || full_) return false;
    full_ = !session_.AddPrepared(records);
    return !full_;
  }

  void OnFact(Fact fact) override {
    fact.where.file = file_;
    knowledge_.Complete(fact);
    session_.AddFact(std::move(fact));
  }

  void OnReject(const Reject& reject) override {
    const Location where{file_, reject.place};
    session_.AddReject(
        {where, reject.diagnostic_id, reject.reason, {reject.raw.begin(), reject.raw.end()}});
    if ((++rejects_ & kLookUpMask) == 0) LookUp();
    if (rejects_ > kRejectsShown) return;
    Diagnostic diagnostic;
    diagnostic.severity = Severity::kRejected;
    diagnostic.id = reject.diagnostic_id;
    diagnostic.where = where;
    diagnostic.reason = reject.reason;
    problems_.Report(std::move(diagnostic));
  }

  // What was read since it was last told.
  void TellProgress() {
    const std::uint64_t read = records_ + rejects_;
    progress_.Add(read - std::exchange(told_, read),
                  rejects_ - std::exchange(told_rejects_, rejects_));
  }

  std::uint64_t rejects_not_shown() const {
    return rejects_ > kRejectsShown ? rejects_ - kRejectsShown : 0;
  }

 private:
  bool Wants(std::string_view provider, std::uint16_t event_id) const override {
    return session_.Keeps(knowledge_.catalogue().CanonicalProvider(Trim(provider)), event_id);
  }

  // Done once in so many records.
  void LookUp() {
    if (options_.cancelled && options_.cancelled()) cancelled_ = true;
    TellProgress();
  }

  const std::string& file_;
  const ImportInputsOptions& options_;
  const Knowledge& knowledge_;
  Normaliser& normaliser_;
  ImportSession& session_;
  DiagnosticSink& problems_;
  ProgressTracker& progress_;
  std::uint64_t records_ = 0;  // without those that were rejected
  std::uint64_t rejects_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t told_rejects_ = 0;
  bool cancelled_ = false;
  bool full_ = false;
};

class Driver {
 public:
  Driver(const ImportInputsOptions& options, const Knowledge& knowledge, Store& store,
         DiagnosticSink& problems)
      : options_(options),
        knowledge_(knowledge),
        store_(store),
        problems_(problems),
        normaliser_(knowledge, {options.zone}),
        progress_(options.progress) {}

  Result<ImportSummary> Run(const std::vector<std::string>& inputs) {
    const std::vector<InputFile> files = FindInputFiles(inputs, store_.file());
    progress_.Begin(files);
    Repeats repeats(files);
    repeats_ = &repeats;
    store_.ImportTogether();
    auto done = ReadAll(files);
    if (auto ended = store_.EndTogether(); done && !ended) done = ended;
    if (!done) return done.error();
    summary_.cancelled = summary_.cancelled || Cancelled();
    return std::move(summary_);
  }

 private:
  Result<void> ReadAll(const std::vector<InputFile>& files) {
    for (const InputFile& file : files) {
      if (summary_.cancelled || Cancelled()) {
        Cancel(file.path);
        continue;
      }
      auto done = file.error.empty() ? Read(file.path) : Fail(file.path, "input.open", file.error);
      if (!done) return done;
      progress_.EndFile(file);
    }
    return {};
  }

  // What was imported so far is stored before something is waited for.
  Result<void> Settle() {
    auto ended = store_.EndTogether();
    store_.ImportTogether();
    return ended;
  }

  bool Cancelled() const { return options_.cancelled && options_.cancelled(); }

  void Cancel(const std::string& file) {
    summary_.cancelled = true;
    summary_.not_imported.push_back(file);
  }

  Result<void> Read(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) {  // a pipe, which may take its time
      if (auto settled = Settle(); !settled) return settled;
    }
    const auto bytes = OpenInput(file, options_.cancelled);
    if (Cancelled()) {
      Cancel(file);
      return {};
    }
    if (!bytes) return Fail(file, "input.open", bytes.error().message);
    return ReadBytes(file, StoppableSource(**bytes, options_.cancelled), 0);
  }

  // `depth` is how many archives the bytes lie in.
  Result<void> ReadBytes(const std::string& file, const ByteSource& bytes, int depth) {
    if (bytes.size() == 0) return Fail(file, "input.empty", "the file is empty; nothing read");
    if (IsArchive(bytes)) return ReadArchive(file, bytes, depth);
    const Importer* importer = FindImporter(bytes, options_.reading);
    if (importer == nullptr) {
      return Fail(file, "input.format", "not in a format that exdiag knows; not read");
    }
    HashedSource hashed(bytes, !NeedsNoHash(bytes, depth));
    const auto size = static_cast<std::int64_t>(bytes.size());
    const auto may_be_known = store_.KnowsSize(size);
    if (!may_be_known) return may_be_known.error();
    if (*may_be_known) {
      const std::string hash = HashOf(hashed);
      if (Cancelled()) {
        Cancel(file);
        return {};
      }
      const auto earlier = store_.FindImport(hash);
      if (!earlier) return earlier.error();
      if (*earlier) return Repeat(file, hash, (*earlier)->file);
    }
    // Of an archive it counts how far that one is unpacked.
    const auto watched = depth == 0 ? progress_.Watched(hashed) : nullptr;
    return Import(file, watched ? *watched : hashed, *importer, hashed);
  }

  // Where nothing is kept beyond this run: small files cost nothing to hash, of large ones it is
  // enough to know their sizes.
  bool NeedsNoHash(const ByteSource& bytes, int depth) const {
    constexpr std::uint64_t kLarge = std::uint64_t{1} << 20;
    return depth == 0 && bytes.size() >= kLarge && store_.file().empty() &&
           !repeats_->MayRepeat(bytes.size());
  }

  // Each member is a file of its own, named "logs.zip!/app.evtx".
  Result<void> ReadArchive(const std::string& file, const ByteSource& bytes, int depth) {
    if (depth > kDeepestArchive) {
      return Fail(file, "input.archive", "an archive in an archive in an archive; not read");
    }
    std::optional<Error> store_error;
    std::uint64_t members = 0;
    const auto watched = depth == 0 ? progress_.Watched(bytes) : nullptr;
    const auto visit = [&](ArchiveMember member) {
      ++members;
      const std::string name = file + "!/" + member.name;
      if (Cancelled()) {
        Cancel(name);
      } else if (const auto done = ReadMember(name, member, depth); !done) {
        store_error = done.error();
      }
      if (summary_.cancelled && depth == 0 && !member.alone) {
        summary_.not_imported.back() += " and what follows in the archive";
      }
      return !store_error && !summary_.cancelled;
    };
    const auto walked =
        WalkArchive(watched ? *watched : bytes, file, {}, visit, options_.cancelled);
    if (store_error) return *store_error;
    if (summary_.cancelled) return {};
    if (!walked) return Fail(file, "input.archive", walked.error().message);
    if (members == 0) return Fail(file, "input.empty", "the archive holds no files; nothing read");
    return {};
  }

  Result<void> ReadMember(const std::string& file, const ArchiveMember& member, int depth) {
    if (member.bytes == nullptr) return Fail(file, "input.archive", member.problem);
    if (!member.problem.empty()) {
      Report(file, "input.archive-member", Severity::kWarning, member.problem);
    }
    return ReadBytes(file, StoppableSource(*member.bytes, options_.cancelled), depth + 1);
  }

  Result<void> Import(const std::string& file, const ByteSource& bytes, const Importer& importer,
                      HashedSource& hashed) {
    auto session = store_.BeginImport(file, std::string(importer.name()),
                                      static_cast<std::int64_t>(bytes.size()));
    if (!session) return session.error();
    StoppableProblems problems(problems_, options_.cancelled);
    StoringSink sink(file, options_, knowledge_, normaliser_, **session, problems, progress_);
    const auto read = importer.Import({file, bytes, options_.reading}, sink, problems);
    sink.TellProgress();
    const std::string hash = read ? HashOf(hashed) : std::string();
    if (PutAside(file)) return {};
    if (!read) {
      session->reset();
      return Fail(file, "input.unreadable", WithoutName(file, read.error().message));
    }
    auto row = (*session)->Commit(hash);
    if (!row) return row.error();
    return Judge(std::move(*row), sink.rejects_not_shown());
  }

  // What the user is told of a file that was read to its end.
  Result<void> Judge(LedgerRow row, std::uint64_t rejects_not_shown) {
    if (rejects_not_shown > 0) {
      Report(row.file, "input.rejects", Severity::kRejected,
             fmt::format("{} more records could not be read; kept as rejects", rejects_not_shown));
    }
    if (row.records == row.rejected && row.facts == 0) {
      ++summary_.failed;
      Report(row.file, "input.nothing", Severity::kError,
             row.records == 0
                 ? fmt::format("looks like {}, but holds no record; nothing imported", row.format)
                 : fmt::format("none of its {} records could be read; nothing imported but rejects",
                               row.records));
    }
    summary_.rows.push_back(std::move(row));
    return {};
  }

  Result<void> Repeat(const std::string& file, const std::string& hash,
                      const std::string& earlier) {
    auto row = store_.AddRepeatedImport(file, hash);
    if (!row) return row.error();
    Report(file, "input.repeated", Severity::kNote,
           fmt::format("the same bytes as {}, which is imported already; not read again",
                       earlier == file ? "before" : earlier));
    summary_.rows.push_back(std::move(*row));
    return {};
  }

  // Of the bytes, and of what else decides how they are read.  Means nothing once it is cancelled.
  std::string HashOf(HashedSource& bytes) {
    std::string more;
    if (options_.zone) more += "\nzone " + options_.zone->name();
    const ImportOptions& reading = options_.reading;
    if (!reading.codepage.empty()) more += "\ncodepage " + reading.codepage;
    if (!reading.tpkt_ports.empty()) {
      more += fmt::format("\ntpkt ports {}", fmt::join(reading.tpkt_ports, " "));
    }
    return bytes.Hash(more, [&] { progress_.Tell(); });
  }

  // What was read of the file counts for nothing: the user stops, or it is still being written.
  bool PutAside(const std::string& file) {
    if (Cancelled()) {
      Cancel(file);
      return true;
    }
    const bool changed = options_.changed && options_.changed();
    if (changed) summary_.changed.push_back(file);
    return changed;
  }

  Result<void> Fail(const std::string& file, std::string id, const std::string& reason) {
    if (PutAside(file)) return {};
    ++summary_.failed;
    Report(file, std::move(id), Severity::kError, reason);
    if (auto added = store_.AddFailedImport(file, reason); !added) return added;
    LedgerRow row;
    row.file = file;
    row.error = reason;
    summary_.rows.push_back(std::move(row));
    return {};
  }

  void Report(const std::string& file, std::string id, Severity severity,
              const std::string& reason) {
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.id = std::move(id);
    diagnostic.where.file = file;
    diagnostic.reason = reason;
    problems_.Report(std::move(diagnostic));
  }

  static std::string WithoutName(const std::string& file, const std::string& message) {
    const std::string prefix = file + ": ";
    return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
  }

  const ImportInputsOptions& options_;
  const Knowledge& knowledge_;
  Store& store_;
  DiagnosticSink& problems_;
  Normaliser normaliser_;
  ProgressTracker progress_;
  Repeats* repeats_ = nullptr;  // while it runs
  ImportSummary summary_;
};

}  // namespace

Result<ImportSummary> ImportInputs(const std::vector<std::string>& inputs,
                                   const ImportInputsOptions& options, const Knowledge& knowledge,
                                   Store& store, DiagnosticSink& problems) {
  return Driver(options, knowledge, store, problems).Run(inputs);
}

}  // namespace exdiag
