# python score.py columns.json model.onnx …: scores and p-values by Python's onnxruntime alone, for several batch sizes.
import json
import sys

import numpy
import onnxruntime

columns = json.load(open(sys.argv[1], encoding="utf-8"))


def feeds_of(session, first, end):
    """The inputs for rows first to end: doubles with NaN for missing, texts with "<missing>"."""
    feeds = {}
    for column in session.get_inputs():
        values = columns[column.name][first:end]
        if column.type == "tensor(string)":
            feeds[column.name] = numpy.array(["<missing>" if text is None else text for text in values], dtype=object)
        else:
            feeds[column.name] = numpy.array([numpy.nan if x is None else x for x in values], dtype=numpy.float64)
    return feeds


for model in sys.argv[2:]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    rows = len(next(iter(columns.values())))
    results = {}
    for batch in [1, 7, 1024]:
        outputs = [session.run(["score", "p_value"], feeds_of(session, i, i + batch)) for i in range(0, rows, batch)]
        score, p_value = (numpy.concatenate(parts).tolist() for parts in zip(*outputs))
        results[batch] = {"score": score, "pValue": p_value}
    print(json.dumps(results), flush=True)
