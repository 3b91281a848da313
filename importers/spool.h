// Bytes that come as a stream, kept so that they can be read at any place.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "importers/importer.h"

namespace exdiag {

// In memory up to 16 MiB, beyond that in a temporary file that nobody else sees and that has no
// name, so that nothing of it is left when the process is killed.
class Spool {
 public:
  Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool();

  // The Error is the system's reason with the consequence, without a name.
  Result<void> Append(std::span<const std::byte> bytes);
  std::uint64_t size() const { return size_; }
  // Everything so far; the spool is empty then.
  Result<std::unique_ptr<ByteSource>> Take();

 private:
  Result<void> OpenTemporary();
  Result<void> Write(std::span<const std::byte> bytes);
  void Close();

  std::string memory_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;  // of the temporary file
};

}  // namespace exdiag
