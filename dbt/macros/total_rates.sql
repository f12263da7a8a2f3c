{#
What goods pay in all. Three cuts through the two clocks share one calculation, `totals_of_rates`:

    total_rates          for each day of knowledge in a relation, over all days of the world
    total_rates, valid_on    the same on one day of the world
    contemporary_rates   on each day by what was known on that same day
#}
{#
One row per known_on x partner x scope x quota tier x interval, for each day of knowledge in `knowledge` (a relation with
the column known_on).
`valid_on`: an SQL expression; where given, only the day that it names is worked out.
`per_goods`: each day of knowledge concerns one partner's goods of one scope only, named beside it in the relation
(partner_iso3, scope_id).
#}
{% macro total_rates(knowledge, valid_on=none, per_goods=false) %}
    {%- set at_its_day -%}
        {{ known('candidates', 'knowledge.known_on') }}
        {%- if per_goods %} and candidates.partner_iso3 = knowledge.partner_iso3 and candidates.scope_id = knowledge.scope_id{% endif %}
    {%- endset -%}
    with
        knowledge as (select distinct known_on{{ ', partner_iso3, scope_id' if per_goods }} from {{ knowledge }}),

        rates as (
            select knowledge.known_on, candidates.*
            from {{ ref("int_rate_candidates") }} as candidates
            inner join knowledge on {{ at_its_day }}
            {% if valid_on %} where {{ covers("candidates", valid_on) }}{% endif %}
        ),

        base_rates as (
            select knowledge.known_on, candidates.*
            from {{ ref("int_base_candidates") }} as candidates
            inner join knowledge on {{ at_its_day }}
            {% if valid_on %} where {{ covers("candidates", valid_on) }}{% endif %}
        ),

        -- a quota splits goods only from the day on which it is known
        quota_tiers as (
            select distinct
                knowledge.known_on,
                candidates.partner_iso3,
                candidates.scope_id,
                candidates.quota_tier,
                {{ open_start() }} as valid_from,
                {{ open_end() }} as valid_to
            from {{ ref("int_rate_candidates") }} as candidates
            inner join knowledge on {{ at_its_day }}
            where candidates.is_tier_own
        ),

        {{ totals_of_rates(valid_on) }}
{% endmacro %}

{#
One row per partner x scope x quota tier x interval of days on which the answer of the day itself is the same, as known on
a day: a rectangle of both clocks meets the line "known on the day itself" from the later of its starts to the earlier of
its ends. What begins after the day of knowledge is a plan, and left out.
#}
{% macro contemporary_rates(known_on) %}
    {%- set known_to -%}
        case when candidates.known_to > {{ known_on }} then {{ open_end() }} else candidates.known_to end
    {%- endset -%}
    {%- set starts = "greatest(candidates.valid_from, candidates.known_from)" -%}
    {%- set ends = "least(candidates.valid_to, " ~ known_to ~ ")" -%}
    {%- set known_by_then = "candidates.known_from <= " ~ known_on -%}
    select rates.*
    from
        (
            with
                {% for name, candidates in (("rates", "int_rate_candidates"), ("base_rates", "int_base_candidates")) %}
                    {{ name }} as (
                        select
                            {{ known_on }} as known_on,
                            candidates.* replace ({{ starts }} as valid_from, {{ ends }} as valid_to)
                        from {{ ref(candidates) }} as candidates
                        where {{ known_by_then }} and {{ starts }} < {{ ends }}
                    ),
                {% endfor %}

                quota_tiers as (
                    select distinct
                        {{ known_on }} as known_on,
                        candidates.partner_iso3,
                        candidates.scope_id,
                        candidates.quota_tier,
                        candidates.known_from as valid_from,
                        {{ known_to }} as valid_to
                    from {{ ref("int_rate_candidates") }} as candidates
                    where {{ known_by_then }} and candidates.is_tier_own
                ),

                {{ totals_of_rates() }}
        ) as rates
    where rates.valid_from <= {{ known_on }}
{% endmacro %}

{#
The total from the relations `rates`, `base_rates` and `quota_tiers`, each with known_on, valid_from and valid_to. Per
programme the nearest rate wins; Section 232 stands in place of the programmes that it displaces; then
    additional       adds its rate
    floor_incl_base  adds max(0, rate - base)
    ceiling_total    adds max(0, min(generic rate, rate - base)), generic = the programme's rate for every partner
    total            adds rate - base
    exempt           adds 0
and total = base + what the programmes add. Where the base differs within the scope the total is null, with the reason.
#}
{% macro totals_of_rates(valid_on=none) %}
    {% if valid_on %}
        point_pairs as (
            select known_on, partner_iso3, scope_id, {{ valid_on }} as valid_from, {{ valid_on }} + 1 as valid_to
            from rates
            union
            select known_on, partner_iso3, scope_id, {{ valid_on }} as valid_from, {{ valid_on }} + 1 as valid_to
            from base_rates
        ),
    {% else %}
        points as (
            {% for relation in ("rates", "base_rates", "quota_tiers") %}
                {% for edge in ("valid_from", "valid_to") %}
                    select known_on, partner_iso3, scope_id, {{ edge }} as point
                    from {{ relation }} {{ 'union' if not loop.last }}
                    {% endfor %} {{ 'union' if not loop.last }}
            {% endfor %}
        ),

        point_pairs as (
            select
                known_on,
                partner_iso3,
                scope_id,
                point as valid_from,
                lead(point) over (partition by known_on, partner_iso3, scope_id order by point) as valid_to
            from points
        ),
    {% endif %}

    segments as (
        select distinct
            point_pairs.known_on,
            point_pairs.partner_iso3,
            point_pairs.scope_id,
            coalesce(quota_tiers.quota_tier, 'none') as quota_tier,
            point_pairs.valid_from,
            point_pairs.valid_to
        from point_pairs
        left join
            quota_tiers
            on point_pairs.known_on = quota_tiers.known_on
            and point_pairs.partner_iso3 = quota_tiers.partner_iso3
            and point_pairs.scope_id = quota_tiers.scope_id
            and {{ covers("quota_tiers", "point_pairs.valid_from") }}
        where point_pairs.valid_to is not null
    ),

    base_places as (
        select
            segments.known_on,
            segments.partner_iso3,
            segments.scope_id,
            segments.quota_tier,
            segments.valid_from,
            base_rates.preference,
            base_rates.base_rate_pct,
            row_number() over (
                partition by
                    segments.known_on,
                    segments.partner_iso3,
                    segments.scope_id,
                    segments.quota_tier,
                    segments.valid_from
                order by
                    base_rates.scope_distance,
                    base_rates.party_closeness desc,
                    case when base_rates.preference = 'mfn' then 1 else 0 end,
                    base_rates.assertion_id
            ) as place
        from segments
        inner join
            base_rates
            on segments.known_on = base_rates.known_on
            and segments.partner_iso3 = base_rates.partner_iso3
            and segments.scope_id = base_rates.scope_id
            and {{ covers("base_rates", "segments.valid_from") }}
    ),

    rate_places as (
        select
            segments.known_on,
            segments.partner_iso3,
            segments.scope_id,
            segments.quota_tier,
            segments.valid_from,
            rates.scenario,
            rates.programme_id,
            rates.stacking_class,
            rates.assertion_id,
            rates.rate_basis,
            rates.rate_pct,
            max(case when rates.party_closeness = 1 then rates.rate_pct end) over (
                partition by
                    segments.known_on,
                    segments.partner_iso3,
                    segments.scope_id,
                    segments.quota_tier,
                    segments.valid_from,
                    rates.scenario,
                    rates.programme_id
            ) as generic_rate_pct,
            row_number() over (
                partition by
                    segments.known_on,
                    segments.partner_iso3,
                    segments.scope_id,
                    segments.quota_tier,
                    segments.valid_from,
                    rates.scenario,
                    rates.programme_id
                order by rates.scope_distance, rates.party_closeness desc, rates.is_tier_own desc, rates.assertion_id
            ) as place
        from segments
        inner join
            rates
            on segments.known_on = rates.known_on
            and segments.partner_iso3 = rates.partner_iso3
            and segments.scope_id = rates.scope_id
            and segments.quota_tier = rates.quota_tier
            and {{ covers("rates", "segments.valid_from") }}
    ),

    stacked as (
        select
            rate_places.*,
            max(case when stacking_class = 'section-232' and rate_basis <> 'exempt' then 1 else 0 end) over (
                partition by known_on, partner_iso3, scope_id, quota_tier, valid_from, scenario
            ) as has_section_232
        from rate_places
        where place = 1
    ),

    contributions as (
        select
            stacked.known_on,
            stacked.partner_iso3,
            stacked.scope_id,
            stacked.quota_tier,
            stacked.valid_from,
            stacked.scenario,
            stacked.programme_id,
            stacked.assertion_id,
            stacked.rate_basis,
            stacked.rate_pct,
            -- greatest() and least() pass over a null, so an unknown base is named first
            case
                when stacked.rate_basis = 'additional'
                then stacked.rate_pct
                when stacked.rate_basis = 'exempt'
                then 0
                when base_places.base_rate_pct is null
                then null
                when stacked.rate_basis = 'floor_incl_base'
                then greatest(0, stacked.rate_pct - base_places.base_rate_pct)
                when stacked.rate_basis = 'ceiling_total'
                then
                    greatest(
                        0,
                        least(
                            coalesce(stacked.generic_rate_pct, stacked.rate_pct),
                            stacked.rate_pct - base_places.base_rate_pct
                        )
                    )
                when stacked.rate_basis = 'total'
                then stacked.rate_pct - base_places.base_rate_pct
            end as added_pct
        from stacked
        left join
            base_places
            on stacked.known_on = base_places.known_on
            and stacked.partner_iso3 = base_places.partner_iso3
            and stacked.scope_id = base_places.scope_id
            and stacked.quota_tier = base_places.quota_tier
            and stacked.valid_from = base_places.valid_from
            and base_places.place = 1
        where not (stacked.has_section_232 = 1 and stacked.stacking_class = 'displaced-by-232')
    ),

    sums as (
        select
            known_on,
            partner_iso3,
            scope_id,
            quota_tier,
            valid_from,
            sum(case when scenario = 'actual' then added_pct end) as added_pct,
            sum(case when scenario = 'no_deal' then added_pct end) as added_no_deal_pct,
            sum(case when scenario = 'actual' and rate_basis = 'additional' then rate_pct end) as additional_rate_pct,
            max(case when scenario = 'actual' and rate_basis = 'floor_incl_base' then rate_pct end) as floor_rate_pct,
            max(case when scenario = 'actual' and rate_basis = 'ceiling_total' then rate_pct end) as ceiling_rate_pct,
            max(case when scenario = 'actual' and rate_basis = 'total' then rate_pct end) as stated_total_pct,
            sum(case when scenario = 'actual' and added_pct is null then 1 else 0 end) as unknown_parts,
            sum(case when scenario = 'no_deal' and added_pct is null then 1 else 0 end) as unknown_no_deal_parts,
            string_agg(
                case
                    when scenario = 'actual'
                    then
                        programme_id
                        || ' '
                        || rate_basis
                        || ' '
                        || cast(cast(rate_pct as double) as varchar)
                        || coalesce(' (adds ' || cast(cast(added_pct as double) as varchar) || ')', '')
                end,
                ' + '
                order by programme_id
            ) as rate_parts,
            string_agg(case when scenario = 'actual' then assertion_id end, ' ' order by programme_id) as assertion_ids
        from contributions
        group by known_on, partner_iso3, scope_id, quota_tier, valid_from
    ),

    totals as (
        select
            segments.known_on,
            segments.partner_iso3,
            segments.scope_id,
            segments.quota_tier,
            segments.valid_from,
            segments.valid_to,
            base_places.preference as base_preference,
            base_places.base_rate_pct,
            cast(coalesce(sums.additional_rate_pct, 0) as decimal(12, 6)) as additional_rate_pct,
            sums.floor_rate_pct,
            sums.ceiling_rate_pct,
            sums.stated_total_pct,
            cast(
                case
                    when coalesce(sums.unknown_parts, 0) = 0
                    then base_places.base_rate_pct + coalesce(sums.added_pct, 0)
                end as decimal(12, 6)
            ) as total_rate_pct,
            cast(
                case
                    when coalesce(sums.unknown_no_deal_parts, 0) = 0
                    then base_places.base_rate_pct + coalesce(sums.added_no_deal_pct, 0)
                end as decimal(12, 6)
            ) as rate_no_deal_pct,
            case
                when base_places.scope_id is null
                then 'needs_base_rate'
                when base_places.base_rate_pct is null
                then 'needs_product_rates'
            end as missing_reason,
            sums.rate_parts,
            sums.assertion_ids
        from segments
        left join
            base_places
            on segments.known_on = base_places.known_on
            and segments.partner_iso3 = base_places.partner_iso3
            and segments.scope_id = base_places.scope_id
            and segments.quota_tier = base_places.quota_tier
            and segments.valid_from = base_places.valid_from
            and base_places.place = 1
        left join
            sums
            on segments.known_on = sums.known_on
            and segments.partner_iso3 = sums.partner_iso3
            and segments.scope_id = sums.scope_id
            and segments.quota_tier = sums.quota_tier
            and segments.valid_from = sums.valid_from
        where base_places.scope_id is not null or sums.scope_id is not null
    ),

    -- neighbours that say the same are one interval
    starts as (
        select
            totals.*,
            case
                when row_number() over goods_in_time = 1
                then 1
                when lag(valid_to) over goods_in_time is distinct from valid_from
                then 1
                when lag(assertion_ids) over goods_in_time is distinct from assertion_ids
                then 1
                when lag(base_rate_pct) over goods_in_time is distinct from base_rate_pct
                then 1
                when lag(base_preference) over goods_in_time is distinct from base_preference
                then 1
                when lag(rate_no_deal_pct) over goods_in_time is distinct from rate_no_deal_pct
                then 1
                else 0
            end as starts
        from totals
        window goods_in_time as (partition by known_on, partner_iso3, scope_id, quota_tier order by valid_from)
    ),

    runs as (
        select
            starts.*,
            sum(starts) over (
                partition by known_on, partner_iso3, scope_id, quota_tier
                order by valid_from
                rows between unbounded preceding and current row
            ) as run
        from starts
    )

    select
        known_on,
        partner_iso3,
        scope_id,
        quota_tier,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to,
        base_preference,
        base_rate_pct,
        additional_rate_pct,
        floor_rate_pct,
        ceiling_rate_pct,
        stated_total_pct,
        total_rate_pct,
        rate_no_deal_pct,
        missing_reason,
        rate_parts,
        assertion_ids
    from runs
    group by
        known_on,
        partner_iso3,
        scope_id,
        quota_tier,
        run,
        base_preference,
        base_rate_pct,
        additional_rate_pct,
        floor_rate_pct,
        ceiling_rate_pct,
        stated_total_pct,
        total_rate_pct,
        rate_no_deal_pct,
        missing_reason,
        rate_parts,
        assertion_ids
{% endmacro %}
