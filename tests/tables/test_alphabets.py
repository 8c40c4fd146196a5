"""Encodings beyond Western Europe: the likeliest is taken, asked about, and shown by a word of the file."""

import pytest

from nnbuilder.tables.files.alphabets import rank_encodings
from tests.tables.harness import read, refused, rows

TEXTS = {
    "cp1251": "Имя,Город,Лет\nИван Петров,Москва,31\nМария,Санкт-Петербург,28\n",
    "koi8_r": "Имя,Город,Лет\nИван Петров,Москва,31\nМария,Санкт-Петербург,28\n",
    "cp866": "Имя,Город,Лет\nИван Петров,Москва,31\nМария,Санкт-Петербург,28\n",
    "cp1253": "Όνομα,Πόλη,Έτη\nΓιώργος,Αθήνα,31\nΕλένη,Θεσσαλονίκη,28\n",
    "cp1254": "Ad,Şehir,Yaş\nAyşe Yılmaz,İstanbul,31\nIşık,Eskişehir,28\n",
    "cp1257": "Vārds,Pilsēta,Gadi\nJānis Bērziņš,Rīga,31\nLīga,Jūrmala,28\n",
    "cp1255": "שם,עיר,גיל\nדוד כהן,ירושלים,31\nשרה לוי,חיפה,28\n",
    "cp1256": "الاسم,المدينة,العمر\nمحمد,القاهرة,31\nفاطمة,بغداد,28\n",
    "cp1250": "Jméno,Město,Věk\nJiří Dvořák,Plzeň,31\nŽofie,Třebíč,28\n",
    "iso8859_2": "Imię,Miasto,Wiek\nŁukasz Wiśniewski,Łódź,31\nMałgorzata,Gdańsk,28\n",
    "cp874": "ชื่อ,เมือง,อายุ\nสมชาย,กรุงเทพ,31\nสมหญิง,เชียงใหม่,28\n",
    "cp932": "名前,都市,年齢\n田中太郎,東京,31\n鈴木花子,大阪,28\n",
    "euc_jp": "名前,都市,年齢\n田中太郎,東京,31\n鈴木花子,大阪,28\n",
    "gb18030": "姓名,城市,年龄\n王伟,北京,31\n李娜,上海,28\n",
    "big5": "姓名,城市,年齡\n陳怡君,臺北,31\n林志明,高雄,28\n",
    "cp949": "이름,도시,나이\n김민수,서울,31\n이영희,부산,28\n",
}


@pytest.mark.parametrize("codec", TEXTS)
def test_a_text_of_another_alphabet_is_read_and_asked_about(codec):
    text = TEXTS[codec]
    table = read(text.encode(codec))
    names, *body = [line.split(",") for line in text.splitlines()]
    assert [list(table.names), *rows(table)] == [names, *body]
    (question,) = [one for one in table.findings if "is not UTF-8" in one.message]
    assert question.severity == "question" and question.line == 1
    assert question.options[0][1].encoding == table.choices.encoding
    # A button shows the word as its encoding reads it.
    assert any(label.rsplit(": ", 1)[-1] in text for label, _ in question.options[:1])
    again = read(text.encode(codec), question.options[0][1])
    assert rows(again) == body and not [one for one in again.findings if "UTF-8" in one.message]


@pytest.mark.parametrize(
    "text",
    [
        "Name,Straße\nJörg Müller,Königsallee\nGroß,Süd\n",
        "nom,ville\nRenée Lefèvre,Orléans\nFrançois,Nîmes\n",
        "nombre,ciudad\nJosé Muñoz,Málaga\nÍñigo,León\n",
        "name,price\nCup,5 €\nJug,7 €\n",
    ],
)
def test_a_western_text_is_read_without_a_question(text):
    table = read(text.encode("cp1252"))
    assert rows(table) == [line.split(",") for line in text.splitlines()[1:]]
    assert not [one for one in table.findings if "UTF-8" in one.message and one.severity == "question"]


def test_a_broken_line_among_utf_8_is_still_refused():
    content = "Имя,Лет\nИван,3\n".encode() * 4 + "Мария,5\n".encode("cp1251")
    assert "other lines are" in str(refused(content))


def test_what_gives_the_same_text_is_offered_once():
    texts = [one.text for one in rank_encodings(TEXTS["cp1253"].encode("cp1253"))]
    assert len(texts) == len(set(texts))
