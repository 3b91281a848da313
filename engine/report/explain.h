// The answer to "what is this": one pasted event, or an error code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/report/causes.h"
#include "engine/report/event_fit.h"
#include "engine/report/events_render.h"
#include "engine/report/report.h"

namespace exdiag {

// ---- an error code: a number, a name, an SMTP reply
// ----------------------------------------------------------------------------------

struct CodeReading {
  std::optional<std::uint32_t> code;       // none for names and SMTP replies
  std::vector<const ErrorCode*> meanings;  // by component; never empty
};

// A place in a rule where the code decides something.
struct CodeUse {
  const Rule* rule = nullptr;
  std::string pattern;  // in words
};

struct CodeAnswer {
  std::string asked;
  std::vector<CodeReading> readings;  // readings of it that mean something; may be empty
  std::vector<EventKind> events;      // whose error fields carry it, by catalogue and rules
  std::vector<CodeUse> uses;          // by rule id
};

CodeAnswer AnswerCode(const std::string& asked, const Knowledge& knowledge, const RuleSet& rules);
Document CodeDocument(const CodeAnswer& answer);
std::string CodeJson(const CodeAnswer& answer);

// ---- events
// -----------------------------------------------------------------------------------------

// A value of the event that is an error code, decoded.
struct DecodedCode {
  std::string field;  // "nt_error", "data", "message"
  std::string value;  // as it stands there
  std::vector<const ErrorCode*> meanings;
};

struct Rival {
  PossibleCause cause;
  EventFit fit;
};

struct ExplainedEvent {
  Event event;
  std::string message;
  const CatalogueEntry* entry = nullptr;  // nullptr: the catalogue does not know it
  std::vector<FieldValue> fields;
  std::vector<DecodedCode> codes;
  // Causes of such an event that have no finding here: its values fit and something else is
  // missing, it does not show the value that decides, or its values rule them out; in this order.
  std::vector<Rival> others;
};

struct ExplainAnswer {
  std::vector<ExplainedEvent> events;
  std::uint64_t more = 0;  // events that were fed beyond those
  Report report;           // the differential of just these events
};

// Decodes what one event says.  `found` are the rules that have a finding.
ExplainedEvent ExplainEvent(const Event& event, const Ranking& found, const Knowledge& knowledge,
                            const RuleSet& rules);
Document ExplainDocument(const ExplainAnswer& answer, const ReportOptions& options);
std::string ExplainJson(const ExplainAnswer& answer, const Catalogue& catalogue);

}  // namespace exdiag
