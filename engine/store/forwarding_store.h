// A store that another one stands behind, for stores that differ from it in a few answers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/store.h"

namespace exdiag {

// Passes everything on, but for what is kept beside the events: that is about the other store.
// Which store that is says the class that derives from this.
class ForwardingStore : public Store {
 public:
  Result<std::unique_ptr<ImportSession>> BeginImport(const std::string& file,
                                                     const std::string& format,
                                                     std::int64_t size) override {
    return writable().BeginImport(file, format, size);
  }
  void ImportTogether() override { writable().ImportTogether(); }
  Result<void> EndTogether() override { return writable().EndTogether(); }
  Result<void> AddFailedImport(const std::string& file, const std::string& reason) override {
    return writable().AddFailedImport(file, reason);
  }
  Result<bool> KnowsSize(std::int64_t size) const override { return inner().KnowsSize(size); }
  Result<std::optional<LedgerRow>> FindImport(const std::string& content_hash) const override {
    return inner().FindImport(content_hash);
  }
  Result<LedgerRow> AddRepeatedImport(const std::string& file,
                                      const std::string& content_hash) override {
    return writable().AddRepeatedImport(file, content_hash);
  }
  Result<void> ForEachEvent(const EventQuery& query,
                            const std::function<bool(const Event&)>& visit) const override {
    return inner().ForEachEvent(query, visit);
  }
  Result<Event> GetEvent(std::int64_t id) const override { return inner().GetEvent(id); }
  Result<std::vector<EventCount>> CountEvents(const EventQuery& query) const override {
    return inner().CountEvents(query);
  }
  Result<std::vector<VolumeCount>> CountByTime(Duration length) const override {
    return inner().CountByTime(length);
  }
  Result<std::vector<NumberStretch>> NumberStretches() const override {
    return inner().NumberStretches();
  }
  Result<std::vector<LogRhythm>> Rhythms(const PauseRule& rule) const override {
    return inner().Rhythms(rule);
  }
  Result<std::vector<Fact>> Facts(std::string_view kind) const override {
    return inner().Facts(kind);
  }
  Result<std::vector<Coverage>> CoverageRows() const override { return inner().CoverageRows(); }
  Result<std::vector<LedgerRow>> Ledger() const override { return inner().Ledger(); }
  Result<std::vector<StoredReject>> Rejects() const override { return inner().Rejects(); }
  Result<std::optional<Note>> AddNote(const Note& note) override {
    return writable().AddNote(note);
  }
  Result<std::vector<Note>> WithdrawNotes(NoteKind kind, const std::string& subject,
                                          const std::string& host, Ticks at,
                                          const std::string& by) override {
    return writable().WithdrawNotes(kind, subject, host, at, by);
  }
  Result<std::vector<Note>> Notes(NoteKind kind, bool all) const override {
    return inner().Notes(kind, all);
  }
  Result<std::vector<std::string>> Verify() const override { return inner().Verify(); }

 protected:
  virtual const Store& inner() const = 0;
  // For a store that is looked at only: not called.
  virtual Store& writable() = 0;
};

}  // namespace exdiag
