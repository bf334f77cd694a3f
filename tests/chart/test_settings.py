"""What pods are told is what the services' settings know, and all that they demand."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import api_gateway.settings as gateway
import auth_service.settings as auth
import notification_service.settings as notification
import processing_service.settings as processing
import pytest
import upload_service.settings as upload
from fiapx_testing.charts import Chart, Rendered
from pydantic import BaseModel
from pydantic_settings import BaseSettings

SERVICES: dict[str, type[BaseSettings]] = {
    "api-gateway": gateway.Settings,
    "auth-service": auth.Settings,
    "upload-service": upload.Settings,
    "processing-planner": processing.Settings,
    "processing-worker": processing.Settings,
    "notification-service": notification.Settings,
}
MIGRATIONS: dict[str, type[BaseSettings]] = {
    "auth-migrate": auth.MigrationSettings,
    "upload-migrate": upload.MigrationSettings,
    "processing-migrate": processing.MigrationSettings,
    "notification-migrate": notification.MigrationSettings,
}
_REFERENCE = re.compile(r"\$\(([A-Z_]+)\)")
_SECRET = "GIJ7ab-_09.~"


def environment(rendered: Rendered, kind: str, component: str) -> dict[str, str]:
    """As the container sees it, with `_SECRET` for whatever comes from a Secret."""
    (container,) = rendered.of_component(kind, component)["spec"]["template"]["spec"]["containers"]
    found: dict[str, str] = {}
    for variable in container["env"]:
        value = variable.get("value", _SECRET if "valueFrom" in variable else "")
        found[variable["name"]] = _REFERENCE.sub(lambda name: found[name[1]], value)
    return found


def variables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """Every variable that a settings class reads."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from variables(field.annotation, f"{prefix}{name}__".upper())
        else:
            yield f"{prefix}{name}".upper()


def assert_known(
    given: Mapping[str, str], settings: type[BaseSettings], rendered: Rendered, kind: str, component: str
) -> None:
    known = set(variables(settings, str(settings.model_config["env_prefix"])))
    (container,) = rendered.of_component(kind, component)["spec"]["template"]["spec"]["containers"]
    used = {name for variable in container["env"] for name in _REFERENCE.findall(variable.get("value", ""))}
    assert set(given) - known - used == set()


@pytest.mark.parametrize("component", SERVICES)
def test_every_variable_of_a_service_is_one_of_its_settings(branch: Rendered, component: str) -> None:
    given = environment(branch, "Deployment", component)
    assert_known(given, SERVICES[component], branch, "Deployment", component)


@pytest.mark.parametrize("component", MIGRATIONS)
def test_every_variable_of_a_migration_is_one_of_its_settings(branch: Rendered, component: str) -> None:
    assert_known(environment(branch, "Job", component), MIGRATIONS[component], branch, "Job", component)


@pytest.mark.parametrize("component", SERVICES)
def test_a_service_finds_all_settings_that_it_demands(
    branch: Rendered, component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(environment(branch, "Deployment", component), SERVICES[component], monkeypatch)


@pytest.mark.parametrize("component", MIGRATIONS)
def test_a_migration_finds_all_settings_that_it_demands(
    branch: Rendered, component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(environment(branch, "Job", component), MIGRATIONS[component], monkeypatch)


def test_a_migration_has_the_owners_role_and_a_service_has_not(trial: Rendered) -> None:
    assert "://upload_owner:" in environment(trial, "Job", "upload-migrate")["UPLOAD_POSTGRES__OWNER_DSN"]
    for component in SERVICES:
        assert not any("owner" in value for value in environment(trial, "Deployment", component).values())


def test_gateways_call_every_replica_of_a_service(trial: Rendered) -> None:
    given = environment(trial, "Deployment", "api-gateway")
    targets = {value for name, value in given.items() if name.endswith("_TARGET")}
    for target in targets:
        service = target.removeprefix("dns:///").removesuffix(".fiapx.svc.cluster.local:50051")
        assert trial.of_kind("Service")[service]["spec"]["clusterIP"] == "None"
    assert len(targets) == len([name for name in gateway.Settings.model_fields if name.endswith("_target")])


def test_tokens_are_issued_and_taken_for_the_same_address(production: Rendered) -> None:
    issued = environment(production, "Deployment", "auth-service")["AUTH_ISSUER"]
    taken = environment(production, "Deployment", "api-gateway")["GATEWAY_ISSUER"]
    assert issued == taken == "https://fiapx.example"


def test_settings_of_a_persons_own_reach_the_service(chart: Chart) -> None:
    values = {"components": {"upload-service": {"env": {"UPLOAD_QUOTA__VIDEOS": "7"}}}}
    assert environment(chart.render(values), "Deployment", "upload-service")["UPLOAD_QUOTA__VIDEOS"] == "7"


def built(given: dict[str, str], settings: type[BaseSettings], monkeypatch: pytest.MonkeyPatch) -> BaseSettings:
    """The settings that a process with this environment would have."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    made: Any = settings()
    assert isinstance(made, settings)
    return made
