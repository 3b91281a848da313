#!/usr/bin/env python3
"""An import that is killed or stopped at any moment: the store is sound, and importing again completes it.

  kill_test.py EXDIAG SOURCE [KILLS [PART]]

EXDIAG_KILLS=200 kills more often than a usual run does, EXDIAG_KILL_SEED=N begins elsewhere.  PART 3 makes the logs a
third as long, for a program that is slow under sanitizers.
"""
import collections
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, SOURCE = sys.argv[1:3]
KILLS = int(os.environ.get('EXDIAG_KILLS') or (sys.argv[3:] or ['10'])[0])
PART = int((sys.argv[4:] or ['1'])[0])
SEED = int(os.environ.get('EXDIAG_KILL_SEED', '1'))
STOPPED = 'exdiag: interrupted; the files in the ledger are imported whole\n'


def text_log(count):
    """An export of NT, with a row in between that cannot be read."""
    rows = ['11/22/1999,7:%02d:%02d PM,MSExchangeMTA,Warning,Interface,9322,N/A,BREST,Error %d.\r\n'
            % (i // 60 % 60, i % 60, i) for i in range(count)]
    rows.insert(count // 2, '11/22/1999,7:05:40 PM,MSExchangeMTA,Warning,Interface,no number,N/A,BREST,x\r\n')
    return ''.join(rows)


class Interrupted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.first = cls.log('first.evtx', 400 // PART, 1)
        # The first one once more inside a longer one, and with its end cut off inside a record.
        cls.logs = [cls.log('a.evtx', 3000 // PART, 2), cls.log('b longer.evtx', 2500 // PART, 1),
                    cls.log('c cut.evtx', 2500 // PART, 3, -70000), cls.log('d.evtx', 3000 // PART, 4)]
        cls.logs.insert(2, cls.path('c.csv'))
        with open(cls.logs[2], 'w') as f:
            f.write(text_log(3000 // PART))
        whole = cls.path('whole.db')
        cls.run_exdiag('import', '--store', whole, cls.first)
        cls.base = cls.path('base.db')
        shutil.copy(whole, cls.base)
        begun = time.monotonic()
        done = cls.run_exdiag('import', '--store', whole, *cls.logs)
        cls.seconds = time.monotonic() - begun
        assert done.returncode == 0, done.stderr
        cls.whole = cls.contents(whole)
        rows = cls.whole['ledger']
        assert [row['file'] for row in rows] == [cls.first, *cls.logs], rows
        assert sum(row['duplicates'] for row in rows) > 0 and sum(row['rejected'] for row in rows) > 0, rows

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def log(cls, name, count, seed, cut=0):
        damage = ['--truncate', str(cut)] if cut else []
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests/tools/make_evtx.py'), '--demo', str(count), '--seed',
                        str(seed), *damage, cls.path(name)], check=True, stderr=subprocess.DEVNULL)
        return cls.path(name)

    @staticmethod
    def run_exdiag(*arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=300)
        done.stderr = done.stderr.decode()
        return done

    @classmethod
    def contents(cls, store):
        """All events as they are told, what each log covers, and the rows of the ledger."""
        events = cls.run_exdiag('events', '--store', store, '--format', 'json')
        info = json.loads(cls.run_exdiag('store', 'info', '--format', 'json', '--store', store).stdout)
        return {'events': events.stdout, 'coverage': info['coverage'], 'ledger': info['inputs']}

    def new_store(self, from_base):
        for suffix in ('', '-wal', '-shm', '-journal'):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.path('site.db') + suffix)
        if from_base:
            shutil.copy(self.base, self.path('site.db'))
        return self.path('site.db')

    def expect_sound(self, store, may_be_empty=False):
        """Every file of the ledger is in it as a whole."""
        done = self.run_exdiag('store', 'verify', '--store', store)
        if may_be_empty and done.returncode == 3:
            self.assertIn(done.stderr, ('exdiag: %s: empty; nothing was stored in it yet\n' % store,
                                        'exdiag: %s: no such store; exdiag import --store makes one\n' % store))
            return []
        self.assertEqual((done.returncode, done.stdout.decode()), (0, store + ': sound\n'), done.stderr)
        rows = json.loads(self.run_exdiag('store', 'info', '--format', 'json', '--store', store).stdout)['inputs']
        self.assertEqual(rows, self.whole['ledger'][:len(rows)])
        return rows

    def expect_completed(self, store, already):
        """Importing again gives what one import without a stop gave."""
        done = self.run_exdiag('import', '--format', 'json', '--store', store, *self.logs)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = collections.Counter(row['file'] for row in json.loads(done.stdout)['inputs'] if row['stored'] == 0)
        now = self.contents(store)
        self.assertEqual(now['coverage'], self.whole['coverage'])
        self.assertEqual(now['events'], self.whole['events'])
        first_rows = {}
        for row in now['ledger']:
            if row['file'] not in first_rows:
                first_rows[row['file']] = row
                continue
            self.assertIn(row['file'], already)
            self.assertEqual((row['stored'], row['facts'], row['records']), (0, 0, row['duplicates'] + row['rejected']))
        self.assertEqual([first_rows[row['file']] for row in self.whole['ledger']], self.whole['ledger'])
        for file in already:
            self.assertEqual(again[file], 1)
        self.assertEqual(self.run_exdiag('store', 'verify', '--store', store).returncode, 0)

    def test_killed_at_any_moment(self):
        moments = random.Random(SEED)
        longest = 1.1 * self.seconds
        killed, late, files_kept = 0, 0, collections.Counter()
        while killed < KILLS:
            from_base = moments.random() < 0.8
            store = self.new_store(from_base)
            arguments = ['import', '--store', store, *([] if from_base else [self.first]), *self.logs]
            process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            delay = moments.uniform(0, longest)
            time.sleep(delay)
            process.kill()
            if process.wait() == 0:  # it was faster; so that this comes to an end anywhere
                late += 1
                longest = max(delay, 0.002)
                continue
            killed += 1
            with self.subTest(kill=killed, from_base=from_base, delay=delay):
                kept = [row['file'] for row in self.expect_sound(store, may_be_empty=not from_base)]
                if not kept:
                    self.assertFalse(from_base)
                    self.run_exdiag('import', '--store', store, self.first)
                files_kept[len(kept)] += 1
                self.expect_completed(store, [file for file in kept if file != self.first])
        print('logs of 1/%d; killed %d times, %d imports were done before; files in the store after a kill: %s' % (
            PART, killed, late, ', '.join('%d: %d' % pair for pair in sorted(files_kept.items()))))

    def test_stopped_while_it_waits_for_bytes(self):
        """SIGINT and SIGTERM; a pipe that nobody writes to keeps the import where it is."""
        pipe = self.path('pipe')
        os.mkfifo(pipe)
        self.addCleanup(os.remove, pipe)
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                store = self.new_store(from_base=True)
                process = subprocess.Popen([PROGRAM, 'import', '--format', 'json', '--store', store, self.logs[0], pipe,
                                            *self.logs[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                with open(pipe, 'wb'):  # returns once the program reads
                    process.send_signal(number)
                out, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 3, err)
                self.assertEqual(err.decode(), 'exdiag: not imported: %s\n%s' % (', '.join([pipe, *self.logs[1:]]), STOPPED))
                self.assertEqual([row['file'] for row in json.loads(out)['inputs']], self.logs[:1])
                self.assertEqual([row['file'] for row in self.expect_sound(store)], [self.first, self.logs[0]])
                self.expect_completed(store, self.logs[:1])

    def test_stopped_at_any_moment(self):
        moments = random.Random(SEED + 1)
        for number in [signal.SIGINT, signal.SIGTERM] * max(1 if PART > 1 else 2, KILLS // 10):
            store = self.new_store(from_base=True)
            process = subprocess.Popen([PROGRAM, 'import', '--format', 'json', '--store', store, *self.logs],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            delay = moments.uniform(0, self.seconds)
            time.sleep(delay)
            process.send_signal(number)
            out, err = process.communicate(timeout=120)
            with self.subTest(signal=number.name, delay=delay):
                kept = [row['file'] for row in self.expect_sound(store)][1:]
                if process.returncode == 3:
                    self.assertEqual([row['file'] for row in json.loads(out)['inputs']], kept)
                    self.assertTrue(err.decode().endswith('exdiag: not imported: %s\n%s' % (
                        ', '.join(self.logs[len(kept):]), STOPPED)), err)
                elif process.returncode == 0:
                    self.assertEqual(kept, self.logs)
                else:  # before it listens to signals, or while it ends
                    self.assertEqual(process.returncode, -number, err)
                    self.assertIn(kept, ([], self.logs))
                self.expect_completed(store, kept)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
