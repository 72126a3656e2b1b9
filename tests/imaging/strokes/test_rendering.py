"""Strokes as pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from siamese.errors import InvalidDrawing
from siamese.imaging import pens, strokes
from siamese.imaging.framing import from_drawing


class TestRender:
    def test_a_line_is_as_thick_as_the_pen(self):
        """A level line of pen 18 covers 18 rows, to one row, with the ends 9 beyond its own."""
        ink = strokes.render([np.array([[60.0, 140.0], [220.0, 140.0]])])[..., 3] > 127
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        assert abs(len(rows) - 18) <= 1
        assert abs(columns[0] - 51) <= 1
        assert abs(columns[-1] - 229) <= 1

    def test_a_dot_is_round(self):
        """One point is a disc of the pen's width: π/4 of its box."""
        ink = strokes.render([np.array([[140.0, 140.0]])], width=40)[..., 3] > 127
        box = ink[np.ix_(ink.any(1), ink.any(0))]
        assert abs(box.mean() - math.pi / 4) < 0.03

    def test_edges_are_smooth(self):
        """A slanted line has half-covered pixels along its edges."""
        alpha = strokes.render([np.array([[60.0, 60.0], [200.0, 220.0]])])[..., 3]
        assert ((alpha > 0) & (alpha < 255)).sum() > 100

    def test_size_does_not_change_what_the_network_sees(self):
        """Half the size gives nearly the same 28×28 image."""
        drawn_strokes = pens.draw(3, np.random.default_rng(3))
        full, half = (from_drawing(strokes.render(drawn_strokes, size=size)) for size in (280, 140))
        assert np.abs(full - half).mean() < 0.02

    @pytest.mark.parametrize("bad", [[np.zeros((3, 3))], [np.array([[np.nan, 1.0]])], [np.zeros(4)]])
    def test_strokes_of_other_shapes_are_refused(self, bad):
        """Only finite (n, 2) arrays are strokes."""
        with pytest.raises(InvalidDrawing):
            strokes.render(bad)
