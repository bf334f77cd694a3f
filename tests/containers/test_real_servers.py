"""Tests' fixtures on servers in containers, and the store's contract on another store."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from fiapx_local.checkout import ROOT
from fiapx_testing.compose_projects import ComposeProject
from fiapx_testing.docker_engine import DockerEngine
from fiapx_testing.stand_in_images import DebianImage

CONTRACT = "pkg/common/tests/integration/object_store"
FIXTURES = "pkg/testing/tests/integration/test_plugin.py"
TIMEOUT_S = 300


def pytest_passes(environment: dict[str, str], *folders: str) -> None:
    """A run of its own, as somebody with these variables would start it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no", *folders]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert " passed" in ran.stdout


@pytest.mark.usefixtures("docker")
def test_every_fixture_works_on_servers_in_containers(engine: DockerEngine) -> None:
    at_this_address = {  # also where this machine is itself a container, which would ask at the bridge's
        "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
        "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
    }
    pytest_passes({"DOCKER_HOST": engine.url, "FIAPX_TEST_CONTAINERS": "", **at_this_address}, FIXTURES)


@pytest.fixture
def seaweedfs(engine: DockerEngine, debian: DebianImage, settings: dict[str, str], another_port: str) -> Iterator[str]:
    """The store of compose/seaweedfs.yml: http://access-key:secret-key@host:port."""
    override = ROOT / "infrastructure" / "compose" / "seaweedfs.yml"
    image = ROOT / "tests" / "containers" / "stand_ins" / "seaweedfs.yml"
    told = {
        **settings,
        "FIAPX_STORE_PORT": another_port,
        "FIAPX_SUBNET": "10.215.86.0/24",
        "FIAPX_PUBLIC_URL": "http://127.0.0.1:8080",  # the contract's page; SeaweedFS answers no other one
    }
    project = ComposeProject(debian.compose, engine.url, "fiapx-seaweedfs", told, (override, image))
    try:
        project.up("store")
        yield f"http://fiapx:{settings['STORE_SECRET_KEY']}@127.0.0.1:{another_port}"
    finally:
        project.down()


@pytest.mark.usefixtures("docker")
def test_seaweedfs_keeps_the_contract_of_a_store(seaweedfs: str) -> None:
    pytest_passes({"FIAPX_TEST_STORE": seaweedfs}, CONTRACT)
