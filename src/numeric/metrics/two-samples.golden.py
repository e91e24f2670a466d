"""Makes two-samples.golden.json with scipy 1.17.1 and numpy: python two-samples.golden.py

Kolmogorov–Smirnov distances and exact p-values. For samples with ties, where scipy has no exact p-value, the share of
all orders is counted out.
"""

import itertools
import json
import pathlib

import numpy as np
from scipy.special import kolmogorov
from scipy.stats import ks_1samp, ks_2samp

random = np.random.default_rng(7)
tail = [[float(x), float(kolmogorov(x))] for x in [0.3, 0.5, 0.7, 0.9, 0.99, 1.0, 1.2, 1.6, 2.5, 5.0]]
uniform = []
for n in [10, 12, 20, 50, 100, 400, 2000]:
    for power in [1.0, 1.3]:
        values = np.round(random.random(n) ** power, 6)
        test = ks_1samp(values, lambda x: np.clip(x, 0, 1), method="exact")
        uniform.append({"values": values.tolist(), "distance": float(test.statistic), "pValue": float(test.pvalue)})
pairs = []
for m, n, shift in [(1, 1, 0), (5, 7, 0.5), (8, 8, 1), (30, 20, 0.3), (64, 100, 0.6), (40, 300, 1.5), (200, 200, 0.9)]:
    first, second = np.round(random.normal(0, 1, m), 5), np.round(random.normal(shift, 1, n), 5)
    assert len(set(first) | set(second)) == m + n
    test = ks_2samp(first, second, method="exact")
    pairs.append(
        {
            "first": first.tolist(),
            "second": second.tolist(),
            "distance": float(test.statistic),
            "pValue": float(test.pvalue),
        }
    )
tied = []
for m, n, high in [(4, 5, 3), (6, 6, 4), (3, 8, 2), (5, 9, 6)]:
    first, second = random.integers(0, high, m), random.integers(0, high, n) + (random.random(n) < 0.4)
    pool = np.concatenate([first, second])
    values = np.unique(pool)

    def distance(a, b):
        return max(abs(int((a <= v).sum()) * len(b) - int((b <= v).sum()) * len(a)) for v in values)

    observed = distance(first, second)
    far = total = 0
    for chosen in itertools.combinations(range(m + n), m):
        mask = np.zeros(m + n, bool)
        mask[list(chosen)] = True
        far += distance(pool[mask], pool[~mask]) >= observed
        total += 1
    tied.append(
        {"first": first.tolist(), "second": second.tolist(), "distance": observed / (m * n), "pValue": far / total}
    )
golden = {"tail": tail, "uniform": uniform, "pairs": pairs, "tied": tied}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
