"""Makes layers.golden.json with PyTorch 2.15.0, in float64: python layers.golden.py

Each case: x, the parameters of the module in the order and layout of our packing, what the module makes of x, and the
gradient of sum(c * output) by autograd in the same order, c[i] = sin(i + 1) along the flat output.
"""

import json
import pathlib

import torch
from torch import nn

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def linear(module, of):
    return [of(module.weight).T, of(module.bias)]


def attention(module, of):
    width = module.embed_dim
    packed = of(module.in_proj_weight).reshape(3, width, width).transpose(1, 2)
    return [packed, of(module.in_proj_bias), *linear(module.out_proj, of)]


def plain(module, of):
    return [of(module.weight), of(module.bias)]


def transformer(module, of):
    return [
        *attention(module.self_attn, of),
        *plain(module.norm1, of),
        *linear(module.linear1, of),
        *linear(module.linear2, of),
        *plain(module.norm2, of),
    ]


def flat(tensors):
    return torch.cat([t.detach().reshape(-1) for t in tensors])


def numbers(tensor):
    return [round(v, 10) for v in tensor.detach().reshape(-1).tolist()]


def case(name, module, layout, shape, run=None):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.round(torch.randn(parameter.shape) * 0.5, decimals=6))
    x = torch.round(torch.randn(shape), decimals=6).requires_grad_()
    y = module(x) if run is None else run(x)
    c = torch.sin(torch.arange(1, y.numel() + 1, dtype=torch.float64)).reshape(y.shape)
    (c * y).sum().backward()
    return {
        "name": name,
        "shape": list(shape),
        "x": numbers(x),
        "trained": numbers(flat(layout(module, lambda p: p))),
        "output": numbers(y),
        "outputShape": list(y.shape),
        "xGradient": numbers(x.grad),
        "gradient": numbers(flat(layout(module, lambda p: p.grad))),
    }


def batch_normalization(name, module, shape):
    made = case(name, module, plain, shape)
    made["statistics"] = numbers(flat([module.running_mean, module.running_var]))
    module.eval()
    made["inference"] = numbers(module(torch.tensor(made["x"]).reshape(shape)))
    return made


heads = nn.MultiheadAttention(6, 3, batch_first=True)
block = {"batch_first": True, "dropout": 0.0}
cases = [
    case("attention", heads, attention, (2, 5, 6), lambda x: heads(x, x, x, need_weights=False)[0]),
    case("transformer, post", nn.TransformerEncoderLayer(4, 2, 7, **block), transformer, (2, 3, 4)),
    case(
        "transformer, pre, gelu",
        nn.TransformerEncoderLayer(4, 2, 7, activation="gelu", norm_first=True, **block),
        transformer,
        (2, 3, 4),
    ),
    case("layer normalization", nn.LayerNorm(5), plain, (3, 2, 5)),
    case("convolution, one axis", nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), plain, (2, 4, 9)),
    case("convolution, two axes", nn.Conv2d(2, 3, (2, 3), dilation=(2, 1), padding=(1, 0)), plain, (2, 2, 5, 6)),
    batch_normalization("batch normalization, rows", nn.BatchNorm1d(3), (5, 3)),
    batch_normalization("batch normalization, planes", nn.BatchNorm2d(2), (3, 2, 4, 2)),
]
v = torch.tensor([-30.0, -8.0, -2.5, -1.0, -0.1, 0.0, 0.1, 1.0, 2.5, 8.0, 30.0])
activations = {
    "x": numbers(v),
    "gelu": numbers(nn.functional.gelu(v)),
    "geluByTanh": numbers(nn.functional.gelu(v, approximate="tanh")),
    "softplus": numbers(nn.functional.softplus(v, threshold=1000)),
    "elu": numbers(nn.functional.elu(v)),
    "silu": numbers(nn.functional.silu(v)),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": cases, "activations": activations}) + "\n")
