"""supervisord reads back what was meant."""

from pathlib import Path

import pytest
from fiapx_local.layout import Layout
from fiapx_local.program import Program
from fiapx_local.supervisor_config import render
from supervisor.options import ServerOptions


def read_back(program: Program, folder: Path) -> tuple[str, str, dict[str, str]]:
    layout = Layout(folder)
    layout.create()
    program.directory.mkdir(exist_ok=True)
    file = layout.run / "supervisord.conf"
    file.write_text(render(layout, [program]))
    options = ServerOptions()
    options.realize(args=["-c", str(file)])
    [group] = options.process_group_configs
    [config] = group.process_configs
    return config.command, config.directory, config.environment


@pytest.mark.parametrize("name", ["plain", "with space", "100% full", "ação", "semi;colon", "quote's"])
def test_a_folder_of_any_name_reaches_the_program(name: str, tmp_path: Path) -> None:
    program = Program("redis", ("redis-server", str(tmp_path / name)), tmp_path / name, {"HOME": "/tmp"})

    command, directory, _ = read_back(program, tmp_path)

    assert name.replace("'", "") in command.replace("'", "").replace('"', "")
    assert directory == str(tmp_path / name)


@pytest.mark.parametrize("value", ["plain", "a,b=c", "100%", 'a ["list"]', "with space", ""])
def test_a_value_of_the_environment_reaches_the_program(value: str, tmp_path: Path) -> None:
    program = Program("redis", ("redis-server",), tmp_path, {"VALUE": value, "OTHER": "1"})

    _, _, environment = read_back(program, tmp_path)

    assert environment == {"VALUE": value, "OTHER": "1"}


def test_a_value_that_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    program = Program("redis", ("redis-server",), tmp_path, {"VALUE": "both ' and \" in it"})

    with pytest.raises(ValueError, match="quotation marks"):
        render(Layout(tmp_path), [program])
