"""What the images are: small, labelled, without tools, fit for a locked-down container."""

import subprocess

import pytest
from docker import DockerClient
from docker.utils.build import exclude_paths
from fiapx_local.checkout import ROOT
from fiapx_testing.compose_projects import ComposeProject
from fiapx_testing.docker_engine import LAYERS_BYTES

MB = 1_000_000
SIZES_MB = {
    "api-gateway": 400,
    "auth-service": 400,
    "upload-service": 400,
    "notification-service": 400,
    "frontend": 400,
    "processing-service": 1100,
}
PYTHON = sorted(SIZES_MB.keys() - {"frontend"})
HARDENED = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges"], "tmpfs": {"/tmp": ""}}
TOOLS = "pip pip3 gcc cc g++ make git node npm curl"
TIMEOUT_S = 60

pytestmark = pytest.mark.usefixtures("project")


def shell(docker: DockerClient, image: str, script: str, user: str = "54321:54321") -> str:
    """What a script prints in a locked-down container, under a user that the image doesn't know."""
    printed = docker.containers.run(
        f"fiapx/{image}", ["-c", script], entrypoint="sh", user=user, network_mode="none", remove=True, **HARDENED
    )
    return str(printed.decode())


@pytest.mark.parametrize("image", SIZES_MB)
def test_an_image_is_small(docker: DockerClient, image: str) -> None:
    size_mb = docker.images.get(f"fiapx/{image}").attrs["Size"] / MB
    print(f"size of {image}: {size_mb:.0f} MB of {SIZES_MB[image]} MB")  # noqa: T201 - the figures are asked for
    assert size_mb <= SIZES_MB[image]


@pytest.mark.parametrize("image", SIZES_MB)
def test_an_image_tells_its_version_and_revision(docker: DockerClient, image: str) -> None:
    labels = docker.images.get(f"fiapx/{image}").labels
    told = [labels[f"org.opencontainers.image.{name}"] for name in ("title", "version", "revision")]
    assert told == [f"FIAP X {image}", "1.2.3", "0123abc"]


@pytest.mark.parametrize("image", SIZES_MB)
def test_an_image_runs_as_a_number_that_is_not_root(docker: DockerClient, image: str) -> None:
    assert docker.images.get(f"fiapx/{image}").attrs["Config"]["User"] == "10001"


@pytest.mark.parametrize("image", SIZES_MB)
def test_nothing_of_an_image_is_started_by_a_shell(docker: DockerClient, image: str) -> None:
    config = docker.images.get(f"fiapx/{image}").attrs["Config"]
    started = config["Entrypoint"] or config["Cmd"]
    assert started[0] not in {"/bin/sh", "sh"}
    assert config["Healthcheck"]["Test"][0] == "CMD"


@pytest.mark.parametrize("image", SIZES_MB)
def test_no_tool_of_building_is_left(docker: DockerClient, image: str) -> None:
    lists = "find /var/lib/apt/lists -type f ! -name lock 2>/dev/null || true"  # `partial` is apt's own
    found = shell(docker, image, f"for tool in {TOOLS}; do command -v $tool || true; done; {lists}")
    assert found == ""


@pytest.mark.parametrize("image", PYTHON)
def test_no_installer_of_packages_is_left(docker: DockerClient, image: str) -> None:
    modules = "('pip', 'setuptools', 'hatchling', 'grpc_tools', 'pytest')"
    script = f"import importlib.util as u; print([m for m in {modules} if u.find_spec(m)])"
    assert shell(docker, image, f'python -c "{script}"') == "[]\n"


@pytest.mark.parametrize("image", PYTHON)
def test_a_service_can_be_imported_in_a_locked_down_container(docker: DockerClient, image: str) -> None:
    package = image.replace("-", "_")
    assert shell(docker, image, f"python -c 'import {package}.bootstrap as b; print(b.__name__)'") == (
        f"{package}.bootstrap\n"
    )


@pytest.mark.parametrize("image", SIZES_MB)
def test_a_locked_down_container_can_write_below_tmp_only(docker: DockerClient, image: str) -> None:
    script = "touch /tmp/x && (touch /x /app/x /opt/x /home/x 2>/dev/null && echo written || echo refused)"
    assert shell(docker, image, script) == "refused\n"


def test_the_page_answers_in_a_locked_down_container(docker: DockerClient) -> None:
    container = docker.containers.run(
        "fiapx/frontend", user="54321:54321", network_mode="none", detach=True, **HARDENED
    )
    try:
        wait = "for _ in $(seq 50); do wget -qO- http://127.0.0.1:8080/nginx-health && exit; sleep 0.2; done; exit 1"
        code, answer = container.exec_run(["sh", "-c", wait])
        assert (code, answer) == (0, b"well\n"), container.logs().decode()
    finally:
        container.remove(force=True)


@pytest.mark.parametrize("folder", SIZES_MB)
def test_a_dockerfile_has_no_findings(folder: str) -> None:
    hadolint = ROOT / ".venv" / "bin" / "hadolint"
    subprocess.run([hadolint, ROOT / folder / "Dockerfile"], check=True, timeout=TIMEOUT_S)


def test_the_engine_is_sent_sources_and_nothing_else() -> None:
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    sent = [path for path in exclude_paths(str(ROOT), patterns) if (ROOT / path).is_file()]
    unwanted = {"node_modules", ".git", "tests", "dist", "__pycache__", ".venv", ".local", ".env"}
    assert [path for path in sent if unwanted & set(path.split("/"))] == []
    assert sum((ROOT / path).stat().st_size for path in sent) < 10 * MB


def test_all_layers_together_stay_below_what_is_kept(docker: DockerClient) -> None:
    kept_bytes = docker.df()["LayersSize"]
    print(f"layers: {kept_bytes / MB:.0f} MB of {LAYERS_BYTES / MB:.0f} MB")  # noqa: T201 - the figures are asked for
    assert kept_bytes <= LAYERS_BYTES


def test_sizes_are_those_of_all_images_that_compose_builds(project: ComposeProject) -> None:
    built = {service["image"] for service in project.config()["services"].values() if "build" in service}
    assert built == {f"fiapx/{image}" for image in SIZES_MB}
