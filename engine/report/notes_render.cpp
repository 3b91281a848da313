#include "engine/report/notes_render.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/phrases.h"
#include "engine/report/report_json.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

std::string HostText(const std::string& host) { return host.empty() ? "(all hosts)" : host; }

std::string EndText(const Note& note) {
  if (note.stands()) return "";
  return fmt::format("{} {}{}", note.replaced ? "replaced" : "withdrawn",
                     FormatTimeForPeople(note.ended_at),
                     note.ended_by.empty() ? "" : " by " + note.ended_by);
}

std::string_view StateName(const Note& note) {
  return note.stands() ? "stands" : note.replaced ? "replaced" : "withdrawn";
}

Json NoteJson(const Note& note) {
  return {{"host", note.host},
          {"noted_at", TimeJson(note.noted_at, TimeBasis::kUtc)},
          {"by", note.noted_by},
          {"state", StateName(note)},
          {"ended_at", TimeJson(note.ended_at, TimeBasis::kUtc)},
          {"ended_by", note.ended_by}};
}

}  // namespace

Document AnswersDocument(const std::vector<Note>& answers, const std::vector<OpenQuestion>& open) {
  Document out;
  out.Add(Heading{2, "Answers"});
  if (answers.empty()) out.Add(Paragraph{"Nothing was answered yet."});
  for (const Note& note : answers) {
    Phrase text(note.subject, Role::kStrong);
    text.Add(fmt::format(" is {}, {}; noted {} UTC{}", note.text, HostText(note.host),
                         FormatTimeForPeople(note.noted_at),
                         note.noted_by.empty() ? "" : " by " + note.noted_by));
    if (!note.stands()) text.Add("; " + EndText(note), Role::kDim);
    out.Add(Item{0, "-", text});
  }
  out.Add(Heading{2, "Open questions"});
  if (open.empty()) out.Add(Paragraph{"None."});
  for (const OpenQuestion& question : open) {
    Phrase text(question.ask);
    text.Add(fmt::format(" [{}, {}]", question.name, Joined(question.incidents, 6)), Role::kDim);
    out.Add(Item{0, "-", text});
    for (const std::string_view line : Split(question.feed, '\n')) {
      out.Add(Verbatim{std::string(line)});
    }
  }
  return out;
}

std::string AnswersJson(const std::vector<Note>& answers, const std::vector<OpenQuestion>& open) {
  Json json = {{"answers", Json::array()}, {"open", Json::array()}};
  for (const Note& note : answers) {
    Json row = {{"name", note.subject}, {"value", note.text}};
    row.update(NoteJson(note));
    json["answers"].push_back(std::move(row));
  }
  for (const OpenQuestion& question : open) {
    json["open"].push_back({{"name", question.name},
                            {"host", question.host},
                            {"question", question.ask},
                            {"incidents", question.incidents},
                            {"feed", question.feed}});
  }
  return Dump(json);
}

Document AcknowledgementsDocument(const std::vector<Note>& notes,
                                  const std::vector<Acknowledgement>& of_site, Ticks now) {
  Document out;
  if (notes.empty() && of_site.empty()) out.Add(Paragraph{"Nothing is acknowledged."});
  const auto add = [&](const Acknowledgement& one, const std::string& end) {
    Phrase text(one.rule, Role::kStrong);
    text.Add(fmt::format(
        " on {}, until {} UTC, {}{}: {}", one.hosts.empty() ? "all hosts" : Joined(one.hosts),
        FormatTimeForPeople(one.until), one.by.empty() ? "" : "by " + one.by + ", ",
        AgeText(one.since, now), one.reason));
    if (!end.empty()) text.Add(" (" + end + ")", Role::kDim);
    if (end.empty() && one.until < now) text.Add(" (expired)", Role::kDoubt);
    text.Add(fmt::format(" [{}]", ToString(one.where)), Role::kDim);
    out.Add(Item{0, "-", text});
  };
  for (const Note& note : notes) add(AcknowledgementsOf({note}, "store").front(), EndText(note));
  for (const Acknowledgement& one : of_site) add(one, "");
  return out;
}

std::string AcknowledgementsJson(const std::vector<Note>& notes,
                                 const std::vector<Acknowledgement>& of_site, Ticks now) {
  Json list = Json::array();
  const auto add = [&](const Acknowledgement& one, std::string_view state) {
    const auto age = AgeInDays(one.since, now);
    Json json = {{"cause", one.rule},
                 {"hosts", one.hosts},
                 {"since", TimeJson(one.since, TimeBasis::kUtc)},
                 {"until", TimeJson(one.until, TimeBasis::kUtc)},
                 {"age_days", age ? Json(*age) : Json(nullptr)},
                 {"by", one.by},
                 {"reason", one.reason},
                 {"state", state},
                 {"expired", one.until < now}};
    json.update(LocationJson(one.where));
    list.push_back(std::move(json));
  };
  for (const Note& note : notes) {
    add(AcknowledgementsOf({note}, "store").front(), StateName(note));
  }
  for (const Acknowledgement& one : of_site) add(one, "stands");
  return Dump({{"acknowledgements", std::move(list)}});
}

}  // namespace exdiag
