#!/usr/bin/python3
"""The JSON Schemas in docs/schema fit every rule and every file of kbdata, and refuse what the loader refuses.

  schema_test.py PROGRAM SOURCE_FOLDER [--every=N] [unittest arguments]

rules why is asked about every fourth rule, or N-th, those of the best findings, and others until each kind of answer
was there.
"""
import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema
import yaml

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
EVERY = int(next((a for a in sys.argv if a.startswith('--every=')), '--every=4').removeprefix('--every='))


class Loader(getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
    """As editors read YAML 1.2: yes and no are text, dates too."""


NOT_IN_12 = ('tag:yaml.org,2002:timestamp', 'tag:yaml.org,2002:bool')
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in NOT_IN_12]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()}


def text_keys(node):
    if isinstance(node, dict):
        return {str(key): text_keys(value) for key, value in node.items()}
    return [text_keys(item) for item in node] if isinstance(node, list) else node


def read(text):
    return text_keys(yaml.load(text, Loader=Loader))


@functools.cache
def schema(name):
    with open(os.path.join(SOURCE, 'docs', 'schema', name + '.schema.json')) as f:
        return jsonschema.Draft202012Validator(json.load(f))


def schema_of(path):
    if path.split(os.sep)[-3] == 'rules':
        return 'shared' if os.path.basename(path).startswith('_') else 'rule'
    return path.split(os.sep)[-2]


def complaints(name, text):
    return ['%s: %s' % ('/'.join(map(str, e.absolute_path)), e.message) for e in schema(name).iter_errors(read(text))]


RULE = """id: a.b.c
version: 1
status: stable
title: T
verdict: fault
articles: [Q217142]
events:
  seen: {provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}
  other: {provider: MSExchangeMTA, id: 9318}
trigger: seen
when:
  - other: {within: 10m, host: other}
strength: probable
evidence:
  - if: {no: {other: {within: 1h}}}
    points: +2
    because: B
explains: [seen]
cause: C
fix:
  - {do: D, risk: low}
tests:
  - name: fires
    log: |
      1999-11-02 19:05:04 LYON MSExchangeMTA/9318 nt_error=5
      1999-11-02 19:05:31 BREST MSExchangeMTA/9322 nt_error=5
    expect: {finding: yes}
  - name: does not
    log: 1999-11-02 19:05:31 BREST MSExchangeMTA/9322 nt_error=14
    expect: {finding: no}
"""

# Both the schema and the loader refuse each of these.
BROKEN_RULES = (
    ('id: a.b.c', 'id: A.b'),
    ('version: 1', 'versoin: 1'),
    ('version: 1', 'version: 0'),
    ('status: stable', 'status: stabel'),
    ('status: stable', 'status: retired'),
    ('status: stable', 'status: draft\nsuperseded_by: a.b.d'),
    ('verdict: fault', 'verdict: guilty'),
    ('articles: [Q217142]', 'articles: [217142]'),
    ('strength: probable', 'strength: 3'),
    ('title: T\n', ''),
    ('id: 9318}', 'id: 93180}'),
    ('id: 9318}', 'event-id: 9318}'),
    ('id: 9318}', 'id: 9318, level: eror}'),
    ('id: 9318}', 'id: 9318, where: {nt_error: {}}}'),
    ('id: 9318}', 'id: 9318, where: {nt_error: []}}'),
    ('id: 9318}', 'id: 9318, where: {nt_error: {contans: x}}}'),
    ('id: 9318}', 'id: 9318, where: {nt_error: {any: yes}}}'),
    ('id: 9318}', 'id: 9318, where: [nt_error]}'),
    ('  other: {provider', '  Other: {provider'),
    ('within: 10m, host: other', 'within: 10'),
    ('within: 10m, host: other', 'within: 10m, host: remote'),
    ('within: 10m, host: other', 'within: 10m, count: many'),
    ('within: 10m, host: other', 'latest: yes, count: 2'),
    ('  - other: {within: 10m, host: other}', '  - []'),
    ('  - other: {within: 10m, host: other}', '  - other\n  - sequence: [other]'),
    ('  - other: {within: 10m, host: other}', '  - other\n  - fact: {kind: answer, name: x}'),
    ('  - other: {within: 10m, host: other}', '  - other:\n    coverage: often'),
    ('points: +2', 'points: 20'),
    ('points: +2', 'points: 0'),
    ('    because: B\n', ''),
    ('risk: low', 'risk: lowest'),
    ('{do: D, ', '{'),
    ('risk: low', 'risk: low, check: {no: seen}'),
    ('expect: {finding: no}', 'expect: {finding: perhaps}'),
    ('expect: {finding: no}', 'expect: {}'),
)

