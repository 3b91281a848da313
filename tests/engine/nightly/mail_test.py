"""Whole runs of `exdiag nightly` that send mail and write metrics: by sendmail, by SMTP with and without TLS, and where
nothing of it works, which must not change what the run is worth.

    mail_test.py EXDIAG SOURCE_FOLDER [unittest arguments]
"""
import base64
import email
import email.policy
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

from prometheus_client.parser import text_string_to_metric_families

PROGRAM, SOURCE = sys.argv[1:3]

REFUSED = ('An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) index: 106, '
           'NT/MTA error code: 5. Comms error 5, Bind error 0, Remote Server Name LYON, '
           'Protocol String ncacn_ip_tcp:LYON[1026] [MAIN BASE 1 500 %10] (14)')
PASSWORD = 'correct horse'
SENDMAIL = '''#!/usr/bin/python3
import json, sys
json.dump({"arguments": sys.argv[1:], "mail": sys.stdin.read()}, open(FILE, "w"))
'''


def row(host, event, message, time='7:05:31 PM'):
    return '11/22/1999,%s,MSExchangeMTA,Warning,Interface,%d,N/A,%s,%s\r\n' % (time, event, host, message)


class SmtpServer(threading.Thread):
    """One conversation after the other, until it is closed."""

    def __init__(self, folder, tls='', hangs=False):
        super().__init__(daemon=True)
        self.tls, self.hangs = tls, hangs
        self.mails, self.logins = [], []
        self.client = None
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / 'cert.pem', folder / 'key.pem')
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.client = client
            try:
                self.serve()
            except (OSError, ValueError):
                pass  # the client has gone, or took no TLS from us
            finally:
                self.client.close()

    def serve(self):
        if self.hangs:
            while self.client.recv(1000):
                pass
            return
        secure = self.tls == 'implicit'
        if secure:
            self.client = self.context.wrap_socket(self.client, server_side=True)
        lines = self.client.makefile('rb')

        def say(text):
            self.client.sendall(text.encode() + b'\r\n')

        say('220 test')
        while line := lines.readline().decode().rstrip('\r\n'):
            verb = line.split()[0].upper()
            if verb == 'EHLO':
                if self.tls == 'starttls' and not secure:
                    say('250-STARTTLS')
                if secure:
                    say('250-AUTH PLAIN')
                say('250 8BITMIME')
            elif verb == 'STARTTLS':
                say('220 go on')
                self.client = self.context.wrap_socket(self.client, server_side=True)
                lines, secure = self.client.makefile('rb'), True
            elif verb == 'AUTH':
                words = line.split()
                if len(words) == 2:
                    say('334 ')
                    words.append(lines.readline().decode().strip())
                self.logins.append((secure, base64.b64decode(words[2]).decode().split('\0')[1:]))
                say('235 welcome')
            elif verb == 'DATA':
                say('354 go on')
                mail = b''
                while (part := lines.readline()) not in (b'.\r\n', b''):
                    mail += part[1:] if part.startswith(b'.') else part
                self.mails.append(mail)
                say('250 queued')
            elif verb == 'QUIT':
                say('221 bye')
                return
            else:
                say('250 ok')


