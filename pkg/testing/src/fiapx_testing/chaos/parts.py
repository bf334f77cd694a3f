"""A file that goes to the store in parts, past the gateway."""

from typing import Any, Final
from uuid import UUID

import httpx
from fiapx import Client, ProblemError, Unreachable
from fiapx.errors import problem_of

_TIMEOUT_S: Final = 30.0


class UploadInParts:
    """One upload, which goes on where it was each time that it is tried again."""

    def __init__(self, client: Client, gateway_url: str, file: bytes, facts: dict[str, Any], key: UUID) -> None:
        """`facts`: what `POST /uploads` is told beside the size; `key`: by which it is known for the same upload."""
        self._client = client
        self._url = f"{gateway_url}/api/v1/uploads"
        self._file = file
        self._facts = facts
        self._key = key

    def go_on(self) -> UUID:
        """Sends what the store does not have yet and completes; answers the video's id. Raises ClientError."""
        upload = self._ask(
            "POST",
            headers={"Idempotency-Key": f'"{self._key}"'},
            json={**self._facts, "size_bytes": len(self._file)},
        )
        for number in self._missing(upload):
            self._send(upload, number)
        return UUID(self._ask("POST", f"/{upload['id']}/complete")["id"])

    def _missing(self, upload: dict[str, Any]) -> list[int]:
        try:
            kept = self._ask("GET", f"/{upload['id']}")["parts"]
        except ProblemError as problem:
            if problem.code != "upload_completed":
                raise
            return []
        return sorted({*range(1, upload["part_count"] + 1)} - {part["part_number"] for part in kept})

    def _send(self, upload: dict[str, Any], number: int) -> None:
        (part,) = self._ask("POST", f"/{upload['id']}/parts", json={"part_numbers": [number]})["parts"]
        size = upload["part_size_bytes"]
        try:
            answer = httpx.put(part["url"], content=self._file[(number - 1) * size : number * size], timeout=_TIMEOUT_S)
        except httpx.TransportError as error:
            raise Unreachable(f"the store did not answer: {error!r}") from error
        if not answer.is_success:
            raise Unreachable(f"the store answered {answer.status_code}: {answer.text[:200]}")

    def _ask(
        self, method: str, path: str = "", *, headers: dict[str, str] | None = None, **body: Any
    ) -> dict[str, Any]:
        credentials = {"Authorization": f"Bearer {self._client.access_token}"}
        try:
            answer = httpx.request(
                method, self._url + path, headers={**credentials, **(headers or {})}, timeout=_TIMEOUT_S, **body
            )
        except httpx.TransportError as error:
            raise Unreachable(f"{method} {path} got no answer: {error!r}") from error
        if answer.is_error:
            raise problem_of(answer)
        told: dict[str, Any] = answer.json()
        return told
