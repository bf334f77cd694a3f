"""Which settings each service gets in this stack."""

import json
from dataclasses import dataclass
from functools import partial

from fiapx_local.checkout import ROOT
from fiapx_local.credentials import KEY_ENCRYPTION_KEY
from fiapx_local.servers import ObjectStore, Postgres, RabbitMQ, Redis
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings

_WORKERS = 2
_SPA = ROOT / "frontend" / "dist"


def services(settings: StackSettings) -> list[Service]:
    """All processes of the platform, each with its settings; the gateway last."""
    values = _Values(settings)
    inner = settings.ports.inner
    processing = partial(Service, settings, folder="processing-service", prefix="PROCESSING")
    workers = [
        processing(
            name=f"worker-{number}",
            health_port=getattr(inner, f"worker_{number}_ops"),
            variables=partial(values.processing, "worker", f"worker_{number}"),
        )
        for number in range(1, _WORKERS + 1)
    ]
    return [
        Service(settings, "auth", "auth-service", "AUTH", inner.auth_ops, values.auth),
        Service(settings, "upload", "upload-service", "UPLOAD", inner.upload_ops, values.upload),
        processing(
            name="planner",
            health_port=inner.planner_ops,
            variables=partial(values.processing, "planner,assembler", "planner"),
        ),
        *workers,
        Service(
            settings,
            "notification",
            "notification-service",
            "NOTIFICATION",
            inner.notification_ops,
            values.notification,
        ),
        Service(settings, "gateway", "api-gateway", "GATEWAY", settings.ports.gateway, values.gateway),
    ]


@dataclass(frozen=True)
class _Values:
    settings: StackSettings

    def auth(self) -> dict[str, str]:
        return {
            **self._common("auth", "auth"),
            **self._broker("auth"),
            "AUTH_REDIS__URL": Redis(self.settings).url("auth"),
            "AUTH_ISSUER": self.settings.public_url,
            "AUTH_KEY_ENCRYPTION_KEY": self.settings.credentials.of(KEY_ENCRYPTION_KEY),
        }

    def upload(self) -> dict[str, str]:
        return {
            **self._common("upload", "upload"),
            **self._broker("upload"),
            **self._store("upload"),
            "UPLOAD_REDIS__URL": Redis(self.settings).url("upload"),
            "UPLOAD_STORE__PUBLIC_URL": self._store_url,
        }

    def processing(self, roles: str, port_name: str) -> dict[str, str]:
        return {
            **self._common("processing", port_name),
            **self._broker("processing"),
            **self._store("processing"),
            "PROCESSING_REDIS__URL": Redis(self.settings).url("processing"),
            "PROCESSING_ROLES": roles,
            "PROCESSING_SCRATCH_DIR": str(self.settings.layout.scratch),
        }

    def notification(self) -> dict[str, str]:
        return {
            **self._common("notification", "notification"),
            **self._broker("notification"),
            "NOTIFICATION_SMTP__HOST": self.settings.host,
            "NOTIFICATION_SMTP__PORT": str(self.settings.ports.inner.smtp),
            "NOTIFICATION_PUBLIC_URL": self.settings.public_url,
        }

    def gateway(self) -> dict[str, str]:
        targets = {"AUTH": "auth", "UPLOAD": "upload", "PROCESSING": "planner", "NOTIFICATION": "notification"}
        return {
            "GATEWAY_HTTP__LISTEN": f"{self.settings.bind}:{self.settings.ports.gateway}",
            "GATEWAY_HTTP__STORE_ORIGINS": json.dumps([self._store_url]),
            "GATEWAY_HTTP__CORS_ORIGINS": json.dumps([self.settings.second_page_url]),
            "GATEWAY_ISSUER": self.settings.public_url,
            **({"GATEWAY_SPA_DIR": str(_SPA)} if _SPA.exists() else {}),
            "GATEWAY_REDIS__URL": Redis(self.settings).url("gateway"),
            **{f"GATEWAY_{name}_TARGET": f"dns:///{self._grpc(port)}" for name, port in targets.items()},
        }

    @property
    def _store_url(self) -> str:
        return f"http://{ObjectStore(self.settings).address}"

    def _grpc(self, port_name: str) -> str:
        return f"{self.settings.host}:{getattr(self.settings.ports.inner, f'{port_name}_grpc')}"

    def _common(self, service: str, port_name: str) -> dict[str, str]:
        prefix, inner, bind = service.upper(), self.settings.ports.inner, self.settings.bind
        return {
            f"{prefix}_POSTGRES__DSN": Postgres(self.settings).dsn(service),
            f"{prefix}_GRPC__LISTEN": f"{bind}:{getattr(inner, f'{port_name}_grpc')}",
            f"{prefix}_OPS__LISTEN": f"{bind}:{getattr(inner, f'{port_name}_ops')}",
        }

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
