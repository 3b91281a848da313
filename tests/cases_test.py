#!/usr/bin/env python3
"""Scores the evaluation cases of the reference material, in every format, and fails below what has been reached.

  cases_test.py EXDIAG SHARED_DIR [--every=N | FORMAT...]     (exit code 77, "skipped", where SHARED_DIR is not there)

Without FORMATs every format of cases.py is tried. With N it is every N-th case in the format that its id picks, and
every N-th of the logs as published.
"""
import json
import os
import subprocess
import sys
import tempfile

FORMATS = ('nt-csv', 'nt-txt', 'clipboard', 'winevent', 'evt', 'evtx')
# Shares of the fault cases whose article is named first, and among the first three.
TOP1, TOP3 = 0.95, 0.99


def listed(*folders):
    """The files of a folder."""
    folder = os.path.join(*folders)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def score(exdiag, shared, form, every):
    cases = [path for path in listed(shared, 'cases', 'dev') if path.endswith('.yaml')]
    if every > 1:
        print('every %dth of %d cases is tried' % (every, len(cases)))
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.json')
        subprocess.run(['/usr/bin/python3', os.path.join(shared, 'tools', 'cases.py'), 'score', *cases[::every],
                        '--exdiag', exdiag, '--format', form, '--json', out], check=True, stdout=subprocess.DEVNULL)
        with open(out, encoding='utf-8') as f:
            return json.load(f)


def check(failures, condition, text):
    print(('ok    ' if condition else 'FAIL  ') + text)
    if not condition:
        failures.append(text)


def main():
    exdiag, shared = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    if not os.path.isdir(os.path.join(shared, 'cases', 'dev')):
        print('SKIPPED: no evaluation cases at %s; accuracy was NOT measured' % shared)
        return 77
    failures = []
    every, forms = 1, sys.argv[3:] or FORMATS
    if forms[0].startswith('--every='):
        every, forms = int(forms[0].removeprefix('--every=')), ['mixed']
    for form in forms:
        results = [r for r in score(exdiag, shared, form, every) if r['state'] != 'skipped']
        tried = {r['format'] for r in results}
        check(failures, tried == ({form} if form in FORMATS else set(FORMATS)), '%s: tried as %s' % (form, sorted(tried)))
        errors = [r for r in results if r['state'] == 'error']
        check(failures, not errors, '%s: no errors %s' % (form, errors[:2]))
        faults = [r for r in results if r['state'] != 'error' and r['expect'] != 'none']
        check(failures, len(faults) > 50 / every, '%s: %d fault cases' % (form, len(faults)))
        for states, share in ((('top1',), TOP1), (('top1', 'top3'), TOP3)):
            missed = [r['id'] for r in faults if r['state'] not in states]
            check(failures, len(faults) - len(missed) >= share * len(faults),
                  '%s: %d of %d cases %s; missed %s' % (form, len(faults) - len(missed), len(faults), states[-1], missed))
        negatives = [r for r in results if r['state'] != 'error' and r['expect'] == 'none']
        asserted = [r['id'] for r in negatives if r['state'] != 'top1']
        check(failures, not asserted, '%s: %d negatives, asserted: %s' % (form, len(negatives), asserted))
    for log in listed(shared, 'cases', 'real-logs')[::every]:
        name = os.path.basename(log)
        article = name.split('-')[0].replace('kb', 'Q')  # logs as published are named after their article
        done = subprocess.run([exdiag, 'diagnose', log, '--format', 'json'], capture_output=True, text=True, timeout=60)
        findings = json.loads(done.stdout)['findings'] if done.stdout else []
        check(failures, bool(findings) and article in findings[0]['articles'], '%s names %s first' % (name, article))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
