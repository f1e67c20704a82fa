"""Words by which mail programs in many languages mark what they quote, and the lines they add of themselves.

Shape decides first (`own_text`); a word is asked for only where shape alone could be a person's own text. Sources: the
interface texts of Gmail, Outlook, Apple Mail and Thunderbird.
"""

from __future__ import annotations

WROTE = frozenset({
    "wrote", "writes", "schrieb", "schreibt", "geschrieben", "écrit", "escribió", "escribio", "escreveu", "scritto",
    "scrisse", "schreef", "skrev", "skrifaði", "kirjoitti", "kirjutas", "napisał", "napisała", "napísal",
    "napísala", "napsal", "napsala", "scris", "írta", "yazdı", "έγραψε", "написал", "написала", "пишет", "писал",
    "пише", "написав", "написа", "napisao", "napisala", "napisal", "rašė", "rakstīja", "escriure", "escriviu",
    "idatzi", "viết", "menulis", "כתב", "כתבה", "كتب", "كتبت", "كتابة", "نوشت", "写道", "寫道", "写到",
    "書きました", "작성",
})  # fmt: skip
"""One of them stands in an attribution, in lower case."""

ORIGINAL = frozenset({
    "original message", "original-nachricht", "originalnachricht", "ursprüngliche nachricht", "original mail",
    "forwarded message", "begin forwarded message", "start of forwarded message", "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht", "message d'origine", "message d’origine", "message original",
    "message transféré", "début du message transféré", "message réexpédié", "mensaje original", "mensaje reenviado",
    "inicio del mensaje reenviado", "mensagem original", "mensagem encaminhada", "início da mensagem reencaminhada",
    "messaggio originale", "messaggio inoltrato", "inizio messaggio inoltrato", "oorspronkelijk bericht",
    "origineel bericht", "doorgestuurd bericht", "begin doorgestuurd bericht", "originalmeddelande",
    "ursprungligt meddelande", "vidarebefordrat meddelande", "oprindelig meddelelse", "videresendt meddelelse",
    "original besked", "opprinnelig melding", "videresendt melding", "alkuperäinen viesti", "välitetty viesti",
    "edelleenlähetetty viesti", "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana dalej",
    "původní zpráva", "přeposlaná zpráva", "pôvodná správa", "eredeti üzenet", "továbbított üzenet",
    "mesaj original", "mesajul original", "mesaj redirecționat", "orijinal mesaj", "özgün ileti",
    "yönlendirilen mesaj", "αρχικό μήνυμα", "προωθημένο μήνυμα", "исходное сообщение", "исходное письмо",
    "пересылаемое сообщение", "пересланное сообщение", "оригінальне повідомлення", "переслане повідомлення",
    "оригинално съобщение", "izvorna poruka", "originalna poruka", "izvirno sporočilo", "missatge original",
    "thư gốc", "pesan asli", "הודעה מקורית", "رسالة أصلية", "الرسالة الأصلية", "原始邮件", "原始郵件", "转发的邮件",
    "轉寄郵件", "元のメッセージ", "転送メッセージ", "원본 메시지", "원본 메일", "전달된 메시지",
})  # fmt: skip
"""What stands between dashes, or alone on a line, above an original; in lower case."""

