"""The columns of every seed file: the one place that says what a fact row must look like.

Belongs here: the one declaration of every column (name, type, allowed words and bounds, what it refers to, what it
says), which thing and key a log has, and which rules hold within one row. dbt's columns, the comments in the file and
the documentation are made from it (`describe.py`). Does not belong here: kinds of columns and what several seeds share
(`vocabulary.py`), the rules in words (`row_rules.py`), rules across rows or files (`rules.py`,
`plausibility.py`) and anything computed (dbt).

Each schema describes one CSV in `seeds/`; `SEEDS` maps the file's stem to it. Dates are ISO days, amounts are
in billions of the stated currency (`_bn`), rates in per cent (`_pct`, 0-100 and above), shares 0-1.
"""

from typing import ClassVar

import dataframely as dy
import polars as pl

from dagster_project.seeds.row_rules import (
    CLAIM_UNITS,
    COUNTED_IN,
    LARGEST_PLEDGE_BN,
    NEAR,
    PER_USD,
    REACH_BACK,
    dollars_at_most,
    not_before,
    period_end,
    stated_again_in_the_note,
    usual_rate,
    within,
)
from dagster_project.seeds.vocabulary import (
    AMOUNT,
    END,
    FIRST_DAY,
    LIST_MEMBER,
    MONTH,
    PERIOD,
    PREFIX_FORM,
    PUBLISHED,
    RECORDED,
    RIVAL,
    SCOPE_PREFIXES,
    UNIT,
    abroad,
    currency,
    day,
    deal,
    entry_condition,
    flag,
    instrument,
    law,
    log_day,
    money,
    number,
    of_form,
    official,
    one_abroad,
    party,
    percent,
    pledge,
    product_list,
    programme,
    provider_of,
    rate,
    rate_of_exchange,
    remark,
    scope,
    sector_of,
    slug,
    source,
    text,
    title_of,
    why,
    words,
)


class Seed(dy.Schema):
    """What every seed declares beside its columns: the mart that carries it, where its name is not the seed's."""

    mart: ClassVar[str | None] = ""
    # what identifies a row, where a part of it may be null and is no key
    grain: ClassVar[tuple[str, ...]] = ()


class Cited(Seed):
    """A row that states a fact and says where it is written."""

    source_id = source()
    source_locator = text("Where in the source it stands: section, clause, paragraph, heading or page.")
    note = remark()


class Assertion(Cited):
    """A row of the log: what was asserted, known since when, and whether it replaces another row.

    `thing` is the column of what an assertion is about, `key` that within which assertions override one another: the
    thing, unless a log says otherwise. The key may name `is_in_force`, which dbt derives from the status.
    """

    thing: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ()

    assertion_id = slug("The row of the log (seeds/) that this row rests on.", primary_key=True)
    confidence = words("How sure we are that the source says it and is right.", "high", "medium", "low")
    known_from = log_day("First day, in Washington, on which a public text fixed the fact.")
    recorded_on = log_day(RECORDED)
    action = words(
        "`retract` withdraws the row named in `corrects` from this row's known_from on; one that names a retraction"
        " mends that one's day.",
        "assert",
        "retract",
        in_mart=False,
    )
    corrects = slug(
        "The row that this one corrects (action assert) or withdraws (action retract).", nullable=True, in_mart=False
    )
    is_preferred = flag("False keeps a disputed row out of every answer; it stays in the log.", in_mart=False)

    @dy.rule()
    def retraction_names_what_it_retracts(cls) -> pl.Expr:
        return (pl.col("action") == "assert") | pl.col("corrects").is_not_null()

    @dy.rule()
    def recorded_once_known(cls) -> pl.Expr:
        return not_before("recorded_on", "known_from")


class Period(dy.Schema):
    """Valid time, half-open: `valid_to` is the first day on which it no longer holds."""

    valid_from = day(FIRST_DAY, nullable=True)
    valid_to = day(END, nullable=True)

    @dy.rule()
    def valid_to_is_after_valid_from(cls) -> pl.Expr:
        return pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from"))


class Money(dy.Schema):
    """Rules of an amount (`amount_bn`, `currency_code`, `fx_per_usd`): what it is in dollars is known and possible."""

    @dy.rule()
    def foreign_money_has_a_rate(cls) -> pl.Expr:
        foreign = pl.col("amount_bn").is_not_null() & (pl.col("currency_code") != "USD")
        return ~foreign | pl.col("fx_per_usd").is_not_null()

    @dy.rule()
    def dollars_need_no_rate(cls) -> pl.Expr:
        return pl.col("fx_per_usd").is_null() | (pl.col("currency_code") != "USD").fill_null(False)

    @dy.rule()
    def rate_of_exchange_has_been_seen(cls) -> pl.Expr:
        return within("fx_per_usd", pl.col("currency_code"), PER_USD)

    @dy.rule()
    def amount_is_of_this_world(cls) -> pl.Expr:
        return dollars_at_most(LARGEST_PLEDGE_BN)


