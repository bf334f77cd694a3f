"""Who may speak to whom: exactly the architecture's arrows, and nothing else."""

from fiapx_testing.charts import Chart, Manifest, Rendered

INGRESS, PROMETHEUS, DNS, KEDA = (
    "namespace ingress-nginx",
    "namespace monitoring",
    "namespace kube-system",
    "namespace keda",
)
ANYWHERE = "anywhere"
INTERNET = "the internet"

Arrow = tuple[str, str, int]

OUR_OWN: set[Arrow] = {
    (INGRESS, "api-gateway", 8080),
    (INGRESS, "frontend", 8080),
    ("frontend", "api-gateway", 8080),
    ("api-gateway", "auth-service", 50051),
    ("api-gateway", "upload-service", 50051),
    ("api-gateway", "processing-planner", 50051),
    ("api-gateway", "notification-service", 50051),
    ("test", "api-gateway", 8080),
    (PROMETHEUS, "api-gateway", 8080),
    (PROMETHEUS, "auth-service", 9090),
    (PROMETHEUS, "upload-service", 9090),
    (PROMETHEUS, "processing-planner", 9090),
    (PROMETHEUS, "processing-worker", 9090),
    (PROMETHEUS, "notification-service", 9090),
}
SERVERS: dict[str, tuple[int, set[str]]] = {
    "postgresql": (
        5432,
        {
            *("auth-service", "upload-service", "processing-planner", "processing-worker", "notification-service"),
            *("auth-migrate", "upload-migrate", "processing-migrate", "notification-migrate"),
        },
    ),
    "redis": (6379, {"api-gateway", "auth-service", "upload-service"}),
    "rabbitmq": (
        5672,
        {"auth-service", "upload-service", "processing-planner", "processing-worker", "notification-service"},
    ),
    "object-store": (9000, {"upload-service", "processing-planner", "processing-worker", "upload-migrate"}),
    "mailpit": (1025, {"notification-service"}),
}
WEBHOOKS: set[Arrow] = {("notification-service", INTERNET, 443)}
BUNDLED: set[Arrow] = {(caller, server, port) for server, (port, callers) in SERVERS.items() for caller in callers}


def test_a_trial_lets_in_exactly_the_architectures_arrows(trial: Rendered) -> None:
    assert arrows(trial, "ingress") == OUR_OWN | BUNDLED | {(PROMETHEUS, "rabbitmq", 15692)}


def test_a_trial_lets_out_exactly_the_architectures_arrows(trial: Rendered) -> None:
    between_pods = {arrow for arrow in OUR_OWN | BUNDLED if not arrow[0].startswith("namespace")}
    assert arrows(trial, "egress") - names(trial) == between_pods | WEBHOOKS


def test_nobody_speaks_to_anybody_without_being_allowed_to(branch: Rendered) -> None:
    for policy in branch.of_kind("NetworkPolicy").values():
        for rule in policy["spec"].get("ingress", []):
            assert rule.get("from"), policy["metadata"]["name"]
            assert rule.get("ports"), policy["metadata"]["name"]
        for rule in policy["spec"].get("egress", []):
            assert rule.get("ports"), policy["metadata"]["name"]


def test_by_default_no_pod_of_the_release_is_reached_and_all_may_ask_for_names(trial: Rendered) -> None:
    default = trial.of_kind("NetworkPolicy")["fiapx-default"]["spec"]
    assert default["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in default
    for name, pod in trial.pods().items():
        assert default["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items(), name


def test_servers_elsewhere_are_reached_at_their_port_by_those_who_need_them(production: Rendered) -> None:
    ports = {"postgresql": 5432, "redis": 6379, "rabbitmq": 5672, "object-store": 443, "mailpit": 587}
    outside = {(caller, ANYWHERE, ports[server]) for server, (_, callers) in SERVERS.items() for caller in callers}
    between_pods = {arrow for arrow in OUR_OWN if not arrow[0].startswith("namespace")}
    assert arrows(production, "egress") - names(production) == between_pods | outside | WEBHOOKS
    assert arrows(production, "ingress") == OUR_OWN


def test_a_worker_reaches_nothing_but_broker_store_and_database(trial: Rendered) -> None:
    reached = {target for caller, target, _ in arrows(trial, "egress") if caller == "processing-worker"}
    assert reached == {"rabbitmq", "object-store", "postgresql"}


def test_keda_asks_the_broker_only_where_it_scales(chart: Chart) -> None:
    values = {"autoscaling": {"worker": {"metric": "queue", "queueSource": "keda"}}}
    rendered = chart.render(values, apis=["keda.sh/v1alpha1"])
    assert arrows(rendered, "ingress") - OUR_OWN - BUNDLED == {
        (PROMETHEUS, "rabbitmq", 15692),
        (KEDA, "rabbitmq", 5672),
    }


def test_the_store_is_reached_from_outside_only_where_it_has_a_host(chart: Chart) -> None:
    rendered = chart.render({"ingress": {"enabled": True, "storeHost": "store.example"}})
    extra = arrows(rendered, "ingress") - OUR_OWN - BUNDLED - {(PROMETHEUS, "rabbitmq", 15692)}
    assert extra == {(INGRESS, "object-store", 9000)}


def test_traces_go_to_the_collector_and_from_there_out(chart: Chart) -> None:
    rendered = chart.render({"collector": {"enabled": True, "exportTo": "tempo.monitoring:4317"}})
    tracing = {arrow for arrow in arrows(rendered, "egress") if "collector" in arrow}
    assert tracing == {(caller, "collector", 4317) for caller in SERVICES_WITH_TRACES} | {("collector", ANYWHERE, 4317)}


SERVICES_WITH_TRACES = SERVERS["rabbitmq"][1] | {"api-gateway"}


def names(rendered: Rendered) -> set[Arrow]:
    """That everybody may ask for names."""
    return {arrow for arrow in arrows(rendered, "egress") if arrow[1:] == (DNS, 53)}


def arrows(rendered: Rendered, direction: str) -> set[Arrow]:
    """(who, to whom, at which port) of all policies in one direction."""
    found: set[Arrow] = set()
    for policy in rendered.of_kind("NetworkPolicy").values():
        here = policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/component", "all")
        for rule in policy["spec"].get(direction, []):
            for other in map(peer, rule.get("from" if direction == "ingress" else "to", [{}])):
                who, whom = (other, here) if direction == "ingress" else (here, other)
                found |= {(who, whom, port_of(rendered, whom, port["port"])) for port in rule["ports"]}
    return found


def peer(one: Manifest) -> str:
    if "podSelector" in one:
        return str(one["podSelector"]["matchLabels"]["app.kubernetes.io/component"])
    if "namespaceSelector" in one:
        return f"namespace {one['namespaceSelector']['matchLabels']['kubernetes.io/metadata.name']}"
    if "ipBlock" in one:
        assert one["ipBlock"]["cidr"] in {"0.0.0.0/0", "::/0"}
        assert {"10.0.0.0/8", "fc00::/7"} & set(one["ipBlock"]["except"])
        return INTERNET
    return ANYWHERE


def port_of(rendered: Rendered, component: str, port: int | str) -> int:
    """A port by its name in the component's pods."""
    if isinstance(port, int):
        return port
    for pod in rendered.pods().values():
        if pod["metadata"]["labels"]["app.kubernetes.io/component"] == component:
            for container in pod["spec"]["containers"]:
                for one in container.get("ports", []):
                    if one["name"] == port:
                        return int(one["containerPort"])
    raise AssertionError(f"no port {port} at {component}")
