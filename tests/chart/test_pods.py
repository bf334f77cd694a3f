"""What holds for every pod of every branch."""

from collections.abc import Iterator
from typing import Any

import pytest
from fiapx_testing.charts import Manifest, Rendered

ON_NODES = "DaemonSet/fiapx-filebeat"
"""It reads the node's log files, and so is no pod that `restricted` would take."""


def specs(rendered: Rendered) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, pod["spec"]) for name, pod in rendered.pods().items())


def containers(rendered: Rendered) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, spec in specs(rendered):
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            yield f"{name}/{container['name']}", container


def test_pods_are_restricted(branch: Rendered) -> None:
    for name, spec in specs(branch):
        if name != ON_NODES:
            assert spec["securityContext"]["runAsNonRoot"], name
            assert spec["securityContext"]["runAsUser"] > 0, name
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
            assert {"hostNetwork", "hostPID", "hostIPC"} & set(spec) == set(), name
            kinds = {kind for volume in spec.get("volumes", []) for kind in volume if kind != "name"}
            assert kinds <= {"emptyDir", "configMap", "secret"}, name


def test_containers_are_restricted_and_cannot_write_into_their_image(branch: Rendered) -> None:
    for name, container in containers(branch):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False, name
        assert context["capabilities"] == {"drop": ["ALL"]}, name
        assert context["readOnlyRootFilesystem"], name
        assert "privileged" not in context, name


def test_no_pod_holds_a_token_for_kubernetes(branch: Rendered) -> None:
    assert [name for name, spec in specs(branch) if spec["automountServiceAccountToken"]] == []
    assert [
        name for name, account in branch.of_kind("ServiceAccount").items() if account["automountServiceAccountToken"]
    ] == []


def test_no_image_is_called_latest(branch: Rendered) -> None:
    tags = {container["image"].split("@")[0].rpartition(":")[2] for _, container in containers(branch)}
    assert all(tag and "/" not in tag and tag != "latest" for tag in tags), tags


def test_every_container_says_what_it_needs_and_how_much_memory_it_may_take(branch: Rendered) -> None:
    for name, container in containers(branch):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]), name
        assert "memory" in container["resources"]["limits"], name


def test_scratch_space_has_a_limit(branch: Rendered) -> None:
    for name, spec in specs(branch):
        for volume in spec.get("volumes", []):
            assert "emptyDir" not in volume or "sizeLimit" in volume["emptyDir"], (name, volume["name"])


def test_every_volume_mounted_is_there(branch: Rendered) -> None:
    claims = {
        f"StatefulSet/{name}": {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", [])}
        for name, one in branch.of_kind("StatefulSet").items()
    }
    for name, spec in specs(branch):
        there = {volume["name"] for volume in spec.get("volumes", [])} | claims.get(name, set())
        mounted = {mount["name"] for one in spec["containers"] for mount in one.get("volumeMounts", [])}
        assert mounted <= there, name


def test_what_runs_for_ever_is_probed_for_start_life_and_readiness(trial: Rendered) -> None:
    for name, container in containers(trial):
        if not name.startswith("Job/"):
            assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container), name


def test_probes_and_services_name_ports_that_exist(branch: Rendered) -> None:
    for name, container in containers(branch):
        named = {port["name"] for port in container.get("ports", [])}
        probed = {
            container[probe][way]["port"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            for way in ("httpGet", "tcpSocket")
            if way in container.get(probe, {})
        }
        assert probed <= named, name
    for name, service in branch.of_kind("Service").items():
        (pod,) = [pod for pod in branch.pods().values() if matches(service["spec"]["selector"], pod)]
        named = {port["name"] for one in pod["spec"]["containers"] for port in one["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named, name


def test_every_configmap_and_secret_asked_for_is_made_or_was_brought(trial: Rendered) -> None:
    made = {*trial.of_kind("Secret"), *trial.of_kind("ConfigMap")}
    for name, spec in specs(trial):
        asked = {volume["configMap"]["name"] for volume in spec["volumes"] if "configMap" in volume}
        for container in spec["containers"]:
            references = [
                variable["valueFrom"]["secretKeyRef"]
                for variable in container.get("env", [])
                if "valueFrom" in variable
            ]
            asked |= {reference["name"] for reference in references}
            for reference in references:
                assert reference["key"] in trial.of_kind("Secret")[reference["name"]]["data"], (name, reference)
        assert asked <= made, name


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "NetworkPolicy"])
def test_whatever_selects_pods_selects_some(trial: Rendered, kind: str) -> None:
    for name, one in trial.of_kind(kind).items():
        selector = one["spec"].get("selector", one["spec"].get("podSelector"))["matchLabels"]
        assert any(matches(selector, pod) for pod in trial.pods().values()), name


def test_one_pod_at_most_of_each_component_is_taken_away_at_once(trial: Rendered) -> None:
    budgets = trial.of_kind("PodDisruptionBudget")
    assert {budget["spec"]["maxUnavailable"] for budget in budgets.values()} == {1}
    ours = {name.split("/")[1] for name, pod in trial.pods().items() if "topologySpreadConstraints" in pod["spec"]}
    assert set(budgets) <= ours


def matches(selector: dict[str, str], pod: Manifest) -> bool:
    labels: dict[str, str] = pod["metadata"]["labels"]
    return selector.items() <= labels.items()
