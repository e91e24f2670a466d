"""The golden numbers of published-network.test.ts: ResNet-18 for small images and the eight-layer head, written out in
PyTorch (float64) without torchvision: python published-network.golden.py > published-network.golden.json."""

import json

import numpy as np
import torch
from torch.nn import functional as f

at = 0


def draws(count):
    """Numbers in [-1, 1) that any language makes alike: a hash of their place (integers, exact)."""
    global at
    i = np.arange(at, at + count, dtype=np.uint64)
    at += count
    return ((i * 2654435761 + 40503) % 4294967296).astype(np.float64) / 2147483648 - 1


def float32(values):
    return torch.tensor(values.astype(np.float32).astype(np.float64))


def conv_weight(outputs, inputs, kernel):
    scale = np.sqrt(6 / (outputs * kernel * kernel))
    return float32(scale * draws(outputs * inputs * kernel * kernel)).reshape(outputs, inputs, kernel, kernel)


def scales(channels):
    return float32(1 + 0.2 * draws(channels)), float32(0.1 * draws(channels))


training = True


def norm(x, weight=None, offset=None):
    """While training by the batch, with its biased variance; else by mean 0 and variance 1."""
    c = x.shape[1]
    return f.batch_norm(
        x, torch.zeros(c, dtype=x.dtype), torch.ones(c, dtype=x.dtype), weight, offset, training=training, eps=1e-5
    )


def layers():
    """All parameters in the order of the flat vector."""
    stem = (conv_weight(64, 3, 3), scales(64))
    blocks = []
    inputs = 64
    for stage, outputs in enumerate((64, 128, 256, 512)):
        for place in range(2):
            stride = 2 if stage > 0 and place == 0 else 1
            main = (conv_weight(outputs, inputs, 3), scales(outputs), conv_weight(outputs, outputs, 3), scales(outputs))
            short = (conv_weight(outputs, inputs, 1), scales(outputs)) if stride == 2 else None
            blocks.append((stride, main, short))
            inputs = outputs
    head = []
    widths = [512] + 7 * [1024] + [128]
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        weight = float32(np.sqrt(6 / a) * draws(a * b)).reshape(a, b)
        head.append((weight, scales(b) if i < 7 else None))
    return stem, blocks, head


stem, blocks, head = layers()
x = float32(draws(3 * 3 * 32 * 32)).reshape(3, 3, 32, 32)
out = {"parameters": at - x.numel()}
features = float32(draws(16 * 512)).reshape(16, 512).abs()
for training in (True, False):
    h = f.relu(norm(f.conv2d(x, stem[0], padding=1), *stem[1]))
    for stride, (w1, s1, w2, s2), short in blocks:
        y = f.relu(norm(f.conv2d(h, w1, stride=stride, padding=1), *s1))
        y = norm(f.conv2d(y, w2, padding=1), *s2)
        h = f.relu(y + (norm(f.conv2d(h, short[0], stride=stride), *short[1]) if short else h))
    h = h.mean((2, 3))
    u = features
    for weight, scale in head:
        u = u @ weight
        u = f.relu(norm(u, *scale)) if scale else norm(u)
    name = "training" if training else "scoring"
    out[name] = {
        "feature": h[:, ::64].flatten().tolist(),
        "featureMean": h.mean().item(),
        "projection": u[:, ::16].flatten().tolist(),
        "projectionSquares": (u**2).mean().item(),
    }
print(json.dumps(out))
