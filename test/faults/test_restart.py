"""A server that is ended and started again makes no id twice, whatever the
clock did in between."""

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
