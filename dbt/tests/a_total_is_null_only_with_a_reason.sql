select partner_iso3, scope_id, quota_tier, valid_from, total_rate_pct, missing_reason
from {{ ref("metric_total_rates") }}
where (total_rate_pct is null) <> (missing_reason is not null)
