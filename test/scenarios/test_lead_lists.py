"""Lists of leads: pages, filters, orders, text, and who sees what."""

import json
from datetime import datetime


def send(acme, count, **fields):
    leads = [{"name": f"Lead {i}", "email": f"lead{i}@example.test", **fields}
             for i in range(count)]
    answer = acme.client.post("/api/v1/leads/batch", {"leads": leads})
    results = answer.expect(200).json["results"]
    assert all(result["status"] == 201 for result in results)
    return [result["id"] for result in results]


def page(client, expect=200, **query):
    if "filter" in query:
        query["filter"] = json.dumps(query["filter"])
    return client.get("/api/v1/leads", query=query).expect(expect).json


def pages(client, **query):
    """All items, page by page."""
    items, cursor = [], None
    while True:
        got = page(client, **query, **({"cursor": cursor} if cursor else {}))
        items += got["items"]
        cursor = got["next_cursor"]
        if cursor is None:
            return items


def ids(items):
    return [item["id"] for item in items]


def indexed(baton):
    """Lets the index of text catch up."""
    baton.clock.advance("3s")
    baton.clock.advance("3s")


def test_the_newest_lead_comes_first_and_pages_miss_none(baton):
    acme = baton.workspace("Acme", people=["ana"])
    sent = send(acme, 5)
    baton.clock.advance("1m")
    sent += send(acme, 2, email=None)

    assert ids(pages(acme.client, limit=3)) == sent[::-1]
    assert ids(pages(acme.client, limit=3, sort="created_at")) == sent
    first = page(acme.client, limit=3)
    assert (first["total"], first["total_is_exact"]) == (7, True)


def test_leads_are_sorted_by_score_and_pages_miss_none(baton):
    acme = baton.workspace("Acme", people=["ana"])
    send(acme, 4)
    rich = send(acme, 3, email=None, deal_value=10, phone=None)

    items = pages(acme.client, limit=2, sort="-score")
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)
    assert len(set(ids(items))) == 7
    assert set(ids(items)[:3]) == set(rich)
    back = pages(acme.client, limit=2, sort="score")
    assert ids(back) == ids(items)[::-1]


def test_a_filter_is_a_condition(baton):
    acme = baton.workspace("Acme", people=["ana"])
    send(acme, 3, country="KR", deal_value=10)
    wanted = send(acme, 2, country="JP", deal_value=99.5, email=None)

    found = page(acme.client, filter={"all": [
        {"field": "country", "op": "is_any_of", "value": ["jp", "US"]},
        {"field": "deal_value", "op": "more_than", "value": 99}]})

    assert ids(found["items"]) == wanted[::-1]
    assert (found["total"], found["total_is_exact"]) == (2, True)


def test_what_cannot_be_asked_is_refused_with_its_place(baton):
    acme = baton.workspace("Acme", people=["ana"])
    send(acme, 3)
    cursor = page(acme.client, limit=1)["next_cursor"]

    def pointers(**query):
        problem = page(acme.client, expect=422, **query)
        return [error["pointer"] for error in problem["errors"]]

    assert pointers(filter={"field": "citty", "op": "is", "value": "x"}) \
        == ["/filter/field"]
    assert pointers(sort="name") == ["/sort"]
    assert pointers(cursor="nonsense") == ["/cursor"]
    assert pointers(cursor=cursor, sort="-score") == ["/cursor"]
    assert pointers(q="kim", sort="score") == ["/sort"]
    assert pointers(owner="ana") == ["/owner"]
    acme.client.get("/api/v1/leads", query={"filter": "{"}).expect(422)
    problem = acme.client.get("/api/v1/leads", query={"sort": "name"}).json
    assert "-created_at" in problem["errors"][0]["message"]


def test_leads_of_one_owner_are_listed_by_time_and_by_score(baton):
    acme = baton.workspace("Acme", people=["ana", "bo"])
    sent = send(acme, 9)
    owner = acme.lead(sent[0])["owner"]["id"]
    mine = [lead for lead in sent if acme.lead(lead)["owner"]["id"] == owner]

    assert ids(pages(acme.client, owner=owner, limit=2)) == mine[::-1]
    assert ids(pages(acme.client, limit=2, filter={
        "field": "owner", "op": "is", "value": owner})) == mine[::-1]
    by_score = pages(acme.client, owner=owner, limit=2, sort="-score")
    assert sorted(ids(by_score)) == sorted(mine)


def test_a_key_of_a_rep_lists_nothing(baton):
    acme = baton.workspace("Acme", people=["ana"])
    send(acme, 3)
    indexed(baton)

    for query in ({}, {"q": "lead"}, {"sort": "-score"}, {"owner": "me"}):
        found = page(acme.client_as("rep"), **query)
        assert found["items"] == []
        assert found["total"] == 0


def test_one_workspace_finds_nothing_of_another(baton):
    acme = baton.workspace("Acme", people=["ana"])
    other = baton.workspace("Other", people=["zoe"])
    send(acme, 3)
    mine = send(other, 1)
    indexed(baton)

    assert ids(page(other.client)["items"]) == mine
    assert ids(page(other.client, q="lead")["items"]) == mine
    assert len(page(acme.client, q="lead")["items"]) == 3


def test_text_finds_parts_of_words_addresses_and_numbers(baton):
    acme = baton.workspace("Acme", people=["ana"])
    kim = acme.send_lead(name="김민지", email="minji.kim@hanok.example",
                         company="한옥리모델링", phone="010-1234-5678",
                         message="북촌 한옥 상담을 원합니다")["id"]
    lee = acme.send_lead(name="Lee O'Brien", email="lee@other.example",
                         city="Busan", tags=["Golf"])["id"]
    indexed(baton)

    for text in ("민지", "김", "리모델링", "한옥 민지", "MINJI", "@hanok",
                 "kim@han", "상담", "5678", "1234-5678", "010-1234-5678",
                 "+82 10 1234 5678"):
        assert ids(page(acme.client, q=text)["items"]) == [kim], text
    for text in ("o'bri", "busan", "golf", "Lee other"):
        assert ids(page(acme.client, q=text)["items"]) == [lee], text
    assert ids(page(acme.client, q="example")["items"]) == [lee, kim]
    for text in ("minjo", "민정", "9999", "kim busan", "지"):
        assert page(acme.client, q=text)["items"] == [], text


def test_what_is_found_by_text_can_be_filtered_and_paged(baton):
    acme = baton.workspace("Acme", people=["ana"])
    send(acme, 5, country="KR")
    wanted = send(acme, 5, country="JP", email=None)
    indexed(baton)

    japan = {"field": "country", "op": "is", "value": "JP"}
    found = pages(acme.client, q="lead", limit=2, filter=japan)
    assert ids(found) == wanted[::-1]


def test_a_changed_lead_is_found_by_what_it_says_now(baton):
    acme = baton.workspace("Acme", people=["ana"])
    lead = acme.send_lead(name="Kim Minji")["id"]
    indexed(baton)
    acme.client.patch(f"/api/v1/leads/{lead}", {"name": "Park Jisoo"})
    indexed(baton)

    assert ids(page(acme.client, q="jisoo")["items"]) == [lead]
    assert page(acme.client, q="minji")["items"] == []


def test_what_came_before_a_restart_is_found_after_it(baton):
    acme = baton.workspace("Acme", people=["ana"])
    sent = send(acme, 3)
    baton.restart()
    acme.client = baton.client.with_key(acme.key)
    indexed(baton)

    assert ids(page(acme.client, q="lead")["items"]) == sent[::-1]
