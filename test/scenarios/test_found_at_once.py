"""Whoever was told that a lead is stored finds it by its words, though the
index of texts follows later: here it stands still with the clock."""

import pytest
from support.story import Company

LEADS = "/api/v1/leads"
BEHIND = 1500  # leads; more than a question looks at behind the index


@pytest.fixture
def acme(town):
    return Company(town, "ana", "bo")


def search(client, text, **query):
    return client.get(LEADS, query={"q": text, **query}).expect(200).json


def found(client, text, **query):
    """Ids; all of them, and said to be all."""
    page = search(client, text, **query)
    assert page["total_is_exact"] and page["next_cursor"] is None
    assert page["total"] == len(page["items"])
    return [lead["id"] for lead in page["items"]]


def indexed(acme, jobs=2):
    """Each takes a thousand entries of the timeline."""
    for _ in range(jobs):
        acme.baton.clock.advance("3s")


def batch(acme, leads):
    answer = acme.client.post(f"{LEADS}/batch", {"leads": leads}).expect(200)
    return [result["id"] for result in answer.json["results"]]


def several(count, name="Lead", first=0):
    return [{"name": f"{name} {i}", "email": f"{name}{i}@x.test".lower()}
            for i in range(first, first + count)]


def test_a_lead_is_found_as_soon_as_it_is_acknowledged(acme):
    kim = acme.send_lead(
        name="김민지", email="minji.kim@hanok.example", company="한옥리모델링",
        phone="010-1234-5678", message="북촌 한옥 상담을 원합니다", city="Seoul",
        address="12 Bukchon-ro", website="https://hanok.example",
        job_title="Director", product="Windows", campaign="Spring",
        external_id="ext-77", tags=["Golf club", "VIP"])["id"]
    lee = acme.send_lead(name="Lee O'Brien", email="lee@other.example")["id"]

    for text in ("민지", "김", "리모델링", "한옥 민지", "MINJI", "kim@han", "상담",
                 "5678", "010-1234-5678", "+82 10 1234 5678", "seoul",
                 "bukchon", "director", "windows", "spring", "ext-77",
                 "golf", "club", "vip", "ｖｉｐ"):
        assert found(acme.client, text) == [kim], text
    assert found(acme.client, "o'bri") == [lee]
    assert found(acme.client, "example") == [lee, kim]
    for text in ("minjo", "kim obrien", "지", "9999"):
        assert found(acme.client, text) == [], text


def test_a_changed_lead_is_found_by_what_it_says_now_at_once(acme):
    lead = acme.send_lead(name="Kim Minji", tags=["golf"])["id"]
    indexed(acme)
    acme.client.patch(f"{LEADS}/{lead}",
                      {"name": "Park Jisoo", "tags": ["tennis"]}).expect(200)

    for text in ("jisoo", "tennis", "park tennis"):
        assert found(acme.client, text) == [lead], text
    for text in ("minji", "golf", "kim", "park golf"):
        assert found(acme.client, text) == [], text


def test_who_comes_back_is_found_by_his_new_words_at_once(acme):
    lead = acme.send_lead(name="Kim Minji", email="kim@x.test")["id"]
    acme.send_lead(name="Lee")
    indexed(acme)
    back = acme.send_lead(name="Kim Minji", email="kim@x.test",
                          company="Hanbit Windows")
    assert back["id"] == lead

    assert found(acme.client, "hanbit kim") == [lead]


