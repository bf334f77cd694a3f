"""The way to a list's next page, as a header."""

from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

LINK_HEADER: Final[dict[str, Any]] = {
    "Link": {
        "description": "The next page (RFC 8288); absent on the last one.",
        "schema": {"type": "string"},
        "example": '</api/v1/videos?limit=50&cursor=Zm9v>; rel="next"',
    }
}


class NextPage:
    """Tells it in the answer to one request."""

    def __init__(self, request: Request, response: Response) -> None:
        self._url = request.url
        self._headers = response.headers

    def tell(self, cursor: str | None) -> None:
        """`Link` with the same question from the cursor on, relative, since a proxy may have changed the host."""
        if cursor is not None:
            following = self._url.include_query_params(cursor=cursor)
            self._headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'


ToNextPage = Annotated[NextPage, Depends(NextPage)]
