import {
  artifactTypes,
  experiment,
  experimentRun,
  inferenceService,
  modelArtifact,
  modelArtifactBySubtypeRoute,
  modelVersion,
  registeredModel,
  serveModel,
  servingEnvironment,
  type EntityType,
} from './entity-types';
import { entityJson } from './entity-json';
import { parseFilter } from './filter-query';
import { findOne } from './find';
import { page } from './pages';
import { badRequest, notFound, Refusal } from './refusal';
import { decodeBody, parseBody, type BodyUse, type DecodedBody } from './request-body';
import { Rows, type Row } from './rows';

/** What a route is given. */
interface Call {
  /** Values of the path's `{id}`. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

interface Reply {
  readonly status: 200 | 201;
  readonly body: object;
}

type Handler = (call: Call) => Reply;

/** Routes by `METHOD /path`, `{id}` standing for the one path parameter. */
export type Routes = ReadonlyMap<string, Handler>;

/** Switches between servers of different age. */
export interface RouteOptions {
  /** Newer servers honour `filterQuery` where older ones silently ignore it. */
  readonly filterEverywhere: boolean;
}

/** Which artifacts hang on which version or run. */
type Attachments = Map<number, Set<number>>;

/** The REST routes over a database. */
export function registryRoutes(rows: Rows, options: RouteOptions): Routes {
  const routes = new Map<string, Handler>();
  const attachments: Attachments = new Map();
  const list = (found: readonly Row[], query: URLSearchParams, type: EntityType): Reply => {
    const filter = query.get('filterQuery') ?? '';
    const filtered = filter !== '' && (type.filters || options.filterEverywhere) ? found.filter(parseFilter(filter)) : found;
    const { rows: shown, nextPageToken, pageSize } = page(filtered, query);
    return { status: 200, body: { items: shown.map(entityJson), nextPageToken, pageSize, size: shown.length } };
  };

  for (const type of [registeredModel, modelVersion, servingEnvironment, inferenceService, experiment, experimentRun]) {
    addEntity(routes, rows, type, list);
  }
  for (const [parent, path, type] of children) addChildren(routes, rows, parent, path, type, list);
  addServed(routes, rows);
  addArtifacts(routes, rows, attachments, list);
  return routes;
}

type List = (found: readonly Row[], query: URLSearchParams, type: EntityType) => Reply;

const children: readonly (readonly [EntityType, string, EntityType])[] = [
  [registeredModel, 'versions', modelVersion],
  [servingEnvironment, 'inference_services', inferenceService],
  [inferenceService, 'serves', serveModel],
  [experiment, 'experiment_runs', experimentRun],
];

const decode = (type: EntityType, body: string, use: BodyUse): DecodedBody => decodeBody(type, parseBody(body), use);
const ok = (row: Row): Reply => ({ status: 200, body: entityJson(row) });
const created = (row: Row): Reply => ({ status: 201, body: entityJson(row) });

function addEntity(routes: Map<string, Handler>, rows: Rows, type: EntityType, list: List): void {
  const { singular, plural } = type;
  routes.set(`GET /${singular}`, ({ query }) => ok(findOne(type, rows.of(type), query)));
  routes.set(`GET /${plural}`, ({ query }) => list(rows.of(type), query, type));
  routes.set(`POST /${plural}`, ({ body }) => created(rows.create(type, decode(type, body, 'create'))));
  routes.set(`GET /${plural}/{id}`, ({ id }) => ok(rows.get(type, id)));
  routes.set(`PATCH /${plural}/{id}`, ({ id, body }) => ok(rows.update(rows.get(type, id), type, decode(type, body, 'update'))));
}

/** Lists below a parent that does not exist are empty, not 404. Only versions honour name and external id there. */
function addChildren(
  routes: Map<string, Handler>,
  rows: Rows,
  parent: EntityType,
  path: string,
  type: EntityType,
  list: List,
): void {
  const route = `/${parent.plural}/{id}/${path}`;
  routes.set(`GET ${route}`, ({ id, query }) => {
    const below = rows.of(type).filter((row) => row.parentId === Number(id));
    return list(type === modelVersion ? below.filter(named(query)) : below, query, type);
  });
  routes.set(`POST ${route}`, ({ id, body }) => {
    const parentRow = rows.get(parent, id);
    const decoded = decode(type, body, 'entity');
    if (type === serveModel) rows.get(modelVersion, String(decoded.values['modelVersionId'] ?? ''));
    if (decoded.id !== undefined) return created(rows.update(rows.get(type, decoded.id), type, decoded));
    return created(rows.create(type, decoded, parentRow.id));
  });
}

function named(query: URLSearchParams): (row: Row) => boolean {
  const name = query.get('name') ?? '';
  const externalId = query.get('externalId') ?? '';
  if (name.includes("'")) throw badRequest('invalid filter query syntax: unterminated string');
  return (row) => (name === '' || row.name === name) && (externalId === '' || row.externalId === externalId);
}

/** What an inference service serves: its version, else the newest of the model, archived ones included. */
function addServed(routes: Map<string, Handler>, rows: Rows): void {
  routes.set('GET /inference_services/{id}/model', ({ id }) => {
    const modelId = String(rows.get(inferenceService, id).values['registeredModelId']);
    const model = rows.of(registeredModel).find((row) => row.id === Number(modelId));
    if (model === undefined) throw new Refusal(500, `no registered model found for id ${modelId}`);
    return ok(model);
  });
  routes.set('GET /inference_services/{id}/version', ({ id }) => {
    const { values } = rows.get(inferenceService, id);
    if (typeof values['modelVersionId'] === 'string') return ok(rows.get(modelVersion, values['modelVersionId']));
    const versions = rows.of(modelVersion).filter((row) => row.parentId === Number(values['registeredModelId']));
    const newest = versions.sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)[0];
    if (newest === undefined) throw notFound(`no model version found for registered model ${String(values['registeredModelId'])}`);
    return ok(newest);
  });
}

