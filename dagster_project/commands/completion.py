"""What a shell may complete: the partners, deals and releases that there are. Asked only while somebody presses Tab.

An answer that cannot be given is none: a shell has no place for an error.
"""

from dagster_project.settings import SettingError, Settings


def complete_partner(incomplete: str) -> list[tuple[str, str]]:
    """Codes of partners that begin so, by code or by name, with their names."""
    begun = incomplete.casefold()
    found = _asked("select partner_iso3, partner_name from marts.dim_partners order by all")
    return [
        (code, name) for code, name in found if code.casefold().startswith(begun) or name.casefold().startswith(begun)
    ]


def complete_deal(incomplete: str) -> list[tuple[str, str]]:
    found = _asked("select deal_id, deal_name from marts.dim_deals order by all")
    return [(deal, name) for deal, name in found if deal.startswith(incomplete)]


def complete_release(incomplete: str) -> list[str]:
    try:
        settings = Settings.from_env()
        names = ["current", "previous", *sorted(path.name for path in settings.releases.glob("*"))]
    except (SettingError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)]


def _asked(query: str) -> list[tuple[str, str]]:
    import duckdb

    try:
        with duckdb.connect(str(Settings.from_env().current_database), read_only=True) as connection:
            return connection.execute(query).fetchall()
    except (SettingError, OSError, duckdb.Error):
        return []
