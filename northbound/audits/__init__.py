"""Audits: what OVN holds beside what it should hold, for operators; found, shown, put right, and remembered."""
