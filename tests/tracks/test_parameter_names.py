"""Names of parameters that fit into a table."""

from __future__ import annotations

from rnnviz.tracks.parameter_names import shortened


def test_modules_in_modules_are_left_out() -> None:
    long = "encoder.forward_layers.kernel.weight_ih_l0"
    names = [long, "decoder.kernel.bias_hh_l1", "readout.weight"]
    assert shortened(names) == {
        long: "encoder.forward weight_ih_l0",
        "decoder.kernel.bias_hh_l1": "decoder bias_hh_l1",
    }


def test_no_two_names_are_shortened_to_the_same() -> None:
    names = ["a_layers.kernel.w", "a.kernel.w", "b.kernel.w"]
    assert shortened(names) == {"b.kernel.w": "b w"}
