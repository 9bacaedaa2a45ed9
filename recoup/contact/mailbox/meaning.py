"""What an answer seems to say, as a suggestion to a person; text is data here, it never decides anything.

Language by its letters and its commonest words; meaning by the phrases below, the gravest first.
"""

import re
from dataclasses import dataclass

COMMON = {
    "en": "the and you we have that for not with this our your are will been please invoice",
    "sv": "och att det är vi har inte som på för med den ni er faktura har vår ska jag ett av",
    "de": "unser unsere sich bei ihnen wir wird werden am im und die der nicht haben das ist mit sie ihre für den rechnung von ich ein zu auf wurde",
    "da": "og vi har ikke det at er den til jeg på faktura jeres vores kan skal af der",
    "nb": "og vi har ikke det å er den til jeg på faktura deres vår kan skal av som",
    "fi": "ja ei on olemme lasku että se ovat myös maksu meidän teidän kun niin",
    "nl": "de het een wij niet hebben van en is dat voor met uw factuur zijn naar ik op",
    "fr": "le la les nous avons pas vous et est pour que des une votre facture avec dans du",
    "es": "el la los que no de hemos su factura por para con una está y en nos las",
    "it": "il la che non abbiamo di per fattura con una è sono del vostra e in ci",
    "pl": "nie jest się na do faktura że i w z mamy została za państwa proszę od",
}
WORDS = {name: frozenset(words.split()) for name, words in COMMON.items()}
# Letters that are written so in one of the two scripts only.
ONLY_HANT = frozenset(
    "們這個來時對會過還發說為後與學國長經進開問題貨單錢額請謝讓關於將無從應買賣帳匯證"
)
ONLY_HANS = (
    frozenset("们这个来时对会过还发说为后与学国长经进开问题货单钱额请谢让关于将无从应买卖账汇证")
    - ONLY_HANT
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`code` is one of `CODES` or "" where nothing was recognised; `phrase` is what was."""

    code: str
    phrase: str = ""


def words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.I)


# The gravest first: what stops all contact, then what makes the claim doubtful, then the rest.
PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("insolvency", words(
        r"insolven\w*", r"bankrupt\w*", r"liquidat(?:ion|or)\b", r"winding[- ]up", r"in administration\b", r"receivership",
        r"konkurs\w*", r"rekonstruktion", r"insolvenz\w*", r"zahlungsunfähig\w*", r"破產|破产|清盤|清算|重整",
    )),
    ("lawyer", words(
        r"\b(?:our|my) (?:lawyers?|solicitors?|attorneys?|counsel)\b", r"represented by", r"law firm",
        r"\b(?:vårt?|min) (?:ombud|advokat|jurist)", r"företräder", r"\b(?:unser|mein|meine|unsere)\w* (?:rechts)?anw[aä]lt\w*", r"anwaltlich", r"mandatiert",
        r"(?:我們|我们|本公司|我方)的?(?:律師|律师)|律師代表|律师代表|委託律師|委托律师",
    )),
    ("wrong_person", words(
        r"wrong (?:person|company|address)", r"not (?:our|my) (?:invoice|company|debt)", r"never (?:ordered|bought) (?:anything|from)", r"no longer work",
        r"fel (?:person|företag|adress)", r"inte vår faktura", r"falsche(?:r|n)? (?:empfänger|adresse|firma|ansprechpartner)", r"nicht unsere rechnung", r"nicht mehr (?:hier )?tätig",
        r"(?:找|寄|发|發)錯(?:人|公司)?|(?:找|寄|发)错(?:人|公司)?|不是(?:我們|我们|本公司)的(?:發票|发票|欠款)",
    )),
    ("opt_out", words(
        r"stop (?:e-?mailing|contacting|writing)", r"do not (?:e-?mail|contact|write)", r"unsubscribe", r"sluta (?:mejla|maila|kontakta|skriva)", r"kontakta (?:oss|mig) inte",
        r"keine (?:weiteren )?e-?mails", r"kontaktieren sie (?:uns|mich) nicht", r"不要再(?:寄|發|发|聯絡|联系|打)|停止(?:聯絡|联系)",
    )),
    ("promised", words(
        r"(?:we|i)(?: will|.ll| shall) (?:pay|transfer|settle)", r"will be paid|payment (?:will|is going) (?:be|to)", r"we (?:pay|are paying) (?:on|by|next|today|tomorrow|this)\b", r"(?:betalar|kommer att betala|ska betala|betalas) ",
        r"(?:werden|wird) .{0,60}(?:bezahlen|überweisen|begleichen|zahlen|bezahlt|überwiesen)|zahlen (?:wir )?(?:am|bis|nächste)|überweisen (?:wir )?(?:am|bis|nächste)", r"(?:將|将|會|会|下週|下周|下個月|下个月|\d+[日號号]).{0,10}(?:付款|支付|匯款|汇款|轉帳|转账|付清)",
    )),
    ("paid_already", words(
        r"(?:already|have|has|was|been) (?:been )?(?:already )?paid(?! attention)", r"payment (?:was|has been) (?:made|sent)", r"we paid (?:on|this|it|the|in|last)", r"(?:redan|har) (?:blivit )?betal(?:at|ats|ad|t)\b|betalades|betalningen gjordes|är betald",
        r"(?:bereits|schon|längst) (?:am .{0,20})?(?:bezahlt|überwiesen|beglichen)", r"(?:wurde|haben|ist) .{0,60}(?:bezahlt|überwiesen|beglichen)", r"已經?(?:付|匯|支付|付清|付款|轉帳)|已(?:付|汇|支付|付清|付款|转账)",
    )),
    ("disputes", words(
        r"disput\w*", r"(?:do not|don.t|cannot) (?:accept|agree|recogni[sz]e)", r"never (?:received|delivered|arrived)|not (?:been )?(?:received|delivered)|faulty|defect\w*|damaged|wrong (?:amount|price|goods|quantity)|incorrect|complain(?:t|ed)|credit note",
        r"bestrid\w*", r"(?:inte|aldrig) (?:fått|mottagit|levererat\w*)|felaktig\w*|fel (?:belopp|pris|vara)|reklam\w*|kreditfaktura|trasig\w*",
        r"bestreit\w*|bestritten|widersprech\w*|widerspruch|mangel|mängel\w*|mangelhaft|nie (?:erhalten|geliefert)|nicht (?:erhalten|geliefert|korrekt|richtig)|reklam\w*|gutschrift|beschädigt|falsche[rn]? (?:betrag|preis|ware)",
        r"(?:沒有|没有|未|從未|从未)(?:收到|交付|到貨|到货)|瑕疵|損壞|损坏|品質|质量問題|质量问题|不同意|有爭議|有争议|金額(?:不對|錯誤)|金额(?:不对|错误)|退貨|退货",
    )),
    ("wants_plan", words(
        r"instal(?:l)?ments?|payment plan|pay in (?:parts|\w+ parts)|monthly|part(?:ial)? payments?", r"avbetal\w*|delbetal\w*|betalningsplan|dela upp", r"raten\w*|teilzahl\w*|in (?:zwei|drei|vier|mehreren) teilen|ratenplan|stundung",
        r"分期|分\w{1,2}期|按月",
    )),
    ("wants_papers", words(
        r"(?:send|need|provide|missing|copy of) .{0,40}(?:invoice|copy|proof|delivery note|statement|purchase order)|never (?:got|saw|received) (?:the|your|an?) invoice",
        r"(?:skicka|behöver|saknar|kopia) .{0,40}(?:faktura\w*|kopia|underlag|följesedel)|(?:senden|schicken|benötigen|kopie) .{0,60}(?:rechnung\w*|kopie|beleg\w*|lieferschein\w*|nachweis\w*)",
        r"(?:寄|發|发|提供|補|补).{0,10}(?:發票|发票|副本|單據|单据|送貨單|送货单|證明|证明)",
    )),
)  # fmt: skip
CODES = tuple(code for code, _ in PHRASES)
# These stop contact by themselves until somebody has read the mail.
STOPPING = frozenset({"insolvency", "lawyer", "opt_out"})


def language_of_text(text: str) -> str:
    """BCP 47 tag of the language `text` is in; "" where it cannot be told."""
    chinese = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    if len(chinese) >= 4 and len(chinese) * 3 >= len(re.findall(r"[^\W\d_]", text)):
        hant = sum(c in ONLY_HANT for c in chinese)
        hans = sum(c in ONLY_HANS for c in chinese)
        return "zh-Hans" if hans > hant else "zh-Hant"
    found = re.findall(r"[^\W\d_]+", text.lower())[:2000]
    if len(found) < 3:
        return ""
    scores = {name: sum(word in common for word in found) for name, common in WORDS.items()}
    best = max(scores, key=lambda name: scores[name])
    ranked = sorted(scores.values(), reverse=True)
    return best if ranked[0] >= 2 and ranked[0] > ranked[1] else ""


def meaning_of(text: str) -> Meaning:
    """What `text` seems to say. A question or a negation can turn it round: a person decides."""
    for code, pattern in PHRASES:
        if found := pattern.search(text):
            return Meaning(code, found.group(0)[:80])
    return Meaning("")
