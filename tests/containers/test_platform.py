"""The platform in containers does the main job, and its operators' work."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from docker import DockerClient
from docker.models.containers import Container
from fiapx import Client
from fiapx_local.checkout import ROOT
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.compose_projects import ComposeProject
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.platforms import Platform
from fiapx_testing.servers import Server

User = tuple[Client, str]
WITHIN_S = 480
OURS = ("api-gateway", "auth-service", "upload-service", "notification-service", "processing-planner", "frontend")


def get(settings: dict[str, str], path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    with httpx.Client(base_url=f"http://127.0.0.1:{settings['FIAPX_PORT']}", timeout=10, trust_env=False) as client:
        return client.get(path, headers=headers)


def containers(docker: DockerClient, service: str) -> list[Container]:
    labels = ["com.docker.compose.project=fiapx-proof", f"com.docker.compose.service={service}"]
    return list(docker.containers.list(filters={"label": labels}))


def workers_alive(settings: dict[str, str], client: Client) -> int:
    answer = get(settings, "/api/v1/status", {"Authorization": f"Bearer {client.access_token}"})
    return int(answer.raise_for_status().json()["workers_alive"])


def test_a_video_goes_in_and_exactly_its_frames_come_out(user: User, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=45, fps=10, b_frames=2)
    videos = user[0].videos
    finished = videos.wait(videos.upload(clip.path).id, timeout_s=WITHIN_S)
    assert finished.status == "completed", finished.error
    assert read_archive(videos.download(finished.id, tmp_path / "frames.zip")).counters() == [0, 10, 20, 30, 40]


async def test_a_mail_tells_that_the_frames_are_there(user: User, clips: Clips, settings: dict[str, str]) -> None:
    client, address = user
    uploaded = client.videos.upload(clips.counter(frames=45, fps=10).path)
    await asyncio.to_thread(client.videos.wait, uploaded.id, timeout_s=WITHIN_S)
    mails = await Mailbox(Server("127.0.0.1", int(settings["FIAPX_MAIL_PORT"]))).wait_for(address, count=2)
    assert any(f"http://127.0.0.1:{settings['FIAPX_PORT']}/" in mail.text for mail in mails)


def test_the_main_job_is_done_by_the_command_of_the_pipeline(running: ComposeProject) -> None:
    script = (ROOT / "infrastructure" / "kubernetes" / "fiapx" / "files" / "main_job.py").read_text()
    url = "FIAPX_URL=http://frontend:8080"
    printed = running.run("exec", "-T", "-e", url, "processing-planner", "python", "-c", script)
    assert "3 frames out" in printed


@pytest.mark.usefixtures("running")
def test_one_address_has_the_page_and_the_api(settings: dict[str, str]) -> None:
    assert "<div id=" in get(settings, "/").text
    assert get(settings, "/api/openapi.json").json()["openapi"].startswith("3.1")
    assert get(settings, "/.well-known/jwks.json").json()["keys"]


@pytest.mark.usefixtures("running")
def test_the_page_may_call_the_store_and_nobody_else(settings: dict[str, str]) -> None:
    policy = get(settings, "/").headers["content-security-policy"]
    assert f"connect-src 'self'  http://127.0.0.1:{settings['FIAPX_STORE_PORT']};" in policy


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_operators_doors_are_not_published(settings: dict[str, str], path: str) -> None:
    assert "<div id=" in get(settings, path).text, "the page answers, not the gateway"


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("service", [*OURS, "processing-worker"])
def test_a_service_runs_without_rights(docker: DockerClient, service: str) -> None:
    script = "grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/1/status; touch /x 2>/dev/null || echo refused"
    for container in containers(docker, service):
        _, printed = container.exec_run(["sh", "-c", script])
        facts = printed.decode().split()
        assert ("refused" in facts, facts[facts.index("CapEff:") + 1]) == (True, "0" * 16)
        assert facts[facts.index("NoNewPrivs:") + 1] == "1"


def test_workers_scale_up_and_down(running: ComposeProject, user: User, settings: dict[str, str]) -> None:
    running.up("--no-deps", "--no-recreate", "--scale", "processing-worker=3", "processing-worker")
    Platform.until(lambda: workers_alive(settings, user[0]) == 3, within_s=WITHIN_S)
    running.up("--no-deps", "--no-recreate", "--scale", "processing-worker=1", "processing-worker")
    Platform.until(lambda: workers_alive(settings, user[0]) == 1, within_s=WITHIN_S)


@pytest.mark.usefixtures("running")
def test_the_broker_tells_the_depth_of_single_queues(docker: DockerClient) -> None:
    page = "http://127.0.0.1:15692/metrics/detailed?vhost=fiapx&family=queue_coarse_metrics"
    [broker] = containers(docker, "rabbitmq")
    code, metrics = broker.exec_run(["wget", "-qO-", page])
    assert code == 0
    assert b'rabbitmq_detailed_queue_messages_ready{vhost="fiapx"' in metrics


@pytest.mark.usefixtures("running")
def test_services_write_lines_of_json(docker: DockerClient) -> None:
    [gateway] = containers(docker, "api-gateway")
    lines = [json.loads(line) for line in gateway.logs().decode().splitlines()]
    assert {line["service"]["name"] for line in lines} == {"api-gateway"}


def test_nothing_is_left_when_it_goes_down(running: ComposeProject, docker: DockerClient) -> None:
    running.down()
    assert docker.containers.list(all=True, filters={"label": "com.docker.compose.project=fiapx-proof"}) == []
    assert docker.volumes.list(filters={"label": "com.docker.compose.project=fiapx-proof"}) == []
