"""`helm test`'s script, as the chart ships it, against a real platform."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fiapx_testing.charts import Rendered
from fiapx_testing.platforms import Platform


@pytest.fixture
def script(trial: Rendered, tmp_path: Path) -> Path:
    """What the Job mounts."""
    file = tmp_path / "main_job.py"
    file.write_text(trial.of_kind("ConfigMap")["fiapx-test"]["data"]["main_job.py"])
    return file


def run(script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As the Job runs it, with nothing but Python and ffmpeg."""
    given = {"PATH": os.environ["PATH"], **environment}
    argv = [sys.executable, "-I", str(script)]
    return subprocess.run(argv, env=given, capture_output=True, text=True, check=False, timeout=100)


def test_the_script_does_the_main_job(script: Path, platform: Platform) -> None:
    done = run(script, FIAPX_URL=platform.url, FIAPX_TIMEOUT_S="60")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 s of video in, 3 frames out: all is well.\n"


def test_the_script_fails_where_nobody_works(script: Path, platform: Platform) -> None:
    workers = ["worker-1", "worker-2"]
    platform.stack.supervisor.stop(workers)
    try:
        done = run(script, FIAPX_URL=platform.url, FIAPX_TIMEOUT_S="3")
    finally:
        for worker in workers:
            platform.stack.supervisor.start(worker)
    assert done.returncode == 1
    assert "The video is queued after 3 s" in done.stderr or "The video is processing after 3 s" in done.stderr


def test_the_script_fails_where_there_is_no_gateway(script: Path) -> None:
    done = run(script, FIAPX_URL="http://127.0.0.1:9")
    assert done.returncode == 1
    assert "Connection refused" in done.stderr


def test_the_job_tells_the_script_where_the_gateway_is(trial: Rendered) -> None:
    (container,) = trial.of_component("Job", "test")["spec"]["template"]["spec"]["containers"]
    given = {one["name"]: one["value"] for one in container["env"]}
    assert given["FIAPX_URL"] == "http://fiapx-api-gateway.fiapx.svc.cluster.local:8080"
    assert container["command"] == ["python", "/scripts/main_job.py"]
