#!/usr/bin/env python3
"""The report's page in a real browser: filters, opening, keyboard, print, attacks, accessibility, phones.

  html_browser_test.py EXDIAG SOURCE_DIR

Skipped, loudly, where no Chromium is installed.
"""
import os
import subprocess
import sys
import tempfile
import unittest

EXDIAG, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'tools'))
import browser  # noqa: E402

with open(os.path.join(SOURCE, 'tests', 'engine', 'report', 'page_checks.js'), encoding='utf-8') as checks:
    CHECKS = checks.read()


def exdiag(*arguments, expected=1):
    done = subprocess.run([EXDIAG, *arguments], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, EXDIAG_DATA=SOURCE))
    assert done.returncode == expected, 'exit %d: %s' % (done.returncode, done.stderr)
    return done.stdout


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        path = lambda name: os.path.join(cls.scratch.name, name)
        subprocess.run([sys.executable, os.path.join(SOURCE, 'tests', 'tools', 'make_site.py'), '--output', path('logs'),
                        '--hostile', '--events', '2000', '--pairs', '12'], check=True)
        exdiag('diagnose', '--timezone', 'UTC', path('logs'), '--format', 'html', '--output', path('report.html'))
        exdiag('causes', '9322', '--format', 'html', '--output', path('causes.html'), expected=0)
        exdiag('explain', '0x8009030c', '--format', 'html', '--output', path('explain.html'), expected=0)
        cls.address = {name: 'file://' + path(name + '.html') for name in ('report', 'causes', 'explain')}
        cls.driver = browser.start()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.scratch.cleanup()

    def setUp(self):
        browser.resize(self.driver, 1280)
        browser.scheme(self.driver, 'light')
        self.driver.get('about:blank')
        self.driver.get_log('browser')
        browser.requests(self.driver)
        self.open('report')

    def tearDown(self):
        self.assertEqual(self.driver.get_log('browser'), [], 'the console is not empty')
        self.assertEqual([url for url in browser.requests(self.driver)
                          if url.split('#')[0] not in (*self.address.values(), 'about:blank')], [])

    def open(self, name, fragment=''):
        self.driver.get('about:blank')
        self.driver.get(self.address[name] + fragment)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def count(self, selector):
        return self.js('return [...document.querySelectorAll(arguments[0])].filter(e => !e.hidden).length', selector)

    def choose(self, name, value):
        self.js("const f = document.querySelector('form.filters').elements[arguments[0]]; f.value = arguments[1];"
                "f.dispatchEvent(new Event('change', {bubbles: true}))", name, value)
        self.assertEqual(self.js("return document.querySelector('form.filters').elements[arguments[0]].value", name),
                         value, 'no such choice')

    def values(self, name):
        return self.js("return [...document.querySelector('form.filters').elements[arguments[0]].options]"
                       ".map(o => o.value).filter(v => v)", name)

    def status(self):
        return self.js("return document.getElementById('shown').textContent")

    def test_incidents_are_there_with_all_their_parts(self):
        incidents = self.count('article.incident')
        self.assertGreater(incidents, 8)
        self.assertIn('Shown: %d of %d incidents' % (incidents, incidents), self.status())
        for title in ('What to do', 'How sure, against other causes', 'Why'):
            self.assertEqual(self.js('return [...document.querySelectorAll("article.incident h4")]'
                                     '.filter(h => h.textContent.startsWith(arguments[0])).length', title), incidents)
        for section in ('time', 'matrix', 'unexplained', 'coverage', 'inputs'):
            self.assertEqual(self.count('section#' + section), 1, section)

    def test_each_filter_leaves_what_has_its_value(self):
        for name, attribute in (('host', 'hosts'), ('cause', 'causes')):
            for value in self.values(name):
                self.choose(name, value)
                wrong = self.js('return [...document.querySelectorAll("[data-item]")].filter(e => e.hidden === '
                                '(e.dataset[arguments[0]] || "").split("\\n").includes(arguments[1])).length',
                                attribute, value)
                self.assertEqual(wrong, 0, (name, value))
            self.choose(name, '')
        self.choose('id', '9322')
        self.assertGreater(self.count('article.incident'), 0)
        self.choose('provider', 'Backup Agent')
        self.assertEqual(self.count('article.incident'), 0, 'one event must have both')
        self.assertTrue(self.status().startswith('Shown: 0 of '))

    def test_confidence_filters_by_the_leader(self):
        self.choose('sure', '95')
        sure = self.js('return [...document.querySelectorAll("article.incident")].filter(e => !e.hidden)'
                       '.map(e => Number(e.dataset.sure))')
        self.assertTrue(sure)
        self.assertGreaterEqual(min(sure), 95)
        self.assertEqual(self.count('#unexplained [data-item]'), 0)
        self.assertEqual(self.count('#unexplained [data-list]'), 0, 'an empty table is not shown')

    def test_search_finds_words_anywhere_and_reset_shows_all(self):
        everything = self.count('[data-item]')
        field = self.driver.find_element('id', 'f-text')
        field.send_keys('TAPE nothing-has-this')
        self.wait('return document.getElementById("shown").textContent.startsWith("Shown: 0 of")')
        field.clear()
        field.send_keys('backup AGENT')
        self.wait('return !document.getElementById("shown").textContent.startsWith("Shown: 0 of 1, 0")')
        self.wait('return [...document.querySelectorAll("[data-item]")].every('
                  'e => e.hidden !== e.textContent.toLowerCase().includes("backup agent"))')
        self.driver.find_element('css selector', 'button[type=reset]').click()
        self.wait('return [...document.querySelectorAll("[data-item]")].every(e => !e.hidden)')
        self.assertEqual(self.count('[data-item]'), everything)

    def wait(self, condition):
        from selenium.webdriver.support.ui import WebDriverWait
        WebDriverWait(self.driver, 5, poll_frequency=0.05).until(lambda _: self.js(condition), condition)

    def test_opening_and_closing(self):
        self.driver.find_element('id', 'close').click()
        self.assertEqual(self.count('.incident > details[open]'), 0)
        self.driver.find_element('id', 'open').click()
        self.assertEqual(self.count('.incident > details[open]'), self.count('.incident'))
        summary = self.driver.find_element('css selector', '.evidence summary')
        event = self.driver.find_element('css selector', '.evidence .event')
        self.assertFalse(event.is_displayed())
        summary.click()
        self.assertTrue(event.is_displayed())
        for text in ('MSExchangeMTA', 'Remote Server Name', 'nt_error', 'application-1.csv: line'):
            self.assertIn(text, event.text)

    def test_keyboard_alone_is_enough(self):
        from selenium.webdriver.common.keys import Keys
        body = self.driver.find_element('tag name', 'body')
        body.send_keys(Keys.TAB)
        first = self.driver.switch_to.active_element
        self.assertEqual(first.text, 'Skip to the incidents')
        self.assertNotEqual(first.value_of_css_property('outline-style'), 'none')
        summary = self.driver.find_element('css selector', '.incident details > summary')
        before = self.count('.incident > details[open]')
        summary.send_keys(Keys.ENTER)
        self.assertNotEqual(self.count('.incident > details[open]'), before)

    def test_a_link_opens_its_incident_though_filters_hide_it(self):
        last = self.js('return [...document.querySelectorAll("article.incident")].pop().id')
        self.open('report', '#' + last)
        self.assertTrue(self.js('return document.getElementById(arguments[0]).querySelector("details").open', last))
        self.choose('sure', '95')
        self.js('for (const e of document.querySelectorAll(".incident")) e.hidden = true')
        self.js('location.hash = ""; location.hash = arguments[0]', last)
        self.wait('return !document.getElementById("%s").hidden' % last)

    def test_nothing_from_a_log_became_part_of_the_page(self):
        self.assertEqual(self.js('return [document.scripts.length, document.images.length, '
                                 'document.querySelectorAll("iframe, object, embed, link, base").length, '
                                 'document.querySelectorAll("h1").length, '
                                 'document.querySelectorAll("[onerror], [onload], [onclick], [style]").length]'),
                         [1, 0, 0, 1, 0])
        text = self.js('return document.body.textContent')
        for attack in ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\\u202egpj.exe', '\\x07'):
            self.assertIn(attack, text)
        self.assertNotIn('\u202e', text)
        self.assertEqual(self.js('return [...document.querySelectorAll("a")].filter('
                                 'a => !a.getAttribute("href").startsWith("#")).length'), 0)

    def test_the_policy_stops_what_an_escape_would_let_through(self):
        self.js('const s = document.createElement("script"); s.textContent = "window.ran = 1";'
                'document.body.append(s); const i = new Image(); i.src = "http://127.0.0.1:9/x"; '
                'document.body.append(i)')
        self.assertIsNone(self.js('return window.ran ?? null'))
        self.wait_for_console(2)
        self.assertEqual([url for url in browser.requests(self.driver) if url.startswith('http')], [])

    def wait_for_console(self, count):
        entries = []
        for _ in range(50):
            entries += self.driver.get_log('browser')
            if len(entries) >= count:
                break
            self.driver.execute_async_script('setTimeout(arguments[0], 50)')
        self.assertEqual(len(entries), count)
        for entry in entries:
            self.assertIn('Content Security Policy', entry['message'])

    def test_it_is_whole_without_its_script(self):
        self.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': True})
        try:
            self.open('report')
            form = self.driver.find_element('css selector', 'form.filters')
            article = self.driver.find_element('css selector', 'article.incident')
            self.assertEqual((form.is_displayed(), article.is_displayed()), (False, True))
        finally:
            self.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': False})

    def test_print_opens_everything_and_puts_it_back(self):
        before = self.count('details[open]')
        self.js('dispatchEvent(new Event("beforeprint"))')
        self.assertEqual(self.count('details[open]'), self.count('details'))
        self.js('dispatchEvent(new Event("afterprint"))')
        self.assertEqual(self.count('details[open]'), before)
        printed = self.driver.execute_cdp_cmd('Page.printToPDF', {'printBackground': True})
        self.assertGreater(len(printed['data']), 50_000)

    def test_everybody_can_read_it(self):
        for name in ('report', 'causes', 'explain'):
            for scheme in ('light', 'dark'):
                with self.subTest(page=name, scheme=scheme):
                    browser.scheme(self.driver, scheme)
                    self.open(name)
                    self.js('for (const d of document.querySelectorAll("details")) d.open = true')
                    found = self.js(CHECKS)
                    self.assertEqual(found['complaints'], [])
                    self.assertGreater(found['texts'], 5)

    def test_it_fits_a_phone(self):
        for width in (390, 320):
            browser.resize(self.driver, width, 844)
            for name in ('report', 'causes', 'explain'):
                with self.subTest(page=name, width=width):
                    self.open(name)
                    self.js('for (const d of document.querySelectorAll("details")) d.open = true')
                    self.assertLessEqual(self.js('return document.documentElement.scrollWidth'), width)


if __name__ == '__main__':
    lacking = browser.missing()
    if lacking:
        print('*' * 100 + '\nSKIPPED: the HTML report was NOT tested in a browser. ' + lacking + '\n' + '*' * 100)
        sys.exit(browser.SKIPPED)
    unittest.main(argv=[sys.argv[0]], verbosity=2)
