#!/usr/bin/env python3
"""Writes the sample logs: every scenario of tests/samples in every format that can carry it.

  make_samples.py --output FOLDER SCENARIO.yaml...

For each scenario a folder with one file a format (nt.csv, nt.txt, viewer.csv, winevent.csv, eventlog.csv,
clipboard.txt, clipboard-vista.txt, events.xml, events.json, events.clixml, logparser.csv, logparser.xml, wevtutil.txt,
log.evt, log.evtx, ev0.log),
the host listings of `files`, and the frames as trace.pcap, trace.pcapng, trace.netmon.cap, trace.hex.txt and
trace.netmon.txt.  Times of a scenario are UTC; the text formats, which carry no zone, show the same clock.  The same
input always gives the same bytes.
"""
import argparse
import calendar
import csv
import datetime
import io
import json
import os
import re
import struct
import subprocess
import sys
import xml.sax.saxutils

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {'error': 'Error', 'warning': 'Warning', 'information': 'Information'}
LEVELS = {'error': 2, 'warning': 3, 'information': 4}
SEVERITY = {'error': 16, 'warning': 12, 'information': 8}


def when(event):
    return datetime.datetime.fromisoformat(event['time'])


def us_date(t):
    return '%d/%d/%d' % (t.month, t.day, t.year)


def us_time(t):
    return '%d:%02d:%02d %s' % (t.hour % 12 or 12, t.minute, t.second, 'AM' if t.hour < 12 else 'PM')


def both(t):
    return us_date(t) + ' ' + us_time(t)


def category(event):
    return event.get('category', 'None')


def newest_first(events):
    return sorted(events, key=when, reverse=True)


def rows(table, delimiter=',', quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO(newline='')
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator='\r\n').writerows(table)
    return out.getvalue()


def nt(events, delimiter):
    """NT, 2000 and 2003 Event Viewer: no header, newest first, windows-1252."""
    table = [[us_date(when(e)), us_time(when(e)), e['provider'], TYPES[e['level']], category(e), e['id'], 'N/A',
              e['computer'], e['message']] for e in newest_first(events)]
    return rows(table, delimiter).encode('cp1252')


def viewer_csv(events):
    """Vista and later Event Viewer with the Computer column shown; the description has no name in the header."""
    table = [['Level', 'Date and Time', 'Source', 'Event ID', 'Task Category', 'Computer']]
    table += [[TYPES[e['level']], both(when(e)), e['provider'], e['id'], category(e), e['computer'], e['message']]
              for e in newest_first(events)]
    return b'\xef\xbb\xbf' + rows(table).encode()


WINEVENT = ('Message Id Version Qualifiers Level Task Opcode Keywords RecordId ProviderName ProviderId LogName ProcessId '
            'ThreadId MachineName UserId TimeCreated ActivityId RelatedActivityId ContainerLog MatchedQueryIds Bookmark '
            'LevelDisplayName OpcodeDisplayName TaskDisplayName KeywordsDisplayNames Properties').split()


def winevent_csv(events):
    """Get-WinEvent | Export-Csv."""
    table = [WINEVENT]
    for number, e in enumerate(events, 1):
        values = dict(Message=e['message'], Id=e['id'], Qualifiers=0, Level=LEVELS[e['level']], Task=0,
                      Keywords=0x80000000000000, RecordId=number, ProviderName=e['provider'], LogName='Application',
                      MachineName=e['computer'], TimeCreated=both(when(e)), LevelDisplayName=TYPES[e['level']],
                      TaskDisplayName=category(e), MatchedQueryIds='System.UInt32[]',
                      Bookmark='System.Diagnostics.Eventing.Reader.EventBookmark',
                      Properties='System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]')
        table.append([values.get(name, '') for name in WINEVENT])
    return ('#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n' + rows(table, quoting=csv.QUOTE_ALL)).encode()


EVENTLOG = ('EventID MachineName Data Index Category CategoryNumber EntryType Message Source ReplacementStrings InstanceId '
            'TimeGenerated TimeWritten UserName Site Container').split()