HEADERS = frozenset({
    "from", "sent", "date", "to", "cc", "bcc", "subject", "reply-to", "importance", "von", "gesendet", "datum",
    "an", "betreff", "kopie", "antwort an", "de", "envoyé", "envoyé le", "date d'envoi", "à", "objet", "répondre à",
    "le", "enviado", "enviado el", "enviado em", "enviada em", "fecha", "para", "asunto", "data", "assunto",
    "responder a", "da", "inviato", "a", "oggetto", "rispondi a", "van", "verzonden", "aan", "onderwerp", "från",
    "skickat", "skickades", "till", "ämne", "kopia", "fra", "sendt", "dato", "til", "emne", "kopi", "lähettäjä",
    "lähetetty", "päivämäärä", "päiväys", "vastaanottaja", "kopio", "aihe", "od", "wysłano", "wysłane", "do",
    "temat", "dw", "odesláno", "komu", "předmět", "odoslané", "predmet", "dátum", "dňa", "feladó", "küldve",
    "elküldve", "címzett", "tárgy", "másolat", "küldés dátuma", "de la", "trimis", "către", "catre", "subiect",
    "dată", "kimden", "gönderen", "gönderildi", "gönderme tarihi", "tarih", "kime", "alıcı", "konu", "bilgi", "από",
    "στάλθηκε", "ημερομηνία", "προς", "θέμα", "κοιν", "от", "отправлено", "дата", "кому", "копия", "тема", "від",
    "надіслано", "копія", "изпратено", "до", "относно", "poslano", "za", "zadeva", "šalje", "prima", "nuo",
    "išsiųsta", "kam", "tema", "no", "nosūtīts", "từ", "gửi", "đã gửi", "ngày", "đến", "tới", "chủ đề", "dari",
    "dikirim", "tanggal", "kepada", "perihal", "จาก", "ส่ง", "วันที่", "ถึง", "เรื่อง", "מאת", "נשלח", "תאריך",
    "אל", "נושא", "من", "تاريخ الإرسال", "تم الإرسال", "التاريخ", "إلى", "الموضوع", "موضوع", "发件人", "发送时间",
    "日期", "收件人", "主题", "抄送", "寄件者", "寄件人", "收件者", "主旨", "副本", "傳送時間", "發件人", "差出人",
    "送信者", "送信日時", "日付", "宛先", "件名", "보낸 사람", "보낸사람", "보낸 날짜", "날짜", "받는 사람",
    "받는사람", "제목", "참조",
})  # fmt: skip
"""Names of header lines, in lower case."""

DEVICES = (
    "iphone", "ipad", "ipod", "ios", "android", "mobil", "móvil", "móviles", "celular", "cell", "phone", "handy",
    "tablet", "device", "galaxy", "samsung", "huawei", "xiaomi", "redmi", "oneplus", "pixel", "htc", "nokia",
    "sony", "xperia", "motorola", "blackberry", "windows", "outlook", "gmail", "yahoo", "aol", "proton", "airmail",
    "mailbox", "mail", "spark", "k-9", "telefon", "telefoon", "téléphone", "teléfono", "puhelin", "мобильн",
    "телефон", "smartphone", "手机", "手機",
)  # fmt: skip
"""How the words begin by which devices and mail programs call themselves."""

SENT_FROM = (
    "sent from", "sent via", "sent with", "sent by", "sent using", "from my", "get outlook", "von meinem",
    "von meiner", "gesendet von", "gesendet mit", "gesendet über", "gesendet aus", "diese nachricht wurde von",
    "envoyé depuis", "envoyé de", "envoyé à partir d", "envoyé avec", "envoyé par", "envoyé via", "enviado desde",
    "enviado do", "enviado da", "enviado de", "enviado a partir", "enviado pelo", "enviado con", "enviado com",
    "enviado via", "enviada do", "inviato da", "inviato con", "inviato tramite", "verzonden met", "verzonden van",
    "verzonden via", "verstuurd met", "verstuurd van", "skickat från", "skickades från", "sänt från", "sendt fra",
    "sendt med", "sendt via", "lähetetty", "wysłano z", "wysłane z", "wysłany z", "wysłano przez", "wysłane przez",
    "odesláno z", "odoslané z", "poslano iz", "poslano s", "poslano z", "trimis de pe", "trimis din", "trimis cu",
    "στάλθηκε από", "στάλθηκε με", "отправлено с", "отправлено из", "отправлено через", "надіслано з",
    "надіслано із", "надіслано через", "изпратено от", "elküldve", "saadetud", "nosūtīts no", "išsiųsta iš",
    "enviat des", "enviat amb", "đã gửi từ", "dikirim dari", "נשלח", "أرسل من", "أرسلت من", "أُرسلت من", "أُرسل من",
    "تم الإرسال من", "發自", "发自", "從我的", "从我的", "发送自", "傳送自",
)  # fmt: skip
"""How the line begins that a device or a mail program adds, in lower case; the device's name follows."""

SENT_FROM_ENDS = ("gesendet", "から送信", "에서 보냄", "傳送", "发送", "gönderildi", "küldve", "lähetetty")
"""How it ends in languages that put the verb last."""
