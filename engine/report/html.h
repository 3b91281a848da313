// HTML: the escaping, the shell that every page of ours has, and Documents as pages.
//
// A page is one file and needs nothing else: style and script stand in it, and its content security
// policy names exactly these two by their hashes, so that nothing which came out of a log is ever
// loaded, run or styled, even if an escape were forgotten.  That also rules out style=""
// attributes.
#pragma once

#include <string>
#include <string_view>

#include "engine/report/document.h"

namespace exdiag {

// Text for an element or a quoted attribute: made printable, then & < > " ' as entities.  Line ends
// are kept when `keep_lines`, for <pre>.
std::string EscapeHtml(std::string_view text, bool keep_lines = false);

// At most the first `most` bytes, cut between characters of UTF-8.
std::string_view HeadOf(std::string_view text, std::size_t most);

struct HtmlPage {
  std::string title;         // text
  std::string body;          // HTML: landmarks and all
  bool with_script = false;  // filters, opening for print; pages work without
};

// The whole file, from <!doctype html> to </html>.
std::string RenderPage(const HtmlPage& page);

// The blocks of a document, without a page around them; its headings start at <h1> + `deeper`.
std::string HtmlBlocks(const Document& document, int deeper = 0);
// A phrase in its roles, as it stands inside a paragraph.
std::string HtmlPhrase(const Phrase& phrase);

// A document as a page of its own, titled by its first heading.
std::string RenderHtml(const Document& document);

}  // namespace exdiag
