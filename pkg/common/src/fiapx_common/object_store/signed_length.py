"""An address that is good for a body of one length: minio's, signed once more with `content-length` in it.

minio signs the host alone. The signature is that of AWS's "Authenticating Requests: Using Query Parameters (AWS
Signature Version 4)"; a store computes it over the length that really comes, so that a body of another one is refused.
"""

import hashlib
import hmac
from functools import reduce
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from fiapx_common.settings import StoreSettings

_SIGNED_HEADERS: Final = "content-length;host"


def with_signed_length(url: str, length_bytes: int, settings: StoreSettings) -> str:
    """The presigned PUT `url`, good for exactly `length_bytes`. Who uses it must send them with `Content-Length`."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    del query["X-Amz-Signature"]
    query["X-Amz-SignedHeaders"] = _SIGNED_HEADERS
    canonical_query = urlencode(sorted(query.items()), quote_via=quote, safe="-_.~")
    canonical_headers = f"content-length:{length_bytes}\nhost:{parts.netloc}\n"
    request = f"PUT\n{parts.path}\n{canonical_query}\n{canonical_headers}\n{_SIGNED_HEADERS}\nUNSIGNED-PAYLOAD"
    _, scope = query["X-Amz-Credential"].split("/", 1)
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = "\n".join([query["X-Amz-Algorithm"], query["X-Amz-Date"], scope, digest])
    secret = b"AWS4" + settings.secret_key.get_secret_value().encode()
    signature = reduce(_hmac, [*scope.split("/"), to_sign], secret).hex()
    return urlunsplit(parts._replace(query=f"{canonical_query}&X-Amz-Signature={signature}"))


def _hmac(key: bytes, message: str) -> bytes:
    return hmac.digest(key, message.encode(), "sha256")
