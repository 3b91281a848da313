#!/usr/bin/env python3
"""Measures how often the diagnosis is right, and whether it is as sure as it may be.

  accuracy_test.py EXDIAG SOURCE_DIR SHARED_DIR [--seeds N] [--every N] [--only PART] [--table] [-v]

Scored are the cases of tests/accuracy/cases (ours, of articles) and, where the reference material is there, each of its
evaluation cases, rewritten (rewrite.py).  Then all with less to go by: the log of one of the hosts alone (apart), or all but
one kind of event (partly), which often cannot tell the cause; there only the confidences are judged.  Every finding shown for any of them goes into the calibration: among the
findings shown with confidence p, the share of p should be right.

A case has one cause.  For the calibration the best ranked finding of an incident that names the article which the case
expects is right, and all others are wrong, also those that a judge would let pass in its place because the log cannot
tell them apart: where several causes look alike, each is the right one in its own cases.  Where nothing is wrong, the
findings of the verdict `expected` are right: they say so.

--seeds N   rewrite with N seeds rather than one, --first-seed N from that on
--every N   only every Nth case; no verdict on the confidences, of which there are too few then
--only PART ours, rewritten, as-is (not rewritten), apart or partly: that part, no verdict on confidences
--case ID   only cases with this in their id
--table     print all, fail for nothing
--fifth N   list the findings of the Nth fifth of confidence (0 to 4): the rules whose strengths decide it
-v          tell what was found for each case missed
"""
import argparse
import concurrent.futures
import json
import math
import os
import random
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, '..', 'tools'))
import make_samples  # noqa: E402
import rewrite  # noqa: E402

TOP1, TOP3 = 0.95, 0.99
CALIBRATED = 0.1  # how far the share may be from p in each fifth
ENOUGH = 30       # findings in a fifth, below which chance alone is allowed for (Wilson interval, 95 %)
ASSERTED = 0.5
TEXT = ('nt-csv', 'nt-txt', 'clipboard', 'winevent-csv', 'eventlog-csv', 'eventviewer-csv')
BINARY = ('evt', 'evtx')


def load(folder):
    """All cases of a folder: a file is one case, or a list of them."""
    cases = []
    for name in sorted(os.listdir(folder)):
        if name.endswith('.yaml'):
            with open(os.path.join(folder, name), encoding='utf-8') as source:
                read = yaml.safe_load(source)
            cases += read if isinstance(read, list) else [read]
    return cases


def scenario(event):
    """An event as make_samples takes it."""
    level = str(event.get('type', 'Warning')).lower()
    return dict(time=str(event['time']).replace(' ', 'T'), computer=event['computer'], provider=event['source'],
                id=event['id'], level=level if level in make_samples.LEVELS else 'warning',
                category=event.get('category') or 'None', message=event['message'], strings=[event['message']])


class Renderer:
    """Writes a case as files; with the reference material also as binary logs, whose strings its templates give."""
    def __init__(self, shared):
        self.cases = None
        tools = os.path.join(shared, 'tools')
        if os.path.isdir(tools):
            sys.path.append(tools)
            import cases
            self.cases = cases

    def write(self, case, form, path):
        """False when the case cannot be written so."""
        if form in BINARY:
            try:
                data = self.cases.binary(case, form) if self.cases else None
            except subprocess.CalledProcessError:  # its writer knows no audits
                data = None
            if data is None:
                return False
        else:
            data = make_samples.TEXT_FORMATS[form][1]([scenario(e) for e in case['events']])
        make_samples.write(path, data)
        return True

    def files(self, case, chance, folder):
        """The case in one file, or its events in two of different formats, in any order."""
        parts = [case]
        if len(case['events']) > 2 and chance.random() < 0.3:
            picked = [chance.random() < 0.5 for _ in case['events']]
            parts = [dict(case, events=[e for e, p in zip(case['events'], picked) if p == side]) for side in (True, False)]
        out = []
        for part in parts:
            if not part['events']:
                continue
            path = os.path.join(folder, 'part%d' % len(out))
            if not self.write(part, chance.choice(TEXT + (BINARY if len(parts) == 1 else ())), path):
                self.write(part, chance.choice(TEXT), path)
            out.append(path)
        return out


