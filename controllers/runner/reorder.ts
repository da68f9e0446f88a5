/** Brings values that are finished in any order back into the order of their numbers, which are 0, 1, 2 and so on. */
export class Reorder<Value> {
  private readonly early = new Map<number, Value>();
  private next = 0;

  /** Takes a value. @returns the values whose turn has come, in order */
  add(number: number, value: Value): readonly Value[] {
    this.early.set(number, value);
    const ready: Value[] = [];
    for (let due = this.early.get(this.next); due !== undefined; due = this.early.get(this.next)) {
      this.early.delete(this.next);
      this.next += 1;
      ready.push(due);
    }
    return ready;
  }

  /** Values that wait for an earlier one. */
  get waiting(): number {
    return this.early.size;
  }
}
