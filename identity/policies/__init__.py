"""Policies that operators keep for services (`/v3/policies`), and which endpoint each is for (OS-ENDPOINT-POLICY).

Keystone keeps them and enforces none of them, and so does this API. Its own rules are in every slice's `policy.py`.
"""
