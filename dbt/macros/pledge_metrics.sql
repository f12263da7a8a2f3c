{# Which provider speaks first for a headline, of those that cover the same latest period. #}
{% macro provider_rank(column) %}
    case {{ column }}
        when 'world-bank' then 1
        when 'imf-weo' then 2
        when 'us-census' then 3
        when 'cia-factbook' then 8
        else 5
    end
{% endmacro %}

{#
A pledge over what the partner has: GDP, people, reserves, a year's exports to the US.
    share_of_gdp_pct      = 100 x amount / nominal GDP of the year (a stock over a flow: a size, not a burden a year)
    per_capita_usd        = amount / population
    share_of_reserves_pct = 100 x amount / foreign exchange reserves
    exports_to_us_years   = amount / goods exports to the US in a year (either side's statistics; the row says whose)
One row per pledge and denominator known by then; numerator and denominator never mix vintages. Of what no denominator is known
there is one row without a figure, with the reason.
#}
{% macro pledge_burdens(known_on) %}
    with pledges as (
        select
            pledge_id, partner_iso3, pledge_name, row_role, asserted_by, pledge_type, pledge_status, amount_usd, amount_period,
            source_id
        from {{ ref('fct_pledges') }} as pledges
        where {{ known('pledges', known_on) }}
            and amount_usd is not null
    ),

    asked as (
        select pledges.*, unnest(['gdp_nominal', 'population', 'fx_reserves', 'exports_to_us']) as burden_indicator
        from pledges
    ),

    denominators as (
        select
            observations.assertion_id as denominator_assertion_id,
            observations.partner_iso3,
            case
                when observations.indicator in ('goods_exports_to_us', 'us_goods_imports_from') then 'exports_to_us'
                else observations.indicator
            end as burden_indicator,
            observations.indicator as denominator_indicator,
            observations.provider as denominator_provider,
            observations.period as denominator_period,
            observations.vintage_date as denominator_vintage,
            observations.is_projection as denominator_is_projection,
            observations.derived_from as denominator_derived_from,
            observations.source_id as denominator_source_id,
            case
                when observations.indicator = 'population' then observations.observed_value
                else observations.value_usd
            end as denominator_value,
            observations.unit,
            case
                when length(observations.period) = 4 then observations.period || '-12'
                else right(observations.period, 7)
            end as period_end
        from {{ ref('fct_macro_observations') }} as observations
        where {{ known('observations', known_on) }}
            and observations.is_preferred
            and observations.indicator in (
                'gdp_nominal', 'population', 'fx_reserves', 'goods_exports_to_us', 'us_goods_imports_from'
            )
            and (observations.indicator = 'population' or observations.value_usd is not null)
    )

    select
        asked.pledge_id,
        {{ known_on }} as known_on,
        asked.partner_iso3,
        asked.pledge_name,
        asked.row_role,
        asked.asserted_by,
        asked.pledge_type,
        asked.pledge_status,
        asked.amount_usd,
        asked.amount_period,
        asked.burden_indicator,
        denominators.denominator_indicator,
        denominators.denominator_provider,
        denominators.denominator_period,
        denominators.denominator_vintage,
        denominators.denominator_is_projection,
        denominators.denominator_derived_from,
        denominators.denominator_value,
        denominators.denominator_source_id,
        denominators.denominator_assertion_id,
        case when asked.burden_indicator = 'gdp_nominal'
            then cast(100 * asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6)) end
            as share_of_gdp_pct,
        case when asked.burden_indicator = 'population'
            then cast(asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 2)) end as per_capita_usd,
        case when asked.burden_indicator = 'fx_reserves'
            then cast(100 * asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6)) end
            as share_of_reserves_pct,
        case when asked.burden_indicator = 'exports_to_us'
            then cast(asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6)) end
            as exports_to_us_years,
        row_number() over (
            partition by asked.pledge_id, asked.burden_indicator
            order by
                denominators.denominator_value = 0,
                denominators.denominator_is_projection,
                denominators.period_end desc,
                {{ provider_rank('denominators.denominator_provider') }},
                denominators.denominator_vintage desc,
                denominators.denominator_assertion_id
        ) = 1
        and coalesce(denominators.denominator_value <> 0 and not denominators.denominator_is_projection, false) as is_headline,
        case
            when denominators.denominator_assertion_id is null then 'needs_denominator'
            when denominators.denominator_value = 0 then 'denominator_is_zero'
        end as missing_reason,
        asked.source_id
    from asked
    left join denominators
        on asked.partner_iso3 = denominators.partner_iso3
        and asked.burden_indicator = denominators.burden_indicator
{% endmacro %}

