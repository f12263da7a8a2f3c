select
    assertion_id,
    progress_id,
    pledge_id,
    parent_progress_id,
    progress_date,
    progress_type,
    progress_name,
    amount_bn,
    {{ in_dollars('amount_bn') }} as amount_usd,
    case
        when amount_bn is null then 'needs_amount'
        when currency_code is distinct from 'USD' and fx_per_usd is null then 'needs_exchange_rate'
    end as missing_reason,
    currency_code,
    fx_per_usd,
    is_cumulative,
    source_id,
    source_locator,
    confidence,
    known_from,
    recorded_on,
    action,
    corrects,
    is_preferred,
    note
from {{ source('raw', 'pledge_progress') }}
