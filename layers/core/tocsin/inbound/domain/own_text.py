"""What a person wrote in a mail: everything but what it quotes, signatures, and what devices add of themselves.

    Yes, I go.                          kept
    Sent from my iPhone                 dropped at the end of a text
    On …, Alerts <a@…> wrote:           an attribution: some lines that end in ":" and hold a date or an address
    > Who can go?                       quoted
    Ana can, too.                       kept: an answer between or below quoted lines
    -- , or a block of headers          what follows is a signature, or the original as it is

Shape decides, not language; what shape leaves open is decided by words (`quote_words`). Too much text is a
small fault, lost text is not acceptable: if nothing would be left of a mail, the whole of it is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.inbound.domain.quote_words import DEVICES, HEADERS, ORIGINAL, SENT_FROM, SENT_FROM_ENDS, WROTE

_QUOTED = re.compile(r"\s*(?:[A-Z]{0,3}>|\|(?:\s|$))")
_DATE = re.compile(r"(?<!\d)(?:(?:19|20|25)\d\d|[٠-٩۰-۹]{4})(?!\d)|(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2}(?!\d)")
_ADDRESS = re.compile(r"[^\s<>\"'()\[\]@]{1,64}@[^\s<>\"'()\[\]@]{1,255}\.\w")
_IN_BRACKETS = re.compile(rf"(?:<|&lt;|\[|\()\s?(?:mailto:)?{_ADDRESS.pattern}")
_WORD = re.compile(r"[^\W\d_]+")
_ENDS = re.compile(r"[:：][\s*_\"”»]*$")
_GMAIL = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d \S")
_TITLE = re.compile(r"[\s*_>]*+(-{2,}+)?\s*+(\w.{1,60}?)\s*+(?::\s*+)?(?:(?(1)-{2,}|[*_]*$))")
_WORD_FIRST = re.compile(r"\w.")
_HEADER = re.compile(r"[\s*_]*([^\W\d_][\w .'’-]{0,24}?)[\s*_\u200e]*[:：]")
_RULE = re.compile(r"[\s*_=~#+.ᐧ-]*$")
_FOOTER = re.compile(r"\s*_{10,}\s*$")
_SIGNATURE = re.compile(r"\s*--\s*$")
_SENT_FROM_MINE = re.compile(r"sent from my(?: [^\s,]+){1,3}\W*")
_LINK_OR_BRACKET = re.compile(r"\(?https?://\S*|[\[\]<>()]")
_LONGEST_ADDED = 120
_LONGEST_MARK = 400


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a quote begins: the line after the mark, and whether the lines of the quote begin with ">"."""

    end: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class OwnText:
    """What the person wrote in a text.

    Attributes:
        text: the person's own text; the whole text if nothing of it seems to be the person's.
        trimmed: False: nothing of it seems to be the person's.
        whole: nothing but blanks was omitted.
    """

    text: str = ""
    trimmed: bool = True
    whole: bool = True


def trimmed(text: str) -> OwnText:
    """Return what the person wrote. A text that is not blank never comes to nothing."""
    own, whole = _own(text), text.strip()
    return OwnText(own or whole, trimmed=bool(own or not whole), whole=(own or whole) == _unix(whole))


def _own(text: str) -> str:
    """Return the person's own text; of a forwarded mail without any, what is forwarded; else ""."""
    lines = _unix(text).split("\n")
    kept: list[str] = []
    number, signed = 0, False
    while number < len(lines):
        line = lines[number]
        quoted = bool(_QUOTED.match(line))
        mark = None if quoted else _mark_at(lines, number)
        if quoted or mark:
            kept, signed = _without_additions(kept), False
        if mark:
            if kept and not mark.marked:
                break  # the original follows as it is; with nothing above it, it is a forwarded mail
            number = mark.end
            continue
        if _SIGNATURE.match(line) or (_FOOTER.match(line) and _is_footer(lines[number + 1 : number + 16])):
            signed = True
        elif not (quoted or signed):
            kept.append(line)
        number += 1
    return "\n".join(_without_additions(kept)).strip()


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_additions(lines: Sequence[str]) -> list[str]:
    """Return the lines without blank ones, rules, and what devices add, at the ends."""
    first, last = 0, len(lines)
    while first < last and _RULE.match(lines[first]):
        first += 1
    while last > first and (_RULE.match(lines[last - 1]) or _is_added(lines[last - 1])):
        last -= 1
    return list(lines[first:last])


def _is_added(line: str) -> bool:
    """Whether a device or a mail program added the line; "Sent from my desk, it is quicker" was a person."""
    if len(line) > _LONGEST_ADDED:
        return False
    bare = " ".join(_LINK_OR_BRACKET.sub(" ", line.casefold()).split())
    if _SENT_FROM_MINE.fullmatch(bare):
        return True
    if bare.rstrip(".").endswith(SENT_FROM_ENDS) and any(device in bare for device in DEVICES):
        return bare.count(" ") <= 10
    begins = next((words for words in SENT_FROM if bare.startswith(words)), None)
    words = re.findall(r"[\w-]+", re.split(r"[,.]", bare[len(begins) :])[0]) if begins else []
    places = [place for place, word in enumerate(words) if word.startswith(DEVICES)]
    return bool(places) and places[0] <= 4 and len(words) - places[-1] <= 2


