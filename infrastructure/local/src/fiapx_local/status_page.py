"""Shows what runs, whether it is well and what stands in for what."""

from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.table import Table

from fiapx_local.program import Server
from fiapx_local.stack import Stack
from fiapx_local.supervisor import ProcessState


def report(stack: Stack, console: Console) -> bool:
    """Print the table; True if everything runs and answers."""
    servers = stack.servers()
    states = stack.supervisor.states() if stack.is_running() else {}
    with ThreadPoolExecutor(len(servers)) as pool:
        ready = list(pool.map(lambda server: server.name in states and server.is_ready(), servers))
    table = Table(box=None, pad_edge=False)
    for heading in ("", "process", "health", "address", "what it is"):
        table.add_column(heading)
    for server, is_ready in zip(servers, ready, strict=True):
        table.add_row(server.name, *_condition(server, states, is_ready), server.address, server.description)
    console.print(table)
    if not states:
        console.print("nothing runs: make up")
    return all(ready)


def _condition(server: Server, states: dict[str, ProcessState], is_ready: bool) -> tuple[str, str]:
    state = states.get(server.name)
    if state is None:
        return "-", "[red]down[/]"
    process = f"{state.pid}" if state.pid else state.state.lower()
    return process, "[green]ready[/]" if is_ready else "[red]not ready[/]"
