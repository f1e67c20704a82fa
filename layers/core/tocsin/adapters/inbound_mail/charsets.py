"""Decodes octets by a charset label, as browsers know the labels (WHATWG Encoding Standard)."""

from __future__ import annotations

import re

import webencodings

_FURTHER = re.compile(r"utf-?(?:16|32)|iso-?8859-?\d{1,2}|latin-?\d|cp(?:437|850|852)|hz-gb-2312|iso-2022-kr")
"""Charsets of mail programs that the standard does not name. Of the others in Python, `idna` takes quadratic time."""

_SUPERSETS = {"gbk": "gb18030", "gb2312": "gb18030"}


def decoded(octets: bytes, charset: str | None) -> str:
    """Decode as declared; a charset that is missing, unknown or wrong is taken for UTF-8, then for Windows-1252."""
    for name in (*_codecs((charset or "utf-8").strip().lower()), "utf-8", "cp1252"):
        try:
            return octets.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return octets.decode("utf-8", "replace")


def _codecs(label: str) -> tuple[str, ...]:
    if label.endswith("ascii"):
        return ("utf-8", "cp1252")  # what declares ASCII and is none is UTF-8 more often
    if _FURTHER.fullmatch(label) and (label.startswith("utf") or webencodings.lookup(label) is None):
        return (label,)
    encoding = webencodings.lookup(label)
    if encoding is None or encoding.name in ("replacement", "x-user-defined"):
        return (label,) if _FURTHER.fullmatch(label) else ()
    if encoding.name == "windows-1252":
        return ("cp1252", "iso-8859-1")
    name = str(encoding.codec_info.name)
    return (_SUPERSETS.get(name, name),)
