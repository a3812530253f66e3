"""A burst of jobs: promises that were all missed while the server stood."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

from support.baton import Baton
from support.postgres import Cluster, Server
from support.story import Company

PROMISES = 1500
FEW = 150
CAPTURES = 40  # with a hundred jobs before each, the burst would be over


def overdue(baton):
    """How many jobs of missed promises are yet to run."""
    sql = ("SELECT COUNT(*) FROM job WHERE kind = 'lead.late' AND"
           " due_ms < (SELECT MIN(created_ms) + 3600000 FROM lead)")
    if baton.engine == "postgres":
        ((count,),) = Server(baton.database).sql(sql, baton.database)
        return int(count)
    database = sqlite3.connect(baton.database, timeout=30)
    ((count,),) = database.execute(sql)
    database.close()
    return count


def test_a_capture_during_a_burst_is_answered_before_the_burst_is_over(baton):
    acme = Company(baton, "ana", "bo")
    acme.everyone(late={"after_minutes": 30, "then": "next", "times": 1})
    for first in range(0, PROMISES, 500):
        acme.client.post("/api/v1/leads/batch", {"leads": [
            {"email": f"{first + n}@x.test"} for n in range(500)]}).expect(200)
    assert overdue(baton) == PROMISES
    baton.stop()
    baton.clock.moved_ms += 3 * 3_600_000
    baton.start()
    acme.client = baton.client.with_key(acme.key)

    got = [acme.send(email=f"new{n}@x.test") for n in range(CAPTURES)]
    left = overdue(baton)

    assert set(got) == {"ana", "bo"}
    assert left > 0
    with ThreadPoolExecutor(4) as pool:  # and it comes to its end meanwhile
        busy = [pool.submit(keep_sending, baton, acme.key, n)
                for n in range(3)]
        baton.clock.advance("0s")
        assert overdue(baton) == 0
    for sender in busy:
        assert sender.result() > 0
    lead = acme.client.get("/api/v1/leads", query={
        "sort": "created_at", "limit": 1}).expect(200).json["items"][0]
    assert acme.lead(lead["id"])["late_count"] == 1


def test_late_leads_are_handed_on_together_on_postgresql():
    with Cluster({"log_statement": "all"}) as cluster, \
            cluster.database() as url:
        baton = Baton(url, engine="postgres").start()
        acme = Company(baton, "ana", "bo")
        acme.everyone(late={"after_minutes": 30, "then": "next", "times": 1})
        answers = acme.client.post("/api/v1/leads/batch", {"leads": [
            {"email": f"{n}@x.test"} for n in range(FEW)]}).expect(200).json
        baton.clock.advance("20m")  # the search index, figures
        before = cluster.log().count("LOG:  execute")
        baton.clock.advance("10m")
        count = cluster.log().count("LOG:  execute") - before

        for result in answers["results"]:
            assert acme.lead(result["id"])["late_count"] == 1
        assert count < 4 * FEW  # one by one it would be twelve for each
        baton.stop()


def keep_sending(baton, key, number):
    """How many leads were taken until the burst was over."""
    client = baton.client.with_key(key)
    count = 0
    while count == 0 or overdue(baton) > 0:
        client.post("/api/v1/leads", {
            "email": f"{number}-{count}@busy.test"}).expect(201)
        count += 1
    return count
