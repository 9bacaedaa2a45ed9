"""The words servers use, by what they mean. The first that fits counts, so the special come first."""

import re


def words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.I)


RETURNED = words(
    r"undeliver", r"returned (?:mail|to sender)", r"delivery (?:status|failure|notification|has failed|problem|report)",
    r"mail delivery", r"failure notice", r"could(?: not|n.t) be delivered", r"nondeliverable",
    r"message delayed", r"mail system error", r"warning: (?:could not send|message)",
    r"unzustellbar", r"ej levererbar", r"退信", r"無法傳遞|无法投递|投递失败", r"メールエラー|配信(?:エラー|不能|できません)|送信できません",
)  # fmt: skip
AUTOMATIC = words(
    r"^(?:auto(?:matic)?[- ]?(?:reply|response|answer)|automatische antwort|autosvar|automatiskt svar|自動回覆|自动回复)",
    r"^out of (?:the )?office", r"^abwesen(?:d|heit)", r"^frånvaro", r"^vacation\b", r"^auto:",
)  # fmt: skip

REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("mailboxfull", words(
        r"(?:mail)?box (?:is )?(?:full|exceed)", r"over ?quota|quota (?:exceeded|full|violation)|exceed\w* (?:\w+ ){0,3}quota",
        r"storage limit|out of (?:storage )?space|disk full for|insufficient (?:disk )?(?:space|storage)",
        r"mailfolder is full|inbox is full|maximum (?:mail|allowed) (?:storage|size) for (?:this|the) (?:user|mailbox)",
        r"account is full|mailbox size limit", r"too (?:large|much) (?:for|mail data)",
    )),
    ("exceedlimit", words(r"message (?:size|too large|is too big)|message exceeds|exceeds maximum|size limit exceeded")),
    ("userunknown", words(r"recipient address rejected: access denied")),
    ("rejected", words(r"delivery not authorized")),
    ("systemerror", words(r"command output: procmail|couldn.t create \"?/var")),
    ("networkerror", words(r"malformed or unexpected name server reply|name service error[^:]*:\s*host\s+not\s+found, try again")),
    ("blocked", words(r"my name was rejected")),
    ("hasmoved", words(r"has moved|no longer on server|not our (?:customer|user)|address (?:has )?changed|has been replaced by")),
    ("notaccept", words(r"does not accept mail|no mx (?:record )?found for|indicated no smtp service|null ?mx|doesn.t handle mail|MX points to 127|smtp protocol returned a permanent error.*nullmx")),
    ("hostunknown", words(
        r"(?:unknown|invalid|illegal) (?:host|domain)(?!.{0,20}in sender)", r"host(?: or domain)?(?: name)? (?:unknown|not found|lookup did not)", r"domain (?:name )?(?:not found|does not exist|must resolve|invalid)",
        r"no such (?:host|domain)|name service error|nxdomain|can.t find any host|unrouteable mail domain|couldn.t find any host",
        r"(?:server for|host) \S+ not found|unroutable (?:mail )?domain|bad destination host",
    )),
    ("suspend", words(
        r"(?:account|mailbox|user|user\(s\) account|recipient address|address)\S*(?: \S+){0,3} (?:is |has been |was )?(?:\S+ )?(?:temporar\w+ )?(?:disabled|suspended|locked|inactive|deactivated|not active)",
        r"(?:disabled|inactive|suspended) (?:recipient|account|mailbox|user|address)|mailbox is frozen|not accepting (?:mail|messages)|invalid/inactive user|unavailable temporarily",
    )),
    ("norelaying", words(r"relay(?:ing)? (?:access )?(?:denied|prohibited|not (?:allowed|permitted))|not permitted to relay|unable to relay|relaying (?:not|mail)|no relaying|that domain isn.t in my list")),
    ("virusdetected", words(r"\bvirus\b|malware")),
    ("spamdetected", words(r"\bspam\b(?!haus|cop)|looks like spam|spam score|unsolicited|bulk mail|blocked by.*content filter")),
    ("requireptr", words(r"reverse (?:dns|lookup|hostname)|\bptr\b|unresolvable|cannot find your (?:hostname|reverse)|no rdns")),
    ("authfailure", words(r"\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|does not pass authentication|sender id|not authorized to send")),
    ("blocked", words(r"\bblocked\b|black ?list|block ?list|\brbl\b|\bdnsbl\b|spamhaus|spamcop|bad reputation|low reputation|denied.{0,30}\bip\b|access denied|connection refused by|refused to talk|not allowed to connect")),
    ("speeding", words(r"too many (?:connection|message|recipients)|rate.?limit|throttl|too (?:fast|frequent)|exceeded the (?:rate|limit)")),
    ("policyviolation", words(r"policy|policies|header error|not (?:allowed|accepted) (?:here|for)|prohibited|potential security")),
    ("userunknown", words(
        r"(?:user|recipient|mailbox|account|address|addressee|alias|name|destination)(?: address)?(?: rejected:?)?[^.\n]{0,60}(?:unknown|not? (?:found|known|exist|listed|valid|match)|doesn.t exist|invalid|unavailable)",
        r"(?:unknown|invalid|no such|bad|nonexistent|undeliverable|unrouteable|undefined) (?:local )?(?:user|recipient|mailbox|account|address|person|destination|alias)",
        r"name is not recognized|invalid final delivery|no valid recipient|doesn.t have an? \S+ account|recipient address rejected: access denied", r"no (?:mailbox|user|such|account|recipient)(?: \S+){0,3} here|there is no one|not have an? \S+ account|has no mailbox|not a (?:valid|known) (?:user|mailbox|recipient|address)",
        r"does not exist|isn.t a known|not listed in|couldn.t find|unknown or illegal alias|no account by|user unknown|mailbox not|address (?:not|rejected)(?!: \w)",
        r"リストにありません|見つかりません(?!でした。後)|存在しません|宛先不明",
        r"recipient(?:s)? (?:not|unknown|no)|RESOLVER\.ADR\.RecipNotFound|550 5\.1\.1",
    )),
    ("expired", words(
        r"did not accept our requests to connect|could not (?:be )?(?:contact|connect)",
        r"(?:delivery|connection|retry|operation|queue)\S*(?: \S+){0,4} (?:time ?out|timed out|expired|exceeded)", r"time ?out|timed out|too (?:old|long)|not able to be delivered within",
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
    "5.1.10": "notaccept",
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
