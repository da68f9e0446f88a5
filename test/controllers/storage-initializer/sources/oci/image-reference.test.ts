import { parseImageReference } from '../../../../../controllers/storage-initializer/sources/oci/image-reference';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['oci://quay.io/models/iris:v1', 'quay.io', 'quay.io', 'models/iris', 'v1'],
  ['oci://quay.io/models/iris', 'quay.io', 'quay.io', 'models/iris', 'latest'],
  ['oci://localhost/iris:v1', 'localhost', 'localhost', 'iris', 'v1'],
  ['oci://registry:5000/iris', 'registry:5000', 'registry:5000', 'iris', 'latest'],
  ['oci://[::1]:5000/iris:v1', '[::1]:5000', '[::1]:5000', 'iris', 'v1'],
  ['oci://iris', 'docker.io', 'registry-1.docker.io', 'library/iris', 'latest'],
  ['oci://team/iris:v1', 'docker.io', 'registry-1.docker.io', 'team/iris', 'v1'],
  ['oci://docker.io/iris:v1', 'docker.io', 'registry-1.docker.io', 'library/iris', 'v1'],
  ['oci://index.docker.io/team/iris', 'docker.io', 'registry-1.docker.io', 'team/iris', 'latest'],
  [`oci://quay.io/models/iris@${digest}`, 'quay.io', 'quay.io', 'models/iris', digest],
  [`oci://quay.io/models/iris:v1@${digest}`, 'quay.io', 'quay.io', 'models/iris', digest],
])('%s is an image of %s', (uri, registry, host, repository, reference) => {
  expect(parseImageReference(uri)).toMatchObject({ registry, host, repository, reference });
});

test.each([
  ['oci://', 'is no repository'],
  ['oci://quay.io/', 'is no repository'],
  ['oci://quay.io/Models/iris', 'is no repository'],
  ['oci://quay.io/models/../iris', 'is no repository'],
  ['oci://quay.io/models/iris:', 'is no tag'],
  ['oci://quay.io/models/iris:a/b', 'is no tag'],
  ['oci://quay.io/models/iris@sha256:abc', 'is no digest'],
  [`oci://quay.io/models/iris@${digest}@${digest}`, 'more than one digest'],
  ['oci://quay.io?x=.y/iris', 'is no registry'],
])('%s is refused: it %s', (uri, why) => {
  expect(() => parseImageReference(uri)).toThrow(why);
});

test('a password that someone put into the URI is in no message (SD-12)', () => {
  const failure = () => parseImageReference('oci://user:s3cret@quay.io/iris');
  expect(failure).toThrow(/^OCI error: oci:\/\/quay.io\/iris: /);
  expect(failure).not.toThrow(/s3cret/);
});
