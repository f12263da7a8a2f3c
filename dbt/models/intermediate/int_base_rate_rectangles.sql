with
    standing as ({{ standing_assertions(ref("stg_base_rates")) }}),

    keyed as (
        select
            concat_ws('|', partner_iso3, scope_id, preference) as log_key,
            assertion_id,
            false as is_tombstone,
            valid_from,
            valid_to,
            known_from as asserted_from,
            known_from,
            known_until
        from standing
    ),

    derived as ({{ rectangles("keyed") }})

select assertion_id, valid_from, valid_to, known_from, known_to
from derived
