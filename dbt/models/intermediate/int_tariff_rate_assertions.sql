-- The log that the rectangles are derived from, twice: as it stands, and as if no row of a deal had been asserted.
-- An ending says of every rate that it names and that was asserted by then: "no rate from that day on".
with
    standing as ({{ standing_assertions(ref("stg_tariff_rates")) }}),

    scenarios as (
        select 'actual' as scenario
        union all
        select 'no_deal' as scenario
    ),

    rates as (
        select
            scenarios.scenario,
            concat_ws(
                '|',
                scenarios.scenario,
                standing.partner_iso3,
                standing.scope_id,
                standing.programme_id,
                standing.quota_tier,
                cast(standing.is_in_force as varchar)
            ) as log_key,
            standing.assertion_id,
            standing.partner_iso3,
            standing.programme_id,
            standing.instrument_id,
            standing.is_in_force,
            standing.valid_from,
            standing.valid_to,
            standing.known_from,
            standing.known_until
        from standing
        cross join scenarios
        where scenarios.scenario = 'actual' or standing.deal_id is null
    ),

    endings as ({{ standing_assertions(ref("fct_measure_endings")) }}),

    ended as (
        select
            rates.log_key,
            rates.scenario,
            endings.assertion_id,
            greatest(endings.ends_on, rates.valid_from) as valid_from,
            rates.valid_to,
            rates.known_from as asserted_from,
            endings.known_from,
            least(endings.known_until, rates.known_until) as known_until
        from endings
        inner join
            rates
            on rates.is_in_force
            and rates.known_from <= endings.known_from
            and rates.valid_to > endings.ends_on
            and endings.partner_iso3 in ('ALL', rates.partner_iso3)
        inner join {{ ref("dim_programmes") }} as programmes on rates.programme_id = programmes.programme_id
        where
            endings.authority = programmes.authority
            or endings.programme_id = rates.programme_id
            or endings.instrument_id = rates.instrument_id
    )

select
    log_key,
    scenario,
    assertion_id,
    false as is_tombstone,
    valid_from,
    valid_to,
    known_from as asserted_from,
    known_from,
    known_until
from rates
union all
select
    log_key, scenario, assertion_id, true as is_tombstone, valid_from, valid_to, asserted_from, known_from, known_until
from ended
