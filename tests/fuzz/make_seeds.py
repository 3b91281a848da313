#!/usr/bin/env python3
"""Writes the seeds of the fuzzers: one folder a format, named as the importer is, and a dictionary beside it.

  make_seeds.py FOLDER

What the sample maker can write comes from it; the rest is written here.  FOLDER/rules holds the rules of this
repository.  Every seed of an importer is recognised as its format, which run.sh checks.
"""
import glob
import gzip
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests/tools'))
import evcommon  # noqa: E402
import make_evt  # noqa: E402
import make_evtx  # noqa: E402

# A shared file and a rule that uses it, as the rules fuzzer takes them.
RULE = '''id: mta.a.b
version: 1
status: draft
title: t
verdict: fault
articles: [Q217142]
events:
  refused: {%s}
  dialled: {provider: MSExchangeMTA, id: 9318}
trigger: refused
when:
  - %s
unless:
  - no: {any: [use: rpc.opened]}
evidence:
  - {if: {%s}, points: +2, because: b}
strength: hint
explains: [refused]
cause: "{refused.computer}"
fix:
  - {do: d, risk: none}
'''
SHARED = '''events:
  rpc.refused: {provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}
  rpc.unopened: {provider: MSExchangeMTA, id: 289}
conditions:
  rpc.alone:
    - no: {rpc.unopened: {within: 1h, where: {entity: "{trigger.remote_server}"}}}
    - {dialled: {within: 10m, host: other}}
  rpc.opened: {no: rpc.unopened}
  rpc.either: [any: [{dialled: {within: 1h, of: rpc.unopened}}, {sequence: [rpc.unopened, dialled], within: 1h}]]
'''
SHARED_RULES = [
    (SHARED, RULE % ('use: rpc.refused, where: {remote_server: LYON}', '{use: rpc.alone, coverage: required}',
                     'use: rpc.either')),
    (SHARED, RULE % ('provider: MSExchangeMTA, id: 9322', 'any: [use: rpc.alone, {use: rpc.either}]',
                     'all: [use: rpc.opened, {dialled: {within: 10m}}]')),
]

SAMPLE_FILES = {
    'nt.csv': 'nt-csv', 'nt.txt': 'nt-txt', 'viewer.csv': 'eventviewer-csv', 'winevent.csv': 'winevent-csv',
    'eventlog.csv': 'eventlog-csv', 'clipboard.txt': 'clipboard', 'clipboard-vista.txt': 'clipboard-vista',
    'events.xml': 'xml', 'events.json': 'json', 'events.clixml': 'clixml', 'logparser.xml': 'logparser-xml',
    'logparser.csv': 'logparser-csv', 'wevtutil.txt': 'wevtutil-text',
    'ev0.log': 'mta-log', 'log.evt': 'evt', 'log.evtx': 'evtx', 'trace.pcap': 'pcap', 'trace.pcapng': 'pcapng',
    'trace.netmon.cap': 'netmon', 'trace.netmon.txt': 'netmon-text', 'trace.hex.txt': 'hex-dump',
    'setspn.txt': 'setspn', 'system32.txt': 'file-listing',
}

CLIXML = '''<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0"><TN RefId="0"><T>System.Diagnostics.EventLogEntry#Application/P/7004</T>
    <T>System.Diagnostics.EventLogEntry</T></TN><ToString>System.Diagnostics.EventLogEntry</ToString>
    <Props><I64 N="InstanceId">3221494620</I64><S N="Source">P</S><BA N="Data">AP8=</BA>
      <Obj N="EntryType" RefId="1"><ToString>Error</ToString><I32>1</I32></Obj>
      <Obj N="ReplacementStrings" RefId="2"><LST><S>a_x000D__x000A_b</S><S /><Nil /></LST></Obj>
      <DT N="TimeGenerated">2006-08-22T05:15:41+02:00</DT></Props>
  </Obj>
</Objs>
'''

