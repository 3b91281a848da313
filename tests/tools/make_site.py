#!/usr/bin/env python3
"""Writes the logs of a made-up site, for tests and benches of whole reports.

  make_site.py --output FOLDER [--hosts N] [--days N] [--events N] [--pairs N] [--hostile]

One folder a host with one NT CSV a stretch that its logs cover: noise that follows the working day, `pairs` troubles
between two servers (a bind refused with an error of several meanings), errors that no rule knows, one host with a gap,
one that went silent.  With --hostile the texts attack whoever reads them.  The same arguments always give the same
bytes; the clock of all is UTC.
"""
import argparse
import csv
import datetime
import os
import random

TOWNS = ('AMIENS', 'BREST', 'CADIZ', 'DERBY', 'ESSEN', 'FARO', 'GDANSK', 'HERNING', 'IZMIR', 'JENA', 'KRAKOW', 'LYON',
         'MALMO', 'NANTES', 'OULU', 'PORTO', 'RENNES', 'SIENA', 'TROMSO', 'UPPSALA', 'VARNA', 'WIEN', 'YORK', 'ZADAR')
NOISE = (('Information', 'MSExchangeIS Private', 'General', 1221, 'The database has 13 megabytes of free space.'),
         ('Information', 'ESE97', 'General', 100, 'The database engine 05.51.2653 started.'),
         ('Information', 'Service Control Manager', 'None', 7036, 'The service entered the running state.'),
         ('Information', 'MSExchangeSA', 'General', 2001, 'Directory replication finished.'),
         ('Warning', 'Print', 'None', 20, 'Printer driver was added.'))
UNKNOWN = (('Error', 'Backup Agent', 'None', 57, 'The tape in drive 2 is not the one that was asked for.'),
           ('Error', 'VirusGuard', 'Scanner', 1003, 'Pattern file 412 could not be loaded.'),
           ('Warning', 'W3SVC', 'None', 100, 'The server was unable to log on the account.'))
ERRORS = (5, 1722, 1326, 1330, 1723, 1753, 14, 1717)
ATTACKS = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "=cmd|'/c calc'!A0", '\u202egpj.exe',
           'javascript:alert(1)', '</title></style></pre><h1>owned</h1>', '[x](http://evil.example)', '\x1b[2J\x1b]0;owned\x07')


def host_name(number):
    return TOWNS[number % len(TOWNS)] + str(number // len(TOWNS) + 1)


def refused(rng, error, peer):
    return ('Warning', 'MSExchangeMTA', 'Interface', 9322,
            'An interface error has occurred. An MtaBindBack over RPC has failed. Locality Table (LTAB) index: %d, '
            'NT/MTA error code: %d. Comms error %d, Bind error 0, Remote Server Name %s, Protocol String '
            'ncacn_ip_tcp:10.%d.%d.%d[1187] [BASE IL INCOMING RPC 31 507] (14)' %
            (rng.randrange(1, 40), error, error, peer, rng.randrange(200), rng.randrange(200), rng.randrange(200)))


def not_bound(rng, error, peer):
    return ('Warning', 'MSExchangeMTA', 'Interface', 9318,
            'An RPC communications error occurred. Unable to bind over RPC. Locality Table (LTAB) index: %d, NT/MTA '
            'error code: %d. Comms error %d, Bind error 0, Remote Server Name %s [MAIN BASE 1 500 %%10] (14)' %
            (rng.randrange(1, 40), error, error, peer))


def make_events(options):
    """Per host a list of (second of the period, fields)."""
    rng = random.Random(options.seed)
    names = [host_name(n) for n in range(options.hosts)]
    period = options.days * 86400
    events = {name: [] for name in names}
    for _ in range(options.pairs):
        a, b = rng.sample(names, 2)
        error = rng.choice(ERRORS)
        at = rng.randrange(period - 7200)
        for repeat in range(rng.choice((1, 1, 3, 12))):
            when = at + repeat * 300 + rng.randrange(60)
            events[a].append((when, refused(rng, error, b)))
            if rng.random() < 0.6:
                events[b].append((when + 2, not_bound(rng, rng.choice((error, 1722)), a)))
    for _ in range(max(3, options.hosts)):
        name, kind = rng.choice(names), rng.choice(UNKNOWN)
        for _ in range(rng.randrange(1, 9)):
            events[name].append((rng.randrange(period), kind))
    if options.hostile:
        for number, attack in enumerate(ATTACKS):
            at = period // 2 + number * 977
            events[names[0]].append((at, refused(rng, 5, attack.replace(' ', ''))))
            events[names[0]].append((at, ('Error', attack.replace('\x1b', ''), 'None', 666 + number, attack)))
    left = options.events - sum(len(list_) for list_ in events.values())
    weights = [rng.choice((1, 2, 5)) for _ in names]
    for name in rng.choices(names, weights, k=max(0, left)):
        hour = min(23, max(0, int(rng.gauss(12, 4))))
        when = rng.randrange(options.days) * 86400 + hour * 3600 + rng.randrange(3600)
        events[name].append((when, rng.choice(NOISE)))
    return events


def covered(number, period):
    """The stretches of the host's log: most whole, one with a gap, one that ends early."""
    if number % 7 == 2:
        return [(0, period * 4 // 10), (period * 6 // 10, period)]
    if number % 7 == 5:
        return [(0, period * 7 // 10)]
    return [(0, period)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--output', required=True)
    parser.add_argument('--hosts', type=int, default=6)
    parser.add_argument('--days', type=int, default=10)
    parser.add_argument('--events', type=int, default=4000)
    parser.add_argument('--pairs', type=int, default=8)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--hostile', action='store_true')
    options = parser.parse_args()
    start = datetime.datetime(2001, 3, 14)
    for number, (name, events) in enumerate(make_events(options).items()):
        folder = os.path.join(options.output, name)
        os.makedirs(folder, exist_ok=True)
        events.sort(key=lambda event: event[0])
        for part, (first, last) in enumerate(covered(number, options.days * 86400)):
            path = os.path.join(folder, 'application-%d.csv' % (part + 1))
            with open(path, 'w', encoding='utf-8', newline='') as out:
                writer = csv.writer(out, lineterminator='\r\n')
                for second, (level, source, category, event_id, text) in events:
                    if not first <= second < last:
                        continue
                    time = start + datetime.timedelta(seconds=second)
                    writer.writerow(('%d/%d/%d' % (time.month, time.day, time.year),
                                     time.strftime('%I:%M:%S %p').lstrip('0'), source, level, category, event_id,
                                     'N/A', name, text))


if __name__ == '__main__':
    main()