def eventlog_csv(events):
    """Get-EventLog | Export-Csv."""
    table = [EVENTLOG]
    for number, e in enumerate(events, 1):
        values = dict(EventID=e['id'], MachineName=e['computer'], Data='System.Byte[]', Index=number,
                      Category=category(e), CategoryNumber=0, EntryType=TYPES[e['level']], Message=e['message'],
                      Source=e['provider'], ReplacementStrings='System.String[]', InstanceId=e['id'] | 0x80000000,
                      TimeGenerated=both(when(e)), TimeWritten=both(when(e)))
        table.append([values.get(name, '') for name in EVENTLOG])
    head = '#TYPE System.Diagnostics.EventLogEntry#Application/%s/%d\r\n' % (events[0]['provider'], events[0]['id'])
    return (head + rows(table, quoting=csv.QUOTE_ALL)).encode()


def clipboard(events):
    """The copy button of 2000 and 2003."""
    blocks = []
    for e in events:
        t = when(e)
        blocks.append('Event Type:\t%s\r\nEvent Source:\t%s\r\nEvent Category:\t%s\r\nEvent ID:\t%d\r\nDate:\t\t%s\r\n'
                      'Time:\t\t%s\r\nUser:\t\tN/A\r\nComputer:\t%s\r\nDescription:\r\n%s\r\n'
                      % (TYPES[e['level']], e['provider'], category(e), e['id'], us_date(t), us_time(t), e['computer'],
                         e['message']))
    return '\r\n'.join(blocks).encode('cp1252')


def event_xml(event, number):
    quote = xml.sax.saxutils.escape
    data = ''.join('    <Data>%s</Data>\r\n' % quote(s) for s in event['strings'])
    return ('<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">\r\n  <System>\r\n'
            '    <Provider Name="%s" />\r\n    <EventID Qualifiers="0">%d</EventID>\r\n    <Level>%d</Level>\r\n'
            '    <Task>0</Task>\r\n    <Keywords>0x80000000000000</Keywords>\r\n'
            '    <TimeCreated SystemTime="%s.000000000Z" />\r\n    <EventRecordID>%d</EventRecordID>\r\n'
            '    <Channel>Application</Channel>\r\n    <Computer>%s</Computer>\r\n    <Security />\r\n  </System>\r\n'
            '  <EventData>\r\n%s  </EventData>\r\n</Event>'
            % (quote(event['provider']), event['id'], LEVELS[event['level']], event['time'], number,
               quote(event['computer']), data))


def clipboard_vista(events):
    """The copy button of Vista and later, with Event Xml."""
    blocks = []
    for number, e in enumerate(events, 1):
        blocks.append('Log Name:      Application\r\nSource:        %s\r\nDate:          %s\r\nEvent ID:      %d\r\n'
                      'Task Category: %s\r\nLevel:         %s\r\nKeywords:      Classic\r\nUser:          N/A\r\n'
                      'Computer:      %s\r\nDescription:\r\n%s\r\nEvent Xml:\r\n%s\r\n'
                      % (e['provider'], both(when(e)), e['id'], category(e), TYPES[e['level']], e['computer'],
                         e['message'], event_xml(e, number)))
    return '\r\n'.join(blocks).encode()


def events_xml(events):
    """Event Viewer's "Save as" XML: no line end between the elements."""
    elements = ''.join(re.sub(r'>\s+<', '><', event_xml(e, number)) for number, e in enumerate(events, 1))
    return ('\ufeff<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>%s</Events>' % elements).encode()


def events_json(events):
    """Get-WinEvent | ConvertTo-Json of PowerShell 5.1, redirected to a file."""
    table = [dict(Id=e['id'], Version=None, Qualifiers=0, Level=LEVELS[e['level']], Task=0, Keywords=0x80000000000000,
                  RecordId=number, ProviderName=e['provider'], LogName='Application', MachineName=e['computer'],
                  UserId=None, TimeCreated='/Date(%d)/' % (calendar.timegm(when(e).timetuple()) * 1000), Bookmark={},
                  LevelDisplayName=TYPES[e['level']], KeywordsDisplayNames=['Classic'],
                  Properties=[dict(Value=s) for s in e['strings']], Message=e['message'])
             for number, e in enumerate(events, 1)]
    return json.dumps(table, indent=4).replace('/Date', '\\/Date').replace(')/"', ')\\/"').replace('\n', '\r\n').encode('utf-16')


def clixml_text(text):
    """Characters that XML may not hold, or would change, as UTF-16 units."""
    text = re.sub('_(?=x[0-9A-Fa-f]{4}_)', '_x005F_', text)
    return xml.sax.saxutils.escape(re.sub('[\0-\x1f]', lambda found: '_x%04X_' % ord(found.group()), text))