TEXTS = {
    'psloglist-text': ['''
PsLoglist v2.71 - local and remote event log viewer

Application log on \\\\EX1:
[00021] MSExchangeTransport
   Type:     ERROR
   Computer: EX1
   Time:     22/8/2006 15:41:07   ID:       7004
   User:     CORP\\svc
The remote host

said no.

System log on \\\\EX1:
[00007] Service Control Manager
   Type:     INFORMATION
   Computer: EX1
   Time:     22/8/2006 15:41:06   ID:       7036
running
'''],
    'psloglist-csv': [
        '21,Application,MSExchangeTransport,ERROR,EX1,8/22/2006 3:41:07 PM,7004,None,a, b\nc\n',
        '21\tSecurity\tP\tAUDIT FAILURE\tEX1\t22.08.2006 15:41:07\t529\tN/A\tm\n'],
    'dumpel': [
        '8/22/2006\t3:41:07 PM\t1\t3\t7004\tN/A\tMSExchangeTransport\tEX1\thost 535\n',
        '8/22/2006\t3:41:07 PM\t16\t3\t529\tCORP\\u\tSecurity\tEX1\tthe host\t\t535\n',
        '8/22/2006,3:41:07 PM,4,0,6005,N/A,EventLog,EX1,\n'],
    'dumpel.2': [
        '8/22/2006 3:41:07 PM 1 3 7004 MSExchangeIS Mailbox Store N/A EX1 host\n535\n',
        '8/22/2006    15:41:07    4    0    7036    N/A    Service Control Manager    EX1    a b\n'
        '8/22/2006 3:41:07 PM 16 3 529 Security NT AUTHORITY\\LOCAL SERVICE EX1 host\n'
        '4/21/95 4:58:39 AM 1 0 1016 N/A DhcpServer REDIPSRVP2 %%20013\n'],
    'eventcomb': [
        '529,AUDIT FAILURE,Security,Tue Aug  2 12:34:56 2004,NT AUTHORITY\\SYSTEM,Logon, Failure\n'
        '7004,INFORMATIONAL,P,Wed Dec 31 23:59:59 2003,N/A,m\n'],
    'evtxecmd-csv': [
        '\ufeffRecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,'
        'ChunkNumber,UserId,MapDescription,PayloadData1,Payload\n'
        '1,5,2006-08-22 03:15:41.1234567+05:30,7004,Error,MSExchangeTransport,Application,0,0,EX1,0,,,,'
        '"{""EventData"":{""Data"":""host, , 535"",""Binary"":""00FF""}}"\n'],
    'plaso-csv': [
        'datetime,timestamp_desc,computer_name,event_identifier,event_level,message,message_identifier,record_number,'
        'source_name,strings,user_sid\n'
        '2006-08-22 03:15:41.000000+00:00,Creation Time,EX1,7004,2,m,3221494620.0,5,MSExchangeTransport,'
        '"[\'host\', \'\', \'535\', ""it\'s"", \'a\\nb\\\\\']",S-1-5-18\n',
        'datetime,event_identifier,record_number,source_name,strings,xml_string\n'
        '2006-08-22 03:15:41+00:00,7004,5,X,[\'y\'],"<Event><System><Provider Name=""P""/><EventID>7004</EventID>'
        '<Level>2</Level></System><EventData><Data>host</Data><Data/></EventData></Event>"\n'],
    # Two of one name: the second is the one that is asked later.
    'nt-csv.2': [
        '8/22/2006;3:15:41 AM;MSExchangeMTA;Error;X.400 Service ;9322;N/A;EX1;"An error; 5, occurred."\n'
        '8/22/2006;3:15:42 AM;MSExchangeMTA;Warning;None;9277;N/A;EX1;text\n'],
    'json.2': [
        'Here is what we got from the server:\n\n{\n  "Id": 7004,\n  "Level": 2,\n  "ProviderName": "P",\n'
        '  "MachineName": "EX1",\n  "TimeCreated": "2006-08-22T03:15:41Z",\n  "Message": "a"\n}\nregards\n'],
    'nt-pasted': [
        '  7/31/97 4:15:31 PM MSExchangeMTA Warning Operating System 9221 N/A\n  EX1 A sockets error\n  10054.\n\nCAUSE\n',
        '31/12/96 19:56:34 Security Failure Audit Logon/Logoff 529 NT AUTHORITY\\SYSTEM <Server Name> m\n'],
    'loganalytics-csv': [
        '"TenantId",SourceSystem,"TimeGenerated [UTC]",Source,EventLog,Computer,EventLevelName,ParameterXml,EventID,'
        'RenderedDescription\n'
        't,OpsManager,"8/22/2006, 3:15:41.120 AM",P,Application,EX1,Error,"<Param>a</Param><Param></Param>",7004,"a, b"\n'],
    'winevent-text': [
        'TimeCreated  : 22.08.2006 03:15:41\nProviderName : P\nId           : 7004\nMessage      : a\n               b\n\n'],
    'eventlog-text': [
        'Index              : 5\nEntryType          : Error\nInstanceId         : 3221494620\n'
        'Source             : P\nTimeGenerated      : 2006-08-22 03:15:41\n'],
    'eventquery-text': [
        'Listing the events in \'Application\' log of host \'EX1\'\nType:         error\nEvent:        7004\n'
        'Date Time:    8/22/2006 3:15:41 AM\nSource:       P\nComputerName: EX1\n',
        'Type          Event  Date Time                Source ComputerName\n'
        '============= ====== ======================== ====== ============\n'
        'error         7004   8/22/2006 3:15:41 AM     P      EX1\n'],
    'logparser-text': [
        'EventLog    RecordNumber TimeGenerated       EventID EventTypeName SourceName\n'
        '----------- ------------ ------------------- ------- ------------- ----------\n'
        'Application 5            2006-08-22 03:15:41 7004    Error event   -\n\n'],
    'eventquery-csv': [
        'Listing the events in \'Application\' log of host \'EX1\'\n' + '-' * 78 + '\n'
        '"Type","Event","Date Time","Source","ComputerName","Category","User","Description"\n'
        '"error","7004","8/22/2006 3:15:41 AM","MSExchangeTransport","EX1","None","N/A","host  535"\n'],
    'systeminfo': ['''
Host Name:                 EX1
OS Name:                   Microsoft(R) Windows(R) Server 2003 Standard x64 Edition
OS Version:                5.2.3790 Service Pack 1 Build 3790
OS Configuration:          Member Server
Processor(s):              1 Processor(s) Installed.
                           [01]: EM64T Family 6 Model 78 ~2496 Mhz
Time Zone:                 (GMT+01:00) Amsterdam
Domain:                    CORP
Hotfix(s):                 2 Hotfix(s) Installed.
                           [01]: File 1
                           [02]: KB893803v2 - Update
'''],
    'hotfix-table': ['''
Source        Description      HotFixID      InstalledBy          InstalledOn
------        -----------      --------      -----------          -----------
EX1           Security Update  KB4562830     NT AUTHORITY\\SYSTEM  6/9/2020 12:00:00 AM
''', '\nNode,Caption,CSName,Description,HotFixID,InstalledOn\nEX1,http://x,EX1,Update,KB4562830,6/9/2020\n'],
    'ipconfig': ['''
Windows IP Configuration

   Host Name . . . . . . . . . . . . : EX1
   Primary Dns Suffix  . . . . . . . : corp.example
   Node Type . . . . . . . . . . . . : Hybrid

Ethernet adapter Local Area Connection:

   Link-local IPv6 Address . . . . . : fe80::9595:e8d9:b190:ecac%11(Preferred)
   IPv4 Address. . . . . . . . . . . : 192.168.23.154(Preferred)
   Default Gateway . . . . . . . . . :
   DNS Servers . . . . . . . . . . . : 192.168.23.151
                                       192.168.23.152
   Primary WINS Server . . . . . . . : 192.168.23.9
'''],
    'nltest': ['''List of domain trusts:
    0: OLDDOM (NT 4) (Direct Outbound) ( Attr: quarantined )
    1: CORP corp.example (NT 5) (Forest Tree Root) (Primary Domain) (Native)
The command completed successfully
''', '''Flags: 30 HAS_IP  HAS_TIMESERV
Trusted DC Name \\\\DC1.corp.example
Trusted DC Connection Status Status = 0 0x0 NERR_Success
''', '''C:\\>nltest /server:EX1 /dsgetdc:CORP
           DC: \\\\DC1.corp.example
      Address: \\\\10.0.0.5
     Dom Name: corp.example
 Dc Site Name: Oslo
        Flags: PDC GC DS LDAP KDC
Getting DC name failed: Status = 1355 0x54b ERROR_NO_SUCH_DOMAIN
'''],
    'net-use': ['''New connections will be remembered.


Status       Local     Remote                    Network

-------------------------------------------------------------------------------
OK           X:        \\\\EX2\\maildat$           Microsoft Windows Network
Disconnected           \\\\EX3.corp.example\\IPC$   Microsoft Windows Network
The command completed successfully.
'''],
    'xml.2': ['Here is what I see:\n<Event><System><Provider Name="P"/><EventID>7</EventID></System></Event>\nAny idea?\n',
              'You wrote:\n> > <Event>\n> > <System>\n> > <Provider Name="P"/><EventID>7</EventID>\n> > </System>\n'
              '> > <EventData><Data>a\n> > b</Data></EventData>\n> > </Event>\n'],
    'clixml': [CLIXML],
    'clixml.2': ['Here is what I see:\n' + CLIXML],
    'logparser-xml.2': ['See:\n<ROW><FIELD NAME="EventID" TYPE="INTEGER">7</FIELD><FIELD NAME="SourceName">P</FIELD>'
                        '<FIELD NAME="ComputerName">EX1</FIELD></ROW>\n'],
    'json': ['{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":7004,"Level":2,"Computer":"EX1",'
             '"TimeCreated":{"#attributes":{"SystemTime":"2006-08-22T03:15:41Z"}}},"EventData":{"Data":["a","b"]}}}\n',
             '{"Id":7004,"ProviderName":"P","LogName":"Application","TimeCreated":"\\/Date(1156216541000)\\/",'
             '"Properties":[{"Value":"a"},{"Value":[0,255]}],"Message":"m\\ud83d\\ude00"}\n'],
}