class Sources(Seed):
    source_id = source(ref=None, primary_key=True)
    title = title_of()
    publisher = text("Who published the source.")
    publisher_class = words("Kind of publisher.", "official", "statistics", "press", "research")
    published_date = day(PUBLISHED, nullable=True)
    accessed_date = log_day("Day on which we last read the source.")
    url = of_form("Address of the source.", r"^https?://\S+$", "an http(s) address", nullable=True)
    licence = text("Terms under which the source may be used.")
    text_file = of_form(
        "Name of the stored text against which locators and figures are checked, where there is one.",
        r"^[\w.\-]+$",
        "the name of a file",
        nullable=True,
    )

    @dy.rule()
    def read_once_published(cls) -> pl.Expr:
        return not_before("accessed_date", "published_date")


class Providers(Seed):
    """Who measures."""

    provider = slug("Whose figure it is.", primary_key=True)
    provider_name = text("Name of the provider.")
    provider_rank = number(
        "Which provider speaks first for a headline, of those that cover the same latest period: the lowest.",
        2, 0, min=1, max=9,
    )  # fmt: skip
    publishes = text("What is taken from the provider, in words.")


class Partners(Seed):
    partner_iso3 = party(ref=None, primary_key=True)
    partner_name = text("Name of the party.")
    census_code = of_form(
        "Census Schedule C country code; 0003 is the EU aggregate.",
        r"^[0-9]{4}$",
        "the four digits of the Census Bureau's code",
        nullable=True,
    )
    currency_code = currency(nullable=True)
    is_bloc = flag("Whether the party stands for several partners.")

    @dy.rule()
    def name_is_its_own(cls) -> pl.Expr:
        return pl.col("partner_name").str.to_lowercase().is_unique()

    @dy.rule()
    def census_code_is_its_own(cls) -> pl.Expr:
        return pl.col("census_code").is_null() | pl.col("census_code").is_unique()


class PartnerMembers(Seed, Period):
    bloc_iso3 = one_abroad("The bloc, as partner_iso3 has it.", primary_key=True)
    partner_iso3 = one_abroad(primary_key=True)


class Officials(Cited):
    official_id = official(ref=None, primary_key=True)
    official_name = text("Name of the person.")
    role = text("Office or role.", primary_key=True)
    partner_iso3 = party()
    role_from = day("First day in the role.", nullable=True)
    role_to = day("First day no longer in the role.", nullable=True)

    @dy.rule()
    def role_to_is_after_role_from(cls) -> pl.Expr:
        return (pl.col("role_to") > pl.col("role_from")).fill_null(True)


class ProductScopes(Seed):
    scope_id = scope(ref=None, primary_key=True)
    scope_name = text("Name of the scope.")
    sector = sector_of()
    hs_prefixes = of_form(
        "HS prefixes of the scope, separated by blanks; null means all goods.",
        SCOPE_PREFIXES,
        PREFIX_FORM,
        nullable=True,
    )
    excluded_prefixes = of_form(
        "HS prefixes taken out of the scope, separated by blanks.", SCOPE_PREFIXES, PREFIX_FORM, nullable=True
    )
    parent_scope_id = slug("The scope that this one lies in.", ref="product_scopes", nullable=True)
    condition = text("What a product must meet beside its code, such as not qualifying under USMCA.", nullable=True)
    scope_kind = words(
        "What the scope is to the law by tariff lines.",
        ("goods", "a named group of goods, for which total rates are asked"),
        ("condition", "whatever meets a condition of entry"),
        ("list", "a list of the law, answered by line alone"),
        ("retired", "no longer used; see its successor"),
    )
    list_id = product_list(nullable=True)
    condition_id = entry_condition(nullable=True)
    condition_is_met = flag(
        "Whether the goods of the scope meet the condition, or are those that do not.", nullable=True
    )
    successor_scope_id = slug("What to ask for in place of a retired scope.", ref="product_scopes", nullable=True)
    note = remark()

    @dy.rule()
    def retired_scope_has_a_successor(cls) -> pl.Expr:
        return (pl.col("scope_kind") == "retired") == pl.col("successor_scope_id").is_not_null()

    @dy.rule()
    def condition_is_met_or_not(cls) -> pl.Expr:
        return pl.col("condition_id").is_null() == pl.col("condition_is_met").is_null()


class Conditions(Seed):
    """What a duty depends on beside code and origin: met or not met by an entry, seen in no tariff code."""

    condition_id = entry_condition(ref=None, primary_key=True)
    condition_name = text("Name of the condition.")
    condition_says = text("What an entry must show to meet it, in our words.")
    note = remark()


class Preferences(Cited):
    """The symbols of the schedule's special column: which agreement or act a symbol stands for, and whether it runs."""

    symbol = of_form(
        "Symbol in the special column.",
        r"^[A-Z]{1,2}[+*]?$",
        "a symbol of the special column (KR, S+)",
        primary_key=True,
    )
    preference = slug("Column of the tariff, or preference that stands for one.")
    preference_name = text("Name of the agreement or act.")
    condition_id = entry_condition(nullable=True)
    runs_to = day("First day on which it is no longer applied; null while it runs.", nullable=True)


