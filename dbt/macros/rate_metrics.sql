{# Each change of a total rate, at one day of knowledge. Only rates in force make a total, so a threat is never a "before". #}
{% macro tariff_cuts(total_rates) %}
    with
        changes as (
            select
                partner_iso3,
                scope_id,
                quota_tier,
                valid_from as change_date,
                known_on,
                lag(valid_to) over goods_in_time as ended_before,
                lag(total_rate_pct) over goods_in_time as rate_before_pct,
                total_rate_pct as rate_after_pct,
                lag(rate_parts) over goods_in_time as parts_before,
                rate_parts as parts_after,
                assertion_ids
            from {{ total_rates }}
            window goods_in_time as (partition by partner_iso3, scope_id, quota_tier order by valid_from)
        )

    select
        partner_iso3,
        scope_id,
        quota_tier,
        row_number() over (partition by partner_iso3, scope_id, quota_tier order by change_date) as step,
        change_date,
        known_on,
        rate_before_pct,
        rate_after_pct,
        cast(rate_before_pct - rate_after_pct as decimal(12, 6)) as cut_pp,
        change_date > known_on as is_future,
        parts_before,
        parts_after,
        assertion_ids
    from changes
    where rate_before_pct <> rate_after_pct and ended_before = change_date
{% endmacro %}

{#
A partner's total rate less a rival's, from each day on which either changes. Between partners that have a deal, and China.
Where a quota splits the goods, the rate over the quota is compared: what one unit more would pay.
#}
{% macro competitor_gaps(total_rates) %}
    with
        compared as (
            select distinct partner_iso3
            from {{ ref("dim_deals") }}
            union
            select 'CHN' as partner_iso3
        ),

        rates as (
            select
                total_rates.partner_iso3,
                total_rates.scope_id,
                total_rates.valid_from,
                total_rates.valid_to,
                total_rates.known_on,
                total_rates.total_rate_pct
            from {{ total_rates }} as total_rates
            inner join compared on total_rates.partner_iso3 = compared.partner_iso3
            where total_rates.quota_tier <> 'in_quota' and total_rates.total_rate_pct is not null
        ),

        pairs as (
            select
                own.partner_iso3,
                rival.partner_iso3 as rival_iso3,
                own.scope_id,
                greatest(own.valid_from, rival.valid_from) as valid_on,
                least(own.valid_to, rival.valid_to) as valid_to,
                own.known_on,
                own.total_rate_pct as own_rate_pct,
                rival.total_rate_pct as rival_rate_pct,
                cast(own.total_rate_pct - rival.total_rate_pct as decimal(12, 6)) as gap_pp
            from rates as own
            inner join
                rates as rival
                on own.scope_id = rival.scope_id
                and own.partner_iso3 <> rival.partner_iso3
                and own.valid_from < rival.valid_to
                and rival.valid_from < own.valid_to
        ),

        starts as (
            select
                pairs.*,
                case
                    when
                        lag(own_rate_pct) over pair_in_time = own_rate_pct
                        and lag(rival_rate_pct) over pair_in_time = rival_rate_pct
                        and lag(valid_to) over pair_in_time = valid_on
                    then 0
                    else 1
                end as starts
            from pairs
            window pair_in_time as (partition by partner_iso3, rival_iso3, scope_id order by valid_on)
        ),

        runs as (
            select
                starts.*,
                sum(starts) over (
                    partition by partner_iso3, rival_iso3, scope_id
                    order by valid_on
                    rows between unbounded preceding and current row
                ) as run
            from starts
        )

    select
        partner_iso3,
        rival_iso3,
        scope_id,
        min(valid_on) as valid_on,
        max(valid_to) as valid_to,
        known_on,
        own_rate_pct,
        rival_rate_pct,
        gap_pp
    from runs
    group by partner_iso3, rival_iso3, scope_id, known_on, own_rate_pct, rival_rate_pct, gap_pp, run
{% endmacro %}

{#
What the deal saves importers of a partner's goods in a year at the volume of the base year:
    saving_usd_per_year = imports x (rate without the deal - rate) / 100
Static: no response of trade to the rate. pledge_to_saving_years = the partner's largest investment pledge / the saving:
a ratio of sizes, not a payback, since who pays the duty is not who makes the investment.
#}
{% macro duty_savings(total_rates, known_on) %}
    with
        flows as (
            select
                flows.partner_iso3,
                flows.scope_id,
                flows.period as base_period,
                flows.imports_usd,
                row_number() over (partition by flows.partner_iso3, flows.scope_id order by flows.period desc) as place
            from {{ ref("fct_trade_flows") }} as flows
            where {{ known("flows", known_on) }}
        ),

        largest_investments as (
            select partner_iso3, pledge_id, amount_usd
            from {{ ref("metric_pledge_standings") }}
            where is_headline_investment
        ),

        savings as (
            select
                rates.partner_iso3,
                rates.scope_id,
                rates.known_on,
                flows.base_period,
                flows.imports_usd,
                rates.rate_no_deal_pct,
                rates.total_rate_pct,
                cast(rates.rate_no_deal_pct - rates.total_rate_pct as decimal(12, 6)) as cut_pp,
                -- widened first: the engine multiplies two decimals of up to 18 digits in 18, and 60 % of Korea's
                -- cars is more
                cast(
                    cast(flows.imports_usd as decimal(24, 0))
                    * (rates.rate_no_deal_pct - rates.total_rate_pct)
                    * 0.01 as decimal(24, 0)
                ) as saving_usd_per_year
            from {{ total_rates }} as rates
            inner join
                flows on rates.partner_iso3 = flows.partner_iso3 and rates.scope_id = flows.scope_id and flows.place = 1
            where
                {{ covers("rates", "rates.known_on") }}
                and rates.quota_tier <> 'in_quota'
                and rates.total_rate_pct is not null
                and rates.rate_no_deal_pct is not null
        )

    select
        savings.partner_iso3,
        savings.scope_id,
        savings.known_on,
        savings.base_period,
        savings.imports_usd,
        savings.rate_no_deal_pct,
        savings.total_rate_pct,
        savings.cut_pp,
        savings.saving_usd_per_year,
        largest_investments.pledge_id,
        largest_investments.amount_usd as pledge_usd,
        case
            when savings.saving_usd_per_year > 0
            then cast(largest_investments.amount_usd / savings.saving_usd_per_year as decimal(28, 2))
        end as pledge_to_saving_years
    from savings
    left join largest_investments on savings.partner_iso3 = largest_investments.partner_iso3
{% endmacro %}

{# What falls due after a day, from what was known on it. A clause that waits for a trigger has no date and stands last. #}
{% macro upcoming_dates(known_on) %}
    select
        rates.valid_to as due_date,
        'rate_expires' as due_type,
        {{ known_on }} as known_on,
        rates.partner_iso3,
        rates.deal_id,
        rates.rate_id as thing_id,
        rates.programme_id
        || ' on '
        || rates.scope_id
        || ': '
        || cast(cast(rates.rate_pct as double) as varchar)
        || ' % ends' as due_summary,
        rates.source_id,
        rates.source_locator
    from ({{ rates_known_on(known_on) }}) as rates
    where
        rates.is_in_force
        and rates.valid_from <= {{ known_on }}
        and rates.valid_to > {{ known_on }}
        and rates.valid_to < {{ open_end() }}
    union all
    select
        rates.valid_from as due_date,
        case when rates.is_in_force then 'rate_starts' else 'rate_planned' end as due_type,
        {{ known_on }} as known_on,
        rates.partner_iso3,
        rates.deal_id,
        rates.rate_id as thing_id,
        rates.programme_id
        || ' on '
        || rates.scope_id
        || ': '
        || cast(cast(rates.rate_pct as double) as varchar)
        || case when rates.is_in_force then ' % starts' else ' % (' || rates.rate_status || ')' end as due_summary,
        rates.source_id,
        rates.source_locator
    from ({{ rates_known_on(known_on) }}) as rates
    where rates.valid_from > {{ known_on }}
    union all
    select
        clauses.due_date,
        case when clauses.due_date is null then 'clause_waits' else 'clause_due' end as due_type,
        {{ known_on }} as known_on,
        deals.partner_iso3,
        clauses.deal_id,
        clauses.clause_id as thing_id,
        clauses.trigger_summary as due_summary,
        clauses.source_id,
        clauses.source_locator
    from {{ ref("fct_deal_clauses") }} as clauses
    inner join {{ ref("dim_deals") }} as deals on clauses.deal_id = deals.deal_id
    where
        {{ known("clauses", known_on) }}
        and (clauses.due_date > {{ known_on }} or (clauses.due_date is null and clauses.clause_state = 'waiting'))
    union all
    select
        events.event_date as due_date,
        'event_scheduled' as due_type,
        {{ known_on }} as known_on,
        events.partner_iso3,
        events.deal_id,
        events.event_id as thing_id,
        events.event_name as due_summary,
        events.source_id,
        events.source_locator
    from {{ ref("fct_deal_events") }} as events
    where {{ known("events", known_on) }} and events.event_date > {{ known_on }}
    union all
    select
        -- the horizon is half-open; what is due is due on its last day
        pledges.horizon_to - 1 as due_date,
        'pledge_' || coalesce(pledges.horizon_kind, 'horizon') || '_deadline' as due_type,
        {{ known_on }} as known_on,
        pledges.partner_iso3,
        pledges.deal_id,
        pledges.pledge_id as thing_id,
        pledges.pledge_name as due_summary,
        pledges.source_id,
        pledges.source_locator
    from {{ ref("fct_pledges") }} as pledges
    inner join
        {{ ref("metric_pledge_standings") }} as standings
        on pledges.pledge_id = standings.pledge_id
        and standings.counts_as in ('promise', 'expectation')
    where {{ known("pledges", known_on) }} and pledges.horizon_to > {{ known_on }}
{% endmacro %}
