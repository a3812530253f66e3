"""Whoever has written before is known, wherever what tells him lies at that
moment: in memory, half written, or in the table since long ago. In tests the
keys are written after thirty, and read three at a time."""

import pytest
from support.story import Company


@pytest.fixture
def acme(town):
    return Company(town, "ana")


def mail(number):
    return f"person{number}@known.test"


def send(acme, numbers):
    return [acme.send_lead(name="Kim", email=mail(i))["id"] for i in numbers]


def set_mail(acme, lead, email):
    acme.client.patch(f"/api/v1/leads/{lead}", {"email": email}).expect(200)


def test_each_of_many_is_known_after_each_other_one(acme):
    ids = []
    for number in range(60):
        ids += send(acme, [number])
        assert send(acme, [number // 2]) == [ids[number // 2]]
    assert send(acme, range(60)) == ids
    assert len(set(ids)) == 60


def test_an_address_that_was_given_up_and_taken_again_is_known(acme):
    """Its key is kept for later, and the change writes it at once: when its
    turn comes it is there already."""
    first, *_ = send(acme, range(3))
    set_mail(acme, first, "elsewhere@known.test")
    set_mail(acme, first, mail(0))
    others = send(acme, range(3, 80))
    assert send(acme, [0, 3, 79]) == [first, others[0], others[-1]]
    assert acme.baton.cli("doctor", "--json")["ok"]


def test_an_address_that_is_free_again_is_whoever_s_takes_it(acme):
    first = send(acme, [0])[0]
    send(acme, range(1, 40))
    set_mail(acme, first, "elsewhere@known.test")
    second = send(acme, [0])[0]
    assert second != first
    assert send(acme, [0]) == [second]


def test_whom_a_file_brought_is_known_to_the_server_beside_it(acme, tmp_path):
    """The import is a process of its own: what the server knew of the table
    is not the whole any more."""
    ids = send(acme, range(40))
    file = tmp_path / "leads.csv"
    file.write_text("name,email\n" + "".join(
        f"Kim,{mail(i)}\n" for i in range(30, 70)))
    acme.baton.cli("import", "leads", str(file), "--workspace",
                   acme.slug, "--source", "fair", "--json")
    known = {lead["email"]: lead["id"] for lead in acme.client.get(
        "/api/v1/leads", query={"limit": 200}).expect(200).json["items"]}
    assert len(known) == 70
    assert send(acme, range(70)) == [known[mail(i)] for i in range(70)]
    assert [known[mail(i)] for i in range(40)] == ids
