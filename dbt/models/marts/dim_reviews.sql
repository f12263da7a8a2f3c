select
    partner_iso3,
    review_topic,
    open_findings,
    reviewed_sources,
    reviewed_through,
    reviewed_on
from {{ ref('stg_reviews') }}
