"""What calls say of their own, in every language that texts are read out in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from tocsin.voice.domain.script import SpokenText
from tocsin.voice.domain.voices import DEFAULT_LANGUAGE, ChosenVoice, Gender, choose, primary


class OwnSentence(IntEnum):
    """A sentence of ours; the value is its place in a row of the table."""

    WITHDRAWN = 0  # the alert was cancelled
    ANSWERED = 1  # enough people have answered, before this call was
    NO_MESSAGE = 2  # a person calls in, and no message waits for them
    SEVERAL = 3  # a person calls in, and `{count}` messages wait, 2 to 5
    NEXT = 4  # between two of them


_TABLE: Mapping[str, tuple[str, str, str, str, str]] = {
    "en": (
        "This message was withdrawn. Thank you.",
        "This has been answered already. Thank you.",
        "There is no message for this number.",
        "You have {count} messages. The newest first.",
        "For the next message, press the hash key.",
    ),
    "cy": (
        "Tynnwyd y neges hon yn ôl. Diolch.",
        "Mae hyn wedi cael ei ateb eisoes. Diolch.",
        "Nid oes neges ar gyfer y rhif hwn.",
        "Nifer y negeseuon: {count}. Y diweddaraf yn gyntaf.",
        "Ar gyfer y neges nesaf, pwyswch y fysell stwnsh.",
    ),
    "de": (
        "Diese Nachricht wurde zurückgezogen. Vielen Dank.",
        "Darauf wurde schon geantwortet. Vielen Dank.",
        "Für diese Nummer liegt keine Nachricht vor.",
        "Sie haben {count} Nachrichten. Die neueste zuerst.",
        "Für die nächste Nachricht drücken Sie die Rautetaste.",
    ),
    "fr": (
        "Ce message a été retiré. Merci.",
        "Quelqu'un a déjà répondu. Merci.",
        "Il n'y a pas de message pour ce numéro.",
        "Vous avez {count} messages. Le plus récent d'abord.",
        "Pour le message suivant, appuyez sur la touche dièse.",
    ),
    "es": (
        "Este mensaje ha sido retirado. Gracias.",
        "Ya se ha respondido. Gracias.",
        "No hay ningún mensaje para este número.",
        "Tiene {count} mensajes. Primero, el más reciente.",
        "Para el mensaje siguiente, pulse la tecla almohadilla.",
    ),
    "it": (
        "Questo messaggio è stato ritirato. Grazie.",
        "Qualcuno ha già risposto. Grazie.",
        "Non ci sono messaggi per questo numero.",
        "Ha {count} messaggi. Prima il più recente.",
        "Per il messaggio successivo, prema il tasto cancelletto.",
    ),
    "pt": (
        "Esta mensagem foi retirada. Obrigado.",
        "Já houve resposta. Obrigado.",
        "Não há mensagens para este número.",
        "Tem {count} mensagens. Primeiro a mais recente.",
        "Para a mensagem seguinte, prima a tecla cardinal.",
    ),
    "nl": (
        "Dit bericht is ingetrokken. Dank u wel.",
        "Hierop is al geantwoord. Dank u wel.",
        "Er is geen bericht voor dit nummer.",
        "U hebt {count} berichten. Het nieuwste eerst.",
        "Druk voor het volgende bericht op het hekje.",
    ),
    "pl": (
        "Ta wiadomość została wycofana. Dziękujemy.",
        "Ktoś już odpowiedział. Dziękujemy.",
        "Nie ma wiadomości dla tego numeru.",
        "Liczba wiadomości: {count}. Najpierw najnowsza.",
        "Aby odsłuchać następną wiadomość, naciśnij krzyżyk.",
    ),
    "da": (
        "Denne besked er trukket tilbage. Tak.",
        "Der er allerede svaret. Tak.",
        "Der er ingen besked til dette nummer.",
        "Du har {count} beskeder. Den nyeste først.",
        "Tryk på havelåge for den næste besked.",
    ),
    "nb": (
        "Denne meldingen er trukket tilbake. Takk.",
        "Noen har allerede svart. Takk.",
        "Det er ingen melding til dette nummeret.",
        "Du har {count} meldinger. Den nyeste først.",
        "Trykk firkanttasten for neste melding.",
    ),
    "sv": (
        "Det här meddelandet har dragits tillbaka. Tack.",
        "Någon har redan svarat. Tack.",
        "Det finns inget meddelande för det här numret.",
        "Du har {count} meddelanden. Det nyaste först.",
        "Tryck på fyrkant för nästa meddelande.",
    ),
    "fi": (
        "Tämä viesti on peruttu. Kiitos.",
        "Tähän on jo vastattu. Kiitos.",
        "Tälle numerolle ei ole viestiä.",
        "Sinulle on {count} viestiä. Uusin ensin.",
        "Kuuntele seuraava viesti painamalla ruutua.",
    ),
    "is": (
        "Þessi skilaboð voru afturkölluð. Takk fyrir.",
        "Þessu hefur þegar verið svarað. Takk fyrir.",
        "Engin skilaboð eru fyrir þetta númer.",
        "Fjöldi skilaboða: {count}. Þau nýjustu fyrst.",
        "Ýttu á myllumerkið til að heyra næstu skilaboð.",
    ),
    "ca": (
        "Aquest missatge s'ha retirat. Gràcies.",
        "Ja hi ha hagut resposta. Gràcies.",
        "No hi ha cap missatge per a aquest número.",
        "Té {count} missatges. Primer, el més recent.",
        "Per al missatge següent, premi la tecla coixinet.",
    ),
    "cs": (
        "Tato zpráva byla odvolána. Děkujeme.",
        "Někdo už odpověděl. Děkujeme.",
        "Pro toto číslo není žádná zpráva.",
        "Počet zpráv: {count}. Nejdříve nejnovější.",
        "Pro další zprávu stiskněte křížek.",
    ),
    "ro": (
        "Acest mesaj a fost retras. Mulțumim.",
        "S-a răspuns deja. Mulțumim.",
        "Nu există niciun mesaj pentru acest număr.",
        "Aveți {count} mesaje. Mai întâi cel mai nou.",
        "Pentru mesajul următor, apăsați tasta diez.",
    ),
    "ru": (
        "Это сообщение отозвано. Спасибо.",
        "На это уже ответили. Спасибо.",
        "Для этого номера нет сообщений.",
        "Количество сообщений: {count}. Сначала самое новое.",
        "Чтобы прослушать следующее сообщение, нажмите решётку.",
    ),
    "tr": (
        "Bu mesaj geri çekildi. Teşekkür ederiz.",
        "Buna zaten yanıt verildi. Teşekkür ederiz.",
        "Bu numara için mesaj yok.",
        "{count} mesajınız var. Önce en yenisi.",
        "Sonraki mesaj için kare tuşuna basın.",
    ),
    "ar": (
        "تم سحب هذه الرسالة. شكرًا لك.",
        "تم الرد على هذا بالفعل. شكرًا لك.",
        "لا توجد رسالة لهذا الرقم.",
        "عدد الرسائل: {count}. الأحدث أولًا.",
        "للرسالة التالية، اضغط على مفتاح المربع.",
    ),
    "hi": (
        "यह संदेश वापस ले लिया गया है। धन्यवाद।",
        "इसका उत्तर पहले ही दिया जा चुका है। धन्यवाद।",
        "इस नंबर के लिए कोई संदेश नहीं है।",
        "आपके लिए {count} संदेश हैं। सबसे नया पहले।",
        "अगले संदेश के लिए हैश बटन दबाएँ।",
    ),
    "ja": (
        "このメッセージは取り消されました。ありがとうございます。",
        "すでに回答されています。ありがとうございます。",
        "この番号へのメッセージはありません。",
        "メッセージは{count}件です。新しいものからお伝えします。",
        "次のメッセージを聞くには、シャープを押してください。",
    ),
    "ko": (
        "이 메시지는 취소되었습니다. 감사합니다.",
        "이미 응답되었습니다. 감사합니다.",
        "이 번호로 온 메시지가 없습니다.",
        "메시지가 {count}개 있습니다. 최근 메시지부터 들려드립니다.",
        "다음 메시지를 들으려면 우물 정자를 누르십시오.",
    ),
    "cmn": (
        "此消息已撤回。谢谢。",
        "此消息已有人回复。谢谢。",
        "没有给这个号码的消息。",
        "您有{count}条消息。先播放最新的。",
        "收听下一条消息，请按井号键。",
    ),
    "yue": (
        "呢個訊息已經取消。多謝。",
        "已經有人回覆。多謝。",
        "冇畀呢個號碼嘅訊息。",
        "你有{count}個訊息。由最新嘅開始。",
        "想聽下一個訊息，請撳井字鍵。",
    ),
}
"""Sentences by language, in the order of `OwnSentence`."""

_SAME = {"arb": "ar"}


def own_sentence(name: OwnSentence, *languages: str | None, count: int = 0) -> SpokenText:
    """Return a sentence in the first of these languages that is spoken, else in DEFAULT_LANGUAGE.

    Args:
        languages: tags, the alert's before the account's; None = not set.
        count: of messages.
    """
    chosen = _first_spoken(languages)
    language = primary(chosen.language)
    said = _TABLE[_SAME.get(language, language)][name]
    return SpokenText(said.format(count=count), chosen.voice)


def _first_spoken(languages: tuple[str | None, ...]) -> ChosenVoice:
    for language in (*languages, DEFAULT_LANGUAGE):
        chosen = choose(language, Gender.FEMALE) if language else None
        if chosen is not None:
            return chosen
    raise AssertionError("the default language is spoken")
