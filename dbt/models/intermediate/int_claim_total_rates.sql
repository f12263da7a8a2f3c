-- Total rates of the goods of which a rate, or a gap between two, was claimed, in both clocks: worked out on each day
-- on which
-- what is known of them changes, and standing until the next.
with
    claimed as (
        select partner_iso3, scope_id
        from {{ ref("fct_claims") }}
        where claim_metric in ('rate_pct', 'gap_pp') and scope_id is not null
        union
        select partner_iso3, unnest([{{ scopes_of_rate_claims() }}]) as scope_id
        from {{ ref("fct_claims") }}
        where claim_metric = 'rate_pct' and scope_id is null
        union
        select rival_iso3 as partner_iso3, scope_id
        from {{ ref("fct_claims") }}
        where claim_metric = 'gap_pp' and rival_iso3 is not null
    ),

    days as (
        {% for candidates in ("int_rate_candidates", "int_base_candidates") %}
            {% for edge in ("known_from", "known_to") %}
                select claimed.partner_iso3, claimed.scope_id, candidates.{{ edge }} as known_on
                from claimed
                inner join
                    {{ ref(candidates) }} as candidates
                    on claimed.partner_iso3 = candidates.partner_iso3
                    and claimed.scope_id = candidates.scope_id
                    {{ 'union' if not loop.last }}
                {% endfor %} {{ 'union' if not loop.last }}
        {% endfor %}
    ),

    spans as (
        select
            partner_iso3,
            scope_id,
            known_on,
            lead(known_on) over (partition by partner_iso3, scope_id order by known_on) as known_to
        from days
    ),

    rates as ({{ total_rates("days", per_goods=true) }})

select
    rates.partner_iso3,
    rates.scope_id,
    rates.quota_tier,
    rates.valid_from,
    rates.valid_to,
    spans.known_on as known_from,
    spans.known_to,
    rates.additional_rate_pct,
    rates.floor_rate_pct,
    rates.total_rate_pct
from rates
inner join
    spans
    on rates.partner_iso3 = spans.partner_iso3
    and rates.scope_id = spans.scope_id
    and rates.known_on = spans.known_on
where spans.known_to is not null
