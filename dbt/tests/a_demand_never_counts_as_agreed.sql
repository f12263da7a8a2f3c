-- No sum of a scorecard is larger than what the partner itself agreed to within that deal and type, and its largest
-- pledge is
-- one of those.
with
    agreed as (
        select pledges.deal_id, pledges.pledge_id, pledges.pledge_type, pledges.amount_period, pledges.amount_usd
        from {{ ref("fct_pledges") }} as pledges
        where
            {{ known("pledges", as_of_date()) }}
            and pledges.pledge_status in ('announced', 'agreed', 'signed', 'legislated', 'ordered')
    ),

    limits as (
        select
            deal_id,
            pledge_type || case amount_period when 'total' then '_usd' else '_usd_per_year' end as sum_name,
            sum(amount_usd) as limit_usd
        from agreed
        where amount_period in ('total', 'per_year')
        group by deal_id, sum_name
    ),

    sums as (
        unpivot (
            select
                deal_id,
                investment_cash_usd,
                investment_financed_usd,
                investment_private_usd,
                investment_mixed_usd,
                credit_guarantee_usd,
                economic_exchange_usd,
                purchase_usd,
                purchase_usd_per_year
            from {{ ref("metric_deal_scorecards") }}
        )
        on columns(* exclude (deal_id))
        into name sum_name value sum_usd
    )

select sums.deal_id, sums.sum_name as problem, sums.sum_usd, limits.limit_usd
from sums
left join limits on sums.deal_id = limits.deal_id and sums.sum_name = limits.sum_name
where sums.sum_usd > coalesce(limits.limit_usd, 0)
union all
select
    cards.deal_id,
    'largest_pledge_id ' || cards.largest_pledge_id as problem,
    cards.largest_pledge_usd,
    null as limit_usd
from {{ ref("metric_deal_scorecards") }} as cards
left join agreed on cards.largest_pledge_id = agreed.pledge_id
where cards.largest_pledge_id is not null and agreed.pledge_id is null
