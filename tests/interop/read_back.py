"""Reads exports as their users do (pandas, openpyxl, zipfile) and prints what it found as JSON.

Every float is given as the 16 hex digits of its bits, so that nothing is lost between two programs.
Usage: read_back.py FOLDER [FOLDER ...], each with the exports of one run (`export.csv`, `export.json`, …); the answer
is a list of what each format holds. `classic` is what the layout of `export.sacmes.txt` must hold by the other two.
"""

import hashlib
import json
import math
import os
import struct
import sys
import zipfile
from datetime import datetime, timedelta, timezone

import openpyxl
import pandas

import derive_classic


def bits(value):
    return struct.pack(">d", value).hex()


def cell(value):
    if value is None or value is pandas.NaT:
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return {"ms": round((aware - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(milliseconds=1))}
    if isinstance(value, float) and math.isnan(value):
        return None
    return bits(float(value))


def table(frame):
    return {
        "columns": list(frame.columns),
        "types": [str(kind) for kind in frame.dtypes],
        "rows": [[cell(value) for value in row] for row in frame.itertuples(index=False, name=None)],
    }


def csv(path):
    # The default parser of pandas is faster and off by a last bit now and then.
    return table(pandas.read_csv(path, float_precision="round_trip"))


def sacmes(path):
    """As the scripts around the desktop program read it: white space, by column position."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    lines = text.split("\r\n")
    rows = [line.split(" ") for line in lines[1:-1]]
    return {
        "ends_with_line_end": lines[-1] == "" and "\n" not in text.replace("\r\n", ""),
        "columns": lines[0].split(" "),
        "rows": [[cell(float(value)) for value in row] for row in rows],
    }


def document(path):
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    frame = {name: [row[at] for row in read["rows"]] for at, name in enumerate(read["columns"])}
    pandas.DataFrame(frame)
    rows = [[cell(value) for value in row] for row in read["rows"]]
    others = {name: value for name, value in read.items() if name not in ("rows", "columns")}
    return {"columns": read["columns"], "rows": rows, **others}


def xlsx(path):
    book = openpyxl.load_workbook(path)
    formulas = [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    sheets = {}
    for name in book.sheetnames:
        frame = pandas.read_excel(path, sheet_name=name, dtype=object)
        sheets[name] = table(frame)
    return {"sheets": sheets, "formulas": formulas}


def archive(path):
    with zipfile.ZipFile(path) as packed:
        broken = packed.testzip()
        names = packed.namelist()
        digests = {name: hashlib.sha256(packed.read(name)).hexdigest() for name in names}
        manifest = json.loads(packed.read("manifest.json"))
        with packed.open("results.csv") as results:
            rows = table(pandas.read_csv(results, float_precision="round_trip"))
    return {"broken": broken, "names": names, "sha256": digests, "manifest": manifest, "results": rows}


def derived(folder):
    """The classic layout by position, computed from the tidy table."""
    frame = pandas.read_csv(os.path.join(folder, "export.csv"), float_precision="round_trip")
    with open(os.path.join(folder, "export.json"), encoding="utf-8") as file:
        columns = derive_classic.classic(frame, json.load(file)["manifest"])
    rows = zip(*[column for _, column in columns])
    return {"columns": [name for name, _ in columns], "rows": [[cell(float(value)) for value in row] for row in rows]}


READERS = {"csv": csv, "sacmes.txt": sacmes, "json": document, "xlsx": xlsx, "zip": archive}


def run(folder):
    paths = {kind: os.path.join(folder, f"export.{kind}") for kind in READERS}
    found = {kind: READERS[kind](path) for kind, path in paths.items() if os.path.exists(path)}
    return {**found, "classic": derived(folder)} if "sacmes.txt" in found else found


json.dump([run(folder) for folder in sys.argv[1:]], sys.stdout)
