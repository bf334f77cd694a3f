"""`python -m fiapx_local.demo [--video FILE] [--options JSON]`."""

import argparse
import sys

from rich.console import Console

from fiapx_local.demo.show import show
from fiapx_local.errors import run_plainly
from fiapx_local.settings import StackSettings
from fiapx_local.stack import Stack


def main() -> int:
    """Take frames from a real film through the public API."""
    parser = argparse.ArgumentParser(prog="fiapx_local.demo", description=main.__doc__)
    parser.add_argument("--video", default="", help="your own video file; else a sample film")
    parser.add_argument("--options", default="", help="options as JSON")
    given = parser.parse_args()

    def demonstrate(console: Console) -> int:
        show(Stack(StackSettings.from_environment()), console, video=given.video, options=given.options)
        return 0

    return run_plainly(demonstrate)


if __name__ == "__main__":
    sys.exit(main())
