import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { ApiConnectionError, ApiError } from '../../../controllers/runtime/api-error';
import { step, type Happening, type ReflectorState, type Step } from '../../../controllers/runtime/reflector-state';
import { storedObject } from './stored-object';

type State = ReflectorState<KubernetesObject>;

const a = storedObject('a', '1');
const b = storedObject('b', '2');
const empty: State = { phase: 'Empty' };
const listing: State = { phase: 'Listing', continue: 'token', objects: [a] };
const listed: State = { phase: 'Listed', resourceVersion: '10' };
const watching: State = { phase: 'Watching', resourceVersion: '10' };

const cut = new ApiConnectionError('watching services', 'other side closed');
const expired = new ApiError('listing services', { code: 410, reason: 'Expired' });
const absent = new ApiError('listing services', { code: 404 });
const overloaded = new ApiError('listing services', { code: 429, retryAfterSeconds: 3 });

const failed = (error: unknown): Happening<KubernetesObject> => ({ type: 'failed', error });
const page = (objects: KubernetesObject[], next?: string): Happening<KubernetesObject> => ({
  type: 'page',
  page: { metadata: { resourceVersion: '10', ...(next === undefined ? {} : { continue: next }) }, items: objects },
});

const cases: readonly [string, State, Happening<KubernetesObject>, Step<KubernetesObject>][] = [
  ['a first page of several is kept aside', empty, page([a], 'token'), { state: listing }],
  [
    'the last page replaces the store with all of them',
    listing,
    page([b]),
    { state: listed, change: { type: 'replace', objects: [a, b] } },
  ],
  [
    'an empty list replaces the store too',
    empty,
    page([], ''),
    { state: listed, change: { type: 'replace', objects: [] } },
  ],
  ['a page that failed is asked for again', listing, failed(cut), { state: listing, failure: cut }],
  ['a page whose token is too old starts the list anew', listing, failed(expired), { state: empty, failure: expired }],
  ['a list of a kind the API does not have waits', empty, failed(absent), { state: empty, failure: absent }],
  ['a refused list waits', empty, failed(overloaded), { state: empty, failure: overloaded }],
  ['a watch that is open is watched', listed, { type: 'opened' }, { state: watching }],
  [
    'a watch that did not open is tried again from the same version',
    listed,
    failed(cut),
    { state: listed, failure: cut, watchEnd: 'error' },
  ],
  [
    'a watch from a version too old leads to a new list',
    listed,
    failed(expired),
    { state: empty, failure: expired, watchEnd: 'expired' },
  ],
  [
    'a new object goes to the store and its version is remembered',
    watching,
    { type: 'event', event: { type: 'ADDED', object: storedObject('c', '11') } },
    { state: { ...watching, resourceVersion: '11' }, change: { type: 'upsert', object: storedObject('c', '11') } },
  ],
  [
    'a deleted object leaves the store',
    watching,
    { type: 'event', event: { type: 'DELETED', object: storedObject('a', '12') } },
    { state: { ...watching, resourceVersion: '12' }, change: { type: 'remove', object: storedObject('a', '12') } },
  ],
  [
    'a bookmark moves the version only',
    watching,
    { type: 'event', event: { type: 'BOOKMARK', resourceVersion: '99' } },
    { state: { ...watching, resourceVersion: '99' } },
  ],
  ['a clean end resumes at once', watching, { type: 'closed', early: false }, { state: listed, watchEnd: 'closed' }],
  [
    'a clean end that comes at once waits',
    watching,
    { type: 'closed', early: true },
    { state: listed, watchEnd: 'closed', failure: new Error('watch was closed at once') },
  ],
  ['a silent watch resumes at once', watching, { type: 'idle' }, { state: listed, watchEnd: 'idle' }],
  ['a cut watch waits and resumes', watching, failed(cut), { state: listed, failure: cut, watchEnd: 'error' }],
  ['a vanished kind is listed anew', watching, failed(absent), { state: empty, failure: absent, watchEnd: 'error' }],
];

it.each(cases)('%s', (_, state, happening, expected) => {
  expect(step(state, happening)).toEqual(expected);
});

it('lists anew when the server says in the stream that the version is too old', () => {
  const event = {
    type: 'ERROR',
    status: { code: 410, reason: 'Expired', message: 'too old resource version' },
  } as const;
  const outcome = step(watching, { type: 'event', event });
  expect(outcome.state).toEqual(empty);
  expect(outcome.watchEnd).toBe('expired');
  expect(outcome.failure).toMatchObject({ status: 410 });
});

it('resumes when the server reports another error in the stream', () => {
  const event = { type: 'ERROR', status: { code: 500, reason: 'InternalError' } } as const;
  expect(step(watching, { type: 'event', event })).toMatchObject({ state: listed, watchEnd: 'error' });
});

it('never replaces the store by a list without version', () => {
  const happening: Happening<KubernetesObject> = { type: 'page', page: { metadata: {}, items: [a] } };
  expect(step(empty, happening)).toEqual({ state: empty, failure: new Error('list without resource version') });
});
