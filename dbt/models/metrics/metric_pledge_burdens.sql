{#
A pledge over what the partner has: GDP, people, reserves, a year's exports to the US.
    share_of_gdp_pct      = 100 x amount / nominal GDP of the year (a stock over a flow: a size, not a burden a year)
    per_capita_usd        = amount / population
    share_of_reserves_pct = 100 x amount / foreign exchange reserves
    exports_to_us_years   = amount / goods exports to the US in a year (either side's statistics; the row says whose)
One row per pledge and denominator known by then; numerator and denominator never mix vintages. Of what no denominator is known
there is one row without a figure, with the reason.
#}
{% set known_on = as_of_date() %}
with
    pledges as (
        select
            pledge_id,
            partner_iso3,
            pledge_name,
            row_role,
            asserted_by,
            pledge_type,
            pledge_status,
            amount_usd,
            amount_period,
            source_id
        from {{ ref("fct_pledges") }} as pledges
        where {{ known("pledges", known_on) }} and amount_usd is not null
    ),

    asked as (
        select pledges.*, unnest(['gdp_nominal', 'population', 'fx_reserves', 'exports_to_us']) as burden_indicator
        from pledges
    ),

    denominators as (
        select
            observations.assertion_id as denominator_assertion_id,
            observations.partner_iso3,
            case
                when observations.indicator in ('goods_exports_to_us', 'us_goods_imports_from')
                then 'exports_to_us'
                else observations.indicator
            end as burden_indicator,
            observations.indicator as denominator_indicator,
            observations.provider as denominator_provider,
            observations.period as denominator_period,
            observations.vintage_date as denominator_vintage,
            observations.is_projection as denominator_is_projection,
            observations.derived_from as denominator_derived_from,
            observations.source_id as denominator_source_id,
            case
                when observations.indicator = 'population' then observations.observed_value else observations.value_usd
            end as denominator_value,
            observations.unit,
            case
                when length(observations.period) = 4
                then observations.period || '-12'
                else right(observations.period, 7)
            end as period_end,
            providers.provider_rank
        from {{ ref("fct_macro_observations") }} as observations
        inner join {{ ref("dim_providers") }} as providers on observations.provider = providers.provider
        where
            {{ known("observations", known_on) }}
            and observations.is_preferred
            and observations.indicator
            in ('gdp_nominal', 'population', 'fx_reserves', 'goods_exports_to_us', 'us_goods_imports_from')
            and (observations.indicator = 'population' or observations.value_usd is not null)
    )

select
    asked.pledge_id,
    {{ known_on }} as known_on,
    asked.partner_iso3,
    asked.pledge_name,
    asked.row_role,
    asked.asserted_by,
    asked.pledge_type,
    asked.pledge_status,
    asked.amount_usd,
    asked.amount_period,
    asked.burden_indicator,
    denominators.denominator_indicator,
    denominators.denominator_provider,
    denominators.denominator_period,
    denominators.denominator_vintage,
    denominators.denominator_is_projection,
    denominators.denominator_derived_from,
    denominators.denominator_value,
    denominators.denominator_source_id,
    denominators.denominator_assertion_id,
    case
        when asked.burden_indicator = 'gdp_nominal'
        then cast(100 * asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6))
    end as share_of_gdp_pct,
    case
        when asked.burden_indicator = 'population'
        then cast(asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 2))
    end as per_capita_usd,
    case
        when asked.burden_indicator = 'fx_reserves'
        then cast(100 * asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6))
    end as share_of_reserves_pct,
    case
        when asked.burden_indicator = 'exports_to_us'
        then cast(asked.amount_usd / nullif(denominators.denominator_value, 0) as decimal(28, 6))
    end as exports_to_us_years,
    row_number() over (
        partition by asked.pledge_id, asked.burden_indicator
        order by
            denominators.denominator_value = 0,
            denominators.denominator_is_projection,
            denominators.period_end desc,
            denominators.provider_rank,
            denominators.denominator_vintage desc,
            denominators.denominator_assertion_id
    )
    = 1
    and coalesce(
        denominators.denominator_value <> 0 and not denominators.denominator_is_projection, false
    ) as is_headline,
    case
        when denominators.denominator_assertion_id is null
        then 'needs_denominator'
        when denominators.denominator_value = 0
        then 'denominator_is_zero'
    end as missing_reason,
    asked.source_id
from asked
left join
    denominators
    on asked.partner_iso3 = denominators.partner_iso3
    and asked.burden_indicator = denominators.burden_indicator
