#!/usr/bin/env python3
"""Real .evtx logs with injected faults: how many records exdiag gets, and how many other readers get.

  compare.py EXDIAG SHARED                  exdiag alone, against the least counts in expected.tsv
  compare.py EXDIAG SHARED --write          writes expected.tsv anew
  compare.py EXDIAG SHARED --peers FOLDER   prints the table beside the peers; fails when one of them gets more

SHARED is the folder of reference material beside the project, of which evtx/corpus is used; without it the program
says so and ends with 77.  --peers: evtxexport (package libevtx-utils) is looked for in PATH, the crate evtx and
python-evtx in FOLDER, where tests/damage/peers.sh FOLDER installs them; whichever is missing is named and left out.

A record is counted once, by its number and time, however often a reader gives it.  python-evtx is asked record by
record and for all chunks, so that a record that it cannot read or a stale header does not end its reading, as they end
that of the script that comes with it.
"""
import argparse
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECTED = os.path.join(HERE, 'expected.tsv')
CHUNK = 65536
LOGS = {
    'system': 'omerbenamram+evtx/samples/system.evtx',
    'shell-core': 'omerbenamram+evtx/samples/'
                  'E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx',
    'capi2': 'omerbenamram+evtx/samples/E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx',
    'liveid': 'williballenthin+python-evtx/tests/data/issue_39.evtx',
    'no-crc': 'omerbenamram+evtx/samples/Application_no_crc32.evtx',
}


# ---- faults: each takes the bytes of a sound log and damages them ---------------------------------------------------

def chunks(log):
    """Offsets of the chunks."""
    return [at for at in range(4096, len(log), CHUNK) if log[at:at + 8] == b'ElfChnk\0']


def records(log, chunk):
    """Offsets of the records of a sound chunk."""
    end = chunk + struct.unpack_from('<I', log, chunk + 48)[0]
    at = chunk + 512
    while at + 28 <= end and log[at:at + 4] == b'**\0\0':
        yield at
        at += struct.unpack_from('<I', log, at + 4)[0]


