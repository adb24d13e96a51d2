"""Tests of tests.conformance: what may fail, and what is reported."""
