"""Subnet pools, declared."""

from northbound.nouns.noun import Noun
from northbound.subnet_pools.drafting import change_pool, draft_pool
from northbound.subnet_pools.policy import RULES
from northbound.subnet_pools.schema import CreatePool, UpdatePool, render_pool
from northbound.subnet_pools.store import KIND, SUBNET_POOLS, insert_pool, update_pool

SUBNET_POOL = Noun(
    name=KIND,
    plural="subnetpools",
    path="subnetpools",
    table=SUBNET_POOLS,
    rules=RULES,
    create_body=CreatePool,
    update_body=UpdatePool,
    draft=draft_pool,
    change=change_pool,
    render=render_pool,
    taggable=True,
    insert=insert_pool,
    update=update_pool,
)
