"""Boosted trees by an independent NumPy implementation: exact greedy splits of sorted values, leaf-wise, second order.

Run as: python boosted.golden.py > boosted.golden.json. Only what follows from the definition: no histograms, no sorting
shared between nodes, every split of every column of every leaf tried by brute force on both sides for missing values.
"""
import json

import numpy as np


def candidates(column):
    """Thresholds: midpoints of neighboring distinct numbers, and infinity where numbers part from missing values."""
    values = np.unique(column[~np.isnan(column)])
    cuts = list((values[:-1] + values[1:]) / 2)
    return cuts + ([np.inf] if np.isnan(column).any() else [])


def passes(column, cut, missing):
    return np.where(np.isnan(column), missing, column <= cut)


def best_split(rows, g, h, inside, cuts, options):
    best = None
    whole = g[inside].sum() ** 2 / (h[inside].sum() + options["l2"])
    for j in range(rows.shape[1]):
        lost = np.isnan(rows[inside, j]).any()
        for missing in [False, True] if lost else [False]:
            for cut in cuts[j]:
                left = inside & passes(rows[:, j], cut, missing)
                right = inside & ~left
                if min(left.sum(), right.sum()) < options["minRows"]:
                    continue
                if min(h[left].sum(), h[right].sum()) < 1e-3:
                    continue
                gain = sum(g[s].sum() ** 2 / (h[s].sum() + options["l2"]) for s in (left, right)) - whole
                if gain > 1e-9 and (best is None or gain > best["gain"] + 1e-9):
                    side = missing if lost else left.sum() >= right.sum()
                    best = {"gain": gain, "column": j, "cut": cut, "missing": bool(side)}
    return best


def grow(rows, g, h, cuts, options):
    """Leaves as (who is inside, conditions)."""
    leaves = [(np.ones(len(rows), bool), [])]
    while len(leaves) < options["leaves"]:
        splits = [best_split(rows, g, h, inside, cuts, options) for inside, _ in leaves]
        gains = [split["gain"] if split else 0 for split in splits]
        at = int(np.argmax(gains))
        if gains[at] <= 0:
            break
        (inside, conditions), split = leaves[at], splits[at]
        left = inside & passes(rows[:, split["column"]], split["cut"], split["missing"])
        leaves[at] = (left, conditions + [(split, True)])
        leaves.append((inside & ~left, conditions + [(split, False)]))
    return [
        (conditions, -options["rate"] * g[inside].sum() / (h[inside].sum() + options["l2"]))
        for inside, conditions in leaves
    ]


def boost(rows, labels, weights, fresh, options):
    weights = weights / weights.mean()
    cuts = [candidates(rows[:, j]) for j in range(rows.shape[1])]
    base = np.log(weights[labels == 1].sum() / weights[labels == 0].sum())
    scores, out = np.full(len(rows), base), np.full(len(fresh), base)
    for _ in range(options["rounds"]):
        p = 1 / (1 + np.exp(-scores))
        for conditions, weight in grow(rows, weights * (p - labels), weights * p * (1 - p), cuts, options):
            for part, total in ((rows, scores), (fresh, out)):
                inside = np.ones(len(part), bool)
                for split, where in conditions:
                    inside &= passes(part[:, split["column"]], split["cut"], split["missing"]) == where
                total[inside] += weight
    return base, out


def case(name, seed, n, d, missing, weighted, options):
    r = np.random.default_rng(seed)
    rows = r.normal(size=(n, d)).round(3)
    labels = (rows[:, 0] + rows[:, 1] ** 2 + 0.7 * r.normal(size=n) > 0.8).astype(int)
    rows[r.random((n, d)) < missing] = np.nan
    if missing:
        rows[(labels == 1) & (r.random(n) < 0.4), d - 1] = np.nan
    weights = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (n - labels.sum())) if weighted else np.ones(n)
    fresh = r.normal(size=(20, d)).round(3)
    fresh[r.random((20, d)) < missing] = np.nan
    base, scores = boost(rows, labels, weights, fresh, options)
    plain = lambda m: [[None if np.isnan(x) else float(x) for x in row] for row in m]
    return {
        "name": name,
        "options": options,
        "rows": plain(rows),
        "labels": labels.tolist(),
        "weights": weights.tolist() if weighted else None,
        "fresh": plain(fresh),
        "base": float(base),
        "scores": scores.tolist(),
    }


print(
    json.dumps(
        [
            case("two columns", 1, 40, 2, 0, False, {"rounds": 5, "rate": 0.3, "leaves": 4, "minRows": 3, "l2": 0}),
            case("weights and l2", 2, 60, 3, 0, True, {"rounds": 6, "rate": 0.1, "leaves": 6, "minRows": 2, "l2": 1.5}),
            case("missing values", 3, 80, 3, 0.15, False, {"rounds": 6, "rate": 0.2, "leaves": 8, "minRows": 4, "l2": 0.1}),
        ]
    )
)
