// kbdata/{errors,articles,builds,files,data_names}/*.yaml -> what they say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/yaml/node.h"

namespace exdiag {

// Each adds what one file says; an entry with an error is left out and `problems` says why.
void ReadErrorFile(const YamlNode& root, YamlProblems& problems, std::vector<ErrorCode>& errors);
// An article that is there already is completed; values that contradict are errors.
void ReadArticleFile(const YamlNode& root, YamlProblems& problems,
                     std::map<std::string, Article, std::less<>>& articles);
void ReadBuildFile(const YamlNode& root, YamlProblems& problems, std::vector<Build>& builds);
void ReadFingerprintFile(const YamlNode& root, YamlProblems& problems,
                         std::vector<FileFingerprint>& files);
void ReadDataNamesFile(const YamlNode& root, YamlProblems& problems, DataNamesOfEvents& events);

}  // namespace exdiag
