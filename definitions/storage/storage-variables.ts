import type { StorageProtocol } from './storage-kinds';

/** A variable that the storage initializer reads. */
export interface StorageVariable {
  readonly name: string;
  /** Which part of the program reads it. */
  readonly of: 'every URI' | 'model-registry://' | StorageProtocol;
  /** What it means; for the table of the guide. */
  readonly about: string;
  readonly default?: string;
  /** It brings a credential, alone or with others: KServe sets it from a Secret. */
  readonly credential?: true;
  /** Its value is secret: it is never written into a manifest. */
  readonly secret?: true;
}

const of = (
  part: StorageVariable['of'],
  variables: readonly (readonly [name: string, about: string, more?: Omit<StorageVariable, 'name' | 'of' | 'about'>])[],
): readonly StorageVariable[] => variables.map(([name, about, more = {}]) => ({ name, of: part, about, ...more }));

/**
 * Every variable of the storage initializer, by the part that reads it: the container that a manifest renders can have no other, the
 * guide's table is made of it, and a message about refused access names those that are not set.
 *
 * Source: KServe's initializer and the Model Registry's one; names that neither has are ours.
 */
export const storageVariables: readonly StorageVariable[] = [
  ...of('every URI', [
    ['STORAGE_ALLOW_PATTERNS', 'files to fetch: shell patterns on the path, as JSON array or with commas'],
    ['STORAGE_IGNORE_PATTERNS', 'files to leave out, after those to fetch'],
    [
      'STORAGE_FILE_CONCURRENCY',
      "files at a time from `gs://`, 1 to 64; other storage has variables of its own, or its clients' number",
      { default: '4' },
    ],
    ['STORAGE_ARCHIVE_MAX_BYTES', 'most bytes that come out of an archive', { default: '1 TiB' }],
    ['STORAGE_ARCHIVE_MAX_ENTRIES', 'most entries of an archive', { default: '1000000' }],
    [
      'STORAGE_ARCHIVE_MAX_RATIO',
      'most bytes that come out for each that goes in, from 100 MiB on',
      { default: '200' },
    ],
    [
      'STORAGE_RANGE_CONCURRENCY',
      'ranges of one large file at a time, 1 to 64; Azure has a variable of its own',
      { default: '4' },
    ],
    ['STORAGE_CONFIG', "entry of KServe's storage secret, as JSON", { credential: true, secret: true }],
    ['STORAGE_OVERRIDE_CONFIG', 'members that replace those of STORAGE_CONFIG', { secret: true }],
    ['CA_BUNDLE_CONFIGMAP_NAME', 'ConfigMap with authorities that are trusted in addition'],
    [
      'CA_BUNDLE_VOLUME_MOUNT_POINT',
      'where it is mounted, with the file cabundle.crt',
      { default: '/etc/ssl/custom-certs' },
    ],
    ['REQUESTS_CA_BUNDLE', 'file with authorities that are trusted in addition'],
    ['SSL_CERT_FILE', 'the same, by the name that OpenSSL has for it'],
    ['HTTP_PROXY', 'proxy for http://, also in lower case'],
    ['HTTPS_PROXY', 'proxy for https://, also in lower case'],
    ['ALL_PROXY', 'proxy for both, also in lower case'],
    ['NO_PROXY', 'hosts without proxy, also in lower case'],
    ['HOME', 'where `.aws`, `.config/gcloud` and `.cache/huggingface` are looked for'],
    ['XDG_CACHE_HOME', 'directory of caches instead of `.cache` in HOME: `huggingface/token` is there'],
    ['TMPDIR', 'directory for the files of an HDFS storage specification', { default: '/tmp, else the destination' }],
    ['HOSTNAME', "name of the pod, which Kubernetes sets: the pod's own leftovers are gone on with"],
    ['CONFIDENTIAL_ENABLED', 'true: decrypt files that are encrypted with JWE', { default: 'false' }],
    ['CONFIDENTIAL_RESOURCE_ID', 'their key, as kbs:///REPOSITORY/TYPE/TAG'],
    ['CDH_ADDR', 'address of the Confidential Data Hub', { default: 'http://127.0.0.1:8006' }],
  ]),
  ...of('model-registry://', [
    ['MODEL_REGISTRY_BASE_URL', 'host[:port] of the default registry', { default: 'localhost:8080' }],
    ['MODEL_REGISTRY_SCHEME', 'http or https, for every registry', { default: 'http' }],
    [
      'MODEL_REGISTRY_SERVICE_NAME',
      'Service of a registry that is named by its namespace',
      { default: 'model-registry-service' },
    ],
    ['MODEL_REGISTRY_CLUSTER_DOMAIN', 'end of the host name of such a Service', { default: 'svc.cluster.local' }],
    ['MODEL_REGISTRY_NAMESPACE', 'namespace of the registry when a URI names neither host nor namespace'],
    [
      'MODEL_REGISTRY_HOSTS',
      'hosts of registries, with commas: names without a dot that are hosts, and hosts that get the token',
    ],
    [
      'MODEL_REGISTRY_PROBE_HOSTS',
      'true: ask whether the first part of NAME/NAME is a registry, as upstream does',
      { default: 'false' },
    ],
    [
      'MODEL_REGISTRY_ALLOW_ARCHIVED',
      'true: serve archived models and versions that a URI names',
      { default: 'false' },
    ],
    ['MODEL_REGISTRY_TOKEN_FILE', 'file with a bearer token, read for each request'],
    [
      'MODEL_REGISTRY_USE_SERVICE_ACCOUNT_TOKEN',
      "true: send the token of the pod's ServiceAccount",
      { default: 'false' },
    ],
    ['MODEL_REGISTRY_CA_FILE', 'PEM file with authorities that are trusted in addition'],
    ['MODEL_REGISTRY_CONNECT_TIMEOUT', 'seconds to connect', { default: '5' }],
    ['MODEL_REGISTRY_REQUEST_TIMEOUT', 'seconds until an answer is there', { default: '15' }],
    ['MODEL_REGISTRY_MAX_ATTEMPTS', 'tries of one request', { default: '3' }],
    [
      'SLIPWAY_SERVICE_ACCOUNT_DIRECTORY',
      "directory of the ServiceAccount's token",
      { default: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
  ]),
  ...of('S3', [
    ['AWS_ACCESS_KEY_ID', 'access key', { credential: true }],
    ['AWS_SECRET_ACCESS_KEY', 'its secret', { credential: true, secret: true }],
    ['AWS_SESSION_TOKEN', 'its session', { secret: true }],
    ['AWS_ROLE_ARN', 'role for web identity', { credential: true }],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', 'token for web identity', { credential: true }],
    ['AWS_ROLE_SESSION_NAME', 'name of the session of a role', { default: 'slipway-storage-initializer' }],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'where EKS pod identity gives out credentials', { credential: true }],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'the same on ECS', { credential: true }],
    ['AWS_CONTAINER_AUTHORIZATION_TOKEN', 'token for it', { secret: true }],
    ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'file with the token for it'],
    ['AWS_PROFILE', 'profile of the two files', { default: 'default', credential: true }],
    ['AWS_DEFAULT_PROFILE', 'older name of AWS_PROFILE'],
    ['AWS_CONFIG_FILE', 'configuration file', { default: 'HOME/.aws/config' }],
    ['AWS_SHARED_CREDENTIALS_FILE', 'credentials file', { default: 'HOME/.aws/credentials', credential: true }],
    ['AWS_EC2_METADATA_DISABLED', 'true: do not ask the metadata of the instance', { default: 'false' }],
    [
      'AWS_EC2_METADATA_SERVICE_ENDPOINT',
      'address of the metadata of the instance',
      { default: 'http://169.254.169.254' },
    ],
    ['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'IPv4 or IPv6', { default: 'IPv4' }],
    ['AWS_STS_REGIONAL_ENDPOINTS', 'regional or legacy: endpoint of the token service', { default: 'regional' }],
    ['AWS_USE_DUALSTACK_ENDPOINT', 'true: endpoints with IPv6', { default: 'false' }],
    ['AWS_USE_FIPS_ENDPOINT', 'true: endpoints that are validated by FIPS 140', { default: 'false' }],
    ['AWS_ENDPOINT_URL', 'endpoint with scheme', { default: "AWS's" }],
    ['AWS_ENDPOINT_URL_S3', 'the same, for S3 only'],
    ['AWS_ENDPOINT_URL_STS', 'endpoint of the token service', { default: "AWS's" }],
    ['AWS_DEFAULT_REGION', 'region', { default: "the profile's" }],
    ['AWS_REGION', 'region, before AWS_DEFAULT_REGION', { default: 'us-east-1, then what AWS says' }],
    ['AWS_CA_BUNDLE', 'PEM file with authorities, which must be there; before the ConfigMap'],
    ['awsAnonymousCredential', 'true: no signature', { default: 'false' }],
    ['S3_USER_VIRTUAL_BUCKET', 'true: bucket in the host name; false: in the path', { default: 'by endpoint' }],
    ['S3_USE_ACCELERATE', 'true: transfer acceleration', { default: 'false' }],
    ['S3_VERIFY_SSL', '0 or false: the certificate of the bucket is not verified', { default: 'verified' }],
    ['S3_CONNECT_TIMEOUT', 'seconds to connect', { default: '15' }],
    ['S3_READ_TIMEOUT', 'seconds without a byte', { default: '30' }],
    ['S3_MAX_ATTEMPTS', 'tries of one request', { default: '3' }],
    ['S3_MAX_FILE_CONCURRENCY', 'files at a time', { default: '4' }],
    // Set by KServe's webhook beside AWS_ENDPOINT_URL.
    ['S3_ENDPOINT', 'used when AWS_ENDPOINT_URL is not set; KServe sets both'],
    ['S3_USE_HTTPS', '0: `http://` for an S3_ENDPOINT without scheme', { default: '1' }],
  ]),
  ...of('GCS', [
    [
      'GOOGLE_APPLICATION_CREDENTIALS',
      'file with the credentials of an account or of workload identity',
      { credential: true },
    ],
    [
      'API_ENDPOINT_OVERRIDE',
      "address of the storage instead of Google's",
      { default: 'https://storage.googleapis.com' },
    ],
    ['CLOUDSDK_CONFIG', 'directory with the credentials of gcloud', { default: 'HOME/.config/gcloud' }],
    ['GOOGLE_CLOUD_QUOTA_PROJECT', 'project that pays', { default: "the credentials'" }],
    ['GCE_METADATA_ROOT', 'older name of GCE_METADATA_HOST'],
    ['NO_GCE_CHECK', 'true: do not ask the metadata server', { default: 'false' }],
    ['STORAGE_EMULATOR_HOST', 'address of an emulator, which gets no credentials'],
    ['GCE_METADATA_HOST', 'address of the metadata server', { default: '169.254.169.254' }],
  ]),
  ...of('Azure', [
    ['AZURE_TENANT_ID', 'tenant of the service principal'],
    ['AZURE_CLIENT_ID', 'service principal or workload identity', { credential: true }],
    ['AZURE_CLIENT_SECRET', 'its secret', { credential: true, secret: true }],
    ['AZURE_FEDERATED_TOKEN_FILE', 'token for workload identity', { credential: true }],
    ['AZURE_AUTHORITY_HOST', 'where tokens are got', { default: 'https://login.microsoftonline.com' }],
    ['AZ_TENANT_ID', 'older name of AZURE_TENANT_ID'],
    ['AZ_CLIENT_ID', 'older name of AZURE_CLIENT_ID', { credential: true }],
    ['AZ_CLIENT_SECRET', 'older name of AZURE_CLIENT_SECRET', { credential: true, secret: true }],
    ['AZURE_ACCESS_TOKEN', 'a bearer token for blobs', { credential: true, secret: true }],
    ['AZURE_STORAGE_ACCESS_KEY', 'shared key of the account', { credential: true, secret: true }],
    [
      'AZURE_POD_IDENTITY_AUTHORITY_HOST',
      'address of the metadata server, for managed identities',
      { default: 'http://169.254.169.254' },
    ],
    ['AZURE_STORAGE_BLOB_ENDPOINT', 'address of the blobs instead of the one in the URI'],
    ['AZURE_STORAGE_FILE_ENDPOINT', 'address of the shares instead of the one in the URI'],
    ['STORAGE_AZURE_FILE_RELATIVE_PATHS', 'true: files of a share are below the path of the URI', { default: 'false' }],
    ['AZURE_MAX_FILE_CONCURRENCY', 'files at a time', { default: '4' }],
    ['AZURE_MAX_CHUNK_CONCURRENCY', 'ranges of a file at a time', { default: '4' }],
  ]),
  ...of('HTTP', [
    [
      'STORAGE_HTTP_DENY_LOCAL',
      'true: addresses of the pod itself and link-local ones are refused',
      { default: 'false' },
    ],
  ]),
  ...of('HDFS', [
    [
      'HDFS_SECRET_DIR',
      'directory with the files of the Secret',
      { default: '/var/secrets/kserve-hdfscreds', credential: true },
    ],
  ]),
  ...of('HuggingFace', [
    ['HF_TOKEN', 'access token', { credential: true, secret: true }],
    ['HUGGING_FACE_HUB_TOKEN', 'older name of HF_TOKEN', { credential: true, secret: true }],
    ['HF_TOKEN_PATH', 'file with the token', { default: 'HF_HOME/token', credential: true }],
    ['HF_HOME', 'directory with the file of the token', { default: 'HOME/.cache/huggingface' }],
    ['HF_HUB_DISABLE_IMPLICIT_TOKEN', '1: the file with the token is not read', { default: '0' }],
    ['TRANSFORMERS_OFFLINE', 'older name of HF_HUB_OFFLINE'],
    ['HF_ENDPOINT', 'address of the hub', { default: 'https://huggingface.co' }],
    ['HF_HUB_OFFLINE', '1: refuse, since nothing is cached', { default: '0' }],
    // Set by KServe's webhook for the client library in Python.
    ['HF_HUB_ENABLE_HF_TRANSFER', 'not read'],
    ['HF_XET_HIGH_PERFORMANCE', 'not read'],
    ['HF_XET_NUM_CONCURRENT_RANGE_GETS', 'not read'],
  ]),
  ...of('ModelScope', [
    ['MODELSCOPE_API_TOKEN', 'access token', { credential: true, secret: true }],
    ['MODELSCOPE_DOMAIN', 'older name of MODELSCOPE_ENDPOINT; a host will do'],
    ['MODELSCOPE_ENDPOINT', 'address of the hub', { default: 'https://modelscope.cn' }],
  ]),
  ...of('OCI', [
    ['KSERVE_OCI_DOCKER_CONFIG', 'docker config', { default: '/mnt/oci-fetch-auth/config.json', credential: true }],
    ['KSERVE_OCI_INSECURE_REGISTRY', '1, true, yes: certificates are not verified', { default: 'false' }],
  ]),
  ...of('Git', [
    ['GIT_USERNAME', 'user', { credential: true }],
    ['GIT_PASSWORD', 'password or token', { credential: true, secret: true }],
  ]),
];

/** Name of the variable with the header fields for a host: `models.example.com-headers`, with JSON in it. */
const headersVariable = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?-headers$/i;

/** The variable of a name; `undefined` when the storage initializer reads none of that name. */
export function storageVariable(name: string): StorageVariable | undefined {
  if (headersVariable.test(name)) {
    return { name, of: 'HTTP', about: 'header fields for this host, as JSON', credential: true, secret: true };
  }
  const upper = /^(https?|no)_proxy$/.test(name) ? name.toUpperCase() : name;
  return storageVariables.find((variable) => variable.name === upper);
}
