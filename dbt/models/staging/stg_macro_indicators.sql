select
    indicators.*,
    cast(case unit when 'USD_bn' then value * 1000000000 when 'USD' then value end as decimal(24, 2)) as value_usd,
    known_from as vintage_date
from {{ source("raw", "macro_indicators") }} as indicators
