"""Makes the small models of the tests: `pip install onnx==1.19.1 && python make_models.py`.

colours.onnx   a classifier of 8x8 pictures, any number at once: which of red, green and blue is the strongest.
identity.onnx  gives back any number of rows of two floats, and texts.
fixed.onnx     doubles exactly one row of four floats.
lookup.onnx    gives the squares of numbers from 0 to 9; any other number fails the run.
endless.onnx   counts to 2^62.
laborious.onnx multiplies large matrices that depend on no input, sixty times.
vast.onnx      makes as many numbers as it is asked for, and gives their mean.
outside.onnx   has a weight in ../../etc/passwd.
truncated.onnx is the first half of colours.onnx.
foreign.onnx   has an operator of nobody.
letters.onnx   a classifier of files by their first four bytes, the surer the higher these are.
drawn.onnx     a detector of 8x8 pictures: the rows of the picture say what it finds. The red of the first four pixels of a row is
               a box in parts of the picture, the green of the first is the score, and the blue of it ten times the class.
words.onnx     a classifier of texts: whether they have more good words or more bad ones.
words-tokenizer.json makes the tokens for it, in the format of Hugging Face's tokenizers.
"""

import json
from pathlib import Path

import onnx
from onnx import TensorProto, helper

HERE = Path(__file__).parent
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def save(name, nodes, inputs, outputs, initializers=(), opsets=(("", 17),)):
    graph = helper.make_graph(list(nodes), name, inputs, outputs, list(initializers))
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid(*opset) for opset in opsets],
        ir_version=8,
        producer_name="sluice-tests",
    )
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


save(
    "colours",
    [
        helper.make_node("GlobalAveragePool", ["picture"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("Mul", ["flat", "ten"], ["logits"]),
    ],
    [value("picture", FLOAT, ["batch", 3, 8, 8])],
    [value("logits", FLOAT, ["batch", 3])],
    [helper.make_tensor("ten", FLOAT, [1], [10.0])],
)

save(
    "identity",
    [helper.make_node("Identity", ["in"], ["out"]), helper.make_node("Identity", ["text"], ["same_text"])],
    [value("in", FLOAT, ["rows", 2]), value("text", TensorProto.STRING, ["rows"])],
    [value("out", FLOAT, ["rows", 2]), value("same_text", TensorProto.STRING, ["rows"])],
)

save(
    "fixed",
    [helper.make_node("Add", ["in", "in"], ["out"])],
    [value("in", FLOAT, [1, 4])],
    [value("out", FLOAT, [1, 4])],
)

save(
    "letters",
    [
        helper.make_node("Cast", ["bytes"], ["numbers"], to=FLOAT),
        helper.make_node("MatMul", ["numbers", "weights"], ["logits"]),
    ],
    [value("bytes", INT64, ["batch", 4])],
    [value("logits", FLOAT, ["batch", 2])],
    [helper.make_tensor("weights", FLOAT, [4, 2], [0.01, -0.01] * 4)],
)

save(
    "drawn",
    [
        helper.make_node("Gather", ["picture", "red"], ["reds"], axis=1),
        helper.make_node("Slice", ["reds", "zero", "four", "across"], ["boxes"]),
        helper.make_node("Gather", ["picture", "green"], ["greens"], axis=1),
        helper.make_node("Gather", ["greens", "red"], ["scores"], axis=2),
        helper.make_node("Gather", ["picture", "blue"], ["blues"], axis=1),
        helper.make_node("Gather", ["blues", "red"], ["tenths"], axis=2),
        helper.make_node("Mul", ["tenths", "ten"], ["tens"]),
        helper.make_node("Round", ["tens"], ["classes"]),
    ],
    [value("picture", FLOAT, ["batch", 3, 8, 8])],
    [value("boxes", FLOAT, ["batch", 8, 4]), value("scores", FLOAT, ["batch", 8]), value("classes", FLOAT, ["batch", 8])],
    [helper.make_tensor(name, INT64, [], [number]) for name, number in (("red", 0), ("green", 1), ("blue", 2))]
    + [helper.make_tensor(name, INT64, [1], [number]) for name, number in (("zero", 0), ("four", 4), ("across", 2))]
    + [helper.make_tensor("ten", FLOAT, [1], [10.0])],
)

words = ["[UNK]", "good", "bad"]
save(
    "words",
    [
        helper.make_node("Gather", ["meanings", "input_ids"], ["meant"]),
        helper.make_node("Cast", ["attention_mask"], ["counts"], to=FLOAT),
        helper.make_node("Unsqueeze", ["counts", "last"], ["of_tokens"]),
        helper.make_node("Mul", ["meant", "of_tokens"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "middle"], ["logits"], keepdims=0),
    ],
    [value("input_ids", INT64, ["batch", "tokens"]), value("attention_mask", INT64, ["batch", "tokens"])],
    [value("logits", FLOAT, ["batch", 2])],
    [
        helper.make_tensor("meanings", FLOAT, [3, 2], [0.0, 0.0, 5.0, 0.0, 0.0, 5.0]),
        helper.make_tensor("last", INT64, [1], [2]),
        helper.make_tensor("middle", INT64, [1], [1]),
    ],
)
tokenizer = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": {"type": "Lowercase"},
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(words)}, "unk_token": "[UNK]"},
}
(HERE / "words-tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")

