"""What `cmake --install` puts onto a machine for the nightly job: units, user, cron line, scripts.

    service_test.py BUILD_FOLDER CMAKE
"""
import configparser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def check(what, condition):
    if not condition:
        sys.exit(f"service_test: {what}")


class Repeated(dict):
    """Keys of a unit may stand more than once."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def read_unit(path):
    unit = configparser.RawConfigParser(strict=False, dict_type=Repeated, comment_prefixes="#", delimiters="=")
    unit.optionxform = str
    unit.read_string(path.read_text(encoding="utf-8"))
    return {(section, key): value for section in unit.sections() for key, value in unit.items(section)}


def main():
    build, cmake = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        # Not the prefix that was configured: units must name where the program is installed now.
        prefix = pathlib.Path(folder, "opt")
        subprocess.run([cmake, "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        program = prefix / "bin/exdiag"
        subprocess.run([program, "--version"], check=True, stdout=subprocess.DEVNULL)

        units = prefix / "lib/systemd/system"
        service, timer = units / "exdiag-nightly.service", units / "exdiag-nightly.timer"
        command = f"{program} nightly --config /var/lib/exdiag/exdiag.yaml"
        said = read_unit(service)
        check("the service runs another program", said["Service", "ExecStart"] == command)
        check("findings are a failure", said["Service", "SuccessExitStatus"] == "1")
        page = said["Unit", "Documentation"].removeprefix("file:")
        check(f"{page} is not there", pathlib.Path(page).is_file())
        check("the timer starts at no time", read_unit(timer)["Timer", "OnCalendar"])

        user = (prefix / "lib/sysusers.d/exdiag.conf").read_text(encoding="utf-8")
        check("no such user is made", re.search(rf"^u {said['Service', 'User']} ", user, re.M))

        examples = pathlib.Path(page).parent / "examples"
        cron = (examples / "exdiag-nightly.cron").read_text(encoding="utf-8")
        check("the cron line", re.search(rf"^\d+ \d+ \* \* \* exdiag {re.escape(command)} >/dev/null$", cron, re.M))
        for script in ("collect-logs.ps1", "collect-logs.vbs"):
            # Windows PowerShell reads files without a mark as the system's code page.
            check(f"{script} is not ASCII", (examples / script).read_bytes().isascii())

        analyze = shutil.which("systemd-analyze")
        if analyze is None:
            print("service_test: SKIPPED: no systemd-analyze here; the units were not verified", file=sys.stderr)
            return
        verified = subprocess.run([analyze, "verify", service, timer], capture_output=True, text=True, check=False)
        check(f"systemd-analyze verify: {verified.stdout}{verified.stderr}",
              verified.returncode == 0 and not verified.stderr.strip())
        # "OK" begins at 4.x of 10; this unit has 1.6.
        exposed = subprocess.run([analyze, "security", "--offline=yes", "--threshold=20", service],
                                 capture_output=True, text=True, check=False)
        check(f"systemd-analyze security: {exposed.stdout[-300:]}{exposed.stderr}", exposed.returncode == 0)


main()
