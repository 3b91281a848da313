#!/usr/bin/python3
"""Runs the program as a user would and looks at its output, its messages and its exit codes.

  cli_test.py PROGRAM SOURCE_FOLDER [unittest arguments]
"""
import contextlib
import csv
import datetime
import fcntl
import io
import json
import os
import pty
import re
import shlex
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty
import unittest
import zipfile

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
VALIDATE = os.path.join(HERE, '..', 'report', 'validate_report.py')
RULES = ['--rules', os.path.join(HERE, 'rules'), '--kbdata', os.path.join(SOURCE, 'kbdata')]

REFUSED = ('An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) index: 106, '
           'NT/MTA error code: %d. Comms error %d, Bind error 0, Remote Server Name LYON, Protocol String '
           'ncacn_ip_tcp:10.1.1.1[1035] [BASE IL INCOMING RPC 25 507] (14)')


def row(host, event_id, message, moment='7:05:31 PM', level='Warning', category='Interface'):
    """A row as the Event Viewer of NT writes it."""
    cells = ['11/22/1999', moment, 'MSExchangeMTA', level, category, str(event_id), 'N/A', host, message]
    out = io.StringIO()
    csv.writer(out, lineterminator='\r\n').writerow(cells)
    return out.getvalue()


LOG = row('BREST', 9322, REFUSED % (5, 5)) + row('BREST', 9411, 'Something nobody explains.', '6:00:00 PM', 'Error',
                                                 'Resource')


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.log = self.file('brest.csv', LOG)
        self.store = self.path('site.db')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def file(self, name, content):
        with open(self.path(name), 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode('cp1252'))
        return self.path(name)

    def run_exdiag(self, *arguments, stdin=b'', env=None, cwd=None, stdout=subprocess.PIPE):
        result = subprocess.run([PROGRAM, *arguments], input=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=60,
                                cwd=cwd, env=dict(os.environ, **(env or {})))
        result.out = (result.stdout or b'').decode('utf-8')
        result.err = result.stderr.decode('utf-8')
        return result

    def exdiag(self, code, *arguments, **how):
        """Runs it with the rules of the tests and expects this exit code."""
        result = self.run_exdiag(*arguments, *RULES, **how)
        self.assertEqual(result.returncode, code, result.err + result.out)
        return result

    def import_log(self):
        return self.exdiag(0, 'import', '--store', self.store, '--timezone', 'UTC', self.log)


class Diagnose(CommandLine):
    def test_text_names_the_leading_cause_and_what_was_read(self):
        result = self.exdiag(1, 'diagnose', '--timezone', 'UTC', self.log)
        for part in ('1 incident\n', '1. Servers whose domains do not trust each other\n', 'What to do\n',
                     'On LYON: Give the connector an account of the other domain.', 'The service accounts of the two',
                     'What would settle it', 'MSExchangeMTA 9411', 'What was read'):
            self.assertIn(part, result.out)
        self.assertEqual(result.err, '')
        self.assertNotIn('\x1b', result.out)

    def test_json_is_as_the_schema_says(self):
        result = self.exdiag(1, 'diagnose', self.log, '--format', 'json')
        schema = os.path.join(SOURCE, 'docs', 'report.schema.json')
        checked = subprocess.run(['/usr/bin/python3', VALIDATE, schema, '-'], input=result.stdout, capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout.decode())
        report = json.loads(result.out)
        self.assertEqual([f['cause'] for f in report['findings']],
                         ['test.rpc-denied.untrusted-domains', 'test.rpc-denied.service-account'])
        self.assertEqual(report['findings'][0]['articles'], ['Q217142'])
        self.assertEqual(report['findings'][0]['triggers'][0]['line'], 1)
        self.assertEqual([u['event_id'] for u in report['unexplained']], [9411])
        self.assertEqual(report['inputs'][0]['records'], 2)
        self.assertEqual(report['inputs'][0]['stored'], 2)

    def test_all_formats_and_no_other(self):
        for name in ('text', 'json', 'html', 'markdown', 'csv'):
            self.assertNotEqual(self.exdiag(1, 'diagnose', self.log, '--format', name).out, '')
        result = self.exdiag(2, 'diagnose', self.log, '--format', 'xml')
        self.assertEqual(result.err, 'exdiag diagnose: there is no format "xml" here; choose one of text, json, '
                         'html, markdown, csv\nTry "exdiag diagnose --help".\n')

    def test_report_says_of_a_store_what_diagnose_says(self):
        self.import_log()
        for name in ('text', 'json', 'markdown', 'csv'):
            self.assertEqual(self.exdiag(1, 'report', '--store', self.store, '--format', name).out,
                             self.exdiag(1, 'diagnose', '--store', self.store, '--format', name).out, name)
        self.assertIn('</html>', self.exdiag(1, 'report', '--store', self.store, '--format', 'html').out)
        result = self.exdiag(3, 'report', '--store', self.store + '.none')
        self.assertEqual(result.err, 'exdiag: %s.none: no such store; exdiag import --store makes one\n' % self.store)

    def test_nothing_found(self):
        calm = self.file('calm.csv', row('BREST', 9298, 'The MTA started.', level='Information'))
        result = self.exdiag(0, 'diagnose', calm)
        self.assertTrue(result.out.startswith('Nothing found\n'), result.out)
        self.assertIn('1 record in 1 file', result.out)

    def test_standard_input(self):
        self.exdiag(1, 'diagnose', '-', stdin=LOG.encode())

    def test_a_store_gives_what_the_files_gave(self):
        direct = json.loads(self.exdiag(1, 'diagnose', '--timezone', 'UTC', self.log, '--format', 'json').out)
        self.import_log()
        stored = json.loads(self.exdiag(1, 'diagnose', '--store', self.store, '--format', 'json').out)
        self.assertEqual(direct['findings'], stored['findings'])
        self.assertEqual(direct['unexplained'], stored['unexplained'])

    def test_an_answer_settles_it(self):
        self.import_log()
        before = json.loads(self.exdiag(1, 'diagnose', '--store', self.store, '--format', 'json').out)
        self.assertEqual(before['ask_next'][0]['question'], 'Do the domains of BREST and LYON trust each other?')
        answered = self.run_exdiag('answer', 'domains_trust_each_other', 'no', '--store', self.store)
        self.assertEqual((answered.returncode, answered.err),
                         (0, 'exdiag: noted for all hosts: domains_trust_each_other is no\n'))
        after = json.loads(self.exdiag(1, 'diagnose', '--store', self.store, '--format', 'json').out)
        self.assertGreater(after['findings'][0]['confidence'], before['findings'][0]['confidence'] + 0.1)
        self.assertEqual([a for a in after['ask_next'] if 'trust' in a['question']], [])

    def test_hostile_text_reaches_no_terminal(self):
        evil = self.file('evil.csv', row('BRE\x1b[31mST', 9322, REFUSED % (5, 5)) + row('X', 1, '\x1b]0;owned\x07'))
        for name in ('text', 'markdown', 'csv', 'json'):
            result = self.exdiag(1, 'diagnose', evil, '--format', name)
            self.assertNotIn(b'\x1b', result.stdout)
            self.assertNotIn(b'\x1b', result.stderr)

    def test_bad_input_is_named_and_the_rest_done(self):
        picture = self.file('photo.png', b'\x89PNG\r\n\x1a\n' + bytes(64))
        missing = self.path('missing.evtx')
        arguments = ('diagnose', picture, missing, self.log)
        result = self.exdiag(1, *arguments)
        self.assertIn(missing + ':', result.err)
        self.assertIn(picture + ':', result.err)
        self.assertIn('exdiag: 2 of 3 inputs could not be read\n', result.err)
        self.exdiag(3, *arguments, '--strict')
        self.exdiag(3, 'diagnose', picture, missing)

    def test_output_goes_to_a_file_but_never_over_an_input(self):
        report = self.path('report.md')
        result = self.exdiag(1, 'diagnose', self.log, '--format', 'markdown', '--output', report)
        self.assertEqual(result.out, '')
        with open(report, encoding='utf-8') as f:
            self.assertTrue(f.read().startswith('# 1 incident\n'))
        result = self.exdiag(3, 'diagnose', self.log, '--output', self.log)
        self.assertEqual(result.err, 'exdiag: %s: is also an input; not overwritten\n' % self.log)
        with open(self.log, 'rb') as f:
            self.assertEqual(f.read(), LOG.encode())

    def test_what_cannot_be_written_is_an_error(self):
        result = self.exdiag(3, 'diagnose', self.log, '--output', '/dev/full')
        self.assertEqual(result.err, 'exdiag: /dev/full: No space left on device; the result is not complete\n')
        result = self.exdiag(3, 'diagnose', self.log, '--output', self.path('no/such/folder'))
        self.assertEqual(result.err, 'exdiag: %s: No such file or directory; nothing written\n' %
                         self.path('no/such/folder'))
        with open('/dev/full', 'wb') as full:
            result = self.exdiag(3, 'diagnose', self.log, stdout=full)
        self.assertEqual(result.err, 'exdiag: standard output: No space left on device; the result is not complete\n')

    def test_a_reader_that_went_away_is_an_error(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        result = self.exdiag(3, 'diagnose', self.log, stdout=write_end)
        os.close(write_end)
        self.assertEqual(result.err, 'exdiag: standard output: Broken pipe; the result is not complete\n')


class KeptResults(CommandLine):
    """What an earlier diagnosis kept in the store, and rules passed over because the store holds none of their events,
    never change what is found."""

    def test_a_relative_cache_is_below_the_working_folder(self):
        arguments = 'rules', 'list', *RULES
        self.assertEqual(self.run_exdiag(*arguments, cwd=self.folder.name, env={'EXDIAG_CACHE': 'a cache/b'}).err, '')
        kept = os.listdir(self.path('a cache/b'))
        self.assertEqual([os.path.splitext(name)[1] for name in kept], ['.trees', '.trees'])
        self.run_exdiag(*arguments, cwd=self.folder.name, env={'EXDIAG_CACHE': ''})
        self.assertEqual(sorted(os.listdir(self.folder.name)), ['a cache', 'brest.csv'])

    def add(self, *rows):
        self.exdiag(0, 'import', '--store', self.store, '--timezone', 'UTC', self.file('more.csv', ''.join(rows)))

    def both_ways(self, *arguments):
        """The answer with all that is kept from run to run, which is that without."""
        arguments += ('--store', self.store, '--format', 'json', *RULES)
        full = self.run_exdiag(*arguments, env={'EXDIAG_CACHE': ''})
        for _ in range(2):
            kept = self.run_exdiag(*arguments, env={'EXDIAG_CACHE': self.path('cache')})
            self.assertEqual((kept.returncode, kept.out, kept.err), (full.returncode, full.out, full.err))
        return json.loads(full.out)

    def test_without_a_store(self):
        self.import_log()
        for command in (['diagnose', self.log], ['diagnose', self.log, '--store', self.path('other.db')],
                        ['diagnose', self.log, '--format', 'html']):
            command += ['--timezone', 'UTC', *RULES]
            full = self.run_exdiag(*command, env={'EXDIAG_CACHE': ''})
            self.assertEqual(full.returncode, 1)
            for _ in range(2):
                if os.path.exists(self.path('other.db')):
                    os.remove(self.path('other.db'))
                kept = self.run_exdiag(*command, env={'EXDIAG_CACHE': self.path('cache')})
                self.assertEqual((kept.returncode, self.without_its_time(kept.out), kept.err),
                                 (full.returncode, self.without_its_time(full.out), full.err))

    @staticmethod
    def without_its_time(page):
        return re.sub(r'%d-\d\d-\d\d[T ][0-9:]+' % datetime.date.today().year, '', page)

    def test_rules_that_change_while_logs_are_read(self):
        rules = self.path('rules')
        shutil.copytree(os.path.join(HERE, 'rules'), rules)
        command = ['diagnose', '-', '--timezone', 'UTC', '--rules', rules, *RULES[2:]]
        env = {'EXDIAG_CACHE': self.path('cache')}
        log = LOG.encode() + row('BREST', 9411, 'x').encode() * 10000  # more than a pipe holds
        before = [self.run_exdiag(*command, stdin=log, env=env).out for _ in range(2)]
        process = subprocess.Popen([PROGRAM, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**os.environ, **env})
        process.stdin.write(log)
        for folder, _, files in os.walk(rules):
            for name in files:
                with open(os.path.join(folder, name), 'w') as rule:
                    rule.write('no rule any more')
        out, err = process.communicate()
        self.assertEqual((process.returncode, err), (1, b''))
        self.assertEqual([out.decode()] * 2, before)

    def stored(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.store)) as database, database:
            return database.execute(statement, values).fetchall()

    def test_damage_to_what_is_kept_changes_nothing(self):
        """Wherever a byte of it is another, or some are missing, all is evaluated again and kept again."""
        env = {'EXDIAG_CACHE': self.path('cache')}
        self.import_log()
        self.add(*(row('BREST', 9322, REFUSED % (5, 5), '1:0%d:00 AM' % minute) for minute in range(10)))
        commands = [('diagnose', '--store', self.store, '--format', 'json'),
                    ('causes', '9322', '--store', self.store, '--format', 'json')]
        fresh = [self.exdiag(1, *command, env={'EXDIAG_CACHE': ''}).out for command in commands]
        self.exdiag(1, *commands[0], env=env)
        whole = dict(self.stored('SELECT name, content FROM kept'))
        self.assertEqual(sorted(whole), ['incidents', 'signals'])
        self.assertEqual(self.run_exdiag('store', 'verify', self.store).out, self.store + ': sound\n')
        for name, content in whole.items():
            step = max(1, len(content) // 24)
            damaged = [content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1:]
                       for at in range(0, len(content), step)]
            damaged += [b'', content[:20], content[:32], content[:-1], content + b'x']
            for number, damage in enumerate(damaged):
                self.stored('UPDATE kept SET content = ? WHERE name = ?', damage, name)
                if number % 8 == 0:
                    self.assertEqual(self.run_exdiag('store', 'verify', self.store).err,
                                     'exdiag: %s: what the last diagnosis kept does not fit its checksum (%s); the next '
                                     'one works it out again\n' % (self.store, name))
                which = number % 2
                self.assertEqual(self.exdiag(1, *commands[which], env=env).out, fresh[which], (name, number))
                self.assertEqual(dict(self.stored('SELECT name, content FROM kept')), whole, (name, number))
        self.assertEqual(self.run_exdiag('store', 'verify', self.store).returncode, 0)

    def incidents(self):
        self.both_ways('causes', '9215')
        return len(self.both_ways('diagnose')['incidents'])

    def test_import_after_import(self):
        self.exdiag(0, 'rules', 'list', env={'EXDIAG_CACHE': self.path('cache')})
        refused = REFUSED % (5, 5)
        self.add(row('BREST', 9411, 'Something nobody explains.', '6:00:00 PM'))
        self.assertEqual(self.incidents(), 0)
        self.add(row('BREST', 9322, refused, '1:00:00 AM'))
        self.assertEqual(self.incidents(), 1)
        self.add(row('BREST', 9322, refused, '12:00:00 PM'))
        self.assertEqual(self.incidents(), 2)
        # Less than six hours from both: all are one incident.
        self.add(row('BREST', 9322, refused, '6:30:00 AM'))
        self.assertEqual(self.incidents(), 1)
        before = self.both_ways('diagnose')['findings'][0]
        self.add(row('LYON', 9318, refused, '6:31:00 AM'))
        self.assertGreater(self.both_ways('diagnose')['findings'][0]['confidence'], before['confidence'])
        self.add(row('BREST', 9215, 'Stale.', '6:00:00 AM'))
        self.assertEqual(self.incidents(), 1)
        self.run_exdiag('answer', 'domains_trust_each_other', 'no', '--store', self.store)
        self.assertEqual(self.incidents(), 1)


