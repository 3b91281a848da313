#!/usr/bin/env python3
"""Compares the knowledge base with the reference material: is every event, code, article and fault of it there?

  knowledge_test.py EXDIAG SOURCE_DIR SHARED_DIR     (exit code 77, "skipped", where SHARED_DIR is not there)
  knowledge_test.py --rivals SOURCE_DIR              lists pairs of rivals of which no test shows both ahead

What is left out on purpose stands in knowledge_audit.yaml, each with its reason.
"""
import collections
import csv
import glob
import itertools
import os
import re
import subprocess
import sys

import yaml

Loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)


def load(path):
    with open(path, encoding='utf-8') as f:
        return yaml.load(f, Loader)


def table(shared, name):
    with open(os.path.join(shared, 'kb', name), encoding='utf-8') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


def as_list(value):
    return value if isinstance(value, list) else [value]


def load_events(source):
    """(provider, id) in lower case to all entries of that event."""
    events = collections.defaultdict(list)
    for path in glob.glob(os.path.join(source, 'kbdata/events/[a-z]*.yaml')):
        content = load(path)
        for provider in [content['provider']] + content.get('aliases', []):
            for number, entry in content['events'].items():
                events[provider.lower(), int(number)].append(entry)
    return events


def load_rules(source):
    return {rule['id']: rule for rule in map(load, glob.glob(os.path.join(source, 'rules/*/[a-z]*.yaml')))}


def wordings(entries):
    return [text for entry in entries for layout in entry.get('layouts', [entry])
            for text in as_list(layout.get('text') or [])]


def plain(text):
    """Letters and digits; without placeholders and the severity at the end, which differ by source."""
    return re.sub(r'[^a-z0-9]', '', re.sub(r'%\d+|\(\d+\)\s*$', '', text.lower()))


class Audit:
    def __init__(self, source, shared):
        self.source, self.shared, self.failures = source, shared, []
        self.notes = load(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'knowledge_audit.yaml'))
        self.events, self.rules = load_events(source), load_rules(source)
        self.cited = {article for rule in self.rules.values() for article in rule['articles']}

    def check(self, failed, what, checked):
        print('%s %s: %d looked at' % ('FAIL ' if failed else 'ok   ', what, checked))
        for text in failed:
            print('      ' + text)
        self.failures += failed

    def event_templates(self):
        failed, rows = [], [(row['source'], row['event_id'], row.get('template') or row.get('message_template'))
                            for name in ('event-templates.tsv', 'transport-events.tsv')
                            for row in table(self.shared, name)]
        for provider, number, template in rows:
            name = provider + '/' + number
            entries = self.events.get((provider.lower(), int(number)))
            if not entries:
                failed.append(name + ': not in kbdata/events')
                continue
            if not all(entry.get('meaning') for entry in entries):
                failed.append(name + ': says not what it means')
            known = [plain(text) for text in wordings(entries)]
            wanted = plain(template)
            told = template.startswith('(') or 'not on the page' in template or 'data bytes carry' in template
            if not told and name not in self.notes['wordings'] and not any(
                    wanted in text or (text and text in wanted) for text in known):
                failed.append('%s: no wording like "%s"' % (name, template))
        self.check(failed, 'events of the reference are in the catalogue', len(rows))

    def error_codes(self, exdiag):
        failed, rows = [], table(self.shared, 'error-codes.tsv')
        errors = [error for path in glob.glob(os.path.join(self.source, 'kbdata/errors/*.yaml'))
                  for error in load(path)['errors']]
        codes = {error['code'] & 0xffffffff for error in errors if 'code' in error}
        statuses = [str(error['status']) for error in errors if 'status' in error]
        names = {error.get('name') for error in errors}
        forms = []
        for row in rows:
            code, decimal, name = (row[key].strip() for key in ('code_hex_or_enhanced_status', 'code_dec', 'symbolic_name'))
            if code.startswith('0x'):
                number = int(code, 16)
                if number not in codes:
                    failed.append('%s %s: not in kbdata/errors' % (code, name))
                forms.append((number, [code, '%08X' % number, str(number), str(number - 2**32 if number >= 2**31 else number),
                                       ' '.join('%02x' % byte for byte in number.to_bytes(4, 'little'))]))
            elif re.match(r'\d', code):
                if not any(code.split('/')[0].split(' (')[0] in status for status in statuses):
                    failed.append('%s: not in kbdata/errors' % code)
            elif name not in names and not (decimal.split() and decimal.split()[0].isdigit() and
                                            int(decimal.split()[0]) in codes):
                failed.append('%s: not in kbdata/errors' % name)
        # Each form is read by the same code for every number, so a few numbers stand for all.
        for number, written in forms[::25]:
            for form in written:
                answer = subprocess.run([exdiag, 'explain', form], capture_output=True, text=True, timeout=60)
                if answer.returncode != 0 or 'is not known' in answer.stdout:
                    failed.append('exdiag explain %s (0x%08x): %s' % (form, number, answer.stderr or answer.stdout))
        self.check(failed, 'error codes of the reference are explained', len(rows))

    def articles(self):
        known = {}
        for path in glob.glob(os.path.join(self.source, 'kbdata/articles/*.yaml')):
            for number, article in load(path)['articles'].items():
                known.setdefault(number, {}).update(article)
        index = table(self.shared, 'index.tsv')
        failed = ['%s: not in kbdata/articles' % row['article'] for row in index if row['article'] not in known]
        failed += ['%s: has no title' % number for number, article in known.items() if not article.get('title')]
        self.check(failed, 'articles have a title', len(known))

        wanted = {row['article'] for row in index if row['has_event_text'] == 'yes'}
        for name in ('ambiguity.md', 'summary.md'):
            with open(os.path.join(self.shared, 'kb', name), encoding='utf-8') as f:
                wanted |= set(re.findall(r'\bQ\d{6}\b', f.read()))
        without = self.notes['articles_without_rule']
        failed = ['%s: no rule cites it' % number for number in sorted(wanted - self.cited - set(without))]
        failed += ['%s: a rule cites it, take it out of knowledge_audit.yaml' % number
                   for number in sorted(self.cited & set(without))]
        self.check(failed, 'articles with events have a rule', len(wanted))

    def faults(self):
        failed, rows = [], table(self.shared, 'transport-faults.tsv')
        for row in rows:
            told = self.notes['faults'].get(row['id'])
            number = re.match(r'KB(\d+)', row['id'])
            if isinstance(told, list):
                failed += ['%s: no rule %s' % (row['id'], rule) for rule in told if rule not in self.rules]
            elif not told and not (number and 'Q' + number[1] in self.cited):
                failed.append('%s (%s): has no rule' % (row['id'], row['title']))
        self.check(failed, 'later transport faults have a rule', len(rows))

    def fixes(self):
        failed = [rule['id'] + ': no step of its fix says how to see that it worked' for rule in self.rules.values()
                  if rule['verdict'] == 'fault' and not any('check' in step for step in rule['fix'])]
        self.check(failed, 'fixes end in a check', len(self.rules))


