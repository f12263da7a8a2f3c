"""Combinations of values in which every two values stand together at least once: far fewer than all of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TypeVar

Value = TypeVar("Value")


def all_pairs(dimensions: Mapping[str, Sequence[Value]]) -> Iterator[dict[str, Value]]:
    """Greedy and always the same: each combination starts from the first pair that is still missing, and takes in every
    other dimension the value that brings the most of the missing ones."""
    names = list(dimensions)
    if len(names) < 2:
        yield from ({names[0]: value} for value in dimensions[names[0]]) if names else [{}]
        return
    missing = {
        ((one, i), (two, j)): None
        for one, two in combinations(names, 2)
        for i, j in product(range(len(dimensions[one])), range(len(dimensions[two])))
    }
    while missing:
        chosen = dict(next(iter(missing)))
        for name in names:
            if name not in chosen:
                chosen[name] = max(
                    range(len(dimensions[name])),
                    key=lambda i, name=name: sum(_pair(names, (name, i), one) in missing for one in chosen.items()),
                )
        for pair in combinations(((name, chosen[name]) for name in names), 2):
            missing.pop(pair, None)
        yield {name: dimensions[name][index] for name, index in chosen.items()}


def all_combinations(dimensions: Mapping[str, Sequence[Value]]) -> Iterator[dict[str, Value]]:
    for values in product(*dimensions.values()):
        yield dict(zip(dimensions, values, strict=True))


def _pair(names: list[str], one: tuple[str, int], two: tuple[str, int]) -> tuple[tuple[str, int], tuple[str, int]]:
    return (one, two) if names.index(one[0]) < names.index(two[0]) else (two, one)
