{#
A DuckDB table macro as a model: `config(parameters=[...])` names its arguments, the model's SQL is its body, and the name
is the model's. For the macros that ask something else than a metric does; a metric makes its own (`as_of_form.sql`).
#}
{% materialization table_macro, adapter = "duckdb" %}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        {{ create_table_macro(this.identifier, config.require("parameters"), sql, model.description) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {# without a commit the macro is lost with the connection, silently #}
    {{ adapter.commit() }}
    {{ return({"relations": []}) }}
{% endmaterialization %}

{# Readers call it from the published file; database prefixes are stripped so that it works after ATTACH. #}
{% macro create_table_macro(name, parameters, body, description) %}
    create or replace macro main.{{ name }}({{ parameters | join(", ") }}) as table (
    {{ body | replace('"' ~ target.database ~ '".', "") }}
    );
    comment on macro table main.{{ name }} is '{{ description | replace("'", "''") }}'
{% endmacro %}