class Lists(Seed):
    """A list of products that a programme or an order names: what it is, over all its states."""

    mart = "dim_product_lists"
    list_id = product_list(ref=None, primary_key=True)
    list_name = text("Name of the list.")
    programme_id = programme(nullable=True)
    list_role = words(
        "What it does to its goods.",
        ("covers", "they pay the programme's duty"),
        ("exempts", "they do not pay it"),
        ("excludes", "they were taken out again, by an exclusion on request"),
        ("base", "they have another base duty"),
        ("defines", "other rules refer to it"),
    )
    note = remark()


class ListVersions(Assertion, Period):
    """A state of a list: the days on which it holds, known since when, by which text. Its codes: `product_lists`."""

    thing = "list_id"
    list_id = product_list()
    law_note = text("Where the law has the list: US note and subdivision, or annex.")
    list_rank = number(
        "Which of a programme's lists is asked first, in the law's own order: the lowest; null where it has none.",
        3, 0, nullable=True, min=1,
    )  # fmt: skip
    instrument_id = instrument(nullable=True)
    text_source_id = slug(
        "Source whose stored text has this very state, code by code; null where none is at hand.", ref="sources",
        nullable=True,
    )  # fmt: skip
    text_lines = of_form(
        "Lines of that text on which the codes stand, counted from 1 at line feeds alone.",
        r"^\d+-\d+(?: \d+-\d+)*$",
        "ranges of lines, parted by blanks (120-180 190-200)",
        nullable=True,
    )

    @dy.rule()
    def text_is_told_with_its_lines(cls) -> pl.Expr:
        return pl.col("text_source_id").is_null() == pl.col("text_lines").is_null()


class ProductLists(Seed):
    """What stands in a state of a list: codes as the law writes them, or another list."""

    mart = "fct_list_codes"
    grain = ("list_version", "code", "role", "condition_id")
    list_version = slug("State of the list (list_versions.assertion_id).")
    code = of_form(
        "Code of the tariff schedule, without dots, or the list_id of another list.",
        LIST_MEMBER,
        "a code of 2, 4, 6, 8 or 10 digits without dots, or the id of a list",
    )
    role = words(
        "Whether the code is put in, or taken out of what the others put in.", "include", "exclude", in_mart=False
    )
    condition_id = entry_condition(nullable=True)
    named_article = flag("Whether the list names only some article of the line, never the whole of it.")

    @dy.rule()
    def taken_out_without_a_condition(cls) -> pl.Expr:
        return (pl.col("role") == "include") | (pl.col("condition_id").is_null() & ~pl.col("named_article"))


class ListDifferences(Seed):
    """Why a code stands on one side only: in our list, or in the text that it is compared with."""

    mart = None
    list_version = slug("State of the list (list_versions.assertion_id).", primary_key=True)
    code = of_form(
        "The code, without dots.", r"^(?:\d\d){1,5}$", "a code of 2 to 10 digits, without dots", primary_key=True
    )
    side = words(
        "Where it stands alone.",
        ("text", "the text has it, the list rightly has not"),
        ("list", "the list has it, the lines of the text have not"),
        ("schedule", "the list has it, no schedule at hand prints it"),
        primary_key=True,
    )
    reason = why()


class HeadingDifferences(Seed):
    """Why a heading of Chapter 99 that a rate cites is not printed with that rate on the rate's first day."""

    mart = None
    rate_assertion_id = slug("The rate (tariff_rates.assertion_id).", primary_key=True)
    heading = of_form("Heading of Chapter 99.", r"^99\d\d\.\d\d\.\d\d$", "a heading as 9903.94.41", primary_key=True)
    reason = why()


class PartnerGroups(Assertion, Period):
    """Whom a programme's own group, or its ALL, takes in and leaves out."""

    thing = "membership_id"
    key = ("programme_id", "group_iso3", "partner_iso3")
    membership_id = slug("A partner in, or out of, a programme's group.")
    programme_id = programme()
    group_iso3 = abroad("Party that the programme's rates name: ALL, or the one that the group is called after.")
    partner_iso3 = one_abroad()
    membership = words("Whether the group reaches the partner.", "takes_in", "leaves_out")


class StackingRules(Assertion, Period):
    """How two programmes meet on the same goods. Where no rule stands, both are paid."""

    thing = "stacking_id"
    stacking_id = slug("The meeting of two programmes, on lists and contents where the law says so.")
    winner_programme_id = slug("Programme that is paid.", ref="programmes")
    winner_list_id = slug(
        "The only list of the winner that the rule is about; null for all.", ref="lists", nullable=True
    )
    loser_programme_id = slug("Programme that gives way, or not.", ref="programmes")
    loser_list_id = slug("The only list of the loser that the rule is about; null for all.", ref="lists", nullable=True)
    partner_iso3 = abroad()
    effect = words(
        "What the text says of the loser's duty.",
        ("displaces", "it is not paid"),
        ("adds", "it is paid as well, said so by the text"),
    )
    on_value = words(
        "Part of the value that the rule is about.",
        ("whole", "the whole value"), ("metal", "content of the metal that the winner's duty is on"),
        ("non_metal", "the rest of the value"), ("subject_part", "the part to which the winner applies"),
    )  # fmt: skip
    counts_as_subject = flag("Whether goods count as subject to the winner also where it asks for nothing of them.")


