"""Words in free text that may say what must not be kept of a person: health, beliefs, offences
(GDPR Articles 9 and 10). Flagged before saving; a person decides. Pure."""

import re
from functools import lru_cache

SENSITIVE = re.compile(
    r"\b(cancer|tumou?r|depress\w*|suicid\w*|psychiatr\w*|illness|diagnos\w*|hiv|alcoholi\w*|addict\w*|pregnan\w*|disabled|"
    r"convict\w*|prison|fraudster|criminal record|arrested|muslim|jewish|homosexual|trade union member|"
    r"krebs|krank\w*|psychisch\w*|alkoholiker\w*|schwanger\w*|vorbestraft|gefängnis|haftstrafe|gewerkschaft\w*|"
    r"sjukdom|cancersjuk|deprimerad|alkoholist\w*|gravid|fängelse|dömd för|malade|dépressif|enceinte|condamné)\b"
    r"|癌症|憂鬱|抑郁|精神病|坐牢|犯罪记录|犯罪紀錄|怀孕|懷孕|艾滋|愛滋",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def sensitive(text: str) -> str:
    """The first such word, "" where there is none."""
    found = SENSITIVE.search(text)
    return found[0] if found else ""
