#!/usr/bin/env python3
"""Writes the tables of names that src/standardise looks up.

Input: the JSON files and the Korean catalogues of Debian's iso-codes, and the
cities of src/standardise/cities.txt. Output: C source with countries, regions,
cities, languages and currencies, each a list of folded names sorted by bytes. `fold` must do what standard_fold does
in src/standardise/standard_unicode.c; a test looks up names that show it.

What iso-codes lacks is in this file: common short names, Korea's regions as
people write them, and the exponents of ISO 4217.
"""
import gettext
import json
import re
import sys
import unicodedata

LOCALES = "/usr/share/locale"

# Letters that have no decomposition but are typed without their stroke.
STROKES = str.maketrans({
    "đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h", "ŧ": "t",
    "æ": "ae", "œ": "oe", "þ": "th", "&": "and",
})

COUNTRY_NAMES = {
    "KR": "Korea|South Korea|Republic of Korea|Korea South|ROK|한국|대한민국"
          "|남한|대한 민국|韓国|韩国|韓國",
    "KP": "North Korea|DPRK|북한|조선",
    "US": "USA|U.S.A.|US of A|United States of America|America|미국|미합중국"
          "|アメリカ|美国",
    "GB": "UK|U.K.|Great Britain|Britain|England|Scotland|Wales"
          "|Northern Ireland|영국|英国",
    "JP": "Nippon|일본|日本", "CN": "China|PRC|Mainland China|중국|中国|中國",
    "TW": "Taiwan|대만|타이완|台灣|台湾", "HK": "Hong Kong|Hongkong|홍콩|香港",
    "MO": "Macau|Macao|마카오", "VN": "Vietnam|Viet Nam|베트남|월남|Việt Nam",
    "RU": "Russia|러시아|Россия", "DE": "Germany|Deutschland|독일",
    "FR": "France|프랑스", "IT": "Italy|Italia|이탈리아",
    "ES": "Spain|España|스페인|에스파냐", "PT": "Portugal|포르투갈",
    "NL": "Holland|Netherlands|The Netherlands|네덜란드|Nederland",
    "BE": "Belgium|België|Belgique|벨기에",
    "CH": "Switzerland|Schweiz|Suisse|스위스",
    "AT": "Austria|Österreich|오스트리아", "SE": "Sweden|Sverige|스웨덴",
    "NO": "Norway|Norge|노르웨이", "DK": "Denmark|Danmark|덴마크",
    "FI": "Finland|Suomi|핀란드", "PL": "Poland|Polska|폴란드",
    "CZ": "Czech Republic|Czechia|체코|체코 공화국", "HU": "Hungary|헝가리",
    "TR": "Turkey|Türkiye|튀르키예|터키", "GR": "Greece|그리스",
    "IE": "Ireland|아일랜드", "AU": "Australia|호주|오스트레일리아",
    "NZ": "New Zealand|뉴질랜드", "CA": "Canada|캐나다",
    "MX": "Mexico|México|멕시코", "BR": "Brazil|Brasil|브라질",
    "AR": "Argentina|아르헨티나", "CL": "Chile|칠레", "CO": "Colombia|콜롬비아",
    "PE": "Peru|페루", "VE": "Venezuela|베네수엘라", "BO": "Bolivia|볼리비아",
    "IN": "India|인도|Bharat", "ID": "Indonesia|인도네시아",
    "MY": "Malaysia|말레이시아", "SG": "Singapore|싱가포르|싱가폴",
    "TH": "Thailand|태국|타이", "PH": "Philippines|Phillipines|필리핀",
    "PK": "Pakistan|파키스탄", "BD": "Bangladesh|방글라데시",
    "MM": "Burma|Myanmar|미얀마", "KH": "Cambodia|캄보디아",
    "LA": "Laos|라오스", "MN": "Mongolia|몽골|몽고", "BN": "Brunei",
    "AE": "UAE|U.A.E.|Emirates|아랍에미리트|아랍에미리트 연합",
    "SA": "Saudi Arabia|KSA|사우디아라비아|사우디", "IL": "Israel|이스라엘",
    "IR": "Iran|이란", "IQ": "Iraq|이라크", "SY": "Syria|시리아",
    "EG": "Egypt|이집트", "ZA": "South Africa|RSA|남아프리카 공화국|남아공",
    "NG": "Nigeria|나이지리아", "KE": "Kenya|케냐",
    "CD": "DRC|DR Congo|Democratic Republic of Congo|Congo Kinshasa",
    "CG": "Republic of the Congo|Congo Brazzaville",
    "CI": "Ivory Coast|Cote d'Ivoire|코트디부아르",
    "CV": "Cape Verde|Cabo Verde", "SZ": "Swaziland|Eswatini",
    "MK": "Macedonia|North Macedonia", "TL": "East Timor|Timor Leste",
    "VA": "Vatican|Vatican City", "PS": "Palestine|팔레스타인",
    "TZ": "Tanzania|탄자니아", "MD": "Moldova", "UA": "Ukraine|우크라이나",
    "KZ": "Kazakhstan|카자흐스탄", "UZ": "Uzbekistan|우즈베키스탄",
    "FM": "Micronesia", "VG": "British Virgin Islands",
    "VI": "US Virgin Islands|U.S. Virgin Islands",
    "FK": "Falkland Islands|Falklands", "RO": "Romania|루마니아",
}