class Seeds:
    def __init__(self, folder):
        self.folder = folder
        self.counts = {}

    def add(self, name, data):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        self.counts[name] = self.counts.get(name, 0) + 1
        with open(os.path.join(folder, 'seed-%02d' % self.counts[name]), 'wb') as out:
            out.write(data)


def add_samples(seeds):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, os.path.join(TOP, 'tests/tools/make_samples.py'), '--output', folder] +
                       sorted(glob.glob(os.path.join(TOP, 'tests/samples/*.yaml'))), check=True)
        for path in sorted(glob.glob(os.path.join(folder, '*/*'))):
            name = SAMPLE_FILES.get(os.path.basename(path))
            if name is None:
                sys.exit('make_seeds.py: no format is known for the sample %s' % os.path.basename(path))
            with open(path, 'rb') as source:
                data = source.read()
            # The rest of the only chunk is zero; short seeds are worth more.
            seeds.add(name, data.rstrip(b'\0') + bytes(8) if name == 'evtx' else data)


# One instance of every type of value, of arrays, and a size that does not fit.
VALUES = [
    (0x00, b''), (0x01, 'text'.encode('utf-16-le')), (0x02, b'ansi\0'), (0x03, b'\xff'), (0x04, b'\x07'),
    (0x05, b'\xfe\xff'), (0x06, b'\1\2'), (0x07, b'\xff' * 4), (0x08, b'\1\2\3\4'), (0x09, b'\xff' * 8),
    (0x0a, b'\1' * 8), (0x0b, struct.pack('<f', 1.5)), (0x0c, struct.pack('<d', -2.5)), (0x0d, b'\1\0\0\0'),
    (0x0e, b'\0\xff'), (0x0f, bytes(range(16))), (0x10, b'\1' * 8), (0x11, struct.pack('<Q', 132000000000000000)),
    (0x12, struct.pack('<8H', 2021, 6, 5, 4, 8, 41, 47, 999)), (0x13, bytes.fromhex('010100000000000512000000')),
    (0x14, b'\1\2\3\4'), (0x15, b'\1' * 8), (0x81, 'a\0b\0\0'.encode('utf-16-le')), (0x82, b'a\0b'),
    (0x88, b'\1\0\0\0\2\0\0\0'), (0x8f, bytes(32)), (0x93, bytes.fromhex('010100000000000512000000') * 2),
    (0x08, b'\1\2'), (0x7f, b'?')]


