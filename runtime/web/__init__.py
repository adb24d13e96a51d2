"""The aiohttp kit: routes with a rule each, one pipeline per request, error envelopes, bodies, listings.

request -> application._pipeline: request id -> caller -> handler -> guard -> error envelope -> metrics, log
"""
