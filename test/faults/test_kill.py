"""The server is killed, again and again, while clients are at work: what it
acknowledged is there after each restart, and every promise still holds.

The seed of a run is printed; BATON_TEST_SEED repeats it as far as the
machine's timing allows.
"""

import os
import random
import time

import pytest
from checker import Told, check, check_acknowledged
from load import Load, settle

ROUNDS = {"sqlite": 200, "postgres": 40}
CHECK_EVERY = 20


@pytest.fixture
def seed():
    number = int(os.environ.get("BATON_TEST_SEED", 0)) or \
        random.SystemRandom().randrange(1, 1 << 32)
    print("seed", number)
    return number


def kill_while_busy(baton, acme, told, seed):
    """Kills in the middle of the load: after some answers, at any moment of
    the requests then under way."""
    chance = random.Random(seed)
    with Load(acme, told, seed, server=baton):
        went_on = told.wait_for_answers(told.answers + chance.randint(1, 40))
        until = time.monotonic() + chance.random() * 0.004
        while time.monotonic() < until:
            pass  # a moment no thread chose
        baton.kill()
    assert went_on, told.wrong or "the server did not answer"


def test_a_killed_server_has_lost_nothing_it_acknowledged(
        start_baton, engine, seed):
    baton = start_baton()
    acme = baton.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()
    settled = 0

    for number in range(1, ROUNDS[engine] + 1):
        kill_while_busy(baton, acme, told, f"{seed}.{number}")
        baton.start()
        settled += settle(acme, told)
        check_acknowledged(baton, told)
        if number % CHECK_EVERY == 0:
            check(baton, told)

    print(f"{len(told.leads)} leads, {settled} answers lost and asked again")
    baton.clock.advance("31m")
    check(baton, told)


@pytest.mark.parametrize("engine", ["postgres"])
def test_one_server_that_is_killed_does_not_hold_up_the_other(
        start_baton, seed):
    lasting, killed = start_baton(), start_baton()
    acme = lasting.workspace("Acme", people=["ana", "bo", "cy"])
    told = Told()

    with Load(acme, told, f"{seed}.lasting"):
        for number in range(15):
            kill_while_busy(killed, acme, told, f"{seed}.{number}")
            killed.start()
        assert told.wait_for_answers(told.answers + 50), told.wrong

    settle(acme, told)
    check(lasting, told)
