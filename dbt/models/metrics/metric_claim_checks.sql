{#
A stated figure against what can be computed: one row per claim and reading (a denominator, a scope, a basis) of the day on
which it was stated, with two verdicts on the claim.
    about     within 5 % of the stated figure
    exactly   within half a unit of its last stated digit
    at_least  not below it, up_to not above it (by more than that rounding)
`claim_verdict` reads what was known on the day of the claim: supported by all readings, by some, contradicted by all, not
checkable (no reading), or restates_its_source: the only readings are taken from the claim's own document.
`claim_verdict_today` reads what is known on the day of knowledge: a rate on the day claimed, an amount as it now stands over
the newest vintage of each period begun by the day of the claim. Where that does not support the claim but another day did:
    came_true       a rate or a gap that the goods came to pay on a day after the one claimed
    no_longer_true  an amount that was as stated and has since been changed
`true_since` is the first such day in the world, from the day claimed on; a pledge's amount holds from the day of its text.
Cuts and deliveries that were claimed have no reading yet, since the claim names no day before, nor what it counts as
delivered.
#}
{% set known_on = as_of_date() %}
with
    claims as (
        select
            claims.*,
            case
                when claim_metric in ('rate_pct', 'gap_pp') then coalesce(valid_on, claimed_date) else claimed_date
            end as first_day,
            0.5 * power(10, - length(rtrim(split_part(cast(claims.stated_value as varchar), '.', 2), '0'))) as rounding
        from {{ ref("fct_claims") }} as claims
        where {{ known("claims", known_on) }}
    ),

    -- each claim is read twice. Facts known by known_by, on the days from first_day to last_day: the reading is that
    -- of read_on
    views as (
        select
            claims.*,
            'then' as clock,
            claims.claimed_date as known_by,
            claims.first_day as read_on,
            claims.first_day as last_day
        from claims
        union all
        select
            claims.*,
            'today' as clock,
            {{ known_on }} as known_by,
            case
                when claims.claim_metric in ('rate_pct', 'gap_pp')
                then claims.first_day
                else greatest(claims.first_day, {{ known_on }})
            end as read_on,
            greatest(claims.first_day, {{ known_on }}) as last_day
        from claims
    ),

    pledges as (
        select
            views.claim_id,
            views.clock,
            pledges.pledge_id,
            pledges.amount_usd,
            pledges.source_id,
            pledges.known_from as holds_from,
            pledges.known_to as holds_to
        from views
        inner join
            {{ ref("fct_pledges") }} as pledges
            on views.pledge_id = pledges.pledge_id
            and pledges.known_from <= views.last_day
            and pledges.known_to > views.first_day
        where pledges.amount_usd is not null
    ),

    denominator_readings as (
        select
            views.claim_id,
            views.clock,
            observations.indicator
            || ' '
            || observations.period
            || ', '
            || observations.provider
            || ', vintage '
            || cast(observations.vintage_date as varchar)
            || case when observations.is_projection then ' (projection)' else '' end as reading,
            observations.assertion_id as reading_id,
            case
                views.claim_metric
                when 'share_of_gdp_pct'
                then 100 * pledges.amount_usd / nullif(observations.value_usd, 0)
                when 'share_of_reserves_pct'
                then 100 * pledges.amount_usd / nullif(observations.value_usd, 0)
                when 'per_capita_usd'
                then pledges.amount_usd / nullif(observations.observed_value, 0)
                when 'exports_to_us_years'
                then pledges.amount_usd / nullif(observations.value_usd, 0)
            end as computed_value,
            observations.source_id as reading_source_id,
            pledges.holds_from,
            pledges.holds_to
        from views
        inner join pledges on views.claim_id = pledges.claim_id and views.clock = pledges.clock
        inner join
            {{ ref("fct_macro_observations") }} as observations
            on views.partner_iso3 = observations.partner_iso3
            and {{ known("observations", "views.known_by") }}
            and observations.is_preferred
            and (
                views.clock = 'then'
                or (
                    coalesce(observations.next_vintage_date, {{ open_end() }}) > views.known_by
                    and left(observations.period, 7) <= left(cast(views.claimed_date as varchar), 7)
                )
            )
        where
            (views.claim_metric = 'share_of_gdp_pct' and observations.indicator = 'gdp_nominal')
            or (views.claim_metric = 'share_of_reserves_pct' and observations.indicator = 'fx_reserves')
            or (views.claim_metric = 'per_capita_usd' and observations.indicator = 'population')
            or (
                views.claim_metric = 'exports_to_us_years'
                and observations.indicator in ('goods_exports_to_us', 'us_goods_imports_from')
            )
    ),

    -- a total where the base is one figure; else what is added to, or floors, the differing base
    rate_readings as (
        select
            views.claim_id,
            views.clock,
            rates.scope_id
            || case when rates.quota_tier = 'none' then '' else ' ' || replace(rates.quota_tier, '_', ' ') end
            || case
                when rates.total_rate_pct is not null
                then ', total'
                when rates.floor_rate_pct is not null
                then ', floor including the base duty'
                else ', added to the base duty'
            end as reading,
            rates.scope_id || '-' || rates.quota_tier as reading_id,
            coalesce(rates.total_rate_pct, rates.floor_rate_pct, rates.additional_rate_pct) as computed_value,
            cast(null as varchar) as reading_source_id,
            rates.valid_from as holds_from,
            rates.valid_to as holds_to
        from views
        inner join
            {{ ref("int_claim_total_rates") }} as rates
            on views.partner_iso3 = rates.partner_iso3
            and {{ known("rates", "views.known_by") }}
            and rates.valid_from <= views.last_day
            and rates.valid_to > views.first_day
            and (
                views.scope_id = rates.scope_id
                or (views.scope_id is null and rates.scope_id in ({{ scopes_of_rate_claims() }}))
            )
        where views.claim_metric = 'rate_pct'
    ),

    -- where a quota splits the goods, the rate over the quota, as in the gaps themselves
    gap_readings as (
        select
            views.claim_id,
            views.clock,
            own.scope_id || ', total less that of ' || rival.partner_iso3 as reading,
            own.scope_id || '-' || rival.partner_iso3 as reading_id,
            own.total_rate_pct - rival.total_rate_pct as computed_value,
            cast(null as varchar) as reading_source_id,
            greatest(own.valid_from, rival.valid_from) as holds_from,
            least(own.valid_to, rival.valid_to) as holds_to
        from views
        inner join
            {{ ref("int_claim_total_rates") }} as own
            on views.partner_iso3 = own.partner_iso3
            and views.scope_id = own.scope_id
            and own.quota_tier <> 'in_quota'
            and {{ known("own", "views.known_by") }}
        inner join
            {{ ref("int_claim_total_rates") }} as rival
            on views.rival_iso3 = rival.partner_iso3
            and own.scope_id = rival.scope_id
            and rival.quota_tier <> 'in_quota'
            and {{ known("rival", "views.known_by") }}
        where
            views.claim_metric = 'gap_pp'
            and greatest(own.valid_from, rival.valid_from) < least(own.valid_to, rival.valid_to)
            and greatest(own.valid_from, rival.valid_from) <= views.last_day
            and least(own.valid_to, rival.valid_to) > views.first_day
    ),

    pledge_readings as (
        select
            views.claim_id,
            views.clock,
            'pledge ' || pledges.pledge_id || ' as known since ' || cast(pledges.holds_from as varchar) as reading,
            pledges.pledge_id as reading_id,
            pledges.amount_usd / 1000000000 as computed_value,
            pledges.source_id as reading_source_id,
            pledges.holds_from,
            pledges.holds_to
        from views
        inner join pledges on views.claim_id = pledges.claim_id and views.clock = pledges.clock
        where views.claim_metric = 'pledge_amount_usd_bn'
    ),

    readings as (
        {% for kind in ["denominator", "rate", "gap", "pledge"] -%}
            select
                claim_id,
                clock,
                reading,
                reading_id,
                cast(computed_value as decimal(28, 6)) as computed_value,
                reading_source_id,
                holds_from,
                holds_to
            from {{ kind }}_readings
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    judged as (
        select
            views.*,
            readings.reading,
            readings.reading_id,
            readings.computed_value,
            readings.reading_source_id,
            readings.holds_from,
            readings.holds_to,
            readings.holds_from <= views.read_on and views.read_on < readings.holds_to as is_read,
            readings.reading_source_id is not distinct from views.source_id as is_own_document,
            case
                when readings.computed_value is null or views.stated_value is null
                then null
                when readings.reading_source_id = views.source_id
                then null
                when views.qualifier = 'at_least'
                then readings.computed_value >= views.stated_value - views.rounding
                when views.qualifier = 'up_to'
                then readings.computed_value <= views.stated_value + views.rounding
                when views.qualifier = 'about'
                then abs(readings.computed_value - views.stated_value) <= 0.05 * abs(views.stated_value)
                else abs(readings.computed_value - views.stated_value) <= views.rounding
            end as is_supported
        from views
        left join readings on views.claim_id = readings.claim_id and views.clock = readings.clock
    ),

    counts as (
        select
            claim_id,
            clock,
            min(case when is_read then computed_value end) as lowest_value,
            max(case when is_read then computed_value end) as highest_value,
            count(case when is_read then is_supported end) as reading_count,
            count(case when is_read and is_supported then 1 end) as supporting_count,
            count(case when is_read and is_own_document and computed_value is not null then 1 end) as own_count,
            min(case when is_supported then greatest(holds_from, first_day) end) as true_since,
            coalesce(bool_or(is_supported and holds_from <= last_day and last_day < holds_to), false) as is_still_true
        from judged
        group by claim_id, clock
    ),

    verdicts as (
        select
            counts.*,
            case
                when reading_count > 0 and supporting_count = reading_count
                then 'supported'
                when supporting_count > 0
                then 'supported_by_some_readings'
                -- only the answer of today looks at other days than the one read
                when true_since is not null and claims.claim_metric in ('rate_pct', 'gap_pp')
                then 'came_true'
                when true_since is not null
                then 'no_longer_true'
                when reading_count > 0
                then 'contradicted'
                when own_count > 0
                then 'restates_its_source'
                else 'not_checkable'
            end as verdict
        from counts
        inner join claims on counts.claim_id = claims.claim_id
    )

select
    claims.claim_id,
    coalesce(judged.reading_id, 'none') as reading_id,
    {{ known_on }} as known_on,
    claims.claimed_by,
    claims.claimed_date,
    claims.partner_iso3,
    claims.scope_id,
    claims.pledge_id,
    claims.claim_metric,
    claims.claim_summary,
    coalesce(judged.reading, 'none') as reading,
    claims.qualifier,
    claims.unit,
    claims.stated_value,
    judged.computed_value,
    cast(judged.computed_value - claims.stated_value as decimal(28, 6)) as difference,
    cast(
        case claims.qualifier when 'about' then 0.05 * abs(claims.stated_value) else claims.rounding end as decimal(
            28, 6
        )
    ) as tolerance,
    case
        when judged.is_own_document and judged.computed_value is not null
        then 'restates_its_source'
        when judged.is_supported is null
        then 'not_checkable'
        when judged.is_supported
        then 'supported'
        else 'contradicted'
    end as reading_verdict,
    by_then.verdict as claim_verdict,
    today.verdict as claim_verdict_today,
    today.true_since,
    today.is_still_true,
    by_then.lowest_value,
    by_then.highest_value,
    today.lowest_value as lowest_value_today,
    today.highest_value as highest_value_today,
    cast(by_then.reading_count as integer) as reading_count,
    cast(by_then.supporting_count as integer) as supporting_count,
    claims.source_id,
    claims.source_locator,
    judged.reading_source_id
from claims
inner join verdicts as by_then on claims.claim_id = by_then.claim_id and by_then.clock = 'then'
inner join verdicts as today on claims.claim_id = today.claim_id and today.clock = 'today'
left join judged on claims.claim_id = judged.claim_id and judged.clock = 'then'
