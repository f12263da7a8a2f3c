select
    assertion_id,
    observation_id,
    partner_iso3,
    indicator,
    period,
    value as observed_value,
    cast(
        case unit
            when 'USD_bn' then value * 1000000000
            when 'USD' then value
        end as decimal(24, 2)
    ) as value_usd,
    unit,
    provider,
    is_projection,
    derived_from,
    source_id,
    source_locator,
    confidence,
    known_from,
    known_from as vintage_date,
    recorded_on,
    action,
    corrects,
    is_preferred,
    note
from {{ source('raw', 'macro_indicators') }}
