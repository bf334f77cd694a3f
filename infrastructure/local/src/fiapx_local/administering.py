"""What operators do to the services of this stack: each service's own `admin` module, in the service's environment."""

import getpass
import subprocess
import sys
from collections.abc import Sequence

from fiapx_local import environment
from fiapx_local.errors import StackError
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_local.stack import Stack

ALL = "all"


def administer(stack: Stack, name: str, arguments: Sequence[str]) -> int:
    """Runs `arguments` on one service, or on all in turn; the worst of their exit codes.

    Raises:
        StackError: there is no such service, or the stack does not run.
    """
    known = _with_admin(stack)
    if name not in {ALL, *known}:
        raise StackError(f"there is no service {name}: {', '.join(known)} or {ALL}")
    if not stack.is_running():
        raise StackError("the platform is not running: make up")
    chosen = known.values() if name == ALL else [known[name]]
    return max(_run(stack, service, arguments) for service in chosen)


def _with_admin(stack: Stack) -> dict[str, Service]:
    """One process of each service that has commands for operators."""
    found: dict[str, Service] = {}
    for service in services(stack.settings):
        if (service.directory / "src" / service.package / "admin.py").exists():
            found.setdefault(service.prefix.lower(), service)
    return found


def _run(stack: Stack, service: Service, arguments: Sequence[str]) -> int:
    argv = [sys.executable, "-m", f"{service.package}.admin", "--by", getpass.getuser(), *arguments]
    variables = {
        **environment.of_processes(stack.settings.layout.state),
        **environment.of_terminal(),
        **service.environment(),
    }
    return subprocess.run(argv, cwd=service.directory, env=variables, check=False).returncode
