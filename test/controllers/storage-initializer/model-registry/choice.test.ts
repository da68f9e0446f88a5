import { latestVersion, newestModelArtifact } from '../../../../controllers/storage-initializer/model-registry/choice';
import { artifactSchema, modelVersionSchema } from '../../../../controllers/model-registry/answers';

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

const versions = (...items: readonly object[]) =>
  latestVersion(stream(items.map((item) => modelVersionSchema.parse(item))));
const artifacts = (...items: readonly object[]) =>
  newestModelArtifact(stream(items.map((item) => artifactSchema.parse(item))));

describe('the latest version', () => {
  it('is the one made last, whatever its id (SI-07)', async () => {
    const { found } = await versions(
      { id: '1', createTimeSinceEpoch: '200' },
      { id: '3', createTimeSinceEpoch: '300' },
      { id: '9', createTimeSinceEpoch: '100' },
    );
    expect(found?.id).toBe('3');
  });

  it('is of those made in the same millisecond the one with the highest id, as a number (SI-07)', async () => {
    const { found } = await versions(
      { id: '9', createTimeSinceEpoch: '100' },
      { id: '10', createTimeSinceEpoch: '100' },
      { id: '2', createTimeSinceEpoch: '100' },
    );
    expect(found?.id).toBe('10');
  });

  it('is never an archived one; when all are, their names are told, of many the first (SI-07)', async () => {
    const live = { id: '1', name: 'v1', state: 'LIVE', createTimeSinceEpoch: '100' };
    const archived = { id: '2', name: 'v2', state: 'ARCHIVED', createTimeSinceEpoch: '200' };
    expect((await versions(live, archived)).found?.id).toBe('1');
    expect(await versions(archived)).toEqual({ found: undefined, archived: ['v2'], more: 0 });
    const many = Array.from({ length: 8 }, (_, index) => ({ id: String(index), name: `v${index}`, state: 'ARCHIVED' }));
    expect(await versions(...many)).toEqual({
      found: undefined,
      archived: ['v0', 'v1', 'v2', 'v3', 'v4'],
      more: 3,
    });
    expect(await versions()).toEqual({ found: undefined, archived: [], more: 0 });
  });
});

describe('the model artifact', () => {
  const model = { id: '1', artifactType: 'model-artifact', state: 'LIVE', createTimeSinceEpoch: '100' };

  it.each(['doc-artifact', 'dataset-artifact', 'metric', 'parameter'])(
    'is not hidden by a newer %s (SI-08)',
    async (artifactType) => {
      expect((await artifacts(model, { id: '2', artifactType, createTimeSinceEpoch: '200' }))?.id).toBe('1');
    },
  );

  it.each(['DELETED', 'MARKED_FOR_DELETION', 'ABANDONED'])('is none that is %s (SI-08)', async (state) => {
    expect((await artifacts(model, { ...model, id: '2', state, createTimeSinceEpoch: '200' }))?.id).toBe('1');
    expect(await artifacts({ ...model, state })).toBeUndefined();
  });

  it.each(['UNKNOWN', 'PENDING', 'LIVE', 'REFERENCE', null])('may be in state %s (SI-08)', async (state) => {
    expect((await artifacts({ ...model, state }))?.id).toBe('1');
  });

  it('is the newest of several', async () => {
    expect((await artifacts(model, { ...model, id: '2', createTimeSinceEpoch: '200' }))?.id).toBe('2');
  });
});
