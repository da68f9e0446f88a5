import { artifactTypes, metric, metricHistory, modelArtifact, modelArtifactByOwnRoute } from './artifact-types';
import { entityJson } from './entity-json';
import type { EntityStore } from './entity-store';
import { experimentRun, modelVersion, type EntityType } from './entity-types';
import { findOne } from './find';
import { parseInt32 } from './int32';
import { listOf, type Honoured } from './lists';
import { badRequest } from './refusal';
import { decodeBody, parseBody, type BodySchema, type DecodedBody } from './request-body';
import type { Handler, Reply } from './routes';
import type { MemberValues, Row } from './row';

type Body = Readonly<Record<string, unknown>>;

/** Routes of the union type Artifact, alone and below versions and runs, and of model artifacts. */
export function artifactRoutes(store: EntityStore, honoured: (type: EntityType) => Honoured): [string, Handler][] {
  return [
    ...unionRoutes(store),
    ...modelArtifactRoutes(store, honoured(modelArtifactByOwnRoute)),
    ...attachedRoutes(store),
  ];
}

const answer = (status: 200 | 201, row: Row): Reply => ({ status, body: entityJson(row) });

const getArtifact = (store: EntityStore, id: string) => store.get(id, modelArtifact, ...artifactTypes);

function unionRoutes(store: EntityStore): [string, Handler][] {
  return [
    [
      'GET /artifact',
      ({ query }) => answer(200, findOne({ ...modelArtifact, words: 'artifact' }, store.of(...artifactTypes), query)),
    ],
    ['GET /artifacts', ({ query }) => listArtifacts(store, query, () => true, false)],
    [
      'POST /artifacts',
      ({ body }) => {
        const { type, decoded } = decodeTagged(parseBody(body), 'create');
        return answer(201, createArtifact(store, type, decoded));
      },
    ],
    ['GET /artifacts/{id}', ({ id }) => answer(200, getArtifact(store, id))],
    [
      'PATCH /artifacts/{id}',
      ({ id, body }) => {
        const { type, decoded } = decodeTagged(parseBody(body), 'update');
        return answer(200, updateArtifact(store, id, type, decoded));
      },
    ],
  ];
}

function modelArtifactRoutes(store: EntityStore, honoured: Honoured): [string, Handler][] {
  const type = modelArtifactByOwnRoute;
  const decode = (body: string, schema: BodySchema) => {
    // The tag is a member with one possible value here.
    const { artifactType: _, ...untagged } = parseBody(body);
    return decodeBody(type, untagged, schema);
  };
  return [
    ['GET /model_artifact', ({ query }) => answer(200, findOne(type, store.of(type), query))],
    ['GET /model_artifacts', ({ query }) => ({ status: 200, body: listOf(store.of(type), [type], query, honoured) })],
    ['POST /model_artifacts', ({ body }) => answer(201, createArtifact(store, modelArtifact, decode(body, 'create')))],
    ['GET /model_artifacts/{id}', ({ id }) => answer(200, store.get(id, type))],
    [
      'PATCH /model_artifacts/{id}',
      ({ id, body }) => {
        const decoded = decode(body, 'update');
        return answer(200, store.update(store.get(id, type), type, decoded));
      },
    ],
  ];
}

/** The artifacts of a version or run: those created there, and those attached there later. */
function attachedRoutes(store: EntityStore): [string, Handler][] {
  const attached = new Map<number, ReadonlySet<number>>();
  return [modelVersion, experimentRun].flatMap((parentType): [string, Handler][] => {
    const path = `/${parentType.plural}/{id}/artifacts`;
    return [
      [
        `GET ${path}`,
        ({ id, query }) => {
          const ids = attached.get(parseInt32(`${parentType.title} ID`, id));
          return listArtifacts(store, query, (row) => ids?.has(row.id) === true, true);
        },
      ],
      [
        `POST ${path}`,
        ({ id, body }) => {
          const parsed = parseBody(body);
          const { type, decoded } = decodeTagged(parsed, 'entity');
          const parent = store.get(id, parentType);
          const before = attached.get(parent.id) ?? new Set<number>();
          const { row, status } = upsert(store, parent, before, type, decoded);
          attached.set(parent.id, new Set([...before, row.id]));
          if (type === metric && parentType === experimentRun) store.copy(row, metricHistory);
          return answer(status, row);
        },
      ],
    ];
  });
}

function listArtifacts(
  store: EntityStore,
  query: URLSearchParams,
  belongs: (row: Row) => boolean,
  names: boolean,
): Reply {
  const tag = query.get('artifactType') ?? '';
  const types = tag === '' ? artifactTypes : [typeOf(tag)];
  return { status: 200, body: listOf(store.of(...types).filter(belongs), types, query, { filter: true, names }) };
}

/** A body with an id updates that artifact, wherever it was; metrics and parameters are updated by name; anything else is new. */
function upsert(
  store: EntityStore,
  parent: Row,
  attached: ReadonlySet<number>,
  type: EntityType,
  body: DecodedBody,
): { readonly row: Row; readonly status: 200 | 201 } {
  if (body.id !== undefined) return { row: updateArtifact(store, body.id, type, body), status: 200 };
  const plain = ['Metric', 'Parameter'].includes(type.kind);
  const same = plain ? store.of(type).find((row) => attached.has(row.id) && row.name === body.name) : undefined;
  if (same !== undefined) return { row: store.update(same, type, body), status: 200 };
  const row = createArtifact(store, type, body, parent);
  return { row, status: ['ModelArtifact', 'DocArtifact'].includes(type.kind) ? 201 : 200 };
}

function createArtifact(store: EntityStore, type: EntityType, body: DecodedBody, parent?: Row): Row {
  return store.create(type, body, parent === undefined ? {} : { parentId: parent.id, values: runMembers(parent) });
}

function updateArtifact(store: EntityStore, id: string, type: EntityType, body: DecodedBody): Row {
  const row = getArtifact(store, id);
  if (row.type.kind !== type.kind) throw badRequest(`mismatched types, artifact with id ${id} is not a ${type.words}`);
  return store.update(row, type, body);
}

/** Artifacts of a run name it and its experiment. */
function runMembers({ id, type, parentId }: Row): MemberValues {
  return type === experimentRun ? { experimentRunId: String(id), experimentId: String(parentId) } : {};
}

function decodeTagged(body: Body, schema: BodySchema): { readonly type: EntityType; readonly decoded: DecodedBody } {
  const type = typeOf(body['artifactType']);
  const decoded = decodeBody(type, body, schema);
  if (type === metric && schema !== 'update' && decoded.values['value'] === undefined)
    throw badRequest('metric value is required');
  return { type, decoded };
}

function typeOf(tag: unknown): EntityType {
  const type = artifactTypes.find(({ artifactType }) => artifactType === tag);
  if (type === undefined) throw badRequest(`invalid artifactType ${JSON.stringify(tag) ?? 'undefined'}`);
  return type;
}
