"""Rewrites an evaluation case into another log of the same meaning.

A rewriting takes a case (see cases.py of the reference material: `id`, `expect`, `events` with time, computer,
source, id, type, category and message) and a `random.Random`, and gives a new case.  What the events say of the cause
stays; what happens to stand in them does not.
"""
import copy
import datetime
import re

# Words of directory names and host names that mean something and so are never renamed.
KEPT = set('''configuration connections servers recipients microsoft mta exchange internet mail connector private public
information store directory service server users admin administrator gateway system attendant x400 dras tcp isdn site
local example test default first organization organisation smtp none unknown'''.split())

# Numbers that are given out anew at each start of a service.
COUNTERS = (
    r'(?:LTAB\) index(?: is|:)|Locality Table Index:|Control block index:?|control block|Association index:|'
    r'association index:|RAS Table index:) ?(\d+)',
    r'\[(?:BASE|MTA|PLATFORM|XAPI|POP4)[A-Z:/_ -]* (\d+) \d+\]',
    r'PID=(\d+)',
    r'connection #(\d+)',
)
WORDINGS = (
    ('Contact Microsoft Product Support Services', 'Contact Microsoft Technical Support'),
    ('unrecognized-OR-name', 'unrecognised-OR-name'),
    ('Error code=', 'Error code: '),
)

BENIGN = (
    ('MSExchangeIS Private', 1221, 'Information', 'General', 'The database has 31 megabytes of free space after online defragmentation has terminated.'),
    ('ESE97', 213, 'Information', 'Logging/Recovery', 'MSExchangeIS ((268) ) The backup procedure has been successfully completed.'),
    ('ESE97', 220, 'Information', 'Logging/Recovery', 'MSExchangeIS ((268) ) Starting the backup of the file D:\\EXCHSRVR\\MDBDATA\\PRIV.EDB (size 812 Mb).'),
    ('MSExchangeDS', 1080, 'Information', 'Replication', 'The intrasite synchronization of the directory is complete.'),
    ('NTBackup', 8001, 'Information', 'None', 'End Backup of \'D:\' \'Verify: On\' \'Mode: Append\' \'Type: Normal\'.'),
    ('Print', 10, 'Information', 'None', 'Document 14, quarter.xls owned by lena was printed on HP4SI via port LPT1:. Size in bytes: 20518; pages printed: 3'),
    ('BROWSER', 8015, 'Information', 'None', 'The browser has forced an election on network \\Device\\NetBT_E100B1 because a Windows NT Server browser is started.'),
    ('Norton AntiVirus', 3, 'Information', 'None', 'Scan complete: Scanned: 48112 Infected: 0'),
    ('MSSQLServer', 17055, 'Information', 'Backup', '18265: Log backed up: Database: assets, creation date(time): 2000/01/12(10:14:08).'),
    ('McLogEvent', 257, 'Information', 'None', 'The scan of drive C: has ended; no infection was found.'),
    ('LicenseService', 202, 'Warning', 'None', 'The product Windows NT Server is out of licenses. Use License Manager from the Administrative Tools folder.'),
    ('Userinit', 1000, 'Error', 'None', 'Could not execute the following script logon.bat. The system cannot find the file specified.'),
)
COUNT_IS_MEANING = ('once', 'single', 'no more')  # in the note of a case: repeating it would change what it says


def when(event):
    return datetime.datetime.fromisoformat(str(event['time']).replace(' ', 'T'))


def stamp(event, time):
    event['time'] = time.replace(microsecond=0).isoformat()


def text_fields(event):
    return [f for f in ('computer', 'message', 'user') if f in event]


def substitute(case, pattern, replace):
    for event in case['events']:
        for field in text_fields(event):
            event[field] = re.sub(pattern, replace, str(event[field]))


def names(case):
    """Names of hosts, sites, organisations and domains, lower case."""
    found = set()
    for event in case['events']:
        found.update(label for label in event['computer'].split('.')[:2])
        message = event['message']
        found.update(re.findall(r'(?i)/(?:o|ou)=([a-z][a-z0-9-]+)', message))
        found.update(re.findall(r'(?i)/cn=servers/cn=([a-z][a-z0-9-]+)', message))
        found.update(re.findall(r'(?i)[;:](?:p|o|l)=([a-z][a-z0-9]+)', message))
        found.update(re.findall(r'(?i)Remote Server Name ([a-z][a-z0-9-]+)', message))
        for domain in re.findall(r'(?i)\b((?:[a-z][a-z0-9-]*\.)+)example\b', message):
            found.update(domain.strip('.').split('.'))
    return {n.lower() for n in found if len(n) > 3 and n.lower() not in KEPT}


