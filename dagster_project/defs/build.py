"""The refresh as one step: seeds to release, made whole whichever of its assets somebody asks for.

One step, because half a build would publish tables of two days: Dagster may select any part, and gets all of it.
Belongs here: the order. Does not belong here: the work of a layer (`raw`, `transform`, `published`).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.dbt_project import dbt_models
from dagster_project.defs.published import RELEASE_CHECK_SPECS, copy_release, make_release, published_specs
from dagster_project.defs.raw import SEEDS_CHECK_SPEC, make_raw, raw_specs
from dagster_project.defs.resources import ALLOW_REWRITE, COPYING, PUBLISHED, RAW, TRANSFORM, Refresh
from dagster_project.defs.transform import make_models
from dagster_project.settings import Settings


def build_assets(settings: Settings) -> dg.AssetsDefinition:
    """Every asset of a build and its checks, over the dbt project as it stands. Parses it where it has changed."""
    models = dbt_models(settings)
    specs = [*raw_specs(), *models.specs, *published_specs(settings, models.specs)]

    check_specs = [SEEDS_CHECK_SPEC, *models.check_specs, *RELEASE_CHECK_SPECS]

    # The results are plain events, not outputs: an output costs two events more and nothing here reads one.
    @dg.multi_asset(name="build", specs=specs, check_specs=check_specs, can_subset=True)
    def build(
        context: dg.AssetExecutionContext, refresh: Refresh
    ) -> Iterator[dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation]:
        # Dagster expects an output of each check, and says in the log that it misses those of evaluated ones
        context.log.addFilter(lambda record: "did not yield or return expected outputs" not in str(record.msg))
        context.log.info(RAW)
        yield from make_raw(refresh.settings, context.run.tags.get(ALLOW_REWRITE))
        context.log.info(TRANSFORM)
        yield from make_models(refresh.settings, {check.name: check.key for check in models.check_specs})
        context.log.info(PUBLISHED)
        yield from make_release(refresh.settings)
        if refresh.settings.postgres_dsn:
            context.log.info(COPYING)
            yield from copy_release(refresh.settings)

    return build