class Programmes(Cited):
    programme_id = programme(ref=None, primary_key=True)
    programme_name = text("Name of the programme.")
    authority = law()
    stacking_class = words(
        "How the programme's duties meet others.",
        ("section-232", "stands in place of others"),
        "displaced-by-232",
        "cumulative",
    )


class Instruments(Seed):
    instrument_id = instrument(ref=None, primary_key=True)
    instrument_type = words(
        "Kind of instrument.",
        "executive_order", "proclamation", "federal_register_notice", "agreement", "memorandum",
        "joint_statement", "fact_sheet", "letter", "statute", "court_ruling", "agency_notice",
        "tariff_schedule",
    )  # fmt: skip
    title = title_of()
    citation = text("How the instrument is cited: order, proclamation or Federal Register number.", nullable=True)
    signed_date = day("Day of signature.", nullable=True)
    published_date = day(PUBLISHED, nullable=True)
    effective_date = day("Day on which the instrument takes effect, where it has one such day.", nullable=True)
    source_id = source()

    @dy.rule()
    def published_once_signed(cls) -> pl.Expr:
        return not_before("published_date", "signed_date")

    @dy.rule()
    def effective_about_when_signed(cls) -> pl.Expr:
        first = pl.coalesce("signed_date", "published_date")
        return (pl.col("effective_date") >= first - REACH_BACK).fill_null(True)


class TariffRates(Assertion, Period):
    thing = "rate_id"
    key = ("partner_iso3", "scope_id", "programme_id", "quota_tier", "is_in_force")
    rate_id = slug("The rate of a key, over all its assertions.")
    partner_iso3 = abroad()
    scope_id = scope()
    programme_id = programme()
    rate_basis = words("How the rate works.", "additional", "floor_incl_base", "ceiling_total", "total", "exempt")
    rate_pct = rate()
    value_basis = words(
        "Part of the customs value that the rate is on.",
        "full", "metal_content", "non_metal_content", "non_us_content", "foreign_value",
    )  # fmt: skip
    floor_column = words(
        "Column of the schedule that a floor counts.",
        ("general", "column 1 general alone"), ("general_or_special", "column 1 as the goods were entered"),
        nullable=True,
    )  # fmt: skip
    min_total_pct = percent("Least total, base included, that the text sets.", nullable=True, min=0, max=250)
    rate_status = words(
        "Whether the rate is law, also for days to come; or what was said of one that has not reached the totals.",
        ("in_force", "fixed by an instrument"), "scheduled", "agreed", "announced", "proposed", "demanded",
        "threatened", "suspended", "lapsed",
        ("printed_not_collected", "the schedule still shows it, a message of customs says that it is not collected"),
    )  # fmt: skip
    quota_tier = words("Part of a quota that the rate is for.", "none", "in_quota", "over_quota")
    quota_volume = number("Volume of the quota.", 18, 2, nullable=True, min=0)
    quota_unit = text("Unit of the quota.", nullable=True)
    instrument_id = instrument(nullable=True)
    deal_id = deal(nullable=True)
    valid_from = log_day(FIRST_DAY, nullable=True)
    valid_to = log_day(END, nullable=True)

    @dy.rule()
    def usual_rate_or_stated_twice(cls) -> pl.Expr:
        return usual_rate()

    @dy.rule()
    def quota_volume_belongs_to_a_tier(cls) -> pl.Expr:
        stated = pl.col("quota_volume").is_not_null()
        return ~stated | ((pl.col("quota_tier") != "none") & pl.col("quota_unit").is_not_null())

    @dy.rule()
    def rate_is_given_unless_withdrawn(cls) -> pl.Expr:
        return (pl.col("action") == "retract") | pl.col("rate_pct").is_not_null()

    @dy.rule()
    def exempt_means_zero(cls) -> pl.Expr:
        return (pl.col("rate_basis") != "exempt") | (pl.col("rate_pct") == 0)

    @dy.rule()
    def in_force_has_an_instrument(cls) -> pl.Expr:
        return (pl.col("rate_status") != "in_force") | pl.col("instrument_id").is_not_null()

    @dy.rule()
    def in_force_has_a_first_day(cls) -> pl.Expr:
        return (pl.col("rate_status") != "in_force") | pl.col("valid_from").is_not_null()


class BaseRates(Assertion, Period):
    thing = "base_rate_id"
    key = ("partner_iso3", "scope_id", "preference")
    base_rate_id = slug("The base duty of a partner's goods of a scope.")
    partner_iso3 = abroad()
    scope_id = scope()
    preference = words(
        "Column of the tariff, or preference that stands for one.",
        ("mfn", "the general one"),
        ("column-2", "in its place for North Korea and Russia"),
        ("chapter-99", "what that chapter puts in the place of a column"),
        ("korus", "of an agreement, as those that follow"),
        "usmca",
        "ukedp",
        "fta",
    )
    rate_pct = rate()
    is_uniform = flag("Whether one base duty holds across the scope.")

    @dy.rule()
    def usual_rate_or_stated_twice(cls) -> pl.Expr:
        return usual_rate()

    @dy.rule()
    def uniform_base_has_a_rate(cls) -> pl.Expr:
        return ~pl.col("is_uniform") | pl.col("rate_pct").is_not_null()


