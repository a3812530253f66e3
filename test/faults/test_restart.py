"""A server that is ended and started again makes no id twice, whatever the
clock did in between."""

import contextlib
import sqlite3

import pytest


def send_some(baton, acme, word):
    leads = [{"name": "Kim", "email": f"{word}.{i}@example.test"}
             for i in range(200)]
    answer = baton.client.with_key(acme.key).post(
        "/api/v1/leads/batch", {"leads": leads}).expect(200)
    return [result["id"] for result in answer.json["results"]]


@pytest.mark.parametrize("back", ["2026-11-16T09:00:00+09:00",
                                  "2026-11-16T08:59:59.990+09:00"])
def test_a_clock_that_was_set_back_stops_nobody(start_baton, back):
    baton = start_baton(time="2026-11-16T09:00:00+09:00")
    acme = baton.workspace("Acme", people=["ana", "bo"])
    ids = send_some(baton, acme, "before")

    baton.stop()
    baton.time, baton.clock = back, None
    baton.start()

    ids += send_some(baton, acme, "after")
    assert len(set(ids)) == 400


def count_keys(baton, request):
    sql = "SELECT COUNT(*) FROM lead_key"
    if baton.engine == "sqlite":
        with contextlib.closing(sqlite3.connect(baton.database)) as file:
            return file.execute(sql).fetchone()[0]
    server = request.getfixturevalue("postgres_server")
    [[count]] = server.sql(sql, baton.database)
    return int(count)


def test_who_ends_leaves_nobody_to_be_read_anew(start_baton, request):
    """What waits in memory to be written with more; a kill leaves it there,
    and then it is read from the leads, while somebody waits."""
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo"])
    client = baton.client.with_key(acme.key)
    client.post("/api/v1/leads/batch", {"leads": [
        {"name": "Kim", "email": f"kim{i}@example.test",
         "phone": f"+8210{20000000 + i}"} for i in range(1000)]}).expect(200)
    assert count_keys(baton, request) < 1000
    baton.stop()
    assert count_keys(baton, request) >= 2000
    baton.start()
    assert baton.cli("doctor", "--json")["ok"]


def send_one_by_one(acme, numbers):
    return [acme.send_lead(name="Kim", email=f"kim{i}@example.test")["id"]
            for i in numbers]


def test_who_wrote_after_the_clock_was_set_back_is_known_after_a_crash(
        start_baton):
    """Ids of before are ahead of all that is made from then on."""
    baton = start_baton(time="2026-11-16T09:00:00+09:00")
    acme = baton.workspace("Acme", people=["ana", "bo"])
    ids = send_one_by_one(acme, range(5))

    baton.stop()
    baton.time, baton.clock = "2026-11-16T08:00:00+09:00", None
    baton.start()
    acme.client = baton.client.with_key(acme.key)
    ids += send_one_by_one(acme, range(5, 80))
    baton.kill()
    baton.start()
    acme.client = baton.client.with_key(acme.key)

    assert baton.cli("doctor", "--json")["ok"]
    assert send_one_by_one(acme, range(80)) == ids
