import { difference, retirement } from '../../../controllers/registry-sync/difference';
import type { DesiredRecord } from '../../../controllers/registry-sync/desired';
import { inferenceServiceRecordSchema, type InferenceServiceRecord } from '../../../controllers/model-registry/answers';

const desired: DesiredRecord = {
  name: 'iris/uid-1',
  environment: 'ml-models',
  desiredState: 'DEPLOYED',
  keepsUndeployed: false,
};
const string = (value: string) => ({ metadataType: 'MetadataStringValue', string_value: value });
const record = (members: object = {}): InferenceServiceRecord =>
  inferenceServiceRecordSchema.parse({ id: '3', desiredState: 'DEPLOYED', ...members });

describe('the difference between a record and what it should be', () => {
  it('is nothing when they agree', () => {
    expect(difference(record(), desired)).toBeUndefined();
  });

  it.each([
    ['appears', {}, 'https://a', { url: string('https://a') }],
    ['changes', { url: string('https://a') }, 'https://b', { url: string('https://b') }],
    ['goes', { url: string('https://a') }, undefined, {}],
    [
      'has another type',
      { url: { metadataType: 'MetadataIntValue', int_value: '1' } },
      'https://a',
      { url: string('https://a') },
    ],
  ])('is the whole property map when the URL %s', (_, customProperties, url, expected) => {
    const wanted = url === undefined ? desired : { ...desired, url };
    expect(difference(record({ customProperties }), wanted)).toEqual({
      desiredState: 'DEPLOYED',
      customProperties: expected,
    });
  });

  it('is nothing when the URL is empty on one side and absent on the other', () => {
    expect(difference(record({ customProperties: { url: string('') } }), desired)).toBeUndefined();
  });

  it('is nothing when the record has the URL in the legacy notation', () => {
    const customProperties = { url: { string_value: 'https://a' } };
    expect(difference(record({ customProperties }), { ...desired, url: 'https://a' })).toBeUndefined();
  });

  it('keeps the properties of others and encodes struct values again', () => {
    const customProperties = {
      owner: string('ann'),
      card: { metadataType: 'MetadataStructValue', struct_value: '{"a":1}' },
    };
    expect(difference(record({ customProperties }), { ...desired, url: 'https://a' })?.customProperties).toEqual({
      owner: string('ann'),
      card: { metadataType: 'MetadataStructValue', struct_value: Buffer.from('{"a":1}').toString('base64') },
      url: string('https://a'),
    });
  });

  it('names the desired state in every change', () => {
    const changed = difference(record({ runtime: 'old' }), { ...desired, runtime: 'new', modelVersionId: '2' });
    expect(changed).toEqual({ desiredState: 'DEPLOYED', runtime: 'new', modelVersionId: '2' });
  });

  it('is the desired state alone when only that differs', () => {
    expect(difference(record({ desiredState: 'UNDEPLOYED' }), desired)).toEqual({ desiredState: 'DEPLOYED' });
  });

  it('leaves runtime and version alone when nothing says what they should be', () => {
    expect(difference(record({ runtime: 'kserve-ovms', modelVersionId: '4' }), desired)).toBeUndefined();
  });
});

describe('the retirement of a record', () => {
  it('is the state and nothing else', () => {
    expect(retirement(record())).toEqual({ desiredState: 'UNDEPLOYED' });
  });

  it('is nothing for a retired record', () => {
    expect(retirement(record({ desiredState: 'UNDEPLOYED' }))).toBeUndefined();
  });
});