class MeasureEndings(Assertion):
    thing = "ending_id"
    ending_id = slug("The ending.")
    authority = law(nullable=True)
    programme_id = programme(nullable=True)
    instrument_id = instrument(nullable=True)
    partner_iso3 = abroad()
    ends_on = log_day("First day on which the ended measures no longer hold.")
    reason = why()

    @dy.rule()
    def ending_does_not_reach_far_back(cls) -> pl.Expr:
        return not_before("ends_on", "known_from", within=REACH_BACK)

    @dy.rule()
    def ends_one_authority_programme_or_instrument(cls) -> pl.Expr:
        ended = ["authority", "programme_id", "instrument_id"]
        return pl.sum_horizontal(pl.col(c).is_not_null() for c in ended) == 1


class Deals(Cited):
    deal_id = deal(ref=None, primary_key=True)
    deal_name = text("Name of the deal.")
    partner_iso3 = one_abroad()


class DealEvents(Assertion):
    thing = "event_id"
    event_id = slug("The event.")
    deal_id = deal(nullable=True)
    partner_iso3 = abroad()
    event_date = log_day("Day of the event.", nullable=True)
    event_type = words(
        "Kind of event.",
        "claimed", "threatened", "announced", "proposed", "agreed", "signed", "gazetted", "in_force",
        ("scheduled", "a day planned for something, which need not have come true"),
        "amended", "legislated", "suspended", "stalled", "superseded", "expired", "struck_down", "refund_ordered",
        "retaliation", "meeting",
    )  # fmt: skip
    event_name = text("The event in a line.")
    event_summary = text("What happened, in our words.", nullable=True)
    instrument_id = instrument(nullable=True)
    official_id = official(nullable=True)

    @dy.rule()
    def far_ahead_is_scheduled(cls) -> pl.Expr:
        return (pl.col("event_type") == "scheduled") | not_before("known_from", "event_date", within=NEAR)


class DealClauses(Assertion):
    thing = "clause_id"
    clause_id = slug("The clause.")
    deal_id = deal()
    clause_type = words(
        "Kind of clause.",
        "no_less_favourable", "retroactive_on_trigger", "snap_back", "profit_split", "adjustment", "review",
    )  # fmt: skip
    scope_id = scope(nullable=True)
    trigger_summary = text("What sets the clause off, in our words.")
    reference_summary = text("What the clause refers to, in our words.")
    clause_state = words("Where the clause stands.", "waiting", "triggered", "lapsed", "operating")
    due_date = log_day("Day on which it falls due; null where it waits for a trigger.", nullable=True)


class Concessions(Assertion):
    thing = "concession_id"
    concession_id = slug("The concession.")
    deal_id = deal()
    partner_iso3 = one_abroad()
    concession_type = words(
        "Kind of concession.",
        "market_access", "tariff_cut", "standards", "purchases_policy", "digital", "labour_environment",
        "export_controls", "security", "monetary", "taxation", "other",
    )  # fmt: skip
    scope_id = scope(nullable=True)
    concession_summary = text("What the partner gives besides money, in our words.")


class SectorRoles(Assertion):
    """What a sector is in a deal: where the stakes, the sensitivities and the rivals are."""

    thing = "sector_role_id"
    sector_role_id = slug("The role of a sector.")
    deal_id = deal()
    partner_iso3 = one_abroad()
    scope_id = scope(nullable=True)
    sector = sector_of()
    sector_role = words("What the sector is in the deal.", "key", "sensitive", "rival", "investment_priority")
    rival_iso3 = one_abroad(RIVAL, nullable=True)

    @dy.rule()
    def nobody_rivals_itself(cls) -> pl.Expr:
        return pl.col("rival_iso3") != pl.col("partner_iso3")

    @dy.rule()
    def rival_role_names_the_rival(cls) -> pl.Expr:
        return (pl.col("sector_role") == "rival") == pl.col("rival_iso3").is_not_null()


