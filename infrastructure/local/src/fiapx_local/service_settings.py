"""Which settings each service gets in this stack."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fiapx_local.checkout import ROOT
from fiapx_local.credentials import KEY_ENCRYPTION_KEY
from fiapx_local.servers import ObjectStore, Postgres, RabbitMQ, Redis
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings

_WORKERS = ["worker-1", "worker-2"]
_SPA = ROOT / "frontend" / "dist"


def services(settings: StackSettings) -> list[Service]:
    """All processes of the platform, each with its settings; the gateways last."""
    values = _Values(settings)
    planner, worker = partial(values.processing, "planner,assembler"), partial(values.processing, "worker")
    return [
        *_processes(settings, replicas(settings, "auth"), "auth-service", "AUTH", values.auth),
        *_processes(settings, replicas(settings, "upload"), "upload-service", "UPLOAD", values.upload),
        *_processes(settings, replicas(settings, "planner"), "processing-service", "PROCESSING", planner),
        *_processes(settings, _WORKERS, "processing-service", "PROCESSING", worker),
        *_processes(
            settings, replicas(settings, "notification"), "notification-service", "NOTIFICATION", values.notification
        ),
        *_processes(settings, replicas(settings, "gateway"), "api-gateway", "GATEWAY", values.gateway),
    ]


def replicas(settings: StackSettings, name: str) -> list[str]:
    """The names of a service's processes: auth, auth-2."""
    return [name, f"{name}-2"][: settings.replicas]


def _processes(
    settings: StackSettings, names: list[str], folder: str, prefix: str, variables: Callable[[str], dict[str, str]]
) -> list[Service]:
    return [
        Service(settings, name, folder, prefix, settings.ports.health(name), partial(variables, name)) for name in names
    ]


@dataclass(frozen=True)
class _Values:
    """The environment of each process; `name` is the process's."""

    settings: StackSettings

    def auth(self, name: str) -> dict[str, str]:
        return {
            **self._common("auth", name),
            **self._broker("auth"),
            "AUTH_REDIS__URL": Redis(self.settings).url("auth"),
            "AUTH_ISSUER": self.settings.public_url,
            "AUTH_KEY_ENCRYPTION_KEY": self.settings.credentials.of(KEY_ENCRYPTION_KEY),
        }

    def upload(self, name: str) -> dict[str, str]:
        return {
            **self._common("upload", name),
            **self._broker("upload"),
            **self._store("upload"),
            "UPLOAD_REDIS__URL": Redis(self.settings).url("upload"),
            "UPLOAD_STORE__PUBLIC_URL": self._store_url,
        }

    def processing(self, roles: str, name: str) -> dict[str, str]:
        return {
            **self._common("processing", name),
            **self._broker("processing"),
            **self._store("processing"),
            "PROCESSING_ROLES": roles,
            "PROCESSING_SCRATCH_DIR": str(self.settings.layout.scratch),
        }

    def notification(self, name: str) -> dict[str, str]:
        return {
            **self._common("notification", name),
            **self._broker("notification"),
            "NOTIFICATION_SMTP__HOST": self.settings.host,
            "NOTIFICATION_SMTP__PORT": str(self.settings.ports.inner.smtp),
            "NOTIFICATION_PUBLIC_URL": self.settings.public_url,
            # whoever tries webhooks here has the receiver on this machine too
            "NOTIFICATION_WEBHOOKS__PRIVATE_TARGETS": "true",
        }

    def gateway(self, name: str) -> dict[str, str]:
        targets = {"AUTH": "auth", "UPLOAD": "upload", "PROCESSING": "planner", "NOTIFICATION": "notification"}
        return {
            "GATEWAY_HTTP__LISTEN": f"{self.settings.bind}:{self.settings.ports.health(name)}",
            "GATEWAY_HTTP__STORE_ORIGINS": json.dumps([self._store_url]),
            "GATEWAY_HTTP__CORS_ORIGINS": json.dumps([self.settings.second_page_url]),
            "GATEWAY_ISSUER": self.settings.public_url,
            **({"GATEWAY_SPA_DIR": str(_SPA)} if _SPA.exists() else {}),
            **self._telemetry("gateway"),
            "GATEWAY_REDIS__URL": Redis(self.settings).url("gateway"),
            **{f"GATEWAY_{prefix}_TARGET": self._target(service) for prefix, service in targets.items()},
        }

    @property
    def _store_url(self) -> str:
        return f"http://{ObjectStore(self.settings).address}"

    def _target(self, service: str) -> str:
        """All replicas of a service, as gRPC names fixed addresses."""
        ports = [self.settings.ports.grpc(name) for name in replicas(self.settings, service)]
        family, host = (
            ("ipv6", f"[{self.settings.host}]") if ":" in self.settings.host else ("ipv4", self.settings.host)
        )
        return f"{family}:" + ",".join(f"{host}:{port}" for port in ports)

    def _common(self, service: str, name: str) -> dict[str, str]:
        prefix, ports, bind = service.upper(), self.settings.ports, self.settings.bind
        return {
            f"{prefix}_POSTGRES__DSN": Postgres(self.settings).dsn(service),
            f"{prefix}_GRPC__LISTEN": f"{bind}:{ports.grpc(name)}",
            f"{prefix}_OPS__LISTEN": f"{bind}:{ports.health(name)}",
            **self._telemetry(service),
        }

    def _telemetry(self, service: str) -> dict[str, str]:
        endpoint = self.settings.otlp_endpoint
        return {f"{service.upper()}_TELEMETRY__OTLP_ENDPOINT": endpoint} if endpoint else {}

    def _broker(self, service: str) -> dict[str, str]:
        return {f"{service.upper()}_BROKER__URL": RabbitMQ(self.settings).url(service)}

    def _store(self, service: str) -> dict[str, str]:
        store = ObjectStore(self.settings)
        values = {
            "ENDPOINT": store.address,
            "SECURE": "false",
            "ACCESS_KEY": ACCESS_KEY,
            "SECRET_KEY": store.secret_key,
            "BUCKET": BUCKET,
            "REGION": REGION,
        }
        return {f"{service.upper()}_STORE__{name}": value for name, value in values.items()}
