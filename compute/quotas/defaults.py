"""The limits of a project that has none of its own, and the limits that are the same for everybody."""

INSTANCES = 10
CORES = 20
RAM_MB = 50 * 1024
KEY_PAIRS = 100
METADATA_ITEMS = 128
UNLIMITED = -1
LARGEST_LIMIT = 2**31 - 1
