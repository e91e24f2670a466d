"""Makes comparison.golden.json with scipy 1.17.1 and numpy: python comparison.golden.py"""

import json
import pathlib

import numpy as np
from scipy.stats import PermutationMethod, friedmanchisquare, rankdata, studentized_range, wilcoxon

random = np.random.default_rng(11)

ranges = []
for k in [2, 3, 5, 10, 20, 50]:
    for level in [0.2, 0.1, 0.05, 0.01, 0.001]:
        q = float(studentized_range.ppf(1 - level, k, np.inf))
        ranges.append({"k": k, "level": level, "quantile": q, "tail": float(studentized_range.sf(q, k, np.inf))})

friedmans = []
for n, k, decimals in [(10, 3, 5), (12, 4, 1), (30, 8, 1), (136, 12, 2)]:
    results = np.round(random.random((n, k)) + np.linspace(0, 0.2, k), decimals)
    test = friedmanchisquare(*results.T)
    friedmans.append(
        {
            "results": results.tolist(),
            "meanRanks": rankdata(-results, axis=1).mean(0).tolist(),
            "statistic": float(test.statistic),
            "pValue": float(test.pvalue),
        }
    )

wilcoxons = []
for n, shift in [(5, 1.0), (12, 0.4), (30, 0.3), (50, 0.2)]:
    d = random.normal(shift, 1, n)
    test = wilcoxon(d, method="exact")
    plus = float(rankdata(np.abs(d))[d > 0].sum())
    wilcoxons.append({"differences": d.tolist(), "statistic": plus, "pValue": float(test.pvalue), "tolerance": 1e-10})
for n, high in [(6, 3), (10, 4), (13, 6)]:  # ties and zeros: all signs are gone through
    d = random.integers(-high // 2, high + 1, n).astype(float)
    kept = d[d != 0]
    test = wilcoxon(kept, method=PermutationMethod(n_resamples=np.inf))
    plus = float(rankdata(np.abs(kept))[kept > 0].sum())
    wilcoxons.append({"differences": d.tolist(), "statistic": plus, "pValue": float(test.pvalue), "tolerance": 1e-10})
for n in [250, 400]:  # beyond what is counted out
    d = np.round(random.normal(0.1, 1, n), 1)
    test = wilcoxon(d, method="asymptotic", correction=True, zero_method="wilcox")
    kept = d[d != 0]
    plus = float(rankdata(np.round(np.abs(kept), 6))[kept > 0].sum())
    wilcoxons.append({"differences": d.tolist(), "statistic": plus, "pValue": float(test.pvalue), "tolerance": 1e-10})

golden = {"ranges": ranges, "friedmans": friedmans, "wilcoxons": wilcoxons}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
