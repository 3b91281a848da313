// The SQLite store: events, facts, coverage, rejects and the import ledger.  The only folder that
// knows SQL.  Everything above asks through this interface, which a server could answer as well.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/evidence/coverage.h"
#include "engine/evidence/event.h"
#include "engine/evidence/fact.h"
#include "engine/store/run_log.h"

namespace exdiag {

class PreparedRecords;

// (provider, event ID); the provider in canonical spelling, compared without case.
struct EventKind {
  std::string provider;
  std::uint16_t event_id = 0;

  auto operator<=>(const EventKind&) const = default;
};

// One import's row of the ledger.  records == stored + duplicates + rejected, always.
struct LedgerRow {
  std::string file;
  std::string format;
  std::uint64_t records = 0;     // what looked like a record
  std::uint64_t stored = 0;      // new events (facts are counted apart)
  std::uint64_t duplicates = 0;  // events that were there already, refined ones included
  std::uint64_t rejected = 0;
  std::uint64_t refined = 0;  // duplicates that added detail (record id, sub-seconds)
  std::uint64_t facts = 0;
  std::uint64_t incomparable =
      0;  // stored events that another format of the same could not be matched with
  std::string content_hash;  // of the file's bytes, hex; a file fed again is recognised by it
  Ticks imported_at;         // UTC, wall clock of the import
  std::string error;         // why nothing was read; "" normally
};

struct StoredReject {
  Location where;
  std::string diagnostic_id;
  std::string reason;
  std::vector<std::byte> raw;  // first 4 KiB
};

// Which events; empty parts do not restrict.  All given parts must hold.
struct EventQuery {
  std::vector<EventKind> kinds = {};          // any of these
  std::vector<std::string> providers = {};    // any of these, every ID
  std::vector<std::uint16_t> event_ids = {};  // any of these, every provider
  std::vector<std::string> hosts = {};        // canonical; any of these
  std::vector<Level> levels = {};             // any of these
  std::optional<Ticks> since = {};            // included
  std::optional<Ticks> until = {};            // included
  std::string text = {};                      // occurs in strings or message, without ASCII case
  std::uint64_t limit = 0;                    // 0: all
  bool newest_first = false;                  // default: by time, then by row
};

// One line of "what else was in the logs".
struct EventCount {
  EventKind kind;
  Level level = Level::kUnknown;
  std::string host;
  std::uint64_t count = 0;
  Ticks first;
  Ticks last;
};

// What an operator noted in the store; notes that ended are kept, so that it can be told who said
// what when.
enum class NoteKind : std::uint8_t { kAnswer, kAcknowledgement };

struct Note {
  NoteKind kind = NoteKind::kAnswer;
  std::string subject;  // the question's name, or the id of the rule
  std::string host;     // canonical; "" for no particular one
  std::string text;     // the answer, or why it is acknowledged
  Ticks until;          // last moment for which an acknowledgement is meant; not known() otherwise
  Ticks noted_at;       // UTC
  std::string noted_by;
  Ticks ended_at;        // not known() while it stands
  std::string ended_by;  // who replaced or withdrew it
  bool replaced = false;

  bool stands() const { return !ended_at.known(); }
};

// What became different in a store; see Store::ChangesSince.
struct StoreChanges {
  std::int64_t stamp = 0;  // of now
  std::vector<EventKind>
      kinds;  // that have more events than then, or events of which more is known
};

// How much one host logged in one stretch of time.
struct VolumeCount {
  std::string host;
  Ticks from;                // of the stretch; a multiple of its length
  std::uint64_t errors = 0;  // critical ones included
  std::uint64_t warnings = 0;
  std::uint64_t others = 0;

