"""The compose file, as compose understands it."""

import os
from pathlib import Path
from typing import Any

import api_gateway.settings
import auth_service.settings
import notification_service.settings
import processing_service.settings
import pytest
import upload_service.settings
from fiapx_local.checkout import ROOT
from fiapx_local.service_settings import services
from fiapx_local.settings import StackSettings
from fiapx_testing.compose_projects import ComposeProject, random_environment
from fiapx_testing.stand_in_images import DebianImage
from pydantic import BaseModel

COMPOSE = ROOT / "infrastructure" / "compose"
PROFILES = ("observability", "logs", "dev")
SETTINGS: dict[str, tuple[type[BaseModel], ...]] = {
    "AUTH": (auth_service.settings.Settings, auth_service.settings.MigrationSettings),
    "UPLOAD": (upload_service.settings.Settings, upload_service.settings.MigrationSettings),
    "PROCESSING": (processing_service.settings.Settings, processing_service.settings.MigrationSettings),
    "NOTIFICATION": (notification_service.settings.Settings, notification_service.settings.MigrationSettings),
    "GATEWAY": (api_gateway.settings.Settings,),
}
OF_THE_LOCAL_STACK = {
    "GATEWAY_HTTP__CORS_ORIGINS",
    "GATEWAY_SPA_DIR",
    "NOTIFICATION_WEBHOOKS__PRIVATE_TARGETS",
}
"""What only the stack without containers has: another page's origin, the page from the gateway, receivers nearby."""


def project(debian: DebianImage, *overrides: Path) -> ComposeProject:
    return ComposeProject(debian.compose, "unix:///nowhere", "fiapx", random_environment({}), overrides)


@pytest.fixture(scope="session")
def whole(debian: DebianImage) -> dict[str, Any]:
    """All services of all profiles."""
    parsed: dict[str, Any] = project(debian).config(*PROFILES)["services"]
    return parsed


def knows(model: type[BaseModel], path: list[str]) -> bool:
    field = model.model_fields.get(path[0])
    if field is None or len(path) == 1:
        return field is not None
    inner = field.annotation
    return isinstance(inner, type) and issubclass(inner, BaseModel) and knows(inner, path[1:])


def is_known(name: str) -> bool:
    prefix, _, rest = name.partition("_")
    return any(knows(model, rest.lower().split("__")) for model in SETTINGS[prefix])


def names_told(services: dict[str, Any]) -> set[str]:
    """Names of all settings that our services get here."""
    ours = [service for service in services.values() if service["image"].startswith("fiapx/")]
    return {name for one in ours for name in one["environment"] if name.partition("_")[0] in SETTINGS}


@pytest.mark.parametrize("profiles", [(), *((profile,) for profile in PROFILES), PROFILES])
def test_every_profile_is_understood(debian: DebianImage, profiles: tuple[str, ...]) -> None:
    assert project(debian).config(*profiles)["services"].keys() >= {"frontend", "api-gateway", "processing-worker"}


@pytest.mark.parametrize("override", ["seaweedfs.yml", "dev.yml"])
def test_every_override_is_understood(debian: DebianImage, override: str) -> None:
    assert project(debian, COMPOSE / override).config("dev")["services"]


def test_every_image_of_others_has_a_release_and_none_floats(whole: dict[str, Any]) -> None:
    images = {service["image"] for service in whole.values() if not service["image"].startswith("fiapx/")}
    assert [image for image in images if ":" not in image or ":latest" in image] == []


def test_what_holds_data_is_pinned_by_digest(debian: DebianImage, whole: dict[str, Any]) -> None:
    seaweedfs = project(debian, COMPOSE / "seaweedfs.yml").config()["services"]
    images = [whole[name]["image"] for name in ("postgres", "redis", "rabbitmq", "store", "mail")]
    assert [image for image in (*images, seaweedfs["store"]["image"]) if "@sha256:" not in image] == []


def test_every_container_has_limits(whole: dict[str, Any]) -> None:
    limits = {name: service.get("deploy", {}).get("resources", {}).get("limits", {}) for name, service in whole.items()}
    assert [name for name, limit in limits.items() if not limit.keys() >= {"cpus", "memory"}] == []


def test_every_container_of_ours_is_locked_down(whole: dict[str, Any]) -> None:
    ours = {name: service for name, service in whole.items() if service["image"].startswith("fiapx/")}
    assert len(ours) == 11
    for name, service in ours.items():
        assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001"), name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_no_container_grows_its_log_for_ever(whole: dict[str, Any]) -> None:
    assert [name for name, service in whole.items() if service["logging"]["options"]["max-size"] != "20m"] == []


def test_only_what_people_use_is_published_and_on_this_machine_only(whole: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in whole.items() if service.get("ports")}
    assert published.keys() == {"frontend", "store", "mail", "grafana", "jaeger", "kibana", "page-dev"}
    assert {port["host_ip"] for ports in published.values() for port in ports} == {"127.0.0.1"}


def test_every_mounted_file_is_there(debian: DebianImage) -> None:
    services = project(debian, COMPOSE / "dev.yml").config(*PROFILES)["services"].values()
    sources = [Path(mount["source"]) for one in services for mount in one.get("volumes", []) if mount["type"] == "bind"]
    assert [path for path in sources if path.is_relative_to(ROOT) and not path.exists()] == []


def test_services_are_told_only_what_they_know(whole: dict[str, Any]) -> None:
    assert [name for name in names_told(whole) if not is_known(name)] == []


def test_services_are_told_what_the_local_stack_tells_them(
    whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.partition("_")[0] in SETTINGS]:
        monkeypatch.delenv(name)  # what this run, not the stack, tells
    local_stack = StackSettings.from_environment({"FIAPX_STATE_DIR": str(tmp_path)})
    local_stack.layout.create()
    local = {name for one in services(local_stack) for name in one.environment()}
    meant = {name for name in local if name.partition("_")[0] in SETTINGS and is_known(name)}
    assert meant - names_told(whole) - OF_THE_LOCAL_STACK == set()


def test_a_wrong_word_in_the_file_is_noticed(debian: DebianImage, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("services: {frontend: {depnds_on: [mail]}}\n")
    with pytest.raises(AssertionError, match="depnds_on"):
        project(debian, wrong).config()
