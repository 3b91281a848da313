#!/usr/bin/env python3
"""Each sample fault, in every format that can carry it, gives that fault as the best-ranked finding; the same events
fed in several formats are stored once; every JSON report follows the schema.

  samples_test.py EXDIAG SOURCE_DIR [--every=N]

With N every N-th sample is taken, of each kind of file at least one, and it says how many that is.
"""
import contextlib
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

EXDIAG, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
EVERY = int((sys.argv[3:] or ['--every=1'])[0].removeprefix('--every='))
EVENT_FILES = ('nt.csv', 'nt.txt', 'viewer.csv', 'winevent.csv', 'eventlog.csv', 'clipboard.txt',
               'clipboard-vista.txt', 'events.xml', 'events.json', 'events.clixml', 'logparser.csv', 'logparser.xml',
               'wevtutil.txt', 'log.evt', 'log.evtx', 'ev0.log')
TRACE_FILES = ('trace.pcap', 'trace.pcapng', 'trace.netmon.cap', 'trace.hex.txt', 'trace.netmon.txt')

with open(os.path.join(SOURCE, 'docs', 'report.schema.json'), encoding='utf-8') as f:
    SCHEMA = json.load(f)


def run(*arguments, **environment):
    return subprocess.run([EXDIAG, *arguments], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, **environment))


