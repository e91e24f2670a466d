"""Makes ecod.golden.json with numpy 2.4.6 and scipy 1.17.1: python ecod.golden.py

Algorithm 1 of Li et al. 2022 by sorting, one scored row at a time appended to the training rows.
"""

import json
import pathlib

import numpy as np
from scipy.stats import ecdf, skew

random = np.random.default_rng(7)


def score(train, row):
    joined = np.vstack([train, row])
    left, right, automatic, columns = 0, 0, 0, 0
    for j in range(train.shape[1]):
        u_left = -np.log(ecdf(joined[:, j]).cdf.evaluate(row[j]))
        u_right = -np.log(ecdf(-joined[:, j]).cdf.evaluate(-row[j]))
        left += u_left
        right += u_right
        automatic += u_left if skew(train[:, j]) < 0 else u_right
        columns += max(u_left, u_right)
    return max(left, right, automatic), columns


train = np.column_stack(
    [
        random.normal(size=80),
        random.exponential(size=80),
        -random.exponential(size=80),
        random.integers(0, 4, size=80),
        np.full(80, 0.1),
    ]
)
rows = np.vstack(
    [
        train[:6],
        train[:6] + random.normal(size=(6, 5)) * [1, 1, 1, 0, 0],
        [[9, 1, -1, 2, 0.1], [0, -1, -1, 2, 0.1], [0, 1, -99, 2, 0.1], [0, 1, -1, 7, 0.1], [0, 1, -1, 2, 0.2]],
    ]
)
train, rows = np.round(train, 6), np.round(rows, 6)
scores = np.array([score(train, row) for row in rows])
golden = {
    "train": train.tolist(),
    "rows": rows.tolist(),
    "ofSums": scores[:, 0].tolist(),
    "ofColumns": scores[:, 1].tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
