{#
One line a deal: what the partner gives and what its goods get, as known on a day. Cars stand for the rate because theirs is
one figure with one base; general goods show what is added to, or floors, a base that differs by product. Sums keep to one
type of pledge each; per-year amounts stand apart from totals, and what was only expected or demanded of the partner apart from
what it promised. Share of GDP, `allocated_usd` and `disbursed_usd` are those of the largest pledge, so that they never mix types
either; what was paid, and what the parties claim, of all pledges of the deal stands by type.
A deal is known from the first fact that names it, or from the day of the source that it cites.
#}
{% set known_on = as_of_date() %}
{% set pledge_types = [
    "investment_cash",
    "investment_financed",
    "investment_private",
    "investment_mixed",
    "credit_guarantee",
    "purchase",
    "economic_exchange",
] %}
with
    first_facts as (
        {% for facts in ("fct_deal_events", "fct_pledges", "fct_concessions") %}
            select deal_id
            from {{ ref(facts) }} as facts
            where {{ known("facts", known_on) }}
            union
        {% endfor %}
        select deals.deal_id
        from {{ ref("dim_deals") }} as deals
        inner join {{ ref("dim_sources") }} as sources on deals.source_id = sources.source_id
        where coalesce(sources.published_date, sources.accessed_date) <= {{ known_on }}
    ),

    deals as (
        select deals.deal_id, deals.deal_name, deals.partner_iso3, deals.source_id
        from {{ ref("dim_deals") }} as deals
        where deals.deal_id in (select deal_id from first_facts)
    ),

    -- a day that was only planned is no step, even once it has passed
    happened as (
        select
            events.deal_id,
            events.event_date,
            events.event_type,
            events.event_name,
            row_number() over (
                partition by events.deal_id order by events.event_date desc, events.event_id desc
            ) as place,
            row_number() over (
                partition by events.deal_id
                order by
                    case
                        when
                            events.event_type in (
                                'agreed',
                                'signed',
                                'gazetted',
                                'in_force',
                                'amended',
                                'legislated',
                                'suspended',
                                'stalled',
                                'superseded',
                                'expired',
                                'struck_down'
                            )
                        then 0
                        -- single projects are announced long after a deal was signed
                        when events.event_type in ('announced', 'proposed')
                        then 1
                        else 2
                    end,
                    events.event_date desc,
                    events.event_id desc
            ) as status_place
        from {{ ref("fct_deal_events") }} as events
        where
            {{ known("events", known_on) }}
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
        from {{ ref("metric_total_rates") }} as rates
        where {{ covers("rates", known_on) }} and rates.quota_tier <> 'in_quota' and rates.scope_id = 'passenger-cars'
    ),

    general_goods as (
        select
            rates.partner_iso3,
            rates.total_rate_pct,
            rates.rate_no_deal_pct,
            rates.additional_rate_pct,
            rates.floor_rate_pct
        from {{ ref("metric_total_rates") }} as rates
        where {{ covers("rates", known_on) }} and rates.quota_tier <> 'in_quota' and rates.scope_id = 'general-goods'
    ),

    car_cuts as (
        select
            partner_iso3,
            rate_before_pct,
            rate_after_pct,
            cut_pp,
            change_date,
            row_number() over (partition by partner_iso3 order by cut_pp desc, change_date) as place
        from {{ ref("metric_tariff_cuts") }} as cuts
        where scope_id = 'passenger-cars' and quota_tier <> 'in_quota' and cut_pp > 0 and change_date <= {{ known_on }}
    ),

    pledge_sums as (
        select
            deal_id
            {% for counted, prefix in (("promise", ""), ("expectation", "expected_"), ("demand", "demanded_")) %}
                {% for pledge_type in pledge_types %}
                    ,
                    cast(
                        sum(
                            case
                                when
                                    counts_as = '{{ counted }}'
                                    and pledge_type = '{{ pledge_type }}'
                                    and amount_period = 'total'
                                then amount_usd
                            end
                        ) as decimal(24, 0)
                    ) as {{ prefix }}{{ pledge_type }}_usd
                {% endfor %},
                cast(
                    sum(
                        case
                            when counts_as = '{{ counted }}' and pledge_type = 'purchase' and amount_period = 'per_year'
                            then amount_usd
                        end
                    ) as decimal(24, 0)
                ) as {{ prefix }}purchase_usd_per_year
            {% endfor %}
        from {{ ref("metric_pledge_standings") }}
        where is_countable
        group by deal_id
    ),

    largest_pledges as (
        select
            deal_id,
            max(case when is_headline_of_deal then pledge_id end) as pledge_id,
            max(amount_usd) as amount_usd,
            cast(count(*) as integer) as pledge_count
        from {{ ref("metric_pledge_standings") }}
        where is_largest_of_deal
        group by deal_id
    ),

    gdp_shares as (
        select pledge_id, share_of_gdp_pct, denominator_provider, denominator_period
        from {{ ref("metric_pledge_burdens") }} as burdens
        where is_headline and share_of_gdp_pct is not null
    ),

    reported as (
        select
            standings.deal_id,
            coalesce(standings.parent_pledge_id, standings.pledge_id) as whole_pledge_id,
            standings.row_role,
            standings.pledge_type,
            delivery.allocated_usd,
            delivery.disbursed_usd,
            delivery.claimed_usd
        from {{ ref("metric_pledge_delivery") }} as delivery
        inner join {{ ref("metric_pledge_standings") }} as standings on delivery.pledge_id = standings.pledge_id
        where delivery.is_latest
    ),

    -- reports on the whole and on its legs are about the same money: the fuller ones count
    fuller as (
        select
            deal_id,
            whole_pledge_id,
            pledge_type
            {% for stage in ("allocated", "disbursed", "claimed") %}
                ,
                case
                    when
                        (row_role = 'whole') = (
                            coalesce(sum({{ stage }}_usd) filter (where row_role = 'whole') over whole, -1)
                            >= coalesce(sum({{ stage }}_usd) filter (where row_role = 'leg') over whole, -1)
                        )
                    then {{ stage }}_usd
                end as {{ stage }}_usd
            {% endfor %}
        from reported
        window whole as (partition by whole_pledge_id)
    ),

    deliveries as (
        select
            whole_pledge_id,
            cast(sum(allocated_usd) as decimal(24, 0)) as allocated_usd,
            cast(sum(disbursed_usd) as decimal(24, 0)) as disbursed_usd
        from fuller
        group by whole_pledge_id
    ),

    delivered_by_type as (
        select
            deal_id
            {% for stage in ("disbursed", "claimed") %}
                {% for pledge_type in pledge_types %}
                    ,
                    cast(
                        sum(case when pledge_type = '{{ pledge_type }}' then {{ stage }}_usd end) as decimal(24, 0)
                    ) as {{ stage }}_{{ pledge_type }}_usd
                {% endfor %}
            {% endfor %}
        from fuller
        group by deal_id
    ),

    concession_counts as (
        select deal_id, cast(count(*) as integer) as concession_count
        from {{ ref("fct_concessions") }} as concessions
        where {{ known("concessions", known_on) }}
        group by deal_id
    )

select
    deals.deal_id,
    {{ known_on }} as known_on,
    deals.deal_name,
    deals.partner_iso3,
    statuses.event_type as deal_status,
    case when last_events.deal_id is null then 'needs_event' end as missing_reason,
    cars.total_rate_pct as car_rate_pct,
    cars.rate_no_deal_pct as car_rate_no_deal_pct,
    car_cuts.rate_before_pct as car_rate_before_pct,
    car_cuts.rate_after_pct as car_rate_after_pct,
    car_cuts.cut_pp as car_cut_pp,
    car_cuts.change_date as car_cut_date,
    general_goods.additional_rate_pct as general_additional_rate_pct,
    general_goods.floor_rate_pct as general_floor_rate_pct,
    {% for prefix in ("", "expected_", "demanded_") %}
        {% for pledge_type in pledge_types %} pledge_sums.{{ prefix }}{{ pledge_type }}_usd, {% endfor %}
        pledge_sums.{{ prefix }}purchase_usd_per_year,
    {% endfor %}
    largest_pledges.pledge_id as largest_pledge_id,
    largest_pledges.amount_usd as largest_pledge_usd,
    coalesce(largest_pledges.pledge_count, 0) as largest_pledge_count,
    gdp_shares.share_of_gdp_pct,
    gdp_shares.denominator_provider,
    gdp_shares.denominator_period,
    deliveries.allocated_usd,
    deliveries.disbursed_usd,
    {% for stage in ("disbursed", "claimed") %}
        {% for pledge_type in pledge_types %} delivered_by_type.{{ stage }}_{{ pledge_type }}_usd, {% endfor %}
    {% endfor %}
    coalesce(concession_counts.concession_count, 0) as concession_count,
    last_events.event_date as last_event_date,
    last_events.event_type as last_event_type,
    last_events.event_name as last_event_name,
    deals.source_id
from deals
left join happened as statuses on deals.deal_id = statuses.deal_id and statuses.status_place = 1
left join happened as last_events on deals.deal_id = last_events.deal_id and last_events.place = 1
left join cars on deals.partner_iso3 = cars.partner_iso3
left join general_goods on deals.partner_iso3 = general_goods.partner_iso3
left join car_cuts on deals.partner_iso3 = car_cuts.partner_iso3 and car_cuts.place = 1
left join pledge_sums on deals.deal_id = pledge_sums.deal_id
left join largest_pledges on deals.deal_id = largest_pledges.deal_id
left join gdp_shares on largest_pledges.pledge_id = gdp_shares.pledge_id
left join deliveries on largest_pledges.pledge_id = deliveries.whole_pledge_id
left join delivered_by_type on deals.deal_id = delivered_by_type.deal_id
left join concession_counts on deals.deal_id = concession_counts.deal_id
