-- A later vintage does not withdraw an earlier one: each stays what its provider said on that day.
with
    standing as ({{ standing_assertions(ref("stg_macro_indicators"), preferred_only=false) }}),

    observations as (
        select
            standing.*,
            known_until as known_to,
            lead(vintage_date) over (partition by observation_id order by vintage_date) as next_vintage_date
        from standing
    )

select {{ contract_columns("observations") }}
from observations
