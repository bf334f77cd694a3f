"""supervisord's configuration for a list of programs."""

import os
import shlex
from collections.abc import Iterable

from fiapx_local.layout import Layout
from fiapx_local.program import Program

SOCKET = "supervisor.sock"

# A socket's path may have 107 bytes only, a checkout may lie deeper: the server names it from its working directory.
_HEAD = """\
[supervisord]
nodaemon=true
logfile={log}
logfile_maxbytes=5MB
logfile_backups=1
pidfile={pid}
{user}
[unix_http_server]
file=/proc/self/cwd/{socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""

_PROGRAM = """
[program:{name}]
command={command}
directory={directory}
environment={environment}
autostart=false
autorestart=true
startsecs=1
startretries=1000000
stopsignal={stop_signal}
stopwaitsecs={stop_wait_s}
killasgroup=true
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


def render(layout: Layout, programs: Iterable[Program]) -> str:
    """The whole file."""
    head = _HEAD.format(
        log=_literal(str(layout.log("supervisord"))),
        pid=_literal(str(layout.run / "supervisord.pid")),
        socket=SOCKET,
        user="user=root\n" if os.geteuid() == 0 else "",
    )
    return head + "".join(_section(layout, program) for program in programs)


def _section(layout: Layout, program: Program) -> str:
    return _PROGRAM.format(
        name=program.name,
        command=_literal(shlex.join(program.argv)),
        directory=_literal(str(program.directory)),
        environment=",".join(f"{name}={_quoted(value)}" for name, value in sorted(program.environment.items())),
        stop_signal=program.stop_signal,
        stop_wait_s=program.stop_wait_s,
        log=_literal(_literal(str(layout.log(program.name)))),  # this one is expanded twice
    )


def _literal(text: str) -> str:
    """Text as it is: supervisord expands percent signs."""
    return text.replace("%", "%%")


def _quoted(value: str) -> str:
    mark = "'" if '"' in value else '"'
    if mark in value or "\n" in value or value[-1:] in ("'", '"'):
        raise ValueError("supervisord cannot pass an environment variable with both quotation marks or a line break")
    return f"{mark}{_literal(value)}{mark}"
