#!/usr/bin/env python3
"""Scores the evaluation cases of the reference material, in every format, and fails below what has been reached.

  cases_test.py EXDIAG SHARED_DIR       (exit code 77, "skipped", where SHARED_DIR is not there)
"""
import json
import os
import subprocess
import sys
import tempfile

FORMATS = ('nt-csv', 'nt-txt', 'clipboard', 'winevent', 'evt', 'evtx')
# The families of the rules that exist: share of fault cases whose article is named first.
FAMILY_TOP1 = 0.9
# By the article that a case expects.
FAMILIES = set('''
  Q217142 Q253307 Q158279 Q323733 Q279537 Q191594 Q225206 Q247782 Q181721 Q248488 Q279415 Q320200
  Q151626 Q193380 Q169113 Q256844 Q189345 Q166308 Q171113 Q182619 Q157701 Q164400 Q168815 Q193323 Q174257 Q162674
'''.split())
REAL_LOGS = {'kb914137-exps-logon-denied-spn.txt': 'Q914137', 'kb843106-7004-7010-504.txt': 'Q843106',
             'kb818530-1709-virtual-server-name-not-fqdn.txt': 'Q818530'}


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
    for form in FORMATS:
        results = [r for r in score(exdiag, shared, form) if r['state'] != 'skipped']
        errors = [r for r in results if r['state'] == 'error']
        check(failures, not errors, '%s: no errors %s' % (form, errors[:2]))
        faults = [r for r in results if r['state'] != 'error' and r['expect'] in FAMILIES]
        first = [r for r in faults if r['state'] == 'top1']
        missed = [r['id'] for r in faults if r['state'] != 'top1']
        check(failures, len(first) >= FAMILY_TOP1 * len(faults),
              '%s: %d of %d family cases first; missed %s' % (form, len(first), len(faults), missed))
        negatives = [r for r in results if r['state'] != 'error' and r['expect'] == 'none']
        asserted = [r['id'] for r in negatives if r['state'] != 'top1']
        check(failures, not asserted, '%s: %d negatives, asserted: %s' % (form, len(negatives), asserted))
    for name, article in REAL_LOGS.items():
        done = subprocess.run([exdiag, 'diagnose', os.path.join(shared, 'cases', 'real-logs', name), '--format', 'json'],
                              capture_output=True, text=True, timeout=60)
        findings = json.loads(done.stdout)['findings'] if done.stdout else []
        check(failures, bool(findings) and article in findings[0]['articles'], '%s names %s first' % (name, article))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
