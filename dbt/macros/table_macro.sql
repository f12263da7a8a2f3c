{#
A DuckDB table macro as a model: `config(parameters=[...])` names its arguments, the model's SQL is its body, and the name
is the model's. Readers call it from the published file; database prefixes are stripped so that it works after ATTACH.
#}
{% materialization table_macro, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type="view") -%}
    {%- set parameters = config.require("parameters") | join(", ") -%}
    {%- set body = sql | replace('"' ~ this.database ~ '".', '') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        create or replace macro {{ this.schema }}.{{ this.identifier }}({{ parameters }}) as table (
            {{ body }}
        )
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {# without a commit the macro is lost with the connection, silently #}
    {{ adapter.commit() }}
    {{ return({"relations": []}) }}
{% endmaterialization %}
