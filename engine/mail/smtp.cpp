#include "engine/mail/smtp.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "engine/base/text.h"
#include "engine/mail/closed_file.h"
#include "engine/mail/curl_library.h"

namespace exdiag {
namespace {

// The Error is a reason.
Result<std::string> ReadPassword(const std::string& name) {
  const ClosedFile file(std::fopen(name.c_str(), "rb"));
  struct stat about = {};
  if (file == nullptr || ::fstat(::fileno(file.get()), &about) != 0) {
    return Error{fmt::format("password file {}: {}", name, std::strerror(errno))};
  }
  if ((about.st_mode & S_IROTH) != 0) {
    return Error{fmt::format("password file {} can be read by everybody (mode {:04o})", name,
                             about.st_mode & 07777U)};
  }
  std::string text(1024, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.empty() || text.find('\0') != std::string::npos) {
    return Error{fmt::format("password file {} has no password in its first line", name)};
  }
  return text;
}

// What is being sent, and what the server says to it.
struct Conversation {
  std::string_view rest;   // of the mail
  std::string last_words;  // of the server, before the farewell
  std::string recipient;   // whom the server is being asked for; "" otherwise
  bool over = false;
  std::vector<std::string> refused;
};

std::size_t GiveMail(char* to, std::size_t size, std::size_t count, void* data) {
  auto& conversation = *static_cast<Conversation*>(data);
  const std::size_t given = std::min(size * count, conversation.rest.size());
  conversation.rest.copy(to, given);
  conversation.rest.remove_prefix(given);
  return given;
}

std::size_t TakeNothing(char* /*from*/, std::size_t size, std::size_t count, void* /*data*/) {
  return size * count;
}

void Hear(std::string_view line, Conversation& conversation) {
  line = Trim(line);
  if (line.empty() || conversation.over) return;
  conversation.last_words = line;
  const bool goes_on = line.size() > 3 && line[3] == '-';
  if (conversation.recipient.empty() || goes_on) return;
  if (!line.starts_with('2')) {
    conversation.refused.push_back(fmt::format("{}: {}", conversation.recipient, line));
  }
  conversation.recipient.clear();
}

// libcurl tells of each line that goes to and fro; credentials and mail pass by unread.
int Overhear(CURL* /*handle*/, curl_infotype kind, char* text, std::size_t size, void* data) {
  auto& conversation = *static_cast<Conversation*>(data);
  const std::string_view line(text, size);
  constexpr std::string_view kRecipient = "RCPT TO:<";
  if (kind == CURLINFO_HEADER_IN) Hear(line, conversation);
  if (kind != CURLINFO_HEADER_OUT) return 0;
  conversation.over = line.starts_with("QUIT");
  if (line.starts_with(kRecipient)) {
    const std::string_view rest = line.substr(kRecipient.size());
    conversation.recipient = rest.substr(0, rest.find('>'));
  }
  return 0;
}

std::string PlaceOf(const SmtpRoute& route) {
  const bool implicit = route.tls == SmtpTls::kImplicit;
  const bool six = route.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", implicit ? "smtps" : "smtp", six ? "[" : "", route.host,
                     six ? "]" : "",
                     route.port != 0 ? route.port
                     : implicit      ? 465
                                     : 25);
}

long TlsLevel(SmtpTls tls) {
  switch (tls) {
    case SmtpTls::kRequired:
    case SmtpTls::kImplicit:
      return CURLUSESSL_ALL;
    case SmtpTls::kOptional:
      return CURLUSESSL_TRY;
    case SmtpTls::kNone:
      return CURLUSESSL_NONE;
  }
  return CURLUSESSL_ALL;
}

class SmtpSession {
 public:
  explicit SmtpSession(const CurlLibrary& curl)
      : curl_(curl),
        handle_(curl.easy_init(), curl.easy_cleanup),
        to_(nullptr, curl.slist_free_all) {}