BROKEN_KNOWLEDGE = (
    ('events', 'provider: X\nevents:\n  1: {level: bad}\n'),
    ('events', 'provider: X\nevents:\n  1: {logged_at: always}\n'),
    ('events', 'provider: X\nevents:\n  1: {feilds: a}\n'),
    ('events', 'provider: X\nevents:\n  99999999: {meaning: M}\n'),
    ('errors', 'component: C\nerrors:\n- {code: five, name: N, meaning: M}\n'),
    ('errors', 'component: C\nerrors:\n- {code: 5, nmae: N, meaning: M}\n'),
    ('articles', 'articles:\n  217142: {title: T}\n'),
    ('articles', 'articles:\n  Q1: {titel: T}\n'),
    ('builds', 'builds:\n  SP4: Exchange\n'),
    ('files', 'files:\n- {name: a.dll, size: big, gives: {a: b}}\n'),
    ('files', 'files:\n- {name: a.dll}\n'),
    ('data_names', 'provider: X\n'),
    ('data_names', 'providers: {X: {70000: [[A, B]]}}\n'),
    ('data_names', 'providers: {X: {1: [A, B]}}\n'),
    ('data_names', 'providers: {X: {2: [[A, A]]}}\n'),
    ('languages', 'labels: {source: A}\n'),
    ('languages', 'language: X\nlabels: {sorce: A}\n'),
    ('languages', 'language: X\ncolumns: {time: A}\n'),
    ('languages', 'language: X\nlabels: {source: "A:"}\n'),
)

NIGHTLY = "sites:\n- {name: hq, inbox: logs, tpkt_ports: [3001, 3002], " \
    "servers: [{name: EX1, tpkt_ports: 3003, logs: [System, {channel: Application, every: 6h}]}]}\n"

BROKEN_NIGHTLY = (
    ('sites', 'site'),
    ('name: hq, ', ''),
    ('name: hq', 'name: a/b'),
    ('inbox: logs', 'inbox: logs, stroe: x'),
    ('inbox: logs', 'inbox: logs, settle: 60'),
    ('[3001, 3002]', '[3001, 0]'),
    ('tpkt_ports: 3003', 'tpkt_ports: 65536'),
    ('inbox: logs', 'inbox: logs, formats: pdf'),
    ('inbox: logs', 'inbox: logs, formats: []'),
    ('inbox: logs', 'inbox: logs, retention: {event: 3d}'),
    ('inbox: logs', 'inbox: logs, metrics: {}'),
    ('inbox: logs', 'inbox: logs, mail: {to: a@b.example}'),
    ('inbox: logs', 'inbox: logs, mail: {to: a@b.example, from: a@b.example, when: sometimes}'),
    ('inbox: logs', 'inbox: logs, mail: {to: a@b.example, from: a@b.example, smtp: {server: mx, user: a}}'),
    ('name: EX1, ', ''),
    ('channel: Application', 'chanel: Application'),
    ('every: 6h', 'every: daily'),
)


