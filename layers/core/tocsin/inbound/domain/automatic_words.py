"""Words by which automatic replies tell that they are such, in the languages of common mail programs.

Every entry is compared by `plain`: in lower case, without accents and punctuation. Sources: the interface texts of
Exchange and Outlook, Gmail, Lotus Notes and common mail hosts; RFC 3834 for what no text says.
"""

from __future__ import annotations

import re

from tocsin.triggers.domain.keyword import folded

_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
"""Kana, Han, Hangul, Thai. Korean has blanks, but its phrases are joined to what stands before them."""


def plain(text: str) -> str:
    """Return the letters and digits of a text in words with one blank between them, in the form of keywords."""
    return " ".join("".join(char if char.isalnum() else " " for char in folded(text)).split())


def says(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a plain text has one of these beginnings of phrases, each at the beginning of a word."""
    within = f" {text} "
    return any(phrase in within for phrase in phrases)


def _plain(*groups: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(entry) for group in groups for entry in group.split("|")))


def begins(*groups: str) -> tuple[str, ...]:
    """Return what `says` looks for; scripts that put no blanks between words have no beginnings of words."""
    return tuple(phrase if _WITHOUT_BLANKS.match(phrase) else f" {phrase}" for phrase in _plain(*groups))


def _words(*groups: str) -> tuple[str, ...]:
    return tuple(f" {word} " for word in _plain(*groups))


AUTOMATIC_SUBJECTS = frozenset(_plain(
    "automatic reply|automatic response|automated reply|automated response|auto reply|autoreply|auto response",
    "auto responder|autoresponse|autoresponder|auto re|vacation reply|vacation response|vacation message",
    "out of office|out of the office|out of office reply|out of office message|out of office notification|ooo",
    "on vacation|on leave|on annual leave|on holiday|away from my mail|away|absence",
    "Automatische Antwort|Automatische Antwortnachricht|Autom. Antwort|Abwesenheitsnotiz|Abwesenheitsmeldung",
    "Abwesenheitsnachricht|Abwesenheitsbenachrichtigung|Abwesenheitsassistent|Abwesenheitsagent|Abwesenheit|Abwesend",
    "Automatische Rückmeldung|Automatische E-Mail|Nicht im Büro|Außer Haus|Im Urlaub|Urlaub",
    "Réponse automatique|Réponse auto|Message automatique|Message d'absence|Notification d'absence|Absence du bureau",
    "Absent du bureau|Absente du bureau|Absent|Absente|En congés|En congé|À l'extérieur du bureau",
    "Respuesta automática|Contestación automática|Mensaje automático|Fuera de la oficina|Fuera de oficina",
    "Aviso de ausencia|Ausencia|Ausente|De vacaciones",
    "Risposta automatica|Messaggio automatico|Fuori ufficio|Fuori sede|Assenza dall'ufficio|Assente|In ferie",
    "Resposta automática|Resposta automàtica|Mensagem automática|Fora do escritório|Ausência|De férias|Em férias",
    "Automatisch antwoord|Automatische beantwoording|Automatische reactie|Afwezigheidsbericht|Afwezigheidsmelding",
    "Afwezig|Afwezigheid|Niet aanwezig|Niet op kantoor|Buiten kantoor",
    "Automatisk svar|Automatisk besvarelse|Autosvar|Auto-svar|Automatiskt svar|Frånvaro|Frånvaromeddelande",
    "Ikke til stede|Ikke på kontoret|Inte på kontoret|Fraværsmelding|Fraværsbesked|Fravær|Fraværende|Frånvarande",
    "Automaattinen vastaus|Poissaoloilmoitus|Poissa|Poissa toimistolta|Automaatvastus|Automātiska atbilde",
    "Automātiskā atbilde|Automatinis atsakymas|Sjálfvirkt svar|Erantzun automatikoa|Ateb awtomatig",
    "Odpowiedź automatyczna|Automatyczna odpowiedź|Autoodpowiedź|Poza biurem|Nieobecność|Nieobecny|Nieobecna",
    "Automatická odpověď|Automatická odpoveď|Mimo kancelář|Mimo kancelárie|Nepřítomnost|Neprítomnosť",
    "Automatikus válasz|Automatikus üzenet|Házon kívül|Irodán kívül|Răspuns automat|Absent din birou|În concediu",
    "Automatski odgovor|Samodejni odgovor|Samodejno sporočilo|Automatsko odgovaranje|Аутоматски одговор",
    "Автоматичен отговор|Автоматический ответ|Автоответ|Автоматическое сообщение|Нет на месте|В отпуске",
    "Автоматична відповідь|Автовідповідь|Автоматски одговор|Αυτόματη απάντηση|Αυτόματο μήνυμα|Εκτός γραφείου",
    "Otomatik Yanıt|Otomatik Cevap|Ofis Dışında|Ofis dışındayım|Avtomatik cavab",
    "תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|رد تلقائي|رد آلي|الرد التلقائي|خارج المكتب|پاسخ خودکار",
    "自动回复|自动答复|自動回覆|自動回復|自動回答|不在办公室|不在辦公室|外出|休假|自動応答|自動返信|自動返答|不在通知|不在|不在連絡",
    "자동 회신|자동회신|자동 응답|자동응답|자동 답장|부재중|부재 중|부재중 자동 회신",
    "Trả lời tự động|Thư trả lời tự động|Balasan otomatis|Balasan automatik|Jawapan automatik|ตอบกลับอัตโนมัติ",
    "การตอบกลับอัตโนมัติ|स्वचालित उत्तर|স্বয়ংক্রিয় উত্তর",
))  # fmt: skip
"""A subject, or what stands before its first colon, that is made of these is an automatic reply's."""

ABSENT_PEOPLE = _plain(
    "is out of office|is out of the office|is on vacation|is on leave|is away|ist abwesend|ist nicht im Büro",
    "ist im Urlaub|est absent|est absente|está ausente|está fuera de la oficina|è assente|está fora do escritório",
    "is afwezig|är frånvarande|er fraværende|er ikke til stede|on poissa",
)
"""How what stands before a colon or "Re:" ends when it begins with a name, as Lotus Notes writes it."""

REPORT_SUBJECTS = frozenset(_plain(
    "undeliverable|undelivered mail|undelivered mail returned to sender|undeliverable mail|undeliverable message",
    "delivery status notification|delivery status notification failure|delivery status notification delay",
    "delivery failure|delivery failed|delivery notification|delivery report|failure notice|returned mail",
    "mail delivery failed|mail delivery failure|mail delivery error|mail system error|mail delivery subsystem",
    "mail delivery failed returning message to sender|message delivery failure|message status undeliverable",
    "Unzustellbar|Nicht zustellbar|Unzustellbare Nachricht|Nicht remis|Non remis|Échec de remise|No se puede entregar",
    "Não é possível entregar|Non recapitabile|Recapito non riuscito|Onbestelbaar|Kan ikke leveres|Går ej att leverera",
    "Nie można dostarczyć|Nedoručitelné|Не удается доставить|Недоставленное сообщение",
    "無法傳遞|无法传递|配信不能|배달되지 않음",
))  # fmt: skip
"""The same of reports on the delivery of a mail."""

ABSENT = begins(
    "out of office|out of the office|not in the office|away from the office|away from my desk|away from my mail",
    "away from my email|on vacation|on holiday|on annual leave|on leave|maternity leave|parental leave|sick leave",
    "currently away|am away|will be away|business trip|currently unavailable|unable to read",
    "nicht im Büro|nicht im Haus|nicht am Arbeitsplatz|ausser Haus|außer Haus|im Urlaub|abwesend|nicht erreichbar",
    "in Elternzeit|auf Dienstreise|auf Geschäftsreise|nicht persönlich erreichbar",
    "absent du bureau|absente du bureau|suis absent|serai absent|actuellement absent|en congé|en vacances",
    "en déplacement|fuera de la oficina|de vacaciones|estoy ausente|estaré ausente|me encuentro ausente",
    "fuori ufficio|fuori sede|in ferie|sono assente|sarò assente|fora do escritório|de férias|estou ausente",
    "estarei ausente|niet op kantoor|afwezig|op vakantie|met vakantie|met verlof|buiten kantoor|niet aanwezig",
    "ikke på kontoret|på ferie|har ferie|holder ferie|ikke til stede|inte på kontoret|på semester|har semester",
    "är ledig|tjänstledig|föräldraledig|poissa toimistolta|lomalla|olen poissa|en ole paikalla|en ole toimistolla",
    "poza biurem|na urlopie|jestem nieobecn|będę nieobecn|mimo kancelář|na dovolené|nejsem v kancelář|nepřítomen",
    "mimo kancelárie|na dovolenke|házon kívül|szabadságon|irodán kívül|în concediu|nu sunt la birou|ofis dışında",
    "ofiste değil|izindeyim|izinliyim|tatildeyim|εκτός γραφείου|σε άδεια|в отпуске|не в офисе|вне офиса|отсутств",
    "у відпустці|поза офісом|відсутн|в отпуск|извън офиса|на одмору|na odmoru|na dopustu|izvan ureda|van kancelarije",
    "puhkusel|atvaļinājum|atostog|de vacances|vắng mặt|nghỉ phép|sedang cuti|di luar kantor|מחוץ למשרד|בחופשה",
    "خارج المكتب|في إجازة|مرخصی",
    "不在办公室|不在辦公室|休假|出差|外出中|不在にして|不在とな|休暇|休業|出張|부재중|휴가|사무실에 없",
)  # fmt: skip
"""How a body says that its writer is not there."""

SECOND_SIGNS: tuple[tuple[str, ...], ...] = (
    # It says thanks for a mail.
    begins(
        "thank you for your|thanks for your|thank you for contacting|thank you for the email|Dank für|Danke für",
        "merci de votre|merci pour votre|merci pour ton|gracias por su|gracias por tu|gracias por contactar",
        "grazie per|obrigado p|obrigada p|bedankt voor|dank voor|tak for|tack för|takk for|kiitos viesti|kiitos säh",
        "dziękuję za|děkuji za|ďakujem za|köszönöm|mulțumesc|teşekkür|ευχαριστώ|спасибо за|благодарю|дякую за|hvala",
        "cảm ơn|terima kasih",
        "感谢您|感謝您|谢谢您的|メールをいただき|ご連絡いただき|メールありがとう|이메일을 보내|메일을 보내",
    ),
    # It says until when, or what happens after it.
    _words("until|till|bis|hasta|tot|do|до|til|t.o.m|fino|até|până|asti|đến")
    + begins(
        "back on|be back|will return|i return|my return|returning|from monday|wieder da|wieder im|wieder erreichbar",
        "zurück|rückkehr|jusqu|de retour|mon retour|regres|vuelv|volver|rientr|torner|retorn|voltar|terug|tilbage",
        "tilbake|tillbaka|åter|saakka|palaan|takaisin|wrac|wróc|powrot|vrát|návrat|vissza|revin|kadar|döne|μέχρι",
        "έως|επιστρ|верн|возвращ|поверн|завърн|vrać|vrn|kembali|sampai|trở lại",
        "回来|返回|直到|まで|以降|戻|복귀|까지",
    ),
    # It names another person, or how urgent matters reach anybody.
    begins(
        "urgent|emergency|in my absence|please contact|limited access|no access|not be forwarded|not forwarded",
        "dringend|vertretung|vertreten|wenden sie|wende dich|nicht weitergeleitet|en cas d|urgenc|merci de contacter",
        "veuillez contacter|urgen|contacte|contactar|contattare|emergenz|spoed|dringend|contact op|haste|kontakt",
        "akut|brådskande|kiire|piln|naléhav|naliehav|sürgős|acil|επείγ|срочн|термінов|спешн|hitn|nujn|khẩn|mendesak",
        "紧急|緊急|急ぎ|긴급|급한",
    ),
    # It says that it is automatic.
    begins(
        "automat|autoreply|auto reply|αυτόματ|автомат|otomat|אוטומט|تلقائي|tự động|automaat|awtomatig",
        "自动|自動|자동",
    ),
)  # fmt: skip
"""What stands beside it in an automatic reply. Each group counts once."""
