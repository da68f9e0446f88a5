import type { V1EnvVar, V1Secret, V1ServiceAccount } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { s3Annotations } from '../../../../definitions/names/serving';
import { entryOf, variableFromSecret } from './secret-data';

type S3Settings = InferenceServiceConfig['credentials']['s3'];

/** A setting of S3 storage: where it may be written. */
interface S3Setting {
  /** Of the variable, and of the entry of a Secret. */
  readonly name: string;
  readonly annotation: string;
  readonly fallback: keyof S3Settings;
}

const useHttps: S3Setting = { name: 'S3_USE_HTTPS', annotation: s3Annotations.useHttps, fallback: 's3UseHttps' };
const endpoint: S3Setting = { name: 'S3_ENDPOINT', annotation: s3Annotations.endpoint, fallback: 's3Endpoint' };

/** Settings that become variables as they are, in their order. */
const plainSettings: readonly S3Setting[] = [
  { name: 'S3_VERIFY_SSL', annotation: s3Annotations.verifySsl, fallback: 's3VerifySSL' },
  {
    name: 'awsAnonymousCredential',
    annotation: s3Annotations.useAnonymousCredential,
    fallback: 's3UseAnonymousCredential',
  },
  { name: 'AWS_DEFAULT_REGION', annotation: s3Annotations.region, fallback: 's3Region' },
  { name: 'S3_USER_VIRTUAL_BUCKET', annotation: s3Annotations.useVirtualBucket, fallback: 's3UseVirtualBucket' },
  { name: 'S3_USE_ACCELERATE', annotation: s3Annotations.useAccelerate, fallback: 's3UseAccelerate' },
  { name: 'AWS_CA_BUNDLE', annotation: s3Annotations.caBundle, fallback: 's3CABundle' },
  { name: 'AWS_CA_BUNDLE_CONFIGMAP', annotation: s3Annotations.caBundleConfigMap, fallback: 's3CABundleConfigMap' },
];

/** Variables for a storage whose access key is in a Secret: the keys by reference, the settings as values. */
export function s3SecretVariables(secret: V1Secret, name: string, settings: S3Settings): readonly V1EnvVar[] {
  const { s3AccessKeyIDName, s3SecretAccessKeyName } = settings;
  return [
    variableFromSecret('AWS_ACCESS_KEY_ID', name, s3AccessKeyIDName),
    variableFromSecret('AWS_SECRET_ACCESS_KEY', name, s3SecretAccessKeyName),
    ...settingVariables(
      ({ name: entry, annotation, fallback }) =>
        secret.metadata?.annotations?.[annotation] ?? entryOf(secret, entry) ?? settings[fallback],
    ),
  ];
}

/** Variables for a storage that a ServiceAccount has access to by its role. */
export function s3AccountVariables({ metadata }: V1ServiceAccount, settings: S3Settings): readonly V1EnvVar[] {
  return settingVariables(({ annotation, fallback }) => metadata?.annotations?.[annotation] ?? settings[fallback]);
}

function settingVariables(valueOf: (setting: S3Setting) => string): readonly V1EnvVar[] {
  return [
    ...endpointVariables(valueOf(endpoint).trim(), valueOf(useHttps)),
    ...plainSettings.flatMap((setting) => variable(setting.name, valueOf(setting))),
  ];
}

/** The scheme of the address comes before the setting; without both it is HTTPS. */
function endpointVariables(address: string, https: string): readonly V1EnvVar[] {
  if (address === '') return [];
  const [, scheme, bare] = /^(https?):\/\/(.*)$/s.exec(address) ?? [];
  if (bare === undefined) {
    return [
      ...variable(useHttps.name, https),
      ...variable(endpoint.name, address),
      ...variable('AWS_ENDPOINT_URL', `${https === '0' ? 'http' : 'https'}://${address}`),
    ];
  }
  return [
    ...variable(useHttps.name, scheme === 'https' ? '1' : '0'),
    ...variable(endpoint.name, bare),
    ...variable('AWS_ENDPOINT_URL', address),
  ];
}

function variable(name: string, value: string): readonly V1EnvVar[] {
  return value === '' ? [] : [{ name, value }];
}
