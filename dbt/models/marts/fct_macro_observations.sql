-- A later vintage does not withdraw an earlier one: each stays what its provider said on that day.
with standing as (
    {{ standing_assertions(ref('stg_macro_indicators'), preferred_only=false) }}
)

select
    standing.assertion_id,
    standing.observation_id,
    standing.partner_iso3,
    standing.indicator,
    standing.period,
    standing.observed_value,
    standing.value_usd,
    standing.unit,
    standing.provider,
    standing.is_projection,
    standing.is_preferred,
    standing.derived_from,
    standing.source_id,
    standing.source_locator,
    standing.confidence,
    standing.vintage_date,
    standing.known_from,
    standing.known_until as known_to,
    standing.recorded_on,
    standing.note,
    lead(standing.vintage_date) over (
        partition by standing.observation_id order by standing.vintage_date
    ) as next_vintage_date
from standing