  // False when there is no memory for it.
  bool Prepare(const MailEnvelope& envelope, const SmtpRoute& route, const std::string& password) {
    if (handle_ == nullptr) return false;
    for (const std::string& mailbox : envelope.to) {
      curl_slist* longer = curl_.slist_append(to_.get(), mailbox.c_str());
      if (longer == nullptr) return false;
      (void)to_.release();
      to_.reset(longer);
    }
    error_.resize(CURL_ERROR_SIZE);
    Set(CURLOPT_ERRORBUFFER, error_.data());
    Set(CURLOPT_URL, PlaceOf(route).c_str());
    Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    Set(CURLOPT_PROXY, "");  // whatever the environment says
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_TIMEOUT, static_cast<long>(route.timeout_seconds));
    Set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(route.timeout_seconds));
    // Each answer, the farewell included, for which libcurl takes no notice of the first.
    Set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(route.timeout_seconds));
    Set(CURLOPT_USE_SSL, TlsLevel(route.tls));
    if (!route.ca_file.empty()) Set(CURLOPT_CAINFO, route.ca_file.c_str());
    if (!route.user.empty()) {
      Set(CURLOPT_USERNAME, route.user.c_str());
      Set(CURLOPT_PASSWORD, password.c_str());
    }
    Set(CURLOPT_MAIL_FROM, envelope.from.c_str());
    Set(CURLOPT_MAIL_RCPT, to_.get());
    Set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
    return true;
  }

  // "" or the reason.
  std::string Send(Conversation& conversation) {
    Set(CURLOPT_UPLOAD, 1L);
    Set(CURLOPT_READFUNCTION, &GiveMail);
    Set(CURLOPT_READDATA, &conversation);
    Set(CURLOPT_WRITEFUNCTION, &TakeNothing);
    Set(CURLOPT_VERBOSE, 1L);  // for the function that follows; nothing is printed
    Set(CURLOPT_DEBUGFUNCTION, &Overhear);
    Set(CURLOPT_DEBUGDATA, &conversation);
    const CURLcode code = curl_.easy_perform(handle_.get());
    if (code == CURLE_OK) return {};
    const std::string_view detail = Trim(error_.c_str());
    std::string why(detail.empty() ? curl_.easy_strerror(code) : detail);
    if (!conversation.last_words.empty()) {
      why += fmt::format("; the server's last words: {}", conversation.last_words);
    }
    return why;
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_.easy_setopt(handle_.get(), option, value);
  }

  const CurlLibrary& curl_;
  std::unique_ptr<CURL, decltype(CurlLibrary::easy_cleanup)> handle_;
  std::unique_ptr<curl_slist, decltype(CurlLibrary::slist_free_all)> to_;
  std::string error_;
};

}  // namespace

bool IsServerName(std::string_view text) {
  const bool six = std::count(text.begin(), text.end(), ':') >= 2;
  const auto allowed = [&](char c) {
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return six ? hex || c == ':' || c == '.' : hex || letter || c == '-' || c == '.' || c == '_';
  };
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), allowed) &&
         !text.starts_with('-') && !text.starts_with('.');
}

Result<std::vector<std::string>> SendBySmtp(const std::string& mail, const MailEnvelope& envelope,
                                            const SmtpRoute& route) {
  const auto failed = [&](std::string_view why) {
    return Error{fmt::format("{}: {}; no mail sent", PlaceOf(route), why)};
  };
  if (!IsServerName(route.host)) return failed("this is no name of a server");
  std::string password;
  if (!route.user.empty()) {
    if (route.tls == SmtpTls::kNone || route.tls == SmtpTls::kOptional) {
      return failed("a password is sent over TLS only, and TLS is not required here");
    }
    auto read = ReadPassword(route.password_file);
    if (!read) return failed(read.error().message);
    password = std::move(*read);
  }
  const auto curl = LoadCurl();
  if (!curl) return failed(curl.error().message);
  SmtpSession session(**curl);
  if (!session.Prepare(envelope, route, password)) return failed("no memory");
  Conversation conversation;
  conversation.rest = mail;
  if (const std::string why = session.Send(conversation); !why.empty()) return failed(why);
  return std::move(conversation.refused);
}

}  // namespace exdiag
