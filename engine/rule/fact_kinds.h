// Kinds of facts that importers give and rules may name.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace exdiag {

struct FactKind {
  std::string_view name;
  // What the fact tells; empty when that is not fixed, so that no attribute can be refused.
  std::vector<std::string_view> attributes;
};

// A new kind is a row here; engine/evidence/fact.h says what the attributes mean.
const std::vector<FactKind>& FactKinds();

// nullptr when no importer gives such facts.
const FactKind* FindFactKind(std::string_view name);

}  // namespace exdiag
