-- At every day on which the pledges became known otherwise: legs of one period add up to no more than their whole.
with
    knowledge as (select distinct known_from as known_on from {{ ref("fct_pledges") }}),

    legs as (
        select knowledge.known_on, pledges.parent_pledge_id, pledges.amount_period, sum(pledges.amount_usd) as legs_usd
        from knowledge
        inner join {{ ref("fct_pledges") }} as pledges on {{ known("pledges", "knowledge.known_on") }}
        where pledges.row_role = 'leg' and pledges.pledge_status not in ('lapsed', 'superseded')
        group by knowledge.known_on, pledges.parent_pledge_id, pledges.amount_period
    )

select legs.known_on, wholes.pledge_id, legs.amount_period, legs.legs_usd, wholes.amount_usd
from legs
inner join
    {{ ref("fct_pledges") }} as wholes
    on legs.parent_pledge_id = wholes.pledge_id
    and legs.amount_period = wholes.amount_period
    and {{ known("wholes", "legs.known_on") }}
where legs.legs_usd > wholes.amount_usd
