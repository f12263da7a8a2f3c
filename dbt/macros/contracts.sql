{# A public model takes its columns from its contract, the .yml beside it, so that a new one is named there alone. #}
{#
The columns of the model's contract as a list for `select`, each taken from `relation`, but for those that `elsewhere` says:
{relation: [columns]}. One that its seed has under another name (meta: seed_column) is renamed.
#}
{% macro contract_columns(relation, elsewhere={}) %}
    {%- for column in model.columns.values() %}
        {%- set taken = namespace(source=relation) %}
        {%- for other, columns in elsewhere.items() if column.name in columns %}
            {%- set taken.source = other %}
        {%- endfor %}
        {%- set named = column.config.meta.get("seed_column") %}
        {{ taken.source }}.{{ named ~ " as " ~ column.name if named else column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# The facts of a log of the seeds as they were known: a row per assertion and span of known time, with the model's columns. #}
{% macro known_facts(log, staged=none) %}
    {%- set facts = staged or source("raw", log) -%}
    with rectangles as ({{ known_rectangles(facts, logs()[log].thing) }})

    select {{ contract_columns("facts", {"rectangles": ["known_from", "known_to"]}) }}
    from rectangles
    inner join {{ facts }} as facts on rectangles.assertion_id = facts.assertion_id
{% endmacro %}
