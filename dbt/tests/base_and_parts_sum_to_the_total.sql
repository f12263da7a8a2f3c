-- Each part says what it adds; with the base these make the total, exactly.
with
    parts as (
        select
            partner_iso3,
            scope_id,
            quota_tier,
            valid_from,
            base_rate_pct,
            total_rate_pct,
            list_sum(
                cast(regexp_extract_all(coalesce(rate_parts, ''), '\(adds (-?[0-9.]+)\)', 1) as decimal(12, 6)[])
            ) as added_pct
        from {{ ref("metric_total_rates") }}
        where total_rate_pct is not null
    )

select partner_iso3, scope_id, quota_tier, valid_from, base_rate_pct, added_pct, total_rate_pct
from parts
where base_rate_pct + coalesce(added_pct, 0) is distinct from total_rate_pct
