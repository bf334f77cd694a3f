"""The configuration of collector, Filebeat, Logstash, Elasticsearch and Kibana, as far as it can be judged unrun."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fiapx_testing.index_mapping import IndexMapping

FOLDER = Path(__file__).parents[2] / "infrastructure" / "observability"
ELK = FOLDER / "elk"


def read(name: str) -> Any:
    """A file of the folder, by its form."""
    file = FOLDER / name
    return json.loads(file.read_text()) if file.suffix == ".json" else yaml.safe_load(file.read_text())


def kibana() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ELK / "kibana.ndjson").read_text().splitlines()]


def names_in(value: object, keys: set[str]) -> Iterator[str]:
    """What these keys name, wherever they are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and not isinstance(inner, dict):
                yield from inner if isinstance(inner, list) else [inner]
            else:
                yield from names_in(inner, keys)
    if isinstance(value, list):
        for inner in value:
            yield from names_in(inner, keys)


@pytest.fixture
def mapping() -> IndexMapping:
    return IndexMapping(read("elk/index-template.json"))


def test_the_collectors_pipelines_use_what_is_defined() -> None:
    collector = read("otel/collector.yml")
    for pipeline in collector["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= set(collector[kind])
    assert set(collector["service"]["extensions"]) <= set(collector["extensions"])


def test_the_collector_guards_its_memory_before_anything_else_and_batches_last() -> None:
    processors = read("otel/collector.yml")["service"]["pipelines"]["traces"]["processors"]
    assert (processors[0], processors[-1]) == ("memory_limiter", "batch")


def test_filebeat_asks_for_fields_that_our_lines_have(mapping: IndexMapping) -> None:
    asked = set(names_in(read("elk/filebeat.yml")["processors"], {"has_fields"}))
    assert asked == {"service.name"}
    assert asked <= set(mapping.fields)


def test_filebeat_reads_json_and_takes_its_time_from_the_line() -> None:
    [given] = read("elk/filebeat.yml")["filebeat.inputs"]
    [parser] = [one["ndjson"] for one in given["parsers"] if "ndjson" in one]
    assert (parser["target"], parser["overwrite_keys"], parser["expand_keys"]) == ("", True, True)


def test_logstash_names_fields_that_exist_and_closes_what_it_opens(mapping: IndexMapping) -> None:
    text = (ELK / "logstash.conf").read_text()
    assert text.count("{") == text.count("}")
    asked = re.search(r"if !((?:\[\w+\])+)", text)
    assert asked is not None
    assert asked[1].strip("[]").replace("][", ".") in mapping.fields


def test_logstash_writes_to_the_data_stream_that_the_template_is_for() -> None:
    parts = dict(re.findall(r'data_stream_(\w+) => "(\w+)"', (ELK / "logstash.conf").read_text()))
    assert f"{parts['type']}-{parts['dataset']}-" == read("elk/index-template.json")["index_patterns"][0].rstrip("*")


def test_the_template_names_the_lifecycle_that_is_set_up() -> None:
    policy = read("elk/index-template.json")["template"]["settings"]["index"]["lifecycle"]["name"]
    assert f"put _ilm/policy/{policy} ilm-policy.json" in (ELK / "setup.sh").read_text()
    assert {"hot", "delete"} <= set(read("elk/ilm-policy.json")["policy"]["phases"])


def test_full_text_is_searched_in_fields_that_exist(mapping: IndexMapping) -> None:
    fields = read("elk/index-template.json")["template"]["settings"]["index"]["query"]["default_field"]
    assert set(fields) <= set(mapping.fields)


def test_kibanas_objects_refer_to_one_another() -> None:
    known = {(one["type"], one["id"]) for one in kibana()}
    referred = {(told["type"], told["id"]) for one in kibana() for told in one["references"]}
    assert referred <= known
    assert {kind for kind, _ in known} == {"index-pattern", "search", "lens", "dashboard"}


def test_kibana_looks_at_the_indices_of_the_template() -> None:
    [view] = [one["attributes"] for one in kibana() if one["type"] == "index-pattern"]
    assert [view["title"]] == read("elk/index-template.json")["index_patterns"]


def test_kibana_shows_fields_that_exist(mapping: IndexMapping) -> None:
    shown: set[str] = set()
    for one in kibana():
        text = json.dumps(one).replace("\\\\", "").replace('\\"', '"')
        shown |= set(names_in(one, {"columns", "sourceField"})) | set(re.findall(r"([a-z]+\.[a-z_]+) :", text))
    assert {"trace.id", "log.level", "service.name"} <= shown
    assert shown - {"___records___"} <= set(mapping.fields)


def test_a_lines_trace_leads_to_the_trace() -> None:
    [view] = [one["attributes"] for one in kibana() if one["type"] == "index-pattern"]
    assert "{{value}}" in json.loads(view["fieldFormatMap"])["trace.id"]["params"]["urlTemplate"]
