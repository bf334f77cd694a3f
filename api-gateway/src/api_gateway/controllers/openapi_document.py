"""The OpenAPI 3.1 document: what FastAPI knows, and what it cannot know."""

from typing import Any, Final

from fastapi import FastAPI
from fiapx_common.http.problem import Problem
from fiapx_models.options import Options
from pydantic import BaseModel

from api_gateway.controllers.export_example import EXAMPLE, VIDEO
from api_gateway.controllers.openapi_examples import add_examples
from api_gateway.controllers.session_cookies import ACCESS_COOKIE
from api_gateway.controllers.validators import tell_validators

_REFERENCE: Final = "#/components/schemas/{model}"
_EXAMPLES: Final = {"ExportDto": EXAMPLE, "VideoDto": VIDEO}
"""With nulls in them, which FastAPI would leave out."""


class GatewayApp(FastAPI):
    """FastAPI with the schemas that our problems and forms refer to."""

    def openapi(self) -> dict[str, Any]:
        """The document."""
        fresh = self.openapi_schema is None
        document: dict[str, Any] = super().openapi()
        if fresh:
            for model in (Problem, Options):
                document["components"]["schemas"].update(_schemas(model))
            _name_the_cookie(document)
            tell_validators(document)
            for name, example in _EXAMPLES.items():
                document["components"]["schemas"][name]["examples"] = [example]
            add_examples(document)
        return document


def _name_the_cookie(document: dict[str, Any]) -> None:
    """Whoever may read by the access token may read by the browser's cookie; it changes nothing."""
    schemes = document["components"]["securitySchemes"]
    schemes["accessCookie"] = {"type": "apiKey", "in": "cookie", "name": ACCESS_COOKIE}
    for path in document["paths"].values():
        if "security" in path.get("get", {}):
            path["get"]["security"].append({"accessCookie": []})


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    """A model and those within it, as components."""
    schema = model.model_json_schema(ref_template=_REFERENCE)
    inner: dict[str, Any] = schema.pop("$defs", {})
    return inner | {model.__name__: schema}