def word(random, length):
    out = ''.join(random.choice('bdfgklmnprstvz') + random.choice('aeiou') for _ in range((length + 1) // 2))
    return out[:max(length, 4)]


def rename(case, random):
    new, taken = {}, set()
    for name in sorted(names(case)):
        while True:
            made = word(random, random.randint(5, 9)) + random.choice(('', '', '1', '02', '7'))
            if made not in taken:
                break
        taken.add(made)
        new[name] = made
    if not new:
        return

    def like(match):
        old, made = match.group(0), new[match.group(0).lower()]
        return made.upper() if old.isupper() else made.capitalize() if old[0].isupper() else made
    substitute(case, r'(?i)(?<![a-z0-9])(?:%s)(?![a-z0-9])' % '|'.join(sorted(map(re.escape, new), key=len, reverse=True)), like)


def move_dates(case, random):
    """Another day, hour and so another side of a change of clocks; the stamps inside X.400 identifiers move along."""
    by = datetime.timedelta(days=random.randint(-700, 900), hours=random.randint(-11, 11), minutes=random.randint(0, 59))
    for event in case['events']:
        stamp(event, when(event) + by)

    def moved(match):
        try:
            return (datetime.datetime.strptime(match.group(1), '%y%m%d%H%M%S') + by).strftime('%y%m%d%H%M%S') + match.group(2)
        except ValueError:
            return match.group(0)
    substitute(case, r'(?<!\d)(\d{12})(Z)', moved)


def stretch(case, random):
    # Where an event says how long something waits, the distance belongs to it.
    told = any(re.search(r'\b(?:seconds|minutes)\b', e['message']) for e in case['events'])
    factor = 1 if told else random.uniform(0.8, 1.2)
    first = min(map(when, case['events']))
    for event in case['events']:
        stamp(event, first + (when(event) - first) * factor)


def renumber(case, random):
    for pattern in COUNTERS:
        new = {}

        def other(match, new=new):
            old = match.group(1)
            start, end = match.start(1) - match.start(0), match.end(1) - match.start(0)
            # In place of an index there may be an error: some builds pass one string too few.
            made = new.setdefault(old, old if len(old) > 4 else str(random.randint(2, 240)))
            return match.group(0)[:start] + made + match.group(0)[end:]
        substitute(case, pattern, other)
    new = {}

    def object_id(match):  # those above 7FFF come only after many thousands of messages
        low, high = (1, 0x7fff) if int(match.group(0)[2:], 16) < 0x8000 else (0x8000, 0xffff)
        return new.setdefault(match.group(0), '06%06X' % random.randint(low, high))
    substitute(case, r'\b06[0-9A-F]{6}\b', object_id)
    substitute(case, r'(?<=Z-)(\d+)\b', lambda m: new.setdefault(m.group(1), str(random.randint(1, 9999))))


def other_wording(case, random):
    for a, b in WORDINGS:
        if random.random() < 0.5:
            a, b = b, a
        for event in case['events']:
            event['message'] = event['message'].replace(a, b)


def repeat(case, random):
    """The trouble comes back: all of it once or twice more, a good while later."""
    if case['expect'] == 'none' or any(w in case.get('note', '') for w in COUNT_IS_MEANING):
        return
    events = case['events']
    length = max(map(when, events)) - min(map(when, events))
    again = list(events)
    for n in range(random.randint(1, 2)):
        for event in events:
            copied = copy.deepcopy(event)
            stamp(copied, when(event) + (length + datetime.timedelta(minutes=random.randint(25, 55))) * (n + 1))
            again.append(copied)
    case['events'] = again


def noise(case, random, count):
    """Benign events of other providers and other hosts, over a day around the case."""
    times = [when(e) for e in case['events']]
    start, end = min(times) - datetime.timedelta(hours=8), max(times) + datetime.timedelta(hours=8)
    hosts = sorted({e['computer'] for e in case['events']}) + [word(random, 7).upper() for _ in range(2)]
    made = []
    for _ in range(count):
        source, number, kind, category, message = random.choice(BENIGN)
        event = dict(computer=random.choice(hosts), source=source, id=number, type=kind, category=category, message=message)
        stamp(event, start + (end - start) * random.random())
        made.append(event)
    case['events'] = sorted(case['events'] + made, key=when)


def shuffle_equals(case, random):
    """Another order of lines that share one second on different hosts, which an export may list in any order."""
    events = case['events']
    for at in range(len(events) - 1):
        a, b = events[at], events[at + 1]
        if a['time'] == b['time'] and a['computer'] != b['computer'] and random.random() < 0.5:
            events[at], events[at + 1] = b, a


def rewrite(case, random, benign=None):
    """A new case; `benign` is how many events are mixed in (up to 20 when it is not given)."""
    case = copy.deepcopy(case)
    rename(case, random)
    move_dates(case, random)
    renumber(case, random)
    other_wording(case, random)
    stretch(case, random)
    if random.random() < 0.4:
        repeat(case, random)
    noise(case, random, random.randint(0, 20) if benign is None else benign)
    shuffle_equals(case, random)
    return case


def hosts_apart(case):
    """One case for each host that logged a part of it, when there are several."""
    hosts = sorted({e['computer'] for e in case['events']})
    if len(hosts) < 2:
        return []
    return [dict(case, id='%s/%s' % (case['id'], h), events=[e for e in case['events'] if e['computer'] == h]) for h in hosts]


def without_a_kind(case, random):
    """The case without one kind of its events, as a list; [] where there is one kind only or nothing is wrong."""
    kinds = sorted({(e['source'], e['id']) for e in case['events'] if e['source'].startswith('MSExchange')})
    if len(kinds) < 2 or case['expect'] == 'none':
        return []
    lost = random.choice(kinds)
    return [dict(case, id='%s-%s' % (case['id'], lost[1]), events=[e for e in case['events'] if (e['source'], e['id']) != lost])]
