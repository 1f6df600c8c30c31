"""A parquet file of patients for the small model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

UNITS = {"adjusted_calcium": "mmol/L"}


def patients(rows: int) -> pd.DataFrame:
    """Patients with and without an answer."""
    rng = np.random.default_rng(rows)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "setting": rng.choice(["first_time", "persistent", "typo"], rows, p=[0.45, 0.45, 0.1]),
            "adjusted_calcium": np.where(rng.random(rows) < 0.8, rng.normal(2.7, 0.1, rows).round(2), np.nan),
            "adjusted_calcium.upper_limit": 2.6,
            "scan": rng.choice(["negative", "focus@left_inferior", None], rows),
        }
    )
    return frame.astype({"id": "int32"})


def write_patients(path: Path, rows: int, row_group: int = 7) -> Path:
    """Write them with row groups that fit no chunk."""
    table = pa.Table.from_pandas(patients(rows), preserve_index=False)
    pq.write_table(table, path, row_group_size=row_group)
    return path
