// One event as a JSON object, in any of the shapes that tools give it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/evidence/record.h"

namespace exdiag {

// Keeps the text that its records view.
class JsonEventReader {
 public:
  JsonEventReader();
  JsonEventReader(const JsonEventReader&) = delete;
  JsonEventReader& operator=(const JsonEventReader&) = delete;
  ~JsonEventReader();

  // Fills all but place and a local time.  False when `object` is no event: error() says why.  The
  // record lives until the next call.
  bool Read(std::string_view object, Record& record);

  // Event data alone, as EvtxECmd keeps it in its Payload: strings and binary data of a record that
  // has provider and number already; where the strings are joined, a message that shows them.
  void ReadPayload(std::string_view json, Record& record);

  // Of the last object: "" or a reason without a consequence.
  std::string_view error() const { return error_; }
  // The time when it is of an unknown zone; the record has none then.
  std::string_view local_time() const { return local_time_; }
  // The name beside that time says that it is UTC.
  bool time_is_utc() const { return time_is_utc_; }

 private:
  struct State;

  void Clear();

  std::unique_ptr<State> state_;
  std::string error_;
  std::string_view local_time_;
  bool time_is_utc_ = false;
};

}  // namespace exdiag
