#!/usr/bin/python3
"""Validates the site file that a Markdown page shows, and some that are wrong, against the schema.

  validate_site.py SCHEMA PAGE

Needs python3-jsonschema and python3-yaml.
"""
import datetime
import json
import re
import sys

import yaml
from jsonschema import Draft202012Validator

RULE = 'mta.rpc-denied.dras-untrusted-domains'
WRONG = [
    {'acknowledge': [{'rule': RULE, 'reason': 'no end'}]},
    {'acknowledge': [{'rule': RULE, 'until': 'soon', 'reason': 'x'}]},
    {'acknowledge': [{'rule': RULE, 'until': '2026-12-31', 'reason': 'x', 'host': 'A'}]},
    {'overrides': [{'rule': RULE, 'reason': 'neither'}]},
    {'overrides': [{'rule': RULE, 'points': 1, 'strength': 'hint', 'reason': 'both'}]},
    {'overrides': [{'rule': RULE, 'points': 1, 'line': 2, 'reason': 'no version'}]},
    {'overrides': [{'rule': RULE, 'points': 9, 'reason': 'too many'}]},
    {'acknowledgements': []},
]


def as_text(value):
    """Dates are text in our YAML."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.datetime)) else value


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    with open(sys.argv[2], encoding='utf-8') as file:
        example = re.search(r'```yaml\n(.*?)```', file.read(), re.S).group(1)
    complaints = [error.message for error in validator.iter_errors(as_text(yaml.safe_load(example)))]
    complaints += ['allowed: %r' % wrong for wrong in WRONG if validator.is_valid(wrong)]
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


main()