# ISO 3166-2:KR has one Romanised name each.
KOREAN_REGIONS = {
    "KR-11": "서울|서울시|서울특별시|Seoul|Seoul City|Seoul-si",
    "KR-26": "부산|부산시|부산광역시|Busan|Pusan|Busan City",
    "KR-27": "대구|대구시|대구광역시|Daegu|Taegu|Daegu City",
    "KR-28": "인천|인천시|인천광역시|Incheon|Inchon|Incheon City",
    "KR-29": "광주|광주시|광주광역시|Gwangju|Kwangju|Gwangju City",
    "KR-30": "대전|대전시|대전광역시|Daejeon|Taejon|Daejeon City",
    "KR-31": "울산|울산시|울산광역시|Ulsan|Ulsan City",
    "KR-41": "경기|경기도|Gyeonggi|Gyeonggi-do|Gyeonggi Province|Kyonggi",
    "KR-42": "강원|강원도|강원특별자치도|Gangwon|Gangwon-do|Gangwon State"
             "|Gangwon Province|Kangwon",
    "KR-43": "충북|충청북도|Chungbuk|Chungcheongbuk-do|North Chungcheong",
    "KR-44": "충남|충청남도|Chungnam|Chungcheongnam-do|South Chungcheong",
    "KR-45": "전북|전라북도|전북특별자치도|Jeonbuk|Jeollabuk-do|North Jeolla"
             "|Jeonbuk State",
    "KR-46": "전남|전라남도|Jeonnam|Jeollanam-do|South Jeolla",
    "KR-47": "경북|경상북도|Gyeongbuk|Gyeongsangbuk-do|North Gyeongsang",
    "KR-48": "경남|경상남도|Gyeongnam|Gyeongsangnam-do|South Gyeongsang",
    "KR-49": "제주|제주도|제주시|제주특별자치도|Jeju|Jeju-do|Jeju Island"
             "|Jeju Province|Cheju",
    "KR-50": "세종|세종시|세종특별자치시|Sejong|Sejong City",
}

REGION_NAMES = {
    "US-DC": "Washington DC|Washington D.C.|D.C.",
    "US-NY": "New York State", "US-WA": "Washington State",
    "CA-QC": "Quebec", "CN-BJ": "Beijing", "CN-SH": "Shanghai",
    "CN-GD": "Guangdong", "JP-13": "東京|東京都|도쿄", "JP-27": "大阪|大阪府|오사카",
    "JP-26": "京都|京都府|교토", "JP-40": "福岡|福岡県|후쿠오카",
}

