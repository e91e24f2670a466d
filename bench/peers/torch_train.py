"""PyTorch's side of bench/train.ts: eager mode, Adam(fused=True).

    python torch_train.py step CASE THREADS STEPS      the median milliseconds of a training step
    python torch_train.py fit FILE MODEL THREADS JSON  a whole fit: rows of a CSV file, trained, a state dict written

Each prints one line of JSON. A step draws a batch by index from a fixed random matrix, goes forward, clears the
gradients, goes backward, steps the optimizer and reads the loss, as ours does.
"""
import json
import sys
import time
from statistics import median

import numpy as np
import torch
from torch_networks import CASES, flow, narrow_autoencoder

ROWS = 4096
WARM_UP = 0.1


def trainer(network, loss_of, rows, batch, rate, clip=None):
    """One training step as a function that returns the loss."""
    optimizer = torch.optim.Adam(network.parameters(), lr=rate, fused=True)
    network.train()

    def step():
        x = rows[torch.randint(0, rows.shape[0], (batch,))]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x)
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
        optimizer.step()
        return loss.item()

    return step


def describe(network, loss):
    count = sum(parameter.numel() for parameter in network.parameters())
    return {"threads": torch.get_num_threads(), "parameters": count, "loss": loss, "version": torch.__version__}


def time_steps(case, threads, steps):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    batch, build = CASES[case]
    network, shape, loss_of = build()
    step = trainer(network, loss_of, torch.randn(ROWS, *shape), batch, 5e-4)
    for _ in range(max(5, round(WARM_UP * int(steps)))):
        step()
    milliseconds = []
    for _ in range(int(steps)):
        started = time.perf_counter()
        loss = step()
        milliseconds.append(1000 * (time.perf_counter() - started))
    return {"case": case, "milliseconds": median(milliseconds), "steps": int(steps), **describe(network, loss)}


def fit(file, model, threads, sizes):
    """As our detectors train: a tenth of the rows held out, looked at now and then, the best parameters kept."""
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    sizes = json.loads(sizes)
    rows = np.loadtxt(file, delimiter=",", skiprows=1)
    mean, sd = rows.mean(0), rows.std(0)
    rows = torch.from_numpy(((rows - mean) / np.where(sd > 0, sd, 1)).astype(np.float32))
    rows = rows[torch.randperm(len(rows))]
    held_out, training = rows[: len(rows) // 10], rows[len(rows) // 10 :]
    columns = rows.shape[1]
    if "code" in sizes:
        network, _, loss_of = narrow_autoencoder(columns, sizes["hidden"], sizes["code"])
    else:
        network, _, loss_of = flow(columns, sizes["blocks"], sizes["hidden"])
    step = trainer(network, loss_of, training, sizes["batch"], sizes["rate"], clip=1)
    lowest, best = float("inf"), None
    for taken in range(1, sizes["steps"] + 1):
        loss = step()
        if taken % sizes["every"] == 0:
            with torch.inference_mode():
                criterion = loss_of(held_out).item()
            if criterion < lowest:
                lowest = criterion
                best = {name: values.clone() for name, values in network.state_dict().items()}
    torch.save({"network": best or network.state_dict(), "mean": mean, "sd": sd}, model)
    return describe(network, loss)


what, *arguments = sys.argv[1:]
print(json.dumps({"step": time_steps, "fit": fit}[what](*arguments)))
