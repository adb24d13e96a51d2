"""Mappings: who somebody is here, by what their provider says of them. The language is Keystone's."""
