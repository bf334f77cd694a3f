"""Releases on their way to a cluster: what would be sent, and what is said when there is none."""

import os
import re
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from fiapx_testing.charts import Manifest

SCRIPTS = Path(__file__).parents[2] / "infrastructure" / "scripts"
ENVIRONMENTS = ("staging", "production")
OURS = "registry.example/me/fiapx"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WITHIN_S = 240
PATIENCE_S = 60
"""More than the script's own for a cluster that does not answer."""

Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a script where nobody has chosen a cluster: `run("deploy.sh", "deploy", ENVIRONMENT=…)`."""

    def call(script: str, action: str, within_s: float = WITHIN_S, **environment: str) -> Ran:
        given = os.environ | {"KUBECONFIG": str(tmp_path / "none"), **environment}
        argv = [str(SCRIPTS / script), action]
        return subprocess.run(argv, env=given, capture_output=True, text=True, check=False, timeout=within_s)

    return call


@pytest.fixture
def silent_cluster() -> str:
    """A kubeconfig of a cluster that does not answer."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = f"https://127.0.0.1:{taken.getsockname()[1]}"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": "a-canary"}}],
        "contexts": [{"name": "silent", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "silent",
    }
    return yaml.safe_dump(config)


def preview(run: Run, environment: str) -> list[Manifest]:
    done = run(
        "deploy.sh", "preview", ENVIRONMENT=environment, IMAGE_PREFIX="Registry.example/Me/FIAPX", IMAGE_TAG=COMMIT
    )
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.load_all(done.stdout, yaml.CSafeLoader) if one]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_image_of_ours_is_of_the_commit_that_is_deployed(run: Run, environment: str) -> None:
    images = set(re.findall(r"image: (\S+)", yaml.safe_dump_all(preview(run, environment))))
    ours = {image for image in images if "/fiapx/" in image}
    names = ("api-gateway", "auth-service", "frontend", "notification-service", "processing-service", "upload-service")
    assert ours == {f"{OURS}/{name}:{COMMIT}" for name in names}


def test_production_brings_no_server_of_its_own_and_no_secret(run: Run) -> None:
    kinds = {manifest["kind"] for manifest in preview(run, "production")}
    assert kinds & {"StatefulSet", "Secret"} == set()
    assert {"Deployment", "Ingress", "HorizontalPodAutoscaler", "NetworkPolicy"} <= kinds


def test_the_environments_meet_users_at_hosts_of_their_own(run: Run) -> None:
    hosts = {
        environment: {
            rule["host"]
            for manifest in preview(run, environment)
            if manifest["kind"] == "Ingress"
            for rule in manifest["spec"]["rules"]
        }
        for environment in ENVIRONMENTS
    }
    assert all(hosts.values())
    assert hosts["staging"].isdisjoint(hosts["production"])


@pytest.mark.parametrize("environment", ["", "Production", "../fiapx/values"])
def test_without_a_known_environment_nothing_begins(run: Run, environment: str) -> None:
    done = run("deploy.sh", "deploy", ENVIRONMENT=environment)
    told = "fiapx: say where to: make deploy ENVIRONMENT=staging (or production)\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


@pytest.mark.parametrize("action", ["deploy", "rollback"])
def test_without_a_kubeconfig_one_line_says_what_is_missing(run: Run, action: str) -> None:
    done = run("deploy.sh", action, ENVIRONMENT="staging", KUBECONFIG="/nonexistent")
    told = "fiapx: no cluster is chosen: name a kubeconfig that has a current context (KUBECONFIG=/path/to/it)\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_cluster_that_does_not_answer_is_named(run: Run, silent_cluster: str) -> None:
    done = run("deploy.sh", "deploy", PATIENCE_S, ENVIRONMENT="staging", KUBECONFIG_TEXT=silent_cluster)
    told = "fiapx: the cluster of context silent does not answer\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_pipelines_kubeconfig_does_not_stay_on_the_disk(run: Run, silent_cluster: str, tmp_path: Path) -> None:
    done = run("deploy.sh", "rollback", ENVIRONMENT="staging", KUBECONFIG_TEXT=silent_cluster, TMPDIR=str(tmp_path))
    assert done.returncode == 1
    assert "a-canary" not in done.stdout + done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and "a-canary" in path.read_text()] == []


@pytest.mark.parametrize("action", ["build", "push", "sign", "verify"])
def test_an_image_that_does_not_exist_is_not_made_up(run: Run, action: str) -> None:
    done = run("images.sh", action, SERVICE="no-such-service")
    told = "fiapx: say which image: make image SERVICE=api-gateway\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_what_was_not_pushed_is_not_signed(run: Run) -> None:
    done = run("images.sh", "sign", SERVICE="frontend", IMAGE_PREFIX="registry.example/never/pushed")
    assert (done.returncode, done.stdout) == (1, "")
    assert "push the image first" in done.stderr
