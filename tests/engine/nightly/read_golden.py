"""Reads the stored mails and figures with other programs' readers, and attacks with what is in them.

    read_golden.py FOLDER
"""
import email
import email.policy
import pathlib
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

ATTACK = r'\x1b[2J\xff"' + "\\"

# The grammar of a line, as node_exporter's own parser has it (exposition format 0.0.4).
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(r'# HELP [a-z_]+ [^\n\\]+|# TYPE [a-z_]+ gauge|'
                  r'[a-z_]+\{' + LABEL + '(?:,' + LABEL + r')*\} [0-9.e+-]+')


def check(what, condition):
    if not condition:
        sys.exit(f"read_golden: {what}")


def read_mail(path):
    raw = path.read_bytes()
    check(f"{path}: a letter that is no ASCII", raw.isascii())
    check(f"{path}: a line of more than 78 letters", all(len(line) <= 78 for line in raw.split(b"\n")))
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for part in mail.walk():
        check(f"{path}: {part.defects}", not part.defects)
        for name, value in part.items():
            check(f"{path}: {name}: {getattr(value, 'defects', ())}", not getattr(value, "defects", ()))
    check(f"{path}: headers {mail.keys()}",
          mail.keys() in ([*HEADERS, "Content-Type"], [*HEADERS, "Content-Type", "Content-Transfer-Encoding"]))
    check(f"{path}: from", mail["From"].addresses[0].addr_spec == "exdiag@corp.example")
    check(f"{path}: to", [(a.display_name, a.addr_spec) for a in mail["To"].addresses] ==
          [("", "anna@corp.example"), ("Jörg", "joerg@corp.example")])
    check(f"{path}: date", mail["Date"].datetime.isoformat() == "2026-11-21T02:09:59+00:00")
    return mail


HEADERS = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version"]


def read_metrics(path):
    text = path.read_text(encoding="utf-8")
    check(f"{path}: no line end at its end", text.endswith("\n"))
    for line in text[:-1].split("\n"):
        check(f"{path}: {line!r}", LINE.fullmatch(line))
    samples, families = {}, set()
    for family in text_string_to_metric_families(text):
        check(f"{path}: {family.name} twice", family.name not in families)
        families.add(family.name)
        check(f"{path}: {family.name} has no help", family.documentation)
        check(f"{path}: {family.name} is no gauge", family.type == "gauge")
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            check(f"{path}: {key} twice", key not in samples)
            samples[key] = sample.value
            check(f"{path}: {key} has no site", sample.labels.get("site") == "hq")
    return {(name, dict(labels).get("host") or dict(labels).get("server") or dict(labels).get("state", "")): value
            for (name, labels), value in samples.items()}


def main():
    folder = pathlib.Path(sys.argv[1])

    mail = read_mail(folder / "bad_night.eml")
    check("the subject of the bad night", mail["Subject"] ==
          "exdiag hq: 3 new, 1 came back, 1 worse, 1 cleared, 2 logs missing, 1 log back, 1 file not readable")
    text, page = mail.iter_parts()
    body = text.get_content()
    for said in ("Zürich: die Warteschlange wächst", "EX1 Bcc: all@corp.example <script>" + ATTACK,
                 "From here on a name"):
        check(f"the text lacks {said!r}", said in " ".join(body.split()))
    check("a control character in the text", not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", body))
    check("an acknowledged trouble in the text", "Everybody knows" not in body)
    check("a line of the text is too long", all(len(line) <= 76 for line in body.split("\n")))
    check("the page's type", page.get_content_type() == "text/html" and page.get_content_disposition() == "attachment")
    check("the page's name", page.get_filename() == "exdiag-hq-2026-11-21.html")
    check("the page", page.get_payload(decode=True) == "<!doctype html>\n<p>report é\n".encode())

    quiet = read_mail(folder / "quiet_night.eml")
    check("the subject of the quiet night", quiet["Subject"] == "exdiag hq: nothing new, 1 ongoing")
    check("an attachment", not quiet.is_multipart())

    values = read_metrics(folder / "bad_night.prom")
    hostile = r"EX1\x0d\x0aBcc: all@corp.example\x0d\x0a\x0d\x0a<script>" + ATTACK
    check("the hostile host", values["exdiag_findings", hostile] == 1)
    check("the host with other letters", values["exdiag_findings", "MÜNCHEN"] == 1)
    check("new ones", values["exdiag_changes", "new"] == 4)
    check("missing logs", values["exdiag_missing_logs", ""] == 2)
    check("the last success", values["exdiag_last_success_timestamp_seconds", ""] == 1795226999)
    values = read_metrics(folder / "quiet_night.prom")
    check("none missing", values["exdiag_missing_logs", ""] == 0)


main()
