import type { Contract } from '../../definitions/inference/contract';

/** The Contract as runners get it: JSON without a space, in the order of members that it was built in. */
export function contractText(contract: Contract): string {
  return JSON.stringify(contract);
}
