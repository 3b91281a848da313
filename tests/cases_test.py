#!/usr/bin/env python3
"""Scores the evaluation cases of the reference material, in every format, and fails below what has been reached.

  cases_test.py EXDIAG SHARED_DIR [FORMAT...]     (exit code 77, "skipped", where SHARED_DIR is not there)

Without FORMATs every format of cases.py is tried.
"""
import json
import os
import subprocess
import sys
import tempfile

FORMATS = ('nt-csv', 'nt-txt', 'clipboard', 'winevent', 'evt', 'evtx')
# Shares of the fault cases whose article is named first, and among the first three.
TOP1, TOP3 = 0.95, 0.99


def score(exdiag, shared, form):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.json')
        subprocess.run(['/usr/bin/python3', os.path.join(shared, 'tools', 'cases.py'), 'score',
                        os.path.join(shared, 'cases', 'dev'), '--exdiag', exdiag, '--format', form, '--json', out],
                       check=True, stdout=subprocess.DEVNULL)
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
    for form in sys.argv[3:] or FORMATS:
        results = [r for r in score(exdiag, shared, form) if r['state'] != 'skipped']
        errors = [r for r in results if r['state'] == 'error']
        check(failures, not errors, '%s: no errors %s' % (form, errors[:2]))
        faults = [r for r in results if r['state'] != 'error' and r['expect'] != 'none']
        check(failures, len(faults) > 50, '%s: %d fault cases' % (form, len(faults)))
        for states, share in ((('top1',), TOP1), (('top1', 'top3'), TOP3)):
            missed = [r['id'] for r in faults if r['state'] not in states]
            check(failures, len(faults) - len(missed) >= share * len(faults),
                  '%s: %d of %d cases %s; missed %s' % (form, len(faults) - len(missed), len(faults), states[-1], missed))
        negatives = [r for r in results if r['state'] != 'error' and r['expect'] == 'none']
        asserted = [r['id'] for r in negatives if r['state'] != 'top1']
        check(failures, not asserted, '%s: %d negatives, asserted: %s' % (form, len(negatives), asserted))
    logs = os.path.join(shared, 'cases', 'real-logs')
    for name in sorted(os.listdir(logs)):
        article = name.split('-')[0].replace('kb', 'Q')  # logs as published are named after their article
        done = subprocess.run([exdiag, 'diagnose', os.path.join(logs, name), '--format', 'json'], capture_output=True,
                              text=True, timeout=60)
        findings = json.loads(done.stdout)['findings'] if done.stdout else []
        check(failures, bool(findings) and article in findings[0]['articles'], '%s names %s first' % (name, article))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
