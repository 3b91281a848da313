#!/usr/bin/python3
"""Ninety nights of one site: whole runs of the program over generated logs, with the state that each night must find.

  simulation_test.py PROGRAM SOURCE_FOLDER [--nights=N] [--servers=N] [unittest arguments]

Night N is the run at two in the morning after day N, over the logs of that day.  The stories below say what happens on
which day; what the reports of each night must say is written down beside them, not worked out.
"""
import contextlib
import csv
import datetime
import io
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'tools'))
import make_site  # noqa: E402

OPTIONS = dict(option[2:].split('=') for option in sys.argv[3:] if option.startswith(('--nights', '--servers')))
NIGHTS, SERVERS = int(OPTIONS.get('nights', 90)), int(OPTIONS.get('servers', 20))
START = datetime.datetime(2001, 3, 1)
DATA = ['--rules', os.path.join(HERE, 'rules'), '--kbdata', os.path.join(SOURCE, 'kbdata')]
HOSTS = [make_site.host_name(n) for n in range(SERVERS)]
A, B, C, D, E, F, G, H = HOSTS[:8]
REFUSED, TAPE = 'sim.mta.refused', 'sim.backup.tape'

# ---- what happens ---------------------------------------------------------------------------------------------------


def days(first, last):
    return range(first, last + 1)


SILENT = {(D, day) for day in days(12, 15)}   # no log of that host arrives
KILLED = 45                                   # the run of this night is killed half way
AGAIN = 50                                    # all files are there again with other dates


def troubles(day):
    """(host, hour, fields) of the troubles of a day."""
    rng = random.Random(day)
    if day in days(3, 9) or day in days(30, 32):         # begins, repeats, is fixed, comes back, is fixed
        yield from ((A, hour, make_site.refused(rng, 5, B)) for hour in (10, 14))
    if day in (5, 6):                                    # becomes worse; its rule has no check
        yield C, 20, make_site.UNKNOWN[0]
    if day == 7:
        yield from ((C, 8 + hour, make_site.UNKNOWN[0]) for hour in range(12))
    if day == 11:                                        # its log is silent afterwards
        yield D, 20, make_site.refused(rng, 5, E)
    if day in days(20, 40):                              # acknowledged from night 23 on, until day 30
        yield F, 9, make_site.refused(rng, 5, G)
    if day in days(45, 46):                              # begins in the night that is killed
        yield H, 12, make_site.refused(rng, 5, B)
    if day in days(2, 4):                                # another error is another cause, which no rule here knows
        yield G, 3, make_site.refused(rng, 1722, H)


# ---- what the nights must say ---------------------------------------------------------------------------------------

def expected(night):
    """{(state, cause, hosts)} of a night's report; logs have no cause."""
    states = set()

    def trouble(cause, *hosts, **nights):
        for state, when in nights.items():
            if night in when:
                states.add((state.replace('_', ' '), cause, tuple(sorted(hosts))))

    # The check wants a day without 9322: the log of the day after the last event reaches beyond 14 o'clock.
    trouble(REFUSED, A, B, new=[3], ongoing=[*days(4, 9), 31, 32], cleared=[10, 33], came_back=[30])
    # Twelve events after one are worse; a day without (the site's `quiet`) ends it.
    trouble(TAPE, C, new=[5], ongoing=[6], worse=[7], cleared=[8])
    # Silence clears nothing.  The log of day 16 holds less than a day, that of day 17 makes it one.
    trouble(REFUSED, D, E, new=[11], ongoing=days(12, 16), cleared=[17])
    trouble('', D, missing=[12], still_missing=days(13, 15), arrived_again=[16])
    # Acknowledged or not, it goes on.
    trouble(REFUSED, F, G, new=[20], ongoing=days(21, 40), cleared=[41])
    # The night after the killed one tells what that one would have told.
    trouble(REFUSED, B, H, new=[46], cleared=[47])
    return states


def wrong(night):
    """Whether something is wrong that nobody acknowledged: the exit code."""
    present = (night in days(3, 9) or night in days(30, 32) or night in days(5, 7) or night in days(11, 16) or
               night in days(20, 22) or night in days(30, 40) or night == 46)
    return present


