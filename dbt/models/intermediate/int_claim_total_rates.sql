-- Total rates as known on each day on which a rate was claimed.
{% set knowledge %}(
    select claimed_date as known_on from {{ ref('stg_claims') }} where claim_metric = 'rate_pct'
) as claimed{% endset %}
{{ total_rates(knowledge) }}
