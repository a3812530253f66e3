"""Lists of leads: pages, filters, orders, text, and who sees what."""

import json
from datetime import datetime

import pytest


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


# By a field of the workspace's own

OWN = {"budget": "number", "visit": "date", "call": "time", "town": "text",
       "ready": "bool"}
TOWNS = ["Zürich", "aarau", "Aarau", "Österreich", "서울", "부산", "東京", "42",
         "zug", "😀", "~", "a~b", "\u00e9 at last", "x" * 300]


def with_own(baton):
    acme = baton.workspace("Acme", people=["ana"])
    for name, kind in OWN.items():
        acme.client.post("/api/v1/fields", {"name": name,
                                            "type": kind}).expect(201)
    return acme


def send_own(acme, values):
    """Leads with these values of their own, in this order."""
    leads = [{"name": f"Lead {i}", "custom": value}
             for i, value in enumerate(values)]
    answer = acme.client.post("/api/v1/leads/batch", {"leads": leads})
    results = answer.expect(200).json["results"]
    assert {result["status"] for result in results} == {201}, answer.text
    return [result["id"] for result in results]


def in_order(sent, keys, backwards):
    """Those without a key last; those with the same by age, as the list
    goes."""
    known = [(key, lead) for key, lead in zip(keys, sent) if key is not None]
    unknown = [lead for key, lead in zip(keys, sent) if key is None]
    order = [lead for _, lead in sorted(known, key=lambda pair: pair[0])]
    if backwards:
        return order[::-1] + unknown[::-1]
    return order + unknown


ORDERS = {
    "budget": ([9, 10, -3, None, 10, 0.5, None, 100, -20.25], lambda v: v),
    "visit": (["2026-11-02", "1999-12-31", None, "2026-11-02", "2031-01-01"],
              lambda v: v),
    "call": (["2026-11-20T10:00:00+09:00", "2026-11-20T02:00:00Z", None,
              "2026-11-19T20:30:00-05:00"], datetime.fromisoformat),
    "ready": ([True, False, None, True, False], lambda v: v),
    "town": ([*TOWNS, None, None], lambda v: v.casefold()[:100].encode()),
}


@pytest.mark.parametrize("name", ORDERS)
def test_leads_are_sorted_by_a_field_of_ones_own(baton, name):
    """Numbers as numbers, times as times, texts by their characters without
    case; the same on both databases, and no page misses one."""
    values, key = ORDERS[name]
    acme = with_own(baton)
    sent = send_own(acme, [{name: v} if v is not None else {} for v in values])
    keys = [None if v is None else key(v) for v in values]

    for sign, backwards in (("", False), ("-", True)):
        wanted = in_order(sent, keys, backwards)
        for limit in (1, 3, 200):
            got = pages(acme.client, limit=limit, sort=f"{sign}custom.{name}")
            assert ids(got) == wanted, (sign, limit)
    first = page(acme.client, limit=1, sort=f"custom.{name}")
    assert (first["total"], first["total_is_exact"]) == (len(values), True)


def test_an_order_of_ones_own_goes_with_a_filter_and_an_owner(baton):
    acme = with_own(baton)
    sent = send_own(acme, [{"budget": n % 4} for n in range(12)])
    rich = {"field": "custom.budget", "op": "at_least", "value": 2}
    owner = acme.lead(sent[0])["owner"]["id"]
    for more in ({}, {"owner": owner}):
        got = pages(acme.client, limit=2, sort="-custom.budget", filter=rich,
                    **more)
        assert [lead["custom"]["budget"] for lead in got] == [3] * 3 + [2] * 3
    assert page(acme.client, sort="custom.budget", owner="me")["items"] == []


def test_a_page_goes_on_where_it_ended_whatever_has_come_or_gone(baton):
    acme = with_own(baton)
    sent = send_own(acme, [{"budget": n} for n in (10, 20, 30, 40)])
    first = page(acme.client, limit=2, sort="custom.budget")
    acme.client.patch(f"/api/v1/leads/{sent[1]}",
                      {"custom": {"budget": 99}}).expect(200)
    send_own(acme, [{"budget": 5}])
    rest = page(acme.client, limit=9, sort="custom.budget",
                cursor=first["next_cursor"])
    assert ids(first["items"]) == sent[:2]
    assert ids(rest["items"]) == [sent[2], sent[3], sent[1]]


def test_only_fields_that_are_there_and_have_an_order_sort(baton):
    acme = with_own(baton)
    acme.client.post("/api/v1/fields", {"name": "likes",
                                        "type": "tags"}).expect(201)
    send_own(acme, [{"budget": 1}, {"budget": 2, "town": "a"}])
    for sort in ("custom.rooms", "-custom.", "custom", "--custom.budget",
                 "custom.likes", "custom.budget ", "Custom.budget"):
        problem = page(acme.client, expect=400, sort=sort)
        error, = problem["errors"]
        assert (error["pointer"], error["code"]) == ("/sort", "unknown_sort")
        assert "custom.budget" in error["message"]
    cursor = page(acme.client, sort="custom.budget", limit=1)["next_cursor"]
    for wrong in ("", "x", cursor[:-1] + "x", cursor.replace("~1~", "~1~x"),
                  cursor.replace("budget", "town"), cursor + "\0"):
        answer = acme.client.get("/api/v1/leads", query={
            "sort": "-custom.budget" if wrong == "" else "custom.budget",
            "cursor": wrong or cursor})
        assert answer.status in (400, 422), (wrong, answer.text)
    acme.client.delete("/api/v1/fields/budget").expect(204)
    page(acme.client, expect=400, sort="custom.budget")


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

    def pointers(status=422, **query):
        problem = page(acme.client, expect=status, **query)
        return [error["pointer"] for error in problem["errors"]]

    assert pointers(filter={"field": "citty", "op": "is", "value": "x"}) \
        == ["/filter/field"]
    assert pointers(400, sort="name") == ["/sort"]
    assert pointers(cursor="nonsense") == ["/cursor"]
    assert pointers(cursor=cursor, sort="-score") == ["/cursor"]
    assert pointers(400, q="kim", sort="score") == ["/sort"]
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
