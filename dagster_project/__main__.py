"""The `warehouse` command; `python -m dagster_project` is the same, for where the script is not installed."""

from dagster_project.commands.interrupt import end_in_one_line, outcome_is_told


def main() -> None:
    # before what takes time to load
    end_in_one_line()
    from dagster_project.cli import app

    try:
        app(prog_name="warehouse")
    finally:
        outcome_is_told()


if __name__ == "__main__":
    main()
