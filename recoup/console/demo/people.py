"""Who is in the demo. All invented; numbers carry valid check digits, addresses lead nowhere."""

from dataclasses import dataclass
from typing import Any

PASSWORD = "demo of recoup 2026"  # noqa: S105 - printed on the start page of a demo, on purpose

# role, name, e-mail, language, countries, languages
Hired = tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]

AGENCY: dict[str, Any] = {
    "slug": "nordlys", "name": "Nordlys Inkasso AB", "country": "SE", "language": "en", "currency": "EUR",
    "time_zone": "Europe/Stockholm", "registration_number": "5599901005", "vat_number": "SE559990100501",
    "address": ["Fiktiva gatan 12", "111 22 Stockholm"], "email": "post@nordlys.example",
    "phone": "+46 8 446 830 00", "licence": "Tillstånd enligt inkassolagen (demo)",
}  # fmt: skip

STAFF: tuple[Hired, ...] = (
    ("administrator", "Anna Lindqvist", "anna@nordlys.example", "sv", (), ()),
    ("supervisor", "Ingrid Dahl", "ingrid@nordlys.example", "sv", (), ()),
    ("account_manager", "Karin Holm", "karin@nordlys.example", "en", (), ()),
    ("finance_officer", "Johan Berg", "johan@nordlys.example", "sv", (), ()),
    ("legal_officer", "Nils Åkerman", "nils@nordlys.example", "en", (), ()),
    ("collector", "Erik Svensson", "erik@nordlys.example", "sv", ("SE", "DK", "NO", "FI"), ("sv", "en")),
    ("collector", "Sabine Krüger", "sabine@nordlys.example", "de", ("DE", "AT", "CH", "NL"), ("de", "en")),
    ("collector", "Oliver Grant", "oliver@nordlys.example", "en", ("GB", "IE", "FR", "US"), ("en",)),
    ("collector", "Chan Mei-ling", "meiling@nordlys.example", "zh-hant", ("HK", "CN", "SG"), ("zh-hant", "zh-hans", "en")),
)  # fmt: skip

TRUST_ACCOUNTS = (
    ("Client money EUR", "Fjordbank", "EUR", "SE4550000000058398257466", "FJBKSESS"),
    ("Client money SEK", "Fjordbank", "SEK", "SE3550000000054910000003", "FJBKSESS"),
    ("Client money GBP", "Fjordbank London", "GBP", "GB29NWBK60161331926819", "FJBKGB2L"),
    ("Client money HKD", "Fjordbank", "HKD", "DE89370400440532013000", "FJBKDEFF"),
)