def rivals(source):
    """Pairs of rules with the same trigger of which one or both never lead in a test."""
    shared = {}
    for path in glob.glob(os.path.join(source, 'rules/*/_shared.yaml')):
        shared.update(load(path)['events'])
    rules, kinds = load_rules(source), collections.defaultdict(set)
    for rule in rules.values():
        for name in as_list(rule['trigger']):
            pattern = rule['events'][name]
            where = pattern.get('where', {})
            if 'use' in pattern:
                pattern = shared[pattern['use']]
                where = {**pattern.get('where', {}), **where}
            for provider, number in itertools.product(as_list(pattern.get('provider')), as_list(pattern.get('id'))):
                if provider:
                    kinds[provider.lower(), number].add((rule['id'], str(sorted(where.items(), key=str))))
    # All rules are loaded in a test, so one that expects its rule to lead sets it against every rival.
    leading, met = set(), set()
    for rule in rules.values():
        for test in rule.get('tests', []):
            if test['expect'].get('leads'):
                leading.add(rule['id'])
            if 'first' in test['expect']:
                met.add(frozenset((rule['id'], test['expect']['first'])))
    pairs = set()
    for members in kinds.values():
        for (a, where_a), (b, where_b) in itertools.combinations(sorted(members), 2):
            if a != b and where_a == where_b and not {a, b} <= leading and frozenset((a, b)) not in met:
                pairs.add((a, b))
    for a, b in sorted(pairs):
        print(a, b)
    print('%d pairs' % len(pairs))


def main():
    if sys.argv[1] == '--rivals':
        rivals(sys.argv[2])
        return 0
    exdiag, source, shared = (os.path.abspath(path) for path in sys.argv[1:4])
    if not os.path.isdir(os.path.join(shared, 'kb')):
        print('SKIPPED: no reference material at %s; what is missing was NOT looked for' % shared)
        return 77
    audit = Audit(source, shared)
    audit.event_templates()
    audit.error_codes(exdiag)
    audit.articles()
    audit.faults()
    audit.fixes()
    return 1 if audit.failures else 0


if __name__ == '__main__':
    sys.exit(main())
