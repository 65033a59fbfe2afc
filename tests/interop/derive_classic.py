"""The classic SACMES layout of a run, computed anew from its tidy table and its manifest, with pandas alone.

None of the hub's code is in it: formulas of DOMAIN.md §2.3, §2.4 and §3, headings and order of SACMES.md §7.
Every function gives a list of (heading, column) by position; a column holds one number per row.
"""

import numpy
import pandas

MICRO = 1e6
# Stands for "the files do not say" where pandas would drop the group.
NO_FREQUENCY = 0.0


def classic(frame, manifest):
    layouts = {"swv": continuous, "dpv": continuous, "frequency-map": frequency_map, "cv": sweeps, "lsv": sweeps}
    current = frame[~frame["superseded"] & frame["electrode"].notna()].copy()
    current["number"] = current["file_number"].fillna(current["offset"] + 1)
    return layouts[manifest["session"]["technique"]](current, manifest)


def continuous(rows, manifest):
    settings = manifest["trends"]["params"]
    label, quantity = ("AUC", "peak_area_av") if settings["quantity"] == "area" else ("PeakHeight", "peak_height_a")
    rows["frequency_hz"] = rows["frequency_hz"].fillna(NO_FREQUENCY)
    rows["hours"] = hours_of(rows, settings)
    rows["x"] = rows["number"] if settings["axis"] == "file-number" else rows["hours"]
    rows["value"] = rows[quantity].where(counts(rows))

    # Where a number repeats, the k-th file of one trace stands beside the k-th of another.
    rows["again"] = rows.groupby(["frequency_hz", "electrode", "number"]).cumcount()
    row = ["number", "again"]
    order = rows.groupby(row)["offset"].min().sort_values().index if rows["again"].any() else None

    def spread(column):
        return rows.pivot(index=row, columns=["frequency_hz", "electrode"], values=column)

    values, x = spread("value"), spread("x")
    frequencies, electrodes = sorted(set(rows["frequency_hz"])), sorted(set(rows["electrode"]))
    several = len(electrodes) > 1
    # Electrodes that count in means.
    counted = settings["electrodes"] or electrodes
    normalised = over(values, reference_of(values, settings))
    shown = {f: normalised[f] for f in frequencies}
    told = [f for f in frequencies if f != NO_FREQUENCY]
    if len(told) > 1:
        on, off = settings["on_hz"] or max(told), settings["off_hz"] or min(told)
        shown[off] = normalised[off] + settings["low"]["slope"] * x[off] + settings["low"]["offset"]

    number = values.index.get_level_values("number").to_series(index=values.index)
    columns = [("File", number), ("Time(Hrs)", rows.groupby(row)["hours"].min())]
    columns += [(f"{label}_E{e:g}{hz(f)}", values[f][e] * MICRO) for f in frequencies for e in electrodes]
    if several:
        columns += [(f"Avg_{label}{hz(f)}", values[f][counted].mean(axis=1) * MICRO) for f in frequencies]
    columns += [(f"Norm_E{e:g}{hz(f)}", shown[f][e]) for f in frequencies for e in electrodes]
    if several:
        columns += [(f"Average_Norm{hz(f)}", shown[f][counted].mean(axis=1)) for f in frequencies]
        columns += [(f"SD_Norm{hz(f)}", shown[f][counted].std(axis=1, ddof=1)) for f in frequencies]
    if len(told) > 1:
        high, low = shown[on], shown[off]
        difference = {"sacmes": high - low + 1, "difference-over-mean": over(high - low, (high + low) / 2)}
        columns += combined("NormalizedRatio", ("NormalizedRatioAvg", "NormalizedRatioSTD"), over(high, low), counted)
        columns += combined("KDM", ("AvgKDM", "KDM_STD"), difference[settings["kdm"]], counted)
    return [(heading, column if order is None else column.loc[order]) for heading, column in columns]


def combined(name, of_all, values, counted):
    columns = [(f"{name}_E{e:g}", values[e]) for e in values.columns]
    if len(columns) > 1:
        own = values[counted]
        columns += [(of_all[0], own.mean(axis=1)), (of_all[1], own.std(axis=1, ddof=1))]
    return columns


def counts(rows):
    return (rows["outcome"] == "peak") & ~rows["excluded"]


def hours_of(rows, settings):
    if settings["seconds_per_file"] is not None:
        return rows["number"] * settings["seconds_per_file"] / 3600
    times = scan_times(rows)
    return (times - times.min()) / pandas.Timedelta(hours=1)