def diagnose(exdiag, renderer, case, seed):
    with tempfile.TemporaryDirectory() as folder:
        files = renderer.files(case, random.Random('%s %s' % (seed, case['id'])), folder)
        done = subprocess.run([exdiag, 'diagnose', '--format', 'json', *files], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise RuntimeError('%s: exit %d: %s' % (case['id'], done.returncode, done.stderr[-300:]))
    return json.loads(done.stdout)['findings']


def names(case, finding):
    return bool({case['expect'], *(case.get('also_ok') or [])} & set(finding['articles']))


def fifth_of(confidence):
    return min(int(confidence * 5), 4)


def hits(case, findings):
    """[(confidence, right)] of each finding."""
    pairs, settled = [], set()
    for finding in findings:
        if case['expect'] == 'none':
            hit = finding['verdict'] == 'expected'
        else:
            hit = case['expect'] in finding['articles'] and finding['incident'] not in settled
        if hit:
            settled.add(finding['incident'])
        pairs.append((finding['confidence'], hit))
    return pairs


def place(case, findings):
    """top1, top3 or miss for a case in which something is wrong; quiet or asserted for the others."""
    if case['expect'] == 'none':
        wrong = [f for f in findings if f['verdict'] == 'fault' and f['confidence'] >= ASSERTED and not names(case, f)]
        return 'asserted' if wrong else 'quiet'
    at = next((n for n, f in enumerate(findings) if names(case, f)), 9)
    return 'top1' if at == 0 else 'top3' if at < 3 else 'miss'


def wilson(hits, count, z=1.96):
    share, spread = hits / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return middle - half, middle + half


def fifths(pairs):
    """[(findings, mean confidence, share right)] for the confidences 0-0.2 ... 0.8-1."""
    rows = []
    for fifth in range(5):
        members = [(p, hit) for p, hit in pairs if fifth_of(p) == fifth]
        count = len(members)
        rows.append((count, sum(p for p, _ in members) / count, sum(hit for _, hit in members) / count) if count else (0, 0, 0))
    return rows


def brier(pairs):
    return sum((p - hit) ** 2 for p, hit in pairs) / len(pairs)


def print_table(pairs):
    print('\nconfidence   findings   mean   right')
    for fifth, (count, mean, share) in enumerate(fifths(pairs)):
        print('%.1f - %.1f   %9d  %5.3f   %5.3f' % (fifth / 5, (fifth + 1) / 5, count, mean, share))
    print('Brier score %.4f over %d findings\n' % (brier(pairs), len(pairs)))


class Test:
    def __init__(self, only_print):
        self.failed, self.only_print = False, only_print

    def check(self, condition, text):
        print(('ok    ' if condition else 'low   ' if self.only_print else 'FAIL  ') + text)
        self.failed = self.failed or not (condition or self.only_print)

    def part(self, name, scored):
        places = [(case['id'], place(case, findings)) for case, findings in scored]
        faults = [(i, p) for i, p in places if p in ('top1', 'top3', 'miss')]
        for allowed, share in ((('top1',), TOP1), (('top1', 'top3'), TOP3)):
            missed = [i for i, p in faults if p not in allowed]
            self.check(len(faults) - len(missed) >= share * len(faults),
                       '%s: %d of %d %s; missed %s' % (name, len(faults) - len(missed), len(faults), allowed[-1], missed))
        asserted = [i for i, p in places if p == 'asserted']
        self.check(len(asserted) <= 1, '%s: %d of %d negatives asserted: %s'
                   % (name, len(asserted), len(places) - len(faults), asserted))

    def calibration(self, pairs):
        for fifth, (count, mean, share) in enumerate(fifths(pairs)):
            if count == 0:
                continue
            low, high = (share, share) if count >= ENOUGH else wilson(share * count, count)
            self.check(low <= mean + CALIBRATED and high >= mean - CALIBRATED,
                       'confidence %.1f - %.1f: mean %.3f, %.3f of %d right' % (fifth / 5, (fifth + 1) / 5, mean, share, count))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('exdiag')
    parser.add_argument('source')
    parser.add_argument('shared')
    parser.add_argument('--seeds', type=int, default=1)
    parser.add_argument('--first-seed', type=int, default=1)
    parser.add_argument('--every', type=int, default=1)
    parser.add_argument('--only', choices=('ours', 'rewritten', 'as-is', 'apart', 'partly'))
    parser.add_argument('--case', help='part of an id')
    parser.add_argument('--table', action='store_true')
    parser.add_argument('--fifth', type=int, choices=range(5))
    parser.add_argument('-v', action='store_true')
    args = parser.parse_args()
    exdiag = os.path.abspath(args.exdiag)
    ours = load(os.path.join(args.source, 'tests', 'accuracy', 'cases'))[::args.every]
    reference = os.path.join(args.shared, 'cases', 'dev')
    dev = load(reference) if os.path.isdir(reference) else []
    if not dev:
        print('no evaluation cases at %s: only our own are scored' % args.shared)
    if args.every > 1:
        print('every %dth case is tried, and the confidences are not judged' % args.every)
    parts = {'ours': [(c, 0) for c in ours]}
    if args.only == 'as-is':
        parts['as-is'] = [(c, 0) for c in dev]
    parts['rewritten'], parts['apart'], parts['partly'] = [], [], []
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        chance = random.Random(seed)
        parts['partly'] += [(part, seed) for case in ours for part in rewrite.without_a_kind(case, random.Random('%d %s' % (seed, case['id'])))]
        crowded = set(chance.sample(range(len(dev)), min(2, len(dev))))
        for number, case in enumerate(dev):
            if number % args.every == 0:
                made = rewrite.rewrite(case, random.Random('%d %s' % (seed, case['id'])), 10000 if number in crowded else None)
                parts['rewritten'].append((made, seed))
                if number not in crowded:
                    parts['partly'] += [(part, seed) for part in rewrite.without_a_kind(made, random.Random('%d %s' % (seed, case['id'])))]
                if case['expect'] != 'none':
                    parts['apart'] += [(c, seed) for c in rewrite.hosts_apart(dict(made, id=case['id']))
                                       if len({e['computer'] for e in case['events']}) > 1
                                       and any(e['source'].startswith('MSExchange') for e in c['events'])]
    if args.only:
        parts = {args.only: parts[args.only]}
    renderer, test, pairs = Renderer(args.shared), Test(args.table), []
    for name, cases in parts.items():
        cases = [(c, s) for c, s in cases if not args.case or args.case in c['id']]
        if not cases:
            continue
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda pair: diagnose(exdiag, renderer, *pair), cases))
        scored = [(case, findings) for (case, _), findings in zip(cases, found)]
        if name not in ('apart', 'partly') or args.only:
            test.part(name, scored)
        for case, findings in scored:
            counted = hits(case, findings)
            pairs += counted
            for finding, (confidence, right) in zip(findings, counted):
                if args.fifth == fifth_of(confidence):
                    print('%.3f %4.1f %s %-50s in %s' % (confidence, finding['points'], 'right' if right else 'wrong',
                                                         finding['cause'], case['id']))
        if args.v:
            for (case, seed), findings in zip(cases, found):
                if place(case, findings) not in ('top1', 'quiet'):
                    print('%s (seed %d) expects %s:' % (case['id'], seed, case['expect']))
                    for f in findings[:5]:
                        print('    %.3f %4.1f %s %s' % (f['confidence'], f['points'], f['cause'], f['articles']))
    print_table(pairs)
    if not args.only and not args.case and args.every == 1:
        test.calibration(pairs)
    return 1 if test.failed else 0


if __name__ == '__main__':
    sys.exit(main())
