// An <Event> element of the shape in which Windows and most tools write it, read in one walk over
// its text, without a tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

struct EventXmlValues;

// Reads elements one after the other, with buffers that are used again.
class PlainEventXml {
 public:
  // False when the element is anything but well-formed and plain: one System with its end mark and
  // one kind of event data at most, without comments, CDATA, instructions, entities of its own and
  // text where none belongs, and with a provider and a number.  `values` are void then; otherwise
  // they are what an XML parser finds, and live until the next call.
  bool Read(std::string_view xml, EventXmlValues& values);

  struct Attribute {
    std::string_view name;
    std::string_view value;
  };

 private:
  std::string buffer_;  // the element; entities are replaced in place
  std::vector<Attribute> attributes_;
};

}  // namespace exdiag