def truncated(log):
    used = chunks(log)
    del log[used[len(used) // 2] + 30000:]


def chunk_magic(log):
    for at in chunks(log)[::2]:
        log[at:at + 8] = b'BadMagic'


def zeroed(log):
    for at in chunks(log)[::2]:
        log[at + 5 * 4096:at + 6 * 4096] = bytes(4096)


def free_space(log):
    for number, at in enumerate(chunks(log)):
        struct.pack_into('<I', log, at + 48, (0, 0xffffffff, 700)[number % 3])


def crcs(log):
    log[124] ^= 1
    for at in chunks(log):
        log[at + 52] ^= 1
        log[at + 124] ^= 1


def record_size(size):
    def fault(log):
        for at in chunks(log):
            places = list(records(log, at))
            place = places[len(places) // 2]
            old = struct.unpack_from('<I', log, place + 4)[0]
            struct.pack_into('<I', log, place + 4, size)
            struct.pack_into('<I', log, place + old - 4, size)
    return fault


def template_offset(log):
    """Of every tenth record that refers to a template, where it stands in no way for the values behind it."""
    for at in chunks(log):
        for place in list(records(log, at))[::10]:
            if log[place + 24:place + 29] == b'\x0f\1\1\0\x0c':
                struct.pack_into('<I', log, place + 24 + 10, 0xfffffff0)


def flipped(log):
    chance = random.Random(1000)
    used = chunks(log)
    for _ in range(1000):
        log[chance.choice(used) + chance.randrange(CHUNK)] ^= chance.randrange(1, 256)


def header(log):
    log[:4096] = bytes(4096)


def carved(log):
    junk = bytes((i * 73 + 1) & 255 for i in range(3333))
    parts = [bytes(log[at:at + CHUNK]) for at in chunks(log)]
    log[:] = junk + parts[0] + junk[:777] + b''.join(parts[1:])


FAULTS = {
    'none': lambda log: None, 'truncated': truncated, 'chunk-magic': chunk_magic, 'zeroed-4k': zeroed,
    'free-space': free_space, 'crcs': crcs, 'size-0': record_size(0), 'size-2g': record_size(2**31 - 1),
    'template-offset': template_offset, 'flipped-1000': flipped, 'header': header, 'carved': carved,
}


def damaged_files(corpus, folder):
    """(fault, log, path) of each combination."""
    for name, path in LOGS.items():
        with open(os.path.join(corpus, path), 'rb') as source:
            sound = source.read()
        for fault, damage in FAULTS.items():
            log = bytearray(sound)
            damage(log)
            file = os.path.join(folder, '%s.%s.evtx' % (name, fault))
            with open(file, 'wb') as out:
                out.write(log)
            yield fault, name, file


# ---- readers --------------------------------------------------------------------------------------------------------

def exdiag_counts(exdiag, files):
    """How many events each file gives to a store of its own."""
    counts = {}
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([exdiag, 'import', '--format', 'json', '--store', os.path.join(folder, 'x.db'), file],
                                  capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit('compare.py: exdiag import ended with %d: %s' % (done.returncode, done.stderr[-2000:]))
        counts[file] = json.loads(done.stdout)['inputs'][0]['stored']
    return counts


def output_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=300).stdout
    except subprocess.TimeoutExpired:
        return ''


def evtxexport(program, file):
    found = set()
    blocks = output_of([program, '-m', 'all', file]).split('Event number')[1:]
    for block in blocks:
        if 'Unable to export' in block:
            continue
        number = re.match(r'\s*: (\d+)', block)
        written = re.search(r'Written time\s*: (.*)', block)
        found.add((number and number.group(1), written and written.group(1)))
    return len(found)


def evtx_crate(program, file):
    found = set()
    for xml in output_of([program, '-t', '1', '-o', 'xml', file]).split('<Event ')[1:]:
        number = re.search(r'<EventRecordID[^>]*>(\d+)', xml)
        time = re.search(r'SystemTime="([^"]*)"', xml)
        found.add((number and number.group(1), time and time.group(1)))
    return len(found)


PYTHON_EVTX = '''
import re, sys
import Evtx.Evtx as evtx
found = set()
try:
    with evtx.Evtx(sys.argv[1]) as log:
        # All of them: the header's count is stale in logs copied while in use.
        for chunk in log.get_file_header().chunks(include_inactive=True):
            try:
                for record in chunk.records():
                    try:
                        xml = record.xml()
                        number = re.search(r'<EventRecordID[^>]*>([0-9]+)', xml)
                        time = re.search(r'SystemTime="([^"]*)"', xml)
                        found.add((number and number.group(1), time and time.group(1)))
                    except Exception: pass
            except Exception: pass
except Exception: pass
print(len(found))
'''


def python_evtx(program, file):
    return int(output_of([program, '-c', PYTHON_EVTX, file]).strip() or 0)


def find_peers(folder):
    found = []
    for name, path, count in (('evtxexport', shutil.which('evtxexport'), evtxexport),
                              ('python-evtx', os.path.join(folder, 'venv/bin/python3'), python_evtx),
                              ('evtx crate', os.path.join(folder, 'cargo/bin/evtx_dump'), evtx_crate)):
        if path and os.path.exists(path):
            found.append((name, path, count))
        else:
            print('NOTE: %s is not there and not compared' % name)
    return found


# ---- the two uses ---------------------------------------------------------------------------------------------------

def check(rows, counts):
    with open(EXPECTED, encoding='ascii') as source:
        expected = {tuple(line.split('\t')[:2]): int(line.split('\t')[2]) for line in source if line[0] != '#'}
    wrong = 0
    for fault, name, file in rows:
        if (fault, name) not in expected:
            print('%s of %s: no expected count in expected.tsv' % (fault, name))
            wrong += 1
        elif counts[file] < expected[fault, name]:
            print('%s of %s: %d records, expected at least %d' % (fault, name, counts[file], expected[fault, name]))
            wrong += 1
    print('%d damaged logs, %d with fewer records than expected' % (len(rows), wrong))
    return 1 if wrong else 0


def compare(rows, counts, peers):
    print('%-16s %-12s %8s' % ('fault', 'log', 'exdiag') + ''.join('%13s' % name for name, _, _ in peers))
    worse = 0
    for fault, name, file in rows:
        got = [count(path, file) for _, path, count in peers]
        mark = '' if all(counts[file] >= n for n in got) else '  <- fewer'
        worse += mark != ''
        print('%-16s %-12s %8d' % (fault, name, counts[file]) + ''.join('%13d' % n for n in got) + mark, flush=True)
    print('%d rows, in %d of them a peer gets more' % (len(rows), worse))
    return 1 if worse else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('exdiag')
    parser.add_argument('shared')
    parser.add_argument('--write', action='store_true')
    parser.add_argument('--every', type=int, default=1, help='only each n-th of the damaged logs')
    parser.add_argument('--peers')
    args = parser.parse_args()
    corpus = os.path.join(args.shared, 'evtx/corpus')
    if not os.path.isdir(corpus):
        print('SKIPPED: no corpus of real logs in %s: nothing damaged, nothing compared' % corpus)
        return 77
    with tempfile.TemporaryDirectory() as folder:
        rows = list(damaged_files(corpus, folder))[::args.every]
        counts = exdiag_counts(args.exdiag, [file for _, _, file in rows])
        if args.write:
            with open(EXPECTED, 'w', encoding='ascii') as out:
                out.write('# fault, log, records that exdiag gets at least; written by compare.py --write\n')
                for fault, name, file in rows:
                    out.write('%s\t%s\t%d\n' % (fault, name, counts[file]))
            return 0
        return compare(rows, counts, find_peers(args.peers)) if args.peers else check(rows, counts)


if __name__ == '__main__':
    sys.exit(main())
