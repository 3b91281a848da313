// What to take out of a record and where to put it: a template definition, or an element without
// one, compiled to a flat list.  Running a plan replaces building XML: of a typical record only
// the values that change are looked at, everything constant was resolved when the plan was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "importers/evtx/layout.h"

namespace exdiag::evtx {

// Where in an event a piece of BinXML stands; decides what its children mean.
enum class Context : std::uint8_t {
  kDocument,       // above Event
  kEvent,          // in Event
  kSystem,         // in Event/System
  kSystemField,    // in one of its fields
  kEventData,      // in Event/EventData
  kDataItem,       // in a Data element
  kBinary,         // in EventData/Binary
  kUserData,       // in Event/UserData, ProcessingErrorData or DebugData
  kUserItem,       // in any element below
  kRenderingInfo,  // in Event/RenderingInfo
  kRendered,       // in one of its elements
  kIgnored,        // elsewhere: nothing here is part of a Record
};

// Values that stand in such an element are insertion strings.
inline bool IsData(Context context) {
  return context == Context::kDataItem || context == Context::kUserItem ||
         context == Context::kUserData || context == Context::kEventData;
}

enum class Field : std::uint8_t {
  kNone,
  kProvider,
  kEventSource,
  kEventId,
  kQualifiers,
  kLevel,
  kTask,
  kKeywords,
  kTime,
  kRecordId,
  kChannel,
  kComputer,
  kUser,
  kString,   // the next insertion string
  kName,     // the name of the next one, where the template does not hold it
  kContent,  // whatever stands between elements: nested BinXML
  kBinaryData,
  kMessage,
  kCategoryText,
};

// Fields that System holds.
inline bool IsOfSystem(Field field) { return field >= Field::kProvider && field <= Field::kUser; }

struct Op {
  enum class Kind : std::uint8_t {
    kConstant,    // `text`
    kValue,       // value `index`
    kPieces,      // pieces [first, first + count), put together
    kSkipIfNull,  // the next `count` ops are void when value `index` is NULL
  };

  Kind kind = Kind::kConstant;
  Field field = Field::kNone;
  Context context = Context::kIgnored;  // of nested BinXML in the value
  bool array = false;                   // declared as an array: NULL means no item at all
  std::uint16_t index = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::string_view text = {};
  std::string_view name = {};  // of the insertion string
};

struct Piece {
  bool constant = true;
  bool array = false;
  std::uint16_t index = 0;
  std::string_view text = {};
};

// A name that a definition refers to.  Two definitions with one GUID may differ in nothing but
// where the names lie, so a comparison has to follow these places.
struct NameReference {
  std::uint32_t position = 0;  // of the offset field, from the start of the definition's body
  bool is_inline = false;      // the name follows the field
  std::uint32_t begin = 0;     // of its UTF-16 in Plan::name_bytes when it does not
  std::uint32_t size = 0;
};

// The ops from `begin` on fill nothing of System, if none of their values is nested BinXML.
struct DataPart {
  std::uint32_t begin = 0;
  // They, and those before them, make no more text of a value than four times what it shows.
  bool light = false;
};

// The views of ops and pieces point into the RecordText given to the compiler until the plan
// cache moves them into `text`.
struct Plan {
  std::vector<Op> ops;
  std::vector<Piece> pieces;
  std::vector<NameReference> names;
  std::string name_bytes;
  std::string text;
  bool has_event = false;   // an Event element is in it
  DataPart data;            // set by the plan cache
  mutable Layouts layouts;  // what was worked out about it for the values that came with it

  void Clear() {
    ops.clear();
    pieces.clear();
    names.clear();
    name_bytes.clear();
    has_event = false;
  }
};

DataPart FindDataPart(const Plan& plan);

}  // namespace exdiag::evtx
