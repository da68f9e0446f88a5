/** Reasons of the events that registry sync writes on an InferenceService; users and alerts match on them. */
export const registryEvents = {
  linked: 'RegistryLinked',
  recordCreated: 'RegistryRecordCreated',
  urlUpdated: 'RegistryUrlUpdated',
  undeployed: 'RegistryUndeployed',
  notFound: 'RegistryNotFound',
  ambiguous: 'RegistryAmbiguous',
  nameMismatch: 'RegistryNameMismatch',
  unreachable: 'RegistryUnreachable',
  rejected: 'RegistryRejected',
  recordMismatch: 'RegistryRecordMismatch',
  cleanupSkipped: 'RegistryCleanupSkipped',
} as const;

export type RegistryEventReason = (typeof registryEvents)[keyof typeof registryEvents];
