/**
 * Values by several labels, a map within a map for each. To look one up takes a few lookups of strings that exist already; a
 * key put together of them would be made and hashed anew for every event, which costs more than to count it.
 */
type Label = string | null;
type Branch<Value> = Map<Label, Branch<Value> | Value>;

export class LabelTree<Value extends object> {
  readonly #root: Branch<Value> = new Map();
  readonly #make: () => Value;

  /** @param make the value of labels that come for the first time */
  constructor(make: () => Value) {
    this.#make = make;
  }

  /** The value of these labels; always as many of them. */
  at(labels: readonly Label[]): Value {
    let branch = this.#root;
    const last = labels.length - 1;
    for (let depth = 0; depth < last; depth += 1) {
      const label = labels[depth]!;
      let next = branch.get(label) as Branch<Value> | undefined;
      if (next === undefined) branch.set(label, (next = new Map()));
      branch = next;
    }
    const label = labels[last]!;
    let value = branch.get(label) as Value | undefined;
    if (value === undefined) branch.set(label, (value = this.#make()));
    return value;
  }
}
