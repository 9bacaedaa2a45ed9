"""The words servers use, by what they mean. The first that fits counts, so the special come first."""

import re


def words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.I)


RETURNED = words(
    r"undeliver", r"returned (?:mail|to sender)", r"delivery (?:status|failure|notification|has failed|problem|report)",
    r"mail delivery", r"failure notice", r"could(?: not|n.t) be delivered", r"nondeliverable",
    r"message delayed", r"mail system error", r"warning: (?:could not send|message)",
    r"unzustellbar|zustellung (?:ist )?fehlgeschlagen|nicht zugestellt", r"ej levererbar|olevererbar|det gick? inte att leverera|det går inte att leverera|kunde inte levereras",
    r"^non remis|échec de (?:la )?remise|non distribué", r"no se puede entregar|(?:mensaje|correo) no entregado|no se ha podido entregar", r"recapito non riuscito|mancato recapito|non recapitabile",
    r"niet bezorgbaar|onbestelbaar|kan niet worden bezorgd", r"kan ikke leveres|ikke levert|kunne ikke leveres", r"ei voi toimittaa|toimitus epäonnistui|ei toimitettu", r"niedostarczaln|nie można dostarczyć|não entregue|falha na entrega",
    r"退信|退回", r"無法(?:傳遞|送達|投遞)|无法(?:传递|送达|投递)|投[递遞]失[败敗]|未送達|未送达", r"メールエラー|配信(?:エラー|不能|できません)|送信できません",
)  # fmt: skip
AUTOMATIC = words(
    r"^\W{0,2}(?:re: )?(?:auto(?:matic)?[- ]?(?:reply|response|answer)|automatische antwort|autosvar|automatiskt? svar|自動(?:回覆|回信)|自动(?:回复|答复)|автоответ)",
    r"^(?:r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica|automatisch antwoord|automaattinen vastaus|auto(?:matyczna )?odpowied[źz]|odpowied[źz] automatyczna|otomatik yanıt)",
    r"[(\[]auto(?:matic)?[- ]?(?:reply|response|answer)[)\]]",
    r"^out of (?:the )?office", r"^abwesen(?:d|heit)", r"^frånvar", r"^vacation\b", r"^auto:",
    r"^(?:absence du bureau|absent du bureau|afwezig|fuera de la oficina|fuori (?:ufficio|sede)|frav[æe]r|poissa|poza biurem|fora do escrit[óo]rio|не в офисе)\b",
    r"^(?:不在(?:办公室|辦公室)|休假中|外出中)",
)  # fmt: skip

REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mailboxfull", words(
        r"(?:mail)?box (?:is )?(?:full|exceed)", r"over ?quota|quota (?:exceeded|full|violation)|exceed\w* (?:\w+ ){0,3}quota",
        r"storage limit|out of (?:storage )?space|disk full for|insufficient (?:disk )?(?:space|storage)",
        r"mailfolder is full|inbox is full|maximum (?:mail|allowed) (?:storage|size) for (?:this|the) (?:user|mailbox)",
        r"account is full|mailbox size limit", r"too (?:large|much) (?:for|mail data)",
        r"postfach\b.{0,60}\bvoll\b|mailbox voll|(?:postfach|speicher)\w*\b.{0,60}(?:überschritten|erschöpft)",
        r"(?:postlåda|brevlåda|inkorg|postkasse|indbakke|innboks|postboks)\w*\b.{0,40}\bful[ld]\b|postilaatikko\b.{0,40}\btäynnä",
        r"bo[iî]te\b.{0,60}\b(?:pleine|saturée)|buz[oó]n\b.{0,60}\blleno|(?:casella|cassetta)\b.{0,60}\bpiena|caixa\b.{0,40}\bcheia",
        r"(?:postvak|mailbox|postbus)\b.{0,60}\bvol\b|skrzynk\w+\b.{0,60}p(?:rze)?pełn\w+|skrzynk\w+\b.{0,60}pełn\w+",
        r"(?:邮箱|信箱|郵箱|空间|空間|容量).{0,12}(?:已?满|已?滿|不足|超出|超过|超過)",
    )),
    ("exceedlimit", words(r"message (?:size|too large|is too big)|message exceeds|exceeds maximum|size limit exceeded")),
    ("userunknown", words(r"recipient address rejected: access denied")),
    ("rejected", words(
        r"delivery not authorized|sender address rejected|domain of sender|sender domain|(?:invalid|bad|unknown) (?:envelope )?sender|your domain .{0,60}does not exist",
        r"\bsender(?: address)?(?: <?\S+>?)? (?:is )?(?:unknown|invalid|not (?:valid|found|known)|does(?:n.t| not) exist)",
    )),
    ("policyviolation", words(r"rule imposed mailbox access")),
    ("speeding", words(r"too many (?:invalid|bad|unknown) recipients")),
    ("securityerror", words(r"authentication (?:credentials|required|fail\w*)|(?<!\w)535 5\.7\.8|must issue a starttls|starttls (?:is )?required|encryption required")),
    ("expired", words(r"message expired|queue\.expired")),
    ("systemerror", words(r"command output: procmail|couldn.t create \"?/var")),
    ("networkerror", words(r"malformed or unexpected name server reply|name service error[^:]*:\s*host\s+not\s+found, try again")),
    ("blocked", words(r"my name was rejected")),
    ("hasmoved", words(r"has moved|no longer on server|not our (?:customer|user)|address (?:has )?changed|has been replaced by|no longer (?:with (?:the|us|our)|works?|employed|in use|here)\b|user not local")),
    ("notaccept", words(r"does not accept mail|mail receiving disabled|no mx (?:record )?found for|indicated no smtp service|null ?mx|doesn.t handle mail|MX points to 127|smtp protocol returned a permanent error.*nullmx")),
    ("hostunknown", words(
        r"(?:unknown|invalid|illegal) (?:host|domain)(?!.{0,20}in sender)", r"host(?: or domain)?(?: name)? (?:unknown|not found|lookup did not)", r"domain (?:name )?(?:not found|does not exist|must resolve|invalid)",
        r"no such (?:host|domain)|name service error|nxdomain|can.t find any host|unrouteable mail domain|couldn.t find any host",
        r"(?:server for|host) \S+ not found|unroutable (?:mail )?domain|bad destination host|(?:domain|host) \S+ (?:does not exist|is unknown|unknown)|no mx or a records?|domain is not reachable",
        r"non-existent hosts|find a mail exchanger|name or service not known|account or domain may not exist|recipient domain must exist",
        r"域名?.{0,4}(?:不存在|無效|无效|未找到)|網域.{0,4}(?:不存在|無效)",
    )),
    ("suspend", words(
        r"(?:account|mailbox|user|user\(s\) account|recipient address|address)\S*(?: \S+){0,3} (?:is |has been |was )?(?:\S+ )?(?:temporar\w+ )?(?:disabled|suspended|locked|inactive|deactivated|not active)",
        r"(?:disabled|inactive|suspended) (?:recipient|account|mailbox|user|address)|mailbox is frozen|not accepting (?:mail|messages)|invalid/inactive user|unavailable temporarily",
        r"no longer accepts mail|(?:user|account)\b.{0,20}\bterminated|archived recipient|destinataire archivee|mailbox unavailable or access denied|mailbox currently suspended",
        r"(?:邮箱|信箱|郵箱|账号|帐号|帳號|用户|用戶).{0,6}(?:停用|禁用|冻结|凍結|锁定|鎖定)|(?:postfach|konto)\b.{0,40}(?:deaktiviert|gesperrt)|(?:kontot|brevlådan|postlådan)\b.{0,30}(?:inaktiver|avstäng|spärra)",
    )),
    ("norelaying", words(r"relay(?:ing)? (?:access )?(?:denied|prohibited|not (?:allowed|permitted))|not permitted to relay|unable to relay|relaying (?:not|mail)|no relaying|that domain isn.t in my list")),
    ("virusdetected", words(r"\bvirus\b|malware")),
    ("spamdetected", words(r"垃圾(?:邮件|郵件)|\bspam\b(?!haus|cop)|looks like spam|spam score|unsolicited|bulk mail|blocked by.*content filter")),
    ("requireptr", words(r"reverse (?:dns|lookup|hostname)|\bptr\b|unresolvable|cannot find your (?:hostname|reverse)|no rdns")),
    ("authfailure", words(r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|does not pass authentication|sender id|not authorized to send")),
    ("blocked", words(r"\bblocked\b|black ?list|block ?list|\brbl\b|\bdnsbl\b|spamhaus|spamcop|bad reputation|low reputation|denied.{0,30}\bip\b|access denied|connection refused by|refused to talk|not allowed to connect")),
    ("speeding", words(r"too many (?:connection|message|recipients)|rate.?limit|throttl|too (?:fast|frequent)|exceeded the (?:rate|limit)")),
    ("policyviolation", words(r"policy|policies|header error|not (?:allowed|accepted) (?:here|for)|prohibited|potential security")),
    ("systemerror", words(r"temporar(?:il)?y (?:unavailable|deferred|failed|failure)|(?:please )?(?:try|retry)(?: again)? later|temporary (?:lookup|dns) failure")),
    ("userunknown", words(
        r"(?:user|recipient|mailbox|account|address|addressee|alias|name|destination)(?: address)?(?: rejected:?)?(?:[^.\n]|\.(?=\w)){0,60}(?:unknown|not? (?:found|known|exist|listed|valid|match)|doesn.t exist|invalid|unavailable)",
        r"(?:unknown|invalid|no such|bad|nonexistent|undeliverable|unrouteable|undefined) (?:local )?(?:user|recipient|mailbox|account|address|person|destination|alias)",
        r"name is not recognized|invalid final delivery|no valid recipient|doesn.t have an? \S+ account|recipient address rejected: access denied", r"no (?:mailbox|user|such|account|recipient)(?: \S+){0,3} here|there is no one|not have an? \S+ account|has no mailbox|not a (?:valid|known) (?:user|mailbox|recipient|address)",
        r"does not exist|isn.t a known|not listed in|couldn.t find|unknown or illegal alias|no account by|user unknown|mailbox not|address (?:not|rejected)(?!: \w)",
        r"do(?:es)?s?n.?t exist|(?:user|recipient|mailbox|address|account) not exist|unknown local[- ]?part|validrcptto|badrcptto|no mail ?box by that name|email address (?:could not|cannot) be found|dont know that user",
        r"not an active address|can.t accept user|no mail ?box available for|not (?:a )?local (?:address|user)|recipient is not (?:local|accepted|ok)|unknown e-?mail|missing home directory|unknown virtual user|no (?:user|account) by that",
        r"(?:adresse|empfänger|benutzer|postfach)\b.{0,60}(?:nicht gefunden|existiert nicht|unbekannt|nicht vorhanden|ungültig)|unbekannter? (?:empfänger|benutzer|adresse)",
        r"gick inte att hitta .{0,20}adress|adress\w*\b.{0,40}(?:hittades inte|finns inte|kunde inte hittas)|okänd (?:mottagare|användare|adress)|(?:användaren|mottagaren|kontot) (?:finns|existerar) inte",
        r"adresse\w*\b.{0,40}(?:ikke fundet|findes ikke|ikke funnet|finnes ikke)|finner ikke .{0,20}adresse|(?:ukendt|ukjent) (?:modtager|mottaker|bruger|bruker)|osoite\w*\b.{0,30}\bei (?:löydy|löytynyt|ole olemassa)|tuntematon (?:vastaanottaja|käyttäjä)",
        r"(?:utilisateur|destinataire|adresse)\b.{0,80}(?:introuvable|inconnue?\b|invalide|n.existe pas)|no se (?:ha )?encontr\w+ .{0,20}direcci[oó]n|(?:usuario|destinatario|direcci[oó]n|cuenta)\b.{0,30}(?:desconocid[oa]|no existe|inexistente)|no existe (?:ese|dicha)",
        r"impossibile trovare .{0,20}indirizzo|(?:utente|destinatario|indirizzo)\b.{0,30}(?:sconosciut[oa]|inesistente|non esiste|non trovato)|nessun utente simile|(?:usu[aá]rio|destinat[aá]rio|endereço)\b.{0,30}(?:desconhecido|não existe|não encontrado)",
        r"(?:adres|gebruiker|ontvanger|geadresseerde)\b.{0,40}(?:niet gevonden|bestaat niet|onbekend)|onbekende (?:gebruiker|ontvanger)|nie można (?:odnaleźć|znaleźć) .{0,30}adresu|nieznany (?:użytkownik|adresat|odbiorca)|(?:użytkownik|adres|konto)\b.{0,30}nie istnieje",
        r"(?:找不到|查無此|查无此|無此|无此).{0,20}(?:地址|人|用户|用戶|使用者|帳號|账号|邮箱|信箱)|(?:地址|用户|用戶|使用者|帳號|账号|帐号|邮箱|信箱|收件人|收件者).{0,8}(?:不存在|無效|无效|未找到)",
        r"リストにありません|見つかりません(?!でした。後)|存在しません|宛先不明",
        r"recipient(?:s)? (?:not|unknown|no)|RESOLVER\.ADR\.(?:Ex)?Recip(?:ient)?NotFound|RESOLVER\.ADR\.Invalid|550 5\.1\.1",
    )),
    ("expired", words(
        r"did not accept our requests to connect|could not (?:be )?(?:contact|connect)",
        r"(?:delivery|connection|retry|operation|queue)\S*(?: \S+){0,4} (?:time ?out|timed out|expired|exceeded)", r"time ?out|timed out|too (?:old|long)|not able to be delivered within",
        r"(?:连接|連線|連接).{0,20}(?:超时|超時|逾時)|多次(?:重试|重試)|noch nicht zugestellt|verzögert|försenat|fördröj",
        r"still (?:being )?(?:undelivered|retr|in)|delayed|has been in the queue|giving up|could not be delivered (?:for|within)",
    )),
    ("networkerror", words(r"loops? back|too many hops|mail (?:forwarding )?loop|routing loop|network (?:error|unreachable)|connection (?:refused|reset|lost|dropped)|no route to host|unable to connect|host(?: is)? unreachable")),
    ("systemerror", words(r"system (?:error|config|full)|internal (?:server )?error|local (?:configuration )?error|server error|resources? (?:temporarily )?unavailable")),
    ("rejected", words(r"sender (?:address )?(?:rejected|denied|refused|verify)|rejected|refused|denied|not accept|bad sender")),
)  # fmt: skip
# Codes that say it whatever the words say.
EXACT = {
    "5.1.8": "rejected", "5.1.7": "rejected", "5.7.2": "authfailure", "5.7.20": "authfailure",
    "5.7.23": "authfailure", "5.7.26": "authfailure", "5.7.25": "requireptr", "5.2.3": "exceedlimit",
    "5.3.4": "exceedlimit", "5.7.13": "suspend", "5.7.9": "policyviolation", "5.1.6": "hasmoved",
}  # fmt: skip
STATUS_REASONS = (
    ("5.1.10", "notaccept"), ("5.1.0", "rejected"), ("5.1.1", "userunknown"), ("5.1.2", "hostunknown"),
    ("5.1.3", "userunknown"), ("5.1.4", "userunknown"), ("5.1.6", "hasmoved"), ("5.1.8", "rejected"),
    ("5.1.7", "rejected"), ("4.2.2", "mailboxfull"), ("5.2.2", "mailboxfull"), ("5.2.1", "suspend"),
    ("5.2.3", "exceedlimit"), ("5.3.4", "exceedlimit"), ("5.4.6", "networkerror"), ("4.4.6", "networkerror"),
    ("4.4.7", "expired"), ("5.4.7", "expired"), ("4.4.1", "expired"), ("5.4.4", "hostunknown"),
    ("5.7.13", "suspend"), ("5.7.1", "rejected"), ("5.7.", "policyviolation"), ("4.7.", "blocked"),
    ("4.4.", "expired"), ("5.3.", "systemerror"), ("4.3.", "systemerror"), ("5.6.", "contenterror"),
)  # fmt: skip
# Nobody has, or will have, this address.
FOR_GOOD = frozenset({"userunknown", "hostunknown", "hasmoved", "notaccept"})
FOR_NOW = frozenset({"mailboxfull", "expired", "speeding", "systemerror", "networkerror"})
