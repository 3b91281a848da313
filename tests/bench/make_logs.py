#!/usr/bin/env python3
"""Writes the large logs that speed.py measures; the same input always gives the same bytes.

  make_logs.py evtx FILE --records N [--named-every N]   dense: every chunk is full
  make_logs.py real FILE --megabytes N --corpus FOLDER   the full chunks of real logs, again and again
  make_logs.py evt FILE --records N
  make_logs.py FORMAT FILE --megabytes N                 nt-csv, winevent-csv, xml, wevtutil-text, clipboard, mta-log
  make_logs.py small FOLDER --files N                    each a log of one chunk

Large ones are copies of a base, each with later times and higher record numbers than the one before.  With
--named-every one event in so many is of a kind that rules name, and no other is.
"""
import argparse
import datetime
import os
import struct
import sys
import zlib

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools')
sys.path.insert(0, TOOLS)
import evcommon  # noqa: E402
import make_evt  # noqa: E402
import make_evtx  # noqa: E402
import make_samples  # noqa: E402

CHUNK = 65536
BASE_RECORDS = 95_000  # 50 MB
SECOND = 10_000_000  # FILETIME
# As a server writes them: the MTA's own events between those of others.
MESSAGES = [
    ('MSExchangeMTA', 9322, 'warning', 'Interface',
     'An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) index: {n}, NT/MTA '
     'error code: 1722. Comms error 1722, Bind error 0, Remote Server Name EX{h}, Protocol String '
     'ncacn_ip_tcp:192.168.7.{h}[1187] [BASE IL INCOMING RPC 31 507] (14)', ['31', 'NT', '1722']),
    ('MSExchangeMTA', 9318, 'warning', 'Interface',
     'An RPC communications error occurred. Unable to bind over RPC. Locality Table (LTAB) index: {n}, NT/MTA error '
     'code: 1722. Comms error 1722, Bind error 0, Remote Server Name EX{h} [MAIN BASE 1 500 %10] (14)', ['1', '500']),
    ('Userenv', 1000, 'error', 'None', 'Windows cannot determine the user or computer name. Return value ({n}).', ['{n}']),
    ('ESE', 700, 'information', 'Online Defragmentation',
     'Information Store ({n}) Online defragmentation is beginning a pass on database "D:\\exchsrvr\\mdbdata\\priv{h}.edb".\r\n\r\n'
     'For more information, click http://www.microsoft.com/contentredirect.asp.', ['{n}', 'priv{h}.edb']),
    ('MSExchangeIS Mailbox Store', 1221, 'information', 'General',
     'The database "First Storage Group\\Mailbox Store (EX{h})" has {n} megabytes of free space after online '
     'defragmentation has terminated.', ['{n}', 'First Storage Group\\Mailbox Store (EX{h})']),
]
MTA_LINES = ['An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) index: {n}, NT/MTA',
             'error code: 1722. Comms error 1722, Bind error 0, Remote Server Name EX{h}, Protocol String',
             'ncacn_ip_tcp:192.168.7.{h}[1187]']


def write_file(path, parts):
    """All or nothing, so that a log that is there can be used again."""
    with open(path + '.making', 'wb') as out:
        for part in parts:
            out.write(part)
    os.rename(path + '.making', path)


# ---- .evtx ----------------------------------------------------------------------------------------------------------

class Chunk:
    """A chunk of which copies with other times and numbers are made."""

    def __init__(self, data):
        self.data = data = bytearray(data)
        self.end = struct.unpack_from('<I', data, 48)[0]
        self.places = []  # where its number and its time stand in a record's head, both, and where they stand in its values
        at = 512
        while at < self.end:
            size, number, time = struct.unpack_from('<IQQ', data, at + 4)
            time_at = data.index(struct.pack('<Q', time), at + 24, at + size)
            number_at = data.index(struct.pack('<Q', number), time_at + 8, at + size)
            self.places.append((at + 8, number, time, time_at, number_at))
            at += size

    def copy(self, numbers, ticks):
        data = self.data
        pack = struct.Struct('<Q').pack_into
        for head, number, time, time_at, number_at in self.places:
            pack(data, head, number + numbers)
            pack(data, head + 8, time + ticks)
            pack(data, time_at, time + ticks)
            pack(data, number_at, number + numbers)
        first, last = self.places[0][1] + numbers, self.places[-1][1] + numbers
        struct.pack_into('<QQQQ', data, 8, first, last, first, last)
        struct.pack_into('<I', data, 52, zlib.crc32(bytes(data[512:self.end])))
        make_evtx.fix_chunk_crc(data, 0)
        return bytes(data)


def demo_events(records, named_every):
    events = evcommon.demo(records)
    if named_every:
        for number, event in enumerate(events):
            if number % named_every == 0:
                event['source'], event['event_id'] = 'EventLog', 6005
            else:
                event['event_id'] = event['event_id'] % 20_000 + 30_000  # no rule names these
    return events


