#!/usr/bin/env python3
"""Writes one night's logs of many servers: an .evtx each, made once and then given other names and times.

  nightly_logs.py FOLDER --servers N --records N --night N --base FILE

FILE keeps what all of them are made of; it is made when it is not there.
"""
import argparse
import os
import struct
import sys
import zlib

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tools')
sys.path.insert(0, TOOLS)
import evcommon  # noqa: E402
import make_evtx  # noqa: E402

NAME = 'SRV-%03d'
DAY = 86_400 * 10_000_000  # FILETIME
CHUNK = 65536
NAMED_EVERY = 25  # one event in so many is of a kind that rules name, as in make_store.cpp


def make_base(path, records):
    events = evcommon.demo(records)
    for number, event in enumerate(events):  # all within one day, in order
        event['computer'] = NAME % 0
        if number % NAMED_EVERY == 0:
            event['source'], event['event_id'] = 'EventLog', 6005
        else:
            event['event_id'] = event['event_id'] % 20_000 + 30_000  # no rule names these
        second = number * 86_400 // records
        event['time'] = '2001-03-14T%02d:%02d:%02dZ' % (second // 3600, second // 60 % 60, second % 60)
    chunks, ids = make_evtx.build(events)
    with open(path + '.making', 'wb') as out:
        out.write(make_evtx.file_header(len(chunks), 0, len(chunks) - 1, ids[-1][1] + 1))
        for chunk in chunks:
            out.write(chunk)
    os.rename(path + '.making', path)


def shifted(chunk, days):
    """The same records so many days later: their times stand in the record's head and in its values."""
    at = 512
    end = struct.unpack_from('<I', chunk, 48)[0]
    while at < end:
        size, _, time = struct.unpack_from('<IQQ', chunk, at + 4)
        old, new = struct.pack('<Q', time), struct.pack('<Q', time + days * DAY)
        chunk[at:at + size] = chunk[at:at + size].replace(old, new)
        at += size


def fix(chunk):
    end = struct.unpack_from('<I', chunk, 48)[0]
    struct.pack_into('<I', chunk, 52, zlib.crc32(bytes(chunk[512:end])))
    make_evtx.fix_chunk_crc(chunk, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('--servers', type=int, required=True)
    parser.add_argument('--records', type=int, required=True)
    parser.add_argument('--night', type=int, required=True)
    parser.add_argument('--base', required=True)
    options = parser.parse_args()
    if not os.path.exists(options.base):
        make_base(options.base, options.records)
    with open(options.base, 'rb') as base:
        head, body = base.read(4096), base.read()
    chunks = [bytearray(body[at:at + CHUNK]) for at in range(0, len(body), CHUNK)]
    for chunk in chunks:
        shifted(chunk, options.night)
    here = (NAME % 0).encode('utf-16-le')
    for server in range(options.servers):
        folder = os.path.join(options.folder, NAME % server)
        os.makedirs(folder, exist_ok=True)
        name = (NAME % server).encode('utf-16-le')
        with open(os.path.join(folder, 'application-%d.evtx' % options.night), 'wb') as out:
            out.write(head)
            for chunk in chunks:
                copy = chunk.replace(here, name)
                fix(copy)
                out.write(copy)


if __name__ == '__main__':
    main()
