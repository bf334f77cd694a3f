"""Codes are found in every way in which our sources write them."""

from pathlib import Path

import pytest
from fiapx_testing.raised_codes import RaisedCode, raised_codes

PLAIN = 'raise NotFound("plain", "Not here.")'
WITH_FIGURES = 'raise Conflict("figures", f"{n} of them.")'
OWN_CLASS = """
class Away(Unavailable):
    def __init__(self) -> None:
        super().__init__("own_class", "Away.")
"""
CODE_TAKER = """
class FormWrong(Invalid):
    def __init__(self, code, field):
        super().__init__(code, f"{field} is wrong")
class NoFile(FormWrong):
    def __init__(self):
        super().__init__("of_a_subclass", "video")
raise FormWrong("handed_in", "video")
"""
OF_FIELDS = """
def _invalid(field, message):
    return Invalid(f"invalid_{field}", message)
def public(field):
    raise _invalid(field, "is wrong")
for name, value in (("looped", 1), ("looped_too", 2)):
    raise _invalid(name, "is wrong")
raise _invalid(f"rows.{number}", "is wrong")
public("far")
"""
STATUS = "raise HTTPException(HTTPStatus.REQUEST_TIMEOUT)"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (PLAIN, {RaisedCode("plain", 404, "Not here.")}),
        (WITH_FIGURES, {RaisedCode("figures", 409, None)}),
        (OWN_CLASS, {RaisedCode("own_class", 503, "Away.")}),
        (CODE_TAKER, {RaisedCode("of_a_subclass", 422, None), RaisedCode("handed_in", 422, None)}),
        (
            OF_FIELDS,
            {RaisedCode(f"invalid_{field}", 422, None) for field in ("looped", "looped_too", "rows", "far")},
        ),
        (STATUS, {RaisedCode("http_408", 408, None)}),
        ('raise Refused("nobody_answers", "No.")', {RaisedCode("nobody_answers", None, "No.")}),
        ("raise Invalid(error.code, error.detail)", set()),
        ('raise ValueError("no code", "of ours")', set()),
    ],
)
def test_codes_are_found_with_their_status_and_sentence(source: str, expected: set[RaisedCode], tmp_path: Path) -> None:
    file = tmp_path / "source.py"
    file.write_text(source)
    assert raised_codes([file]) == expected
