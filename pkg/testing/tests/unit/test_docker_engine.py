"""An engine takes no network that the machine uses."""

import json

import pytest
from fiapx_testing.docker_engine import devices_into_networks

MACHINE = [{"dst": "default", "dev": "eth0"}, {"dst": "192.0.2.0/24", "dev": "eth0"}]


@pytest.mark.parametrize("destination", ["10.213.5.0/24", "10.0.0.0/8", "10.215.1.2"])
def test_a_route_of_others_into_its_networks_is_found(destination: str) -> None:
    assert devices_into_networks(json.dumps([*MACHINE, {"dst": destination, "dev": "tun0"}])) == ["tun0"]


@pytest.mark.parametrize("device", ["fiapx-569bdc", "br-0123456789ab"])
def test_another_engine_is_no_obstacle(device: str) -> None:
    assert devices_into_networks(json.dumps([*MACHINE, {"dst": "10.213.5.0/24", "dev": device}])) == []


def test_a_machine_without_such_routes_is_free() -> None:
    assert devices_into_networks(json.dumps([*MACHINE, {"dst": "10.216.0.0/16", "dev": "tun0"}])) == []
