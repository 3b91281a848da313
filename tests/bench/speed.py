#!/usr/bin/env python3
"""Measures exdiag and its peers over the same logs, in one run, and says which targets of speed are met.

  speed.py [SECTION...] [--runs N] [--work FOLDER] [--peers FOLDER] [--keep]

Sections: parse, import, diagnose, text, small, growth; all of them by default.  Build first:
cmake --preset release && cmake --build --preset release.  tests/bench/install_peers.sh installs the peers; which of
them are not there is said.  The logs are made once in the work folder (build/bench; about 15 GB for all sections) and
taken away at the end without --keep.

Every figure is of a whole process: the median of the runs by the clock, of its CPU time (user and system, all threads),
and of its largest resident memory.  The commands of a section run in turn, so that a busy machine is busy for all of
them.  A target is judged by the clock or, where it is one of a core, by CPU time; where both are far apart the machine
did other things meanwhile.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SECTIONS = ('parse', 'import', 'diagnose', 'text', 'small', 'growth')
# The program that comes with the package does not start.
PYTHON_DUMP = '''
import sys
from Evtx.Evtx import Evtx
with Evtx(sys.argv[1]) as log:
    for record in log.records():
        print(record.xml())
'''
LINE = '%-46s %8s %8s %9s %11s %8s'


class Figures:
    """What the runs of one command gave."""

    def __init__(self, name, size, records):
        self.name, self.size, self.records = name, size, records
        self.clock, self.cpu, self.memory = [], [], []
        self.failed = False

    def add(self, clock, usage):
        self.clock.append(clock)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / 1024)

    def seconds(self, of_cpu=False):
        return max(statistics.median(self.cpu if of_cpu else self.clock), 0.001)

    def rate(self, of_cpu=False):
        """MB/s"""
        return self.size / 1e6 / self.seconds(of_cpu)

    def records_rate(self, of_cpu=False):
        return self.records / self.seconds(of_cpu)

    def peak(self):
        return statistics.median(self.memory)

    def show(self):
        records = '%.0f' % self.records_rate() if self.records else ''
        print(LINE % (self.name, '%.3f' % self.seconds(), '%.3f' % self.seconds(True), '%.0f' % self.rate(), records,
                      '%.0f' % self.peak()), flush=True)


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.build = options.build
        self.exdiag = os.path.join(self.build, 'exdiag')
        self.parse_only = os.path.join(self.build, 'tests/bench/exdiag_parse')
        self.baseline = os.path.join(self.build, 'tests/bench/sqlite_baseline')
        self.store = os.path.join(self.work, 'store')
        self.env = dict(os.environ, EXDIAG_DATA=TOP, EXDIAG_CACHE=os.path.join(self.work, 'cache'))
        self.missed = []
        self.absent = set()

    # ---- what is measured

    def log(self, name, kind, *arguments):
        path = os.path.join(self.work, name)
        if not os.path.exists(path):
            print('making %s' % name, file=sys.stderr)
            subprocess.run([sys.executable, os.path.join(HERE, 'make_logs.py'), kind, path, *map(str, arguments)],
                           check=True)
        return path

    def part(self, name, of, size):
        """The beginning of a log, for peers that would need minutes."""
        path = os.path.join(self.work, name)
        with open(of, 'rb') as source, open(path, 'wb') as out:
            out.write(source.read(size))
        return path

    def real_log(self):
        corpus = os.path.join(os.environ.get('EXDIAG_SHARED_DIR', os.path.join(TOP, '..', 'shared')), 'evtx', 'corpus')
        if not os.path.isdir(corpus):
            print('no real logs in %s; measured on generated ones only' % corpus)
            return None
        return self.log('real.evtx', 'real', '--megabytes', 100, '--corpus', corpus)

    def peer(self, name):
        places = {'evtx_dump': 'bin/evtx_dump', 'python-evtx': 'python/bin/python'}
        if name in places:
            path = os.path.join(self.options.peers, places[name])
            found = path if os.path.exists(path) else None
        else:
            found = shutil.which(name)
        if found is None and name not in self.absent:
            self.absent.add(name)
            print('MISSING PEER: %s; tests/bench/install_peers.sh installs it' % name)
        return found

    # ---- how

    def once(self, figures, command):
        accept = (0, 1) if command[0] == self.exdiag else (0,)  # 1: trouble was found
        with open(os.path.join(self.work, 'err'), 'w+b') as err:
            start = time.monotonic()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err, stdin=subprocess.DEVNULL,
                                       env=self.env, cwd=self.work)
            _, status, usage = os.wait4(process.pid, 0)
            took = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in accept:
                err.seek(0)
                how = '%s failed with %d: %s' % (figures.name, process.returncode,
                                                 err.read().decode(errors='replace').strip()[-400:])
                if command[0] in (self.exdiag, self.parse_only):
                    sys.exit(how)
                figures.failed = True
                print('PEER LEFT OUT: ' + how, flush=True)
                return
        figures.add(took, usage)

    def turns(self, rows, runs=None):
        """Runs each of (figures, command, what to do before) in turn; returns the figures.

        A peer that fails is told of and left out; when exdiag does, that is the end.
        """
        rows = [row for row in rows if row is not None]
        for run in range(runs or self.options.runs):
            for figures, command, before in rows:
                if figures.failed or (figures.clock and figures.seconds() > 20):
                    continue  # one run says enough of a peer that is so slow
                if before:
                    before()
                self.once(figures, command)
        return [figures for figures, _, _ in rows if not figures.failed]

    def fresh_store(self):
        shutil.rmtree(self.store, ignore_errors=True)
        os.makedirs(self.store)

    def import_of(self, *logs):
        return [self.exdiag, 'import', '--quiet', '--store', os.path.join(self.store, 's.db'), *logs]

    def title(self, text):
        print('\n' + text)
        print(LINE % ('', 'clock s', 'CPU s', 'MB/s', 'records/s', 'peak MB'), flush=True)

    def target(self, what, value, wanted, unit, most=False, form='%.2f'):
        met = value <= wanted if most else value >= wanted
        form = '    %-9s %s: ' + form + ' %s (target: %s ' + form + ')'
        print(form % ('met' if met else 'NOT MET', what, value, unit, 'at most' if most else 'at least', wanted),
              flush=True)
        if not met:
            self.missed.append(what)


def size_of(path):
    if os.path.isdir(path):
        return sum(os.path.getsize(os.path.join(path, name)) for name in os.listdir(path))
    return os.path.getsize(path)


# ---- the sections ---------------------------------------------------------------------------------------------------

def measure_parse(bench):
    logs = [('generated', bench.log('dense-500.evtx', 'evtx', '--records', 950_000), 950_000)]
    real = bench.real_log()
    if real:
        logs.append(('real', real, 0))
    dump, export, python = bench.peer('evtx_dump'), bench.peer('evtxexport'), bench.peer('python-evtx')
    for kind, path, records in logs:
        size = size_of(path)
        bench.title('Parse and extract, one thread: %s, %.0f MB, every chunk full' % (kind, size / 1e6))
        ours = Figures('exdiag, parse and extract', size, records)
        peers = []
        rows = [(ours, [bench.parse_only, path], None)]
        if dump:
            one, two = Figures('evtx crate, XML to nowhere, 1 thread', size, records), \
                Figures('evtx crate, XML to nowhere, 2 threads', size, records)
            peers += [one]
            rows += [(one, [dump, '-t', '1', '-o', 'xml', path], None), (two, [dump, '-t', '2', '-o', 'xml', path], None)]
        # These take minutes for what the others read in a second: a part of the log.
        if export:
            part = bench.part('part-export.evtx', path, 4096 + 65536 * 80)
            rows.append((Figures('evtxexport, XML (5 MB)', size_of(part), 0), [export, '-f', 'xml', part], None))
        if python:
            part = bench.part('part-python.evtx', path, 4096 + 65536 * 4)
            rows.append((Figures('python-evtx, XML (0.3 MB)', size_of(part), 0), [python, '-c', PYTHON_DUMP, part], None))
        for figures in bench.turns(rows):
            figures.show()
        bench.target('parse, ' + kind, ours.rate(True), 1000, 'MB/s of CPU', form='%.0f')
        if peers and not peers[0].failed:
            bench.target('parse against the crate, ' + kind, peers[0].seconds(True) / ours.seconds(True), 3, 'times')


def measure_import(bench):
    records = 950_000
    path = bench.log('dense-500.evtx', 'evtx', '--records', records)
    size = size_of(path)
    bench.title('Import into a store, with indexes, WAL: %d records, %.0f MB' % (records, size / 1e6))
    ours = Figures('exdiag import', size, records)
    rows = [(ours, bench.import_of(path), bench.fresh_store)]
    dump = bench.peer('evtx_dump')
    two = Figures('evtx crate, XML to nowhere, 2 threads', size, records)
    if dump:
        rows.append((two, [dump, '-t', '2', '-o', 'xml', path], None))
    for figures in bench.turns(rows):
        figures.show()
    stages(bench, path, records)
    bench.target('import, all in', ours.records_rate(), 500_000, 'rows/s', form='%.0f')
    print('              of one CPU second: %.0f rows' % ours.records_rate(True))
    if dump and not two.failed:
        bench.target("import against the crate's 2 threads", two.seconds() / ours.seconds(), 1, 'times')


def stages(bench, path, records):
    """Inserting alone, the rows being in memory: what SQLite itself costs."""
    said = {}
    for _ in range(bench.options.runs):
        bench.fresh_store()
        done = subprocess.run([bench.baseline, path, os.path.join(bench.store, 'b.db')], capture_output=True, text=True,
                              check=True)
        for line in done.stdout.splitlines():
            name, seconds, cpu = line.rsplit(' ', 2)
            said.setdefault(name, []).append((float(seconds), float(cpu)))
    for name, pairs in said.items():
        seconds, cpu = (statistics.median(column) for column in zip(*pairs))
        print(LINE % (name, '%.3f' % seconds, '%.3f' % cpu, '', '%.0f' % (records / seconds), ''))


def measure_diagnose(bench):
    # Large, so that the start of the program does not count.
    records = 3_800_000
    path = bench.log('few-2000.evtx', 'evtx', '--records', records, '--named-every', 1000)
    bench.title('diagnose without a store: %.0f MB, one event in 1000 of a kind that rules name' % (size_of(path) / 1e6))
    ours = Figures('exdiag diagnose', size_of(path), records)
    alone = Figures('exdiag, parse and extract alone', size_of(path), records)
    for figures in bench.turns([(ours, [bench.exdiag, 'diagnose', '--quiet', '--format', 'json', path], None),
                                (alone, [bench.parse_only, path], None)]):
        figures.show()
    bench.target('diagnose', ours.rate(), 2000, 'MB/s', form='%.0f')


TEXT = ('nt-csv', 'winevent-csv', 'xml', 'wevtutil-text', 'clipboard', 'mta-log')


def measure_text(bench):
    bench.title('Parse, one thread: .evt and text')
    rows = [(Figures('evt', 0, 400_000), bench.log('log.evt', 'evt', '--records', 400_000))]
    rows += [(Figures(kind, 0, 0), bench.log(kind + '.log', kind, '--megabytes', 100)) for kind in TEXT]
    for figures, path in rows:
        figures.size = size_of(path)
    for figures in bench.turns([(figures, [bench.parse_only, path], None) for figures, path in rows]):
        figures.show()
    bench.target('evt', rows[0][0].records_rate(True), 500_000, 'records/s of CPU', form='%.0f')
    for figures, _ in rows[1:]:
        bench.target(figures.name, figures.rate(True), 300, 'MB/s of CPU', form='%.0f')
    sqlite = bench.peer('sqlite3')
    if not sqlite:
        return
    for kind in ('nt-csv', 'winevent-csv'):
        path = bench.log(kind + '.log', kind, '--megabytes', 100)
        bench.title('%s into a database, %.0f MB' % (kind, size_of(path) / 1e6))
        ours = Figures('exdiag import', size_of(path), 0)
        theirs = Figures('sqlite3 .import', size_of(path), 0)
        database = os.path.join(bench.store, 'peer.db')
        # The first line of Export-Csv says what the objects are; the header is the second.
        skip = '--skip 1 ' if kind == 'winevent-csv' else ''
        if kind == 'nt-csv':
            create = 'CREATE TABLE t (a,b,c,d,e,f,g,h,i)'
        else:
            create = 'CREATE TABLE t (%s)' % ','.join('c%d' % n for n in range(27))
            skip = '--skip 2 '
        command = [sqlite, database, create, '.import --csv %s%s t' % (skip, path)]
        for figures in bench.turns([(ours, bench.import_of(path), bench.fresh_store),
                                    (theirs, command, bench.fresh_store)]):
            figures.show()
        if not theirs.failed:
            bench.target('%s against sqlite3' % kind, theirs.seconds() / ours.seconds(), 1, 'times')


def measure_small(bench):
    folder = bench.log('small', 'small', '--files', 1000)
    one = os.path.join(folder, '0000.evtx')
    bench.title('A thousand logs of one chunk')
    # The same records in one file: the difference is what a file costs.
    whole = os.path.join(bench.work, 'small-whole.evtx')
    with open(whole, 'wb') as out:
        for number, name in enumerate(sorted(os.listdir(folder))):
            with open(os.path.join(folder, name), 'rb') as source:
                data = source.read()
            out.write(data if number == 0 else data[4096:])
    many = Figures('exdiag import of 1000 files', size_of(folder), 0)
    single = Figures('exdiag import of one file with the same', size_of(whole), 0)
    start = Figures('exdiag import of the first file', size_of(one), 0)
    for figures in bench.turns([(many, bench.import_of(folder), bench.fresh_store),
                                (single, bench.import_of(whole), bench.fresh_store),
                                (start, bench.import_of(one), bench.fresh_store)]):
        figures.show()
    bench.target('cost of a file', many.seconds() - single.seconds(), 1, 'ms', most=True)


def measure_growth(bench):
    bench.title('Growth: from 10^5 to 10^7 records, from 50 MB to 5 GB')
    curve = []
    for records in (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000):
        path = bench.log('growth-%d.evtx' % records, 'evtx', '--records', records)
        figures = Figures('exdiag import, %d records' % records, size_of(path), records)
        question = Figures('exdiag diagnose, %d records' % records, size_of(path), records)
        for done in bench.turns([(figures, bench.import_of(path), bench.fresh_store),
                                 (question, [bench.exdiag, 'diagnose', '--quiet', '--format', 'json', path], None)],
                                1 if records > 1_000_000 else None):
            done.show()
        curve.append((records, figures, question))
        if not bench.options.keep:
            os.remove(path)
    each = [(records, figures.seconds(True) / records) for records, figures, _ in curve]
    worst = max(cost for _, cost in each)
    for records, cost in each:
        print('    %10d records: import %5.2f us of CPU each  %s' % (records, cost * 1e6, '#' * round(cost / worst * 50)))
    bench.target('import, a record of 10^7 against one of 10^5', each[-1][1] / each[0][1], 1.1, 'times', most=True)
    for what, place in (('import', 1), ('diagnose', 2)):
        peaks = [row[place].peak() for row in curve]
        bench.target('memory of %s' % what, max(peaks), 100, 'MB', most=True, form='%.0f')
        bench.target('memory of %s, 10^7 against 3 * 10^5' % what, peaks[-1] / peaks[1], 1.1, 'times', most=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('sections', nargs='*', metavar='SECTION')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--build', default=os.environ.get('EXDIAG_BUILD', os.path.join(TOP, 'build/release')))
    parser.add_argument('--work')
    parser.add_argument('--peers', default=os.path.join(TOP, 'build/peers'))
    parser.add_argument('--keep', action='store_true', help='leave the logs for the next run')
    options = parser.parse_args()
    for section in options.sections:
        if section not in SECTIONS:
            parser.error('no such section: %s (%s)' % (section, ', '.join(SECTIONS)))
    options.work = os.path.abspath(options.work or os.path.join(options.build, 'bench/speed'))
    options.peers = os.path.abspath(options.peers)
    os.makedirs(options.work, exist_ok=True)
    bench = Bench(options)
    print('medians of %d runs, %d cores, load %.2f' % (options.runs, os.cpu_count(), os.getloadavg()[0]))
    for section in options.sections or SECTIONS:
        globals()['measure_' + section](bench)
    print('\n%s' % ('every target is met' if not bench.missed else 'targets not met: ' + ', '.join(bench.missed)))
    if bench.absent:
        print('not measured, because they are not there: ' + ', '.join(sorted(bench.absent)))
    if not options.keep:
        shutil.rmtree(options.work)


if __name__ == '__main__':
    main()
