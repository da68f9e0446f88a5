/** Tables of the server's database: ids count per table, and external ids are unique in each. */
export type Table = 'contexts' | 'artifacts' | 'executions';

/** Entity types, named as in the contract. */
export type EntityKind =
  | 'RegisteredModel'
  | 'ModelVersion'
  | 'ServingEnvironment'
  | 'InferenceService'
  | 'ServeModel'
  | 'Experiment'
  | 'ExperimentRun'
  | 'ModelArtifact'
  | 'DocArtifact'
  | 'DataSet'
  | 'Metric'
  | 'Parameter'
  | 'MetricHistory';

/** How one member of an entity behaves. Without further marks it can be set by create and by update. */
export interface Member {
  /** `id` is a reference to another entity, `milliseconds` a time: both are decimal strings on the wire, numbers to filters. */
  readonly type: 'string' | 'strings' | 'enum' | 'id' | 'milliseconds' | 'number' | 'integer';
  /** Allowed values of an enum. */
  readonly values?: readonly string[];
  /** Value when a create leaves it out. */
  readonly default?: string;
  /** The create needs it; absent or empty is answered with 422. */
  readonly required?: true;
  /** An update may not name it. */
  readonly immutable?: true;
  /** Only in answers. */
  readonly readOnly?: true;
  /** An update that leaves it out sets it to this. */
  readonly resetByUpdate?: string;
  /** `filterQuery` knows it; otherwise the name means a custom property. @default true */
  readonly filterable?: false;
}

/** One entity type of the registry. */
export interface EntityType {
  readonly kind: EntityKind;
  /** Name in messages about ids. */
  readonly title: string;
  /** Name in all other messages. */
  readonly words: string;
  readonly table: Table;
  /** Tag of the union type Artifact; bodies of union type carry it, and their unknown members are ignored. */
  readonly artifactType?: string;
  readonly nameRequired?: true;
  /** Member that holds the parent's id, which the stored name begins with. Artifacts have none: their parents come by path. */
  readonly parent?: {
    readonly member: string;
    readonly type: () => EntityType;
    /** Whether a create looks the parent up. */
    readonly checked: boolean;
  };
  /** Whether lists honour `filterQuery`, and whether lists below a parent honour `name` and `externalId`. */
  readonly lists: { readonly filter: boolean; readonly names: boolean };
  readonly members: Readonly<Record<string, Member>>;
}

/** An entity type with paths of its own. */
export interface TopLevelType extends EntityType {
  /** Path of the find. */
  readonly singular: string;
  /** Path of the list; with an id, of one entity. */
  readonly plural: string;
}

const string: Member = { type: 'string' };
const lifecycle: Member = { type: 'enum', values: ['LIVE', 'ARCHIVED'], default: 'LIVE', resetByUpdate: 'LIVE' };
const reference: Member = { type: 'id', required: true, immutable: true };

const each = (member: Member, ...names: string[]) => Object.fromEntries(names.map((name) => [name, member]));

export const registeredModel: TopLevelType = {
  kind: 'RegisteredModel',
  title: 'registered model',
  words: 'registered model',
  table: 'contexts',
  singular: 'registered_model',
  plural: 'registered_models',
  nameRequired: true,
  lists: { filter: true, names: false },
  members: {
    owner: string,
    state: lifecycle,
    ...each(
      { type: 'string', filterable: false },
      'readme',
      'maturity',
      'provider',
      'license',
      'libraryName',
      'logo',
      'licenseLink',
    ),
    ...each({ type: 'strings', filterable: false }, 'language', 'tasks'),
  },
};

export const modelVersion: TopLevelType = {
  kind: 'ModelVersion',
  title: 'model version',
  words: 'model version',
  table: 'contexts',
  singular: 'model_version',
  plural: 'model_versions',
  nameRequired: true,
  parent: { member: 'registeredModelId', type: () => registeredModel, checked: false },
  lists: { filter: true, names: true },
  members: { registeredModelId: reference, author: string, state: lifecycle },
};

export const servingEnvironment: TopLevelType = {
  kind: 'ServingEnvironment',
  title: 'serving environment',
  words: 'serving environment',
  table: 'contexts',
  singular: 'serving_environment',
  plural: 'serving_environments',
  nameRequired: true,
  lists: { filter: false, names: false },
  members: {},
};

export const inferenceService: TopLevelType = {
  kind: 'InferenceService',
  title: 'InferenceService',
  words: 'inference service',
  table: 'contexts',
  singular: 'inference_service',
  plural: 'inference_services',
  parent: { member: 'servingEnvironmentId', type: () => servingEnvironment, checked: true },
  lists: { filter: false, names: false },
  members: {
    registeredModelId: reference,
    servingEnvironmentId: reference,
    modelVersionId: { type: 'id' },
    runtime: string,
    desiredState: { type: 'enum', values: ['DEPLOYED', 'UNDEPLOYED'], default: 'DEPLOYED', resetByUpdate: 'DEPLOYED' },
  },
};

export const serveModel: EntityType = {
  kind: 'ServeModel',
  title: 'serve model',
  words: 'serve model',
  table: 'executions',
  // Its parent comes by path and is no member of it.
  parent: { member: 'inferenceServiceId', type: () => inferenceService, checked: true },
  lists: { filter: false, names: false },
  members: {
    modelVersionId: reference,
    lastKnownState: {
      type: 'enum',
      values: ['UNKNOWN', 'NEW', 'RUNNING', 'COMPLETE', 'FAILED', 'CACHED', 'CANCELED'],
      default: 'UNKNOWN',
    },
  },
};

export const experiment: TopLevelType = {
  kind: 'Experiment',
  title: 'experiment',
  words: 'experiment',
  table: 'contexts',
  singular: 'experiment',
  plural: 'experiments',
  nameRequired: true,
  lists: { filter: true, names: false },
  members: { owner: string, state: lifecycle },
};

export const experimentRun: TopLevelType = {
  kind: 'ExperimentRun',
  title: 'experiment run',
  words: 'experiment run',
  table: 'contexts',
  singular: 'experiment_run',
  plural: 'experiment_runs',
  parent: { member: 'experimentId', type: () => experiment, checked: true },
  lists: { filter: true, names: false },
  members: {
    experimentId: reference,
    owner: string,
    startTimeSinceEpoch: { type: 'milliseconds', immutable: true },
    endTimeSinceEpoch: { type: 'milliseconds' },
    status: {
      type: 'enum',
      values: ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'],
      default: 'RUNNING',
      resetByUpdate: 'RUNNING',
    },
    state: lifecycle,
  },
};
