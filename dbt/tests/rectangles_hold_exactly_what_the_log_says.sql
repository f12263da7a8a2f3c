-- At every corner where anything changes, for every key: the assertion known last among those that cover the day holds,
-- and no other; nothing holds where the log says nothing or what it says was ended. So no overlap, and no gap but the
-- log's.
with
    base_rates as ({{ standing_assertions(ref("stg_base_rates")) }}),

    base_log as (
        select
            concat_ws('|', partner_iso3, scope_id, preference) as log_key,
            assertion_id,
            false as is_tombstone,
            valid_from,
            valid_to,
            known_from as asserted_from,
            known_from,
            known_until
        from base_rates
    ),

    logs as (
        select
            log_key,
            assertion_id,
            is_tombstone,
            coalesce(valid_from, {{ open_start() }}) as valid_from,
            valid_to,
            asserted_from,
            known_from,
            known_until
        from {{ ref("int_tariff_rate_assertions") }}
        union all
        select
            log_key,
            assertion_id,
            is_tombstone,
            coalesce(valid_from, {{ open_start() }}) as valid_from,
            valid_to,
            asserted_from,
            known_from,
            known_until
        from base_log
    ),

    days as (
        select log_key, valid_from as valid_on
        from logs
        union
        select log_key, valid_to as valid_on
        from logs
        where valid_to < {{ open_end() }}
    ),

    knowledge as (
        select log_key, known_from as known_on
        from logs
        union
        select log_key, known_until as known_on
        from logs
        where known_until < {{ open_end() }}
    ),

    expected as (
        select
            days.log_key,
            days.valid_on,
            knowledge.known_on,
            arg_max(
                case when logs.is_tombstone then 'nothing' else logs.assertion_id end,
                (logs.asserted_from, logs.is_tombstone, logs.assertion_id)
            ) as holds
        from days
        inner join knowledge on days.log_key = knowledge.log_key
        left join
            logs
            on days.log_key = logs.log_key
            and logs.valid_from <= days.valid_on
            and days.valid_on < logs.valid_to
            and logs.known_from <= knowledge.known_on
            and knowledge.known_on < logs.known_until
        group by days.log_key, days.valid_on, knowledge.known_on
    ),

    rectangles as (
        select
            concat_ws(
                '|', scenario, partner_iso3, scope_id, programme_id, quota_tier, cast(is_in_force as varchar)
            ) as log_key,
            assertion_id,
            coalesce(valid_from, {{ open_start() }}) as valid_from,
            valid_to,
            known_from,
            known_to
        from {{ ref("int_tariff_rate_rectangles") }}
        union all
        select
            concat_ws('|', rates.partner_iso3, rates.scope_id, rates.preference) as log_key,
            rectangles.assertion_id,
            coalesce(rectangles.valid_from, {{ open_start() }}) as valid_from,
            rectangles.valid_to,
            rectangles.known_from,
            rectangles.known_to
        from {{ ref("int_base_rate_rectangles") }} as rectangles
        inner join {{ ref("stg_base_rates") }} as rates on rectangles.assertion_id = rates.assertion_id
    ),

    found as (
        select
            expected.log_key,
            expected.valid_on,
            expected.known_on,
            expected.holds,
            coalesce(string_agg(rectangles.assertion_id, ' and '), 'nothing') as found
        from expected
        left join
            rectangles
            on expected.log_key = rectangles.log_key
            and {{ covers("rectangles", "expected.valid_on") }}
            and {{ known("rectangles", "expected.known_on") }}
        group by expected.log_key, expected.valid_on, expected.known_on, expected.holds
    )

select log_key, valid_on, known_on, holds, found
from found
where coalesce(holds, 'nothing') <> found