def events_clixml(events):
    """Get-WinEvent | Export-Clixml of PowerShell 5.1."""
    kind = 'System.Diagnostics.Eventing.Reader.EventLogRecord'
    objects = ''
    for number, e in enumerate(events, 1):
        types = '<TN RefId="0"><T>%s</T><T>System.Object</T></TN>' % kind if number == 1 else '<TNRef RefId="0" />'
        values = ''.join('<Obj RefId="%d"><TNRef RefId="6" /><Props><S N="Value">%s</S></Props></Obj>'
                         % (number * 100 + at, clixml_text(s)) for at, s in enumerate(e['strings'], 10))
        objects += ('  <Obj RefId="%d">%s<ToString>%s</ToString>\r\n    <Props>\r\n      <I32 N="Id">%d</I32>\r\n'
                    '      <Nil N="Version" />\r\n      <I32 N="Qualifiers">0</I32>\r\n      <By N="Level">%d</By>\r\n'
                    '      <I32 N="Task">0</I32>\r\n      <I64 N="Keywords">36028797018963968</I64>\r\n'
                    '      <I64 N="RecordId">%d</I64>\r\n      <S N="ProviderName">%s</S>\r\n'
                    '      <S N="LogName">Application</S>\r\n      <S N="MachineName">%s</S>\r\n'
                    '      <DT N="TimeCreated">%s+00:00</DT>\r\n      <S N="LevelDisplayName">%s</S>\r\n'
                    '      <Obj N="Properties" RefId="%d"><TNRef RefId="5" /><LST>%s</LST></Obj>\r\n    </Props>\r\n'
                    '    <MS>\r\n      <S N="Message">%s</S>\r\n    </MS>\r\n  </Obj>\r\n'
                    % (number * 100, types, kind, e['id'], LEVELS[e['level']], number, clixml_text(e['provider']),
                       clixml_text(e['computer']), e['time'], TYPES[e['level']], number * 100 + 1, values,
                       clixml_text(e['message'])))
    return ('<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\r\n%s</Objs>'
            % objects).encode('utf-16')


def logparser_table(events):
    """Log Parser 2.2 over a live log: local times, strings joined by bars."""
    table = [('EventLog RecordNumber TimeGenerated TimeWritten EventID EventType EventTypeName EventCategory '
              'EventCategoryName SourceName Strings ComputerName SID Message Data').split()]
    for number, e in enumerate(events, 1):
        stamp = when(e).strftime('%Y-%m-%d %H:%M:%S')
        kind = {'error': 1, 'warning': 2, 'information': 4}[e['level']]
        table.append(['Application', number, stamp, stamp, e['id'], kind, TYPES[e['level']] + ' event', 0,
                      category(e), e['provider'], '|'.join(e['strings']), e['computer'], '', e['message'], ''])
    return table


def logparser_csv(events):
    return rows(logparser_table(events)).encode()


def logparser_xml(events):
    """-o:XML -structure:2."""
    names, *table = logparser_table(events)
    lines = ['<?xml version="1.0" encoding="ISO-10646-UCS-2" standalone="yes" ?>', '<!DOCTYPE ROOT[',
             ' <!ATTLIST ROOT CREATED_BY CDATA #REQUIRED>', *[' <!ELEMENT %s (#PCDATA)>' % name for name in names],
             ' <!ELEMENT ROOT (ROW*)>', ']>', '<ROOT DATE_CREATED="2010-01-01 00:00:00" CREATED_BY="Microsoft Log Parser V2.2">']
    for row in table:
        lines.append(' <ROW>')
        for name, value in zip(names, row):
            kind = 'INTEGER' if isinstance(value, int) else 'STRING'
            lines += ['  <%s TYPE="%s">' % (name, kind), '  ' + xml.sax.saxutils.escape(str(value)), '  </%s>' % name]
        lines.append(' </ROW>')
    return '\r\n'.join(lines + ['</ROOT>', '']).encode('utf-16')


def wevtutil_text(events):
    """wevtutil qe /f:text /uni:true, newest first."""
    blocks = []
    for number, e in enumerate(newest_first(events)):
        blocks.append('Event[%d]:\r\n  Log Name: Application\r\n  Source: %s\r\n  Date: %s.000\r\n  Event ID: %d\r\n'
                      '  Task: %s\r\n  Level: %s\r\n  Opcode: N/A\r\n  Keyword: Classic\r\n  User: N/A\r\n'
                      '  User Name: N/A\r\n  Computer: %s\r\n  Description: \r\n%s\r\n\r\n'
                      % (number, e['provider'], e['time'], e['id'], category(e), TYPES[e['level']], e['computer'],
                         e['message']))
    return ''.join(blocks).encode('utf-16')


