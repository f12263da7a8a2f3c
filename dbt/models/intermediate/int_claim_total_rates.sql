-- Total rates of the partners of which a rate, or a gap between two, was claimed, as known on the day of the claim.
{% set knowledge %}(
    select claimed_date as known_on, partner_iso3
    from {{ ref('stg_claims') }}
    where claim_metric in ('rate_pct', 'gap_pp')
    union
    select claimed_date as known_on, rival_iso3 as partner_iso3
    from {{ ref('stg_claims') }}
    where claim_metric = 'gap_pp' and rival_iso3 is not null
) as claimed{% endset %}
{{ total_rates(knowledge, per_partner=true) }}