class Nightly(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = pathlib.Path(tempfile.mkdtemp())
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj',
                        '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout',
                        cls.certificates / 'key.pem', '-out', cls.certificates / 'cert.pem'],
                       check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.certificates)

    def setUp(self):
        self.hour = 0
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / 'inbox').mkdir()
        self.deliver('first.csv', row('BREST', 9322, REFUSED))

    def deliver(self, name, text):
        file = self.folder / 'inbox' / name
        file.write_text(text, encoding='utf-8', newline='')
        os.utime(file, (1e9, 1e9))  # long ago: it is whole

    def configure(self, mail):
        (self.folder / 'exdiag.yaml').write_text(
            'metrics: {file: exdiag.prom}\nmail:\n  from: exdiag <exdiag@corp.example>\n'
            '  to: [anna@corp.example, Jörg <joerg@corp.example>]\n' + mail +
            '\nsites:\n  - name: hq\n    inbox: inbox\n    timezone: UTC\n', encoding='utf-8')

    def nightly(self, code, *arguments):
        self.hour += 1  # the log is of the evening before
        result = subprocess.run([PROGRAM, 'nightly', '--config', self.folder / 'exdiag.yaml', '--rules',
                                 os.path.join(SOURCE, 'tests/engine/cli/rules'), '--kbdata',
                                 os.path.join(SOURCE, 'kbdata'), '--at', '1999-11-23T%02d:00:00Z' % self.hour, *arguments], capture_output=True, check=False)
        said = result.stderr.decode()
        self.assertEqual(result.returncode, code, said + result.stdout.decode())
        self.assertNotIn(PASSWORD, said + result.stdout.decode())
        return said

    def metrics(self):
        text = (self.folder / 'exdiag.prom').read_text(encoding='utf-8')
        return {sample.name: sample.value for family in text_string_to_metric_families(text)
                for sample in family.samples if set(sample.labels) == {'site'}}

    def check_mail(self, raw):
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        for part in mail.walk():
            self.assertEqual(part.defects, [])
        self.assertEqual(mail['Subject'], 'exdiag hq: 1 new')
        self.assertEqual([a.addr_spec for a in mail['To'].addresses], ['anna@corp.example', 'joerg@corp.example'])
        text, page = mail.iter_parts()
        self.assertIn('Servers whose domains do not trust each other', text.get_content())
        self.assertEqual(page.get_payload(decode=True), (self.folder / 'reports/hq/latest.html').read_bytes())
        return mail

    def smtp(self, server, more=''):
        self.configure('  smtp: {server: 127.0.0.1, port: %d%s}\n' % (server.port, more))

    def server(self, *arguments, **options):
        server = SmtpServer(self.certificates, *arguments, **options)
        self.addCleanup(server.close)
        return server

    def login(self):
        password = self.folder / 'password'
        password.write_text(PASSWORD + '\n', encoding='utf-8')
        password.chmod(0o600)
        return ', ca_file: %s, user: exdiag, password_file: password' % (self.certificates / 'cert.pem')

    def sendmail(self, script):
        program = self.folder / 'my sendmail'
        program.write_text('#!/bin/sh\ncd "$(dirname "$0")"\n' + script + '\n', encoding='utf-8')
        program.chmod(0o755)
        self.configure('  sendmail: my sendmail\n')

    def check_next_run_sends_it(self):
        self.sendmail('cat > mail; echo x >> count')
        self.nightly(1)
        late = email.message_from_bytes((self.folder / 'mail').read_bytes(), policy=email.policy.default)
        self.assertEqual(late['Subject'], 'exdiag hq: 1 new (late, of 1999-11-23 01:00:00 UTC)')
        text, page = late.iter_parts()
        self.assertTrue(text.get_content().startswith('This could not be sent when that run was completed; '
                                                      'a later run sends it.\n'))
        self.assertIn('Servers whose domains do not trust each other', text.get_content())
        self.assertEqual(page.get_payload(decode=True), (self.folder / 'reports/hq/1999-11-23.html').read_bytes())
        self.nightly(1)
        self.assertEqual((self.folder / 'count').read_text(encoding='utf-8'), 'x\n', 'sent once, nothing new since')

    def test_a_mail_that_did_not_go_out_is_sent_by_the_next_run(self):
        self.sendmail('exit 75')
        self.assertIn('ended with code 75', self.nightly(1))
        self.check_next_run_sends_it()

    def test_a_run_killed_while_it_sends_its_mail(self):
        self.sendmail('cat > /dev/null; kill -9 $PPID')
        self.nightly(-9)
        self.assertTrue((self.folder / 'reports/hq/latest.html').exists())
        self.check_next_run_sends_it()

    def test_by_sendmail_when_something_changed(self):
        program = self.folder / 'my sendmail'
        got = self.folder / 'got.json'
        program.write_text(SENDMAIL.replace('FILE', repr(str(got))), encoding='utf-8')
        program.chmod(0o755)
        self.configure('  sendmail: my sendmail\n')
        self.nightly(1)
        captured = json.loads(got.read_text(encoding='utf-8'))
        self.assertEqual(captured['arguments'], ['-i', '-f', 'exdiag@corp.example', '--', 'anna@corp.example',
                                                 'joerg@corp.example'])
        self.check_mail(captured['mail'].encode())
        got.unlink()
        self.nightly(1)  # the same as yesterday: nothing to say
        self.assertFalse(got.exists())
        self.configure('  sendmail: my sendmail\n  when: findings\n')
        self.nightly(1)
        self.assertTrue(got.exists())

    def test_hostile_names_stay_text(self):
        self.deliver('evil.csv', row('X\x1b[31m', 9322, REFUSED, '9:05:31 PM'))
        server = self.server()
        self.smtp(server, ', tls: none')
        self.nightly(1)
        self.assertEqual(len(server.mails), 1)
        self.assertNotIn(b'\x1b', server.mails[0])
        self.assertEqual(self.metrics()['exdiag_last_run_success'], 1)

    def test_starttls_with_a_login(self):
        server = self.server('starttls')
        self.smtp(server, self.login())
        self.assertNotIn('no mail sent', self.nightly(1))
        self.assertEqual(server.logins, [(True, ['exdiag', PASSWORD])])
        self.check_mail(server.mails[0])

    def test_tls_from_the_first_byte(self):
        server = self.server('implicit')
        self.smtp(server, ', tls: implicit' + self.login())
        self.nightly(1)
        self.assertEqual(server.logins, [(True, ['exdiag', PASSWORD])])
        self.check_mail(server.mails[0])

    def test_a_server_that_nobody_vouches_for(self):
        for tls in ('starttls', 'implicit'):
            server = self.server(tls)
            self.smtp(server, ', tls: %s' % {'starttls': 'required'}.get(tls, tls))
            self.assertRegex(self.nightly(1, '--site', 'hq') if tls == 'starttls' else self.again(),
                             'smtps?://127.0.0.1:%d: .*certificate.*; no mail sent' % server.port)
            self.assertEqual((server.mails, server.logins), ([], []))

    def again(self):
        """A run with something new to say."""
        self.deliver('second.csv', row('NANTES', 9322, REFUSED.replace('LYON', 'PARIS'), '11:05:31 PM'))
        return self.nightly(1)

    def test_what_does_not_work_changes_nothing(self):
        gone = SmtpServer(self.certificates)
        gone.close()
        plain = self.server()
        hanging = self.server(hangs=True)
        for server, more, said in ((gone, '', 'no mail sent'), (plain, '', 'STARTTLS'),
                                   (hanging, '', 'time')):
            self.smtp(server, more)
            config = self.folder / 'exdiag.yaml'
            config.write_text(config.read_text(encoding='utf-8').replace('  smtp:', '  timeout: 1s\n  when: always\n  smtp:'),
                              encoding='utf-8')
            err = self.nightly(1)
            self.assertRegex(err, 'smtp://127.0.0.1:%d: .*%s.*' % (server.port, said))
            self.assertIn('; no mail sent', err)
            self.assertTrue((self.folder / 'reports/hq/latest.html').exists())
            self.assertEqual(self.metrics()['exdiag_last_run_success'], 1)
        self.assertEqual(plain.mails, [])

    def test_a_failed_run_is_told(self):
        server = self.server()
        self.smtp(server, ', tls: none')
        self.nightly(1)
        found = self.metrics()
        (self.folder / 'hq.db').write_bytes(b'no store' * 1000)
        for name in self.folder.glob('hq.db-*'):
            name.unlink()
        self.nightly(3)
        mail = email.message_from_bytes(server.mails[-1], policy=email.policy.default)
        self.assertEqual(mail['Subject'], 'exdiag hq: the run failed')
        self.assertIn('hq.db', mail.get_content())
        metrics = self.metrics()
        self.assertEqual(metrics['exdiag_last_run_success'], 0)
        self.assertEqual(metrics['exdiag_last_success_timestamp_seconds'],
                         found['exdiag_last_success_timestamp_seconds'])

    def test_a_test_mail(self):
        server = self.server()
        self.smtp(server, ', tls: none')
        self.assertIn('hq: the mail to anna@corp.example, joerg@corp.example was taken', self.nightly(0, '--test-mail'))
        mail = email.message_from_bytes(server.mails[0], policy=email.policy.default)
        self.assertEqual(mail['Subject'], 'exdiag hq: a test')
        self.assertFalse((self.folder / 'hq.db').exists())
        gone = SmtpServer(self.certificates)
        gone.close()
        self.smtp(gone, ', tls: none')
        self.assertIn('; no mail sent', self.nightly(3, '--test-mail'))


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