def mta_log(events):
    """The MTA's own text log; the tag of the message becomes the second line."""
    out = []
    for e in events:
        facility, lines = e['mta_log']
        tag, severity = e['message'].rsplit('[', 1)[1].split('] (')
        layer_and_module, thread, procedure = tag.rsplit(' ', 2)
        t = when(e)
        stamp = t.strftime('%m-%d-%y ') + '%02d:%02d:%02d%s' % (t.hour % 12 or 12, t.minute, t.second,
                                                               'am' if t.hour < 12 else 'pm')
        out.append('message NMI%04d: %s, severity %s\r\n\r\n  (%s(%s) Proc %s) %s\r\n%s\r\n'
                   % (e['id'], facility, severity.rstrip(')'), layer_and_module, thread, procedure, stamp,
                      '\r\n'.join('  ' + line for line in lines)))
    return '\r\n'.join(out).encode()


def binary(events, kind, path):
    table = [dict(time=e['time'] + 'Z', computer=e['computer'], source=e['provider'], channel='Application',
                  event_id=e['id'], type=e['level'], record_id=number, strings=e['strings'])
             for number, e in enumerate(events, 1)]
    source = path + '.json'
    with open(source, 'w', encoding='utf-8') as out:
        json.dump(table, out)
    done = subprocess.run([sys.executable, os.path.join(HERE, 'make_%s.py' % kind), source, path],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit('make_samples.py: %s: %s' % (path, done.stderr))
    os.remove(source)


# ---- traces ---------------------------------------------------------------------------------------------------------

def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(int(part) for part in text.split('.'))


def tpdu(frame):
    """An ISO 8073 CR or CC with its TSAPs and a TPDU size of 2048."""
    code, references = {'CR': (0xe0, (0, 0x0101)), 'CC': (0xd0, (0x0101, 0x0029))}[frame['tpdu']]
    options = b''.join(bytes([kind, len(value)]) + value.encode()
                       for kind, value in ((0xc1, frame['calling']), (0xc2, frame['called'])))
    fixed = struct.pack('>BHHB', code, *references, 0)
    body = fixed + options + b'\xc0\x01\x0b'
    return bytes([len(body)]) + body


def packet(frame):
    """Ethernet, IPv4 and TCP around a TPKT (RFC 1006 section 6)."""
    payload = tpdu(frame)
    payload = struct.pack('>BBH', 3, frame['reserved'], len(payload) + 4) + payload
    (source, source_port), (destination, destination_port) = frame['from'], frame['to']
    tcp = struct.pack('>HHIIBBHHH', source_port, destination_port, 1000, 2000, 0x50, 0x18, 8760, 0, 0) + payload
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0) + address(source) + address(destination)
    ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
    return bytes.fromhex('020000000001020000000002') + b'\x08\x00' + ip + tcp


def pcap(packets, seconds):
    out = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for data in packets:
        out += struct.pack('<IIII', seconds, 0, len(data), len(data)) + data
    return out


def pcapng(packets, seconds):
    def block(kind, body):
        body += b'\0' * (-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
    out = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack('<HHI', 1, 0, 65535))
    microseconds = seconds * 1000000
    for data in packets:
        out += block(6, struct.pack('<IIIII', 0, microseconds >> 32, microseconds & 0xffffffff, len(data), len(data)) + data)
    return out


def netmon_capture(packets, event):
    """Network Monitor 1.x: frames with milliseconds since the beginning, their offsets in a table behind them."""
    t = when(event)
    frames, table = b'', b''
    for data in packets:
        table += struct.pack('<I', 128 + len(frames))
        frames += struct.pack('<IHH', 0, len(data), len(data)) + data
    head = struct.pack('<4sBBH8HII', b'RTSS', 1, 1, 1, t.year, t.month, t.isoweekday() % 7, t.day, t.hour, t.minute,
                       t.second, 0, 128 + len(frames), len(table))
    return head.ljust(128, b'\0') + frames + table


