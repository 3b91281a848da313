#!/usr/bin/env python3
"""A disk that fills up at any moment of an import, and a folder that cannot be written to.

  disk_test.py EXDIAG SOURCE DISK_FAULTS

DISK_FAULTS is the library of disk_faults.cpp, which plays the disk: a real one of a few megabytes cannot be had
everywhere.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SOURCE, FAULTS = sys.argv[1:4]
RECORDS = 3000


class Disk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.small = self.log('small.evtx', 20, 1)
        self.big = self.log('big.evtx', RECORDS, 2)
        os.mkdir(os.path.join(self.folder.name, 'stores'))
        self.store = os.path.join(self.folder.name, 'stores/site.db')

    def log(self, name, count, seed):
        path = os.path.join(self.folder.name, name)
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests/tools/make_evtx.py'), '--demo', str(count), '--seed',
                        str(seed), path], check=True, stderr=subprocess.DEVNULL)
        return path

    def run_exdiag(self, *arguments, stdin=b'', **faults):
        env = dict(os.environ, EXDIAG_CACHE='')
        if faults:
            env.update(faults, LD_PRELOAD=FAULTS)
        done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, env=env, timeout=120)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    def exdiag(self, code, *arguments, **how):
        done = self.run_exdiag(*arguments, **how)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def import_big(self, code, **faults):
        return self.exdiag(code, 'import', '--format', 'json', '--store', self.store, self.big, **faults)

    def expect_only_small(self):
        self.assertEqual(self.exdiag(0, 'store', 'verify', '--store', self.store).stdout, self.store + ': sound\n')
        info = json.loads(self.exdiag(0, 'store', 'info', '--format', 'json', '--store', self.store).stdout)
        self.assertEqual([row['stored'] for row in info['inputs']], [20])

    def test_a_disk_that_is_full_at_any_moment_leaves_the_store_as_it_was(self):
        self.exdiag(0, 'import', '--store', self.store, self.small)
        # From the first byte to behind the last one that the import writes.
        fractions = [0, 100, 5000, 20_000] + [1 << power for power in range(15, 24)]
        filled = 0
        for count in fractions:
            with self.subTest(bytes=count):
                done = self.run_exdiag('import', '--format', 'json', '--store', self.store, self.big,
                                       EXDIAG_TEST_DISK_BYTES=str(count))
                if done.returncode == 0:
                    break
                filled += 1
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertEqual(done.stdout, '')
                self.assertIn(done.stderr, (
                    'exdiag: %s: the disk is full; not opened\n' % self.store,
                    'exdiag: %s: the disk is full; nothing of %s was stored\n' % (self.store, self.big)))
                self.expect_only_small()
        self.assertGreaterEqual(filled, 6)
        self.assertEqual(done.returncode, 0, done.stderr)
        row = json.loads(done.stdout)['inputs'][0]
        self.assertEqual((row['records'], row['stored']), (RECORDS, RECORDS))

    def test_a_new_store_on_a_full_disk(self):
        done = self.import_big(3, EXDIAG_TEST_DISK_BYTES='100')
        self.assertEqual(done.stderr, 'exdiag: %s: the disk is full; not opened\n' % self.store)
        self.assertEqual(self.exdiag(3, 'store', 'verify', '--store', self.store).stderr,
                         'exdiag: %s: empty; nothing was stored in it yet\n' % self.store)
        self.import_big(0)
        self.assertEqual(self.exdiag(0, 'store', 'verify', '--store', self.store).stdout, self.store + ': sound\n')

    def test_a_temporary_store_on_a_full_disk(self):
        """Standard input that is kept in a temporary file."""
        with open(self.big, 'rb') as source:
            log = source.read()
        log += bytes((20 << 20) - len(log))
        done = self.exdiag(3, 'diagnose', '-', stdin=log, EXDIAG_TEST_DISK_BYTES='1000000')
        self.assertIn('No space left on device', done.stderr)

    def test_a_folder_that_cannot_be_written_to(self):
        faults = dict(EXDIAG_TEST_READ_ONLY=os.path.dirname(self.store))
        refused = 'exdiag: %s: the file or its folder cannot be written to; not opened\n' % self.store
        self.assertEqual(self.import_big(3, **faults).stderr, refused)
        self.assertEqual(os.listdir(os.path.dirname(self.store)), [])
        self.exdiag(0, 'import', '--store', self.store, self.small)
        self.assertEqual(self.import_big(3, **faults).stderr, refused)
        self.expect_only_small()
        # What only reads goes on.
        events = self.exdiag(0, 'events', '--format', 'json', '--store', self.store, **faults)
        self.assertEqual(len(json.loads(events.stdout)['events']), 20)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
