"""The commands that a person gives to the local stack."""

import argparse
import shutil
import subprocess
import time
from collections.abc import Sequence

from rich.console import Console

from fiapx_local.administering import administer
from fiapx_local.doctor import examine
from fiapx_local.errors import run_plainly
from fiapx_local.servers import INFRASTRUCTURE
from fiapx_local.settings import StackSettings
from fiapx_local.stack import Stack
from fiapx_local.status_page import report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is 0 only if all is well."""
    given = _parser().parse_args(arguments)
    return run_plainly(lambda console: _run(console, given))


def _run(console: Console, given: argparse.Namespace) -> int:
    code: int = given.command(Stack(StackSettings.from_environment()), console, given)
    return code


def _up(stack: Stack, console: Console, given: argparse.Namespace) -> int:
    begun = time.monotonic()
    with console.status("starting the platform …"):
        stack.start(only=INFRASTRUCTURE if given.only == "infrastructure" else None)
    if given.only == "infrastructure":
        console.print(f"infrastructure is up after {time.monotonic() - begun:.1f} s")
        return 0
    url = stack.settings.public_url
    console.print(f"FIAP X is up after {time.monotonic() - begun:.1f} s")
    console.print(f"  platform   {url}/\n  API docs   {url}/api/docs\n  mail page  {stack.settings.mail_page_url}/")
    return 0


def _down(stack: Stack, console: Console, _: argparse.Namespace) -> int:
    was_running = stack.is_running()
    with console.status("stopping the platform …"):
        stack.stop()
    console.print("FIAP X is down" if was_running else "FIAP X was not running")
    return 0


def _status(stack: Stack, console: Console, _: argparse.Namespace) -> int:
    return 0 if report(stack, console) else 1


def _doctor(stack: Stack, console: Console, _: argparse.Namespace) -> int:
    findings = examine(stack)
    for finding in findings:
        mark = "[green]well[/]" if finding.well else "[red]ill [/]"
        console.print(f"{mark}  {finding.subject:<12} ", end="")
        console.print(finding.words, markup=False)
    return 0 if all(finding.well for finding in findings) else 1


def _logs(stack: Stack, console: Console, given: argparse.Namespace) -> int:
    logs = sorted(stack.settings.layout.logs.glob("*.log"))
    chosen = [str(log) for log in logs if not given.names or log.stem in given.names]
    if not chosen:
        console.print("there are no logs yet: make up")
        return 1
    follow = [] if given.no_follow else ["-F"]
    return subprocess.run(["tail", "-n", "20", *follow, "--", *chosen], check=False).returncode


def _reset(stack: Stack, console: Console, _: argparse.Namespace) -> int:
    stack.stop()
    for path in stack.settings.layout.everything():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    console.print(f"{stack.settings.layout.state} is empty: accounts, videos, mails and secrets are gone")
    return 0


def _admin(stack: Stack, _: Console, given: argparse.Namespace) -> int:
    return administer(stack, given.service, given.arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fiapx_local", description="The platform on this machine, without containers")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="start what is not running and wait until it answers")
    up.add_argument("--only", choices=["infrastructure"], help="leave the services out")
    up.set_defaults(command=_up)

    commands.add_parser("down", help="stop everything that was started").set_defaults(command=_down)
    commands.add_parser("status", help="show health, and what stands for what").set_defaults(command=_status)
    commands.add_parser("doctor", help="explain what is wrong").set_defaults(command=_doctor)
    commands.add_parser("reset", help="stop, and delete all data").set_defaults(command=_reset)

    logs = commands.add_parser("logs", help="follow the logs")
    logs.add_argument("names", nargs="*", help="of some programs; all by default")
    logs.add_argument("--no-follow", action="store_true", help="print the last lines and end")
    logs.set_defaults(command=_logs)

    admin = commands.add_parser("admin", help="what operators do to a service")
    admin.add_argument("service", help="auth, upload, processing, notification, or all of them in turn")
    admin.add_argument("arguments", nargs=argparse.REMAINDER, help="SUBJECT VERB …; --help lists them")
    admin.set_defaults(command=_admin)
    return parser
