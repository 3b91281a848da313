// One <Obj> of Export-Clixml: what it is, and what it says in the words of ConvertTo-Json.
//
//   <Obj RefId="0">
//     <TN RefId="0"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>...</TN>
//     <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>
//     <Props><I32 N="Id">7004</I32><Obj N="Properties" RefId="5">...<LST>...</LST></Obj></Props>
//     <MS><S N="Message">a_x000D__x000A_b</S></MS>
//   </Obj>
//
// The elements are those of [MS-PSRP] 2.2.5.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "importers/text/nested_elements.h"

namespace exdiag {

// True when the type at the front of the object, or its text, is one of events.
bool IsTypedEvent(std::string_view object);

class ClixmlObjects final : public ElementKind {
 public:
  std::string_view name() const override { return "Obj"; }
  // An object with properties of its own is an event; a list of objects is none.
  ElementStart Begins(std::string_view text, bool finished) const override;
  bool EndsBefore(std::string_view text, bool at_margin) const override;
  bool IsBetween(std::string_view line) const override;
};

// Writes objects as JSON, with buffers that are used again.
class ClixmlReader {
 public:
  ClixmlReader();
  ClixmlReader(const ClixmlReader&) = delete;
  ClixmlReader& operator=(const ClixmlReader&) = delete;
  ~ClixmlReader();

  // The properties of the object as ConvertTo-Json would print them, but times in UTC as Windows
  // prints them; "" when it is no XML: error() says why.  Lives until the next call.
  std::string_view ToJson(std::string_view object);
  std::string_view error() const { return error_; }

 private:
  class State;

  std::unique_ptr<State> state_;
  std::string error_;
};

}  // namespace exdiag