function artifactTypeOf(body: Record<string, unknown>): EntityType {
  const tag = body['artifactType'];
  const type = typeof tag === 'string' ? artifactTypes[tag] : undefined;
  if (type === undefined) throw badRequest(`artifactType not found or unknown: ${JSON.stringify(tag)}`);
  return type;
}

function addArtifacts(routes: Map<string, Handler>, rows: Rows, attachments: Attachments, list: List): void {
  const all = () => Object.values(artifactTypes).flatMap((type) => rows.of(type));
  const ofType = (query: URLSearchParams) => {
    const tag = query.get('artifactType');
    if (tag === null || tag === '') return all();
    return rows.of(artifactTypeOf({ artifactType: tag }));
  };
  const get = (id: string) => {
    const row = all().find((candidate) => candidate.id === Number(id));
    if (row === undefined) throw /^-?[0-9]+$/.test(id) ? notFound(`no artifact found for id ${id}`) : badRequest(`invalid artifact ID: ${id}`);
    return row;
  };
  const findIn = (query: URLSearchParams, candidates: readonly Row[]) => {
    const parent = Number(query.get('parentResourceId') ?? '');
    const attached = candidates.filter((row) => attachments.get(parent)?.has(row.id));
    // Attached artifacts are children by edge, not by column: the prefix they are searched with is made up here.
    return findOne(modelArtifact, attached.map((row) => ({ ...row, parentId: parent })), query);
  };
  const create = (body: string) => {
    const parsed = parseBody(body);
    const type = artifactTypeOf(parsed);
    return rows.create(type, decodeBody(type, parsed, 'create'));
  };

  routes.set('GET /artifact', ({ query }) => ok(findIn(query, all())));
  routes.set('GET /artifacts', ({ query }) => list(ofType(query), query, modelArtifact));
  routes.set('POST /artifacts', ({ body }) => created(create(body)));
  routes.set('GET /artifacts/{id}', ({ id }) => ok(get(id)));
  routes.set('PATCH /artifacts/{id}', ({ id, body }) => {
    const row = get(id);
    return ok(rows.update(row, row.type, updateOf(row, parseBody(body))));
  });
  const subtype = modelArtifactBySubtypeRoute;
  routes.set('GET /model_artifact', ({ query }) => ok(findIn(query, rows.of(modelArtifact))));
  routes.set('GET /model_artifacts', ({ query }) => list(rows.of(modelArtifact), query, subtype));
  routes.set('POST /model_artifacts', ({ body }) => created(rows.create(modelArtifact, decode(modelArtifact, body, 'create'))));
  routes.set('GET /model_artifacts/{id}', ({ id }) => ok(rows.get(modelArtifact, id)));
  routes.set('PATCH /model_artifacts/{id}', ({ id, body }) =>
    ok(rows.update(rows.get(modelArtifact, id), subtype, decode(modelArtifact, body, 'update'))),
  );

  for (const parent of [modelVersion, experimentRun]) {
    const route = `/${parent.plural}/{id}/artifacts`;
    routes.set(`GET ${route}`, ({ id, query }) => {
      const attached = ofType(query).filter((row) => attachments.get(Number(id))?.has(row.id) && named(query)(row));
      return list(attached, query, modelArtifact);
    });
    routes.set(`POST ${route}`, ({ id, body }) => {
      const edges = attachments.get(rows.get(parent, id).id) ?? new Set<number>();
      const { row, status } = upsert(rows, all().filter((candidate) => edges.has(candidate.id)), get, parseBody(body));
      attachments.set(Number(id), edges.add(row.id));
      return { status, body: entityJson(row) };
    });
  }
}

/** A body with an id updates that artifact; metrics and parameters are updated by name; anything else is new. */
function upsert(
  rows: Rows,
  attached: readonly Row[],
  get: (id: string) => Row,
  body: Record<string, unknown>,
): { row: Row; status: 200 | 201 } {
  const type = artifactTypeOf(body);
  const decoded = decodeBody(type, body, 'entity');
  if (typeof body['id'] === 'string') {
    const existing = get(body['id']);
    if (existing.type !== type) throw badRequest(`mismatched types, artifact with id ${existing.id} is not a ${type.words}`);
    return { row: rows.update(existing, type, decoded), status: 200 };
  }
  if (type.words === 'metric' && decoded.values['value'] === undefined) throw badRequest('metric value is required');
  const byName = ['metric', 'parameter'].includes(type.words)
    ? attached.find((row) => row.type === type && row.name === decoded.name)
    : undefined;
  if (byName !== undefined) return { row: rows.update(byName, type, decoded), status: 200 };
  return { row: rows.create(type, decoded), status: ['model artifact', 'doc artifact'].includes(type.words) ? 201 : 200 };
}

function updateOf(row: Row, body: Record<string, unknown>): DecodedBody {
  const type = artifactTypeOf(body);
  if (type !== row.type) throw badRequest(`mismatched types, artifact with id ${row.id} is not a ${type.words}`);
  return decodeBody(type, body, 'update');
}
