"""Makes metrics.golden.json with scikit-learn 1.9.1: python metrics.golden.py

Scores are rounded to one or two decimals, so that ties within and between the classes occur.
"""

import json
import pathlib

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

random = np.random.default_rng(5)
cases = []
for n, share, decimals in [(5, 0.4, 1), (30, 0.5, 1), (60, 0.1, 1), (60, 0.1, 0), (80, 0.9, 2)]:
    labels = (np.arange(n) < max(1, round(n * share))).astype(int)
    random.shuffle(labels)
    scores = np.round(random.normal(labels * 1.0, 1.0), decimals) + 0.0
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    cases.append(
        {
            "labels": labels.tolist(),
            "scores": scores.tolist(),
            "auroc": float(roc_auc_score(labels, scores)),
            "averagePrecision": float(average_precision_score(labels, scores)),
            "recall": [[rate, float(tpr[fpr <= rate + 1e-12].max())] for rate in [0.0, 0.05, 0.1, 0.5, 1.0]],
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
