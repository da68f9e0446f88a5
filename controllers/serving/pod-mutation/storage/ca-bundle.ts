import { posix } from 'node:path';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { caBundleConfigMap, volumeNames } from '../../../../definitions/names/serving';
import { withMounted, type ContainerInPod } from '../container-in-pod';
import { variableOf, withMissingVariables } from '../container-variables';

/** Where certificates are mounted when neither the platform nor the storage says. */
const defaultDirectory = '/etc/ssl/custom-certs';

/**
 * Mounts the certificates to trust: those of the platform, which other namespaces than the manager's have a copy of, or those that the
 * storage's settings name.
 */
export function withCaBundle(
  made: ContainerInPod,
  settings: Pick<InferenceServiceConfig['storageInitializer'], 'caBundleConfigMapName' | 'caBundleVolumeMountPath'>,
  { namespace, managerNamespace }: { readonly namespace: string; readonly managerNamespace: string },
): ContainerInPod {
  const own = variableOf(made.container, 'AWS_CA_BUNDLE_CONFIGMAP')?.value ?? '';
  if (settings.caBundleConfigMapName === '' && own === '') return made;
  const ofPlatform = namespace === managerNamespace ? settings.caBundleConfigMapName : caBundleConfigMap;
  const configMap = own === '' ? ofPlatform : own;
  const file = variableOf(made.container, 'AWS_CA_BUNDLE')?.value ?? '';
  const configured = settings.caBundleVolumeMountPath === '' ? defaultDirectory : settings.caBundleVolumeMountPath;
  const mountPath = posix.isAbsolute(file) ? posix.dirname(file) : configured;
  const container = withMissingVariables(made.container, [
    { name: 'CA_BUNDLE_CONFIGMAP_NAME', value: configMap },
    { name: 'CA_BUNDLE_VOLUME_MOUNT_POINT', value: mountPath },
  ]);
  const volume = { name: volumeNames.caBundle, configMap: { name: configMap } };
  return withMounted({ ...made, container }, { volume, mountPath });
}