def evtx(path, records, named_every):
    base = min(records, BASE_RECORDS)
    events = demo_events(base, named_every)
    span = (evcommon.filetime(events[-1]['time']) - evcommon.filetime(events[0]['time'])) // SECOND + 1
    chunks = [Chunk(chunk) for chunk in make_evtx.build(events)[0]]
    copies = (records + base - 1) // base

    def parts():
        count = copies * len(chunks)
        yield make_evtx.file_header(count, 0, count - 1, copies * base + 1)
        for turn in range(copies):
            for chunk in chunks:
                yield chunk.copy(turn * base, turn * span * SECOND)

    write_file(path, parts())


def small(folder, files):
    os.makedirs(folder, exist_ok=True)
    events = evcommon.demo(100)
    span = 100 * 90 * SECOND
    chunk = Chunk(make_evtx.build(events)[0][0])
    for number in range(files):
        data = chunk.copy(number * 100, number * span)
        write_file(os.path.join(folder, '%04d.evtx' % number), [make_evtx.file_header(1, 0, 0, number * 100 + 101), data])


def real(path, megabytes, corpus):
    chunks = []
    for folder, _, names in sorted(os.walk(corpus)):
        for name in sorted(names):
            if not name.lower().endswith('.evtx'):
                continue
            with open(os.path.join(folder, name), 'rb') as source:
                data = source.read()
            for at in range(4096, len(data) - CHUNK + 1, CHUNK):
                chunk = data[at:at + CHUNK]
                end = struct.unpack_from('<I', chunk, 48)[0]
                if chunk[:8] == b'ElfChnk\0' and 60_000 < end <= CHUNK and \
                        struct.unpack_from('<I', chunk, 52)[0] == zlib.crc32(chunk[512:end]):
                    chunks.append(chunk)
    if not chunks:
        sys.exit('make_logs.py: %s: no log there has a full chunk' % corpus)
    count = max(1, megabytes * 1_000_000 // CHUNK)
    write_file(path, [make_evtx.file_header(count, 0, count - 1, 1)] + [chunks[n % len(chunks)] for n in range(count)])


# ---- .evt and text --------------------------------------------------------------------------------------------------

def evt(path, records):
    events = evcommon.demo(min(records, BASE_RECORDS))
    normal = list(evcommon.normalise(events))
    span = (normal[-1]['ft'] - normal[0]['ft']) // SECOND + 1
    packed = [make_evt.record(event) for event in normal]

    body = bytearray()
    for number in range(records):
        turn, index = divmod(number, len(packed))
        data = bytearray(packed[index])
        time = struct.unpack_from('<I', data, 12)[0] + turn * span
        struct.pack_into('<III', data, 8, number + 1, time, time)
        body += data
    end = 48 + len(body)
    write_file(path, [make_evt.header(48, end, records + 1, 1, end + make_evt.EOFLEN, 0), body,
                      make_evt.eof_record(48, end, records + 1, 1)])


def text_events(first, count):
    start = datetime.datetime(2001, 3, 14)
    for number in range(first, first + count):
        provider, event_id, level, category, message, strings = MESSAGES[number % len(MESSAGES)]
        values = {'n': number % 9973, 'h': number % 41}
        event = dict(time=(start + datetime.timedelta(seconds=7 * number)).isoformat(), computer='EX%d' % (number % 3),
                     provider=provider, id=event_id, level=level, category=category, message=message.format(**values),
                     strings=[s.format(**values) for s in strings])
        if event_id == 9322:
            event['mta_log'] = ['XAPI Service', [line.format(**values) for line in MTA_LINES]]
        yield event


def mta_log_events(first, count):
    """All of them are of the MTA."""
    for event in text_events(first * len(MESSAGES), count * len(MESSAGES)):
        if 'mta_log' in event:
            yield event


def text(kind, path, megabytes):
    render = make_samples.TEXT_FORMATS[kind][1]
    make = mta_log_events if kind == 'mta-log' else text_events

    def parts():
        written, first, step = 0, 0, 20_000
        while written < megabytes * 1_000_000:
            data = render(list(make(first, step)))
            if kind == 'winevent-csv' and first:
                data = data.split(b'\r\n', 2)[2]
            elif kind == 'wevtutil-text' and first:
                data = data[2:]
            elif kind == 'xml':
                begin = data.index(b'<Event xmlns') if first else 0
                data = data[begin:data.rindex(b'</Events>')]
            elif kind in ('clipboard', 'mta-log') and first:
                data = b'\r\n' + data
            yield data
            written, first = written + len(data), first + step
        if kind == 'xml':
            yield b'</Events>'

    write_file(path, parts())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('kind')
    parser.add_argument('path')
    parser.add_argument('--records', type=int, default=190_000)
    parser.add_argument('--named-every', type=int, default=0)
    parser.add_argument('--megabytes', type=int, default=100)
    parser.add_argument('--files', type=int, default=1000)
    parser.add_argument('--corpus')
    options = parser.parse_args()
    if options.kind == 'evtx':
        evtx(options.path, options.records, options.named_every)
    elif options.kind == 'real':
        real(options.path, options.megabytes, options.corpus)
    elif options.kind == 'evt':
        evt(options.path, options.records)
    elif options.kind == 'small':
        small(options.path, options.files)
    elif options.kind in make_samples.TEXT_FORMATS:
        text(options.kind, options.path, options.megabytes)
    else:
        parser.error('no such log: ' + options.kind)


if __name__ == '__main__':
    main()