SITE = """acknowledge:
  - {rule: sim.mta.refused, hosts: [%s], until: %s, reason: the trust comes next week, by: anna}
"""
CONFIG = """sites:
  - name: sim
    store: site.db
    timezone: UTC
    settle: 0s
    formats: [json, html, text]
    retention: {events: 40d, reports: 60d}
    servers:
"""


def date(day):
    return (START + datetime.timedelta(days=day)).strftime('%Y-%m-%d')


class Simulation(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.reports = self.path('reports', 'sim')
        self.fed = set()
        with open(self.path('exdiag.yaml'), 'w') as f:
            f.write(CONFIG + ''.join('      - {name: %s, inbox: inbox/%s}\n' % (host, host) for host in HOSTS))
        for host in HOSTS:
            os.makedirs(self.path('inbox', host))

    def path(self, *names):
        return os.path.join(self.folder.name, *names)

    def write_logs(self, day):
        rng = random.Random(1000 + day)
        events = {host: [(minute * 60 + rng.randrange(60), rng.choice(make_site.NOISE))
                         for minute in (1, 180, 400, 600, 800, 1000, 1200, 1430)] for host in HOSTS}
        for host, hour, fields in troubles(day):
            events[host].append((hour * 3600, fields))
        for host in HOSTS:
            if (host, day) in SILENT:
                continue
            out = io.StringIO(newline='')
            writer = csv.writer(out, lineterminator='\r\n')
            for second, (level, source, category, number, text) in sorted(events[host], key=lambda e: e[0]):
                time = START + datetime.timedelta(days=day, seconds=second)
                writer.writerow(('%d/%d/%d' % (time.month, time.day, time.year),
                                 time.strftime('%I:%M:%S %p').lstrip('0'), source, level, category, number, 'N/A', host,
                                 text))
                self.fed.add((host, time, source, number, text))
            with open(self.path('inbox', host, date(day) + '.csv'), 'wb') as f:
                f.write(out.getvalue().encode())

    def run_night(self, night, most_bytes=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        return subprocess.run([PROGRAM, 'nightly', '--config', self.path('exdiag.yaml'), '--at',
                               date(night + 1) + 'T02:00:00Z', *DATA], capture_output=True, text=True, timeout=120,
                              env=dict(os.environ, TZ='UTC'), preexec_fn=limit if most_bytes else None)

    def report(self, night):
        with open(os.path.join(self.reports, date(night + 1) + '.json')) as f:
            return json.load(f)

    def states(self, night):
        return {(change['state'], change['cause'], tuple(sorted(change['hosts'])))
                for change in self.report(night)['changes']['list']}

    def rows(self, question):
        # An open connection would keep the store's log from being put away.
        with contextlib.closing(sqlite3.connect(self.path('site.db'))) as store:
            return store.execute(question).fetchall()

    def verify(self):
        result = subprocess.run([PROGRAM, 'store', 'verify', self.path('site.db')], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ''))

    def test_ninety_nights(self):
        print('%d nights of %d servers' % (NIGHTS, SERVERS))
        for night in days(1, NIGHTS):
            with self.subTest(night=night):
                self.night(night)
        self.verify()
        self.check_store(NIGHTS)
        valid = subprocess.run(['/usr/bin/python3', os.path.join(HERE, '..', 'report', 'validate_report.py'),
                                os.path.join(SOURCE, 'docs', 'report.schema.json'),
                                os.path.join(self.reports, 'latest.json')], capture_output=True, text=True)
        self.assertEqual(valid.returncode, 0, valid.stdout + valid.stderr)

    def night(self, night):
        self.write_logs(night)
        if night == 23:
            with open(self.path('exdiag-site.yaml'), 'w') as f:
                f.write(SITE % (F, date(30)))
        if night == AGAIN:
            for host in HOSTS:
                for name in os.listdir(self.path('inbox', host)):
                    os.utime(self.path('inbox', host, name))
        if night == KILLED:
            return self.kill(night)
        result = self.run_night(night)
        self.assertEqual(result.returncode, 1 if wrong(night) else 0, result.stderr + result.stdout)
        self.assertEqual(self.states(night), expected(night), result.stdout)
        self.check_files(night, result)
        self.check_report(night)

    def kill(self, night):
        """A limit on the size of files ends the process in the middle; the first that does is taken."""
        saved = self.path('saved')
        self.copy_store(self.folder.name, saved)
        for most_bytes in range(100_000, 2_000_000, 50_000):
            result = self.run_night(night, most_bytes)
            self.assertLess(result.returncode, 0, result.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.reports, date(night + 1) + '.json')))
            unfinished = self.rows('SELECT count(*) FROM runs WHERE completed = 0')
            read = self.rows("SELECT count(*) FROM imports WHERE file LIKE '%%%s.csv'" % date(night))[0][0]
            if SERVERS // 3 < read < SERVERS:
                self.assertEqual(unfinished, [(1,)])
                return
            self.copy_store(saved, self.folder.name)
        self.fail('it never stopped half way')

    @staticmethod
    def copy_store(source, target):
        os.makedirs(target, exist_ok=True)
        for name in ('site.db', 'site.db-wal', 'site.db-shm'):
            if os.path.exists(os.path.join(target, name)):
                os.remove(os.path.join(target, name))
            if os.path.exists(os.path.join(source, name)):
                shutil.copy(os.path.join(source, name), os.path.join(target, name))

    def check_files(self, night, result):
        """Each file is read once, whatever happens."""
        if night == KILLED + 1:
            self.assertIn('was cut off; this one does its work as well', result.stderr)
            self.assertIn('taken over from', result.stderr)
        else:
            self.assertNotIn('cut off', result.stderr)
        duplicates = self.rows('SELECT sum(duplicates) FROM imports')[0][0]
        if night < KILLED + 1:
            self.assertEqual(duplicates, 0)
        if night in (AGAIN - 1, AGAIN):
            repeated = self.rows('SELECT count(*) FROM imports WHERE repeats IS NOT NULL')[0][0]
            self.assertEqual(repeated > 1, night == AGAIN, repeated)

    def check_report(self, night):
        report = self.report(night)
        present = {(state, cause, hosts) for state, cause, hosts in expected(night)
                   if cause and state != 'cleared'}
        self.assertEqual({(f['cause'], tuple(sorted(f['hosts']))) for f in report['findings']},
                         {(cause, hosts) for _, cause, hosts in present})
        for ending in ('json', 'html', 'txt'):
            with open(os.path.join(self.reports, date(night + 1) + '.' + ending), 'rb') as dated:
                with open(os.path.join(self.reports, 'latest.' + ending), 'rb') as latest:
                    self.assertEqual(dated.read(), latest.read())
        self.assertEqual([name for name in os.listdir(self.reports) if name.endswith('.tmp')], [])
        remarks = {change['state']: change['remark'] for change in report['changes']['list'] if change['cause']}
        if night == 10:
            self.assertEqual(remarks['cleared'], 'fixed since %s 14:00:00: no MSExchangeMTA 9322 for 1 d although the '
                             'log is covered' % date(9))
        if night == 13:
            self.assertEqual(remarks['ongoing'], 'not known whether it goes on: the application log of %s was not read '
                             'for the whole time' % D.lower())
        if night == 7:
            self.assertEqual(remarks['worse'], '12 events since the last run, 1 in the run before')
        if night == 23:
            self.assertTrue(report['incidents'][0]['acknowledged'])
        if night == 30:
            expired = [change['remark'] for change in report['changes']['list'] if F in change['hosts']]
            self.assertEqual(expired, ['no longer acknowledged'])

    def check_store(self, night):
        """What retention leaves is there once, and nothing else."""
        oldest = START + datetime.timedelta(days=night + 1 - 40, hours=2)
        kept = [event for event in self.fed if event[1] >= oldest]
        self.assertEqual(self.rows('SELECT ifnull(sum(events), 0) FROM event_blocks')[0][0], len(kept))
        stored, removed = self.rows('SELECT sum(stored), sum(removed) FROM imports')[0]
        self.assertEqual((stored, removed), (len(self.fed), len(self.fed) - len(kept)))
        dated = {name[:10] for name in os.listdir(self.reports) if not name.startswith('latest')}
        first = max(1, night - 60)
        self.assertEqual(dated, {date(n + 1) for n in days(first, night) if n != KILLED})


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + [a for a in sys.argv[3:] if not a.startswith(('--nights', '--servers'))])
