"""Fields of voice alerts: the voice, and the IVR dialogue with the receiver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from tocsin.alerts.domain.elements import PromptSource
from tocsin.entrypoint.alert_body import limits
from tocsin.entrypoint.alert_body.receivers import StoredRef, store_ref
from tocsin.entrypoint.alert_body.words import Digits, Encoding, Form, audio_fault, decoded, text_fault, unbroken
from tocsin.entrypoint.http.wire import WireModel, by_kind, kind_faults, mistake, one_of, set_in
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.voice.domain.recording import AudioForm
from tocsin.voice.domain.script import Replay, Script, Simple
from tocsin.voice.domain.speech import SpeechOptions, unknown_language
from tocsin.voice.domain.voices import LANGUAGES, Gender, choose

VoiceFormat = Literal["mp3", "wav", "aiff", "tts"]
RECORDED = tuple(form.value for form in AudioForm)
IVR_TYPES = ("simple", "replay")
REPLAY_TAGS = ("pre", "post", "done")
"""Prompts that a replay dialogue plays around the main message."""

_DEFAULT_DIGITS = {"ivrSayAgainDigits": "1", "ivrAmOkDigits": "2", "ivrAmNotOkDigits": "*"}


def _spoken(language: str) -> str:
    if choose(language, Gender.NEUTRAL) is None:
        mistake("NOT_ALLOWED", unknown_language())
    return language


class TextToSpeech(WireModel):
    """How a text is read out."""

    language: Annotated[
        str,
        Form(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "be a language tag like en-GB"),
        AfterValidator(_spoken),
        Field(
            max_length=35,
            description=f"BCP 47 language tag, in any case: {', '.join(LANGUAGES)}. Another region of "
            "a language has the first voice of that language, and a warning",
        ),
    ] = "en-GB"
    gender: Annotated[
        Literal["MALE", "FEMALE", "NEUTRAL"],
        Field(description="a language without such a voice is read out by its other voice, with a warning"),
    ] = "FEMALE"
    enhanced_tts: Annotated[bool, Field(alias="enhancedTts", description="the content is SSML, `<speak>…</speak>`")] = (
        False
    )


def speech_options(voice_format: VoiceFormat | None, tts: TextToSpeech | None) -> SpeechOptions:
    """Return how inline content is said."""
    form = None if voice_format in (None, "tts") else AudioForm(voice_format)
    if tts is None:
        return SpeechOptions(form)
    return SpeechOptions(form, tts.language, Gender(tts.gender), tts.enhanced_tts)


def voice_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield the faults between content, voiceFormat and tts. Beside stored content they are ignored, see `ignored`."""
    if raw.get("content") is not None and raw.get("voiceFormat") is None:
        yield Fault("/voiceFormat", "REQUIRED", "is required with `content`: one of `mp3`, `wav`, `aiff`, `tts`")
    without_format = raw.get("voiceFormat") is None and set_in(raw, "storedContent")
    if raw.get("tts") is not None and raw.get("voiceFormat") != "tts" and not without_format:
        yield Fault("/tts", "CONFLICT", "only goes with `voiceFormat` `tts`")
    yield from content_faults(raw)


def ignored(given: WireModel, pointer: str = "") -> Iterable[Warned]:
    """Yield what says how stored content is spoken: the store itself says it."""
    if getattr(given, "stored_content", None) is None:
        return
    for name, alias in (("content_encoding", "contentEncoding"), ("voice_format", "voiceFormat"), ("tts", "tts")):
        if getattr(given, name) is not None:
            message = "has no effect beside `storedContent`, which was stored with its own"
            yield Warned(f"{pointer}/{alias}", WarningCode.IGNORED, message)


def content_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield the faults of spoken inline content."""
    if raw.get("voiceFormat") in RECORDED:
        fault = audio_fault(raw.get("content"), raw.get("contentEncoding"))
    else:
        fault = text_fault(raw.get("content"), raw.get("contentEncoding"))
    if fault:
        yield fault


class AdditionalContent(WireModel):
    """A prompt that is played around the main message."""

    content_tag: Annotated[
        Literal["pre", "post", "done"], Field(description="when it is played: before, after, at the end")
    ]
    content: str | None = None
    stored_content: Annotated[StoredRef | None, Field(description="a store of type call; this or `content`")] = None
    content_encoding: Encoding | None = None
    voice_format: VoiceFormat | None = None
    tts: TextToSpeech | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Content or a store; with content, say how it is written and spoken."""
        yield from one_of(raw, "content", "storedContent")
        if raw.get("content") is not None and raw.get("contentEncoding") is None:
            yield Fault("/contentEncoding", "REQUIRED", "is required with `content`: `base64` or `utf8`")
        yield from voice_faults(raw)

    def source(self, pointer: str) -> PromptSource:
        """Return the prompt as the use case takes it."""
        if self.content is None:
            return PromptSource(pointer, stored=store_ref(self.stored_content))
        said = spoken_content(self.content, self.content_encoding, self.voice_format)
        return PromptSource(pointer, said, speech_options(self.voice_format, self.tts))