LANGUAGE_NAMES = {
    "ko": "Korean|한국어|한국말|국어|韓国語", "en": "English|영어",
    "ja": "Japanese|일본어|日本語",
    "zh": "Chinese|Mandarin|중국어|中文|汉语|漢語|普通话",
    "es": "Spanish|Español|Castellano|스페인어", "fr": "French|Français|프랑스어",
    "de": "German|Deutsch|독일어", "it": "Italian|Italiano|이탈리아어",
    "pt": "Portuguese|Português|포르투갈어", "nl": "Dutch|Nederlands|네덜란드어",
    "ru": "Russian|Русский|러시아어", "vi": "Vietnamese|Tiếng Việt|베트남어",
    "th": "Thai|ไทย|ภาษาไทย|태국어", "ar": "Arabic|العربية|아랍어",
    "id": "Indonesian|Bahasa Indonesia|인도네시아어",
    "ms": "Malay|Bahasa Melayu|말레이어", "tr": "Turkish|Türkçe|튀르키예어|터키어",
    "pl": "Polish|Polski|폴란드어", "sv": "Swedish|Svenska|스웨덴어",
    "da": "Danish|Dansk|덴마크어", "fi": "Finnish|Suomi|핀란드어",
    "no": "Norwegian|Norsk|노르웨이어", "cs": "Czech|Čeština|체코어",
    "hu": "Hungarian|Magyar|헝가리어", "el": "Greek|Ελληνικά|그리스어",
    "he": "Hebrew|עברית|히브리어", "hi": "Hindi|हिन्दी|힌디어",
    "uk": "Ukrainian|Українська|우크라이나어", "mn": "Mongolian|몽골어",
    "fa": "Persian|Farsi|페르시아어", "tl": "Tagalog|Filipino|필리핀어",
}

CURRENCY_NAMES = {
    "KRW": "Won|Korean Won|South Korean Won|원|원화|한국 원|대한민국 원",
    "USD": "Dollar|Dollars|US Dollars|U.S. Dollar|American Dollar|달러|미국 달러"
           "|미달러|불",
    "EUR": "Euro|Euros|유로|유로화",
    "JPY": "Yen|Japanese Yen|엔|엔화|일본 엔|円",
    "GBP": "Pound|Pounds|Pound Sterling|British Pound|Sterling|파운드",
    "CNY": "Yuan|Renminbi|RMB|Chinese Yuan|위안|위안화|元|人民币",
    "INR": "Rupee|Rupees|Indian Rupee|루피", "VND": "Dong|Đồng|동",
    "THB": "Baht|바트", "TWD": "New Taiwan Dollar|Taiwan Dollar|NTD|대만 달러",
    "HKD": "Hong Kong Dollar|홍콩 달러", "SGD": "Singapore Dollar|싱가포르 달러",
    "AUD": "Australian Dollar|호주 달러", "CAD": "Canadian Dollar|캐나다 달러",
    "CHF": "Franc|Swiss Franc|스위스 프랑", "RUB": "Ruble|Rouble|루블",
    "BRL": "Real|Reais|Brazilian Real", "TRY": "Lira|Turkish Lira",
    "MXN": "Mexican Peso", "PHP": "Philippine Peso", "IDR": "Rupiah|루피아",
    "MYR": "Ringgit|링깃", "KWD": "Kuwaiti Dinar|쿠웨이트 디나르",
}

# ISO 4217 says 2 for the others.
EXPONENTS = {code: exponent for exponent, codes in {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}.items() for code in codes.split()}


def fold(text):
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if unicodedata.category(c)[0] != "M")
    text = unicodedata.normalize("NFC", text).translate(STROKES)
    return "".join(c for c in text
                   if unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lo")
                   or unicodedata.category(c)[0] == "N")


def korean(domain):
    try:
        return gettext.translation(domain, LOCALES, ["ko"]).gettext
    except FileNotFoundError:
        print(f"gen_places: no Korean catalogue of {domain}: "
              "only the names of our own", file=sys.stderr)
        return lambda name: name


class Names:
    """Folded names to codes. A later, weaker source never takes a name from
    an earlier one; a name two entries of one source share means neither."""

    def __init__(self):
        self.codes = {}

    def add(self, source):
        found = {}
        for code, name in source:
            key = fold(name)
            if key and key not in self.codes:
                found.setdefault(key, set()).add(code)
        for key, codes in found.items():
            if len(codes) == 1:
                self.codes[key] = codes.pop()

    def rows(self):
        return [(key, code, 0) for key, code in self.codes.items()]


