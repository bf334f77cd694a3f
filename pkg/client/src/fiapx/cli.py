"""The `fiapx` command. So far: frames of a local file, without a server."""

from pathlib import Path
from typing import Annotated, Final, Literal, NoReturn

import typer
from fiapx_models.options import Options, read_options
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

WRONG_INPUT: Final = 2
FAILED: Final = 1
_PRESET: Final = "legacy"

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
_console = Console(stderr=True)


@app.callback()
def fiapx() -> None:
    """Exactly the frames that you ask for, each with its true time."""


@app.command()
def extract(
    video: Annotated[Path, typer.Argument(help="The video file.", exists=True, dir_okay=False, readable=True)],
    *,
    local: Annotated[bool, typer.Option("--local", help="In this process, without a server.")] = False,
    sampling: Annotated[str | None, typer.Option(help='Which frames, as JSON: {"rule":"fps","fps":1}.')] = None,
    options: Annotated[str | None, typer.Option(help='All options, as JSON, or "legacy".')] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The archive; VIDEO-frames.zip unless told.")
    ] = None,
    engine: Annotated[Literal["auto", "libav", "ffmpeg"], typer.Option(help="What decodes.")] = "auto",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Writes a ZIP of the frames of VIDEO, the same that the platform makes."""
    if not local:
        _stop("say --local: this version of the command extracts in its own process only", WRONG_INPUT)
    wanted = _options(sampling, options)
    target = output or video.with_name(f"{video.stem}-frames.zip")
    if target.resolve() == video.resolve():
        _stop("the archive would replace the video: give --output another name", WRONG_INPUT)
    try:
        # only here, since SDK users may lack the engine
        from fiapx_engine.fork_server import ForkServer  # noqa: PLC0415
    except ModuleNotFoundError as error:
        _stop(f"{error.name} is not installed: pip install 'fiapx[local]'", FAILED)
    with ForkServer() as server:
        server.begin()  # it imports what it needs while we import the rest
        from fiapx.local_extraction import LocalFailed, extract_locally  # noqa: PLC0415

        try:
            extract_locally(video, wanted, target, _console, choice=engine, server=server, quiet=quiet)
        except LocalFailed as error:
            _stop(str(error), FAILED)


def _options(sampling: str | None, options: str | None) -> Options:
    if sampling is not None and options is not None:
        _stop("give --sampling or --options, not both", WRONG_INPUT)
    text = f'{{"sampling":{sampling}}}' if sampling is not None else options or ""
    if text == _PRESET:
        text = f'"{_PRESET}"'  # shells take JSON's quotes away
    try:
        return read_options(text)
    except ValidationError as error:
        _stop("\n".join(f"{_field(fault['loc'])}: {_plain(fault['msg'])}" for fault in error.errors()), WRONG_INPUT)
    except ValueError as error:
        _stop(f"the options are no JSON: {error}", WRONG_INPUT)


def _field(place: tuple[int | str, ...]) -> str:
    """`options.sampling.fps`; pydantic puts the rule's name between the two."""
    if len(place) > len(("sampling", "rule")) and place[0] == "sampling":
        place = (place[0], *place[2:])
    return ".".join(["options", *map(str, place)])


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _stop(reason: str, code: int) -> NoReturn:
    _console.print(f"[red]error:[/] {escape(reason)}", highlight=False)
    raise typer.Exit(code)
