"""OpenStack's own tests of the network and load-balancer APIs, run against a cloud that is up, and what of them cannot apply.

    python -m tests.conformance network|load_balancer      openstacksdk's functional tests, from the installed package
    python -m tests.conformance results NAME FILE          judges the results.tsv of a tempest run by exclusions/NAME.txt

Status 1 when a test fails or is skipped that no exclusion names, and when an exclusion is needed no longer. README.md has
the results, and what the lists were made with.
"""
