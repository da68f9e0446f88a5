import { parseChallenge } from '../../../../../controllers/storage-initializer/sources/oci/challenge';

test('a Bearer challenge names realm, service and scope', () => {
  const field = 'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"';
  expect(parseChallenge(field)).toEqual({
    scheme: 'bearer',
    realm: 'https://auth.example/token',
    service: 'registry.example',
    scope: 'repository:a/b:pull,push',
  });
});

test('service and scope may be missing, names are in any case, values unquoted', () => {
  expect(parseChallenge('bearer Realm=https://auth.example/token')).toEqual({
    scheme: 'bearer',
    realm: 'https://auth.example/token',
  });
});

test('a Basic challenge is understood', () => {
  expect(parseChallenge('Basic realm="test registry"')).toEqual({ scheme: 'basic' });
});

test.each([
  ['in one field', 'Basic realm="a, b", Bearer realm="https://auth.example/token"'],
  ['in two fields', ['Basic realm="a"', 'Bearer realm="https://auth.example/token"']],
])('of two challenges %s the one for a token is taken', (_, field) => {
  expect(parseChallenge(field)).toEqual({ scheme: 'bearer', realm: 'https://auth.example/token' });
});

test.each([[undefined], ['Negotiate'], ['Bearer'], ['']])('%p is no challenge that can be answered', (field) => {
  expect(parseChallenge(field)).toBeUndefined();
});