class SchemaTest(unittest.TestCase):
    def test_schemas_are_schemas(self):
        for path in glob.glob(os.path.join(SOURCE, 'docs', 'schema', '*.json')):
            with open(path) as f:
                jsonschema.Draft202012Validator.check_schema(json.load(f))

    def test_every_file_of_the_project_fits(self):
        files = sorted(glob.glob(os.path.join(SOURCE, 'rules', '*', '*.yaml')) +
                       glob.glob(os.path.join(SOURCE, 'kbdata', '*', '*.yaml')))
        self.assertGreater(len(files), 100)
        for path in files:
            with open(path, encoding='utf-8') as f:
                self.assertEqual(complaints(schema_of(path), f.read()), [], path)

    def check(self, folder):
        result = subprocess.run([PROGRAM, 'rules', 'check', '--rules', os.path.join(folder, 'rules'), '--kbdata',
                                 os.path.join(folder, 'kbdata')], capture_output=True, text=True, timeout=60,
                                env=dict(os.environ, EXDIAG_CACHE=''))
        return result.returncode, result.stderr

    def test_what_the_schema_refuses_the_loader_refuses(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(os.path.join(SOURCE, 'kbdata'), os.path.join(folder, 'kbdata'))
            os.makedirs(os.path.join(folder, 'rules', 'a'))
            file = os.path.join(folder, 'rules', 'a', 'x.yaml')

            def write(name, text):
                with open(name, 'w') as f:
                    f.write(text)
            write(file, RULE)
            self.assertEqual((complaints('rule', RULE), self.check(folder)), ([], (0, '')))
            for number, (old, new) in enumerate(BROKEN_RULES):
                self.assertIn(old, RULE)
                broken = RULE.replace(old, new, 1)
                self.assertNotEqual(complaints('rule', broken), [], new)
                write(os.path.join(folder, 'rules', 'a', 'x%d.yaml' % number), broken)
            os.remove(file)
            _, errors = self.check(folder)
            for number, (_, new) in enumerate(BROKEN_RULES):
                self.assertIn('/a/x%d.yaml: ' % number, errors, new)
            for number, (kind, broken) in enumerate(BROKEN_KNOWLEDGE):
                self.assertNotEqual(complaints(kind, broken), [], broken)
                write(os.path.join(folder, 'kbdata', kind, 'zz%d.yaml' % number), broken)
            _, errors = self.check(folder)
            for number, (kind, broken) in enumerate(BROKEN_KNOWLEDGE):
                self.assertIn('/%s/zz%d.yaml: ' % (kind, number), errors, broken)

    def test_configurations_of_the_nightly_job(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, 'exdiag.yaml')

            def load(text):
                with open(file, 'w') as f:
                    f.write(text)
                return subprocess.run([PROGRAM, 'nightly', '--config', file, '--dry-run'], capture_output=True,
                                      text=True, timeout=60)
            self.assertEqual((complaints('nightly', NIGHTLY), load(NIGHTLY).stderr), ([], ''))
            for old, new in BROKEN_NIGHTLY:
                self.assertIn(old, NIGHTLY)
                broken = NIGHTLY.replace(old, new, 1)
                self.assertNotEqual(complaints('nightly', broken), [], new)
                self.assertIn('configuration not used', load(broken).stderr, new)
            os.remove(file)
            subprocess.run([PROGRAM, 'init', file], check=True, capture_output=True)
            with open(file) as f:
                first = f.read()
            self.assertEqual(complaints('nightly', first), [])
        with open(os.path.join(SOURCE, 'docs', 'nightly.md'), encoding='utf-8') as f:
            self.assertEqual(complaints('nightly', re.search(r'```yaml\n(sites:.*?)```', f.read(), re.S).group(1)), [])


def lists_of_objects(node):
    """Every object inside, with the way to it."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from lists_of_objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from lists_of_objects(value)


class OutputTest(unittest.TestCase):
    """What commands print for programs fits its schema, which lets nothing else pass."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        samples = sorted(glob.glob(os.path.join(SOURCE, 'tests', 'samples', '*.yaml')))
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests', 'tools', 'make_samples.py'), '--output',
                        cls.folder.name, *samples], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.store = os.path.join(cls.folder.name, 'site.db')
        logs = glob.glob(os.path.join(cls.folder.name, '*', 'log.evtx')) + glob.glob(os.path.join(cls.folder.name, '*', '*.txt'))
        cls.run_program('import', '--store', cls.store, '--timezone', 'UTC', *sorted(logs))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_program(cls, *arguments):
        result = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60,
                                env=dict(os.environ, EXDIAG_DATA=SOURCE))
        assert result.returncode in (0, 1), result.stderr
        return result.stdout

    def check(self, name, output):
        self.assertEqual(['%s: %s' % (list(e.absolute_path), e.message) for e in schema(name).iter_errors(output)], [])

    def check_strict(self, name, output):
        """No key may be missing in the whole, and none may be added."""
        self.check(name, output)
        for key in output:
            self.assertFalse(schema(name).is_valid({k: v for k, v in output.items() if k != key}), key)
        for thing in lists_of_objects(output):
            if 'provider' in thing or set(thing) <= {'name', 'value'}:
                continue  # an event, which exdiag events describes
            thing['odd'] = 1
            inside_event = schema(name).is_valid(output)
            del thing['odd']
            if inside_event:
                self.assertTrue(all(isinstance(v, str) for v in thing.values()), thing)

    def test_rules_why(self):
        rules = [r for r in json.loads(self.run_program('rules', 'list', '--format', 'json'))['rules']
                 if r['status'] != 'retired']
        report = json.loads(self.run_program('diagnose', '--store', self.store, '--format', 'json'))
        found = {finding['cause'] for finding in report['findings'][:5]}
        states, parts, nearest, closest = set(), 0, 0, 0
        asked = rules[::EVERY] + [r for r in rules if r['cause'] in found]
        count = 0
        for count, rule in enumerate(asked + rules[::-16]):
            if count >= len(asked) and states >= {'holds', 'fails', 'unknown'} and parts and nearest and closest:
                break
            out = json.loads(self.run_program('rules', 'why', rule['cause'], '--store', self.store, '--format', 'json'))
            self.check('rule-why', out)
            closest += len(out['nearest'])
            for thing in lists_of_objects(out):
                states.add(thing.get('state'))
                parts += len(thing.get('parts', []))
                nearest += isinstance(thing.get('nearest'), dict)
            if out['traced'] and parts:
                self.check_strict('rule-why', out)
        print('rules why asked about %d of %d rules' % (count, len(rules)))
        self.assertLessEqual({'holds', 'fails', 'unknown'}, states)
        self.assertTrue(parts and nearest and closest)

    def test_evidence(self):
        incidents = json.loads(self.run_program('diagnose', '--store', self.store, '--format', 'json'))['incidents']
        for incident in incidents:
            out = json.loads(self.run_program('events', '--store', self.store, '--evidence', incident['incident'],
                                              '--format', 'json'))
            self.check_strict('evidence', out)
        gone = os.path.join(self.folder.name, 'gone')
        os.rename(os.path.join(self.folder.name, 'dras-untrusted-domains'), gone)
        try:
            out = [json.loads(self.run_program('events', '--store', self.store, '--evidence', i['incident'], '--format', 'json'))
                   for i in incidents]
        finally:
            os.rename(gone, os.path.join(self.folder.name, 'dras-untrusted-domains'))
        for one in out:
            self.check('evidence', one)
        self.assertTrue(any(thing.get('as_exported') is False for thing in lists_of_objects(out)))

    def test_store_info(self):
        store = os.path.join(self.folder.name, 'numbered.db')
        log = os.path.join(self.folder.name, 'numbered.json')
        with open(log, 'w') as f:
            for number in [n for n in range(1, 121) if n not in (5, 6, 110)]:
                # The 116th and what follows were written after a pause, the 119th with another clock.
                seconds = number * 60 + (300000 if number > 115 else 0) - (7200 if number > 118 else 0)
                f.write(json.dumps({'Event': {'System': {
                    'Provider': {'#attributes': {'Name': 'Test'}}, 'EventID': 1, 'Level': 4, 'EventRecordID': number,
                    'TimeCreated': {'#attributes': {
                        'SystemTime': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(1600000000 + seconds))}},
                    'Channel': 'Application', 'Computer': 'BREST'}, 'EventData': None}}) + '\n')
        self.run_program('import', '--store', store, log)
        out = json.loads(self.run_program('store', 'info', store, '--format', 'json'))
        self.check_strict('store-info', out)
        self.assertEqual([gap['missing'] for gap in out['record_numbers'][0]['gaps']], [2, 1])
        self.assertEqual([period['seconds'] for period in out['silent_periods']], [293040])  # to the 119th
        self.assertEqual([change['seconds'] for change in out['clock_changes']], [-7140])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + [a for a in sys.argv[3:] if not a.startswith('--every=')])