def _is_footer(rest: Sequence[str]) -> bool:
    """Whether below a line of underscores stands what lists and gateways add: there is an address of something."""
    return any("://" in line or _ADDRESS.search(line[:_LONGEST_MARK]) for line in rest)


def _mark_at(lines: Sequence[str], number: int) -> _Mark | None:
    """Return the mark that begins at this line."""
    line = lines[number]
    if not line.strip() or len(line) > _LONGEST_MARK:
        return None
    below = _next_text(lines, number + 1)
    title = _TITLE.match(line)
    if title and title[2].casefold() in ORIGINAL:
        end = _after_headers(lines, below, after_mark=True)
        if end or title[1]:
            return _Mark(end or number + 1)
    if _is_between_dashes(line):
        end = _after_headers(lines, below)
        if end or (_DATE.search(line) and _ADDRESS.search(line)):
            return _Mark(end or number + 1)
    ruled = len(line.strip()) >= 5 and _RULE.match(line) is not None
    if end := _after_headers(lines, below if ruled else number, after_mark=ruled):
        return _Mark(end)
    return None if ruled else _attribution(lines, number)


def _next_text(lines: Sequence[str], number: int) -> int:
    """Return the first of three lines that is not blank, else the first."""
    return next((n for n in range(number, min(number + 3, len(lines))) if lines[n].strip()), number)


def _after_headers(lines: Sequence[str], number: int, *, after_mark: bool = False) -> int | None:
    """Return the line after the block of header lines (From, Sent, To, Subject) that begins here, None if none does.

    People write lines like "From: gate 4", too. So a block has two lines with known names and an address, or three and
    a date; or, in any language, three lines, an address at the top and a date. Below a mark, known names do.
    """
    known = named = 0
    address = on_top = date = False
    end = number
    for at in range(number, min(number + 12, len(lines))):
        line = lines[at][:_LONGEST_MARK]
        header = _HEADER.match(line)
        if header is None:
            if named and line.strip() and at + 1 < len(lines) and _HEADER.match(lines[at + 1][:_LONGEST_MARK]):
                continue  # a long subject or list of receivers goes on
            break
        named, end = named + 1, at + 1
        known += header[1].casefold() in HEADERS
        date = date or _DATE.search(line) is not None
        if _ADDRESS.search(line):
            address, on_top = True, on_top or named <= 2
    told = known >= 2 and (address or after_mark)
    return end if told or (known >= 3 and date) or (named >= 3 and on_top and date) else None


def _attribution(lines: Sequence[str], number: int) -> _Mark | None:
    """Return the attribution that begins at this line: "On … <a@…> wrote:", whatever its language and breaks."""
    first = lines[number]
    if not (_DATE.search(first) or _ADDRESS.search(first) or _wrote(first)):
        return None
    without_end = _Mark(number + 1) if _GMAIL.match(first.strip()) else None
    for end in range(number + 1, min(number + 6, len(lines)) + 1):
        if not lines[end - 1].strip():
            if not lines[_next_text(lines, end - 1)].lstrip().startswith("<"):
                break
            continue  # text that was HTML: the address stands on lines of its own
        joined = " ".join(line.strip() for line in lines[number:end])
        if len(joined) > _LONGEST_MARK:
            break
        marked = end < len(lines) and _QUOTED.match(lines[_next_text(lines, end)]) is not None
        if not _attributes(joined, marked) or any(
            _is_whole(" ".join(lines[later:end]), first) for later in range(number + 1, end)
        ):
            continue
        if _ENDS.search(joined):
            return _Mark(end, marked)
        without_end = without_end or _Mark(end, marked)
    return without_end


def _attributes(text: str, marked: bool) -> bool:
    date, address, wrote = _DATE.search(text), _ADDRESS.search(text), _wrote(text)
    if not _ENDS.search(text):
        return bool(marked and date and address)
    if marked:
        return bool(date or address or wrote)
    bracketed = _IN_BRACKETS.search(text)
    return bool((date and (bracketed or wrote)) or (bracketed and wrote))


def _wrote(text: str) -> bool:
    return not WROTE.isdisjoint(_WORD.findall(text.casefold()))


def _is_whole(text: str, above: str) -> bool:
    """Whether an attribution is whole without the line above it, which is then the person's own."""
    address, wrote = _ADDRESS.search(text), _wrote(text)
    if _DATE.search(text):
        return bool(address or wrote)
    return bool(address and wrote) and (not _DATE.search(above) or above.rstrip().endswith((".", "!", "?")))


def _is_between_dashes(line: str) -> bool:
    """Whether a line is a title like `---- Original message ----`."""
    plain = line.strip().strip("*_")
    return plain[:3] == plain[-3:] == "---" and _WORD_FIRST.match(plain.strip("-").strip()) is not None
