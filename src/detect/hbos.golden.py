"""Makes hbos.golden.json with numpy 2.4.6: python hbos.golden.py

Goldstein and Dengel 2012; empty bins and values outside count as half a row in the widest bin, dynamic bins touch
halfway. Static bins by numpy.histogram, dynamic ones by sorting and cutting.
"""

import json
import pathlib

import numpy as np

random = np.random.default_rng(8)


def static_bins(column, k):
    if column.min() == column.max():
        return np.array([column[0], column[0]]), np.array([len(column)]), np.ones(1)
    counts, edges = np.histogram(column, bins=k)
    return edges, counts, np.diff(edges)


def dynamic_bins(column, k):
    values, inverse = np.unique(column, return_inverse=True)
    n = len(column)
    # Cuts at the multiples of n / k, each at the nearest place where values change; the bin of a distinct value is
    # how many of them its first occurrence has reached.
    first = np.searchsorted(np.sort(column), values)
    changes = np.append(first, n)
    cuts = np.unique([changes[np.abs(changes - np.floor(b * n / k + 0.5)).argmin()] for b in range(1, k)])
    _, group = np.unique(np.searchsorted(cuts, first, side="right"), return_inverse=True)
    counts = np.bincount(group[inverse])
    lows = np.array([values[group == g].min() for g in range(group.max() + 1)])
    highs = np.array([values[group == g].max() for g in range(group.max() + 1)])
    between = (highs[:-1] + lows[1:]) / 2
    if len(between) == 0:
        return np.array([lows[0], highs[0]]), counts, np.ones(1)
    edges = np.concatenate([[lows[0]], between, [highs[-1]]])
    widths = np.diff(edges)
    for outer in (0, -1):
        if lows[outer] == highs[outer]:
            widths[outer] *= 2
    return edges, counts, widths


def score(train, rows, k, bins):
    total = np.zeros(len(rows))
    for j in range(train.shape[1]):
        edges, counts, widths = bins(train[:, j], k)
        heights = np.where(counts > 0, counts / widths, 0.5 / widths.max())
        low = 0.5 / widths.max() / heights.max()
        for i, x in enumerate(rows[:, j]):
            at = np.clip(np.searchsorted(edges[1:-1], x, side="right"), 0, len(counts) - 1)
            inside = edges[0] <= x <= edges[-1]
            total[i] -= np.log(heights[at] / heights.max() if inside else low)
    return total


train = np.column_stack(
    [
        random.normal(size=70),
        random.exponential(size=70) * 1e4,
        random.integers(0, 3, size=70),
        np.where(random.random(70) < 0.5, 0, random.normal(size=70)),
        np.full(70, 0.1),
    ]
)
rows = np.vstack(
    [
        train[:10],
        train[:8] + random.normal(size=(8, 5)) * [1, 1e3, 0, 1, 0],
        [[9, 1, 1, 0, 0.1], [0, -1, 1, 0, 0.1], [0, 1, 99, 0, 0.1], [0, 1, 1.3, -7, 0.1], [0, 1, 1, 0, 0.2]],
    ]
)
train, rows = np.round(train, 6), np.round(rows, 6)
cases = [
    {"widths": widths, "bins": k, "scores": score(train, rows, k, bins).tolist()}
    for widths, bins in [("static", static_bins), ("dynamic", dynamic_bins)]
    for k in [1, 5, 8, 30]
]
golden = {"train": train.tolist(), "rows": rows.tolist(), "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
