"""The fork server of decoder children: `python -m fiapx_engine.libav` with a Unix socket as its standard input."""

import socket
import sys

from fiapx_engine.libav.forking import ForkServer
from fiapx_engine.libav.serving import serve

if __name__ == "__main__":
    ForkServer(socket.socket(fileno=sys.stdin.fileno()), serve).run()
