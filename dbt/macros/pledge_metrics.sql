{# Which provider speaks first for a headline, of those that cover the same latest period. #}
{% macro provider_rank(column) %}
    case {{ column }}
        when 'world-bank' then 1
        when 'imf-weo' then 2
        when 'us-census' then 3
        when 'cia-factbook' then 8
        else 5
    end
{% endmacro %}

