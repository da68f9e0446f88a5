/**
 * A pod or what it names can't be given its model: the spec, a Secret or a ClusterStorageContainer has to change. Its message is for the
 * user and holds no value of a Secret.
 */
export class PodMutationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PodMutationError';
  }
}
