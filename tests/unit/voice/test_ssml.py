"""SSML needs `<speak>`, has no DTD, and the tags of the speech engine only (voice, section 8; decided 7.18)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.voice.domain.ssml import spoken, written
from tocsin.voice.domain.unusable import UnusableSpeech

GOOD = {
    "<speak>The gate is open.</speak>": "The gate is open.",
    "<speak>Gate <break time='1s'/>three</speak>": "Gate three",
    '<?xml version="1.0"?><speak version="1.1"><p><s>Go</s></p></speak>': "Go",
    '<speak><prosody rate="slow">Go <emphasis>now</emphasis></prosody></speak>': "Go now",
    '<speak><say-as interpret-as="digits">112</say-as> &amp; <sub alias="x">y</sub></speak>': "112 & y",
    '<speak><amazon:effect name="drc"><lang xml:lang="fr-FR">Allez</lang></amazon:effect></speak>': "Allez",
    '<speak><w role="amazon:VB">read</w><phoneme alphabet="ipa" ph="x">z</phoneme><!-- no --></speak>': "readz",
}


@pytest.mark.parametrize(("document", "words"), GOOD.items())
def test_the_tags_of_the_speech_engine_are_read(document: str, words: str) -> None:
    assert spoken(document) == words


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("The gate is open.", "well-formed"),
        ("", "well-formed"),
        ("<p>Go</p>", "must begin with `<speak>`"),
        ("<speak>Go", "well-formed"),
        ("<speak>Go</speak><speak>Go</speak>", "well-formed"),
        ("<speak>Tom & Ana</speak>", "well-formed"),
        ("<speak>&nbsp;</speak>", "undefined entity"),
        ("<speak><speak>Go</speak></speak>", "within another"),
        ("<speak><audio src='https://x.example/a.mp3'/></speak>", "`<audio>`"),
        ("<speak><mark name='a'/>Go</speak>", "`<mark>`"),
        ("<speak><voice name='Ivy'>Go</voice></speak>", "no voice reads"),
        ("<speak><script>1</script></speak>", "no voice reads"),
        ("<SPEAK>Go</SPEAK>", "must begin with `<speak>`"),
        ("<!DOCTYPE speak><speak>Go</speak>", "DOCTYPE"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><speak>&a;</speak>', "DOCTYPE"),
        ("<speak>\x01</speak>", "well-formed"),
    ],
)
def test_any_other_document_is_refused_with_the_reason(document: str, why: str) -> None:
    with pytest.raises(UnusableSpeech, match=why) as caught:
        spoken(document)
    assert caught.value.code == "BAD_SSML"


def test_entities_that_multiply_are_refused_before_they_do() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 20))
    with pytest.raises(UnusableSpeech, match="DOCTYPE"):
        spoken(f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><speak>&e19;</speak>')


def test_a_fault_says_where() -> None:
    with pytest.raises(UnusableSpeech, match="line 2, column 5"):
        spoken("<speak>\nGo <</speak>")


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_a_value_brings_no_tag_and_ends_no_attribute(value: str) -> None:
    value = value.encode("utf-8", "ignore").decode()
    told = spoken(f'<speak><sub alias="{written(value)}">{written(value)}</sub></speak>')
    # A parser turns every line end into one (XML 1.0, 2.11).
    kept = "".join(c for c in value if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert told == kept.replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=60)
@given(st.text("<>/&;!-?[]'\"= speakmrd\n", max_size=120))
def test_whatever_is_given_is_words_or_a_fault(document: str) -> None:
    for each in (document, f"<speak>{document}</speak>"):
        with suppress(UnusableSpeech):
            assert isinstance(spoken(each), str)
