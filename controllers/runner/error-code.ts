/** Error codes of the report that the pipeline itself gives; requests and storage kinds have theirs beside. */
export const errorCodes = {
  contract: 'CONTRACT',
  itemInvalid: 'ITEM_INVALID',
  modelError: 'MODEL_ERROR',
  outputMismatch: 'OUTPUT_MISMATCH',
  network: 'NETWORK',
  timeout: 'TIMEOUT',
  storageRead: 'STORAGE_READ',
  storageWrite: 'STORAGE_WRITE',
  credentials: 'CREDENTIALS',
  tooManyFailed: 'TOO_MANY_FAILED',
  interrupted: 'INTERRUPTED',
} as const;

/** What the code of an HTTP status begins with: `HTTP_503`. */
export const httpCodePrefix = 'HTTP_';
