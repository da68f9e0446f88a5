# Stores predictions, a row for each. What is there already, of a try before, is left as it is.
#
# output_table_name: the table, made when it is not there
# job_uid, pod_uid: who made the predictions
# predictions: JSON list of numbers
# offset: which prediction of the run the first one is; 0 unless they come in several calls

# As many as the database takes at once without trouble.
BULK = 1000

table = identifier("output_table_name")
job_uid = text("job_uid")
# Outside of a pod it is empty.
pod_uid = text("pod_uid", "")
offset = whole("offset", 0, "0")
try:
    predictions = json.loads(text("predictions"))
except ValueError:
    fail("argument predictions is no JSON")
if not isinstance(predictions, list):
    fail("argument predictions is no list")
rows = []
for position, value in enumerate(predictions):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        fail(f"prediction {offset + position} is no number, column prediction takes nothing else")
    rows.append((job_uid, pod_uid, value, offset + position))

cursor.execute(
    f"CREATE TABLE IF NOT EXISTS {table} (jobuid TEXT, poduid TEXT, prediction DOUBLE PRECISION, counter INT, "
    "created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (jobuid, poduid, prediction, counter))"
)
for start in range(0, len(rows), BULK):
    part = rows[start : start + BULK]
    stored = cursor.executemany(
        f"INSERT INTO {table} (jobuid, poduid, prediction, counter) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", part
    )
    # In bulk the database refuses rows without an error: it counts -2 of them.
    refused = [row[3] for row, outcome in zip(part, stored) if outcome["rowcount"] < 0]
    if refused:
        fail(f"{table} refused {len(refused)} of {len(part)} rows, the first is prediction {refused[0]}")
