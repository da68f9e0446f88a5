# The last values of a time series at even distances: input of forecasters that take a window.
#
# input_table_name, input_table_column_name: where the values are; their times are in column "timestamp"
# key_name, key_value: which rows are the series
# input_data_length: how many values
# fill: what stands where there is no value: zero (default), ffill (the value before), linear (between its neighbours)
# pad: what a series does that is shorter: fail (default), left (it is filled before its first value)
import bisect


def grid(samples):
    """Values by place, and the number of places: time goes in steps of the smallest distance, each sample to the nearest place."""
    first = min(time for time, _ in samples)
    times = sorted({time for time, _ in samples})
    step = min((after - before for before, after in zip(times, times[1:])), default=1)
    places = {}
    for time, value in samples:
        # Half a step counts up, in whole numbers: times in nanoseconds are too great for floats.
        places.setdefault((2 * (time - first) + step) // (2 * step), []).append(value)
    known = {place: [value for value in values if value is not None] for place, values in places.items()}
    # Samples of one time, or of one place, are one: their mean.
    means = {place: sum(values) / len(values) for place, values in known.items() if values}
    return means, max(places) + 1


def filled(means, wanted, fill):
    """The value of each wanted place."""
    known = sorted(means)
    if fill == "zero" or not known:
        return [means.get(place, 0.0) for place in wanted]
    values = []
    for place in wanted:
        after = bisect.bisect_left(known, place)
        right = known[min(after, len(known) - 1)]
        left = known[max(after - 1, 0)]
        if place in means:
            values.append(means[place])
        elif place < known[0]:
            values.append(means[known[0]])
        elif fill == "ffill" or place > known[-1]:
            values.append(means[left])
        else:
            share = (place - left) / (right - left)
            values.append(means[left] + share * (means[right] - means[left]))
    return values


table = identifier("input_table_name")
column = identifier("input_table_column_name")
key = identifier("key_name")
length = whole("input_data_length", 1)
fill = choice("fill", ["zero", "ffill", "linear"])
pad = choice("pad", ["fail", "left"])
cursor.execute(
    f'SELECT "timestamp", {column} FROM {table} WHERE {key} = ? ORDER BY "timestamp", {column}', (text("key_value"),)
)
samples = []
for time, value in cursor.fetchall():
    try:
        if time is not None:
            samples.append((int(time), finite(value)))
    except (TypeError, ValueError):
        fail(f"{table}: {time!r} is no time, or {value!r} no number")
if not samples:
    print(json.dumps({"result": []}))
else:
    means, count = grid(samples)
    if count < length and pad == "fail":
        fail(f"the series has {count} values, {length} are needed (pad=left fills those before)")
    print(json.dumps({"result": [filled(means, range(count - length, count), fill)]}))
