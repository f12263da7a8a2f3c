select
    progress.*,
    {{ in_dollars("amount_bn") }} as amount_usd,
    case
        when amount_bn is null
        then 'needs_amount'
        when currency_code is distinct from 'USD' and fx_per_usd is null
        then 'needs_exchange_rate'
    end as missing_reason
from {{ source("raw", "pledge_progress") }} as progress
