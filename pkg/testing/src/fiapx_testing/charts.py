"""A Helm chart as a cluster would get it: rendered by the real helm, without a cluster."""

import json
import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]
Values = Mapping[str, object]

_TIMEOUT_S = 60
_POD_TEMPLATES = ("Deployment", "StatefulSet", "DaemonSet", "Job")


class ChartRefused(Exception):
    """helm said no, and why."""


@dataclass(frozen=True)
class Rendered:
    """The manifests of one release."""

    manifests: tuple[Manifest, ...]

    def of_kind(self, kind: str) -> dict[str, Manifest]:
        """All of one kind, by name."""
        return {one["metadata"]["name"]: one for one in self.manifests if one["kind"] == kind}

    def of_component(self, kind: str, component: str) -> Manifest:
        """The one of a kind that carries a component's label.

        Raises:
            AssertionError: there is none, or more than one.
        """
        found = [one for one in self.of_kind(kind).values() if component_of(one) == component]
        assert len(found) == 1, f"{len(found)} of kind {kind} for {component}"
        return found[0]

    def pods(self) -> dict[str, Manifest]:
        """Pod templates by "Kind/name"."""
        return {
            f"{one['kind']}/{one['metadata']['name']}": one["spec"]["template"]
            for one in self.manifests
            if one["kind"] in _POD_TEMPLATES
        }


def component_of(manifest: Manifest) -> str:
    """Its label app.kubernetes.io/component."""
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


@dataclass(frozen=True)
class Chart:
    """A chart's folder, and under which name it is installed."""

    folder: Path
    release: str = "fiapx"
    namespace: str = "fiapx"
    helm: Path = field(default=Path(sys.executable).parent / "helm")

    def render(
        self,
        values: Values | None = None,
        *,
        files: Collection[Path] = (),
        apis: Collection[str] = (),
        upgrade: bool = False,
    ) -> Rendered:
        """What helm would send to a cluster that knows `apis` besides Kubernetes' own.

        Raises:
            ChartRefused: values that the schema or a template does not take.
        """
        argv = ["template", self.release, str(self.folder), "--namespace", self.namespace]
        argv += [option for file in files for option in ("--values", str(file))]
        argv += [option for api in apis for option in ("--api-versions", api)]
        argv += ["--is-upgrade"] if upgrade else []
        text = self.run(*argv, "--values", "-", stdin=json.dumps(values or {}))
        return Rendered(tuple(one for one in yaml.load_all(text, yaml.CSafeLoader) if one))

    def run(self, *argv: str, stdin: str = "") -> str:
        """What a helm command prints.

        Raises:
            ChartRefused: it failed.
        """
        command = [str(self.helm), *argv]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
        if done.returncode != 0:
            raise ChartRefused(done.stderr.strip())
        return done.stdout
