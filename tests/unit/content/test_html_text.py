"""AH-91: what a person wrote in an HTML mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.html_text import html_texts


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>On my way</p>", "On my way"),
        ("<div>One<br>two</div><div>three</div>", "One\ntwo\n\nthree"),
        ("a &amp; b &lt;3 &eacute;&nbsp;!", "a & b <3 é !"),
        ("<html><head><title>T</title><style>p{}</style></head><body>Yes<script>no()</script></body></html>", "Yes"),
        ('Yes<div class="gmail_quote">On Monday Alerts wrote:<blockquote>Come</blockquote></div>', "Yes"),
        ('Yes<hr><div id="divRplyFwdMsg">From: Alerts</div><div>Come</div>', "Yes"),
        ("Above<blockquote>Come<blockquote>deeper</blockquote></blockquote>below", "Above\n\nbelow"),
        ("<p>never closed", "never closed"),
        ("Yes</blockquote></p>", "Yes"),
        ("<blockquote>Come", "Come"),
        ('<div class="gmail_quote"><blockquote>Come</blockquote></div><div>I can go</div>', "I can go"),
        ('<div>Yes<hr><div id="divRplyFwdMsg">From: Alerts</div><div>Come</div></div>PS: at ten', "Yes\n\nPS: at ten"),
        ("<html><head><meta charset=utf-8><title>T</title><body>Yes, going</body></html>", "Yes, going"),
        ("<html><head>Yes, going</head><body></body></html>", "Yes, going"),
        ("<div style='display: none'>no</div><p hidden>nor this</p>Yes", "Yes"),
        ("<svg><g></p>no</svg>Yes", "Yes"),
        ("", ""),
    ],
)
def test_ah_91_text_of_html(html: str, text: str) -> None:
    own, whole = html_texts(html)
    assert (own or whole) == text


@given(st.text(alphabet="<>/!-[]&;#=\"'abp \n", max_size=300))
def test_no_document_is_too_odd(html: str) -> None:
    html_texts(html)
