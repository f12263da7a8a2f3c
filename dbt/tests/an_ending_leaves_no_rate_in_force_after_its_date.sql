-- Once an ending is known, no rate that it names stands on or after its date, unless one was asserted later than the
-- ending.
with
    endings as (
        select asserted.*
        from {{ ref("fct_measure_endings") }} as asserted
        left join {{ ref("fct_measure_endings") }} as others on asserted.assertion_id = others.corrects
        where asserted.action = 'assert' and asserted.is_preferred and others.assertion_id is null
    )

select
    endings.ending_id,
    rates.assertion_id,
    rates.valid_from,
    rates.valid_to,
    rates.known_from,
    rates.known_to,
    endings.ends_on
from endings
inner join
    {{ ref("fct_tariff_rates") }} as rates
    on endings.partner_iso3 in ('ALL', rates.partner_iso3)
    and (
        endings.authority = rates.authority
        or endings.programme_id = rates.programme_id
        or endings.instrument_id = rates.instrument_id
    )
inner join {{ ref("stg_tariff_rates") }} as asserted on rates.assertion_id = asserted.assertion_id
where
    rates.is_in_force
    and asserted.known_from <= endings.known_from
    and rates.valid_to > endings.ends_on
    and rates.known_to > endings.known_from
