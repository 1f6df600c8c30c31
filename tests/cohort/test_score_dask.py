"""On Dask the answers are those of `score_cohort`, also when a worker is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import dask.dataframe as dd
import pandas as pd
import pytest
from small_model import small_network, write_small_model

from hpt_bayes.cohort.dask_frames import score_dask
from hpt_bayes.errors import EvidenceError

HERE = Path(__file__).parent


def test_a_killed_worker_loses_no_patient(tmp_path: Path) -> None:
    model = write_small_model(tmp_path / "small")
    arguments = [sys.executable, str(HERE / "killed_worker.py"), str(model), "3000", "50"]
    paths = os.pathsep.join([str(HERE.parents[1]), str(HERE.parent), str(HERE)])
    done = subprocess.run(arguments, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths})
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["rows"] == 3000 and told["partitions"] >= 60
    assert 0 < told["done_when_killed"] < 60


def test_a_column_that_is_no_finding_is_refused_before_anything_is_sent() -> None:
    frame = dd.from_pandas(pd.DataFrame({"scna": ["negative"]}), npartitions=1)
    with pytest.raises(EvidenceError, match="column 'scna': unknown finding"):
        score_dask(frame, setting="persistent", network=small_network())
