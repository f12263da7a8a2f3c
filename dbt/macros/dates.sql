{# The open end of an interval, and the start of one that has no first day. #}
{% macro open_end() %} date '9999-12-31'{% endmacro %}
{% macro open_start() %} date '0001-01-01'{% endmacro %}

{# The day that "today" means in this build. Read from the build, because a dbt variable that changes makes dbt parse anew. #}
{% macro as_of_date() %}(select as_of_date from {{ source("meta", "build") }}){% endmacro %}

{# Half-open: the first day counts, the last does not. #}
{% macro covers(alias, valid_on) %}
    ({{ alias }}.valid_from <= {{ valid_on }} and {{ valid_on }} < {{ alias }}.valid_to)
{% endmacro %}
{% macro known(alias, known_on) %}
    ({{ alias }}.known_from <= {{ known_on }} and {{ known_on }} < {{ alias }}.known_to)
{% endmacro %}
