/**
 * Whether what was seen includes what was written: the same resource version, or a later one.
 *
 * Resource versions of one kind are decimal numbers that grow; Kubernetes 1.35 makes comparing them official, earlier
 * versions only do so in fact. Anything else is compared for equality alone.
 */
export function includesVersion(seen: string | undefined, written: string | undefined): boolean {
  if (seen === undefined || written === undefined) return false;
  if (seen === written) return true;
  const decimal = /^[1-9][0-9]*$/;
  return decimal.test(seen) && decimal.test(written) && BigInt(seen) > BigInt(written);
}
