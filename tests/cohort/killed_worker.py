"""A Dask cluster of two processes on this machine, one of which is killed while it scores; run as a program.

Arguments: model folder, rows, rows of a partition. Prints what happened as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import dask.dataframe as dd
import pandas as pd
from distributed import Client, LocalCluster
from patients_file import UNITS, patients

import hpt_bayes as hpt
from hpt_bayes.cohort.dask_frames import score_dask
from hpt_bayes.cohort.frames import score_cohort


def main(model: str, rows: int, size: int) -> None:
    """Score with a worker killed, and without Dask, and compare."""
    network = hpt.load_network(model)
    frame = patients(rows)
    options = {"units": UNITS, "network": network, "keep": ["id"]}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        answer = score_dask(dd.from_pandas(frame, chunksize=size), **options)
        partitions = answer.npartitions
        computing = answer.persist()
        victim = None
        while victim is None:
            held, busy = client.has_what(), client.processing()
            victim = next((worker for worker, keys in held.items() if keys and busy.get(worker)), None)
            done = sum(len(keys) for keys in held.values())
            assert done < partitions, "finished before a worker was killed"
            time.sleep(0.002)
        (nanny,) = (each for each in cluster.workers.values() if each.worker_address == victim)
        os.kill(nanny.pid, signal.SIGKILL)
        found = computing.compute()
        client.wait_for_workers(2)
    expected = score_cohort(frame, chunk=size, workers=1, **options)
    pd.testing.assert_frame_equal(
        found.astype(object), expected.astype(object), check_exact=True, check_index_type=False
    )
    print(json.dumps({"rows": len(found), "partitions": partitions, "done_when_killed": done}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
