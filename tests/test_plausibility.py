"""Nonsense is refused by the rule that a curator would state, each kind in one line where it stands.

Belongs here: values that read well and cannot be true. Does not belong here: cells that cannot be read
(`test_door.py`), the log and its references (`test_curator.py`).
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from dagster_project.seeds.plausibility import latest_today
from dagster_project.seeds.problems import Problem
from dagster_project.seeds.reading import SeedTable, read_seed, read_seeds
from dagster_project.seeds.rules import check_seeds, check_tables
from dagster_project.settings import PROJECT_ROOT
from tests.tiny_seeds import ROWS, write_rows, write_tiny_seeds

Row = dict[str, str]
TODAY = dt.date(2025, 11, 1)  # the day on which the tiny seeds were recorded


@dataclass(frozen=True)
class Nonsense:
    """Cells put into the first row of a tiny seed (or into a copy of it, where they name a new assertion)."""

    file: str
    cells: Row
    column: str
    expected: str


YEN = {"currency_code": "JPY", "fx_per_usd": "150", "fx_source_id": "proclamation"}
RATE = {"assertion_id": "other", "rate_id": "other", "partner_iso3": "KOR"}
NONSENSE = {
    "a rate of 0.15 for 15": Nonsense("tariff_rates", {"rate_pct": "0.15"}, "rate_pct", "0, or from 1 to 100"),
    "a rate of 249 for 15": Nonsense("tariff_rates", {"rate_pct": "249"}, "rate_pct", "0, or from 1 to 100"),
    "a base duty of 0.025": Nonsense("base_rates", {"rate_pct": "0.025"}, "rate_pct", "0, or from 1 to 100"),
    "a volume without a quota": Nonsense(
        "tariff_rates", {"quota_volume": "100000", "quota_unit": "cars"}, "quota_volume", "in or over a quota"
    ),
    "known in 1931": Nonsense("tariff_rates", {"known_from": "1931-04-01"}, "known_from", "at least 2017-01-20"),
    "known in 2099": Nonsense("claims", {"known_from": "2099-04-01"}, "known_from", "at most 2060-01-01"),
    "in force since 1931": Nonsense("tariff_rates", {"valid_from": "1931-04-01"}, "valid_from", "at least 2017-01-20"),
    "in force long before its instrument": Nonsense(
        "tariff_rates", {"valid_from": "2024-03-01"}, "valid_from", "at most a year before 2025-03-26"
    ),
    "recorded before it was known": Nonsense(
        "tariff_rates", {"known_from": "2025-11-01", "recorded_on": "2025-03-26"}, "recorded_on", "or after known_from"
    ),
    "recorded tomorrow": Nonsense("pledges", {"recorded_on": "2025-11-02"}, "recorded_on", "2025-11-01 or before"),
    "a source of tomorrow": Nonsense("sources", {"accessed_date": "2025-11-02"}, "accessed_date", "has come:"),
    "a source read before it was published": Nonsense(
        "sources", {"accessed_date": "2025-03-25"}, "accessed_date", "on or after published_date"
    ),
    "an instrument published before it was signed": Nonsense(
        "instruments", {"published_date": "2025-03-25"}, "published_date", "on or after signed_date"
    ),
    "an instrument effective long before it was signed": Nonsense(
        "instruments", {"effective_date": "1931-03-25"}, "effective_date", "at most a year before"
    ),
    "a role that ends before it begins": Nonsense(
        "officials", {"role_from": "2025-03-25", "role_to": "2025-03-24"}, "role_to", "after role_from"
    ),
    "an ending in 1931": Nonsense("measure_endings", {"ends_on": "1931-01-01"}, "ends_on", "at least 2017-01-20"),
    "an ending long before it was known": Nonsense(
        "measure_endings", {"ends_on": "2024-02-01"}, "ends_on", "at most a year before known_from"
    ),
    "an ending before anything had begun": Nonsense(
        "measure_endings", {"ends_on": "2025-04-03"}, "ends_on", "after a rate that it ends had begun"
    ),
    "an ending of what another authority ordered": Nonsense(
        "measure_endings", {"programme_id": "", "authority": "IEEPA"}, "ends_on", "after a rate that it ends had begun"
    ),
    "a deal of the United States with itself": Nonsense(
        "deals", {"partner_iso3": "USA"}, "partner_iso3", "one partner of the United States"
    ),
    "a rate on American goods": Nonsense(
        "tariff_rates", {"partner_iso3": "USA"}, "partner_iso3", "a partner of the United States"
    ),
    "a pledge of everybody": Nonsense("pledges", {"partner_iso3": "ALL"}, "partner_iso3", "one partner of"),
    "the economy of everybody": Nonsense("macro_indicators", {"partner_iso3": "ALL"}, "partner_iso3", "one country"),
    "the United States named Japan": Nonsense("partners", {"partner_name": "japan"}, "partner_name", "no other"),
    "the United States named Korea": Nonsense(
        "partners", {"partner_name": "North Korea"}, "partner_name", "the country of code USA: United States"
    ),
    "a code that no country has": Nonsense("partners", {"partner_iso3": "XQZ"}, "partner_iso3", "ISO 3166-1"),
    "dollars used up by the yen": Nonsense("partners", {"currency_code": "JPY"}, "currency_code", "in use there: USD"),
    "GDP in persons": Nonsense("macro_indicators", {"unit": "persons"}, "unit", "this indicator is counted in"),
    "GDP in won of Japan": Nonsense(
        "macro_indicators", {"unit": "KRW_trn", "value": "600"}, "unit", "money of JPN (JPY)"
    ),
    "GDP of 2999": Nonsense("macro_indicators", {"period": "2999"}, "period", "over when the figure became known"),
    "GDP forecast for 2999": Nonsense(
        "macro_indicators", {"period": "2999", "is_projection": "true"}, "period", "six after for a projection"
    ),
    "GDP of a year under way": Nonsense(
        "macro_indicators", {"period": "2025"}, "period", "over when the figure became known"
    ),
    "GDP of a thirteenth month": Nonsense("macro_indicators", {"period": "2024-13"}, "period", "a year, a month"),
    "GDP of a thousand million billions": Nonsense(
        "macro_indicators", {"value": "1000000000"}, "value", "a figure that a country can have"
    ),
    "GDP of nothing": Nonsense("macro_indicators", {"value": "0"}, "value", "a figure that a country can have"),
    "GDP in trillions among billions": Nonsense(
        "macro_indicators", {"value": "4.2"}, "value", "the size of this partner's other figures"
    ),
    "duties ten times the imports": Nonsense(
        "trade_flows", {"duties_usd": "400000000000"}, "duties_usd", "at most imports_usd"
    ),
    "imports of a year to come": Nonsense("trade_flows", {"period": "2025"}, "period", "over when the figure"),
    "the least share above the most": Nonsense(
        "pledge_components", {"share_min": "0.03"}, "share_min", "at most share_max"
    ),
    "an exchange rate on dollars": Nonsense(
        "pledges", {"fx_per_usd": "150", "fx_source_id": "proclamation"}, "fx_per_usd", "beside foreign money alone"
    ),
    "an exchange rate on dollars delivered": Nonsense(
        "pledge_progress", {"fx_per_usd": "150"}, "fx_per_usd", "beside foreign money alone"
    ),
    "yen delivered without a rate": Nonsense(
        "pledge_progress", {"currency_code": "JPY"}, "fx_per_usd", "units of the currency per dollar"
    ),
    "yen turned upside down": Nonsense("pledges", YEN | {"fx_per_usd": "0.0067"}, "fx_per_usd", "within what has been"),
    "a rate of exchange from nowhere": Nonsense("pledges", YEN | {"fx_source_id": ""}, "fx_source_id", "the source of"),
    "won of Japan": Nonsense(
        "pledges", YEN | {"currency_code": "KRW", "fx_per_usd": "1400"}, "currency_code", "money of JPN (JPY)"
    ),
    "an amount without money": Nonsense("pledge_progress", {"currency_code": ""}, "currency_code", "beside an amount"),
    "a pledge of nothing": Nonsense("pledges", {"amount_bn": "0"}, "amount_bn", "more than 0"),
    "a pledge of 99,999 bn": Nonsense("pledges", {"amount_bn": "99999"}, "amount_bn", "at most 2,000 bn dollars"),
    "a pledge of 500,000 bn yen": Nonsense("pledges", YEN | {"amount_bn": "500000"}, "amount_bn", "at most 2,000 bn"),
    "a year's cap above the whole": Nonsense("pledges", {"annual_cap_bn": "201"}, "annual_cap_bn", "the amount in all"),
    "a whole that is part of something": Nonsense(
        "pledges", {"assertion_id": "new", "pledge_id": "new", "parent_pledge_id": "jpn-fund"}, "parent_pledge_id",
        "nothing beside a whole",
    ),
    "an event of a stranger to the deal": Nonsense("deal_events", {"partner_iso3": "KOR"}, "partner_iso3", "us-japan"),
    "a concession of a stranger to the deal": Nonsense("concessions", {"partner_iso3": "KOR"}, "partner_iso3", "party"),
    "a pledge of a stranger to the deal": Nonsense("pledges", {"partner_iso3": "KOR"}, "partner_iso3", "a party to"),
    "a stake of a stranger to the deal": Nonsense("sector_roles", {"partner_iso3": "KOR"}, "partner_iso3", "party"),
    "a rate of a stranger to the deal": Nonsense(
        "tariff_rates", RATE | {"deal_id": "us-japan"}, "deal_id", "a deal of the row's own partner"
    ),
    "an event half a year ahead": Nonsense(
        "deal_events", {"event_date": "2025-09-26"}, "event_date", "at most three months after known_from"
    ),
    "progress still to come": Nonsense(
        "pledge_progress", {"progress_date": "2025-03-27"}, "progress_date", "on or before known_from"
    ),
    "a claim known before it was made": Nonsense(
        "claims", {"claimed_date": "2025-03-27"}, "known_from", "on or after claimed_date"
    ),
    "a rate claimed in dollars": Nonsense("claims", {"unit": "USD_bn"}, "unit", "this claim_metric is stated in"),
    "a gap to oneself": Nonsense("claims", {"rival_iso3": "JPN"}, "rival_iso3", "another partner"),
    "a rival of itself": Nonsense(
        "sector_roles", {"sector_role": "rival", "rival_iso3": "JPN"}, "rival_iso3", "another partner"
    ),
    "a rival without a name": Nonsense("sector_roles", {"sector_role": "rival"}, "rival_iso3", "where sector_role"),
    "a rate claimed as a share": Nonsense("claims", {"stated_value": "0.15"}, "stated_value", "of a rate 0 or 1"),
    "a rate claimed below nothing": Nonsense("claims", {"stated_value": "-15"}, "stated_value", "0 or more"),
    "a country that is a bloc": Nonsense("partners", {"is_bloc": "true"}, "is_bloc", "for whom has members"),
    "a provider misspelt": Nonsense(
        "macro_indicators", {"provider": "word-bank"}, "provider", "a provider that stands in providers.csv"
    ),
    "a source read in 1931": Nonsense("sources", {"accessed_date": "1931-01-01"}, "accessed_date", "at least 2017"),
    "recorded before its source appeared": Nonsense(
        "pledges", {"recorded_on": "2025-03-25", "known_from": "2025-03-20"}, "recorded_on", "when its source appeared"
    ),
    "known a year before its source": Nonsense(
        "pledges", {"known_from": "2024-03-26"}, "known_from", "at most about a year before 2025-03-26"
    ),
    "a number with leading zeros": Nonsense("pledges", {"amount_bn": "0200"}, "amount_bn", "a plain number"),
    "half a code of the schedule": Nonsense("product_scopes", {"hs_prefixes": "870"}, "hs_prefixes", "2 to 10 digits"),
    "an escape character": Nonsense("partners", {"partner_name": "\x1b[31mUSA"}, "partner_name", "without control"),
    "a direction mark": Nonsense("deals", {"deal_name": "A \u202edeal"}, "deal_name", "without control characters"),
    "a character of no width": Nonsense("deals", {"deal_name": "A\u200bdeal"}, "deal_name", "without control"),
    "a line break in a name": Nonsense("deals", {"deal_name": "A\ndeal"}, "deal_name", "text on one line"),
    "white space before a name": Nonsense("deals", {"deal_name": " A deal"}, "deal_name", "without white space"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SeedTable]:
    return read_seeds(write_tiny_seeds(tmp_path_factory.mktemp("tiny") / "seeds"))


def problems_with(tables: dict[str, SeedTable], folder: Path, changed: dict[str, list[Row]]) -> list[Problem]:
    """The problems of the tiny seeds with other rows in some of their files."""
    for file, rows in changed.items():
        write_rows(folder, file, rows)
    read = {file: read_seed(folder / f"{file}.csv") for file in changed}
    return check_tables(tables | read, today=TODAY)


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_refused_where_it_stands(nonsense: Nonsense, tables: dict[str, SeedTable], tmp_path: Path) -> None:
    first, *rest = ROWS[nonsense.file]
    spoiled = first | nonsense.cells
    is_new = "assertion_id" in nonsense.cells
    rows = [first, *rest, spoiled] if is_new else [spoiled, *rest]
    problems = problems_with(tables, tmp_path, {nonsense.file: rows})
    line = len(rows) + 1 if is_new else 2
    assert (f"{nonsense.file}.csv", line, nonsense.column) in [(p.file, p.line, p.column) for p in problems]
    told = [p for p in problems if (p.file, p.line, p.column) == (f"{nonsense.file}.csv", line, nonsense.column)]
    assert [p for p in told if nonsense.expected in p.expected], "\n".join(map(str, problems))
    assert all(str(p).isprintable() and p.remedy.endswith(".") for p in problems)


def test_the_tiny_seeds_are_fit(tables: dict[str, SeedTable]) -> None:
    assert check_tables(tables, today=TODAY) == []


def test_an_unusual_rate_is_let_in_where_the_note_says_it_again(tables: dict[str, SeedTable], tmp_path: Path) -> None:
    rate = ROWS["tariff_rates"][0]
    for figure in ("200", "0.5", "0.15"):
        meant = rate | {"rate_pct": figure, "note": f"Heading 9903: {figure} per cent"}
        assert problems_with(tables, tmp_path, {"tariff_rates": [meant]}) == []
        other = rate | {"rate_pct": figure, "note": "Heading 9903: 150 per cent"}
        assert len(problems_with(tables, tmp_path, {"tariff_rates": [other]})) == 1


def test_rates_at_the_bounds_of_the_usual_are_let_in(tables: dict[str, SeedTable], tmp_path: Path) -> None:
    for figure in ("0", "1", "100"):
        assert problems_with(tables, tmp_path, {"tariff_rates": [ROWS["tariff_rates"][0] | {"rate_pct": figure}]}) == []


def test_a_rate_told_after_its_programme_ended_is_refused_unless_it_says_that_it_came_back(
    tables: dict[str, SeedTable], tmp_path: Path
) -> None:
    ending = ROWS["measure_endings"][0] | {"ends_on": "2025-06-01", "known_from": "2025-05-20"}
    rate = ROWS["tariff_rates"][0]
    late = rate | {"assertion_id": "late", "known_from": "2025-07-01"}

    def with_rate(**cells: str) -> list[tuple[str, int, str]]:
        rows = {"measure_endings": [ending], "tariff_rates": [rate, late | cells]}
        return [(p.file, p.line, p.column) for p in problems_with(tables, tmp_path, rows)]

    assert with_rate(valid_from="2025-07-01") == [("tariff_rates.csv", 3, "valid_from")]
    assert with_rate(valid_from="2025-05-01") == [("tariff_rates.csv", 3, "valid_to")]
    assert with_rate(valid_from="2025-05-01", valid_to="2025-06-01") == []
    assert with_rate(valid_from="2025-07-01", known_from="2025-05-20") == []
    assert with_rate(valid_from="2025-07-01", rate_status="threatened") == []
    assert with_rate(valid_from="2025-07-01", note="Came back after cars-end.") == []


def test_law_is_not_known_before_its_text_but_from_the_inspection_before_its_printing(
    tables: dict[str, SeedTable], tmp_path: Path
) -> None:
    instrument = ROWS["instruments"][0] | {"signed_date": ""}
    for published, where in (
        ("2025-04-09", []),
        ("2025-04-10", [("tariff_rates.csv", 2, "known_from")]),
    ):
        rows = {"instruments": [instrument | {"published_date": published}]}
        assert [(p.file, p.line, p.column) for p in problems_with(tables, tmp_path, rows)] == where


def test_kosovo_is_a_partner_though_iso_has_given_it_no_code(tables: dict[str, SeedTable], tmp_path: Path) -> None:
    kosovo = ROWS["partners"][0] | {
        "partner_iso3": "XKX", "partner_name": "Kosovo", "census_code": "4803", "currency_code": "EUR",
        "is_bloc": "false",
    }  # fmt: skip
    rows = {"partners": [*ROWS["partners"], kosovo]}
    assert problems_with(tables, tmp_path, rows) == []
    rows = {"partners": [*ROWS["partners"], kosovo | {"partner_name": "Serbia"}]}
    assert [p.column for p in problems_with(tables, tmp_path, rows)] == ["partner_name"]


def test_the_shares_of_a_pledge_come_to_one_at_most(tables: dict[str, SeedTable], tmp_path: Path) -> None:
    equity = ROWS["pledge_components"][0] | {"share_min": "0.6", "share_max": ""}
    loan = equity | {"assertion_id": "loan", "component_id": "loan", "component": "loan"}
    news = equity | {"assertion_id": "news", "known_from": "2025-05-01", "share_min": "0.4"}
    assert len(problems_with(tables, tmp_path, {"pledge_components": [equity, loan]})) == 2
    assert problems_with(tables, tmp_path, {"pledge_components": [equity, loan, news]}) == []


def test_a_member_of_the_bloc_and_whom_the_deal_grants_a_rate_are_parties(
    tables: dict[str, SeedTable], tmp_path: Path
) -> None:
    deal = {"deals": [ROWS["deals"][0], ROWS["deals"][0] | {"deal_id": "us-eu", "partner_iso3": "EUU"}]}
    event = ROWS["deal_events"][0]
    german = {
        "deal_events": [
            event,
            event | {"assertion_id": "de", "event_id": "de", "deal_id": "us-eu", "partner_iso3": "DEU"},
        ]
    }
    assert problems_with(tables, tmp_path, deal | german) == []
    rate = ROWS["tariff_rates"][0] | {"deal_id": "us-japan", "quota_tier": "in_quota"}
    granted = [rate | {"assertion_id": f"cars-{code.lower()}", "partner_iso3": code} for code in ("JPN", "KOR")]
    korean = {"deal_events": [event, event | {"assertion_id": "kr", "event_id": "kr", "partner_iso3": "KOR"}]}
    assert problems_with(tables, tmp_path, korean | {"tariff_rates": [ROWS["tariff_rates"][0], *granted]}) == []


def test_a_day_is_swapped_in_every_log_and_each_time_it_is_refused(tmp_path: Path) -> None:
    """One row of every log of the real seeds, with `known_from` and `recorded_on` swapped."""
    real = read_seeds(PROJECT_ROOT / "seeds")
    logs = [name for name, table in real.items() if "known_from" in table.rows.columns]
    assert len(logs) == 16
    for name in logs:
        lines = (PROJECT_ROOT / "seeds" / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        row = real[name].rows.row(0, named=True)
        known, recorded = f",{row['known_from']},", f"{row['recorded_on']},assert"
        assert known in lines[1]
        head, tail = lines[1].rsplit(f"{known}{recorded}", 1)
        lines[1] = f"{head},{row['recorded_on']},{row['known_from']},assert{tail}"
        path = tmp_path / f"{name}.csv"
        path.write_text("".join(lines), encoding="utf-8")
        found = [(p.line, p.column) for p in read_seed(path).problems]
        assert (2, "recorded_on") in found, name


def test_today_is_never_behind_the_clock_of_the_world() -> None:
    now = dt.datetime.now(dt.UTC)
    assert now.date() <= latest_today() <= (now + dt.timedelta(hours=14)).date()


def test_the_real_seeds_are_fit_on_the_day_of_their_newest_row() -> None:
    tables = read_seeds(PROJECT_ROOT / "seeds")
    logs = [table.rows for table in tables.values() if "known_from" in table.rows.columns]
    newest = max(day for rows in logs for day in rows["recorded_on"])
    assert isinstance(newest, dt.date)
    assert check_tables(tables, today=newest) == []
    before = check_seeds(PROJECT_ROOT / "seeds", today=newest - dt.timedelta(days=1))
    assert "recorded_on" in {problem.column for problem in before}
    assert all("a day that has come" in problem.expected for problem in before)
