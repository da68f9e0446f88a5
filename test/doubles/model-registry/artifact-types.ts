import type { EntityKind, EntityType, Member } from './entity-types';

const string: Member = { type: 'string' };

const state: Member = {
  type: 'enum',
  values: ['UNKNOWN', 'PENDING', 'LIVE', 'MARKED_FOR_DELETION', 'DELETED', 'ABANDONED', 'REFERENCE'],
  default: 'UNKNOWN',
};

const strings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, string]));

/** An artifact kind as the routes `/artifacts` see it: they share one path, and bodies carry the tag. */
const artifact = (
  kind: EntityKind,
  artifactType: string,
  words: string,
  members: Readonly<Record<string, Member>>,
): EntityType => ({
  kind,
  title: 'artifact',
  words,
  table: 'artifacts',
  artifactType,
  lists: { filter: true, names: true },
  members: {
    ...members,
    state,
    experimentId: { type: 'id', readOnly: true },
    experimentRunId: { type: 'id', readOnly: true },
  },
});

export const modelArtifact = artifact('ModelArtifact', 'model-artifact', 'model artifact', {
  ...strings('uri', 'modelFormatName', 'modelFormatVersion', 'storageKey', 'storagePath', 'serviceAccountName'),
  ...strings('modelSourceKind', 'modelSourceClass', 'modelSourceGroup', 'modelSourceId', 'modelSourceName'),
});

const docArtifact = artifact('DocArtifact', 'doc-artifact', 'doc artifact', { uri: string });

const dataSet = artifact('DataSet', 'dataset-artifact', 'data set', {
  ...strings('digest', 'sourceType', 'source', 'schema', 'profile', 'uri'),
});

export const metric = artifact('Metric', 'metric', 'metric', {
  value: { type: 'number' },
  timestamp: { type: 'milliseconds' },
  step: { type: 'integer' },
});

const parameter = artifact('Parameter', 'parameter', 'parameter', {
  value: string,
  parameterType: { type: 'enum', values: ['string', 'number', 'boolean', 'object'], default: 'string' },
});

/** What a metric of an experiment run was before: read as metrics, kept apart from them. */
export const metricHistory: EntityType = { ...metric, kind: 'MetricHistory' };

/** Kinds of the union type Artifact. */
export const artifactTypes: readonly EntityType[] = [modelArtifact, docArtifact, dataSet, metric, parameter];

const { artifactType: _, ...untagged } = modelArtifact;

/**
 * A model artifact as the routes `/model_artifacts` see it. Their bodies are no union, so unknown members are refused; their PATCH
 * resets the state, `PATCH /artifacts/{id}` does not; their list ignores filters, the others honour them.
 */
export const modelArtifactByOwnRoute: EntityType = {
  ...untagged,
  lists: { filter: false, names: false },
  members: { ...modelArtifact.members, state: { ...state, resetByUpdate: 'UNKNOWN' } },
};