class Usage(CommandLine):
    def test_wrong_words(self):
        cases = [
            (['diagnos'], 'exdiag: unknown command "diagnos"; did you mean "diagnose"?\nTry "exdiag --help".\n'),
            (['diagnose', '--formt', 'json'],
             'exdiag diagnose: unknown option "--formt"; did you mean "--format"?\nTry "exdiag diagnose --help".\n'),
            (['diagnose', '--xyzzy'], 'exdiag diagnose: unknown option "--xyzzy"\nTry "exdiag diagnose --help".\n'),
            (['diagnose'], 'exdiag diagnose: nothing to diagnose; give logs, or a store with --store\n'
             'Try "exdiag diagnose --help".\n'),
            (['causes', 'nonsense'],
             'exdiag causes: "nonsense" is no event; write 9322 or MSExchangeMTA/9322\nTry "exdiag causes --help".\n'),
            (['causes', '1', '2'], 'exdiag causes: "2" is one argument too many\nTry "exdiag causes --help".\n'),
            (['import', 'x'], 'exdiag import: --store is required\nTry "exdiag import --help".\n'),
            (['import', '--tpkt-port', '0', 'x'], 'exdiag import: --tpkt-port: "0" is no TCP port; write a number from 1 to '
             '65535\nTry "exdiag import --help".\n'),
            (['diagnose', '--tpkt-port', '3001', '--tpkt-port', '65536', 'x'], 'exdiag diagnose: --tpkt-port: "65536" is no '
             'TCP port; write a number from 1 to 65535\nTry "exdiag diagnose --help".\n'),
            (['events', '--tpkt-port', 'x400'], 'exdiag events: --tpkt-port: "x400" is no TCP port; write a number from 1 '
             'to 65535\nTry "exdiag events --help".\n'),
            (['rules', 'chek'],
             'exdiag rules: unknown command "chek"; did you mean "check"?\nTry "exdiag rules --help".\n'),
            ([], 'exdiag: a command is missing: diagnose, import, report, nightly, init, causes, '
             'explain, events, answer, ack, rules, store, help\n'
             'Try "exdiag --help".\n'),
        ]
        for arguments, message in cases:
            result = self.run_exdiag(*arguments)
            self.assertEqual((result.returncode, result.err, result.out), (2, message, ''))

    def test_help_and_version(self):
        self.assertRegex(self.run_exdiag('--version').out, r'^exdiag \d+\.\d+\.\d+\n$')
        result = self.run_exdiag('--help')
        self.assertEqual(result.returncode, 0)
        for word in ('diagnose', 'import', 'causes', 'explain', 'events', 'rules', 'Exit codes'):
            self.assertIn(word, result.out)
        result = self.run_exdiag('diagnose', '--help')
        self.assertEqual(result.returncode, 0)
        self.assertIn('--timezone', result.out)

    def subcommands(self, words):
        """Names of the commands below this one, as its help lists them."""
        text = self.run_exdiag(*words, '--help').out
        if 'Subcommands:' not in text:
            return []
        block = text.split('Subcommands:\n')[1].split('\n\n')[0]
        return re.findall(r'^  (\S+)', block, re.M)

    def test_every_command_has_examples_that_are_commands(self):
        commands, open_ends = [], [[]]
        while open_ends:
            words = open_ends.pop()
            below = [words + [name] for name in self.subcommands(words)]
            commands += below
            open_ends += below
        self.assertGreater(len(commands), 10)
        for words in commands:
            name = ' '.join(words)
            result = self.run_exdiag(*words, '--help')
            self.assertEqual(result.returncode, 0, name)
            self.assertEqual(self.run_exdiag('help', *words).out, result.out)
            self.assertIn('Examples:\n', result.out, name)
            examples = result.out.split('Examples:\n')[1].strip().splitlines()
            for example in examples:
                line = shlex.split(example.split(' < ')[0])
                self.assertEqual(line[:1 + len(words)], ['exdiag'] + words, example)
                options = [word.split('=')[0] for word in line if word.startswith('-') and word != '-']
                for option in options:
                    self.assertIn(option, self.run_exdiag(*self.command_of(line, commands), '--help').out, example)

    def command_of(self, line, commands):
        return max((words for words in commands if line[1:1 + len(words)] == words), key=len)

    def test_help_of_what_is_no_command(self):
        result = self.run_exdiag('help', 'rules', 'chek')
        self.assertEqual((result.returncode, result.err), (2, 'exdiag help: unknown command "chek"; did you mean '
                                                           '"check"?\nTry "exdiag help --help".\n'))
        self.assertEqual(self.run_exdiag('help').out, self.run_exdiag('--help').out)

    def test_where_rules_and_knowledge_are_looked_for(self):
        result = self.run_exdiag('rules', 'list', env={'EXDIAG_DATA': self.folder.name})
        self.assertEqual(result.returncode, 3)
        self.assertEqual(result.err, 'exdiag: no folder "kbdata" found (tried %s/kbdata); name it with --kbdata, or '
                         'its parent in EXDIAG_DATA\n' % self.folder.name)
        os.symlink(os.path.join(SOURCE, 'kbdata'), self.path('kbdata'))
        os.symlink(os.path.join(HERE, 'rules'), self.path('rules'))
        result = self.run_exdiag('rules', 'list', env={'EXDIAG_DATA': self.folder.name})
        self.assertEqual(result.returncode, 0, result.err)
        self.assertIn('2 rules', result.out)
        result = self.run_exdiag('rules', 'list', '--rules', self.path('nowhere'))
        self.assertEqual((result.returncode, result.err),
                         (3, 'exdiag: %s: no such folder; give another with --rules\n' % self.path('nowhere')))


