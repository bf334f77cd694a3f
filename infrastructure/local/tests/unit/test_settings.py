"""What a person may choose of a stack."""

from pathlib import Path

import pytest
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.settings import ReplicasNotUsable, StackSettings


@pytest.mark.parametrize(("text", "replicas"), [("", 1), ("1", 1), ("2", 2)])
def test_a_person_chooses_the_number_of_replicas(text: str, replicas: int) -> None:
    assert StackSettings.from_environment({"FIAPX_REPLICAS": text}).replicas == replicas


@pytest.mark.parametrize("text", ["0", "3", "two", "-1"])
def test_what_is_no_number_of_replicas_is_refused_by_name(text: str) -> None:
    with pytest.raises(ReplicasNotUsable, match="FIAPX_REPLICAS"):
        StackSettings.from_environment({"FIAPX_REPLICAS": text})


def test_each_replica_of_the_gateway_has_an_address(tmp_path: Path) -> None:
    settings = StackSettings(Layout(tmp_path), Ports.from_base(20000), replicas=2)

    assert settings.gateway_urls == ["http://127.0.0.1:20000", "http://127.0.0.1:20032"]
