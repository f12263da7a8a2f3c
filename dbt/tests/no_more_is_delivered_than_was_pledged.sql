-- Paid <= allocated (where an allocation is reported) <= pledged. A pledge of "at least" may be exceeded. Nothing is
-- asked of a
-- pledge on which sources are recorded as disagreeing, about the pledge itself or one of its steps.
with
    disputed as (
        select assertion_a_id as assertion_id
        from {{ ref("fct_source_disagreements") }}
        union
        select assertion_b_id as assertion_id
        from {{ ref("fct_source_disagreements") }}
    ),

    disputed_pledges as (
        select pledges.pledge_id
        from {{ ref("fct_pledges") }} as pledges
        inner join disputed on pledges.assertion_id = disputed.assertion_id
        union
        select progress.pledge_id
        from {{ ref("fct_pledge_progress") }} as progress
        inner join disputed on progress.assertion_id = disputed.assertion_id
    )

select delivery.pledge_id, delivery.progress_date, delivery.amount_usd, delivery.allocated_usd, delivery.disbursed_usd
from {{ ref("metric_pledge_delivery") }} as delivery
inner join
    {{ ref("fct_pledges") }} as pledges
    on delivery.pledge_id = pledges.pledge_id
    and {{ known("pledges", as_of_date()) }}
where
    delivery.pledge_id not in (select pledge_id from disputed_pledges)
    and (
        (
            pledges.bound is distinct from 'at_least'
            and greatest(delivery.allocated_share_pct, delivery.disbursed_share_pct) > 100
        )
        or (delivery.allocated_usd > 0 and delivery.disbursed_usd > delivery.allocated_usd)
    )
