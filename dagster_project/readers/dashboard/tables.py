"""Every table of the page by its name. Cells are worded in the modules that this one brings together.

Does not belong here: SQL (`questions.py`), the order of the page (`views.py`), HTML.
"""

from dagster_project.readers.dashboard import claim_tables as claims
from dagster_project.readers.dashboard import event_tables as events
from dagster_project.readers.dashboard import headline_pledges, headline_rates, pictures
from dagster_project.readers.dashboard import pledge_tables as pledges
from dagster_project.readers.dashboard.cells import Dataset, dataset
from dagster_project.readers.dashboard.headline_words import weakness
from dagster_project.readers.dashboard.questions import FIRST_DAY, Facts
from dagster_project.readers.dashboard.rate_tables import rates


def datasets(facts: Facts) -> dict[str, Dataset]:
    """Every table of the page by its name, with all its lines on all days."""
    return {
        "rates": rates(facts),
        "general_rates": headline_rates.general_rates(facts),
        "car_rates": headline_rates.car_rates(facts),
        "promises": headline_pledges.promises(facts),
        "expectations": headline_pledges.expectations(facts),
        "deliveries": headline_pledges.deliveries(facts),
        "last_events": dataset(events.LAST_EVENT, facts.last_events, extra=lambda row: [weakness([row])]),
        "promise_bars": pictures.promise_bars(facts),
        "car_points": pictures.car_points(facts),
        "findings": pictures.findings(facts),
        "pledges": dataset(pledges.pledge_columns(facts), facts.pledges),
        "burdens": dataset(pledges.BURDEN, pledges.headline_first(facts.burdens), pledges.with_denominator),
        "delivery": dataset(
            pledges.DELIVERY, facts.delivery, pledges.of_steps(facts), extra=lambda row: [bool(row["is_latest"])]
        ),
        "steps": dataset(pledges.STEP, facts.steps),
        "claims": dataset(claims.CLAIM, claims.one_a_claim(facts.claims)),
        "readings": dataset(claims.READING, facts.claims, claims.with_reading),
        "events": dataset(events.event_columns(facts), facts.events),
        "next_dates": dataset(events.date_columns(facts), sorted(facts.next_dates, key=events.by_due_date)),
        "concessions": dataset(events.CONCESSION, facts.concessions),
        "clauses": dataset(events.CLAUSE, facts.clauses),
        "reviews": dataset(
            # what was looked through, whatever day is asked about
            events.review_columns(facts),
            [row | {"shown_from": FIRST_DAY} for row in facts.reviews],
            lambda row: [],
        ),
    }
