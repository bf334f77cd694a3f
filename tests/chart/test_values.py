"""Values that cannot be right are refused before anything reaches a cluster, with a sentence that helps."""

from typing import Any

import pytest
from fiapx_testing.charts import Chart, ChartRefused

_NOWHERE: dict[str, Any] = {"enabled": False}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is no value": ({"replicas": 3}, "additional properties 'replicas' not allowed"),
    "a component that is none": ({"components": {"worker": {}}}, "additional properties 'worker' not allowed"),
    "replicas below none": ({"components": {"frontend": {"replicas": -1}}}, "/components/frontend/replicas"),
    "a setting that is no text": ({"components": {"frontend": {"env": {"A": 1}}}}, "/components/frontend/env/A"),
    "no limit of memory": ({"components": {"frontend": {"resources": {"limits": {"memory": None}}}}}, "'memory'"),
    "an unknown quantity": ({"test": {"timeoutSeconds": "long"}}, "/test/timeoutSeconds"),
    "latest": ({"image": {"tag": "latest"}}, "/image/tag"),
    "latest of somebody else": ({"redis": {"image": "valkey/valkey:latest"}}, "/redis/image"),
    "an image without a version": ({"redis": {"image": "valkey/valkey"}}, "/redis/image"),
    "an unknown measure": ({"autoscaling": {"worker": {"metric": "memory"}}}, "/autoscaling/worker/metric"),
    "an unknown source": ({"autoscaling": {"worker": {"queueSource": "guess"}}}, "/autoscaling/worker/queueSource"),
    "no worker at all": ({"autoscaling": {"worker": {"minReplicas": 0}}}, "/autoscaling/worker/minReplicas"),
    "more than all CPU": ({"autoscaling": {"api": {"cpuPercent": 101}}}, "/autoscaling/api/cpuPercent"),
    "a window that Kubernetes does not know": (
        {"autoscaling": {"worker": {"scaleDownStabilizationSeconds": 3601}}},
        "/autoscaling/worker/scaleDownStabilizationSeconds",
    ),
    "a path in the public address": ({"publicUrl": "https://example.org/fiapx"}, "/publicUrl"),
    "a proxy that is no network": ({"ingress": {"trustedProxies": ["proxy"]}}, "/ingress/trustedProxies/0"),
    "a port beyond the last": ({"externalRedis": {"port": 65536}}, "/externalRedis/port"),
    "an unknown security of mail": ({"externalSmtp": {"security": "ssl"}}, "/externalSmtp/security"),
    "a sender that is no address": ({"externalSmtp": {"sender": "FIAP X"}}, "/externalSmtp/sender"),
    "traces to nowhere": ({"telemetry": {"otlpEndpoint": "tempo"}}, "/telemetry/otlpEndpoint"),
    "no PostgreSQL": ({"postgresql": _NOWHERE}, "externalPostgresql.host is empty: name a server."),
    "no Redis": ({"redis": _NOWHERE}, "externalRedis.host is empty: name a server."),
    "no RabbitMQ": ({"rabbitmq": _NOWHERE}, "externalRabbitmq.host is empty: name a server."),
    "no object store": ({"objectStore": _NOWHERE}, "externalObjectStore.host is empty: name a server."),
    "no mail": ({"mailpit": _NOWHERE}, "externalSmtp.host is empty: name a server."),
    "a server without its Secret": (
        {"redis": _NOWHERE, "externalRedis": {"host": "redis.example"}},
        "externalRedis.existingSecret is empty: name the Secret with its passwords.",
    ),
    "KEDA where there is none": (
        {"autoscaling": {"worker": {"metric": "queue", "queueSource": "keda"}}},
        "install KEDA first.",
    ),
    "a host for a store that is elsewhere": (
        {
            "ingress": {"enabled": True, "storeHost": "store.example"},
            "objectStore": _NOWHERE,
            "externalObjectStore": {"host": "s3.example", "existingSecret": "mine"},
        },
        "ingress.storeHost is for the object store of this chart, which is off.",
    ),
    "a collector with nothing behind it": ({"collector": {"enabled": True}}, "collector.exportTo is empty"),
    "a Filebeat with nothing behind it": ({"filebeat": {"enabled": True}}, "filebeat.logstash is empty"),
}


@pytest.mark.parametrize(("values", "why"), REFUSED.values(), ids=REFUSED)
def test_wrong_values_are_refused_and_the_place_is_named(chart: Chart, values: dict[str, Any], why: str) -> None:
    with pytest.raises(ChartRefused) as refusal:
        chart.render(values)
    assert why in str(refusal.value)
