"""What the first screen asks of the published tables: promises, what became of them, who supplies cars, how new it is.

Belongs here: the SQL of the first screen. Does not belong here: that of a partner's section (`questions.py`), wording
(`headline_rates.py`, `headline_pledges.py`), or any arithmetic.
"""

# A partner's largest promises, by the rule of metric_pledge_standings; where none names a sum, all that name a
# quantity. What was only expected or demanded of it stands beside, never in its place.
PROMISES = """
    select pledges.partner_iso3, pledges.pledge_id, pledges.pledge_name, pledges.pledge_type, pledges.pledge_status,
        pledges.asserted_by, pledges.amount_usd, pledges.quantity, pledges.quantity_unit, pledges.bound,
        pledges.amount_period, pledges.confidence, sources.publisher_class, pledges.source_id, pledges.source_locator,
        burdens.share_of_gdp_pct, providers.provider_name, burdens.denominator_period,
        burdens.denominator_source_id, delivery.allocated_usd, delivery.disbursed_usd, delivery.claimed_usd,
        delivery.progress_date, standings.counts_as, standings.is_headline_of_partner
    from pledges_as_of(days.day) as pledges
    inner join pledge_standings_as_of(days.day) as standings on pledges.pledge_id = standings.pledge_id
    inner join dim_sources as sources on pledges.source_id = sources.source_id
    left join pledge_burdens_as_of(days.day) as burdens
        on pledges.pledge_id = burdens.pledge_id and burdens.is_headline and burdens.share_of_gdp_pct is not null
    left join dim_providers as providers on burdens.denominator_provider = providers.provider
    left join pledge_delivery_as_of(days.day) as delivery
        on pledges.pledge_id = delivery.pledge_id and delivery.is_latest
    where pledges.row_role = 'whole'
        and pledges.deal_id is not null
        and (pledges.amount_usd is not null or pledges.quantity is not null)
        and standings.counts_as <> 'nothing'
    qualify standings.is_largest_of_partner
        or standings.counts_as <> 'promise'
        or pledges.amount_usd is null and not bool_or(standings.is_largest_of_partner) over (
            partition by pledges.partner_iso3
        )
"""
# the newest assertion of each topic: how new "nothing newer" is
NEWEST = """
    select seed, max(known_from) as newest_date
    from fct_assertions
    where known_from <= days.day
        and is_preferred
        and seed in ('tariff_rates', 'pledges', 'pledge_progress', 'deal_events')
    group by seed
"""
REVIEWS = """
    select partner_iso3, review_topic, open_findings, reviewed_sources, reviewed_through, reviewed_on
    from dim_reviews
    order by partner_iso3, review_topic
"""
# whose cars the United States imports most of, by the newest year of the statistics
CAR_SUPPLIERS = """
    select flows.partner_iso3
    from fct_trade_flows as flows
    where flows.scope_id = 'passenger-cars'
        and flows.known_to = date '9999-12-31'
        and flows.partner_iso3 not in (select partner_iso3 from dim_partner_members)
    qualify rank() over (order by flows.period desc) = 1
    order by flows.imports_usd desc
    limit 10
"""
