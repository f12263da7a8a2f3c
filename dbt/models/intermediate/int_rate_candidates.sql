-- Every rate rectangle that could bear on a partner's goods of a scope, with how near it is: the narrower scope goes
-- before the wider, then the partner's own before the general (the order of the HTS: a product's own heading wins).
with
    candidates as (
        select
            rates.scenario,
            parties.partner_iso3,
            ancestors.scope_id,
            rates.quota_tier,
            rates.programme_id,
            programmes.authority,
            programmes.stacking_class,
            ancestors.distance as scope_distance,
            parties.closeness as party_closeness,
            rates.rate_id,
            rates.assertion_id,
            rates.rate_basis,
            rates.rate_pct,
            greatest(rates.valid_from, parties.valid_from) as valid_from,
            least(rates.valid_to, parties.valid_to) as valid_to,
            rates.known_from,
            rates.known_to
        from {{ ref("int_tariff_rate_rectangles") }} as rates
        inner join
            {{ ref("int_partner_parties") }} as parties
            on rates.partner_iso3 = parties.party_iso3
            and rates.valid_from < parties.valid_to
            and parties.valid_from < rates.valid_to
        inner join {{ ref("int_scope_ancestors") }} as ancestors on rates.scope_id = ancestors.ancestor_scope_id
        inner join {{ ref("dim_programmes") }} as programmes on rates.programme_id = programmes.programme_id
        where rates.is_in_force
    ),

    tiers as (
        select partner_iso3, scope_id, quota_tier
        from candidates
        union
        select partner_iso3, scope_id, 'none' as quota_tier
        from candidates
    )

-- A rate without a quota bears on both tiers of goods that have one, and on the goods as one while no quota is known.
select
    candidates.scenario,
    candidates.partner_iso3,
    candidates.scope_id,
    tiers.quota_tier,
    candidates.quota_tier <> 'none' as is_tier_own,
    candidates.programme_id,
    candidates.authority,
    candidates.stacking_class,
    candidates.scope_distance,
    candidates.party_closeness,
    candidates.rate_id,
    candidates.assertion_id,
    candidates.rate_basis,
    candidates.rate_pct,
    candidates.valid_from,
    candidates.valid_to,
    candidates.known_from,
    candidates.known_to
from candidates
inner join
    tiers
    on candidates.partner_iso3 = tiers.partner_iso3
    and candidates.scope_id = tiers.scope_id
    and candidates.quota_tier in ('none', tiers.quota_tier)