def test_new_ones_and_indexed_ones_come_in_one_order_page_by_page(acme):
    sent = batch(acme, several(7))
    indexed(acme)
    sent += batch(acme, several(4, first=7))
    for lead in (sent[0], sent[3]):  # indexed, and changed since
        acme.client.patch(f"{LEADS}/{lead}", {"city": "Busan"}).expect(200)

    assert found(acme.client, "lead") == sent[::-1]
    seen, cursor = [], None
    while True:
        page = search(acme.client, "lead", limit=2,
                      **({"cursor": cursor} if cursor else {}))
        seen += [lead["id"] for lead in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sent[::-1]
    assert found(acme.client, "busan") == [sent[3], sent[0]]
    assert found(acme.client, "lead", filter=(
        '{"field":"city","op":"is","value":"Busan"}')) == [sent[3], sent[0]]


def test_of_many_that_match_those_that_changed_stay_in_their_place(acme):
    """More than the index answers at a time: its answers end before the oldest
    of those that have changed."""
    sent = batch(acme, several(450))
    indexed(acme)
    acme.client.patch(f"{LEADS}/{sent[0]}", {"city": "Busan"}).expect(200)
    acme.client.patch(f"{LEADS}/{sent[449]}", {"city": "Busan"}).expect(200)

    seen, cursor = [], None
    while True:
        page = search(acme.client, "lead", limit=200,
                      **({"cursor": cursor} if cursor else {}))
        seen += [lead["id"] for lead in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sent[::-1]


def test_an_erased_lead_is_not_found_from_that_moment_on(acme):
    old = acme.send_lead(name="Gone Kim", email="gone@x.test")["id"]
    indexed(acme)
    new = acme.send_lead(name="Gone Lee", email="lee@x.test")["id"]
    assert found(acme.client, "gone") == [new, old]

    for lead in (old, new):
        acme.client.post(f"{LEADS}/{lead}/erase",
                         {"reason": "asked for"}).expect(200)
    assert found(acme.client, "gone") == []
    indexed(acme)
    assert found(acme.client, "gone") == []


def test_a_merged_lead_is_found_as_the_one_that_it_became(acme):
    goes = acme.send_lead(name="Kim", email="kim@x.test", city="Busan")["id"]
    stays = acme.send_lead(name="Minji Kim", email="minji@x.test")["id"]
    acme.client.post(f"{LEADS}/{goes}/merge", {"into": stays}).expect(200)
    assert found(acme.client, "kim") == [stays]
    assert found(acme.client, "busan") == [stays]

    acme.client.post(f"{LEADS}/{goes}/unmerge", {}).expect(200)
    assert found(acme.client, "kim") == [stays, goes]
    assert found(acme.client, "busan") == [goes]


def test_a_rep_finds_his_own_at_once_and_nobody_elses(acme):
    acme.publish(rules=[{
        "id": name, "give_to": {"rep": f"{name}@acme.test"},
        "when": {"field": "city", "op": "is", "value": name}}
        for name in ("ana", "bo")])
    ana, bo = acme.sign_in("ana"), acme.sign_in("bo")
    hers = acme.send_lead(name="Kim Hers", city="ana")["id"]
    his = acme.send_lead(name="Kim His", city="bo")["id"]

    assert found(ana, "kim") == [hers]
    assert found(bo, "kim") == [his]
    assert found(ana, "his") == []
    assert found(acme.client, "kim") == [his, hers]


def test_what_another_workspace_has_just_taken_is_not_found(baton):
    acme = baton.workspace("Acme", people=["ana"])
    other = baton.workspace("Other", people=["zoe"])
    lead = acme.send_lead(name="Kim")["id"]

    assert found(acme.client, "kim") == [lead]
    assert found(other.client, "kim") == []


def test_behind_an_import_the_newest_are_found_and_it_is_said_not_to_be_all(
        acme):
    oldest = acme.send_lead(name="Findable Old", email="old@x.test")["id"]
    for first in range(0, BEHIND, 500):
        batch(acme, several(500, first=first))
    newest = acme.send_lead(name="Findable New", email="new@x.test")["id"]

    page = search(acme.client, "findable")
    assert [lead["id"] for lead in page["items"]] == [newest]
    assert (page["total"], page["total_is_exact"]) == (1, False)

    indexed(acme, jobs=10)
    assert found(acme.client, "findable") == [newest, oldest]


def test_what_changes_no_text_does_not_keep_the_index_behind(baton):
    """Many leads are late and handed on, and nobody new comes."""
    acme = Company(baton, "ana", "bo")
    acme.everyone(late={"after_minutes": 30, "then": "next", "times": 1})
    for first in range(0, BEHIND, 500):
        batch(acme, several(500, first=first))
    lead = acme.send_lead(name="Findable")["id"]
    indexed(acme, jobs=10)

    baton.clock.advance("3h")
    indexed(acme, jobs=10)

    assert acme.lead(lead)["late_count"] == 1
    assert found(acme.client, "findable") == [lead]


@pytest.mark.parametrize("engine", ["postgres"])
def test_another_server_finds_it_at_once(start_baton):
    here, there = start_baton(), start_baton()
    acme = here.workspace("Acme", people=["ana"])
    beside = there.client.with_key(acme.key)
    lead = acme.send_lead(name="Kim Minji")["id"]
    assert found(beside, "minji") == [lead]

    acme.client.patch(f"{LEADS}/{lead}", {"name": "Park"}).expect(200)
    assert found(beside, "park") == [lead]
    assert found(beside, "minji") == []