class Pledges(Assertion, Money):
    thing = "pledge_id"
    pledge_id = pledge(ref=None)
    parent_pledge_id = slug("The whole that a leg is part of.", ref="pledges", nullable=True)
    deal_id = deal(nullable=True)
    partner_iso3 = one_abroad()
    pledge_name = text("The pledge in a line.")
    row_role = words("A whole is never added to its legs.", "whole", "leg")
    asserted_by = party(
        "Party that asserts the pledge. Where it is not the partner itself, the row is a demand or an expectation."
    )
    pledge_type = words(
        "Kind of pledge; kinds are never summed across.",
        ("investment_cash", "money paid in"), ("investment_financed", "loans, guarantees and equity"),
        ("investment_private", "expected of companies"), ("investment_mixed", "kinds that no leg splits"),
        ("credit_guarantee", "contingent"),
        "purchase", ("economic_exchange", "trade and investment in one figure"),
    )  # fmt: skip
    amount_bn = money(AMOUNT, nullable=True, min_exclusive=0)
    currency_code = currency(nullable=True)
    amount_period = words(
        "What the amount covers; amounts of two kinds are never added to one another.",
        "total",
        "per_year",
        ("increment", "a rise over a baseline"),
        nullable=True,
    )
    bound = words("How the amount is bounded.", "exactly", "about", "at_least", "up_to", nullable=True)
    quantity = number("Quantity pledged, in quantity_unit.", 18, 3, nullable=True, min_exclusive=0)
    quantity_unit = text("Unit of the quantity.", nullable=True)
    change_pct = percent("Promised change over the baseline, in per cent.", nullable=True)
    baseline = text("What a change or an increment is measured from.", nullable=True)
    annual_cap_bn = money(
        "Most that may be called in one year, in billions of currency_code.",
        nullable=True,
        min_exclusive=0,
        in_mart=False,
    )
    annual_cap_year = words("What year the cap counts.", "calendar", "contract", nullable=True)
    fx_per_usd = rate_of_exchange()
    fx_source_id = slug("Source of the rate of exchange.", ref="sources", nullable=True)
    horizon_from = log_day("First day of the pledge's horizon.", nullable=True)
    horizon_to = log_day(
        'First day after the horizon that the pledge states; "through 2028" is 2029-01-01.', nullable=True
    )
    horizon_kind = words(
        "What the horizon's end is for.", "payment", ("selection", "of projects"), "purchase", nullable=True
    )
    is_upfront = flag("Whether payment was to come first.", nullable=True)
    sectors = text("Sectors named by the pledge.", nullable=True)
    bindingness = words(
        "What holds the pledge.", "binding", "memorandum", "statement", "order_text", "commercial", "none"
    )
    pledge_status = words(
        "What the pledge is.",
        "demanded", "expected", "announced", "agreed", "signed", "legislated", "ordered", "lapsed", "superseded",
    )  # fmt: skip
    overlap_key = slug("Rows that share it describe overlapping money and count once.", nullable=True)

    @dy.rule()
    def amount_has_currency_and_period(cls) -> pl.Expr:
        stated = pl.col("amount_bn").is_not_null()
        return ~stated | (pl.col("currency_code").is_not_null() & pl.col("amount_period").is_not_null())

    @dy.rule()
    def leg_names_its_whole(cls) -> pl.Expr:
        return (pl.col("row_role") == "whole") | pl.col("parent_pledge_id").is_not_null()

    @dy.rule()
    def whole_is_part_of_nothing(cls) -> pl.Expr:
        return (pl.col("row_role") == "leg") | pl.col("parent_pledge_id").is_null()

    @dy.rule()
    def rate_of_exchange_has_a_source(cls) -> pl.Expr:
        return pl.col("fx_per_usd").is_null() | pl.col("fx_source_id").is_not_null()

    @dy.rule()
    def annual_cap_is_within_the_total(cls) -> pl.Expr:
        total = pl.col("amount_period") == "total"
        return ~total.fill_null(False) | (pl.col("annual_cap_bn") <= pl.col("amount_bn")).fill_null(True)

    @dy.rule()
    def horizon_to_is_after_horizon_from(cls) -> pl.Expr:
        return pl.col("horizon_to").is_null() | (pl.col("horizon_to") > pl.col("horizon_from"))


class PledgeComponents(Assertion):
    thing = "component_id"
    component_id = slug("Part of a pledge's instrument mix.")
    pledge_id = pledge()
    component = words("Kind of money.", "equity", "loan", "guarantee")
    share_min = number("Smallest share of the pledge (0 to 1).", 9, 6, nullable=True, min=0, max=1)
    share_max = number("Largest share of the pledge (0 to 1).", 9, 6, nullable=True, min=0, max=1)

    @dy.rule()
    def share_min_is_at_most_share_max(cls) -> pl.Expr:
        return pl.col("share_min") <= pl.col("share_max")


class PledgeProgress(Assertion, Money):
    thing = "progress_id"
    progress_id = slug("The reported step.")
    pledge_id = pledge()
    parent_progress_id = slug("The step that this one lies inside.", ref="pledge_progress", nullable=True)
    progress_date = log_day(
        "Day of the step; in the delivery, where a step names none, the day on which it became known.", nullable=True
    )
    progress_type = words(
        "What the step is; steps of different types are not added.",
        "candidate",
        "allocated",
        "committed",
        "disbursed",
        "claimed",
    )
    progress_name = text("The step in a line.")
    amount_bn = money(AMOUNT, nullable=True, min=0)
    currency_code = currency(nullable=True)
    fx_per_usd = rate_of_exchange()
    is_cumulative = flag("Whether the amount includes everything reported before.")

    @dy.rule()
    def amount_has_a_currency(cls) -> pl.Expr:
        return pl.col("amount_bn").is_null() | pl.col("currency_code").is_not_null()

    @dy.rule()
    def told_once_done(cls) -> pl.Expr:
        return not_before("known_from", "progress_date")


