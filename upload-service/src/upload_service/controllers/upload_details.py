"""Reads what a client said about its file."""

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.http.problem import fields_of
from fiapx_models.options import read_options
from fiapx_proto.upload.v1.upload_pb2 import UploadDetails
from pydantic import ValidationError

from upload_service.entities.details import Details, lawful_external_id, lawful_metadata, lawful_tags

_EXAMPLE = '{"preset": "legacy"}'
_OPTIONS_CHARACTERS = 256 << 10


def read_details(before: UploadDetails, after: UploadDetails | None = None) -> Details:
    """Details from the form's fields before the file and those after it, which win.

    Raises:
        Invalid: says which field is wrong and why.
    """
    said = UploadDetails()
    said.CopyFrom(before)
    if after is not None:
        if after.tags:
            said.ClearField("tags")
        said.MergeFrom(after)
    return Details(
        options_json=_read_options(said.options_json),
        external_id=lawful_external_id(said.external_id),
        metadata_json=lawful_metadata(said.metadata_json),
        tags=lawful_tags(said.tags),
    )


def _read_options(text: str) -> str:
    """The canonical form of the options."""
    if len(text) > _OPTIONS_CHARACTERS:
        raise _invalid_options([FieldError("options", f"must have at most {_OPTIONS_CHARACTERS} characters")])
    try:
        return read_options(text).canonical_json()
    except ValidationError as error:
        found = [{**one, "loc": _as_written(one["loc"])} for one in error.errors()]
        raise _invalid_options(fields_of(found, "options")) from error
    except ValueError as error:
        raise _invalid_options([FieldError("options", f"must be JSON, such as {_EXAMPLE}: {error}")]) from error


def _as_written(path: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The path as the client wrote it: pydantic puts the rule's name behind `sampling`."""
    return (*path[:1], *path[2:]) if path[:1] == ("sampling",) else path


def _invalid_options(fields: list[FieldError]) -> Invalid:
    return Invalid("invalid_options", "The options are not as they should be.", fields)
