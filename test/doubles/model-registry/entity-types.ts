/** Tables of the server's database: ids count per table, and external ids are unique in each. */
export type Table = 'contexts' | 'artifacts' | 'executions';

/** How one member of an entity behaves. */
export interface Member {
  readonly type: 'string' | 'id' | 'number' | 'integer' | 'strings' | 'enum';
  /** Allowed values of an enum. */
  readonly values?: readonly string[];
  /** Value when a create leaves it out. */
  readonly default?: string;
  /** The create needs it; absent or empty is answered with 422. */
  readonly required?: true;
  /** A PATCH may not name it. */
  readonly immutable?: true;
  /** A PATCH that leaves it out sets it to this. */
  readonly resetByPatch?: string;
}

/** One entity type of the registry. */
export interface EntityType {
  /** Name in messages when an id is not found. */
  readonly title: string;
  /** Name in messages about duplicates and finds. */
  readonly words: string;
  /** Path of the find. */
  readonly singular: string;
  /** Path of the list. */
  readonly plural: string;
  readonly table: Table;
  /** Artifacts share routes and are told apart by this tag. */
  readonly artifactType?: string;
  readonly nameRequired: boolean;
  /** Member that holds the parent's id; the name is unique below it. */
  readonly parent?: { readonly member: string; readonly type: () => EntityType; readonly checked: boolean };
  /** Whether lists honour `filterQuery`. */
  readonly filters: boolean;
  readonly members: Readonly<Record<string, Member>>;
}

const string: Member = { type: 'string' };
const lifecycle: Member = { type: 'enum', values: ['LIVE', 'ARCHIVED'], default: 'LIVE', resetByPatch: 'LIVE' };
const reference: Member = { type: 'id', required: true, immutable: true };
const artifactState: Member = {
  type: 'enum',
  values: ['UNKNOWN', 'PENDING', 'LIVE', 'MARKED_FOR_DELETION', 'DELETED', 'ABANDONED', 'REFERENCE'],
  default: 'UNKNOWN',
};

const strings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, string]));

export const registeredModel: EntityType = {
  title: 'registered model',
  words: 'registered model',
  singular: 'registered_model',
  plural: 'registered_models',
  table: 'contexts',
  nameRequired: true,
  filters: true,
  members: {
    ...strings('owner', 'readme', 'maturity', 'provider', 'license', 'libraryName', 'logo', 'licenseLink'),
    language: { type: 'strings' },
    tasks: { type: 'strings' },
    state: lifecycle,
  },
};

export const modelVersion: EntityType = {
  title: 'model version',
  words: 'model version',
  singular: 'model_version',
  plural: 'model_versions',
  table: 'contexts',
  nameRequired: true,
  parent: { member: 'registeredModelId', type: () => registeredModel, checked: false },
  filters: true,
  members: { registeredModelId: reference, author: string, state: lifecycle },
};

export const servingEnvironment: EntityType = {
  title: 'serving environment',
  words: 'serving environment',
  singular: 'serving_environment',
  plural: 'serving_environments',
  table: 'contexts',
  nameRequired: true,
  filters: false,
  members: {},
};

export const inferenceService: EntityType = {
  title: 'InferenceService',
  words: 'inference service',
  singular: 'inference_service',
  plural: 'inference_services',
  table: 'contexts',
  nameRequired: false,
  parent: { member: 'servingEnvironmentId', type: () => servingEnvironment, checked: true },
  filters: false,
  members: {
    registeredModelId: reference,
    servingEnvironmentId: reference,
    modelVersionId: { type: 'id' },
    runtime: string,
    desiredState: { type: 'enum', values: ['DEPLOYED', 'UNDEPLOYED'], default: 'DEPLOYED', resetByPatch: 'DEPLOYED' },
  },
};

export const serveModel: EntityType = {
  title: 'serve model',
  words: 'serve model',
  singular: 'serve_model',
  plural: 'serves',
  table: 'executions',
  nameRequired: false,
  parent: { member: 'inferenceServiceId', type: () => inferenceService, checked: true },
  filters: false,
  members: {
    modelVersionId: reference,
    lastKnownState: {
      type: 'enum',
      values: ['UNKNOWN', 'NEW', 'RUNNING', 'COMPLETE', 'FAILED', 'CACHED', 'CANCELED'],
      default: 'UNKNOWN',
    },
  },
};

export const experiment: EntityType = {
  title: 'experiment',
  words: 'experiment',
  singular: 'experiment',
  plural: 'experiments',
  table: 'contexts',
  nameRequired: true,
  filters: true,
  members: { owner: string, state: lifecycle },
};

export const experimentRun: EntityType = {
  title: 'experiment run',
  words: 'experiment run',
  singular: 'experiment_run',
  plural: 'experiment_runs',
  table: 'contexts',
  nameRequired: false,
  parent: { member: 'experimentId', type: () => experiment, checked: true },
  filters: true,
  members: {
    experimentId: reference,
    owner: string,
    startTimeSinceEpoch: { type: 'string', immutable: true },
    endTimeSinceEpoch: string,
    status: {
      type: 'enum',
      values: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'],
      default: 'RUNNING',
      resetByPatch: 'RUNNING',
    },
    state: lifecycle,
  },
};

const artifact = (artifactType: string, words: string, members: Readonly<Record<string, Member>>): EntityType => ({
  title: 'artifact',
  words,
  singular: 'artifact',
  plural: 'artifacts',
  table: 'artifacts',
  artifactType,
  nameRequired: false,
  filters: true,
  members: { ...members, state: artifactState },
});

export const modelArtifact = artifact('model-artifact', 'model artifact', {
  ...strings('uri', 'modelFormatName', 'modelFormatVersion', 'storageKey', 'storagePath', 'serviceAccountName'),
  ...strings('modelSourceKind', 'modelSourceClass', 'modelSourceGroup', 'modelSourceId', 'modelSourceName'),
});

/** Kinds of the union type Artifact, by tag. */
export const artifactTypes: Readonly<Record<string, EntityType>> = {
  'model-artifact': modelArtifact,
  'doc-artifact': artifact('doc-artifact', 'doc artifact', strings('uri')),
  'dataset-artifact': artifact('dataset-artifact', 'data set', strings('digest', 'sourceType', 'source', 'schema', 'profile', 'uri')),
  metric: artifact('metric', 'metric', { value: { type: 'number' }, timestamp: string, step: { type: 'integer' } }),
  parameter: artifact('parameter', 'parameter', {
    value: string,
    parameterType: { type: 'enum', values: ['string', 'number', 'boolean', 'object'], default: 'string' },
  }),
};

/** `PATCH /model_artifacts/{id}` resets the state, `PATCH /artifacts/{id}` does not. */
export const modelArtifactBySubtypeRoute: EntityType = {
  ...modelArtifact,
  singular: 'model_artifact',
  plural: 'model_artifacts',
  filters: false,
  members: { ...modelArtifact.members, state: { ...artifactState, resetByPatch: 'UNKNOWN' } },
};
