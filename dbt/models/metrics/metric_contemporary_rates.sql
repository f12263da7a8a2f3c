select
    partner_iso3,
    scope_id,
    quota_tier,
    valid_from,
    valid_to,
    base_preference,
    base_rate_pct,
    additional_rate_pct,
    floor_rate_pct,
    ceiling_rate_pct,
    stated_total_pct,
    total_rate_pct,
    rate_no_deal_pct,
    missing_reason,
    rate_parts,
    assertion_ids
from ({{ contemporary_rates() }}) as rates
where valid_from <= {{ as_of_date() }}