  bool operator==(const VolumeCount&) const = default;
};

// Times of one log may go back by this much without a change of the clock: what is logged while a
// computer starts is written late, 176 seconds at most in the logs that we have.
inline constexpr Duration kClockJitter{120 * kTicksPerSecond};

// Record numbers that one export showed of one log, one after the other, with times that nowhere go
// back by more than kClockJitter.
struct NumberStretch {
  std::string host;                        // canonical
  std::string channel;                     // "" when the export does not name its log
  TimeBasis time_basis = TimeBasis::kUtc;  // as Coverage has it, or kNone: without any time
  bool recovered = false;                  // these records were carved, and may be out of date
  std::uint64_t first_record = 0;
  std::uint64_t last_record = 0;
  Ticks from;  // the least and the greatest time
  Ticks to;
  // Fewer than there are numbers when the export shows so few of them that only their number was
  // kept: a filter chose them.
  std::uint64_t events = 0;
};

// How often a log writes, and where it stopped doing so.
struct LogRhythm {
  struct Pause {
    Ticks from;  // the event before it, to the second
    Ticks to;    // the event after it
  };
  std::string host;
  std::string channel;
  std::uint64_t events = 0;
  Duration usual;  // 99 of 100 events follow the one before within this; whole minutes
  std::vector<Pause> pauses;
};

// Which pauses are told of: those that are longer than both.
struct PauseRule {
  Duration longer_than;
  std::int64_t times_usual = 10;
};

// Makes events ready for the session that it is of; see RecordPreparer.
class EventPreparer {
 public:
  virtual ~EventPreparer() = default;

  virtual void Begin(std::unique_ptr<PreparedRecords>& into) = 0;
  [[nodiscard]] virtual bool Add(const NormalisedEvent& event) = 0;
};

// Receives one file's evidence inside one transaction; see Store::BeginImport.
class ImportSession {
 public:
  virtual ~ImportSession() = default;  // without Commit(): as if the file had never been fed

  // False when the store cannot take more (disk full); Commit() then says why.
  [[nodiscard]] virtual bool Add(const NormalisedEvent& event) = 0;
  // False where events of this kind are only counted (StoreOptions::keep_only); the provider in
  // canonical spelling, or as any other text.  May be asked by several threads at once.
  virtual bool Keeps(std::string_view /*provider*/, std::uint16_t /*event_id*/) const {
    return true;
  }
  virtual bool keeps_all() const { return true; }
  // As Add() for so many events with times from `first` to `last`, of a kind that is only counted.
  // `like` is any of them; its time and strings do not matter, its time_basis does.
  [[nodiscard]] virtual bool AddCounted(const NormalisedEvent& /*like*/, std::uint64_t /*events*/,
                                        Ticks /*first*/, Ticks /*last*/) {
    return false;
  }
  // nullptr where events can only be added one by one.  May be called by several threads at once.
  virtual std::unique_ptr<EventPreparer> NewPreparer() const { return nullptr; }
  // As Add() for one after the other.  Empties them.
  [[nodiscard]] virtual bool AddPrepared(PreparedRecords& /*events*/) { return false; }
  virtual void AddFact(Fact fact) = 0;
  virtual void AddReject(StoredReject reject) = 0;

  // Makes all of it durable and visible at once and returns the ledger row.  `content_hash` is what
  // the file will be known by; "" when it is not known.
  virtual Result<LedgerRow> Commit(const std::string& content_hash) = 0;
  Result<LedgerRow> Commit() { return Commit({}); }
};

struct StoreOptions {
  bool read_only = false;
  // Keeps events of these kinds whole and of all others only the counts that CountEvents gives.
  // For a diagnosis without a store; nullopt keeps everything.  What is only counted is not
  // compared with what other exports showed: there the counts of overlapping exports add up.
  std::optional<std::vector<EventKind>> keep_only = {};
};

class Store {
 public:
  virtual ~Store() = default;

  // Opens or makes a store.  An Error names the file and the reason: not a store of ours, written
  // by a newer exdiag, locked by another process, read-only folder.
  static Result<std::unique_ptr<Store>> Open(const std::string& file,
                                             const StoreOptions& options = {});
  // A store that lasts as long as the object; spills to a temporary file when it grows.
  static Result<std::unique_ptr<Store>> OpenTemporary(const StoreOptions& options = {});

  // The file it lies in; "" for a temporary one.
  virtual std::string file() const { return {}; }

