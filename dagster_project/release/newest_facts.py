"""How new a build's facts are: `meta.freshness`, by partner and topic.

Belongs here: the newest fact of each topic beside the day through which somebody looked for news. Does not belong here:
how old is too old, and whom to tell.
"""

from dagster_project.release.build import open_build
from dagster_project.settings import Settings

FRESHNESS = """
    create or replace table meta.freshness as
    with topics(seed, topic) as (
        values ('tariff_rates', 'rates'), ('pledges', 'pledges'), ('pledge_progress', 'delivery'),
            ('deal_events', 'events'), ('claims', 'claims')
    ),

    -- a step names its pledge, not its partner
    steps as (
        select distinct progress.progress_id, pledges.partner_iso3
        from marts.fct_pledge_progress as progress
        inner join marts.fct_pledges as pledges on progress.pledge_id = pledges.pledge_id
    ),

    newest as (
        select
            coalesce(assertions.partner_iso3, steps.partner_iso3) as partner_iso3,
            topics.topic,
            max(assertions.known_from) as newest_date
        from marts.fct_assertions as assertions
        inner join topics on assertions.seed = topics.seed
        left join steps
            on assertions.thing_id = steps.progress_id
            and assertions.seed = 'pledge_progress'
        where assertions.is_preferred
            and assertions.known_from <= (select as_of_date from meta.build)
        group by all
    )

    select
        coalesce(newest.partner_iso3, reviews.partner_iso3) as partner_iso3,
        coalesce(newest.topic, reviews.review_topic) as topic,
        newest.newest_date,
        reviews.reviewed_through,
        reviews.open_findings
    from newest
    full join marts.dim_reviews as reviews
        on newest.partner_iso3 = reviews.partner_iso3 and newest.topic = reviews.review_topic
    order by partner_iso3, topic
"""
COMMENTS = {
    "table meta.freshness": "How new the facts of a partner and topic are, and when somebody last looked for news.",
    "column meta.freshness.partner_iso3": "The partner; ALL for what concerns every partner.",
    "column meta.freshness.topic": "What the facts are about: rates, pledges, delivery, events or claims.",
    "column meta.freshness.newest_date": "When the newest fact became known; null where there is none.",
    "column meta.freshness.reviewed_through": "Through which day somebody looked; null where nobody did.",
    "column meta.freshness.open_findings": "What was found and is not entered yet.",
}


def describe_freshness(settings: Settings) -> None:
    """Write `meta.freshness` into the finished build."""
    with open_build(settings) as connection:
        connection.execute(FRESHNESS)
        for thing, text in COMMENTS.items():
            connection.execute(f"comment on {thing} is '{text}'")
