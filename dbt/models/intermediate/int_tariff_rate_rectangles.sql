with derived as ({{ rectangles(ref("int_tariff_rate_assertions")) }})

select
    split_part(derived.log_key, '|', 1) as scenario,
    rates.rate_id,
    rates.assertion_id,
    rates.partner_iso3,
    rates.scope_id,
    rates.programme_id,
    rates.rate_basis,
    rates.rate_pct,
    rates.rate_status,
    rates.is_in_force,
    rates.quota_tier,
    rates.deal_id,
    derived.valid_from,
    derived.valid_to,
    derived.known_from,
    derived.known_to
from derived
inner join {{ ref("stg_tariff_rates") }} as rates on derived.assertion_id = rates.assertion_id
