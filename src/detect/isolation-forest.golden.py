"""Makes isolation-forest.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python isolation-forest.golden.py"""

import json
import pathlib

import numpy as np
from sklearn.ensemble import IsolationForest

random = np.random.default_rng(6)
train = np.column_stack([random.normal(size=150), random.exponential(size=150), random.integers(0, 3, size=150)])
rows = np.vstack([train[:10], [[4, 0, 1], [0, 8, 1], [0, 1, 5], [-5, 9, -3]]])
train, rows = np.round(train, 6), np.round(rows, 6)
# So many trees that what is left of the randomness is in the third digit.
forest = IsolationForest(n_estimators=5000, max_samples=64, random_state=0).fit(train)
golden = {"train": train.tolist(), "rows": rows.tolist(), "scores": (-forest.score_samples(rows)).tolist()}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
