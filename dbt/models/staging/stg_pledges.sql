select pledges.*, {{ in_dollars("amount_bn") }} as amount_usd, {{ in_dollars("annual_cap_bn") }} as annual_cap_usd
from {{ source("raw", "pledges") }} as pledges