def own(table):
    return [(code, name) for code, names in table.items()
            for name in names.split("|")]


def load(directory, number):
    with open(f"{directory}/iso_{number}.json", encoding="utf-8") as file:
        return json.load(file)[number]


def countries(directory):
    entries = load(directory, "3166-1")
    to_korean = korean("iso_3166-1")
    fields = ("name", "common_name", "official_name")
    full = [(e["alpha_2"], e[f]) for e in entries for f in fields if f in e]
    names = Names()
    names.add((e["alpha_2"], e["alpha_2"]) for e in entries)
    names.add((e["alpha_2"], e["alpha_3"]) for e in entries)
    names.add(own(COUNTRY_NAMES))
    names.add(full)
    names.add((code, to_korean(name)) for code, name in full)
    names.add((code, "the " + name) for code, name in full)
    names.add((code, " ".join(reversed(name.split(", ", 1))))
              for code, name in full if ", " in name)
    names.add((code, name.split(",")[0]) for code, name in full)
    names.add((code, "St " + name[6:])
              for code, name in full if name.startswith("Saint "))
    return names.rows()


def is_city(entry):
    return "city" in entry["type"].lower().split() \
        or entry["type"] == "Municipality"


def regions(directory, cities_named):
    """One name may stand in many countries: all rows are kept, but for one
    country the first source to name it is the one that counts. The number is
    1 where the name is a city's. Such a city has all its names."""
    entries = load(directory, "3166-2")
    cities = {e["code"] for e in entries if is_city(e)}
    rows = {}

    def add(code, name, abbreviated=False):
        key = fold(name)
        if key:
            is_name_of_city = code in cities and not abbreviated
            rows.setdefault((key, code[:2]), (code, int(is_name_of_city)))

    for code, name in own(KOREAN_REGIONS) + own(REGION_NAMES):
        add(code, name)
    for entry in entries:
        add(entry["code"], entry["code"][3:], abbreviated=True)
    for top in (True, False):
        for entry in entries:
            if ("parent" not in entry) != top:
                continue
            add(entry["code"], entry["name"])
            for part in re.split(r"\s*[/\[\](,]\s*", entry["name"]):
                add(entry["code"], part.rstrip(")"))
    for where, found in cities_named:
        known = (rows.get((fold(name), where[:2])) for name in found)
        code = next((code for code, is_city in filter(None, known)
                     if is_city and code.startswith(where)), None)
        for name in found if code else ():
            add(code, name)
    return [(key, code, number) for (key, _), (code, number) in rows.items()]


def languages(directory):
    entries = [e for e in load(directory, "639-2") if "alpha_2" in e]
    to_korean = korean("iso_639-2")
    names = Names()
    names.add((e["alpha_2"], e["alpha_2"]) for e in entries)
    names.add((e["alpha_2"], e[f]) for e in entries
              for f in ("alpha_3", "bibliographic") if f in e)
    names.add(own(LANGUAGE_NAMES))
    names.add((e["alpha_2"], part) for e in entries
              for part in e["name"].split(";"))
    names.add((e["alpha_2"], part) for e in entries
              for part in to_korean(e["name"]).split(";"))
    return names.rows()


def currencies(directory):
    entries = load(directory, "4217")
    to_korean = korean("iso_4217")
    names = Names()
    names.add((e["alpha_3"], e["alpha_3"]) for e in entries)
    names.add(own(CURRENCY_NAMES))
    names.add((e["alpha_3"], e["name"]) for e in entries)
    names.add((e["alpha_3"], to_korean(e["name"])) for e in entries)
    return [(key, code, EXPONENTS.get(code, 2))
            for key, code, _ in names.rows()]


def is_latin(name):
    return any("a" <= c <= "z"
               for c in unicodedata.normalize("NFKD", name).lower())


def unaccented(name):
    """São Paulo as Sao Paulo, Łódź as Lodz."""
    plain = unicodedata.normalize("NFKD", name).translate(STROKES)
    plain = plain.replace("Ł", "L").replace("Ø", "O").replace("Đ", "D")
    return "".join(c for c in plain if unicodedata.category(c)[0] != "M")


def is_hangul(name):
    return unicodedata.normalize("NFC", name)[0] >= "가"


