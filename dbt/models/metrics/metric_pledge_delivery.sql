{#
What a pledge has delivered by each day on which a step was reported. A step inside another of its own type counts once,
with the outer one; a payment inside an allocation is a step of its own. A cumulative report replaces what was added before
it. A step whose day is not known counts from the day on which it became known: a payment is not lost for want of a date.
Shares compare with a total only: a pledge per year has none. A stage of which nothing was reported is null: no report
is not a report of nothing.
#}
{% set known_on = as_of_date() %}
with recursive
    pledges as (
        select
            pledge_id,
            partner_iso3,
            pledge_name,
            pledge_type,
            pledge_status,
            amount_usd,
            case when amount_period = 'total' then amount_usd end as total_usd
        from {{ ref("fct_pledges") }} as pledges
        where {{ known("pledges", known_on) }}
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
        from {{ ref("fct_pledge_progress") }} as progress
        where
            {{ known("progress", known_on) }}
            and coalesce(progress.progress_date, progress.known_from) <= {{ known_on }}
            and progress.amount_usd is not null
    ),

    outer_steps as (
        select progress_id, parent_progress_id
        from {{ ref("fct_pledge_progress") }} as progress
        where {{ known("progress", known_on) }} and parent_progress_id is not null
    ),

    -- with every step that it lies in, however deep
    enclosed as (
        select progress_id, parent_progress_id
        from outer_steps
        union all
        select enclosed.progress_id, outer_steps.parent_progress_id
        from enclosed
        inner join outer_steps on enclosed.parent_progress_id = outer_steps.progress_id
    ),

    counted_elsewhere as (
        select enclosed.progress_id, min(outer_ones.progress_date) as counted_from
        from enclosed
        inner join steps on enclosed.progress_id = steps.progress_id
        inner join
            steps as outer_ones
            on enclosed.parent_progress_id = outer_ones.progress_id
            and steps.progress_type = outer_ones.progress_type
            and steps.pledge_id = outer_ones.pledge_id
        group by enclosed.progress_id
    ),

    dates as (
        select pledge_id, progress_date, bool_and(is_dated) as is_dated from steps group by pledge_id, progress_date
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
        inner join steps on dates.pledge_id = steps.pledge_id and steps.progress_date <= dates.progress_date
        left join counted_elsewhere on steps.progress_id = counted_elsewhere.progress_id
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
        where cumulative_date is null or step_date > cumulative_date or (step_date = cumulative_date and is_cumulative)
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
inner join pledges on sums.pledge_id = pledges.pledge_id
