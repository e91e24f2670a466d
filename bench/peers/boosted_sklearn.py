"""scikit-learn's side of bench/boosted.ts: reads a task a line from standard input, as JSON, and prints its result as JSON.

A task names a folder with train.bin, test.bin (little-endian doubles, row by row), train-labels.bin and test-labels.bin
(bytes), the number of columns and the options of HistGradientBoostingClassifier. The result: seconds of the fit, by the clock and of the processor, and AUROC.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

print(json.dumps({"version": f"scikit-learn {sklearn.__version__}"}), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    folder = Path(task["folder"])
    rows = {part: np.fromfile(folder / f"{part}.bin", dtype="<f8").reshape(-1, task["columns"]) for part in ("train", "test")}
    labels = {part: np.fromfile(folder / f"{part}-labels.bin", dtype=np.uint8) for part in ("train", "test")}
    model = HistGradientBoostingClassifier(early_stopping=False, **task["options"])
    started, used = time.perf_counter(), time.process_time()
    model.fit(rows["train"], labels["train"])
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    auroc = roc_auc_score(labels["test"], model.decision_function(rows["test"]))
    print(json.dumps({"seconds": seconds, "processorSeconds": processor, "auroc": auroc}), flush=True)
