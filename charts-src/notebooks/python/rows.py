# Every row of a table as numbers: input of models that take a row for an item.
#
# input_table_name: the table

table = identifier("input_table_name")
cursor.execute(f"SELECT * FROM {table} LIMIT 0")
columns = [column[0] for column in cursor.description]
# In the same order each time: a run that is repeated finds the same items at the same places. Rows that are equal in all columns can't
# be told apart.
order = ", ".join(str(position + 1) for position in range(len(columns)))
cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
rows = []
for number, row in enumerate(cursor.fetchall()):
    cells = []
    for column, value in zip(columns, row):
        try:
            cells.append(finite(value))
        except (TypeError, ValueError):
            fail(f"row {number} of {table}: column {column} has no number")
    rows.append(cells)
print(json.dumps({"result": rows}))
