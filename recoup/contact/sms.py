"""A text message: how it is coded, how many parts it takes, which numbers can get one. Pure.

GSM 03.38: 160 characters in one part, 153 in each of several; one character outside its alphabet makes
all of it UCS-2: 70, and 67 in each of several.
"""

from dataclasses import dataclass

from recoup.kernel.refusal import N_, Refusal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # two characters each
LONGEST = 1600  # what providers take in one message


@dataclass(frozen=True, slots=True)
class Parts:
    """`coding` GSM-7 or UCS-2; `length` in its own units; `count` of parts that are paid for."""

    coding: str
    length: int
    count: int


def parts_of(text: str) -> Parts:
    if all(c in BASIC or c in EXTENDED for c in text):
        length = sum(2 if c in EXTENDED else 1 for c in text)
        one, each, coding = 160, 153, "GSM-7"
    else:
        length = len(text.encode("utf-16-be")) // 2
        one, each, coding = 70, 67, "UCS-2"
    return Parts(coding, length, 1 if length <= one else -(-length // each))


def refuse_long(text: str) -> None:
    """Raises `Refusal` `sms_long`."""
    if len(text) > LONGEST:
        raise Refusal(
            "sms_long", N_("A text message has at most %(most)d characters, this one has %(found)d."),
            field="sms.text", most=LONGEST, found=len(text),
        )  # fmt: skip


def mobile(phone: str, country: str) -> str:
    """The number in E.164 where it can get a text message, else "" (a landline, no number at all)."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country[:2])
    except phonenumbers.NumberParseException:
        return ""
    kinds = phonenumbers.PhoneNumberType
    fits = (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in fits:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def dialled(phone: str, country: str) -> str:
    """Any number in E.164, for a call; "" where it is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country[:2])
    except phonenumbers.NumberParseException:
        return ""
    fits = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if fits else ""