class MacroIndicators(Assertion):
    thing = "observation_id"
    mart = "fct_macro_observations"
    observation_id = slug("Series of a provider, indicator, partner and period, over its vintages.")
    partner_iso3 = party(check={"is_one": lambda code: code != "ALL"})
    indicator = words(
        "What is observed.",
        "gdp_nominal", "gdp_per_capita", "population", "fx_reserves", "goods_exports_to_us", "us_goods_imports_from",
        "auto_exports_to_us", "auto_share_of_exports_to_us", "us_fdi_inflow",
    )  # fmt: skip
    period = of_form(PERIOD, rf"^(?:\d{{4}}|{MONTH}(?:/{MONTH})?)$", "a year, a month, or two months (2024-01/2024-08)")
    value = money("Value in `unit`.", min=0, in_mart=False)
    unit = words(UNIT, "USD_bn", "USD", "JPY_trn", "KRW_trn", "EUR_bn", "persons", "percent")
    provider = provider_of()
    is_projection = flag("Whether the observation was a projection when it was published.")
    derived_from = text("How the observation was derived, where it was.", nullable=True)

    @dy.rule()
    def unit_fits_the_indicator(cls) -> pl.Expr:
        return (pl.col("indicator") + " " + pl.col("unit")).is_in(list(COUNTED_IN))

    @dy.rule()
    def value_is_of_this_world(cls) -> pl.Expr:
        return within("value", pl.col("indicator") + " " + pl.col("unit"), COUNTED_IN)

    @dy.rule()
    def measured_once_over(cls) -> pl.Expr:
        return pl.col("is_projection") | (period_end() < pl.col("known_from")).fill_null(True)

    @dy.rule()
    def period_is_near(cls) -> pl.Expr:
        years = pl.col("period").str.slice(0, 4).cast(pl.Int32, strict=False) - pl.col("known_from").dt.year()
        # the IMF looks six years ahead, and calls a year or two that are over estimates
        return pl.when(pl.col("is_projection")).then(years.is_between(-2, 6)).otherwise(years >= -60).fill_null(True)


class TradeFlows(Assertion):
    thing = "flow_id"
    flow_id = slug("The flow.")
    partner_iso3 = one_abroad()
    scope_id = scope()
    period = of_form(PERIOD, r"^[0-9]{4}$", "a year")
    # more than all goods that the United States imports from any one partner in a year
    imports_usd = number(
        "US imports for consumption in the period, whole dollars.", 18, 0, min=0, max=1_500_000_000_000
    )
    duties_usd = number("Calculated duties in the period, whole dollars.", 18, 0, nullable=True, min=0)
    provider = provider_of()

    @dy.rule()
    def duties_are_less_than_imports(cls) -> pl.Expr:
        return pl.col("duties_usd") <= pl.col("imports_usd")

    @dy.rule()
    def measured_once_over(cls) -> pl.Expr:
        return (period_end() < pl.col("known_from")).fill_null(True)


class Claims(Assertion):
    thing = "claim_id"
    claim_id = slug("The stated figure.")
    claimed_by = text("Who stated it.")
    claimed_date = log_day("Day on which it was stated; readings use only what was known then.")
    partner_iso3 = abroad()
    scope_id = scope(nullable=True)
    pledge_id = pledge(nullable=True)
    claim_metric = words(
        "What the figure is a figure of.",
        "share_of_gdp_pct", "share_of_reserves_pct", "per_capita_usd", "exports_to_us_years", "rate_pct", "cut_pp",
        "gap_pp", "pledge_amount_usd_bn", "delivered_usd_bn", "other",
    )  # fmt: skip
    rival_iso3 = one_abroad(RIVAL, nullable=True)
    valid_on = log_day("Day from which the row holds.", nullable=True)
    stated_value = money("The stated figure, in `unit`.", nullable=True)
    unit = words(UNIT, "percent", "USD_bn", "USD", "years", "pp", "none")
    qualifier = words("How the figure was qualified.", "exactly", "about", "at_least", "up_to")
    claim_summary = text("What was claimed, in our words.")

    @dy.rule()
    def stated_value_is_of_this_world(cls) -> pl.Expr:
        metric, value = pl.col("claim_metric"), pl.col("stated_value")
        rates = metric.is_in(["rate_pct", "cut_pp", "gap_pp"])
        usual = (value == 0) | value.is_between(1, 100) | stated_again_in_the_note("stated_value")
        money = metric.is_in(["pledge_amount_usd_bn", "delivered_usd_bn"])
        return (value >= 0) & (~rates | usual) & (~money | (value <= LARGEST_PLEDGE_BN))

    @dy.rule()
    def known_once_claimed(cls) -> pl.Expr:
        return not_before("known_from", "claimed_date")

    @dy.rule()
    def nobody_rivals_itself(cls) -> pl.Expr:
        return pl.col("rival_iso3") != pl.col("partner_iso3")

    @dy.rule()
    def unit_fits_the_metric(cls) -> pl.Expr:
        metric = pl.col("claim_metric")
        return (pl.col("unit") == metric.replace_strict(CLAIM_UNITS, default=None, return_dtype=pl.String)).fill_null(
            True
        )