def spoken_content(content: str, encoding: Encoding | None, voice_format: VoiceFormat | None) -> str:
    """Return inline content: text to read out, or recorded voice in base64."""
    return unbroken(content) if voice_format in RECORDED else decoded(content, encoding)


class SimpleIvr(WireModel):
    """Play the message; the call succeeds when it is answered, or as the options say."""

    ivr_type: Literal["simple"] = "simple"
    ivr_attempts: Annotated[int, Field(ge=1, le=limits.IVR_ATTEMPTS, description="calls until success")] = 1
    ivr_require_full_play: Annotated[
        bool,
        Field(
            description="success only if all was played. No key ends the message then; a key that is pressed while it "
            "plays is lost if the receiver hangs up before its end"
        ),
    ] = False
    ivr_require_response: Annotated[
        bool, Field(description="success only if a key was pressed. Without it, voicemail counts as reached")
    ] = False

    def script(self) -> Script:
        """Return the dialogue as the use case takes it."""
        return Simple(self.ivr_require_full_play, self.ivr_require_response)


class ReplayIvr(WireModel):
    """Play the message again on request, and ask whether all is well."""

    ivr_type: Literal["replay"]
    ivr_attempts: Annotated[int, Field(ge=1, le=limits.IVR_ATTEMPTS, description="calls until success")] = 1
    ivr_say_again_digits: Annotated[Digits, Field(description="keys that play it again")] = "1"
    ivr_am_ok_digits: Annotated[Digits, Field(description="keys that acknowledge: `recipientOk`")] = "2"
    ivr_am_not_ok_digits: Annotated[
        Digits,
        Field(
            description="keys that answer and acknowledge nothing: `recipientNotOk`; your `post` says what they mean"
        ),
    ] = "*"
    ivr_digits_stop_play: Annotated[bool, Field(description="a key stops what is being played")] = False
    ivr_repeat_pre_prompt: Annotated[bool, Field(description="play `pre` again too")] = False

    def script(self) -> Script:
        """Return the dialogue as the use case takes it."""
        return Replay(
            say_again=self.ivr_say_again_digits,
            ok=self.ivr_am_ok_digits,
            not_ok=self.ivr_am_not_ok_digits,
            barge_in=self.ivr_digits_stop_play,
            repeat_pre=self.ivr_repeat_pre_prompt,
        )

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """A key has one meaning."""
        seen: dict[str, str] = {}
        for field, default in _DEFAULT_DIGITS.items():
            digits = raw.get(field) if raw.get(field) is not None else default
            for digit in dict.fromkeys(digits) if isinstance(digits, str) else ():
                if digit in seen:
                    where = field if raw.get(field) is not None else seen[digit]
                    yield Fault(
                        f"/{where}",
                        "CONFLICT",
                        f"shares a key with `{seen[digit]}`"
                        if where == field
                        else f"shares a key with the default of `{field}`",
                    )
                    break
                seen[digit] = field


IvrControl = Annotated[
    Annotated[SimpleIvr, Tag("<simple>")] | Annotated[ReplayIvr, Tag("<replay>")], by_kind("ivrType", "simple")
]


def ivr_faults(raw: Mapping[str, Any]) -> Iterable[Fault]:
    """Yield the faults between the dialogue and its prompts."""
    control = raw.get("ivrControl")
    if control is not None:
        yield from kind_faults(control, "/ivrControl", "ivrType", IVR_TYPES, required=False)
    kind = (control.get("ivrType") or "simple") if isinstance(control, dict) else "simple"
    prompts = raw.get("additionalContent")
    if kind == "replay":
        yield from _prompt_faults(prompts if isinstance(prompts, list) else [])
    elif kind == "simple" and set_in(raw, "additionalContent"):
        yield Fault("/additionalContent", "CONFLICT", "only goes with `ivrControl` of `ivrType` `replay`")


def _prompt_faults(prompts: list[Any]) -> Iterable[Fault]:
    tags = Counter(p.get("contentTag") for p in prompts if isinstance(p, dict) and isinstance(p.get("contentTag"), str))
    if missing := [tag for tag in REPLAY_TAGS if not tags[tag]]:
        wanted = ", ".join(f"`{tag}`" for tag in missing)
        yield Fault("/additionalContent", "REQUIRED", f"a replay dialogue also needs a prompt tagged {wanted}")
    if doubled := [tag for tag in REPLAY_TAGS if tags[tag] > 1]:
        twice = ", ".join(f"`{tag}`" for tag in doubled)
        yield Fault("/additionalContent", "DUPLICATE", f"there is more than one prompt tagged {twice}")
