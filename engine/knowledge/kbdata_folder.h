// The YAML files of one folder of kbdata.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace exdiag {

struct KbdataFile {
  std::string name;  // with the folder, as given
  std::string text;
};

// Every .yaml file directly in `folder`, by name, so that "_fields.yaml" comes first.  An Error
// when the folder or one of the files cannot be read.
Result<std::vector<KbdataFile>> ReadKbdataFolder(const std::string& folder);

}  // namespace exdiag
