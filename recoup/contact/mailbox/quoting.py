"""How mail programs name what they quote, and how people close, by language."""

import re

WROTE = (
    r"wrote|writes|schrieb|skrev|skrifade|a écrit|ha scritto|escribió|ha escrit|escreveu|schreef|napisał(?:\(a\))?|napisała"
    r"|napsal(?:a|\(a\))?|írta|kirjoitti|yazdı|şunu yazdı|написал(?:\(а\)|а)?|писал(?:\(а\)|а)?|пишет|написав"
    r"|写道|寫道|寫|写"
)
WHEN = (
    r"On|At|Am|Den|Em|Le|Il|El|Op|W dniu|Dnia|Dne|På|Em|V|Il giorno|El día|Le jour|Dana|Pe|Em"
    r"|Mon|Tue|Wed|Thu|Fri|Sat|Sun|[0-9]{1,4}[./年-]|On\W"
)
ATTRIBUTION = re.compile(
    rf"^(?:"
    rf"(?!On[ .]*On\s)(?:{WHEN}).{{4,450}}?\b(?:{WROTE})\b[^:：]{{0,120}}[:：]\s*$"
    rf"|.{{0,200}}\S+@\S+.{{0,80}}\b(?:{WROTE})\b.{{0,80}}[:：]\s*$"
    r"|(?:在|於|于).{4,200}(?:写道|寫道|写|寫)\s*[:：,，]?\s*$"
    r"|.{0,120}<?\S+@\S+>?\s*(?:于|於).{4,80}(?:写道|寫道)\s*[:：]\s*$"
    r"|20\d\d年\d{1,2}月\d{1,2}日.{0,200}[:：]\s*$"
    r"|.{4,200}のメール[:：]\s*$"
    r"|(?:Am|Den|Le|Il)\s.{4,300}(?:schrieb|skrev|écrit|scritto)\s*[^:]{0,120}:\s*$"
    r"|(?:From|Von|Från|De|Od|Da|Fra|От)\s*:?\s.{2,120}<\S+@\S+>\s*(?:wrote|skrev|schrieb)\s*:?\s*$"
    r"|---- .{4,200} (?:wrote|schrieb|skrev|a écrit) ----\s*$"
    r")",
    re.I,
)
# When and who, with no verb (Gmail in some languages).
VERBLESS = re.compile(r"^(?=.{0,120}\d{1,2}[:.]\d{2})(?=.{0,120}\d).{4,300}<\S+@\S+>\s*[:：]\s*$")
STARTS = re.compile(rf"^(?:{WHEN})", re.I)
# A date and an address above a quotation, with no verb.
DATED = re.compile(
    r"^(?:\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}).{0,120}<?\S+@\S+"
)
FORWARDED = re.compile(
    r"^\s*>?\s*(?:[-_=—]{2,}|\*{2,})\s*(?:(?:original|forwarded|reply|weitergeleitete|ursprüngliche|oprindelig|ursprungligt"
    r"|vidarebefordrat|opprinnelig|videresendt|message|messaggio|mensaje|mensagem|missatge|oorspronkelijk|wiadomość|původní|исходное|пересланное)"
    r"[^\n]{0,40}|original|原始邮件|原始郵件|原邮件|原郵件|转发邮件|轉寄郵件|转发的邮件|回复的邮件|元のメッセージ)\s*(?:[-_=—]{2,}|\*{2,})?\s*$",
    re.I,
)
HEADER_NAMES = "|".join((
    "from", "sent", "to", "cc", "subject", "date", "organization", "reply-to",
    "von", "gesendet", "an", "betreff", "datum", "kopie",
    "från", "skickat", "till", "ämne", "kopia", "datum",
    "fra", "sendt", "til", "emne", "dato",
    "message du", "copie à", "de", "envoyé", "à", "a", "objet", "cc",
    "da", "inviato", "oggetto", "data", "per",
    "enviado(?: el)?", "para", "asunto", "fecha", "assunto", "enviada(?: em)?",
    "van", "verzonden", "aan", "onderwerp",
    "od", "wysłano", "wysłane", "do", "temat", "odesláno", "komu", "předmět",
    "lähettäjä", "lähetetty", "vastaanottaja", "aihe",
    "от", "отправлено", "кому", "тема", "дата",
    "发件人", "发送时间", "发送日期", "收件人", "主题", "抄送", "日期", "时间",
    "寄件者", "寄件人", "寄件日期", "收件者", "主旨", "副本", "傳送時間", "日期",
    "差出人", "送信日時", "宛先", "件名",
))  # fmt: skip
SENT_FROM = re.compile(
    r"^\s*(?:sent (?:from|with|via|using) |get outlook for |outlook for |von meinem .{2,40} gesendet|gesendet (?:von|mit) (?:meinem|der)"
    r"|skickat från (?:min|outlook)|skickades från|sendt fra min|envoyé (?:de|depuis) mon|envoyé à partir de|gesendet von outlook|sendt fra outlook|enviado desde outlook|inviato da(?:l mio)?|enviado desde mi|enviado do meu"
    r"|verstuurd vanaf|wysłane z|发自我的|從我的|传送自|傳送自|發自我的|iPhoneから送信|téléchargez outlook|отправлено с)",
    re.I,
)
SIGN_OFF = re.compile(
    r"^\s*(?:(?:best|kind|warm|many|with (?:best|kind))?\s*regards|best wishes|all the best|yours (?:sincerely|faithfully|truly)|sincerely|cheers|many thanks|thanks(?: and regards)?|thank you"
    r"|mit (?:freundlichen|besten|herzlichen|vielen) grü(?:ß|ss)en|freundliche grü(?:ß|ss)e|(?:beste|viele|liebe|schöne) grü(?:ß|ss)e|mfg|hochachtungsvoll"
    r"|(?:med )?(?:vänliga?|bästa) häls?ning(?:ar)?|hälsningar|mvh|vänligen|med venlig hilsen|venlig hilsen|hilsen"
    r"|cordialement|(?:bien )?à vous|salutations|cordiali saluti|distinti saluti|saluti|saludos(?: cordiales)?|atentamente|atenciosamente|met vriendelijke groet(?:en)?|z poważaniem|pozdrawiam"
    r"|此致|敬禮|敬礼|順祝商祺|顺祝商祺|祝商祺|謝謝|谢谢|敬上)\s*[,，.!！。]?\s*$",
    re.I,
)
