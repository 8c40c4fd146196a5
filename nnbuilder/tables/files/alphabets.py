"""Which encoding text beyond ASCII is in: the one in which its letters are those of one language, in words."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_WESTERN = "cp1252 mac_roman cp850"
_LANGUAGES: tuple[tuple[str, str], ...] = (
    ("äöüß", _WESTERN),
    ("àâæçèéêëîïôœùûüÿ", _WESTERN),
    ("áéíñóúü", _WESTERN),
    ("àáâãçéêíóôõúü", _WESTERN),
    ("àèéìíòóùú", _WESTERN),
    ("åäöæøéü", _WESTERN),
    ("àèéíïòóúüç", _WESTERN),
    ("áâèéêëíïóôöûü", _WESTERN),
    ("áæðéíóöúýþ", "cp1252"),
    ("ąćęłńóśźż", "cp1250 iso8859_2 cp852"),
    ("áčďéěíňóřšťúůýžäĺľŕô", "cp1250 iso8859_2 cp852"),
    ("áéíóöőúüű", "cp1250 iso8859_2 cp852"),
    ("ăâîşţ", "cp1250 iso8859_2 cp852"),
    ("čćđšž", "cp1250 iso8859_2 cp852"),
    ("âçğıîöşüi̇", "cp1254 cp857"),
    ("āčēģīķļņšūž", "cp1257"),
    ("ąčęėįšųūž", "cp1257"),
    ("äöõüšž", "cp1257"),
    ("àáâãèéêìíòóôõùúýăđĩũơư", "cp1258"),
)
"""Letters beyond ASCII of languages in Latin script, small, and the encodings they are written in."""
_SCRIPTS: tuple[tuple[str, str, str, str], ...] = (
    ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "оеаинтсрвлкмдпу", "cp1251 koi8_r cp866 iso8859_5 mac_cyrillic", "case"),
    ("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "оаніивтресклудмп", "cp1251 koi8_u iso8859_5", "case"),
    ("абвгдђежзијклљмнњопрстћуфхцчџшѓќѕ", "аиоентсрвкумдлпј", "cp1251 iso8859_5", "case"),
    ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", "αοιετσνηυρπκμλςίόάέ", "cp1253 iso8859_7 cp737", "case"),
    ("אבגדהוזחטיךכלםמןנסעףפץצקרשת", "יוהלארתבשמםנ", "cp1255", ""),
    ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ", "اليمونرتبةدسع", "cp1256 iso8859_6", ""),
    ("กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลวศษสหฬอฮะัาำิีึืฺุูเแโใไๅ็่้๊๋์", "านรกอเงยมสวลตท่้ัี", "cp874", ""),
)
"""Letters of other scripts, the frequent ones, the encodings, and whether there are capitals."""
_EAST: tuple[tuple[str, str, str], ...] = (
    ("cp932", "ぁ-ヿ", "日本人名前年月東京都市県大中小一二三四五山川田村木高者会社員男女株式店所学生性別番号金額住齢"),
    ("euc_jp", "ぁ-ヿ", "日本人名前年月東京都市県大中小一二三四五山川田村木高者会社員男女株式店所学生性別番号金額住齢"),
    ("gb18030", "", "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可"
     "名姓市城北京海广州龄号码日期价格数量男女性别省区县公司产品类型单位电话李王张刘陈杨赵黄周吴伟芳娜敏静"),
    ("big5", "", "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可"
     "名姓市城北京海廣州齡號碼日期價格數量男女性別省區縣公司產品類型單位電話李王張劉陳楊趙黃周吳臺高雄"),
    ("cp949", "", "이다가는의에을를은서고하지기사도로대한시인자아나리해정수주경일부국전산구김박최남여"
     "성름생년월번호금액상품원동명소재별학교회장점비용자료간보호영민지희훈준우현진선미"),
)  # fmt: skip
TITLES = {
    "cp1252": "Windows-1252 (Western European)",
    "mac_roman": "Macintosh (Western European)",
    "cp850": "DOS 850 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859_2": "ISO 8859-2 (Central European)",
    "cp852": "DOS 852 (Central European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp857": "DOS 857 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "koi8_u": "KOI8-U (Cyrillic)",
    "cp866": "DOS 866 (Cyrillic)",
    "iso8859_5": "ISO 8859-5 (Cyrillic)",
    "mac_cyrillic": "Macintosh (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "iso8859_7": "ISO 8859-7 (Greek)",
    "cp737": "DOS 737 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "iso8859_6": "ISO 8859-6 (Arabic)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR (Korean)",
}
"""What the encodings are called, each with whose letters it is for."""
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f\u0e31-\u0e4e][^\W\d_]*)*")
_SIGNS = set("€£¥¢§°²³¹µ¶·½¼¾±×÷ªº«»‹›„“”‚‘’–—…•™©®´`¨¿¡№ \xa0\xad†‡‰")
_ACCENTED = 0.6
"""In no language of Latin script have the words that have accents more of them than this."""
_FEW_LETTERS = 6
_MOST = 20_000
_SIGNS_ALONE = 0.9
"""How well the usual encoding fits a text of signs: what makes words of it does better."""
_FREQUENT = 0.55
"""Share of the frequent letters, about, in any text of a script."""


@dataclass(frozen=True)
class Ranked:
    """An encoding, how well its letters make words of one language (0 to 1), and the text that it gives."""

    encoding: str
    score: float
    text: str


def rank_encodings(sample: bytes) -> list[Ranked]:
    """The encodings that a sample of lines beyond ASCII may be in, the likeliest first; those alike in it once."""
    lines = [line for line in sample[: _MOST * 4].split(b"\n") if not line.isascii()]
    found: list[Ranked] = []
    for encoding in TITLES:
        text = _decoded(lines, encoding)
        if text is not None:
            found.append(Ranked(encoding, _score(text[:_MOST], encoding), text))
    found.sort(key=lambda one: -one.score)
    texts: dict[str, Ranked] = {}
    for one in found:
        texts.setdefault(one.text, one)
    return list(texts.values())


def is_latin(encoding: str) -> bool:
    """Whether an encoding is for letters of Latin script."""
    return any(encoding in encodings.split() for _, encodings in _LANGUAGES)


def _decoded(lines: Iterable[bytes], encoding: str) -> str | None:
    """Lines as text, each perhaps cut off within a character; None if a byte does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    texts: list[str] = []
    for line in lines:
        decoder.reset()
        try:
            texts.append(decoder.decode(line))
        except UnicodeDecodeError:
            return None
    return "\n".join(texts)


