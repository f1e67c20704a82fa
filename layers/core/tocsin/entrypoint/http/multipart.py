"""Forms with files (`multipart/form-data`, RFC 7578), read by the standard library's parser of mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser


@dataclass(frozen=True, slots=True)
class MultipartForm:
    """Every value of every text field, and the last file of each field, as its bytes."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def is_multipart(content_type: str) -> bool:
    """Whether a body is such a form."""
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


def multipart_of(content_type: str, raw: bytes, most_fields: int) -> MultipartForm:
    """Return a form. A field for a file that was not chosen is in neither list.

    Args:
        content_type: the header, with the boundary.

    Raises:
        ValueError: the body is no such form, or has more fields.
    """
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    try:
        message: Message = BytesParser().parsebytes(head + raw)
    except RecursionError:
        raise ValueError("the form has forms within forms") from None
    parts = message.get_payload() if message.is_multipart() else None
    if not isinstance(parts, list) or message.defects:
        raise ValueError("the body is no form")
    if len(parts) > most_fields:
        raise ValueError("the form has too many fields")
    fields: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    for part in parts:
        assert isinstance(part, Message)
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise ValueError("a part of the form has no name")
        if part.get_param("filename", header="content-disposition") is None:
            fields.setdefault(name, []).append(content.decode("utf-8"))
        elif content:
            files[name] = content
    return MultipartForm(fields, files)
