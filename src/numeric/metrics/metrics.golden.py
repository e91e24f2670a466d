"""Makes metrics.golden.json with scikit-learn 1.9.1 and numpy: python metrics.golden.py

200 random evaluations. Scores are rounded to none, one or two decimals, so that ties within and between the classes
occur, and stored as whole multiples of the last decimal's power: score = scores[i] / 10 ** decimals. ROC points are
stored as counts, [false alarms, hits] at each falling threshold.
"""

import json
import pathlib

import numpy as np
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve, roc_auc_score, roc_curve

random = np.random.default_rng(5)
cases = []
for case in range(200):
    n = int(random.integers(5, 61))
    share = random.choice([0.05, 0.2, 0.5, 0.9])
    decimals = int(random.choice([0, 1, 1, 2]))
    anomalies = min(n - 1, max(1, round(n * share)))
    labels = (np.arange(n) < anomalies).astype(int)
    random.shuffle(labels)
    whole = np.round(random.normal(labels * random.choice([0.0, 1.0, 2.0]), 1.0) * 10**decimals).astype(int)
    scores = whole / 10**decimals
    fpr, tpr, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    precision, _, at = precision_recall_curve(labels, scores)
    assert np.array_equal(at[::-1], thresholds[1:])
    threshold = float(random.choice(scores))
    flags = (scores >= threshold).astype(int)
    cases.append(
        {
            "labels": "".join(map(str, labels)),
            "decimals": decimals,
            "scores": whole.tolist(),
            "auroc": float(roc_auc_score(labels, scores)),
            "averagePrecision": float(average_precision_score(labels, scores)),
            "partialAuroc": [float(roc_auc_score(labels, scores, max_fpr=rate)) for rate in [0.01, 0.05, 0.3, 1.0]],
            "recallAt": [float(tpr[fpr <= rate + 1e-12].max()) for rate in [0.0, 0.01, 0.05, 0.1, 0.5, 1.0]],
            "falseAlarmsAt": [float(fpr[tpr >= recall - 1e-12].min()) for recall in [0.0, 0.5, 0.95, 1.0]],
            "threshold": threshold,
            "f1": float(f1_score(labels, flags)),
            "roc": np.rint(np.stack([fpr * (n - anomalies), tpr * anomalies], axis=1)).astype(int)[1:].tolist(),
            "precision": precision[:-1][::-1].tolist(),
        }
    )
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
