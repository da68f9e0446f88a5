import { entityJson } from './entity-json';
import type { EntityStore } from './entity-store';
import {
  experiment,
  experimentRun,
  inferenceService,
  modelVersion,
  registeredModel,
  serveModel,
  servingEnvironment,
  type EntityType,
  type TopLevelType,
} from './entity-types';
import { findOne } from './find';
import { parseInt32 } from './int32';
import { listOf, type Honoured } from './lists';
import { badRequest } from './refusal';
import { decodeBody, parseBody, type BodySchema, type DecodedBody } from './request-body';
import type { Handler, Reply } from './routes';
import type { Row } from './row';

/** Entity types with find, list, create, get and update of their own. */
const topLevel = [registeredModel, modelVersion, servingEnvironment, inferenceService, experiment, experimentRun];

/** Lists and creates below a parent: the parent, the last segment of the path, the children, the schema of the body. */
const nested: readonly (readonly [TopLevelType, string, EntityType, BodySchema])[] = [
  [registeredModel, 'versions', modelVersion, 'entity'],
  [servingEnvironment, 'inference_services', inferenceService, 'create'],
  [inferenceService, 'serves', serveModel, 'create'],
  [experiment, 'experiment_runs', experimentRun, 'entity'],
];

/**
 * Routes of everything but artifacts.
 *
 * @param honoured which parameters the list of a type honours, the one at the top and the ones below a parent
 */
export function entityRoutes(store: EntityStore, honoured: (type: EntityType) => Honoured): [string, Handler][] {
  return [
    ...topLevel.flatMap((type) => ownRoutes(store, type, honoured(type).filter)),
    ...nested.flatMap(([parent, segment, type, schema]) =>
      nestedRoutes(store, parent, segment, type, schema, honoured(type)),
    ),
  ];
}

const decode = (type: EntityType, body: string, schema: BodySchema): DecodedBody =>
  decodeBody(type, parseBody(body), schema);
const answer = (status: 200 | 201, row: Row): Reply => ({ status, body: entityJson(row) });

function ownRoutes(store: EntityStore, type: TopLevelType, filter: boolean): [string, Handler][] {
  const { singular, plural } = type;
  return [
    [`GET /${singular}`, ({ query }) => answer(200, findOne(type, store.of(type), query))],
    [
      `GET /${plural}`,
      ({ query }) => ({ status: 200, body: listOf(store.of(type), [type], query, { filter, names: false }) }),
    ],
    [
      `POST /${plural}`,
      ({ body }) => {
        const decoded = decode(type, body, 'create');
        return answer(201, create(store, type, decoded, String(decoded.values[type.parent?.member ?? ''] ?? '')));
      },
    ],
    [`GET /${plural}/{id}`, ({ id }) => answer(200, store.get(id, type))],
    [
      `PATCH /${plural}/{id}`,
      ({ id, body }) => {
        const decoded = decode(type, body, 'update');
        return answer(200, store.update(store.get(id, type), type, decoded));
      },
    ],
  ];
}

function nestedRoutes(
  store: EntityStore,
  parent: TopLevelType,
  segment: string,
  type: EntityType,
  schema: BodySchema,
  honoured: Honoured,
): [string, Handler][] {
  const path = `/${parent.plural}/{id}/${segment}`;
  return [
    [
      `GET ${path}`,
      ({ id, query }) => {
        // A parent that does not exist has an empty list.
        const parentId = parseInt32(`${parent.title} ID`, id);
        const below = store.of(type).filter((row) => row.parentId === parentId);
        return { status: 200, body: listOf(below, [type], query, honoured) };
      },
    ],
    [
      `POST ${path}`,
      ({ id, body }) => {
        const decoded = decode(type, body, schema);
        // Still 201, though nothing is created.
        if (decoded.id !== undefined) return answer(201, store.update(store.get(decoded.id, type), type, decoded));
        return answer(201, create(store, type, decoded, id));
      },
    ],
  ];
}

/** @param parent id of the parent as text, from the path or the body; entities without parent don't look at it */
function create(store: EntityStore, type: EntityType, body: DecodedBody, parent: string): Row {
  if (type.parent === undefined) return store.create(type, body);
  const { member, type: parentType, checked } = type.parent;
  const parentId = checked ? store.get(parent, parentType()).id : parseInt32(member, parent);
  if (type.kind === 'ServeModel') requireServable(store.get(String(body.values['modelVersionId']), modelVersion));
  // The path's id wins over the body's, which has to be there all the same.
  return store.create(type, body, {
    parentId,
    ...(member in type.members ? { values: { [member]: String(parentId) } } : {}),
  });
}

/** The server does not serve models that Hugging Face gives only to some. */
function requireServable({ name, customProperties }: Row): void {
  const text = (property: string) => {
    const value = customProperties[property];
    return value?.metadataType === 'MetadataStringValue' ? value.string_value : '';
  };
  if (!['', 'false'].includes(text('hf_gated'))) throw badRequest(`cannot deploy gated HuggingFace model: ${name}`);
  if (text('hf_private') === 'true') throw badRequest(`cannot deploy private HuggingFace model: ${name}`);
}