{#
What a pledge has delivered by each day on which a step was reported. A step inside another of its own type counts once,
with the outer one; a payment inside an allocation is a step of its own. A cumulative report replaces what was added before
it. A step whose day is not known counts from the day on which it became known: a payment is not lost for want of a date.
Shares compare with a total only: a pledge per year has none. A stage of which nothing was reported is null: no report
is not a report of nothing.
#}
{% macro pledge_delivery(known_on) %}
    with recursive pledges as (
        select
            pledge_id,
            partner_iso3,
            pledge_name,
            pledge_type,
            pledge_status,
            amount_usd,
            case when amount_period = 'total' then amount_usd end as total_usd
        from {{ ref('fct_pledges') }} as pledges
        where {{ known('pledges', known_on) }}
    ),

    steps as (
        select
            progress.progress_id,
            progress.parent_progress_id,
            progress.pledge_id,
            progress.progress_type,
            coalesce(progress.progress_date, progress.known_from) as progress_date,
            progress.progress_date is not null as is_dated,
            progress.amount_usd,
            progress.is_cumulative
        from {{ ref('fct_pledge_progress') }} as progress
        where {{ known('progress', known_on) }}
            and coalesce(progress.progress_date, progress.known_from) <= {{ known_on }}
            and progress.amount_usd is not null
    ),

    outer_steps as (
        select progress_id, parent_progress_id
        from {{ ref('fct_pledge_progress') }} as progress
        where {{ known('progress', known_on) }}
            and parent_progress_id is not null
    ),

    -- with every step that it lies in, however deep
    enclosed as (
        select progress_id, parent_progress_id
        from outer_steps
        union all
        select enclosed.progress_id, outer_steps.parent_progress_id
        from enclosed
        inner join outer_steps
            on enclosed.parent_progress_id = outer_steps.progress_id
    ),

    counted_elsewhere as (
        select enclosed.progress_id, min(outer_ones.progress_date) as counted_from
        from enclosed
        inner join steps
            on enclosed.progress_id = steps.progress_id
        inner join steps as outer_ones
            on enclosed.parent_progress_id = outer_ones.progress_id
            and steps.progress_type = outer_ones.progress_type
            and steps.pledge_id = outer_ones.pledge_id
        group by enclosed.progress_id
    ),

    dates as (
        select pledge_id, progress_date, bool_and(is_dated) as is_dated
        from steps
        group by pledge_id, progress_date
    ),

    reports as (
        select
            dates.pledge_id,
            dates.progress_date,
            dates.is_dated,
            steps.progress_type,
            steps.progress_date as step_date,
            steps.amount_usd,
            steps.is_cumulative,
            max(case when steps.is_cumulative then steps.progress_date end) over (
                partition by dates.pledge_id, dates.progress_date, steps.progress_type
            ) as cumulative_date
        from dates
        inner join steps
            on dates.pledge_id = steps.pledge_id
            and steps.progress_date <= dates.progress_date
        left join counted_elsewhere
            on steps.progress_id = counted_elsewhere.progress_id
        where counted_elsewhere.counted_from is null or counted_elsewhere.counted_from > dates.progress_date
    ),

    sums as (
        select
            pledge_id,
            progress_date,
            is_dated,
            sum(case when progress_type = 'candidate' then amount_usd end) as candidate_usd,
            sum(case when progress_type = 'allocated' then amount_usd end) as allocated_usd,
            sum(case when progress_type = 'committed' then amount_usd end) as committed_usd,
            sum(case when progress_type = 'disbursed' then amount_usd end) as disbursed_usd,
            sum(case when progress_type = 'claimed' then amount_usd end) as claimed_usd
        from reports
        where cumulative_date is null
            or step_date > cumulative_date
            or (step_date = cumulative_date and is_cumulative)
        group by pledge_id, progress_date, is_dated
    )

    select
        sums.pledge_id,
        {{ known_on }} as known_on,
        pledges.partner_iso3,
        pledges.pledge_name,
        pledges.pledge_type,
        pledges.pledge_status,
        sums.progress_date,
        sums.is_dated,
        pledges.amount_usd,
        cast(sums.candidate_usd as decimal(24, 0)) as candidate_usd,
        cast(sums.allocated_usd as decimal(24, 0)) as allocated_usd,
        cast(sums.committed_usd as decimal(24, 0)) as committed_usd,
        cast(sums.disbursed_usd as decimal(24, 0)) as disbursed_usd,
        cast(sums.claimed_usd as decimal(24, 0)) as claimed_usd,
        cast(100 * sums.allocated_usd / nullif(pledges.total_usd, 0) as decimal(28, 6)) as allocated_share_pct,
        cast(100 * sums.disbursed_usd / nullif(pledges.total_usd, 0) as decimal(28, 6)) as disbursed_share_pct,
        cast(pledges.total_usd - sums.allocated_usd as decimal(24, 0)) as to_be_allocated_usd,
        row_number() over (partition by sums.pledge_id order by sums.progress_date desc) = 1 as is_latest
    from sums
    inner join pledges
        on sums.pledge_id = pledges.pledge_id
{% endmacro %}

{#
The most that can be paid by each year under a pledge's annual cap: min(amount, cap x years). The schedule assumes that
payment starts in the first full calendar year after the pledge became known in this form; `min_years` = ceil(amount / cap)
does not depend on the start. A deadline for selecting projects is not one for paying, and stands beside the schedule.
#}
{% macro pledge_schedules(known_on) %}
    with capped as (
        select
            pledge_id,
            partner_iso3,
            pledge_name,
            pledge_type,
            amount_usd,
            annual_cap_usd,
            annual_cap_year,
            horizon_to - 1 as deadline_date,
            horizon_kind as deadline_kind,
            cast(extract(year from known_from) as integer) + 1 as assumed_start_year,
            cast(ceil(amount_usd / annual_cap_usd) as integer) as min_years
        from {{ ref('fct_pledges') }} as pledges
        where {{ known('pledges', known_on) }}
            and annual_cap_usd > 0
            and amount_usd is not null
            and amount_period = 'total'
    ),

    years as (
        select capped.*, cast(unnest(range(0, min_years)) as integer) as year_offset
        from capped
    )

    select
        years.pledge_id,
        {{ known_on }} as known_on,
        years.partner_iso3,
        years.pledge_name,
        years.pledge_type,
        years.assumed_start_year + years.year_offset as year,
        years.amount_usd,
        years.annual_cap_usd,
        years.annual_cap_year,
        years.assumed_start_year,
        years.min_years,
        cast(
            least(years.amount_usd, years.annual_cap_usd * (years.year_offset + 1))
            - least(years.amount_usd, years.annual_cap_usd * years.year_offset) as decimal(24, 0)
        ) as most_paid_in_year_usd,
        cast(least(years.amount_usd, years.annual_cap_usd * (years.year_offset + 1)) as decimal(24, 0)) as most_paid_by_year_end_usd,
        years.deadline_date,
        years.deadline_kind
    from years
{% endmacro %}