def binxml_chunk():
    """Records that the sample maker does not write: every type, pieces, CDATA, entities, no template at all."""
    chunk = make_evtx.Chunk()
    event, = evcommon.normalise([dict(source='P', event_id=1, strings=['a'], time=1500000000, record_id=1)])
    chunk.add(event, {})

    def put(body, record_id):
        size = -(-(28 + len(body)) // 8) * 8
        chunk.buf += struct.pack('<4sIQQ', b'**\0\0', size, record_id, 132000000000000000) + body
        chunk.buf += bytes(size - 28 - len(body)) + struct.pack('<I', size)
        chunk.n += 1
        chunk.last = record_id

    substitution = lambda number: ('sub', number, VALUES[number][0], True)  # noqa: E731
    element = lambda name, *content: ('el', name, 0xffff, [], list(content))  # noqa: E731
    spec = element('Event', element('System', element('EventID', '7'), element('Computer', 'EX1')),
                   element('EventData', *[element('Data', substitution(number)) for number in range(len(VALUES))]))
    start = len(chunk.buf) + 24
    put(b'\x0f\1\1\0' + chunk.instance(start + 4, bytes(range(16)), spec, VALUES, {}, {}) + b'\0', 2)
    put(literal_event(len(chunk.buf) + 24), 3)
    return bytes(chunk.finish(1)[:len(chunk.buf)])


def literal_event(start):
    """An event without a template, as forwarded ones are."""
    out = bytearray(b'\x0f\1\1\0')

    def name(text):
        out.extend(struct.pack('<IIHH', start + len(out) + 4, 0, 0, len(text)) + text.encode('utf-16-le') + b'\0\0')

    def open_element(text):
        out.extend(b'\1\0\0\0\0')
        name(text)
        out.extend(b'\2')

    def text(words):
        out.extend(b'\5\1' + struct.pack('<H', len(words)) + words.encode('utf-16-le'))

    open_element('Event')
    open_element('System')
    open_element('EventID')
    text('7')
    out.extend(b'\4\4')
    open_element('EventData')
    open_element('Data')
    text('a')
    out.extend(b'\x49')
    name('amp')
    out.extend(b'\x08\x41\0\x07\1\0b\0\4\x0a')
    name('target')
    out.extend(b'\x0b\1\0c\0\4\4\0')
    return bytes(out)


def add_binary_logs(seeds):
    chunk = binxml_chunk()
    seeds.add('evtx', bytes(make_evtx.file_header(1, 0, 0, 4)) + chunk)
    seeds.add('evtx', chunk)
    seeds.add('evtx', bytes(make_evtx.file_header(0, 0, 0, 1)))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'log.evt')
        for options in ([], ['--dirty'], ['--no-eof'], ['--wrap', '--max-size', '4096'],
                        ['--wrap', '--max-size', '4096', '--dirty']):
            subprocess.run([sys.executable, os.path.join(TOP, 'tests/tools/make_evt.py'), '--demo', '30', path] + options,
                           check=True, capture_output=True)
            with open(path, 'rb') as source:
                seeds.add('evt', source.read())