class Disagreements(Seed):
    mart = "fct_source_disagreements"
    disagreement_id = slug("The disagreement.", primary_key=True)
    topic = text("What the disagreement is about.")
    value_a = text("What source A says.")
    source_a_id = slug("Source of value A.", ref="sources")
    assertion_a_id = slug("Row of the log that carries value A, where there is one.", nullable=True)
    value_b = text("What source B says.")
    source_b_id = slug("Source of value B.", ref="sources")
    assertion_b_id = slug("Row of the log that carries value B, where there is one.", nullable=True)
    preferred = words("The side that we prefer.", "a", "b", "both", "neither", in_mart=False)
    reason = why()


class Migrations(Seed):
    """A change of the log that its rules forbid, done once and for a reason."""

    mart = None
    migration_id = slug("The migration.", primary_key=True)
    recorded_on = day(RECORDED)
    kind = words("What is done.", "added_column", "dropped_column", "renamed_column", "retired_file", "rewritten_row")
    file = of_form("File of the log, without .csv.", r"^[a-z_]+$", "a file of seeds/, without .csv")
    column_name = of_form(
        "Column that comes, goes or is renamed.", r"^[a-z0-9_]+$", "the name of a column", nullable=True
    )
    renamed_to = of_form("Name under which the column goes on.", r"^[a-z0-9_]+$", "the name of a column", nullable=True)
    rewritten_id = slug("Row that is edited or deleted.", nullable=True)
    reason = why()

    @dy.rule()
    def migration_of_a_column_names_it(cls) -> pl.Expr:
        return ~pl.col("kind").str.ends_with("_column") | pl.col("column_name").is_not_null()

    @dy.rule()
    def renaming_names_the_new_column(cls) -> pl.Expr:
        return (pl.col("kind") == "renamed_column") == pl.col("renamed_to").is_not_null()

    @dy.rule()
    def rewriting_names_the_row(cls) -> pl.Expr:
        return (pl.col("kind") == "rewritten_row") == pl.col("rewritten_id").is_not_null()


class Reviews(Seed):
    """Up to which day somebody looked for news of a partner, and where: about our looking, not about the world."""

    partner_iso3 = party(primary_key=True)
    review_topic = words("What was looked for.", "rates", "pledges", "delivery", "events", "claims", primary_key=True)
    reviewed_through = day("Last day that the material looked through covers: what was reported later was not seen.")
    reviewed_on = day("Day on which somebody looked.")
    reviewed_sources = text("What was looked through, in our words.")
    open_findings = text("What was found and is not among the facts yet; null where nothing is open.", nullable=True)

    @dy.rule()
    def reviewed_through_is_no_later_than_reviewed_on(cls) -> pl.Expr:
        return pl.col("reviewed_through") <= pl.col("reviewed_on")


SEEDS: dict[str, type[Seed]] = {
    "sources": Sources,
    "providers": Providers,
    "partners": Partners,
    "partner_members": PartnerMembers,
    "officials": Officials,
    "product_scopes": ProductScopes,
    "conditions": Conditions,
    "preferences": Preferences,
    "programmes": Programmes,
    "lists": Lists,
    "list_versions": ListVersions,
    "product_lists": ProductLists,
    "list_differences": ListDifferences,
    "partner_groups": PartnerGroups,
    "stacking_rules": StackingRules,
    "heading_differences": HeadingDifferences,
    "instruments": Instruments,
    "tariff_rates": TariffRates,
    "base_rates": BaseRates,
    "measure_endings": MeasureEndings,
    "deals": Deals,
    "deal_events": DealEvents,
    "deal_clauses": DealClauses,
    "concessions": Concessions,
    "sector_roles": SectorRoles,
    "pledges": Pledges,
    "pledge_components": PledgeComponents,
    "pledge_progress": PledgeProgress,
    "macro_indicators": MacroIndicators,
    "trade_flows": TradeFlows,
    "claims": Claims,
    "disagreements": Disagreements,
    "migrations": Migrations,
    "reviews": Reviews,
}
LOGS: dict[str, type[Assertion]] = {name: schema for name, schema in SEEDS.items() if issubclass(schema, Assertion)}
# of which there may be none yet
MAY_BE_EMPTY = frozenset({"migrations", "list_differences", "heading_differences"})


def log_key(schema: type[Assertion]) -> list[str]:
    return list(schema.key or (schema.thing,))


def mart_of(name: str) -> str | None:
    """The public model that carries the rows of a seed; None where none does."""
    named = SEEDS[name].mart
    return f"{'fct' if name in LOGS else 'dim'}_{name}" if named == "" else named


def identifier(name: str) -> str:
    """The column of a seed by which others refer to its rows: the thing of a log, else the first of its key."""
    return LOGS[name].thing if name in LOGS else SEEDS[name].primary_key()[0]
