"""Which endpoints the catalogue of a project's tokens shows (OS-EP-FILTER): single ones, and groups of them."""
