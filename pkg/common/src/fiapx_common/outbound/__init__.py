"""Requests to addresses that users give us: to the public internet only, and to nobody whom we did not look at.

A name is resolved once. Each of its addresses is judged, and the connection goes to an address that was judged: a
second answer of the name's server (DNS rebinding) has no effect. No redirect is followed, no proxy of the environment
is used, certificates are verified for the name.
"""

from fiapx_common.outbound.addresses import is_public
from fiapx_common.outbound.connecting import GuardedConnecting, TargetForbidden
from fiapx_common.outbound.posting import Answer, Limits, Poster, TargetFailed
from fiapx_common.outbound.targets import Target, TargetRules, read_target

__all__ = [
    "Answer",
    "GuardedConnecting",
    "Limits",
    "Poster",
    "Target",
    "TargetFailed",
    "TargetForbidden",
    "TargetRules",
    "is_public",
    "read_target",
]
