{#
One line a deal: what the partner gives and what its goods get, as known on a day. Cars stand for the rate because theirs is
one figure with one base; general goods show what is added to, or floors, a base that differs by product. Sums keep to one
type of pledge each; per-year amounts stand apart from totals. Share of GDP and delivery are those of the largest pledge, so
that they never mix types either.
#}
{% macro deal_scorecards(total_rates, known_on) %}
    with deals as (
        select deals.deal_id, deals.deal_name, deals.partner_iso3, deals.source_id, min(events.known_from) as first_known
        from {{ ref('dim_deals') }} as deals
        inner join {{ ref('fct_deal_events') }} as events
            on deals.deal_id = events.deal_id
            and {{ known('events', known_on) }}
        group by deals.deal_id, deals.deal_name, deals.partner_iso3, deals.source_id
    ),

    -- a day that was only planned is no step, even once it has passed
    happened as (
        select
            events.deal_id,
            events.event_date,
            events.event_type,
            events.event_name,
            row_number() over (partition by events.deal_id order by events.event_date desc, events.event_id desc) as place,
            row_number() over (
                partition by events.deal_id
                order by
                    case
                        when events.event_type in (
                            'agreed', 'signed', 'gazetted', 'in_force', 'amended', 'legislated', 'suspended', 'stalled',
                            'superseded', 'expired', 'struck_down'
                        ) then 0
                        -- single projects are announced long after a deal was signed
                        when events.event_type in ('announced', 'proposed') then 1
                        else 2
                    end,
                    events.event_date desc,
                    events.event_id desc
            ) as status_place
        from {{ ref('fct_deal_events') }} as events
        where {{ known('events', known_on) }}
            and events.event_date <= {{ known_on }}
            and events.event_type <> 'scheduled'
            and events.deal_id is not null
    ),

    -- a scope each: the engine pushes an equality down into the total rates but not a list (measured: half the time)
    cars as (
        select
            rates.partner_iso3,
            rates.total_rate_pct,
            rates.rate_no_deal_pct,
            rates.additional_rate_pct,
            rates.floor_rate_pct
        from {{ total_rates }} as rates
        where {{ covers('rates', known_on) }}
            and rates.quota_tier <> 'in_quota'
            and rates.scope_id = 'passenger-cars'
    ),

    general_goods as (
        select
            rates.partner_iso3,
            rates.total_rate_pct,
            rates.rate_no_deal_pct,
            rates.additional_rate_pct,
            rates.floor_rate_pct
        from {{ total_rates }} as rates
        where {{ covers('rates', known_on) }}
            and rates.quota_tier <> 'in_quota'
            and rates.scope_id = 'general-goods'
    ),

    car_cuts as (
        select
            partner_iso3,
            rate_before_pct,
            rate_after_pct,
            cut_pp,
            change_date,
            row_number() over (partition by partner_iso3 order by cut_pp desc, change_date) as place
        from ({{ tariff_cuts(total_rates) }}) as cuts
        where scope_id = 'passenger-cars'
            and quota_tier <> 'in_quota'
            and cut_pp > 0
            and change_date <= {{ known_on }}
    ),

    pledges as ({{ countable_pledges(known_on) }}),

    pledge_sums as (
        select
            deal_id,
            {% for pledge_type in [
                'investment_cash', 'investment_financed', 'investment_private', 'investment_mixed', 'credit_guarantee',
                'economic_exchange',
            ] -%}
            cast(sum(case when pledge_type = '{{ pledge_type }}' and amount_period = 'total' then amount_usd end)
                as decimal(24, 0)) as {{ pledge_type }}_usd,
            {% endfor -%}
            cast(sum(case when pledge_type = 'purchase' and amount_period = 'total' then amount_usd end)
                as decimal(24, 0)) as purchase_usd,
            cast(sum(case when pledge_type = 'purchase' and amount_period = 'per_year' then amount_usd end)
                as decimal(24, 0)) as purchase_usd_per_year
        from pledges
        where deal_id is not null
        group by deal_id
    ),

    largest_pledges as (
        select
            deal_id,
            pledge_id,
            amount_usd,
            row_number() over (partition by deal_id order by amount_usd desc, pledge_id) as place
        from ({{ stated_pledges(known_on) }}) as stated
        where row_role = 'whole'
            and amount_period = 'total'
            and pledge_status not in ('demanded', 'expected', 'lapsed', 'superseded')
    ),

    gdp_shares as (
        select pledge_id, share_of_gdp_pct, denominator_provider, denominator_period
        from ({{ pledge_burdens(known_on) }}) as burdens
        where is_headline
            and share_of_gdp_pct is not null
    ),

    reported as (
        select
            coalesce(stated.parent_pledge_id, stated.pledge_id) as whole_pledge_id,
            sum(case when stated.row_role = 'whole' then delivery.allocated_usd end) as whole_allocated_usd,
            sum(case when stated.row_role = 'leg' then delivery.allocated_usd end) as legs_allocated_usd,
            sum(case when stated.row_role = 'whole' then delivery.disbursed_usd end) as whole_disbursed_usd,
            sum(case when stated.row_role = 'leg' then delivery.disbursed_usd end) as legs_disbursed_usd
        from ({{ pledge_delivery(known_on) }}) as delivery
        inner join ({{ stated_pledges(known_on) }}) as stated
            on delivery.pledge_id = stated.pledge_id
        where delivery.is_latest
        group by coalesce(stated.parent_pledge_id, stated.pledge_id)
    ),

    -- reports on the whole and on its legs are about the same money: the fuller ones count
    deliveries as (
        select
            whole_pledge_id,
            cast(greatest(whole_allocated_usd, legs_allocated_usd) as decimal(24, 0)) as allocated_usd,
            cast(greatest(whole_disbursed_usd, legs_disbursed_usd) as decimal(24, 0)) as disbursed_usd
        from reported
    ),

    concession_counts as (
        select deal_id, cast(count(*) as integer) as concession_count
        from {{ ref('fct_concessions') }} as concessions
        where {{ known('concessions', known_on) }}
        group by deal_id
    )

    select
        deals.deal_id,
        deals.deal_name,
        deals.partner_iso3,
        statuses.event_type as deal_status,
        cars.total_rate_pct as car_rate_pct,
        cars.rate_no_deal_pct as car_rate_no_deal_pct,
        car_cuts.rate_before_pct as car_rate_before_pct,
        car_cuts.rate_after_pct as car_rate_after_pct,
        car_cuts.cut_pp as car_cut_pp,
        car_cuts.change_date as car_cut_date,
        general_goods.additional_rate_pct as general_additional_rate_pct,
        general_goods.floor_rate_pct as general_floor_rate_pct,
        pledge_sums.investment_cash_usd,
        pledge_sums.investment_financed_usd,
        pledge_sums.investment_private_usd,
        pledge_sums.investment_mixed_usd,
        pledge_sums.credit_guarantee_usd,
        pledge_sums.economic_exchange_usd,
        pledge_sums.purchase_usd,
        pledge_sums.purchase_usd_per_year,
        largest_pledges.pledge_id as largest_pledge_id,
        largest_pledges.amount_usd as largest_pledge_usd,
        gdp_shares.share_of_gdp_pct,
        gdp_shares.denominator_provider,
        gdp_shares.denominator_period,
        deliveries.allocated_usd,
        deliveries.disbursed_usd,
        coalesce(concession_counts.concession_count, 0) as concession_count,
        last_events.event_date as last_event_date,
        last_events.event_type as last_event_type,
        last_events.event_name as last_event_name,
        deals.source_id
    from deals
    left join happened as statuses
        on deals.deal_id = statuses.deal_id and statuses.status_place = 1
    left join happened as last_events
        on deals.deal_id = last_events.deal_id and last_events.place = 1
    left join cars
        on deals.partner_iso3 = cars.partner_iso3
    left join general_goods
        on deals.partner_iso3 = general_goods.partner_iso3
    left join car_cuts
        on deals.partner_iso3 = car_cuts.partner_iso3 and car_cuts.place = 1
    left join pledge_sums
        on deals.deal_id = pledge_sums.deal_id
    left join largest_pledges
        on deals.deal_id = largest_pledges.deal_id and largest_pledges.place = 1
    left join gdp_shares
        on largest_pledges.pledge_id = gdp_shares.pledge_id
    left join deliveries
        on largest_pledges.pledge_id = deliveries.whole_pledge_id
    left join concession_counts
        on deals.deal_id = concession_counts.deal_id
{% endmacro %}
