// Events as they are listed and quoted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/evidence/event.h"
#include "engine/knowledge/catalogue.h"
#include "engine/report/format.h"

namespace exdiag {

struct FieldValue {
  std::string name;
  FieldType type = FieldType::kText;
  std::string value;
};

// The event's values that have a name, from the catalogue or from the event itself; unnamed strings
// are called s1, s2 ...; what the export does not show is left out.
std::vector<FieldValue> FieldsOf(const Event& event, const Catalogue& catalogue);

// As exported, or rendered by the catalogue; "" when neither is there.
std::string MessageOf(const Event& event, const Catalogue& catalogue);

std::string HexOf(const std::vector<std::byte>& bytes);  // lower case, no blanks

// Writes events one by one, so that a list may be longer than memory.  Each call appends to `out`.
class EventListWriter {
 public:
  virtual ~EventListWriter() = default;
  virtual void Begin(std::string& out) = 0;
  virtual void Add(const Event& event, std::string& out) = 0;
  virtual void End(std::string& out) = 0;
};

// Text (wrapped to 80 columns), JSON {"events": [...]} or CSV; nullptr for other formats.
std::unique_ptr<EventListWriter> MakeEventListWriter(Format format, const Catalogue& catalogue,
                                                     bool colour);

}  // namespace exdiag
