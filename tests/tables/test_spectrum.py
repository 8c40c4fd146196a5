"""The cases of the public csv-spectrum collection: values equal to those a reader must find."""

import json

import pytest

from tests.tables.harness import read, rows

CASES = {
    "comma in quotes": (
        'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123',
        [{"first": "John", "last": "Doe", "address": "120 any st.", "city": "Anytown, WW", "zip": "08123"}],
    ),
    "empty": ('a,b,c\n1,"",""\n2,3,4', [{"a": "1", "b": "", "c": ""}, {"a": "2", "b": "3", "c": "4"}]),
    "escaped quotes": ('a,b\n1,"ha ""ha"" ha"\n3,4\n', [{"a": "1", "b": 'ha "ha" ha'}, {"a": "3", "b": "4"}]),
    "json": (
        'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        [{"key": "1", "val": json.dumps({"type": "Point", "coordinates": [102.0, 0.5]})}],
    ),
    "coordinates": (
        "Phone,Location,Cities,Counties\n2095257564,37\ufffd36'37.8\"N 121\ufffd2'17.9\"W,Modesto,Stanislaus",
        [
            {
                "Phone": "2095257564",
                "Location": "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W",
                "Cities": "Modesto",
                "Counties": "Stanislaus",
            }
        ],
    ),
    "newlines": (
        'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        [
            {"a": "1", "b": "2", "c": "3"},
            {"a": "Once upon \na time", "b": "5", "c": "6"},
            {"a": "7", "b": "8", "c": "9"},
        ],
    ),
    "quotes and newlines": (
        'a,b\n1,"ha \n""ha"" \nha"\n3,4\n',
        [{"a": "1", "b": 'ha \n"ha" \nha'}, {"a": "3", "b": "4"}],
    ),
    "simple": ("a,b,c\n1,2,3\n", [{"a": "1", "b": "2", "c": "3"}]),
    "utf8": ("a,b,c\n1,2,3\n4,5,ʤ", [{"a": "1", "b": "2", "c": "3"}, {"a": "4", "b": "5", "c": "ʤ"}]),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("label", CASES)
def test_the_values_are_those_given(label, end):
    text, expected = CASES[label]
    table = read(text.replace("\n", end))
    assert [dict(zip(table.names, row, strict=True)) for row in rows(table)] == [
        {name: value.replace("\n", end) for name, value in row.items()} for row in expected
    ]
