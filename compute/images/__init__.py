"""Images (Glance v2): records in PostgreSQL, bytes in a content-addressed directory.

An upload streams to a private file while it is hashed, is inspected before anything opens it, takes its name from its
SHA-512, and only then does one transaction make the image active. A file that no row names is garbage, never the
other way round; `sweeping` removes it.
"""
