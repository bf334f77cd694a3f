"""What reaches the services from the person who starts them."""

from pathlib import Path

from fiapx_local import environment
from fiapx_local.process_table import MARK


def test_a_persons_own_secrets_do_not_reach_the_services() -> None:
    passed = environment.of_processes(Path("/x"), {"HOME": "/h", "AWS_SECRET_ACCESS_KEY": "s", "PATH": "/bin"})

    assert set(passed) == {"HOME", "PATH", "PYTHONUNBUFFERED", MARK}


def test_every_process_tells_whose_it_is() -> None:
    assert environment.of_processes(Path("/state"), {})[MARK] == "/state"


def test_settings_of_one_service_reach_it_alone() -> None:
    chosen = {"UPLOAD_QUOTA__VIDEOS": "5", "AUTH_ISSUER": "x", "UPLOADER": "no"}

    assert environment.of_prefix("UPLOAD", chosen) == {"UPLOAD_QUOTA__VIDEOS": "5"}
