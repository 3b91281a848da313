#!/usr/bin/python3
"""Validates JSON reports against a JSON Schema, and what a schema cannot say.

  validate_report.py SCHEMA REPORT...        a REPORT of - is standard input

Needs python3-jsonschema.
"""
import json
import sys

from jsonschema import Draft202012Validator


def complaints(schema, report):
    for error in Draft202012Validator(schema).iter_errors(report):
        yield '%s: %s' % (error.json_path, error.message)
    for row in report.get('inputs', []):
        if row['records'] != row['stored'] + row['duplicates'] + row['rejected']:
            yield 'the ledger of %s does not add up' % row['file']
    findings = report.get('findings', [])
    if [f['rank'] for f in findings] != list(range(1, len(findings) + 1)):
        yield 'findings are not in the order of their ranks'
    known = {f['incident'] for f in findings}
    for incident in report.get('incidents', []):
        if incident['incident'] not in known:
            yield 'incident %s has no finding' % incident['incident']
        share = incident['unknown_cause'] + sum(c['confidence'] for c in incident['causes'])
        if abs(share - 1) > 0.01:
            yield 'the shares of incident %s add up to %.4f' % (incident['incident'], share)


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    bad = 0
    for path in sys.argv[2:]:
        text = sys.stdin.read() if path == '-' else open(path, encoding='utf-8').read()
        for complaint in complaints(schema, json.loads(text)):
            print('%s: %s' % (path, complaint))
            bad += 1
    sys.exit(1 if bad else 0)


main()