# An index beyond the ten numbers fails the run, and with it whatever is in the same batch.
save(
    "lookup",
    [helper.make_node("Gather", ["squares", "index"], ["square"])],
    [value("index", INT64, ["batch"])],
    [value("square", INT64, ["batch"])],
    [helper.make_tensor("squares", INT64, [10], [i * i for i in range(10)])],
)

body = helper.make_graph(
    [
        helper.make_node("Identity", ["go_on"], ["go_on_still"]),
        helper.make_node("Add", ["sum", "step"], ["next_sum"]),
    ],
    "body",
    [value("turn", INT64, []), value("go_on", TensorProto.BOOL, []), value("sum", FLOAT, [1])],
    [value("go_on_still", TensorProto.BOOL, []), value("next_sum", FLOAT, [1])],
)
save(
    "endless",
    [helper.make_node("Loop", ["turns", "yes", "step"], ["total"], body=body)],
    [value("step", FLOAT, [1])],
    [value("total", FLOAT, [1])],
    [helper.make_tensor("turns", INT64, [], [1 << 62]), helper.make_tensor("yes", TensorProto.BOOL, [], [True])],
)

save(
    "laborious",
    [helper.make_node("ConstantOfShape", ["shape"], ["0"])]
    + [helper.make_node("MatMul", [str(i), str(i)], [str(i + 1)]) for i in range(60)]
    + [helper.make_node("ReduceMean", ["60"], ["mean"], keepdims=0), helper.make_node("Add", ["mean", "in"], ["out"])],
    [value("in", FLOAT, [1])],
    [value("out", FLOAT, [1])],
    [helper.make_tensor("shape", INT64, [2], [2000, 2000])],
)

save(
    "vast",
    [
        helper.make_node("ConstantOfShape", ["shape"], ["numbers"]),
        helper.make_node("ReduceMean", ["numbers"], ["mean"], keepdims=0),
    ],
    [value("shape", INT64, [1])],
    [value("mean", FLOAT, [])],
)

outside = TensorProto(name="weight", data_type=FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
outside.external_data.add(key="location", value="../../etc/passwd")
outside.external_data.add(key="length", value="16")
save(
    "outside",
    [helper.make_node("Add", ["in", "weight"], ["out"])],
    [value("in", FLOAT, [1, 4])],
    [value("out", FLOAT, [1, 4])],
    [outside],
)

save(
    "foreign",
    [helper.make_node("Anything", ["in"], ["out"], domain="com.example")],
    [value("in", FLOAT, [1])],
    [value("out", FLOAT, [1])],
    opsets=(("", 17), ("com.example", 1)),
)

whole = (HERE / "colours.onnx").read_bytes()
(HERE / "truncated.onnx").write_bytes(whole[: len(whole) // 2])
