"""An engine of the run's own, the images on it, and the platform in containers."""

import os
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import DockerClient
from fiapx import Client
from fiapx_local.checkout import ROOT
from fiapx_local.layout import Layout
from fiapx_testing.compose_projects import ComposeProject, random_environment
from fiapx_testing.container_host import IMAGES
from fiapx_testing.docker_engine import DockerEngine
from fiapx_testing.stand_in_images import DebianImage, StandIns, build_side_by_side

STAND_INS = ROOT / "tests" / "containers" / "stand_ins"
TOOLS = ("tools",)
"""What several families below stand on."""
FAMILIES = (
    ("python",),
    ("postgres", "redis", "rabbitmq"),
    ("node", "mail"),
    ("store", "seaweedfs"),
    ("prometheus", "alertmanager"),
    ("nginx",),
)
BUILT = (
    "processing-planner",
    "auth-service",
    "upload-service",
    "notification-service",
    "api-gateway",
    "frontend",
)
BEGAN = time.monotonic()
BUILDS = {"FIAPX_VERSION": "1.2.3", "FIAPX_REVISION": "0123abc"}


def say(text: str) -> None:
    minutes, seconds = divmod(int(time.monotonic() - BEGAN), 60)
    print(f"· {minutes}:{seconds:02} {text}", flush=True)  # noqa: T201 - builds take minutes, and whoever waits wants to see them go on


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@pytest.fixture(scope="session")
def state() -> Path:
    """Where images are kept between two runs."""
    return Layout.from_environment(os.environ).state / "containers"


@pytest.fixture(scope="session")
def debian(state: Path) -> DebianImage:
    say("bootstrapping Debian 13 (or taking the last run's)")
    image = DebianImage(state)
    image.make()
    return image


@pytest.fixture(scope="session")
def engine(state: Path) -> Iterator[DockerEngine]:
    say("starting a Docker engine")
    engine = DockerEngine(state)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def docker(engine: DockerEngine, debian: DebianImage) -> Iterator[DockerClient]:
    """The engine's client; it has the stand-ins."""
    client = engine.client()
    debian.load(client)
    pins = ROOT / "infrastructure" / "scripts" / "requirements-node.txt"
    mail = ROOT / "infrastructure" / "local"
    files = (*STAND_INS.iterdir(), pins, mail / "package.json", mail / "package-lock.json", mail / ".npmrc")
    stand_ins = StandIns(client, files)
    stand_ins.build([TOOLS], say)
    stand_ins.build(FAMILIES, say)
    for target, name in IMAGES.items():
        stand_ins.name(target, name)
    yield client
    client.close()


@pytest.fixture(scope="session")
def settings() -> dict[str, str]:
    """What an operator's .env says: random secrets, ports that are free."""
    ports = {name: free_port() for name in ("FIAPX_PORT", "FIAPX_MAIL_PORT", "FIAPX_STORE_PORT")}
    return random_environment({**ports, **BUILDS, "FIAPX_SUBNET": f"10.214.{secrets.randbelow(256)}.0/24"})


@pytest.fixture
def another_port() -> str:
    return free_port()


@pytest.fixture(scope="session")
def project(
    docker: DockerClient, engine: DockerEngine, debian: DebianImage, settings: dict[str, str]
) -> ComposeProject:
    """The compose file on stand-in images, its own ones built."""
    project = ComposeProject(debian.compose, engine.url, "fiapx-proof", settings, (STAND_INS / "compose.yml",))

    def build(service: str) -> None:
        say(f"building the image of {service}")
        project.run("build", service)

    build_side_by_side(build, BUILT)
    return project


@pytest.fixture(scope="session")
def running(project: ComposeProject) -> Iterator[ComposeProject]:
    """The platform, up and healthy."""
    say("starting the platform in containers")
    try:
        project.up()
        yield project
    finally:
        project.down()


@pytest.fixture
def user(running: ComposeProject, settings: dict[str, str]) -> Iterator[tuple[Client, str]]:
    """A user who is logged in through the one URL, and their address."""
    address = f"{secrets.token_hex(8)}@example.com"
    with Client(f"http://127.0.0.1:{settings['FIAPX_PORT']}") as client:
        client.register(address, "correct horse battery staple", name="Ana", locale="en")
        client.login(address, "correct horse battery staple")
        yield client, address