def _score(text: str, encoding: str) -> float:
    foreign = [letter for letter in text if ord(letter) > 127 and letter not in _SIGNS]
    if not foreign:
        # Signs alone, such as that of the euro.
        return _SIGNS_ALONE if encoding == "cp1252" else 0.4
    for name, kana, common in _EAST:
        if name == encoding:
            return _east(foreign, kana, common) * _unmixed(text)
    if any("\x80" <= letter <= "\x9f" for letter in foreign):
        # No text holds these control characters.
        return 0.1
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    inside = sum(sum(ord(letter) > 127 for letter in word) for word in words) / len(foreign)
    shaped = sum(map(_shaped, words)) / max(1, len(words))
    if all(encoding not in encodings.split() for _, _, encodings, _ in _SCRIPTS):
        return inside * shaped**2 * _latin(words, encoding)
    best = 0.0
    for letters, frequent, encodings, case in _SCRIPTS:
        if encoding in encodings.split():
            own = sum(letter.lower() in letters for letter in foreign) / len(foreign)
            often = sum(letter.lower() in frequent for letter in foreign) / len(foreign)
            # A letter by itself may well be a sign of another encoding.
            alone = sum(len(word) == 1 for word in words) / len(foreign)
            score = own**2 * _unmixed(text) * min(1.0, 0.4 + often / _FREQUENT * 0.6) * (1 - 0.5 * alone)
            best = max(best, score * (_capitals(words) if case else 1.0))
    return inside * shaped**2 * best


def _unmixed(text: str) -> float:
    """Share of the words beyond ASCII that have no letter of ASCII in them."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(not any(letter.isascii() for letter in word) for word in words) / max(1, len(words))


def _capitals(words: list[str]) -> float:
    """A little less than 1 where no word begins with a capital, or all are written in capitals."""
    if all(word.upper() == word for word in words):
        return 0.9
    return 0.95 if all(word.lower() == word for word in words) else 1.0


def _latin(words: list[str], encoding: str) -> float:
    """How well words fit the one language of an encoding that they fit best."""
    if encoding == "cp1252":
        # In Icelandic words this letter stands at the beginning; in Turkish ones its byte is another, anywhere.
        words = [word[:1] + word[1:].replace("þ", "\ufffd") for word in words]
    accents = [letter.lower() for word in words for letter in word if ord(letter) > 127]
    if not accents:
        return 0.0
    letters_of_words = sum(map(len, words))
    if len(accents) > _ACCENTED * letters_of_words and letters_of_words > _FEW_LETTERS:
        return 0.1
    best = 0.0
    for letters, encodings in _LANGUAGES:
        if encoding in encodings.split():
            best = max(best, sum(letter in letters for letter in accents) / len(accents))
    if encoding == "cp1252":
        # A list of people or places may well have letters of several of its languages.
        union = sum(letter in _western() for letter in accents) / len(accents)
        best = max(best, 0.85 * union)
    # The usual encoding goes before what was usual long ago.
    return best**2 * {"cp1252": 1.0, "cp1250": 0.97, "cp1254": 0.97, "cp1257": 0.95, "cp1258": 0.8}.get(encoding, 0.9)


@cache
def _western() -> frozenset[str]:
    return frozenset("".join(letters for letters, encodings in _LANGUAGES if "cp1252" in encodings.split()))


def _shaped(word: str) -> bool:
    """Whether a word is all small, all capitals, or small after one capital."""
    rest = word[1:]
    return word.upper() == word or rest.lower() == rest


def _east(foreign: list[str], kana: str, common: str) -> float:
    """How well letters fit a language of East Asia."""
    wide = sum(letter >= "\u1100" and not "\ue000" <= letter <= "\uf8ff" for letter in foreign) / len(foreign)
    if wide < 1 and wide < 0.9:
        return 0.0
    known = sum(letter in common for letter in foreign)
    if kana:
        known += sum(bool(re.match(f"[{kana}]", letter)) for letter in foreign)
    share = known / len(foreign)
    narrow = sum("\uff61" <= letter <= "\uff9f" for letter in foreign) / len(foreign)
    return wide * (1 - narrow) * (0.5 + 0.5 * min(1.0, 2 * share))
