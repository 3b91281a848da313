// Finds the XML elements of one name that hold an event each, whatever stands around them and
// however large the document is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/location.h"
#include "importers/text/between_elements.h"
#include "importers/text/fields.h"
#include "importers/text/text_window.h"

namespace exdiag {

// What a start mark of the name begins.
enum class ElementStart : std::uint8_t {
  kEvent,
  kMember,   // a part of an event
  kOther,    // nothing of interest; events may lie in it
  kUnclear,  // that lies behind the end of the text
};

// What one format has to say about its elements.
class ElementKind {
 public:
  virtual ~ElementKind() = default;

  virtual std::string_view name() const = 0;
  // Of the start mark at the front of `text`, which is all there is when `finished`.
  virtual ElementStart Begins(std::string_view text, bool finished) const = 0;
  // An element in an event can only be the next event, since the end of this one is missing:
  // `at_margin` says that it stands below the event's own mark.
  virtual bool EndsBefore(std::string_view text, bool at_margin) const = 0;
  // What tools write around events.
  virtual bool IsBetween(std::string_view line) const = 0;
};

struct NestedElement {
  std::string_view xml;
  Place place;
  enum class End : std::uint8_t {
    kClosed,
    kCutByNext,  // the next event begins before this one ends
    kCutByText,  // the text ends before
    kTooLong,    // no end within kLongest; xml is the beginning
  };
  End end = End::kClosed;
};

// "" of one that is closed.
std::string_view WhyCut(NestedElement::End end);

// Walks the elements in bounded memory.
class NestedElements {
 public:
  static constexpr std::size_t kLongest = std::size_t{4} << 20;

  NestedElements(TextWindow& window, const ElementKind& kind)
      : window_(&window), between_(window), kind_(&kind), name_(kind.name()) {}

  // False at the end of the text.  The element lives until the next call.
  bool Next(NestedElement& element);

  // Text that is neither an event nor what tools write between events.
  const OutsideText& outside() const { return between_.outside(); }

 private:
  enum class Tag : std::uint8_t { kNone, kStart, kEmpty, kEnd, kUnclear };

  Tag TagAt(std::string_view text, std::size_t at) const;
  std::size_t FindName(std::string_view text, std::size_t from) const;
  bool FindStart();
  std::optional<NestedElement::End> Walk(std::size_t& at, std::size_t& depth) const;
  void Pass(std::size_t count);
  std::optional<std::size_t> MarginOf(std::size_t at) const;
  bool StandsAtMargin(std::string_view text) const;

  TextWindow* window_;
  BetweenElements between_;
  const ElementKind* kind_;
  std::string_view name_;
  std::size_t pending_ = 0;            // what the last element takes of the window
  std::optional<std::size_t> margin_;  // blanks in front of the element, when it begins a line
};

}  // namespace exdiag
