/**
 * Flags of Node for the runner: peak memory for 400,000 small rows was 195 MB with V8's default, and is 125 to 155 MB with a young generation of
 * 8 MB. V8 would let it grow from 1 MB only while much survives; items are short-lived, so it stayed small and was collected so often that
 * it took an eighth of the processor time (3.5 to 3.05 s). They are arguments, since NODE_OPTIONS refuses the second one.
 */
export const runnerNodeFlags: readonly string[] = ['--max-semi-space-size=8', '--min-semi-space-size=8'];
