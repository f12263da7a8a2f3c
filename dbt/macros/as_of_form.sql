{#
A metric's as-of form, made after its table from the same compiled SQL: the table macro that answers as of any day of knowledge.
It reads `query_known_on` where the table reads `as_of_date()`, and the as-of form of each metric that the table reads.
DuckDB binds the argument like a column: a query that groups takes its day from outside, or from the metric that it reads.
A metric's config `as_of` is true (metric_x makes x_as_of), false (the table alone), or the macro's name where that is another.
#}
{% macro as_of_form() %}
    {%- set name = as_of_name(model) -%}
    {# what is not run has no compiled SQL yet, and no graph #}
    {%- if execute and name -%}
        {%- set answer = namespace(sql=compiled_code | replace(as_of_date(), "cast(query_known_on as date)")) -%}
        {%- for id in model.depends_on.nodes if id in graph.nodes and graph.nodes[id].schema == model.schema -%}
            {%- set read = graph.nodes[id] -%}
            {%- if not as_of_name(read) -%}
                {{
                    exceptions.raise_compiler_error(
                        model.name
                        ~ " has an as-of form, but reads "
                        ~ read.name
                        ~ ", which has none: set as_of: false here, or true there"
                    )
                }}
            {%- endif -%}
            {%- set answer.sql = answer.sql | replace(read.relation_name, as_of_name(read) ~ "(query_known_on)") -%}
        {%- endfor -%}
        {%- set told = " As known on a day, which stands for today. Arguments: query_known_on." -%}
        {{ create_table_macro(name, ["query_known_on"], answer.sql, model.description ~ told) }}
    {%- endif -%}
{% endmacro %}

{# The name of a metric's as-of form; none where it has none. #}
{% macro as_of_name(node) %}
    {%- set as_of = node.config.get("as_of") -%}
    {{ return(as_of if as_of is string else (node.name | replace("metric_", "", 1)) ~ "_as_of" if as_of else none) }}
{% endmacro %}
