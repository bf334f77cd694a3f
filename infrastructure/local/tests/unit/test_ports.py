"""Which port is whose."""

import pytest
from fiapx_local.ports import PortNotUsable, Ports


def test_without_a_base_the_standard_ports_are_used() -> None:
    ports = Ports.from_environment({})

    assert (ports.gateway, ports.mail_page, ports.store) == (8080, 8025, 18000)
    assert all(18001 <= port <= 18040 for port in inner(ports))


def test_a_base_moves_every_port_behind_it() -> None:
    ports = Ports.from_environment({"FIAPX_PORT_BASE": "20000"})

    assert (ports.gateway, ports.mail_page, ports.store) == (20000, 20001, 20002)
    assert all(20003 <= port <= 20040 for port in inner(ports))


def test_the_gateways_own_variable_wins() -> None:
    ports = Ports.from_environment({"FIAPX_PORT_BASE": "20000", "FIAPX_GATEWAY_PORT": "9999"})

    assert (ports.gateway, ports.mail_page) == (9999, 20001)


def test_every_port_is_somebodys_alone() -> None:
    ports = Ports.from_base(20000).named()

    assert len(set(ports.values())) == len(ports)


def test_two_bases_41_apart_share_no_port() -> None:
    here, there = (set(Ports.from_base(base).named().values()) for base in (20000, 20041))

    assert here.isdisjoint(there)


@pytest.mark.parametrize("text", ["0", "-1", "65530", "eighty", "8080.5", "٣٣"])
def test_what_is_no_port_is_refused_by_name(text: str) -> None:
    with pytest.raises(PortNotUsable, match="FIAPX_PORT_BASE"):
        Ports.from_environment({"FIAPX_PORT_BASE": text})


def inner(ports: Ports) -> list[int]:
    named = ports.named()
    return [port for name, port in named.items() if name not in ("gateway", "mail_page", "store")]
