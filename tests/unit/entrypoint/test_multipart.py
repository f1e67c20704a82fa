"""Forms with files: every byte of a file arrives, and what is no form is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.entrypoint.http.multipart import is_multipart, multipart_of

TYPE = "multipart/form-data; boundary=----b"


def body(*parts: tuple[str, bytes], end: bytes = b"------b--\r\n") -> bytes:
    """Return parts, each with the parameters of its Content-Disposition, as a browser sends them."""
    heads = (
        b"------b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + text for head, text in parts
    )
    return b"\r\n".join([*heads, end])


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=1, max_size=200).filter(lambda raw: b"------b" not in raw))
def test_every_byte_of_a_file_arrives(raw: bytes) -> None:
    form = multipart_of(TYPE, body(('name="file"; filename="a.csv"', raw), ('name="kind"', b"lines")), 10)

    assert (form.files, form.fields) == ({"file": raw}, {"kind": ["lines"]})


def test_fields_keep_their_order_and_a_file_that_was_not_chosen_is_none() -> None:
    parts = (('name="x"', "Köln\r\n2".encode()), ('name="x"', b""), ('name="file"; filename=""', b""))

    form = multipart_of(TYPE, body(*parts), 10)

    assert (form.fields, form.files) == ({"x": ["Köln\r\n2", ""]}, {})


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (TYPE, b""),
        (TYPE, b"kind=lines"),
        (TYPE, body(('name="a"', b"1"), end=b"")),
        ("multipart/form-data", body(('name="a"', b"1"))),
        (TYPE, body(('nome="a"', b"1"))),
        (TYPE, body(('name="a"', b"\xff"))),
        (TYPE, body(*[('name="a"', b"1")] * 11)),
        (TYPE, body(('name="a"\r\nContent-Type: multipart/mixed; boundary=c', b"--c\r\n\r\nx\r\n--c--"))),
        (TYPE, body(('name="a"\r\nContent-Type: message/rfc822', b"Content-Type: message/rfc822\r\n\r\n" * 2000))),
    ],
)
def test_what_is_no_form_is_refused(kind: str, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"form|utf-8"):
        multipart_of(kind, raw, 10)


def test_only_forms_with_files_are_such_forms() -> None:
    assert is_multipart("Multipart/Form-Data; boundary=x")
    assert not is_multipart("application/x-www-form-urlencoded")
