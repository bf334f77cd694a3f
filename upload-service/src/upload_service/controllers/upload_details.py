"""Reads what a client said about its file."""

from fiapx_common.json_fields import read_json_field
from fiapx_models.options import EXAMPLE_JSON, as_written, read_options
from fiapx_proto.upload.v1.upload_pb2 import UploadDetails

from upload_service.entities.details import Details, lawful_external_id, lawful_metadata, lawful_tags


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
        options_json=canonical_options(said.options_json),
        external_id=lawful_external_id(said.external_id),
        metadata_json=lawful_metadata(said.metadata_json),
        tags=lawful_tags(said.tags),
    )


def canonical_options(text: str) -> str:
    """Options as they are kept; empty text means the defaults. Raises Invalid: says which field is wrong and why."""
    return read_json_field("options", text, read_options, EXAMPLE_JSON, as_written).canonical_json()
