import { type Predictor, predictorImplementations, storageUriOf } from './implementations';
import { type Verdict, verdict } from './verdict';

const keyFormat = /^kbs:\/\/\/[a-zA-Z0-9_.-]+\/[a-zA-Z0-9_.-]+\/[a-zA-Z0-9_.-]+$/;

/** Rules and advice for a predictor whose model files are encrypted. */
export function confidentialVerdict(predictor: Predictor): Verdict {
  const [implementation] = predictorImplementations(predictor);
  if (implementation === undefined || implementation.kind === 'custom' || implementation.kind === 'art') {
    return verdict(undefined);
  }
  const { confidential } = implementation.extension;
  if (confidential?.enabled !== true) return verdict(undefined);
  const uri = storageUriOf(implementation);
  if (uri === undefined) return verdict('confidential model serving requires storageUri to be set');
  const { resourceId = '' } = confidential;
  const refusal =
    resourceId === '' || keyFormat.test(resourceId)
      ? undefined
      : `spec.predictor.confidential.resourceId: Invalid value: "${resourceId}": ` +
        'must be in the format kbs:///<repo>/<type>/<tag>';
  return verdict(refusal, withoutEffect(uri));
}

function withoutEffect(uri: string): readonly string[] {
  if (uri.startsWith('oci://')) {
    return [
      'confidential has no effect with OCI URIs; OCI image decryption is handled by the container runtime via ' +
        'runtimeClassName',
    ];
  }
  if (uri.startsWith('pvc://')) {
    return ['confidential has no effect with PVC URIs; the storage-initializer is not injected for PVC volumes'];
  }
  return [];
}