class Import(CommandLine):
    def test_ledger_and_the_same_again(self):
        self.assertRegex(self.import_log().out, r'brest.csv +nt-csv +2 +2 +0 +0 +0\n')
        again = self.exdiag(0, 'import', '--store', self.store, '--timezone', 'UTC', self.log, '--format', 'json')
        row = json.loads(again.out)['inputs'][0]
        self.assertEqual((row['records'], row['stored'], row['duplicates']), (2, 0, 2))

    def test_a_wrong_time_zone(self):
        result = self.exdiag(3, 'import', '--store', self.store, '--timezone', 'Mars/Olympus', self.log)
        self.assertEqual(result.err, 'exdiag: --timezone: there is no zone "Mars/Olympus"; write Europe/Paris or '
                         '+01:00\n')

    def test_a_capture_with_other_ports(self):
        tpkt = bytes.fromhex('0300000b06800000002901')  # a disconnect request
        frame = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 40 + len(tpkt), 7, 0, 64, 6, 0, bytes([10, 1, 0, 1]), bytes([10, 1, 0, 2]))
        frame += struct.pack('>HHIIBBHHH', 1555, 3001, 1, 0, 0x50, 0x18, 8192, 0, 0) + tpkt
        capture = self.path('x400.pcap')
        with open(capture, 'wb') as f:
            f.write(struct.pack('<IHHQII', 0xa1b2c3d4, 2, 4, 0, 65535, 101) +
                    struct.pack('<IIII', 941569531, 0, len(frame), len(frame)) + frame)
        for options, facts in (([], 1), (['--tpkt-port', '3002', '--tpkt-port', '3001'], 2)):
            result = self.exdiag(0, 'import', *options, capture, '--store', self.path('%d.db' % facts), '--format', 'json')
            self.assertEqual(json.loads(result.out)['inputs'][0]['facts'], facts)

    def test_a_broken_row_is_named_with_its_line(self):
        broken = self.file('broken.csv', row('BREST', 9322, REFUSED % (5, 5)) + '11/22/1999,7:05:40 PM,MSExchangeMTA,Warning,Interface,no number,N/A,BREST,x\r\n' +
                           row('BREST', 9322, REFUSED % (5, 5), '7:06:00 PM'))
        result = self.exdiag(0, 'import', '--store', self.store, broken)
        self.assertIn('%s: line 2: ' % broken, result.err)
        self.assertIn('exdiag: 1 record could not be read; all others were\n', result.err)
        self.exdiag(3, 'import', '--store', self.path('strict.db'), broken, '--strict')

    def test_interrupted_imports_are_whole_or_not_at_all(self):
        big = self.file('big.csv', ''.join(row('H%d' % (i % 500), 9322, REFUSED % (5, i), '7:%02d:%02d PM' %
                                               (i // 60 % 60, i % 60)) for i in range(200000)))
        process = subprocess.Popen([PROGRAM, 'import', '--store', self.store, self.log, big, *RULES],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # Until the first file is in; the second takes much longer.
        info = ('store', 'info', self.store)
        deadline = time.time() + 30
        while self.run_exdiag(*info).returncode != 0 and time.time() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(self.run_exdiag('store', 'verify', self.store).returncode, 0)
        if process.returncode == 0:
            self.skipTest('the import was faster than the signal')
        if process.returncode == 3:
            self.assertIn(b'exdiag: interrupted; the files in the ledger are imported whole\n', err)
        ledger = json.loads(self.run_exdiag('store', 'info', self.store, '--format', 'json').out)['inputs']
        for line in ledger:
            self.assertEqual(line['records'], {self.log: 2, big: 200000}[line['file']])


class Progress(CommandLine):
    """The line on the terminal, and that nothing else gets any of it."""

    def setUp(self):
        super().setUp()
        self.broken = self.file('broken.csv', LOG + ''.join(
            '11/22/1999,7:05:40 PM,MSExchangeMTA,Warning,Interface,no number,N/A,BREST,x%d\r\n' % i for i in range(3)))
        self.same = self.file('same.csv', LOG)
        self.logs = [self.log, self.broken, self.same]

    def on_terminal(self, *arguments, columns=100, cwd=None, env=None):
        """Exit code, stdout, and all bytes that went to stderr, a terminal."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        tty.setraw(theirs)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        process = subprocess.Popen([PROGRAM, *arguments, *RULES], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=theirs, cwd=cwd, env=dict(os.environ, **(env or {})))
        os.close(theirs)
        shown = b''
        with contextlib.suppress(OSError):  # which is the end of a terminal
            while part := os.read(ours, 65536):
                shown += part
        out = process.communicate(timeout=60)[0].decode()
        return process.returncode, out, shown.decode()

    def left_on(self, shown):
        """What stands on a terminal at last, when carriage returns go back to the first column."""
        lines = []
        for line in shown.split('\n'):
            cells = ''
            for part in line.split('\r'):
                cells = part + cells[len(part):]
            lines.append(cells.rstrip())
        return '\n'.join(lines)

    def lines_shown(self, shown):
        return [part.rstrip() for part in re.split('[\r\n]', shown) if re.match(r'\d+/\d+ files?', part)]

    def test_shown_on_a_terminal_and_taken_away(self):
        for env in ({}, {'TERM': 'dumb'}, {'NO_COLOR': '1'}):
            with self.subTest(**env):
                piped = self.exdiag(0, 'import', '--store', self.path('piped%d.db' % len(str(env))), *self.logs)
                self.assertIn('same.csv: the same bytes as', piped.err)
                self.assertNotRegex(piped.err + piped.out, r'\r|/3 files')
                code, out, shown = self.on_terminal('import', '--store', self.path('tty%d.db' % len(str(env))), *self.logs,
                                                    env=env)
                self.assertEqual((code, out), (0, piped.out))
                size = sum(map(os.path.getsize, self.logs))
                self.assertEqual(self.lines_shown(shown)[0], '0/3 files, 0.0/%.1f kB' % (size / 1000))
                self.assertNotIn('\x1b', shown)
                # No complaint stands in one line with it, and nothing of it is left.
                self.assertEqual(self.left_on(shown), piped.err)

    def test_shortened_to_the_width_of_the_terminal(self):
        _, _, shown = self.on_terminal('diagnose', *self.logs, columns=12)
        self.assertEqual(self.lines_shown(shown)[0], '0/3 files,')
        self.assertEqual(max(map(len, self.lines_shown(shown))), 10)

    def test_quiet_leaves_out_progress_and_notes(self):
        complaints = [line for line in self.exdiag(0, 'import', '--store', self.store, *self.logs).err.splitlines(True)
                      if 'the same bytes as' not in line and 'local time' not in line]
        self.assertEqual(len(complaints), 4)
        for command in (['import', '--store', self.path('quiet.db')], ['diagnose']):
            _, out, shown = self.on_terminal(*command, '--quiet', *self.logs)
            self.assertEqual(shown, ''.join(complaints))
            self.assertNotEqual(out, '')

    def test_the_nightly_job(self):
        here = self.path('logs')
        os.makedirs(os.path.join(here, 'inbox'))
        for log in (self.log, self.broken, self.same):
            os.utime(shutil.move(log, os.path.join(here, 'inbox')), (1e9, 1e9))
        with open(os.path.join(here, 'exdiag.yaml'), 'w') as f:
            f.write('sites:\n  - {name: one, inbox: inbox, formats: text}\n  - {name: two, inbox: inbox, formats: text}\n')
        at = ('nightly', '--config', 'exdiag.yaml', '--at', '1999-11-23T02:00:00Z', '--site')
        code, out, shown = self.on_terminal(*at, 'one', cwd=here)
        self.assertEqual(code, 1)
        self.assertRegex(self.lines_shown(shown)[0], '^0/3 files, 0.0/1.[0-9] kB$')
        self.assertNotRegex(self.left_on(shown), 'files, |\r')
        self.assertIn('same bytes as', shown)
        code, quiet_out, shown = self.on_terminal(*at, 'two', '--quiet', cwd=here)
        self.assertEqual((code, self.lines_shown(shown)), (1, []))
        self.assertNotIn('same bytes as', shown)
        self.assertIn('inbox/broken.csv: line 3: ', shown)
        self.assertIn('3 new files', quiet_out)


class Causes(CommandLine):
    def test_without_a_store(self):
        result = self.exdiag(0, 'causes', '9322')
        for part in ('MSExchangeMTA 9322', 'What it can mean (2 causes)', 'nt_error 5',
                     'What to collect and to find out', 'setspn -L <computer> > spn.txt'):
            self.assertIn(part, result.out)
        answer = json.loads(self.exdiag(0, 'causes', 'msexchangemta/9322', '--format', 'json').out)
        self.assertTrue(answer['known'])
        self.assertEqual([(c['rank'], c['cause']) for c in answer['events'][0]['causes']],
                         [(1, 'test.rpc-denied.untrusted-domains'), (2, 'test.rpc-denied.service-account')])
        self.exdiag(0, 'causes', '9322', '--format', 'markdown')

    def test_with_a_store(self):
        self.import_log()
        result = self.exdiag(1, 'causes', '9322', '--store', self.store)
        self.assertIn('Found in the store', result.out)
        answer = json.loads(self.exdiag(1, 'causes', '9322', '--store', self.store, '--format', 'json').out)
        self.assertEqual(answer['events'][0]['seen'][0]['count'], 1)
        self.assertEqual(answer['findings'][0]['cause'], 'test.rpc-denied.untrusted-domains')

    def test_the_table_of_rivals(self):
        out = self.exdiag(0, 'causes', '9322').out
        table = out[out.index('What it can mean'):out.index('\n\n', out.index('What it can mean'))]
        self.assertEqual(table, 'What it can mean (2 causes)\n'
                         '  #  cause                             told by                           collect\n'
                         '  1  Servers whose domains do not      nt_error 5; the dialling server   B\n'
                         '     trust each other                  <computer> failed to bind at the\n'
                         '                                       same time\n'
                         '  2  The service accounts of the two   nt_error 5                        A\n'
                         '     servers differ')
        self.assertIn('What to collect and to find out\n  A for cause 2:\n      setspn -L <computer> > spn.txt\n'
                      '  B Do the domains of <computer> and <remote_server> trust each other? (cause 1)\n', out)
        self.assertNotIn('Give the connector an account', out)
        self.assertIn('Give the connector an account', self.exdiag(0, 'causes', '9322', '--verbose').out)
        page = self.exdiag(0, 'causes', '9322', '--format', 'html').out
        self.assertIn('Give the connector an account', page)
        self.assertIn("default-src 'none'", page)
        self.assertNotIn('<script', page)

    def test_of_one_host_and_since_a_time(self):
        self.import_log()
        def found(code, *arguments):
            out = self.exdiag(code, 'causes', '9322', '--store', self.store, '--format', 'json', *arguments).out
            answer = json.loads(out)
            causes = {c['cause']: c['found'] and c['found']['incidents'] for c in answer['events'][0]['causes']}
            return [s['count'] for s in answer['events'][0]['seen']], causes['test.rpc-denied.untrusted-domains']
        self.assertEqual(found(1), ([1], 1))
        for host in ('brest', 'BREST', 'brest.corp.example'):
            self.assertEqual(found(1, '--host', host), ([1], 1))
        self.assertEqual(found(0, '--host', 'NANTES'), ([], None))
        self.assertEqual(found(1, '--host', 'NANTES', '--host', 'BREST'), ([1], 1))
        for since, there in (('1999-11-22', True), ('1999-11-22T19:05:31', True), ('1999-11-22T19:05:32', False),
                             ('1999-11-23', False)):
            self.assertEqual(found(*((1, '--since', since) if there else (0, '--since', since))),
                             ([1], 1) if there else ([], None), since)
        for host, offer in (('NANTES', '; it knows brest, lyon'), ('BREAST', '; did you mean "brest"? It knows brest, lyon')):
            unknown = self.exdiag(0, 'causes', '9322', '--store', self.store, '--host', host)
            self.assertIn('The store holds no such event on %s.' % host.lower(), unknown.out)
            self.assertEqual(unknown.err, 'exdiag: %s: knows no host "%s"%s\n' % (self.store, host.lower(), offer))
        table = self.exdiag(1, 'causes', '9322', '--store', self.store).out
        self.assertRegex(table, r'\n  1  Servers whose .* 1 \(\d\d %\) +1999-11-22  B\n')
        self.assertIn('In the store: 1 incident, ', table)
        self.assertIn('Give the connector an account', table)
        for arguments, message in (
                (['--host', 'BREST'], '--host and --since ask about a store; name it with --store'),
                (['--store', self.store, '--since', 'noon'],
                 '--since: "noon" is no time; write 1999-11-02 or 1999-11-02T19:05:31Z')):
            result = self.exdiag(2, 'causes', '9322', *arguments)
            self.assertEqual(result.err, 'exdiag causes: %s\nTry "exdiag causes --help".\n' % message)

    def test_an_event_nobody_knows(self):
        result = self.exdiag(0, 'causes', 'MSExchangeMTA/9324')
        self.assertIn('Event MSExchangeMTA/9324 is not known\n', result.out)
        self.assertIn('MSExchangeMTA/9322\n', result.out)

    def test_an_event_that_no_rule_names(self):
        own = ('--rules', os.path.join(SOURCE, 'rules'), '--kbdata', os.path.join(SOURCE, 'kbdata'))
        result = self.run_exdiag('causes', 'MSExchangeTransport/2007', *own)
        self.assertIn('No rule names a cause of this event.', result.out)
        self.assertIn('Events of this source near it', result.out)
        answer = json.loads(self.run_exdiag('causes', 'MSExchangeTransport/2007', '--format', 'json', *own).out)
        near = answer['events'][0]['neighbours']
        self.assertEqual(len(near), 6)
        self.assertTrue(all(e['provider'] == 'MSExchangeTransport' and e['event_id'] != 2007 for e in near), near)

    def test_a_store_that_is_not_there(self):
        result = self.exdiag(3, 'causes', '9322', '--store', self.store)
        self.assertEqual(result.err, 'exdiag: %s: no such store; exdiag import --store makes one\n' % self.store)
        self.assertFalse(os.path.exists(self.store))


class Explain(CommandLine):
    PASTED = ('Event Type:\tWarning\r\nEvent Source:\tMSExchangeMTA\r\nEvent Category:\tInterface\r\n'
              'Event ID:\t9322\r\nDate:\t\t11/22/1999\r\nTime:\t\t7:05:31 PM\r\nUser:\t\tN/A\r\nComputer:\tBREST\r\n'
              'Description:\r\n' + REFUSED % (5, 5) + '\r\n').encode()

    def test_a_pasted_event(self):
        for arguments in ((), ('-',)):
            result = self.exdiag(1, 'explain', *arguments, stdin=self.PASTED)
            for part in ('MSExchangeMTA 9322 on BREST', 'nt_error', 'ERROR_ACCESS_DENIED',
                         '1. Servers whose domains do not trust each other'):
                self.assertIn(part, result.out)
        answer = json.loads(self.exdiag(1, 'explain', '--format', 'json', stdin=self.PASTED).out)
        self.assertEqual(answer['events'][0]['event']['fields']['remote_server'], 'LYON')
        self.assertEqual(answer['report']['findings'][0]['articles'], ['Q217142'])

    def test_the_values_decide_between_rivals(self):
        other = self.PASTED.replace(b'error code: 5.', b'error code: 1722.')
        self.assertNotEqual(other, self.PASTED)
        result = self.exdiag(0, 'explain', stdin=other)
        self.assertIn('Not settled by this alone', result.out)
        self.assertIn('Ruled out by its values\n  - Servers whose domains do not trust each other\n'
                      '    [test.rpc-denied.untrusted-domains]: nt_error is 1722, not 5\n', result.out)
        answer = json.loads(self.exdiag(0, 'explain', '--format', 'json', stdin=other).out)
        self.assertEqual([(c['cause'], c['fit'], c['why'][0]['value']) for c in answer['events'][0]['other_causes']],
                         [('test.rpc-denied.untrusted-domains', 'ruled_out', '1722'),
                          ('test.rpc-denied.service-account', 'ruled_out', '1722')])
        self.assertNotIn('cut off', result.out)
        # Half a paste: what is not shown decides nothing.
        half = self.PASTED[:self.PASTED.index(b', NT/MTA error code')] + b'\r\n'
        answer = json.loads(self.exdiag(0, 'explain', '--format', 'json', stdin=half).out)
        self.assertEqual({c['fit'] for c in answer['events'][0]['other_causes']}, {'not_shown'})
        self.assertIn('\n\nIts text begins as the catalogue has it, but does not go on to its end, so no\n'
                      'value could be taken from it. If it was cut off, paste the whole text.\n\n',
                      self.exdiag(0, 'explain', stdin=half).out)
        page = self.exdiag(0, 'explain', '--format', 'html', stdin=other).out
        self.assertIn('<h2>Ruled out by its values</h2>', page)
        self.assertIn("default-src 'none'", page)

    def test_an_error_code(self):
        for code in ('5', '0x5', '0x00000005'):
            result = self.exdiag(0, 'explain', code)
            self.assertIn('ERROR_ACCESS_DENIED (Win32)', result.out)
            self.assertIn('MSExchangeMTA/9322', result.out)
            self.assertIn('Servers whose domains do not trust each other', result.out)
        for written in ('0x8009030c', '8009030C', '0c 03 09 80', '0000: 0c 03 09 80   ....', '-2146893044',
                        'SEC_E_LOGON_DENIED'):
            self.assertIn('SEC_E_LOGON_DENIED', self.exdiag(0, 'explain', written).out, written)
        for written in ('550 5.7.1', '550 5.7.1 Unable to relay for x@example.com', '550'):
            self.assertIn('Unable to relay', self.exdiag(0, 'explain', written).out, written)
        known = json.loads(self.exdiag(0, 'explain', '0xdeadbeef', '--format', 'json').out)
        self.assertFalse(known['known'])

    def test_neither(self):
        result = self.exdiag(2, 'explain', 'no-such-thing')
        self.assertEqual(result.err, 'exdiag explain: "no-such-thing" is neither a file nor an error code\n'
                         'Try "exdiag explain --help".\n')
        self.exdiag(3, 'explain', stdin=b'hello\n')


class Events(CommandLine):
    def test_filters_and_formats(self):
        self.import_log()
        for filters, ids in (([], [9322, 9411]), (['--id', '9322'], [9322]), (['--level', 'error'], [9411]),
                             (['--host', 'brest', '--since', '1999-11-22T19:00:00'], [9322]),
                             (['--until', '1999-11-01'], []), (['--text', 'nobody EXPLAINS'], [9411]),
                             (['--provider', 'msexchangemta', '--limit', '1'], [9411])):
            out = self.exdiag(0, 'events', '--store', self.store, '--format', 'json', *filters).out
            self.assertEqual(sorted(e['event_id'] for e in json.loads(out)['events']), ids, filters)
        rows = list(csv.DictReader(io.StringIO(self.exdiag(0, 'events', '--store', self.store, '--format', 'csv').out)))
        self.assertEqual([r['event_id'] for r in rows], ['9411', '9322'])
        self.assertIn('MSExchangeMTA 9322', self.exdiag(0, 'events', '--store', self.store).out)

    def test_the_records_behind_a_finding(self):
        two = self.file('two.csv', row('BREST', 9411, 'Before it.', '6:59:00 PM', 'Error', 'Resource') +
                        row('BREST', 9322, REFUSED % (5, 5)) + row('BREST', 9411, 'Behind it.', '7:59:00 PM', 'Error',
                                                                   'Resource'))
        self.exdiag(0, 'import', '--store', self.store, '--timezone', 'UTC', two)
        def records(what='i1'):
            out = self.exdiag(0, 'events', '--store', self.store, '--evidence', what, '--format', 'json').out
            return json.loads(out)['findings'][0]['reasons'][0]['records']
        for what in ('i1', '1', 'test.rpc-denied.untrusted-domains'):
            one = records(what)[0]
            self.assertEqual((one['file'], one['line'], one['as_exported']), (two, 2, True))
            self.assertEqual(one['text'] + '\r\n', row('BREST', 9322, REFUSED % (5, 5)))
            self.assertEqual(one['event']['event_id'], 9322)
        text = self.exdiag(0, 'events', '--store', self.store, '--evidence', 'i1').out
        self.assertIn('11/22/1999,7:05:31 PM,MSExchangeMTA,Warning,Interface,9322,N/A,BREST,', text)
        self.assertNotIn('Before it', text)
        self.assertNotIn('Behind it', text)
        self.file('two.csv', row('BREST', 9322, REFUSED % (5, 5)) + row('BREST', 9298, 'x'))
        one = records()[0]
        self.assertEqual((one['as_exported'], one['why_not']), (False, two + ' has changed: MSExchangeMTA 9298 of BREST stands there now'))
        self.assertIn('MtaBindBack', one['event']['message'])
        os.remove(two)
        self.assertIn(two + ' cannot be read again: ', records()[0]['why_not'])
        self.assertIn('as the store keeps it', self.exdiag(0, 'events', '--store', self.store, '--evidence', 'i1').out)
        result = self.exdiag(2, 'events', '--store', self.store, '--evidence', 'i9')
        self.assertIn('--evidence: "" is no finding here; ',
                      self.exdiag(2, 'events', '--store', self.store, '--evidence', '').err)
        self.assertEqual(result.err, 'exdiag events: --evidence: "i9" is no finding here; incidents are i1, ranks 1 to 2\n'
                         'Try "exdiag events --help".\n')

    def binary_log(self, kind, *options):
        """Eight refusals and something else, as .evt or .evtx."""
        texts = ['106', '5', '5', '0', 'LYON', 'ncacn_ip_tcp:10.1.1.1[1035]', 'BASE', 'IL INCOMING RPC', '25', '507', '14']
        events = [{'time': 941569531 + 60 * i, 'computer': 'BREST', 'source': 'MSExchangeMTA', 'event_id': 9322,
                   'type': 'warning', 'category': 8, 'qualifiers': 0x8004, 'strings': texts, 'binary': '0f00aa55'}
                  for i in range(8)]
        events.append(dict(events[0], time=941573131, event_id=9411))
        tool = os.path.join(SOURCE, 'tests', 'tools', 'make_%s.py' % kind)
        log = self.path('app.' + kind)
        subprocess.run([sys.executable, tool, self.file('events.json', json.dumps(events)), log, *options], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return log

    def evidence(self, *options):
        """The records behind what opened the incident."""
        out = self.exdiag(0, 'events', '--store', self.store, '--evidence', '1', '--format', 'json', *options).out
        return json.loads(out)['findings'][0]['reasons'][0]

    def test_records_of_binary_logs(self):
        for kind, options in (('evtx', ()), ('evt', ()), ('evt', ('--wrap', '--max-size', '2048'))):
            self.store = self.path('%s%d.db' % (kind, len(options)))
            log = self.binary_log(kind, *options)
            with open(log, 'rb') as f:
                content = f.read()
            self.exdiag(0, 'import', '--store', self.store, log)
            reason = self.evidence()
            self.assertEqual(len(reason['records']), reason['evidence_count'])
            self.assertGreater(len(reason['records']), 5)
            for record in reason['records']:
                self.assertTrue(record['as_exported'])
                there = bytes.fromhex(record['bytes'])
                at = record['offset']
                # A record of a ring that reaches the end of the file goes on behind its header.
                ring = (content + content[48:]) if options else content
                self.assertEqual(there, ring[at:at + len(there)])
                self.assertEqual(there[-4:], (there[4:8] if kind == 'evtx' else there[:4]))
                fields = {f['name']: f['value'] for f in record['fields']}
                self.assertEqual((fields['EventID'], fields['Qualifiers'], fields['Level'], fields['%5'], fields['Binary']),
                                 ('9322', '0x8004', '3 (warning)', 'LYON', '0f00aa55'))
                self.assertEqual(fields['EventRecordID'], str(record['record_id']))
            if options:
                self.assertTrue(any(r['offset'] + len(r['bytes']) // 2 > len(content) for r in reason['records']))
            text = self.exdiag(0, 'events', '--store', self.store, '--evidence', '1').out
            first = reason['records'][0]
            line = ' '.join(first['bytes'][i:i + 2] for i in range(0, 16, 2))
            self.assertIn('        %08x  %s  ' % (first['offset'], line), text)
            self.assertIn('        %5             LYON\n', text)

    def test_as_many_records_as_wanted(self):
        self.exdiag(0, 'import', '--store', self.store, self.binary_log('evtx'))
        self.assertEqual(len(self.evidence()['records']), 8)
        reason = self.evidence('--limit', '3')
        self.assertEqual((len(reason['records']), reason['evidence_count']), (3, 8))
        text = self.exdiag(0, 'events', '--store', self.store, '--evidence', '1', '--limit', '3').out
        self.assertIn('    - and 5 more; --limit 8 shows all\n', text)

    def test_a_binary_log_that_changed(self):
        log = self.binary_log('evtx')
        self.exdiag(0, 'import', '--store', self.store, log)
        with open(log, 'r+b') as f:
            content = f.read()
            f.seek(content.index('LYON'.encode('utf-16-le')))
            f.write('NICE'.encode('utf-16-le'))
        record = self.evidence()['records'][0]
        self.assertEqual((record['as_exported'], record['why_not']),
                         (False, log + ' has changed: the event there says something else now'))
        self.assertNotIn('bytes', record)
        self.assertIn('Remote Server Name LYON', record['event']['message'])
        text = self.exdiag(0, 'events', '--store', self.store, '--evidence', '1').out
        self.assertIn('else now; as the store keeps it:', text[:1000])
        self.file('app.evtx', 'no log at all')
        self.assertEqual(self.evidence()['records'][0]['why_not'], log + ' has changed: its format is not known')

    def test_records_in_an_archive(self):
        archive = self.path('logs.zip')
        with zipfile.ZipFile(archive, 'w') as zipped:
            zipped.write(self.binary_log('evtx'), 'server/app.evtx')
        self.exdiag(0, 'import', '--store', self.store, archive)
        record = self.evidence()['records'][0]
        self.assertEqual((record['file'], record['as_exported']), (archive + '!/server/app.evtx', True))
        self.assertEqual(record['bytes'][:8], '2a2a0000')
        with zipfile.ZipFile(archive, 'w') as zipped:
            zipped.writestr('other.txt', 'x')
        record = self.evidence()['records'][0]
        self.assertEqual(record['why_not'], archive + '!/server/app.evtx cannot be read again: the archive has no such '
                         'file; not read')

    def test_facts_and_answers_behind_a_finding(self):
        self.import_log()
        spn = self.file('spn.txt', 'Registered ServicePrincipalNames for CN=BREST,DC=x:\r\n\tHOST/BREST\r\n'
                        '\tSMTPSVC/BREST\r\n\r\nsomething else\r\n')
        self.exdiag(0, 'import', '--store', self.store, spn)
        self.exdiag(0, 'answer', 'domains_trust_each_other', 'no', '--store', self.store)
        out = self.exdiag(0, 'events', '--store', self.store, '--evidence', 'i1', '--format', 'json').out
        records = [r for f in json.loads(out)['findings'] for reason in f['reasons'] for r in reason['records']]
        listed = [r for r in records if r.get('file') == spn]
        self.assertEqual([(r['line'], r['text'], r['as_exported']) for r in listed], [(3, '\tSMTPSVC/BREST', True)])
        answer = [r for r in records if r['summary'].startswith('answer')]
        self.assertEqual([(r['as_exported'], r['why_not']) for r in answer], [(False, 'it stands in no export')])

    def test_bad_filters(self):
        self.import_log()
        for filters, message in ((['--level', 'loud'], '--level: there is no level "loud"'),
                                 (['--since', 'noon'],
                                  '--since: "noon" is no time; write 1999-11-02 or 1999-11-02T19:05:31Z')):
            result = self.exdiag(2, 'events', '--store', self.store, *filters)
            self.assertEqual(result.err, 'exdiag events: %s\nTry "exdiag events --help".\n' % message)


class Answers(CommandLine):
    """Answers are kept with who and when, and do what the report promised."""

    QUESTION = 'domains_trust_each_other'

    def answer(self, *arguments):
        return self.exdiag(0, 'answer', *arguments, '--store', self.store).err

    def listed(self, *arguments):
        return json.loads(self.exdiag(0, 'answer', 'list', '--store', self.store, '--format', 'json', *arguments).out)

    def test_changed_listed_and_withdrawn(self):
        self.import_log()
        self.answer(self.QUESTION, 'no', '--by', 'anna')
        said = self.answer(self.QUESTION, 'yes', '--by', 'bert')
        self.assertRegex(said, r'^exdiag: noted for all hosts: domains_trust_each_other is yes; before it was no, by anna, '
                         r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n$')
        self.answer(self.QUESTION, 'no', '--host', 'LYON.example.com')
        ledger = json.loads(self.run_exdiag('store', 'info', self.store, '--format', 'json').out)['inputs']
        self.assertEqual([row['file'] for row in ledger], [self.log])
        self.assertEqual([(a['host'], a['value'], a['state']) for a in self.listed()['answers']],
                         [('', 'yes', 'stands'), ('lyon', 'no', 'stands')])
        self.assertEqual(self.listed()['answers'][0]['by'], 'bert')
        self.assertNotEqual(self.listed()['answers'][1]['by'], '')
        self.assertEqual(self.answer('withdraw', self.QUESTION),
                         'exdiag: withdrawn for all hosts: domains_trust_each_other was yes\n')
        history = self.listed('--all')['answers']
        self.assertEqual([(a['value'], a['state'], a['ended_by']) for a in history[:2]][0], ('no', 'replaced', 'bert'))
        self.assertEqual([a['state'] for a in history], ['replaced', 'withdrawn', 'stands'])
        result = self.exdiag(2, 'answer', 'withdraw', self.QUESTION, '--store', self.store)
        self.assertEqual(result.err, 'exdiag answer withdraw: domains_trust_each_other has no answer for all hosts; '
                         'answered are: domains_trust_each_other --host lyon\nTry "exdiag answer withdraw --help".\n')
        self.assertEqual(self.run_exdiag('store', 'verify', self.store).returncode, 0)

    def test_open_questions(self):
        self.import_log()
        self.assertEqual([(q['name'], q['host']) for q in self.listed()['open']], [(self.QUESTION, 'brest')])
        self.answer(self.QUESTION, 'no')
        self.assertEqual(self.listed()['open'], [])

    def test_what_nobody_asks(self):
        self.import_log()
        cases = [
            (['domains_trust_each_othr', 'no'], 'no rule asks "domains_trust_each_othr"; did you mean '
             '"domains_trust_each_other"? (open for this store: domains_trust_each_other)'),
            ([self.QUESTION, 'nope'], '"nope" is no answer to domains_trust_each_other; write yes or no'),
            ([self.QUESTION], 'VALUE is required'),
            ([], 'NAME is required'),
            ([self.QUESTION, 'no', 'more'], '"more" is one argument too many'),
        ]
        for arguments, message in cases:
            result = self.exdiag(2, 'answer', *arguments, '--store', self.store)
            self.assertEqual(result.err, 'exdiag answer: %s\nTry "exdiag answer --help".\n' % message)
        self.assertEqual(self.listed()['answers'], [])
        self.assertEqual(self.run_exdiag('answer', self.QUESTION, 'no').err,
                         'exdiag answer: --store is required\nTry "exdiag answer --help".\n')

    def shell(self, line):
        """Runs a command line of a report as somebody would who copies it."""
        os.makedirs(self.path('bin'), exist_ok=True)
        if not os.path.exists(self.path('bin/exdiag')):
            os.symlink(os.path.abspath(PROGRAM), self.path('bin/exdiag'))
        env = dict(os.environ, PATH=self.path('bin') + ':' + os.environ['PATH'])
        return subprocess.run(line, shell=True, cwd=self.folder.name, env=env, capture_output=True, timeout=60)

    def confidence(self, cause):
        report = json.loads(self.exdiag(1, 'diagnose', '--store', self.store, '--format', 'json').out)
        return {f['cause']: f['confidence'] for f in report['findings']}[cause]

    def test_each_answer_does_what_was_promised(self):
        self.store = self.path("our site's.db")
        self.import_log()
        report = json.loads(self.exdiag(1, 'diagnose', '--store', self.store, '--format', 'json').out)
        ask = report['ask_next'][0]
        self.assertEqual(ask['command'], '')
        self.assertEqual([e['if'] for e in ask['effects']], ['yes', 'no'])
        self.assertEqual(ask['feed'].split('\n'), [e['feed'] for e in ask['effects']])
        for effect in ask['effects']:
            self.assertAlmostEqual(self.confidence(effect['cause']), effect['from'], 3)
            done = self.shell(effect['feed'])
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertAlmostEqual(self.confidence(effect['cause']), effect['to'], 3)
            self.answer('withdraw', self.QUESTION, '--host', 'brest')

    def test_without_a_store_the_run_is_repeated(self):
        report = json.loads(self.exdiag(1, 'diagnose', self.log, '--format', 'json').out)
        effect = report['ask_next'][0]['effects'][1]
        done = self.shell(effect['feed'] + ' --format json')
        self.assertEqual(done.returncode, 1, done.stderr)
        after = {f['cause']: f['confidence'] for f in json.loads(done.stdout)['findings']}
        self.assertAlmostEqual(after[effect['cause']], effect['to'], 3)
        result = self.exdiag(2, 'diagnose', self.log, '--answer', 'domains_trust=no')
        self.assertIn('--answer: no rule asks "domains_trust"', result.err)

    def test_a_listing_does_what_was_promised(self):
        """With the rules that the project brings: a server whose name for SMTP may not be registered."""
        message = ('EXPS is temporarily unable to provide protocol security with ""mail.example.com"". '
                   '""CSessionContext::OnEXPSInNegotiate"" called ""HrServerNegotiateAuth"" which failed with error code '
                   '0x8009030c ( f:\\tisp2\\transmt\\src\\smtpsink\\exps\\expslib\\context.cpp@1799 ).')
        log = self.file('ex1.csv', '11/22/2005,7:05:31 PM,MSExchangeTransport,Error,SMTP Protocol,1706,N/A,EX1,"%s"\r\n' %
                        message)

        def run(*arguments):
            return self.run_exdiag(*arguments, env={'EXDIAG_DATA': SOURCE})

        def diagnose(store):
            return json.loads(run('diagnose', '--store', store, '--format', 'json').out)
        head = 'Registered ServicePrincipalNames for CN=EX1,OU=Mail,DC=example,DC=com:\r\n'
        listings = (head + '\tSMTPSVC/mail.example.com\r\n\tSMTPSVC/EX1\r\n', head + '\tSMTPSVC/EX1\r\n')
        for number, listing in enumerate(listings):
            store = self.path('spn%d.db' % number)
            run('import', '--store', store, '--timezone', 'UTC', log)
            report = diagnose(store)
            ask = [a for a in report['ask_next'] if a['command'] == 'setspn -L EX1 > spn.txt'][0]
            self.assertEqual(ask['feed'], 'exdiag import --store %s spn.txt' % store)
            self.assertEqual(sorted(e['if'].split(':')[0] for e in ask['effects']), ['it does not show', 'it shows'])
            # The first line of the question speaks of the name as missing.
            named = [e for e in ask['effects'] if ('no SMTPSVC' in e['if']) == e['if'].startswith('it does not show')]
            missing = [e for e in ask['effects'] if e not in named]
            effect = (named if number == 0 else missing)[0]
            self.assertEqual(run('import', '--store', store, self.file('spn.txt', listing)).returncode, 0)
            after = {f['cause']: f['confidence'] for f in diagnose(store)['findings']}
            self.assertAlmostEqual(after.get(effect['cause'], 0), effect['to'], 3, effect)
            self.assertGreater(abs(effect['to'] - effect['from']), 0.05)


class Site(CommandLine):
    CAUSE = 'test.rpc-denied.untrusted-domains'

    def report(self, code, *arguments):
        return json.loads(self.exdiag(code, 'diagnose', '--store', self.store, '--format', 'json', *arguments).out)

    def validate(self, *arguments):
        result = self.run_exdiag('diagnose', '--store', self.store, '--format', 'json', *arguments, *RULES)
        schema = os.path.join(SOURCE, 'docs', 'report.schema.json')
        checked = subprocess.run(['/usr/bin/python3', VALIDATE, schema, '-'], input=result.stdout, capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout.decode())

    def test_acknowledged_in_the_store(self):
        self.import_log()
        said = self.exdiag(0, 'ack', self.CAUSE, '--host', 'LYON', '--until', '2999-12-31', '--reason',
                           'new domain comes', '--by', 'anna', '--store', self.store).err
        self.assertEqual(said, 'exdiag: acknowledged on LYON until 2999-12-31 23:59:59 UTC: %s\n' % self.CAUSE)
        report = self.report(0)
        self.assertTrue(report['findings'][0]['acknowledged'])
        self.assertTrue(report['incidents'][0]['acknowledged'])
        one = report['acknowledgements'][0]
        self.assertEqual((one['cause'], one['hosts'], one['by'], one['reason'], one['age_days'], one['expired'],
                          one['findings'], one['file']),
                         (self.CAUSE, ['lyon'], 'anna', 'new domain comes', 0, False, [1], self.store))
        self.validate()
        for name in ('text', 'markdown', 'csv'):
            out = self.exdiag(0, 'diagnose', '--store', self.store, '--format', name).out
            self.assertIn('new domain comes', out)
            self.assertIn('since today', out)
        self.exdiag(0, 'causes', '9322', '--store', self.store)
        self.assertIn('new domain comes', self.exdiag(0, 'ack', 'list', '--store', self.store).out)
        self.exdiag(0, 'ack', 'withdraw', self.CAUSE, '--host', 'lyon', '--store', self.store)
        self.report(1)
        self.assertIn('Nothing is acknowledged.', self.exdiag(0, 'ack', 'list', '--store', self.store).out)
        history = json.loads(self.exdiag(0, 'ack', 'list', '--all', '--store', self.store, '--format', 'json').out)
        self.assertEqual([a['state'] for a in history['acknowledgements']], ['withdrawn'])

    def test_a_site_file_beside_the_store(self):
        self.import_log()
        site = self.file('exdiag-site.yaml', 'acknowledge:\n  - {rule: %s, until: 2001-01-01, reason: old, by: bert}\n'
                         'overrides:\n  - {rule: %s, strength: hint, reason: noise here, since: 2001-01-01}\n' %
                         (self.CAUSE, self.CAUSE))
        report = self.report(1)
        self.assertTrue(report['acknowledgements'][0]['expired'])
        self.assertEqual(report['acknowledgements'][0]['file'], site)
        self.assertEqual(report['acknowledgements'][0]['line'], 2)
        self.assertIsNone(report['acknowledgements'][0]['age_days'])
        self.assertEqual((report['overrides'][0]['points'], report['overrides'][0]['of_rule']), (-1, 3))
        self.assertGreater(report['overrides'][0]['age_days'], 9000)
        changed = [f for f in report['findings'] if f['cause'] == self.CAUSE][0]
        self.assertEqual(changed['start_points'], -1)
        self.assertEqual(changed['start_override']['reason'], 'noise here')
        self.validate()
        text = self.exdiag(1, 'diagnose', '--store', self.store, '--verbose').out
        self.assertIn('(expired)', text)
        self.assertIn('noise here', text)

    def test_mistakes(self):
        self.import_log()
        site = self.file('wrong.yaml', 'acknowledge:\n  - {rule: test.rpc-denied.untrusted, until: 2999-01-01, reason: x}\n')
        result = self.exdiag(1, 'diagnose', '--store', self.store, '--site', site)
        self.assertEqual(result.err, '%s: line 2, column 12: there is no rule "test.rpc-denied.untrusted"; did you mean '
                         '"test.rpc-denied.untrusted-domains"? (entry left out)\n' % site)
        broken = self.file('broken.yaml', 'acknowledge: [')
        self.exdiag(3, 'diagnose', '--store', self.store, '--site', broken)
        self.exdiag(3, 'diagnose', '--store', self.store, '--site', self.path('none.yaml'))
        cases = [
            ([self.CAUSE, '--reason', 'x'], '--until is required'),
            ([self.CAUSE, '--until', '2999-01-01'], '--reason is required'),
            ([self.CAUSE, '--until', 'soon', '--reason', 'x'],
             '--until: "soon" is no time; write 2026-12-31 or 2026-12-31T18:00:00Z'),
            ([self.CAUSE, '--until', '1999-01-01', '--reason', 'x'], '--until: 1999-01-01 is over; nothing acknowledged'),
            ([self.CAUSE + 's', '--until', '2999-01-01', '--reason', 'x'],
             'there is no rule "%ss"; did you mean "%s"?' % (self.CAUSE, self.CAUSE)),
        ]
        for arguments, message in cases:
            result = self.exdiag(2, 'ack', *arguments, '--store', self.store)
            self.assertEqual(result.err, 'exdiag ack: %s\nTry "exdiag ack --help".\n' % message)


class Rules(CommandLine):
    def test_list_show_check(self):
        self.assertIn('test.rpc-denied.untrusted-domains', self.exdiag(0, 'rules', 'list', '--format', 'json').out)
        shown = self.exdiag(0, 'rules', 'show', 'test.rpc-denied.untrusted-domains').out
        self.assertIn('if MSExchangeMTA 9322 with nt_error 5\n', shown)
        result = self.exdiag(0, 'rules', 'check')
        self.assertEqual((result.out, result.err), ('2 rules, no complaints\n', ''))
        result = self.exdiag(2, 'rules', 'show', 'test.rpc-denied.untrusted-domain')
        self.assertEqual(result.err, 'exdiag rules: there is no rule "test.rpc-denied.untrusted-domain"; did you mean '
                         '"test.rpc-denied.untrusted-domains"?\nTry "exdiag rules --help".\n')

    def test_the_tests_inside_rules(self):
        self.assertEqual(self.exdiag(0, 'rules', 'test').out, '2 rules, 4 tests, 0 failed\n')
        self.assertEqual(self.exdiag(0, 'rules', 'test', 'test.rpc-denied.service-account').out,
                         '1 rule, 2 tests, 0 failed\n')
        os.mkdir(self.path('rules'))
        with open(os.path.join(HERE, 'rules', 'mta', 'untrusted-domains.yaml')) as f:
            self.file('rules/wrong.yaml', f.read().replace('nt_error=1722', 'nt_error=5'))
        result = self.run_exdiag('rules', 'test', '--rules', self.path('rules'), *RULES[2:])
        self.assertEqual(result.returncode, 1, result.err)
        self.assertRegex(result.out, r'wrong\.yaml: line \d+.*: test.rpc-denied.untrusted-domains, test "another error '
                         r'is another cause": expected .*, got .*\n1 rule, 2 tests, 1 failed\n$')

    def test_check_says_where_a_typo_is(self):
        os.mkdir(self.path('rules'))
        with open(os.path.join(HERE, 'rules', 'mta', 'service-account.yaml')) as f:
            self.file('rules/typo.yaml', f.read().replace('strength:', 'strenght:'))
        result = self.run_exdiag('rules', 'check', '--rules', self.path('rules'), *RULES[2:])
        self.assertEqual(result.returncode, 1)
        typo = self.path('rules') + '/typo.yaml'
        self.assertEqual(result.err, (
            '%s: line 1, column 1: a rule lacks the key "strength"; rule left out [yaml.missing_key]\n'
            '%s: line 13, column 1: unknown key "strenght"; did you mean "strength"? (rule left out) '
            '[yaml.unknown_key]\n' % (typo, typo)))
        self.assertEqual(result.out, '0 rules, 2 complaints\n')

    def test_check_tells_everything_and_names_files_as_the_user_does(self):
        os.mkdir(self.path('rules'))
        with open(os.path.join(HERE, 'rules', 'mta', 'service-account.yaml')) as f:
            sound = f.read()
        for number in range(30):
            self.file('rules/r%02d.yaml' % number, sound.replace('strength:', 'strenght:'))
        self.file('rules/many.yaml', sound + ''.join('key%d: 1\n' % n for n in range(40)))
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        knowledge = os.path.abspath(RULES[3])
        program = os.path.abspath(PROGRAM)
        os.chdir(self.folder.name)
        result = subprocess.run([program, 'rules', 'check', '--rules', './rules/', '--kbdata', knowledge],
                                capture_output=True, text=True, timeout=60)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 100)
        self.assertEqual(lines[0], './rules/many.yaml: line %d, column 1: unknown key "key0"; rule left out '
                         '[yaml.unknown_key]' % (sound.count('\n') + 1))
        self.assertEqual(result.stdout, '0 rules, 100 complaints\n')


    def test_doc_is_markdown_or_one_html_page(self):
        result = self.exdiag(0, 'rules', 'doc')
        self.assertTrue(result.out.startswith('# Causes of trouble, by rule\n\n2 causes in 1 area, over '), result.out[:99])
        page = self.path('causes.html')
        self.exdiag(0, 'rules', 'doc', '--format', 'html', '--output', page)
        with open(page) as f:
            html = f.read()
        self.assertTrue(html.startswith('<!doctype html>') and html.endswith('</html>\n'))
        self.assertIn('<title>Causes of trouble, by rule - exdiag</title>', html)

    def test_new_writes_a_draft_that_passes_and_nothing_over_it(self):
        folder = self.path('rules')
        os.mkdir(folder)
        where = ['--rules', folder] + RULES[2:]
        result = self.run_exdiag('rules', 'new', 'mta.bind.new-cause', '--event', '9322', *where)
        file = folder + '/mta/bind-new-cause.yaml'
        self.assertEqual((result.returncode, result.out, result.err), (
            0, file + '\n',
            'exdiag: fill it in, then run: exdiag rules check, exdiag rules test mta.bind.new-cause\n'))
        self.assertEqual(self.run_exdiag('rules', 'check', *where).out, '1 rule, no complaints\n')
        self.assertEqual(self.run_exdiag('rules', 'test', *where).out, '1 rule, 1 test, 0 failed\n')
        for arguments, code, message in (
                (['mta.bind.new-cause'], 2, 'exdiag rules new: there is a rule "mta.bind.new-cause" already in %s: line 2, '
                 'column 5\nTry "exdiag rules new --help".\n' % file),
                (['Mta.bind'], 2, 'exdiag rules new: "Mta.bind" is no rule id: area.fault.cause in lower-case letters, '
                 'digits and \'-\'\nTry "exdiag rules new --help".\n'),
                (['mta.bind.x', '--event', '65535'], 2, 'exdiag rules new: 65535 is not in the catalogue; write '
                 'PROVIDER/65535\nTry "exdiag rules new --help".\n'),
                (['mta.bind.x', '--event', 'here'], 2, 'exdiag rules new: "here" is no event; write MSExchangeMTA/9322\n'
                 'Try "exdiag rules new --help".\n')):
            result = self.run_exdiag('rules', 'new', *arguments, *where)
            self.assertEqual((result.returncode, result.err, result.out), (code, message, ''))
        with open(file, 'w') as f:
            f.write('mine\n')
        result = self.run_exdiag('rules', 'new', 'mta.bind.new-cause', *where)
        self.assertEqual(result.returncode, 3)
        self.assertIn('exdiag: %s: is there already; nothing written\n' % file, result.err)
        with open(file) as f:
            self.assertEqual(f.read(), 'mine\n')


class RulesWhy(CommandLine):
    maxDiff = None
    RULE = 'test.rpc-denied.untrusted-domains'
    DIALLED = ('An RPC communications error occurred. Unable to bind over RPC. Locality Table (LTAB) index: 106, NT/MTA '
               'error code: 5. Comms error 5, Bind error 0, Remote Server Name BREST [BASE IL MAIN BASE 1 500] (14)')

    def why(self, code, *arguments):
        """Output of the command with the folder's name left out."""
        result = self.exdiag(code, 'rules', 'why', self.RULE, '--timezone', 'UTC', *arguments)
        self.assertEqual(result.err, '')
        return result.out.replace(self.folder.name + '/', '')

    def test_each_condition_with_its_nearest_miss(self):
        late = self.file('l.csv', LOG + row('LYON', 9318, self.DIALLED, '7:16:02 PM'))
        self.assertEqual(self.why(1, late), """\
Servers whose domains do not trust each other
=============================================
test.rpc-denied.untrusted-domains

1 event can open this rule (MSExchangeMTA 9322 with nt_error 5); 1 of them makes
a finding.

MSExchangeMTA 9322 on BREST at 1999-11-22 19:05:31
  l.csv: line 1
  unknown +2 MSExchangeMTA 9318 on another host within 10 min
      - nearest: MSExchangeMTA 9318 on LYON at 1999-11-22 19:16:02: 31 s outside
        the window (l.csv: line 3)
      - not known: the application log of BREST was not read for the whole time
  unknown +3 the operator's answer to domains_trust_each_other: no
      - not known: nobody answered this yet
  A finding with +3 points: probable +3.
""")

    def test_what_held_and_what_was_on_the_wrong_host(self):
        there = self.file('t.csv', LOG + row('LYON', 9318, self.DIALLED, '7:15:31 PM'))
        self.assertIn("""
  holds   +2 MSExchangeMTA 9318 on another host within 10 min
      - found: MSExchangeMTA 9318 on LYON at 1999-11-22 19:15:31
        (t.csv: line 3)
""", self.why(1, there))
        same = self.file('s.csv', LOG + row('BREST', 9318, self.DIALLED, '7:05:00 PM'))
        self.assertIn("""
      - nearest: MSExchangeMTA 9318 on BREST at 1999-11-22 19:05:00: host same
        as the trigger, wanted other (s.csv: line 3)
""", self.why(1, same))

    def test_what_came_nearest_to_another_event(self):
        os.makedirs(self.path('rules/x'))
        self.file('rules/x/of.yaml', """id: test.around.another
version: 1
status: draft
title: T
verdict: fault
articles: []
events:
  refused: {provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}
  dialled: {provider: MSExchangeMTA, id: 9318}
  full: {provider: MSExchangeMTA, id: 9411}
trigger: refused
when:
  - dialled: {before: 10m, host: other}
  - full: {after: 30s, of: dialled, host: same}
strength: possible
explains: [refused]
cause: C
fix: [{do: D}]
""")
        dialled = row('LYON', 9318, self.DIALLED, '7:04:00 PM') + row('BREST', 9322, REFUSED % (5, 5))
        cases = (
            ('LYON', '7:05:00 PM', '19:05:00: 30 s outside the window'),
            ('BREST', '7:04:10 PM', '19:04:10: host is BREST, wanted LYON, that of the event it is counted from'),
        )
        for host, moment, nearest in cases:
            log = self.file(host + '.csv', dialled + row(host, 9411, 'X', moment))
            result = self.run_exdiag('rules', 'why', 'test.around.another', '--timezone', 'UTC', log, '--rules',
                                     self.path('rules'), '--kbdata', os.path.join(SOURCE, 'kbdata'))
            text = ' '.join(result.out.split())
            self.assertIn('- counted from MSExchangeMTA 9318 on LYON at 1999-11-22 19:04:00', text)
            self.assertIn('- nearest: MSExchangeMTA 9411 on %s at 1999-11-22 %s' % (host, nearest), text)

    def test_when_nothing_opens_it(self):
        other = self.file('o.csv', row('BREST', 9322, REFUSED % (1722, 5)))
        self.assertEqual(self.why(0, other), """\
Servers whose domains do not trust each other
=============================================
test.rpc-denied.untrusted-domains

No event opens this rule: it takes MSExchangeMTA 9322 with nt_error 5.

1 event of that kind; closest:
- MSExchangeMTA 9322 on BREST at 1999-11-22 19:05:31: nt_error is 1722, wanted 5
  (o.csv: line 1)
""")
        nothing = self.file('n.csv', row('BREST', 9411, 'Something nobody explains.'))
        self.assertIn('\nNo event of that kind was read at all.\n', self.why(0, nothing))

    def test_one_event_of_several_and_json(self):
        two = self.file('two.csv', LOG + row('PARIS', 9322, REFUSED % (5, 5), '8:00:00 PM'))
        self.exdiag(0, 'import', '--store', self.store, '--timezone', 'UTC', two)
        text = self.exdiag(1, 'rules', 'why', self.RULE, '--store', self.store, '--at', '1999-11-22T20:00:00').out
        self.assertIn('MSExchangeMTA 9322 on PARIS at', text)
        self.assertNotIn('on BREST at', text)
        out = json.loads(self.exdiag(1, 'rules', 'why', self.RULE, '--store', self.store, '--format', 'json').out)
        self.assertEqual((out['cause'], out['triggers'], out['findings'], len(out['traced'])), (self.RULE, 2, 2, 2))
        line = out['traced'][0]['evidence'][0]
        self.assertEqual((line['role'], line['state'], line['remarks']), (
            '+2', 'unknown', ['no other MSExchangeMTA 9318 was read at all']))

    def test_wrong_words(self):
        for arguments, message in (
                ([self.RULE], 'exdiag rules why: nothing to look into; give logs, or a store with --store\n'
                 'Try "exdiag rules why --help".\n'),
                ([self.RULE, '--at', 'noon', self.log], 'exdiag rules why: --at: "noon" is neither a time such as '
                 '1999-11-02T19:05:31 nor a number\nTry "exdiag rules why --help".\n'),
                (['test.no.such', self.log], 'exdiag rules: there is no rule "test.no.such"; exdiag rules list shows them '
                 'all\nTry "exdiag rules --help".\n')):
            result = self.exdiag(2, 'rules', 'why', *arguments)
            self.assertEqual((result.err, result.out), (message, ''))


class Nightly(CommandLine):
    """docs/nightly.md, "From nothing to the first report"."""

    def setUp(self):
        super().setUp()
        self.here = self.path('logs')
        os.mkdir(self.here)

    def run_here(self, *arguments):
        result = subprocess.run([PROGRAM, *arguments], cwd=self.here, capture_output=True, text=True, timeout=60,
                                env=dict(os.environ, TZ='UTC'))
        return result.returncode, result.stdout, result.stderr

    def nightly(self, *arguments):
        return self.run_here('nightly', '--config', 'exdiag.yaml', *RULES, *arguments)

    def start(self):
        self.assertEqual(self.run_here('init')[0], 0)
        os.mkdir(os.path.join(self.here, 'inbox'))
        shutil.move(self.log, os.path.join(self.here, 'inbox', 'brest one.csv'))
        self.age('brest one.csv')

    def age(self, name):
        os.utime(os.path.join(self.here, 'inbox', name), (1e9, 1e9))

    def names(self, *folders):
        return sorted(os.listdir(os.path.join(self.here, *folders)))

    def test_from_nothing_to_the_first_report(self):
        self.start()
        at = ('--at', '1999-11-23T02:00:00Z')
        code, out, err = self.nightly('--dry-run', *at)
        self.assertEqual((code, err), (0, ''))
        self.assertEqual(out.replace(os.path.realpath(self.here), '.').splitlines(), [
            'site: ./site.db: would be made',
            'site: ./inbox/brest one.csv: would be read (%d bytes)' % os.path.getsize(self.here + '/inbox/brest one.csv'),
            *('site: ./reports/site/1999-11-23.%s: would be written' % e for e in ('html', 'json', 'txt'))])
        self.assertEqual(self.names(), ['exdiag.yaml', 'inbox'])  # nothing changed
        code, out, err = self.nightly(*at)
        self.assertEqual(code, 1, err)
        self.assertIn('SITE: 1 NEW', out.upper())
        self.assertEqual(self.names('reports', 'site'), ['1999-11-23.html', '1999-11-23.json', '1999-11-23.txt',
                                                         'latest.html', 'latest.json', 'latest.txt'])
        # Nothing is new; a second run on one day keeps the first report.
        code, out, err = self.nightly(*at)
        self.assertEqual((code, err), (1, ''))
        self.assertIn('0 new files, 1 read before', out)
        self.assertIn('1999-11-23-2.txt', self.names('reports', 'site'))
        with open(os.path.join(self.here, 'reports', 'site', 'latest.json')) as f:
            changes = json.load(f)['changes']
        self.assertEqual((changes['since'], [c['state'] for c in changes['list']]), ('1999-11-23T02:00:00Z', ['ongoing']))
        valid = subprocess.run(['/usr/bin/python3', VALIDATE, os.path.join(SOURCE, 'docs', 'report.schema.json'),
                                os.path.join(self.here, 'reports', 'site', 'latest.json')], capture_output=True)
        self.assertEqual((valid.returncode, valid.stdout), (0, b''))

    def latest(self):
        with open(os.path.join(self.here, 'reports', 'site', 'latest.json')) as f:
            return json.load(f)

    def test_answers_and_acknowledgements_are_heeded(self):
        self.start()
        at = '1999-11-%dT02:00:00Z'
        self.assertEqual(self.nightly('--at', at % 23)[0], 1)
        before = self.latest()['findings'][0]
        self.assertEqual(self.run_here('answer', 'domains_trust_each_other', 'no', '--store', 'site.db', *RULES)[0], 0)
        self.assertEqual(self.nightly('--at', at % 24)[0], 1)
        after = self.latest()
        self.assertGreater(after['findings'][0]['points'], before['points'])
        self.assertEqual([c['state'] for c in after['changes']['list']], ['ongoing'])
        self.assertEqual(self.run_here('ack', before['cause'], '--until', '2090-01-01', '--reason', 'known', '--store',
                                       'site.db', *RULES)[0], 0)
        code, out, _ = self.nightly('--at', at % 25)
        self.assertEqual((code, self.latest()['incidents'][0]['acknowledged']), (0, True), out)
        self.assertIn('nothing new', out)

    def test_what_is_being_written_is_left(self):
        self.start()
        for name in ('new.csv', 'copied.csv.part'):
            with open(os.path.join(self.here, 'inbox', name), 'w') as f:
                f.write(LOG)
        self.age('copied.csv.part')
        _, out, _ = self.nightly()
        self.assertIn('1 new file, 2 still being written', out)
        self.age('new.csv')
        _, out, err = self.nightly()
        self.assertIn('1 new file, 1 read before, 1 still being written', out)
        self.assertIn('the same bytes as', err)

    def test_one_run_at_a_time(self):
        self.start()
        with open(os.path.join(self.here, 'site.db.lock'), 'w') as lock:
            lock.write('host elsewhere\nprocess 12\nstarted 34\nboot b\nsince %s\n'
                       % datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'))
        code, out, err = self.nightly()
        self.assertEqual((code, out), (3, ''))
        self.assertRegex(err, r'^exdiag: site: .*site\.db\.lock: another run is under way \(elsewhere, process 12, since '
                              r'.* UTC\); nothing done\n$')
        with open(os.path.join(self.here, 'site.db.lock'), 'w') as lock:
            lock.write('host elsewhere\nprocess 12\nstarted 34\nboot b\nsince 2001-01-01T00:00:00Z\n')
        code, _, err = self.nightly()
        self.assertEqual(code, 1)
        self.assertIn('taken over from elsewhere, process 12, since 2001-01-01 00:00:00 UTC: which is on another host, '
                      'and a day old', err)
        self.assertEqual(os.path.getsize(os.path.join(self.here, 'site.db.lock')), 0)

    def test_retention_removes_what_is_ours_only(self):
        self.start()
        with open(os.path.join(self.here, 'exdiag.yaml'), 'w') as f:
            f.write('sites:\n  - {name: site, inbox: inbox, formats: text, retention: {events: 30d, reports: 30d, '
                    'inbox_files: 30d}}\n')
        with open(os.path.join(self.here, 'inbox', 'bad.bin'), 'wb') as f:
            f.write(b'\0\1\2nothing')
        self.age('bad.bin')
        code, _, err = self.nightly('--at', '1999-11-23T02:00:00Z')
        self.assertEqual(code, 1)
        self.assertIn('not in a format that exdiag knows', err)
        mine = os.path.join(self.here, 'reports', 'site', '1999-11-01.txt')
        with open(mine, 'w') as f:
            f.write('mine')
        code, out, _ = self.nightly('--at', '2000-11-23T02:00:00Z', '--dry-run')
        self.assertIn('2 events older than 30 d would be removed', out)
        self.assertIn('brest one.csv: would be removed', out)
        code, out, err = self.nightly('--at', '2000-11-23T02:00:00Z')
        self.assertEqual((code, err), (0, ''))
        self.assertIn('its events were removed, and nothing showed that it is fixed', ' '.join(out.split()))
        self.assertEqual(self.names('inbox'), ['bad.bin'])
        self.assertEqual(self.names('reports', 'site'), ['1999-11-01.txt', '2000-11-23.txt', 'latest.txt'])
        self.assertEqual(self.run_here('store', 'verify', 'site.db'), (0, 'site.db: sound\n', ''))

    def test_mistakes(self):
        self.start()
        self.assertEqual(self.nightly('--at', 'soon'), (
            2, '', 'exdiag nightly: --at: "soon" is no time; write 2026-11-21 or 2026-11-21T02:00:00Z\n'
            'Try "exdiag nightly --help".\n'))
        self.assertEqual(self.nightly('--site', 'sit'), (
            2, '', 'exdiag nightly: --site: exdiag.yaml has no site "sit"; did you mean "site"?\n'
            'Try "exdiag nightly --help".\n'))
        with open(os.path.join(self.here, 'exdiag.yaml'), 'a') as f:
            f.write('\nmetrcs: x\n')
        with open(os.path.join(self.here, 'exdiag.yaml')) as f:
            lines = len(f.readlines())
        self.assertEqual(self.nightly(), (
            3, '', 'exdiag.yaml: line %d, column 1: unknown key "metrcs"; did you mean "metrics"? (configuration not '
            'used)\nexdiag: exdiag.yaml: configuration with mistakes; nothing done\n' % lines))


class AddedLanguage(CommandLine):
    """A language is data: whoever adds a file to kbdata reads its exports, without building anything."""

    PASTE = ('Lokin nimi: Application\nLähde: MSExchangeMTA\nPäivämäärä: 2021-06-04 08:41:47\n'
             'Tapahtumatunnus: 9411\nTaso: Virhe\nTietokone: BREST\nKuvaus:\nJotain.\n')
    WORDS = ('language: Finnish\n'
             'labels:\n  {log: Lokin nimi, source: Lähde, date: Päivämäärä, event_id: Tapahtumatunnus, level: Taso,\n'
             '  computer: Tietokone, description: Kuvaus}\n'
             'types: {error: [Virhe]}\n')

    def test_a_file_in_kbdata(self):
        paste = self.file('paste.txt', self.PASTE)
        kbdata = self.path('kbdata')
        shutil.copytree(os.path.join(SOURCE, 'kbdata'), kbdata)
        data = ('--rules', os.path.join(HERE, 'rules'), '--kbdata', kbdata)
        result = self.run_exdiag('import', '--store', self.store, *data[2:], paste)
        self.assertEqual(result.returncode, 3, result.out)
        with open(os.path.join(kbdata, 'languages', 'finnish.yaml'), 'w') as f:
            f.write(self.WORDS)
        result = self.run_exdiag('import', '--store', self.store, *data[2:], paste)
        self.assertEqual(result.returncode, 0, result.err)
        event, = json.loads(self.run_exdiag('events', '--store', self.store, '--format', 'json').out)['events']
        self.assertEqual([event[key] for key in ('provider', 'event_id', 'level', 'host', 'message')],
                         ['MSExchangeMTA', 9411, 'error', 'brest', 'Jotain.'])


class StoreCommand(CommandLine):
    def test_info_and_verify(self):
        self.import_log()
        info = self.run_exdiag('store', 'info', '--store', self.store)
        self.assertEqual(info.returncode, 0, info.err)
        self.assertIn('brest', info.out)
        self.assertIn('Gaps in record numbers\n  1 log was fed by exports that carry no record numbers.\n\n'
                      'Silent periods\n  None.\n\nClock changes\n  None.\n\nFiles\n', info.out)
        sound = self.run_exdiag('store', 'verify', self.store)
        self.assertEqual((sound.returncode, sound.out), (0, self.store + ': sound\n'))
        self.file('not.db', 'hello, this is no store at all')
        self.assertEqual(self.run_exdiag('store', 'verify', self.path('not.db')).returncode, 3)


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
