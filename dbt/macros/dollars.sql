{#
Billions of a currency as whole dollars. Foreign money without a rate of exchange is not known in dollars: null, never taken for
dollars.
#}
{% macro in_dollars(amount_bn) %}
    cast({{ amount_bn }} * 1000000000 / case when currency_code = 'USD' then 1 else fx_per_usd end as decimal(24, 0))
{%- endmacro %}