def hex_dump(packets):
    lines = []
    for data in packets:
        lines.append('ADDR  HEX                                                ASCII')
        for at in range(0, len(data), 16):
            part = data[at:at + 16]
            digits = ' '.join('%02X' % b for b in part[:8]) + '  ' + ' '.join('%02X' % b for b in part[8:])
            text = ''.join(chr(b) if 32 <= b < 127 else '.' for b in part)
            lines.append('%04X  %-49s %s' % (at, digits, text))
        lines.append('')
    return '\r\n'.join(lines).encode()


def netmon_text(frames):
    names = {'CR': 'Connection Request', 'CC': 'Connection Confirm'}
    lines = []
    for number, f in enumerate(frames, 1):
        length = len(tpdu(f))
        (source, source_port), (destination, destination_port) = f['from'], f['to']
        lines += ['%d  0.000  %s  %s  ISO  TPDU Type: %s, Len: %d' % (number, source, destination, names[f['tpdu']], length),
                  '', 'FRAME: Base frame properties', 'ETHERNET: ETYPE = 0x0800 : Protocol = IP:  DOD Internet Protocol',
                  'IP: ID = 0x1; Proto = TCP; Len: %d' % (44 + length),
                  'TCP: .AP..., len: %4d, seq:      1000-%d, ack:      2000, win: 8760, src: %d  dst: %4d'
                  % (length + 4, 1000 + length + 3, source_port, destination_port),
                  'ISO: RFC 1006 ISO Packet, ver: 3, Len: 4', '    ISO: Version = 3 (0x3)',
                  '    ISO: Reserved = %d (0x%X)' % (f['reserved'], f['reserved']),
                  '    ISO: Length = %d (0x%X)' % (length + 4, length + 4),
                  '    ISO: Data: Number of data bytes remaining = %d (0x%04X)' % (length, length),
                  'TPDU: Type: %s, Len: %d' % (names[f['tpdu']], length), '']
    return '\r\n'.join(lines).encode()


# ---- putting it together --------------------------------------------------------------------------------------------

TEXT_FORMATS = {
    'nt-csv': ('nt.csv', lambda e: nt(e, ',')), 'nt-txt': ('nt.txt', lambda e: nt(e, '\t')),
    'eventviewer-csv': ('viewer.csv', viewer_csv), 'winevent-csv': ('winevent.csv', winevent_csv),
    'eventlog-csv': ('eventlog.csv', eventlog_csv), 'clipboard': ('clipboard.txt', clipboard),
    'clipboard-vista': ('clipboard-vista.txt', clipboard_vista), 'xml': ('events.xml', events_xml),
    'json': ('events.json', events_json), 'logparser-csv': ('logparser.csv', logparser_csv),
    'clixml': ('events.clixml', events_clixml), 'logparser-xml': ('logparser.xml', logparser_xml),
    'wevtutil-text': ('wevtutil.txt', wevtutil_text), 'mta-log': ('ev0.log', mta_log),
}


def write(path, data):
    with open(path, 'wb') as out:
        out.write(data)


def make(path, output):
    with open(path, encoding='utf-8') as source:
        scenario = yaml.safe_load(source)
    folder = os.path.join(output, os.path.splitext(os.path.basename(path))[0])
    os.makedirs(folder, exist_ok=True)
    for name in scenario['formats']:
        if name in TEXT_FORMATS:
            file, render = TEXT_FORMATS[name]
            write(os.path.join(folder, file), render(scenario['events']))
        else:
            binary(scenario['events'], name, os.path.join(folder, 'log.' + name))
    for name, text in scenario.get('files', {}).items():
        write(os.path.join(folder, name), text.replace('\n', '\r\n').encode('cp1252'))
    frames = scenario.get('frames')
    if frames:
        packets = [packet(f) for f in frames]
        seconds = calendar.timegm(when(scenario['events'][0]).timetuple())
        write(os.path.join(folder, 'trace.pcap'), pcap(packets, seconds))
        write(os.path.join(folder, 'trace.pcapng'), pcapng(packets, seconds))
        write(os.path.join(folder, 'trace.netmon.cap'), netmon_capture(packets, scenario['events'][0]))
        write(os.path.join(folder, 'trace.hex.txt'), hex_dump(packets))
        write(os.path.join(folder, 'trace.netmon.txt'), netmon_text(frames))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', required=True)
    parser.add_argument('scenarios', nargs='+')
    args = parser.parse_args()
    for path in args.scenarios:
        make(path, args.output)


if __name__ == '__main__':
    main()
