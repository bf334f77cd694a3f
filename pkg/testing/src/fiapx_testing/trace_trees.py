"""A trace as a tree of words, to be compared and read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from fiapx_testing.traces import ReceivedSpan

Tree = Mapping[str, "Tree"]
"""What each span is called, and what is below it; spans of one name below one parent are told once."""

_RELAYED = "processing-planner|worker"
"""Whichever process leads the relay of its database sends what any of them wrote."""


def tree_of(spans: Sequence[ReceivedSpan]) -> Tree:
    """The tree of one trace. Spans whose parent never came are roots beside the true one."""
    known = {span.span_id for span in spans}
    children: defaultdict[str, list[ReceivedSpan]] = defaultdict(list)
    for span in spans:
        children[span.parent_id if span.parent_id in known else ""].append(span)
    return _merged(children[""], children)


def lines_of(tree: Tree, depth: int = 0) -> list[str]:
    """One line for each name, children indented by two, in the order of the alphabet."""
    lines = []
    for name in sorted(tree):
        lines += ["  " * depth + name, *lines_of(tree[name], depth + 1)]
    return lines


def orphans_of(spans: Sequence[ReceivedSpan]) -> list[ReceivedSpan]:
    """Spans that name a parent which is not there."""
    known = {span.span_id for span in spans}
    return [span for span in spans if span.parent_id and span.parent_id not in known]


def _merged(spans: Iterable[ReceivedSpan], children: Mapping[str, list[ReceivedSpan]]) -> Tree:
    named: defaultdict[str, list[ReceivedSpan]] = defaultdict(list)
    for span in spans:
        named[_called(span)].append(span)
    return {
        name: _merged([child for one in same for child in children.get(one.span_id, [])], children)
        for name, same in named.items()
    }


def _called(span: ReceivedSpan) -> str:
    service = _RELAYED if span.kind == "PRODUCER" and span.service.startswith("processing-") else span.service
    return f"{service}: {span.name}"
