{# What a claimed rate may mean where it names no goods. #}
{% macro scopes_of_rate_claims() %} 'passenger-cars', 'auto-parts', 'general-goods'{% endmacro %}
