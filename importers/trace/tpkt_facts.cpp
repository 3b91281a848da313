#include "importers/trace/tpkt_facts.h"

#include "engine/base/text.h"

namespace exdiag::trace {
namespace {

void SetIfKnown(Fact& fact, std::string_view name, std::string value) {
  if (!value.empty()) fact.attributes.emplace(name, std::move(value));
}

Fact FactOf(const TracedTpkt& tpkt) {
  const TpktFrame& frame = tpkt.frame;
  Fact fact;
  fact.kind = "tpkt_frame";
  fact.observed_at = tpkt.time;
  fact.time_basis = tpkt.time_basis;
  fact.attributes.emplace("version", std::to_string(frame.version));
  if (tpkt.has_reserved) fact.attributes.emplace("reserved", std::to_string(frame.reserved));
  if (frame.length != 0) fact.attributes.emplace("length", std::to_string(frame.length));
  SetIfKnown(fact, "tpdu", std::string(TpduCode(frame.tpdu)));
  SetIfKnown(fact, "source", tpkt.source);
  SetIfKnown(fact, "destination", tpkt.destination);
  SetIfKnown(fact, "source_port", tpkt.source_port);
  SetIfKnown(fact, "destination_port", tpkt.destination_port);
  if (frame.tpdu_size) fact.attributes.emplace("tpdu_size", std::to_string(*frame.tpdu_size));
  if (frame.disconnect_reason) {
    fact.attributes.emplace("disconnect_reason", std::to_string(*frame.disconnect_reason));
  }
  // Selectors are bytes; mostly they are text.
  if (frame.calling_tsap) fact.attributes.emplace("calling_tsap", Printable(*frame.calling_tsap));
  if (frame.called_tsap) fact.attributes.emplace("called_tsap", Printable(*frame.called_tsap));
  return fact;
}

}  // namespace

void TpktFacts::Add(const TracedTpkt& tpkt) {
  ++count_;
  const bool repeats =
      tpkt.frame.tpdu == TpduType::kData &&
      !data_seen_.emplace(tpkt.source, tpkt.destination, tpkt.frame.version, tpkt.frame.reserved)
           .second;
  if (repeats) return;
  Fact fact = FactOf(tpkt);
  fact.where = {file_, tpkt.place};
  evidence_.OnFact(std::move(fact));
}

void TpktFacts::Finish() {
  Fact listing;
  listing.kind = "tpkt_frame_listing";
  listing.attributes.emplace("frames", std::to_string(count_));
  listing.attributes.emplace("source", trace_);
  listing.where.file = file_;
  evidence_.OnFact(std::move(listing));
}

}  // namespace exdiag::trace
