"""What /proc knows of processes (proc(5))."""

from pathlib import Path


def children_of(pid: int) -> list[int]:
    """Those that its threads have started and that still live."""
    found = [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in _listed(task)]
    return [child for child in found if not is_gone(child)]


def is_gone(pid: int) -> bool:
    """Whether it has ended; who started it may not have asked yet how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def fork_servers(pid: int) -> list[int]:
    """Of the process, each the parent of its decoder children."""
    return [child for child in children_of(pid) if _is_fork_server(child)]


def decoder_children(pid: int) -> list[int]:
    """Of the process's fork servers."""
    return [child for server in fork_servers(pid) for child in children_of(server)]


def decoders(pid: int) -> list[int]:
    """Its decoder children, and whatever it has started itself but the fork servers: ffmpeg."""
    started = [child for child in children_of(pid) if not _is_fork_server(child)]
    return [*started, *decoder_children(pid)]


def _listed(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
        return []


def _is_fork_server(pid: int) -> bool:
    try:
        return b"fiapx_engine.libav" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
