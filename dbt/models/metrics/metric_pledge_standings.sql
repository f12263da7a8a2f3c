{#
What each pledge counts as on a day of knowledge: the one place that says which pledges may be added up, and which is the
largest. Scorecards, savings, the page and the semantic layer read it.
    counts_as      promise (the partner's own), expectation, demand (the other side's words), nothing (lapsed, superseded)
    is_countable   may be added to its likes: the same counts_as, type and period. A whole or its legs but never both (the legs
                   where they add up to the whole), and one row of those that share an overlap key
    is_largest_of  no promise of the deal, or of the partner in its deals, is larger: a whole, for a total amount. Equal ones
                   all are
    is_headline_of the one of those to name: money paid in before loans, companies' investment, purchases; what is contingent
                   last; then the pledge's id
#}
{% set known_on = as_of_date() %}
with
    pledges as (
        select
            pledge_id,
            parent_pledge_id,
            deal_id,
            partner_iso3,
            pledge_name,
            row_role,
            asserted_by,
            pledge_type,
            amount_usd,
            amount_period,
            bound,
            pledge_status,
            overlap_key,
            source_id,
            -- who made it: the partner (a promise), or the other side (an expectation, a demand)
            case
                pledge_status
                when 'demanded'
                then 'demand'
                when 'expected'
                then 'expectation'
                when 'lapsed'
                then 'nothing'
                when 'superseded'
                then 'nothing'
                else 'promise'
            end as counts_as,
            -- which of two equal pledges is named first: what is paid in before what is only guaranteed
            case
                pledge_type
                when 'investment_cash'
                then 1
                when 'investment_financed'
                then 2
                when 'investment_private'
                then 3
                when 'investment_mixed'
                then 4
                when 'purchase'
                then 5
                when 'economic_exchange'
                then 6
                else 7
            end as type_rank
        from {{ ref("fct_pledges") }} as pledges
        where {{ known("pledges", known_on) }}
    ),

    leg_sums as (
        select parent_pledge_id, counts_as, sum(amount_usd) as legs_usd
        from pledges
        where row_role = 'leg' and amount_period = 'total'
        group by parent_pledge_id, counts_as
    ),

    marked as (
        select
            pledges.*,
            coalesce(own_legs.legs_usd = pledges.amount_usd, false) as is_split_into_legs,
            coalesce(siblings.legs_usd = wholes.amount_usd, false) as is_part_of_full_split,
            pledges.row_role = 'whole'
            and pledges.amount_period = 'total'
            and pledges.counts_as = 'promise'
            and pledges.deal_id is not null
            and pledges.amount_usd is not null as is_candidate
        from pledges
        left join
            leg_sums as own_legs
            on pledges.pledge_id = own_legs.parent_pledge_id
            and pledges.counts_as = own_legs.counts_as
        left join
            leg_sums as siblings
            on pledges.parent_pledge_id = siblings.parent_pledge_id
            and pledges.counts_as = siblings.counts_as
        left join
            pledges as wholes on pledges.parent_pledge_id = wholes.pledge_id and pledges.counts_as = wholes.counts_as
    ),

    single as (
        select
            pledge_id,
            row_number() over (
                partition by counts_as, coalesce(overlap_key, pledge_id) order by amount_usd desc, type_rank, pledge_id
            ) as overlap_place
        from marked
        where
            amount_usd is not null
            and counts_as <> 'nothing'
            and not is_split_into_legs
            and (row_role = 'whole' or is_part_of_full_split)
    ),

    largest as (
        select
            pledge_id,
            rank() over (partition by deal_id order by amount_usd desc) as place_in_deal,
            rank() over (partition by partner_iso3 order by amount_usd desc) as place_of_partner,
            row_number() over (partition by deal_id order by amount_usd desc, type_rank, pledge_id) as turn_in_deal,
            row_number() over (
                partition by partner_iso3 order by amount_usd desc, type_rank, pledge_id
            ) as turn_of_partner,
            row_number() over (
                partition by partner_iso3, pledge_type like 'investment%' order by amount_usd desc, type_rank, pledge_id
            ) as turn_of_kind
        from marked
        where is_candidate
    )

select
    marked.pledge_id,
    {{ known_on }} as known_on,
    marked.parent_pledge_id,
    marked.deal_id,
    marked.partner_iso3,
    marked.pledge_name,
    marked.row_role,
    marked.asserted_by,
    marked.pledge_type,
    marked.amount_usd,
    marked.amount_period,
    marked.bound,
    marked.pledge_status,
    marked.overlap_key,
    marked.counts_as,
    coalesce(single.overlap_place = 1, false) as is_countable,
    coalesce(largest.place_in_deal = 1, false) as is_largest_of_deal,
    coalesce(largest.place_of_partner = 1, false) as is_largest_of_partner,
    coalesce(largest.turn_in_deal = 1, false) as is_headline_of_deal,
    coalesce(largest.turn_of_partner = 1, false) as is_headline_of_partner,
    coalesce(marked.pledge_type like 'investment%' and largest.turn_of_kind = 1, false) as is_headline_investment,
    marked.source_id
from marked
left join single on marked.pledge_id = single.pledge_id
left join largest on marked.pledge_id = largest.pledge_id