# Two files of three letters, written by 7-Zip: solid, BCJ and LZMA, a packed directory.
SEVEN_ZIP = bytes.fromhex(
    '377abcaf271c0004b9c4060060000000000000002000000000000000d6494ae200379b88d4aae964698edb0000813307ae0f'
    'ce85ae92f77aee9aeeca35820e81a2c1ff3089101af73571ae30d0f19ba9d12873a47df24a11fc8604f348f6cb187798aec1'
    '2369c4b18b1007ac3fc12cf9b456174274fa7b27dc9ec1bd54f04c0017060b01095500070b01000123030101055d00100000'
    '0c660a01adc43dee0000')


def add_archives(seeds):
    text = b'7/1/2006,3:41:07 PM,P,Error,None,7,N/A,EX1,m\r\n' * 20
    box = io.BytesIO()
    with zipfile.ZipFile(box, 'w', zipfile.ZIP_DEFLATED) as out:
        out.writestr(zipfile.ZipInfo('a/log.csv'), text)
        out.writestr(zipfile.ZipInfo('b.csv'), b'')
    seeds.add('archive', box.getvalue())
    for mode in ('w', 'w:gz', 'w:bz2', 'w:xz'):
        box = io.BytesIO()
        with tarfile.open(fileobj=box, mode=mode) as out:
            entry = tarfile.TarInfo('log.csv')
            entry.size = len(text)
            out.addfile(entry, io.BytesIO(text))
        seeds.add('archive', box.getvalue())
    seeds.add('archive', gzip.compress(text, mtime=0))
    seeds.add('archive', SEVEN_ZIP)


def words_of(folder):
    """What stands in the seeds of one format, for libFuzzer to put elsewhere."""
    found = set()
    for path in glob.glob(os.path.join(folder, '*')):
        with open(path, 'rb') as source:
            data = source.read()
        found.update(re.findall(rb'[A-Za-z#</:._-]{3,24}', data))
        found.update(re.findall(rb'(?:[A-Za-z]\0){3,12}', data))
    return sorted(found)[:400]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    shutil.rmtree(folder, ignore_errors=True)
    seeds = Seeds(folder)
    add_samples(seeds)
    add_binary_logs(seeds)
    add_archives(seeds)
    for name, texts in TEXTS.items():
        for text in texts:
            seeds.add(name, text.replace('\n', '\r\n').encode())
    for path in sorted(glob.glob(os.path.join(TOP, 'rules/*/*.yaml'))):
        with open(path, 'rb') as source:
            seeds.add('rules', source.read())
    for shared, rule in SHARED_RULES:
        seeds.add('rules', (shared + '\n%%\n' + rule).encode())
    for name in sorted(seeds.counts):
        with open(os.path.join(folder, name + '.dict'), 'w', encoding='ascii') as out:
            for word in words_of(os.path.join(folder, name)):
                out.write('"%s"\n' % ''.join(chr(b) if 32 <= b < 127 and b not in b'"\\' else '\\x%02x' % b for b in word))


if __name__ == '__main__':
    main()
