"""What is being done to servers: recorded tasks that survive the death of any process.

A request that changes a server calls `store.begin` in its own transaction and `TaskRunner.activate` after the commit.
A task is a list of steps (`steps.py`); each is a function of the database that is done or waits for a fact in it.
`engine.py` runs one step per transaction, under a lease, woken by the agents' reports and by a timer.

    task.py       values: Task, Done, Waiting, Failed
    steps.py      which steps each kind has, and what they do
    faults.py     what a tenant reads when a task fails
    engine.py     the runner
    store.py      rows; also what os-instance-actions shows
"""