def diagnose(*files):
    """The report as JSON, checked against the schema; findings are expected."""
    done = run('diagnose', '--format', 'json', *files)
    assert done.returncode == 1, 'exit %d for %s: %s' % (done.returncode, files, done.stderr)
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    return report


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        scenarios = sorted(glob.glob(os.path.join(SOURCE, 'tests', 'samples', '*.yaml')))
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests', 'tools', 'make_samples.py'), '--output',
                        cls.scratch.name, *scenarios], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        cls.scenarios = {}
        for path in scenarios:
            with open(path, encoding='utf-8') as source:
                cls.scenarios[os.path.splitext(os.path.basename(path))[0]] = yaml.safe_load(source)
        assert len(cls.scenarios) >= 5

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def files(self, name, among):
        folder = os.path.join(self.scratch.name, name)
        return [os.path.join(folder, f) for f in among if os.path.exists(os.path.join(folder, f))]

    def samples(self, among):
        """(name of the fault, its scenario, path) of all such files, or of every N-th of each kind."""
        taken = []
        for number, kind in enumerate(among):
            of_kind = [(name, scenario, path) for name, scenario in self.scenarios.items()
                       for path in self.files(name, (kind,))]
            taken += of_kind[number % min(EVERY, len(of_kind))::EVERY]
        if EVERY > 1:
            print('%d of %d files taken' % (len(taken), sum(len(self.files(name, among)) for name in self.scenarios)))
        return taken

    def companions(self, name):
        """What is fed beside the events: host listings and, when events alone cannot tell, a trace."""
        scenario = self.scenarios[name]
        extra = [os.path.join(self.scratch.name, name, f) for f in scenario.get('files', {})]
        if scenario.get('needs_trace'):
            extra += self.files(name, ('trace.pcap',))
        return extra

    def test_a_store_is_diagnosed_as_by_all_rules(self):
        """One fault after another comes into a store; what is kept and the rules that are passed over change nothing."""
        store = os.path.join(self.scratch.name, 'kept.db')
        cache = os.path.join(self.scratch.name, 'cache')
        command = ('diagnose', '--format', 'json', '--store', store)
        run('rules', 'list', EXDIAG_CACHE=cache)
        for number, name in enumerate(sorted(self.scenarios)):
            files = self.files(name, EVENT_FILES)[:1] + self.companions(name)
            done = run('import', '--store', store, *files, EXDIAG_CACHE=cache)
            self.assertEqual(done.returncode, 0, done.stderr)
            kept = run(*command, EXDIAG_CACHE=cache)
            self.assertEqual(kept.returncode, 1, kept.stderr)
            if number % 2 == 0:
                self.assertEqual(kept.stdout, run(*command, EXDIAG_CACHE='').stdout)
        self.ask_for_every_event(store, cache)

    def ask_for_every_event(self, store, cache):
        """From what the last diagnosis kept, and with nothing kept."""
        with contextlib.closing(sqlite3.connect(store)) as database:
            events = [number for number, in database.execute('SELECT DISTINCT event_id FROM classes ORDER BY event_id')]
        self.assertGreaterEqual(len(events), 10)
        empty = store + '.empty'
        shutil.copy(store, empty)
        forms = ('text', 'json', 'html', 'markdown')
        for number, event in enumerate(events[::EVERY] if EVERY == 1 else events[:len(forms)]):
            for form in forms if EVERY == 1 else forms[number:number + 1]:
                answers = []
                for file in (store, empty):
                    with contextlib.closing(sqlite3.connect(empty)) as database, database:
                        database.execute('DELETE FROM kept')
                    done = run('causes', str(event), '--store', file, '--format', form, EXDIAG_CACHE=cache)
                    answers.append((done.returncode, done.stdout, done.stderr))
                self.assertEqual(answers[0], answers[1], (event, form))

    def test_every_format_gives_the_same_best_finding(self):
        causes, kinds = {}, set()
        for name, scenario, path in self.samples(EVENT_FILES):
            with self.subTest(sample=name, file=os.path.basename(path)):
                best = diagnose(path, *self.companions(name))['findings'][0]
                self.assertIn(scenario['article'], best['articles'])
                self.assertEqual(best['verdict'], 'fault')
                causes.setdefault(name, []).append(best['cause'])
                kinds.add(os.path.basename(path))
        self.assertEqual(kinds, set(EVENT_FILES))
        for name, scenario in self.scenarios.items():
            if EVERY == 1:
                self.assertEqual(len(causes[name]), len(scenario['formats']), name)
            self.assertLessEqual(len(set(causes.get(name, []))), 1, name)

    def evidence(self, *files):
        """Every record of every reason of all findings, as exdiag events --evidence gives it."""
        with tempfile.TemporaryDirectory() as folder:
            store = os.path.join(folder, 'site.db')
            done = run('import', '--store', store, '--timezone', 'UTC', *files)
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(run('diagnose', '--store', store, '--format', 'json').stdout)
            records = []
            for incident in report['incidents']:
                done = run('events', '--store', store, '--evidence', incident['incident'], '--format', 'json')
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                for finding in json.loads(done.stdout)['findings']:
                    for reason in finding['reasons']:
                        self.assertEqual(len(reason['records']), reason['evidence_count'])
                        records += reason['records']
            return records

    def check_as_it_stands(self, record):
        self.assertTrue(record['as_exported'], record)
        with open(record['file'], 'rb') as f:
            content = f.read()
        if 'offset' in record:
            there = bytes.fromhex(record['bytes'])
            self.assertGreater(len(there), 16)
            self.assertEqual(there, content[record['offset']:record['offset'] + len(there)])
            return
        text = content.decode('utf-16') if content[:2] == b'\xff\xfe' else content.decode('utf-8-sig')
        shown = record['text'].split('\n')
        there = text.replace('\r', '').split('\n')[record['line'] - 1:][:len(shown)]
        self.assertEqual(shown, there)
        self.assertNotEqual(shown[0].strip(), '')

    def test_the_records_behind_findings_are_shown_as_they_stand(self):
        """In every format: the lines of a text, the bytes of a binary log or a trace."""
        shown = {}
        for name, _, path in self.samples(EVENT_FILES + TRACE_FILES):
            with self.subTest(sample=name, file=os.path.basename(path)):
                for record in self.evidence(path, *self.companions(name)):
                    self.check_as_it_stands(record)
                    shown.setdefault(os.path.basename(record['file']), set()).add(record.get('record_id', 0))
        for file in EVENT_FILES + TRACE_FILES + ('system32.txt',):
            self.assertIn(file, shown)

    def test_a_trace_alone_is_enough(self):
        tried = 0
        for name, scenario, path in self.samples(TRACE_FILES):
            with self.subTest(sample=name, file=os.path.basename(path)):
                best = diagnose(path)['findings'][0]
                self.assertEqual(best['articles'][0], scenario['trace_alone'])
                tried += 1
        self.assertGreaterEqual(tried, 10 if EVERY == 1 else len(TRACE_FILES))

    def test_file_names_do_not_matter(self):
        source = self.files('dras-untrusted-domains', ('log.evtx',))[0]
        renamed = os.path.join(self.scratch.name, 'minutes of the meeting.csv')
        os.link(source, renamed)
        report = diagnose(renamed)
        self.assertEqual(report['inputs'][0]['format'], 'evtx')
        self.assertIn('Q217142', report['findings'][0]['articles'])

    def test_the_same_events_in_many_formats_are_stored_once(self):
        comparable = ('log.evtx', 'nt.csv', 'nt.txt', 'clipboard.txt', 'clipboard-vista.txt', 'winevent.csv',
                      'eventlog.csv', 'viewer.csv', 'events.xml', 'events.json',
                      'events.clixml', 'logparser.csv', 'logparser.xml', 'wevtutil.txt', 'log.evt')
        tries = [(name, order) for name in self.scenarios for order in (comparable, tuple(reversed(comparable)))]
        for name, order in tries[::EVERY]:
            with self.subTest(sample=name, order=order[0]), tempfile.TemporaryDirectory() as folder:
                store, expected = os.path.join(folder, 'site.db'), len(self.scenarios[name]['events'])
                files = [self.files(name, (f,))[0] for f in order]
                for _ in ('fed', 'fed again'):
                    done = run('import', '--store', store, '--timezone', 'UTC', *files)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    events = json.loads(run('events', '--store', store, '--format', 'json').stdout)['events']
                    self.assertEqual(len(events), expected)

    def test_everything_together_names_every_fault(self):
        report = diagnose(self.scratch.name)
        faults = {a for f in report['findings'] if f['verdict'] == 'fault' for a in f['articles'][:1]}
        for scenario in self.scenarios.values():
            self.assertIn(scenario['article'], faults)
        for row in report['inputs']:
            self.assertEqual(row['records'], row['stored'] + row['duplicates'] + row['rejected'], row)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
