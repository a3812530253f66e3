"""Leads that come by the dozen are told in one mail, not in dozens."""

from datetime import datetime, timedelta, timezone

import pytest
from support.story import Company, now


def company(town, mailbox, **people):
    acme = Company(town, **(people or {"ana": {}, "bo": {}}))
    acme.everyone()
    mailbox.only(acme)
    return acme


def table_of(tmp_path, rows, start=0):
    table = tmp_path / f"leads{start}.csv"
    table.write_text("name,email\n" + "".join(
        f"N{i},n{i}@x.test\n" for i in range(start, start + rows)))
    return table


def import_table(town, acme, table):
    """By a process of its own, which has the time of the wall: in the town
    that is still to come."""
    town.cli("import", "leads", table, "--workspace", acme.slug,
             "--source", "fair")


def until_told(town):
    """Past the time of the wall, and quiet since."""
    ahead = datetime.now(timezone.utc) - now(town)
    town.clock.advance(f"{max(ahead, timedelta(0)).seconds + 300}s")
    town.clock.advance(f"{max(ahead, timedelta(0)).days + 1}d")


def batch(acme, count, start=0):
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"email": f"n{i}@x.test"} for i in range(start, start + count)
    ]}).expect(200)


def subjects(mailbox, to):
    return [mail.subject for mail in mailbox.all(to)]


def test_an_import_is_told_to_each_owner_in_one_mail(
        post_town, mailbox, tmp_path):
    acme = company(post_town, mailbox)
    import_table(post_town, acme, table_of(tmp_path, 10))
    until_told(post_town)
    mailbox.wait_for(2)
    for name in ("ana", "bo"):
        [mail] = mailbox.all(f"{name}@acme.test")
        assert mail.subject == "5 new leads (fair)"
        assert "5 leads are yours now (fair)." in mail.text
        assert "https://baton.test/leads" in mail.text
    post_town.clock.advance("1d")
    assert len(mailbox.all()) == 2


def test_what_comes_soon_after_is_told_in_the_same_mail(post_town, mailbox):
    acme = company(post_town, mailbox, ana={})
    batch(acme, 3)
    post_town.clock.advance("40s")
    batch(acme, 4, start=3)
    post_town.clock.advance("40s")
    assert mailbox.all() == []
    post_town.clock.advance("1m")
    [mail] = mailbox.wait_for(1)
    assert mail.subject == "7 new leads"


def test_a_batch_is_told_in_one_mail_and_a_lead_alone_as_always(
        post_town, mailbox):
    acme = company(post_town, mailbox, ana={})
    batch(acme, 3)
    post_town.clock.advance("2m")
    assert subjects(mailbox, "ana@acme.test") == ["3 new leads"]
    acme.client.post("/api/v1/leads/batch", {"leads": [
        {"name": "Kim", "email": "kim@x.test"}]}).expect(200)
    post_town.clock.advance("2m")
    assert subjects(mailbox, "ana@acme.test") == ["3 new leads",
                                                  "New lead: Kim"]


def test_what_waited_in_a_queue_is_told_in_one_mail(post_town, mailbox):
    acme = company(post_town, mailbox, ana={"presence": "away"})
    for i in range(4):
        acme.send_lead(email=f"q{i}@x.test")
    acme.change("ana", presence="available")
    post_town.clock.advance("2m")
    mailbox.wait_for(1)
    assert subjects(mailbox, "ana@acme.test") == ["4 new leads"]


def test_the_leads_of_whoever_leaves_are_told_in_one_mail(post_town, mailbox):
    acme = company(post_town, mailbox, ana={}, bo={"presence": "away"})
    for i in range(3):
        acme.send_lead(email=f"l{i}@x.test")
    acme.settle()
    acme.change("bo", presence="available")
    acme.change("ana", active=False)
    post_town.clock.advance("2m")
    mailbox.wait_for(4)
    assert subjects(mailbox, "bo@acme.test") == ["3 new leads"]


def test_a_dry_run_tells_nobody(post_town, mailbox, tmp_path):
    acme = company(post_town, mailbox)
    post_town.cli("import", "leads", table_of(tmp_path, 5), "--workspace",
                  acme.slug, "--source", "fair", "--dry-run")
    until_told(post_town)
    assert mailbox.all() == []


def test_a_digest_is_switched_off_with_new_leads(post_town, mailbox, tmp_path):
    acme = company(post_town, mailbox, ana={"mail": ["lead.late"]})
    import_table(post_town, acme, table_of(tmp_path, 5))
    until_told(post_town)
    assert mailbox.all() == []


def test_a_digest_speaks_the_language_of_its_reader(
        post_town, mailbox, tmp_path):
    acme = company(post_town, mailbox, ana={"language": "ko"})
    import_table(post_town, acme, table_of(tmp_path, 2))
    until_told(post_town)
    [mail] = mailbox.wait_for(1)
    assert mail.subject == "새 리드 2건 (fair)"


@pytest.mark.parametrize("known", ["imported again", "known before"])
def test_known_people_in_a_table_are_not_told_as_new(
        post_town, mailbox, tmp_path, known):
    acme = company(post_town, mailbox, ana={})
    table = table_of(tmp_path, 3)
    if known == "imported again":
        import_table(post_town, acme, table)
    else:
        batch(acme, 3)
    until_told(post_town)
    assert len(mailbox.wait_for(1)) == 1
    import_table(post_town, acme, table)
    until_told(post_town)
    assert len(mailbox.all()) == 1