OWN_ACCOUNTS = (
    ("EUR", "SE3950000000058398259999"), ("SEK", "SE9450000000054910009999"), ("GBP", "GB14NWBK60161331929999"),
    ("HKD", "DE72370400440532019999"),
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    name: str
    country: str
    number: str
    vat: str
    address: tuple[str, ...]
    postcode: str
    city: str
    language: str
    email: str
    phone: str
    zone: str
    person: str = ""
    iban: str = ""


CLIENTS = (
    Company("Västkust Marin AB", "SE", "5599902375", "SE559990237501", ("Varvsvägen 7",), "417 55", "Göteborg",
            "sv", "maria@vastkustmarin.example", "+46 31 700 11 00", "Europe/Stockholm", "Maria Ek", "SE7280000810340009783242"),
    Company("Hafenlicht Maschinenbau GmbH", "DE", "", "DE990000094", ("Speicherstraße 4",), "20457", "Hamburg",
            "de", "jonas@hafenlicht.example", "+49 40 300 51 00", "Europe/Berlin", "Jonas Petersen", "DE02120300000000202051"),
    Company("Thames Valley Textiles Ltd", "GB", "99900137", "", ("18 Mill Lane",), "RG1 8DQ", "Reading",
            "en", "helen@thamestextiles.example", "+44 118 496 0100", "Europe/London", "Helen Marsh", "GB33BUKB20201555555555"),
    Company("Harbour Bright Electronics Limited 海港明電子有限公司", "HK", "1234567", "", ("12/F, 88 Wing Lok Street",), "", "Sheung Wan",
            "zh-hant", "ada@harbourbright.example", "+852 2545 0100", "Asia/Hong_Kong", "Ada Wong", "DE75512108001245126199"),
)  # fmt: skip

DEBTORS = {
    "kiel": Company("Kieler Bootswerft GmbH", "DE", "", "DE990000150", ("Werftkai 3",), "24143", "Kiel", "de",
                    "buchhaltung@kieler-bootswerft.example", "+49 431 220 10", "Europe/Berlin", "Frau Thomsen"),
    "ulm": Company("Donau Metallbau GmbH", "DE", "", "DE990000192", ("Industriestraße 41",), "89073", "Ulm", "de",
                   "info@donau-metallbau.example", "+49 731 880 40", "Europe/Berlin", "Herr Weiß"),
    "leipzig": Company("Lindenhof Event GmbH", "DE", "", "DE990000213", ("Lindenhof 9",), "04109", "Leipzig", "de",
                       "kontakt@lindenhof-event.example", "+49 341 550 70", "Europe/Berlin"),
    "umea": Company("Norrskog Trä AB", "SE", "5599903746", "SE559990374601", ("Sågvägen 2",), "903 25", "Umeå", "sv",
                    "ekonomi@norrskogtra.example", "+46 90 12 30 00", "Europe/Stockholm", "Lars Nyström"),
    "malmo": Company("Öresund Bygg & Fasad AB", "SE", "5599905113", "SE559990511301", ("Hamngatan 15",), "211 22", "Malmö", "sv",
                     "faktura@oresundbygg.example", "+46 40 660 20 00", "Europe/Stockholm"),
    "kalmar": Company("Kalmarsunds Rederi AB", "SE", "5599906483", "SE559990648301", ("Skeppsbron 1",), "392 31", "Kalmar", "sv",
                      "", "+46 480 44 10 00", "Europe/Stockholm", "Eva Strand"),
    "leeds": Company("Aire Outdoor Ltd", "GB", "99900274", "", ("5 Wharf Street",), "LS2 7EQ", "Leeds", "en",
                     "accounts@aireoutdoor.example", "+44 113 496 0200", "Europe/London", "Tom Hale"),
    "bristol": Company("Avon Print & Pack Ltd", "GB", "99900411", "", ("Unit 6, Dock Road",), "BS1 4RW", "Bristol", "en",
                       "ledger@avonprint.example", "+44 117 496 0300", "Europe/London"),
    "kowloon": Company("Lucky Star Trading Limited 福星貿易有限公司", "HK", "2345678", "", ("Flat B, 9/F, 231 Nathan Road",), "", "Kowloon", "zh-hant",
                       "ac@luckystar-trading.example", "+852 2366 0200", "Asia/Hong_Kong", "陳先生"),
    "shenzhen": Company("深圳市云帆电子有限公司", "CN", "91440300MA9999999F", "", ("南山区科技园路8号",), "518057", "深圳", "zh-hans",
                        "caiwu@yunfan-sz.example", "+86 755 8600 1000", "Asia/Shanghai", "李女士"),
    "utrecht": Company("Domtoren Horeca B.V.", "NL", "", "NL999000001B01", ("Oudegracht 112",), "3511 AW", "Utrecht", "en",
                       "administratie@domtoren-horeca.example", "+31 30 230 40 50", "Europe/Amsterdam"),
    "lyon": Company("Atelier Rhône SAS", "FR", "", "FR42999000003", ("14 quai Saint-Antoine",), "69002", "Lyon", "en",
                    "compta@atelier-rhone.example", "+33 4 78 00 10 20", "Europe/Paris"),
}  # fmt: skip
