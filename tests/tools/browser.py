"""A headless Chromium for tests and benches of HTML pages: Debian's chromium, chromium-driver and python3-selenium.

  browser.missing()      what is not installed, as a sentence; '' when all is there
  browser.start()        a selenium driver; quit() it
"""
import json
import shutil

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
except ImportError:
    webdriver = None

SKIPPED = 77  # exit code that CTest shows as "Skipped"


def missing():
    lacking = [] if webdriver else ['python3-selenium']
    lacking += [package for program, package in (('chromium', 'chromium'), ('chromedriver', 'chromium-driver'))
                if not shutil.which(program)]
    return 'not installed: %s; ./setup.sh --browser installs it' % ', '.join(lacking) if lacking else ''


def start(width=1280, height=900):
    options = Options()
    # No sandbox: containers and CI run as root without user namespaces, and the pages are our own.
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
                     '--disable-background-networking', '--disable-component-update', '--disable-sync'):
        options.add_argument(argument)
    options.binary_location = shutil.which('chromium')
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    driver = webdriver.Chrome(service=Service(shutil.which('chromedriver')), options=options)
    resize(driver, width, height)
    return driver


def resize(driver, width, height=900):
    driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                           {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 600})


def scheme(driver, name):
    driver.execute_cdp_cmd('Emulation.setEmulatedMedia',
                           {'features': [{'name': 'prefers-color-scheme', 'value': name}]})


def requests(driver):
    """The address of every request since the last call that the page's policy did not stop."""
    messages = [json.loads(entry['message'])['message'] for entry in driver.get_log('performance')]
    stopped = {message['params']['requestId'] for message in messages
               if message['method'] == 'Network.loadingFailed' and message['params'].get('blockedReason') == 'csp'}
    return [message['params']['request']['url'] for message in messages
            if message['method'] == 'Network.requestWillBeSent' and message['params']['requestId'] not in stopped]