# How a kind of place is called in Korean, and what follows its English name.
KOREAN_KINDS = {
    "특별자치시": ("-si", " City"),
    "특별시": ("-si", " City", " Metropolitan City"),
    "광역시": ("-si", " City", " Metropolitan City"),
    "시": ("-si", " City"), "군": ("-gun", " County"),
}


def korean_city(english, official, province):
    """Suwon-si, 수원, 경기도 수원시 ... from Suwon, 수원시, 경기도."""
    kind = next(k for k in KOREAN_KINDS if official.endswith(k))
    bare = official.removesuffix(kind)
    yield from (bare, official, f"{bare} {kind}")
    if kind not in ("시", "군"):
        yield bare + "시"
    elif province:
        yield from (f"{place} {name}" for place in province
                    for name in (official, bare))
    for more in KOREAN_KINDS[kind]:
        yield from (english + more, (english + more).replace("-", " "))
    for country in ("Korea", "South Korea", "Republic of Korea"):
        yield f"{english}, {country}"


def world_city(names, country):
    """Paris City, Paris, France; 파리시."""
    yield from (f"{name}시" for name in names
                if is_hangul(name) and not name.endswith("시"))
    if not names[0].endswith("City"):
        yield names[0] + " City"
    yield from (f"{names[0]}, {name}" for name in country)


def spellings(where, names, countries_named):
    found = list(names)
    if where.startswith("KR-"):
        province = own({where: KOREAN_REGIONS[where]})
        found += korean_city(names[0], names[1],
                             [n for _, n in province if is_hangul(n)])
    else:
        found += world_city(names, countries_named[where])
    found += [unaccented(name) for name in found if is_latin(name)]
    return list(dict.fromkeys(found))


def countries_by_code(directory):
    return {e["alpha_2"]: list(dict.fromkeys(
        [e.get("common_name", e["name"]).split(",")[0], e["alpha_3"]]
        + COUNTRY_NAMES.get(e["alpha_2"], "").split("|")[:2]))
        for e in load(directory, "3166-1")}


def cities(directory, path):
    """Where each city is, and its spellings."""
    countries_named = countries_by_code(directory)
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file
                 if line.strip() and not line.startswith("#")]
    return [(where, spellings(where, names.split("|"), countries_named))
            for where, names in lines]


def write_cities(out, cities_named):
    """The number of a row is the city's place among the spellings. Several
    cities may have one name."""
    write(out, "cities", list(dict.fromkeys(
        (fold(name), where, number)
        for number, (where, found) in enumerate(cities_named)
        for name in found)))
    out.write("const char *const standard_city_spellings[] = {\n")
    for _, found in cities_named:
        out.write("    " + "\n    ".join(f'"{quoted(name)}\\0"'
                                         for name in found) + ",\n")
    out.write("};\n\n")


def quoted(text):
    return "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?'
                   else f"\\{b:03o}" for b in text.encode())


def write(out, name, rows):
    rows = sorted(rows, key=lambda row: (row[0].encode(), *row[1:]))
    at = 0
    out.write(f"static const char {name}_names[] =\n")
    for key, _, _ in rows:
        out.write(f'    "{quoted(key)}\\0"\n')
    out.write(f"    ;\n\nstatic const struct standard_row {name}_rows[] = {{\n")
    for key, code, number in rows:
        out.write(f'    {{ {at}, {number}, "{code}" }},\n')
        at += len(key.encode()) + 1
    out.write("};\n\n")
    out.write(f"const struct standard_table standard_{name} = {{\n"
              f"    {name}_names, {name}_rows, {len(rows)}\n}};\n\n")


def main():
    directory, cities_path, path = sys.argv[1:]
    cities_named = cities(directory, cities_path)
    with open(path, "w", encoding="utf-8") as out:
        out.write("/* Written by tools/gen_places.py; do not edit. */\n"
                  '#include "src/standardise/standard_table.h"\n\n')
        write(out, "countries", countries(directory))
        write(out, "regions", regions(directory, cities_named))
        write_cities(out, cities_named)
        write(out, "languages", languages(directory))
        write(out, "currencies", currencies(directory))


if __name__ == "__main__":
    main()
