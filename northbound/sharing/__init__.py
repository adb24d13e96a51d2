"""Sharing: which resources a project sees and may use without owning them. Visible is never owned."""
