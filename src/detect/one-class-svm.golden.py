"""Makes one-class-svm.golden.json with scikit-learn 1.9.1 and numpy 2.4.6: python one-class-svm.golden.py

The exact kernel, which random features approach.
"""

import json
import pathlib

import numpy as np
from sklearn.svm import OneClassSVM

random = np.random.default_rng(10)
train = np.round(np.vstack([random.normal(size=(40, 3)), 5 + 0.5 * random.normal(size=(40, 3))]), 6)
rows = np.round(np.vstack([train[:5], train[-5:], 5 * random.normal(size=(20, 3)), [[99, 0, 0]]]), 6)
cases = []
for gamma, nu in [(0.05, 0.1), (0.3, 0.1), (0.1, 0.5)]:
    machine = OneClassSVM(kernel="rbf", gamma=gamma, nu=nu, tol=1e-12).fit(train)
    scores = -machine.decision_function(rows) / (nu * len(train))
    cases.append({"gamma": gamma, "nu": nu, "scores": scores.tolist()})
golden = {"train": train.tolist(), "rows": rows.tolist(), "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
