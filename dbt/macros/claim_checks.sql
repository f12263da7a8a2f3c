{#
A stated figure against what could be computed on the day it was stated: one row per claim and reading (a denominator, a
scope, a basis), from facts known by then.
    about     within 5 % of the stated figure
    exactly   within half a unit of its last stated digit
    at_least  not below it, up_to not above it (by more than that rounding)
The claim: supported by all readings, by some, contradicted by all, or not checkable (no reading). Cuts and
deliveries that were claimed have no reading yet, since the claim names no day before, nor what it counts as delivered.
#}
{% macro claim_checks(known_on) %}
    with claims as (
        select
            claims.*,
            coalesce(claims.valid_on, claims.claimed_date) as read_on,
            0.5 * power(10, -length(rtrim(split_part(cast(claims.stated_value as varchar), '.', 2), '0'))) as rounding
        from {{ ref('fct_claims') }} as claims
        where {{ known('claims', known_on) }}
    ),

    pledges as (
        select claims.claim_id, pledges.pledge_id, pledges.amount_usd, pledges.known_from, pledges.source_id
        from claims
        inner join {{ ref('fct_pledges') }} as pledges
            on claims.pledge_id = pledges.pledge_id
            and {{ known('pledges', 'claims.claimed_date') }}
        where pledges.amount_usd is not null
    ),

    denominator_readings as (
        select
            claims.claim_id,
            observations.indicator || ' ' || observations.period || ', ' || observations.provider || ', vintage '
                || cast(observations.vintage_date as varchar)
                || case when observations.is_projection then ' (projection)' else '' end as reading,
            observations.assertion_id as reading_id,
            case claims.claim_metric
                when 'share_of_gdp_pct' then 100 * pledges.amount_usd / observations.value_usd
                when 'share_of_reserves_pct' then 100 * pledges.amount_usd / observations.value_usd
                when 'per_capita_usd' then pledges.amount_usd / observations.observed_value
                when 'exports_to_us_years' then pledges.amount_usd / observations.value_usd
            end as computed_value,
            observations.source_id as reading_source_id
        from claims
        inner join pledges
            on claims.claim_id = pledges.claim_id
        inner join {{ ref('fct_macro_observations') }} as observations
            on claims.partner_iso3 = observations.partner_iso3
            and {{ known('observations', 'claims.claimed_date') }}
            and observations.is_preferred
        where (claims.claim_metric = 'share_of_gdp_pct' and observations.indicator = 'gdp_nominal')
            or (claims.claim_metric = 'share_of_reserves_pct' and observations.indicator = 'fx_reserves')
            or (claims.claim_metric = 'per_capita_usd' and observations.indicator = 'population')
            or (
                claims.claim_metric = 'exports_to_us_years'
                and observations.indicator in ('goods_exports_to_us', 'us_goods_imports_from')
            )
    ),

    -- a total where the base is one figure; else what is added to, or floors, the differing base
    rate_readings as (
        select
            claims.claim_id,
            rates.scope_id || case
                when rates.quota_tier = 'none' then '' else ' ' || replace(rates.quota_tier, '_', ' ')
            end || case
                when rates.total_rate_pct is not null then ', total'
                when rates.floor_rate_pct is not null then ', floor including the base duty'
                else ', added to the base duty'
            end as reading,
            rates.scope_id || '-' || rates.quota_tier as reading_id,
            coalesce(rates.total_rate_pct, rates.floor_rate_pct, rates.additional_rate_pct) as computed_value,
            cast(null as varchar) as reading_source_id
        from claims
        inner join {{ ref('int_claim_total_rates') }} as rates
            on claims.partner_iso3 = rates.partner_iso3
            and claims.claimed_date = rates.known_on
            and {{ covers('rates', 'claims.read_on') }}
            and (
                claims.scope_id = rates.scope_id
                or (claims.scope_id is null and rates.scope_id in ('passenger-cars', 'auto-parts', 'general-goods'))
            )
        where claims.claim_metric = 'rate_pct'
    ),

    -- where a quota splits the goods, the rate over the quota, as in the gaps themselves
    gap_readings as (
        select
            claims.claim_id,
            own.scope_id || ', total less that of ' || rival.partner_iso3 as reading,
            own.scope_id || '-' || rival.partner_iso3 as reading_id,
            own.total_rate_pct - rival.total_rate_pct as computed_value,
            cast(null as varchar) as reading_source_id
        from claims
        inner join {{ ref('int_claim_total_rates') }} as own
            on claims.partner_iso3 = own.partner_iso3
            and claims.scope_id = own.scope_id
            and claims.claimed_date = own.known_on
            and own.quota_tier <> 'in_quota'
            and {{ covers('own', 'claims.read_on') }}
        inner join {{ ref('int_claim_total_rates') }} as rival
            on claims.rival_iso3 = rival.partner_iso3
            and own.scope_id = rival.scope_id
            and own.known_on = rival.known_on
            and rival.quota_tier <> 'in_quota'
            and {{ covers('rival', 'claims.read_on') }}
        where claims.claim_metric = 'gap_pp'
    ),

    pledge_readings as (
        select
            claims.claim_id,
            'pledge ' || pledges.pledge_id || ' as known since ' || cast(pledges.known_from as varchar) as reading,
            pledges.pledge_id as reading_id,
            pledges.amount_usd / 1000000000 as computed_value,
            pledges.source_id as reading_source_id
        from claims
        inner join pledges
            on claims.claim_id = pledges.claim_id
        where claims.claim_metric = 'pledge_amount_usd_bn'
    ),

    readings as (
        {% for kind in ['denominator', 'rate', 'gap', 'pledge'] -%}
        select
            claim_id,
            reading,
            reading_id,
            cast(computed_value as decimal(24, 6)) as computed_value,
            reading_source_id
        from {{ kind }}_readings
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ),

    judged as (
        select
            claims.claim_id,
            claims.claimed_by,
            claims.claimed_date,
            claims.partner_iso3,
            claims.scope_id,
            claims.pledge_id,
            claims.claim_metric,
            claims.claim_summary,
            claims.qualifier,
            claims.unit,
            claims.stated_value,
            coalesce(readings.reading, 'none') as reading,
            coalesce(readings.reading_id, 'none') as reading_id,
            readings.computed_value,
            cast(readings.computed_value - claims.stated_value as decimal(24, 6)) as difference,
            cast(
                case claims.qualifier when 'about' then 0.05 * abs(claims.stated_value) else claims.rounding end
                as decimal(24, 6)
            ) as tolerance,
            case
                when readings.computed_value is null or claims.stated_value is null then null
                when claims.qualifier = 'at_least' then readings.computed_value >= claims.stated_value - claims.rounding
                when claims.qualifier = 'up_to' then readings.computed_value <= claims.stated_value + claims.rounding
                when claims.qualifier = 'about'
                    then abs(readings.computed_value - claims.stated_value) <= 0.05 * abs(claims.stated_value)
                else abs(readings.computed_value - claims.stated_value) <= claims.rounding
            end as is_supported,
            claims.source_id,
            claims.source_locator,
            readings.reading_source_id
        from claims
        left join readings
            on claims.claim_id = readings.claim_id
    ),

    verdicts as (
        select
            claim_id,
            min(computed_value) as lowest_value,
            max(computed_value) as highest_value,
            count(is_supported) as reading_count,
            sum(case when is_supported then 1 else 0 end) as supporting_count
        from judged
        group by claim_id
    )

    select
        judged.claim_id,
        judged.reading_id,
        judged.claimed_by,
        judged.claimed_date,
        judged.partner_iso3,
        judged.scope_id,
        judged.pledge_id,
        judged.claim_metric,
        judged.claim_summary,
        judged.reading,
        judged.qualifier,
        judged.unit,
        judged.stated_value,
        judged.computed_value,
        judged.difference,
        judged.tolerance,
        case
            when judged.is_supported is null then 'not_checkable'
            when judged.is_supported then 'supported'
            else 'contradicted'
        end as reading_verdict,
        case
            when verdicts.reading_count = 0 then 'not_checkable'
            when verdicts.supporting_count = verdicts.reading_count then 'supported'
            when verdicts.supporting_count > 0 then 'supported_by_some_readings'
            else 'contradicted'
        end as claim_verdict,
        verdicts.lowest_value,
        verdicts.highest_value,
        cast(verdicts.reading_count as integer) as reading_count,
        cast(verdicts.supporting_count as integer) as supporting_count,
        judged.source_id,
        judged.source_locator,
        judged.reading_source_id
    from judged
    inner join verdicts
        on judged.claim_id = verdicts.claim_id
{% endmacro %}
