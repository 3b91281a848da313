// What operators noted, and what they are still asked.
#pragma once

#include <string>
#include <vector>

#include "engine/ranking/ask_next.h"
#include "engine/report/document.h"
#include "engine/site/site.h"
#include "engine/store/store.h"

namespace exdiag {

Document AnswersDocument(const std::vector<Note>& answers, const std::vector<OpenQuestion>& open);
// {"answers": [...], "open": [...]}
std::string AnswersJson(const std::vector<Note>& answers, const std::vector<OpenQuestion>& open);

// Acknowledgements of the store (ended ones too, when they are among the notes) and of a site file.
Document AcknowledgementsDocument(const std::vector<Note>& notes,
                                  const std::vector<Acknowledgement>& of_site, Ticks now);
// {"acknowledgements": [...]}
std::string AcknowledgementsJson(const std::vector<Note>& notes,
                                 const std::vector<Acknowledgement>& of_site, Ticks now);

}  // namespace exdiag
