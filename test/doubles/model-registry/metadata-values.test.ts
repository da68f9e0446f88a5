import { RegistryUnderTest, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

const base64 = (text: string) => Buffer.from(text).toString('base64');

const create = (value: unknown) =>
  registry.call('POST', '/serving_environments', { name: unique('environment'), customProperties: { key: value } });

test.each([
  ['a string', { metadataType: 'MetadataStringValue', string_value: 'x' }],
  ['an empty string', { metadataType: 'MetadataStringValue', string_value: '' }],
  ['a whole number', { metadataType: 'MetadataIntValue', int_value: '-42' }],
  ['the smallest whole number', { metadataType: 'MetadataIntValue', int_value: '-2147483648' }],
  ['a number', { metadataType: 'MetadataDoubleValue', double_value: 0.25 }],
  ['a truth value', { metadataType: 'MetadataBoolValue', bool_value: true }],
])('%s comes back as it was: %j', async (_, value) => {
  const answer = await create(value);
  expect(answer.status).toBe(201);
  expect(answer.body).toHaveProperty('customProperties', { key: value });
});

test.each([
  [
    'a struct',
    { metadataType: 'MetadataStructValue', struct_value: base64('{"a":[1]}') },
    { struct_value: '{"a":[1]}' },
  ],
  ['a string without its value', { metadataType: 'MetadataStringValue' }, { string_value: '' }],
  ['a number without its value', { metadataType: 'MetadataDoubleValue' }, { double_value: 0 }],
  ['a truth value without its value', { metadataType: 'MetadataBoolValue' }, { bool_value: false }],
])('%s comes back changed: %j becomes %j', async (_, value, stored) => {
  const answer = await create(value);
  expect(answer.status).toBe(201);
  expect(answer.body).toHaveProperty('customProperties', { key: { metadataType: value.metadataType, ...stored } });
});

test('a string that begins like a stored struct comes back as a struct', async () => {
  const answer = await create({ metadataType: 'MetadataStringValue', string_value: 'mlmd-struct::{"a":1}' });
  expect(answer.body).toMatchObject({ customProperties: { key: { metadataType: 'MetadataStructValue' } } });
});

test('members that the tag does not ask for are ignored', async () => {
  const answer = await create({ metadataType: 'MetadataIntValue', int_value: '1', string_value: 'x', extra: [] });
  expect(answer.body).toHaveProperty('customProperties', { key: { metadataType: 'MetadataIntValue', int_value: '1' } });
});

test.each([
  ['no tag', { string_value: 'x' }],
  ['an unknown tag', { metadataType: 'MetadataTextValue', string_value: 'x' }],
  ['a protobuf message', { metadataType: 'MetadataProtoValue', type: 'a.B', proto_value: 'AA==' }],
])('%s is refused as untagged', async (_, value) => {
  const answer = await create(value);
  expect(answer).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  expect(answer.body).toMatchObject({ message: expect.stringContaining('metadataType not found for key') as string });
});

test.each([
  ['a whole number without its value', { metadataType: 'MetadataIntValue' }],
  ['a whole number as JSON number', { metadataType: 'MetadataIntValue', int_value: 42 }],
  ['a whole number out of range', { metadataType: 'MetadataIntValue', int_value: '2147483648' }],
  ['a struct without its value', { metadataType: 'MetadataStructValue' }],
  ['a struct as plain JSON', { metadataType: 'MetadataStructValue', struct_value: '{"a":1}' }],
  ['a struct that is a list', { metadataType: 'MetadataStructValue', struct_value: base64('[1]') }],
  ['a string value that is a number', { metadataType: 'MetadataStringValue', string_value: 5 }],
])('%s is refused', async (_, value) => {
  expect(await create(value)).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
});
