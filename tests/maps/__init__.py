"""Tests of the maps and of the parts pages are made of."""