  // One file at a time: until the session ends, nothing else may be asked of the store.  A session
  // must not outlive its store.  `size` is that of the file, kUnknownSize when it is not known.
  // When the ledger has a file with the same content already, the import still works and gives
  // duplicates only.
  static constexpr std::int64_t kUnknownSize = -1;
  virtual Result<std::unique_ptr<ImportSession>> BeginImport(const std::string& file,
                                                             const std::string& format,
                                                             std::int64_t size) = 0;
  // Until EndTogether() small imports may be made durable and visible several at once, which is
  // faster: an error then is about all of them, and names them.  Meanwhile nothing but importing
  // and the ledger's questions below is allowed.
  virtual void ImportTogether() {}
  virtual Result<void> EndTogether() { return {}; }
  // A file from which nothing could be read: a ledger row with an error.
  virtual Result<void> AddFailedImport(const std::string& file, const std::string& reason) = 0;

  // The ledger's row of a file with this content from which something was read, and a row of its
  // own for that file's repetition: all its records are duplicates.  So a file fed again costs no
  // more than its hash, and one of a size that the ledger does not know needs none beforehand.
  virtual Result<bool> KnowsSize(std::int64_t size) const = 0;
  virtual Result<std::optional<LedgerRow>> FindImport(const std::string& content_hash) const = 0;
  virtual Result<LedgerRow> AddRepeatedImport(const std::string& file,
                                              const std::string& content_hash) = 0;

  // Calls `visit` for each event until it returns false.  The event is reused: copy what you keep.
  virtual Result<void> ForEachEvent(const EventQuery& query,
                                    const std::function<bool(const Event&)>& visit) const = 0;
  virtual Result<Event> GetEvent(std::int64_t id) const = 0;
  virtual Result<std::vector<EventCount>> CountEvents(const EventQuery& query) const = 0;
  // All events that have a time and are kept whole, by host and by stretches of `length` (whole
  // seconds, at least one); stretches without events are left out.  By host, then by time.
  virtual Result<std::vector<VolumeCount>> CountByTime(Duration length) const;

  // By host, channel and first number.  Every export counts, also one whose events were all there
  // already; one whose bytes were there is none.
  virtual Result<std::vector<NumberStretch>> NumberStretches() const;
  // Of all logs that have events with a time; by host and channel.  Covers all that is stored, so a
  // pause may also be a time of which no export was fed: compare with CoverageRows().
  virtual Result<std::vector<LogRhythm>> Rhythms(const PauseRule& rule) const;

  virtual Result<std::vector<Fact>> Facts(std::string_view kind = {}) const = 0;
  virtual Result<std::vector<Coverage>> CoverageRows() const = 0;
  virtual Result<std::vector<LedgerRow>> Ledger() const = 0;
  virtual Result<std::vector<StoredReject>> Rejects() const = 0;

  // Adds a note; one of the same kind, subject and host that stands is replaced by it, and given
  // back.  Answers that stand are facts of kind "answer" as well; see Facts().
  virtual Result<std::optional<Note>> AddNote(const Note& note);
  // Ends the notes of this kind, subject and host ("" for those about no particular host) and gives
  // them back: none when there are none.
  virtual Result<std::vector<Note>> WithdrawNotes(NoteKind kind, const std::string& subject,
                                                  const std::string& host, Ticks at,
                                                  const std::string& by);
  // Those that stand, or all of them, in the order of noting.
  virtual Result<std::vector<Note>> Notes(NoteKind kind, bool all = false) const;

  // For results that are kept beside the events.  `stamp` is that of an earlier answer, 0 for the
  // beginning.  Facts, notes and coverage are not told of: compare them.  An Error where a store
  // does not know.
  virtual Result<StoreChanges> ChangesSince(std::int64_t stamp) const;
  // A text under a name, replaced as a whole.  "" when there is none: one that cannot be read, or
  // does not fit its checksum, is none.  Refused like an import when the store is opened for
  // reading only.
  virtual std::string Kept(std::string_view name) const;
  virtual Result<void> Keep(std::string_view name, std::string_view content);

  // Removes all events with a time before `before`, and what says that they are there: the ledger
  // counts them as removed, and logs cover nothing before it any more.  Returns how many.  It may
  // be killed half way: the oldest are then removed.
  virtual Result<std::uint64_t> RemoveEventsBefore(Ticks before);
  // What the nightly job keeps here; nullptr where it keeps nothing.  Lives as long as the store.
  virtual RunLog* runs();

  // SQLite's own integrity check and ours (every ledger row adds up, no dangling ids); complaints,
  // or nothing.
  virtual Result<std::vector<std::string>> Verify() const = 0;
};

}  // namespace exdiag
