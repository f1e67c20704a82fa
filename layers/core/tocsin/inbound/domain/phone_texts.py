"""Whether a phone sent a text by itself, because its owner drives or wants no disturbance.

It says that its owner drives, or that it shows no messages, and names the mode of the phone that is on; or it is one of
few sentences of phones and cars; or it begins as automatic replies by mail do. "Driving to gate 4" is a person's.
Sources: the texts of iOS (Do Not Disturb While Driving, since 15 Driving Focus), Android Auto, Samsung and carriers.
"""

from __future__ import annotations

import re

from tocsin.inbound.domain.automatic_words import AUTOMATIC_SUBJECTS, begins, plain, says

_LONGEST = 480
"""Characters of the longest text that a phone sends by itself: three texts."""

_PREFIX = re.compile(r"\s*[\[(<*]*([^\[\]()<>*:：]{3,40})(?:[:：]|[\])>*]+)")
"""What stands before the first colon, or in brackets in front of the text."""

_DRIVES = begins(
    "driving|at the wheel|behind the wheel|am Steuer|fahre gerade|ich fahre|beim Fahren|conduis|conduisant|au volant",
    "en conduisant|conduciendo|al volante|conduzco|guidando|alla guida|dirigindo|a conduzir|ao volante|rijd",
    "aan het rijden|kör bil|jag kör|kører bil|jeg kører|kjører bil|jeg kjører|ajan autoa|ajamassa|ajossa|prowadzę",
    "za kierownicą|jadę|řídím|za volantem|šoférujem|vezetek|conduc acum|la volan|araba kullanıyorum|sürüşte|οδηγώ",
    "за рулем|веду машину|за кермом|vozim|šofiram|lái xe|menyetir|mengemudi|נוהג|أقود|ขับรถ",
    "开车|驾驶|驾车|開車|駕駛|運転|운전",
)
"""That the owner drives."""

_UNSEEN = begins(
    "not receiving notifications|notifications are silenced|notifications silenced|has notifications silenced",
    "keine Mitteilungen|Mitteilungen sind stumm|ne reçois pas de notifications|no recibo notificaciones",
    "non ricevo notifiche|não recebo notificações|não estou recebendo notificações|geen meldingen|inga notiser",
    "ingen notifikationer|ingen varsler|en saa ilmoituksia|nie otrzymuję powiadomień|nedostávám oznámení",
    "не получаю уведомлени|不接收通知|收不到通知|通知を受け取|알림을 받지",
)
"""That the phone shows no messages."""

_MODE = begins(
    "do not disturb|focus turned on|focus is on|focus enabled|driving focus|driving mode|drive mode|auto reply",
    "Nicht stören|Fokus aktiv|aktiviertem Fokus|mit Fokus|Fokus eingeschaltet|Fahrfokus|Fokus Fahren|Fokusmodus",
    "ne pas déranger|mode Concentration|Concentration activé|no molestar|modo de concentración|non disturbare",
    "Full Immersion|não perturb|não incomod|modo Foco|Foco ativ|niet storen|focus ingeschakeld|focus staat aan|stör ej",
    "fokus är på|fokus aktiverat|fokus påslaget|forstyr ikke|fokus slået til|fokus aktiveret|ikke forstyrr",
    "fokus er slått på|älä häiritse|keskittymis|nie przeszkadza|tryb skupieni|skupienie włącz|nerušit|soustředění",
    "nerušiť|sústredenie|ne zavarj|fókusz|nu deranja|rahatsız etme|odak modu|odak açık|μην ενοχλείτε|συγκέντρωση",
    "не беспокоить|фокусировани|не турбувати|ne uznemiravaj|không làm phiền|jangan ganggu|לא להפריע|ריכוז|عدم الإزعاج",
    "勿扰|勿擾|专注模式|專注模式|おやすみモード|集中モード|방해금지|방해 금지|집중 모드|ห้ามรบกวน",
)
"""The mode of the phone that is on."""

_URGENT = begins(
    "reply urgent to send a notification|antworte dringend|répondez urgent|réponds urgent|responde urgente",
    "rispondi urgente|responda urgente|antwoord dringend|antwoord urgent|svara brådskande|回复紧急|回覆緊急|緊急と返信",
)
"""How a disturbance can be asked for, as iOS says it."""

_SENTENCES = frozenset(
    plain(sentence)
    for sentence in (
        "I'm driving right now", "I'm driving right now and can't respond", "I'm driving right now, I'll reply later",
        "I'm driving and can't reply right now", "I am driving right now, I will get back to you later",
        "I'm driving and can't text", "I can't talk right now, I'm driving", "I'm driving, I'll get back to you",
        "I'm driving right now. I'll text you later", "I'm driving right now. I'll get back to you soon",
        "I am driving and unable to respond", "I'm driving at the moment and will reply later",
        "Ich fahre gerade Auto", "Ich bin gerade am Steuer", "Je conduis en ce moment", "Je suis au volant",
        "Estoy conduciendo en este momento", "Estoy conduciendo ahora", "Sto guidando in questo momento",
        "Estou dirigindo agora", "Estou a conduzir neste momento", "Ik ben nu aan het rijden", "Jag kör bil just nu",
        "Jeg kører bil lige nu", "Jeg kjører bil akkurat nå", "我正在开车", "我正在開車",
        "運転中です", "現在運転中です", "운전 중입니다",
    )
)  # fmt: skip
"""Whole texts of Android Auto, of phones and of cars."""


def sent_by_phone(text: str) -> bool:
    """Whether a phone sent the text by itself."""
    if len(text) > _LONGEST:
        return False
    said = plain(text)
    prefix = _PREFIX.match(text)
    return (
        said in _SENTENCES
        or (says(said, _MODE) and (says(said, _DRIVES) or says(said, _UNSEEN)))
        or says(said, _URGENT)
        or (prefix is not None and plain(prefix[1]) in AUTOMATIC_SUBJECTS)
    )
