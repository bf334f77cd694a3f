"""The fork server: single-threaded, it has imported all, reads nothing of any video, and makes the decoder children.

Over its standard input, a Unix socket, comes a message for each child: its limits as JSON, and three descriptors, which
become its stdin and its stderr, and over which its exit code is told. When the other side of the third sends no more,
the child's process group is killed.
"""

import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

EXIT_CODE: Final = struct.Struct(">i")
"""Negative for a signal."""
CPU_GRACE_S: Final = 5
"""Between SIGXCPU and SIGKILL."""
_MOST_REQUEST_BYTES: Final = 1024
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class _Forked:
    pid: int
    descriptor: int
    """A pidfd (pidfd_open(2)), which becomes readable when it ends."""
    control: int


class ForkServer:
    """Forks children that run `serve`; returns when whoever asks hangs up."""

    def __init__(self, requests: socket.socket, serve: Callable[[], int]) -> None:
        self._requests = requests
        self._serve = serve
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        gc.collect()
        gc.freeze()  # so that no child copies pages by counting what none of them frees
        self._selector.register(self._requests, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if self._selector.get_map().get(key.fd) is not key:
                    continue  # its child was reaped a moment ago
                forked: _Forked | None = key.data
                if forked is None:
                    if not self._asked():
                        return
                elif key.fd == forked.descriptor:
                    self._reap(forked)
                else:
                    self._selector.unregister(forked.control)
                    os.killpg(forked.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own

    def _asked(self) -> bool:
        request, descriptors, _, _ = socket.recv_fds(self._requests, _MOST_REQUEST_BYTES, 3)
        if not request:
            return False
        channel, errors, control = descriptors
        ours = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # whoever asks hears that there is no child when its descriptors close
            with suppress(OSError):  # where stderr is a file: we may write none
                sys.stderr.write(f"no decoder child: {error}\n")
            for descriptor in descriptors:
                os.close(descriptor)
            return True
        if pid == 0:
            os._exit(self._child(json.loads(request), channel, errors, ours))
        os.setpgid(pid, pid)  # the child does it too: whoever is first
        os.close(channel)
        os.close(errors)
        forked = _Forked(pid, os.pidfd_open(pid), control)
        self._selector.register(forked.descriptor, selectors.EVENT_READ, forked)
        self._selector.register(control, selectors.EVENT_READ, forked)
        return True

    def _reap(self, forked: _Forked) -> None:
        _, status = os.waitpid(forked.pid, 0)
        self._selector.unregister(forked.descriptor)
        if forked.control in self._selector.get_map():
            self._selector.unregister(forked.control)
        with suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
            os.write(forked.control, EXIT_CODE.pack(os.waitstatus_to_exitcode(status)))
        os.close(forked.control)
        os.close(forked.descriptor)

    def _child(self, limits: dict[str, Any], channel: int, errors: int, server: int) -> int:
        try:
            os.setpgid(0, 0)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # a fork does not inherit it (prctl(2))
            if os.getppid() != server:
                return 1
            _prctl(_PR_SET_NAME, ctypes.c_char_p(b"fiapx-decoder"))
            os.dup2(channel, 0)
            os.dup2(errors, 2)
            os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
            resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + CPU_GRACE_S))
            resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
            return self._serve()
        except BaseException:  # noqa: BLE001 - a process ends here, and says why
            traceback.print_exc()
            return 1
        finally:
            sys.stderr.flush()


def _prctl(option: int, argument: object) -> None:
    if _LIBC.prctl(option, argument, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
