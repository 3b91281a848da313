#include "importers/trace/captured_frames.h"

namespace exdiag::trace {

CapturedFrames::CapturedFrames(const Export& input, std::string format, EvidenceSink& evidence,
                               DiagnosticSink& problems, TimeBasis basis)
    : file_(input.name),
      format_(std::move(format)),
      basis_(basis),
      evidence_(evidence),
      problems_(problems),
      facts_(file_, format_, evidence),
      streams_(input.options.tpkt_ports, [this](const SeenTpkt& seen) {
        facts_.Add({.frame = seen.frame,
                    .source = ToString(seen.source),
                    .destination = ToString(seen.destination),
                    .source_port = std::to_string(seen.source.port),
                    .destination_port = std::to_string(seen.destination.port),
                    .place = seen.capture.place,
                    .time = seen.capture.time,
                    .time_basis = seen.capture.time.known() ? basis_ : TimeBasis::kNone});
      }) {}

void CapturedFrames::Add(Bytes frame, std::uint16_t link_type, const Capture& capture) {
  if (!IsKnownLinkType(link_type)) {
    if (!unknown_link_types_.insert(link_type).second) return;
    problems_.Report({Severity::kWarning,
                      format_ + ".link-type",
                      {file_, capture.place},
                      "link type " + std::to_string(link_type) +
                          " is not known here; frames of that kind are skipped"});
    return;
  }
  const auto segment = DecodeTcp(frame, link_type);
  if (segment) streams_.Add(*segment, capture);
}

void CapturedFrames::Reject(std::uint64_t offset, std::string_view id, std::string reason,
                            Bytes raw) {
  evidence_.OnReject(
      {Place::Offset(offset), format_ + "." + std::string(id), std::move(reason), raw});
}

void CapturedFrames::Finish() {
  streams_.Finish();
  facts_.Finish();
}

}  // namespace exdiag::trace
