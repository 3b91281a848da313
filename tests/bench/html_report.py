#!/usr/bin/env python3
"""Measures the page of a large site: a million events, ten thousand findings.

  html_report.py [--exdiag build/release/exdiag] [--hosts 150] [--events 1000000] [--pairs 7000] [--keep FOLDER]

Prints how long importing, the page beside the text report, and opening it in headless Chromium take, and how large
the page is.  The logs are those of tests/tools/make_site.py.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'tools'))
import browser  # noqa: E402


def timed(*command):
    begin = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    assert done.returncode in (0, 1), '%s ended with %d' % (command[:2], done.returncode)
    return time.monotonic() - begin, done.stdout


def opened(path):
    """Seconds until the page is loaded and drawn, its filters filled; and until a filter has worked."""
    driver = browser.start()
    try:
        driver.set_script_timeout(60)
        driver.get('file://' + path)
        load = driver.execute_async_script(
            'requestAnimationFrame(() => requestAnimationFrame(() => arguments[0](performance.now())))')
        searched = driver.execute_script(
            "const f = document.querySelector('form.filters'); const t = performance.now();"
            "f.elements.text.value = 'rpc brest'; f.dispatchEvent(new Event('change', {bubbles: true}));"
            "document.body.getBoundingClientRect(); return performance.now() - t")
        return load / 1000, searched / 1000
    finally:
        driver.quit()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--exdiag', default=os.path.join(SOURCE, 'build', 'release', 'exdiag'))
    parser.add_argument('--hosts', default='150')
    parser.add_argument('--events', default='1000000')
    parser.add_argument('--pairs', default='7000')
    parser.add_argument('--keep', help='work here and leave everything')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or scratch
        logs, store, page = (os.path.join(folder, name) for name in ('logs', 'site.db', 'report.html'))
        if not os.path.exists(store):
            timed(sys.executable, os.path.join(SOURCE, 'tests', 'tools', 'make_site.py'), '--output', logs, '--days', '90',
                  '--hosts', options.hosts, '--events', options.events, '--pairs', options.pairs)
            seconds, _ = timed(options.exdiag, 'import', '--timezone', 'UTC', '--store', store, logs)
            print('import             %7.2f s' % seconds)
        as_csv, lines = timed(options.exdiag, 'report', '--store', store, '--format', 'csv')
        as_html, _ = timed(options.exdiag, 'report', '--store', store, '--format', 'html', '--output', page)
        with open(page, encoding='utf-8') as file:
            text = file.read()
        print('findings           %7d' % len(re.findall(rb'(?m)^finding,', lines)))
        print('incidents          %7d  (%d of them whole)' % (text.count('data-item="incident"'), text.count('<article ')))
        print('report as CSV      %7.2f s' % as_csv)
        print('report as page     %7.2f s' % as_html)
        print('size of the page   %7.2f MB' % (os.path.getsize(page) / 1e6))
        if browser.missing():
            print('opening: not measured, ' + browser.missing())
            return
        load, search = opened(page)
        print('opening the page   %7.2f s' % load)
        print('a search in it     %7.2f s' % search)


if __name__ == '__main__':
    main()
