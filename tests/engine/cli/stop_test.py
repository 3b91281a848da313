#!/usr/bin/env python3
"""Ctrl-C and SIGTERM at chosen places of an import: it stops at once and says what was and was not imported.

  stop_test.py EXDIAG SOURCE PRELOAD

PRELOAD is what is loaded into the program: the library of signal_at.cpp, which sends the signal, after what has to come
first.
"""
import gzip
import io
import json
import os
import random
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

PROGRAM, SOURCE, PRELOAD = sys.argv[1:4]
STOPPED = 'exdiag: interrupted; the files in the ledger are imported whole\n'
DONE = 'exdiag: interrupted when all files were done; the ledger says what is imported\n'
LARGE = 4 << 20
MIDDLE = 1 << 20


def noise(count):
    return random.Random(1).randbytes(count)


class Stop(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.store = self.path('site.db')
        self.logs = [self.log('a.evtx', 20, 1), self.log('b.evtx', 20, 2)]

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        with open(self.path(name), 'wb') as f:
            f.write(content)
        return self.path(name)

    def log(self, name, count, seed):
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests/tools/make_evtx.py'), '--demo', str(count), '--seed',
                        str(seed), self.path(name)], check=True, stderr=subprocess.DEVNULL)
        return self.path(name)

    def run_exdiag(self, *arguments, number=None, at=''):
        env = dict(os.environ, EXDIAG_CACHE='')
        if number:
            env.update(EXDIAG_TEST_SIGNAL=str(int(number)), EXDIAG_TEST_AT=at, LD_PRELOAD=PRELOAD)
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, env=env, timeout=120)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    def stop(self, inputs, at):
        """Exit code and stderr for SIGINT and SIGTERM, and the files that are in the ledger and in the store."""
        told = []
        for number in (signal.SIGINT, signal.SIGTERM):
            for suffix in ('', '-wal', '-shm'):
                if os.path.exists(self.store + suffix):
                    os.remove(self.store + suffix)
            done = self.run_exdiag('import', '--format', 'json', '--store', self.store, *inputs, number=number, at=at)
            verified = self.run_exdiag('store', 'verify', '--store', self.store)
            self.assertEqual((verified.returncode, verified.stdout), (0, self.store + ': sound\n'), verified.stderr)
            info = self.run_exdiag('store', 'info', '--format', 'json', '--store', self.store)
            rows = json.loads(info.stdout)['inputs']
            self.assertEqual(json.loads(done.stdout)['inputs'], rows)
            told.append((done.returncode, done.stderr, [row['file'] for row in rows]))
        self.assertEqual(told[0], told[1])
        return told[0]

    def test_before_the_first_file(self):
        self.assertEqual(self.stop(self.logs, at=self.store),
                         (3, 'exdiag: not imported: %s\n%s' % (', '.join(self.logs), STOPPED), []))

    def test_while_the_last_file_is_read(self):
        self.assertEqual(self.stop(self.logs, at=self.logs[1] + ':5000'),
                         (3, 'exdiag: not imported: %s\n%s' % (self.logs[1], STOPPED), self.logs[:1]))

    def test_while_the_store_is_closed(self):
        self.assertEqual(self.stop(self.logs, at=self.store + '-wal:end'), (0, DONE, self.logs))

    def test_inside_a_large_member_of_an_archive(self):
        packed = self.file('large.evtx.gz', gzip.compress(noise(LARGE), 1))
        zipped, tarred = self.path('logs.zip'), self.path('logs.tar.gz')
        with zipfile.ZipFile(zipped, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.write(self.logs[1], 'b.evtx')
            archive.writestr('large.evtx', noise(LARGE))
            archive.writestr('behind.evtx', b'')
        with tarfile.open(tarred, 'w:gz') as archive:
            large = tarfile.TarInfo('large.evtx')
            large.size = LARGE
            archive.addfile(large, io.BytesIO(noise(LARGE)))
        for archive, left, kept in (
                (packed, packed + '!/large.evtx', []),
                (zipped, zipped + '!/large.evtx and what follows in the archive', [zipped + '!/b.evtx']),
                (tarred, tarred + '!/large.evtx and what follows in the archive', [])):
            with self.subTest(archive=archive):
                self.assertEqual(self.stop([self.logs[0], archive, self.path('c.evtx')], at='%s:%d' % (archive, MIDDLE)),
                                 (3, 'exdiag: not imported: %s, %s\n%s' % (left, self.path('c.evtx'), STOPPED),
                                  [self.logs[0], *kept]))

    def test_inside_a_large_file_without_records(self):
        """What is read for long before anything is found in it, or nothing is."""
        frame = struct.pack('<IIII', 0, 0, 1000, 1000) + bytes(1000)
        capture = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) + frame * (LARGE // len(frame))
        for name, content in (('port80.pcap', capture), ('noise', noise(LARGE)), ('zeros.evtx', bytes(LARGE)),
                              ('prose.txt', b'Nothing happened on that day.\r\n' * (LARGE // 31))):
            with self.subTest(file=name):
                large = self.file(name, content)
                self.assertEqual(self.stop([self.logs[0], large], at='%s:%d' % (large, MIDDLE)),
                                 (3, 'exdiag: not imported: %s\n%s' % (large, STOPPED), self.logs[:1]))

    def test_a_diagnosis_gives_no_report(self):
        done = self.run_exdiag('diagnose', *self.logs, number=signal.SIGINT, at=self.logs[1] + ':5000')
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (3, '', 'exdiag: not imported: %s\nexdiag: interrupted; no report\n' % self.logs[1]))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