def scan_times(rows):
    """The instrument's clock where files tell it, whatever its date (those here run steadily), else the files' times."""
    said = pandas.to_datetime(rows["instrument_time"])
    modified = pandas.to_datetime(rows["modified_utc"]).dt.tz_localize(None)
    return said.fillna(modified + (said - modified).iloc[0]) if said.notna().any() else modified


def reference_of(values, settings):
    if settings["reference"] is None:
        return values.mean() * numpy.nan
    number = values.index.get_level_values("number")
    return values[(number >= settings["reference"]["from"]) & (number <= settings["reference"]["to"])].mean()


def over(numerator, denominator):
    """A denominator of zero leaves no value."""
    return numerator / denominator.where(denominator != 0)


def hz(frequency):
    return "" if frequency == NO_FREQUENCY else f"_{frequency:g}Hz"


def frequency_map(rows, manifest):
    rows["value"] = rows["peak_height_a"].where(counts(rows)) * MICRO
    # The highest number that has a value; the later of two with one number.
    rows = rows.sort_values(["number", "offset"])
    newest = rows.groupby(["frequency_hz", "electrode"])["value"].last()
    heights = newest.unstack("electrode")
    charges = heights.div(heights.index.to_series(), axis=0)
    columns = [("Frequency(Hz)", heights.index.to_series())]
    for ordinal, electrode in enumerate(heights.columns, start=1):
        columns.append((f"PeakHeight_E{ordinal}(uA)", heights[electrode]))
        columns.append((f"Charge_E{ordinal}(uC)", charges[electrode]))
    if len(heights.columns) > 1:
        for name, values in (("Avg.PeakHeight(uA)", heights), ("Avg.Charge(uC)", charges)):
            columns.append((name, values.mean(axis=1)))
            columns.append((f"Standard_Deviation({name[-3:-1]})", values.std(axis=1, ddof=1)))
    return columns


def sweeps(rows, manifest):
    params = manifest["params"]
    probes = params["probes_v"][:2]
    rows = rows[rows["scan"] == 0]
    scans = rows.drop_duplicates(["offset", "electrode"])
    if not scans.duplicated(["electrode", "number"]).any():
        rows = rows.sort_values("number", kind="stable")
    files = [own for _, own in rows.groupby("offset", sort=False)]
    columns = [("File", [own["number"].iloc[0] for own in files])]
    for electrode in sorted(set(rows["electrode"])):
        found = [sweep_cells(own[own["electrode"] == electrode], params, electrode, len(probes)) for own in files]
        headings = ["Forwards_PeakHeight_(µA)", "Reverse_PeakHeight_(µA)"]
        headings += ["Forward_Peak_Potential_(V)", "Reverse_Peak_Potential_(V)", "Peak_Separation_(V)"]
        headings += [f"{probe:g}V_{way}_(µA)" for probe in probes for way in ("Forwards", "Reverse")]
        columns += [(f"E{electrode:g}_{name}", [cells[at] for cells in found]) for at, name in enumerate(headings)]
    return [(heading, pandas.Series(column, dtype=float)) for heading, column in columns]


def sweep_cells(own, params, electrode, probes):
    """Peaks of the first pair of sweeps, their potentials and distance, then the currents at the probes."""
    own = own[~own["excluded"]]
    if params["method"] == "desktop":
        segments = [params["forward_segment"], params["reverse_segment"]]
    else:
        first = params["pairs"][0] if params["pairs"] else 1
        segments = [first, first + 1]
    sides = [own[own["segment"] == segment] for segment in segments]
    peaks = [main_peak(side, params, electrode) for side in sides]
    heights = [abs(peak["peak_height_a"]) * MICRO for peak in peaks]
    potentials = [peak["peak_potential_v"] for peak in peaks]
    probed = [
        (side[f"probe_{k + 1}_a"].iloc[0] if len(side) else numpy.nan) * MICRO for k in range(probes) for side in sides
    ]
    return [*heights, *potentials, abs(potentials[0] - potentials[1]), *probed]


def main_peak(side, params, electrode):
    """The peak of oxidation of a rising sweep, that of reduction of a falling one."""
    found = side[side["outcome"] == "peak"]
    if params["method"] != "desktop":
        up = 1 if params["anodic"] == "up" else -1
        up = -up if electrode in params["inverted_electrodes"] else up
        found = found[found["direction"] == found["sweep"] * up]
    return found.iloc[0] if len(found) else {"peak_height_a": numpy.nan, "peak_potential_v": numpy.nan}
